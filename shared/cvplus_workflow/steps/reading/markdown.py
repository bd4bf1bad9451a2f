"""Markdown CVs: a name, contact lines, and sections under headings."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from .contact import ContactReader, has_contact, pieces_of
from .draft import Reading
from .entry_words import names_role
from .markdown_blocks import Block, blocks_of
from .markdown_sections import READERS, read_other
from .section_names import CONTACT, DOCUMENT_TITLES, kind_of
from .spans import Line, joined
from .text import folded

_NAME_BREAK = re.compile(r"\s+[|–—·•-]\s+|\s*\|\s*")
_LONGEST_TITLE = 90
_LANGUAGE = re.compile(r"^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$")


@dataclass
class Section:
    """A section: its kind (empty if its heading is unknown), its heading, its blocks."""

    kind: str
    title: str
    line: int
    blocks: list[Block] = field(default_factory=list)


def read_markdown(text: str) -> Reading:
    """Reads a Markdown CV; `text` is decoded and cleaned."""
    blocks = blocks_of(text)
    reading = Reading(source_text="\n".join(_source(blocks)))
    contact = ContactReader(reading.cv.personal_info)
    blocks = [block for block in blocks if not _read_front(block, reading, contact)]
    blocks = _without_trailing_contact(blocks, contact)
    header, sections = _sections(blocks)
    _read_header(header, reading, contact)
    for section in sections:
        _read_section(section, reading, contact)
    for number, left in contact.left:
        reading.leave_line(number, left)
    return reading


def _source(blocks: Iterable[Block]) -> Iterable[str]:
    for block in blocks:
        for line in block.all_lines():
            yield line.plain()


def _read_front(block: Block, reading: Reading, contact: ContactReader) -> bool:
    """Reads a front matter (YAML lines before the document) as contact lines."""
    if block.kind == "definition":
        reading.leave_line(block.line, block.text)
    if block.kind != "front":
        return block.kind == "definition"
    for line in block.lines:
        key, _, value = line.text.partition(":")
        if key in {"lang", "language"} and _LANGUAGE.match(value.strip(" \"'")):
            reading.language = value.strip(" \"'")
        elif key in {"author", "title"} and not contact.info.name and value.strip(" \"'"):
            contact.info.name = value.strip(" \"'")
        else:
            contact.read([line])
    return True


def _without_trailing_contact(blocks: list[Block], contact: ContactReader) -> list[Block]:
    """Reads what follows the last rule, or a last quote, as contact if it states any."""
    rules = [at for at, block in enumerate(blocks) if block.kind == "rule"]
    start = rules[-1] if rules else len(blocks) - 1
    tail = blocks[start:]
    quoted = all(block.kind in {"quote", "rule", "paragraph"} for block in tail)
    lines = [line for block in tail for line in block.all_lines()]
    lone = bool(tail) and (tail[0].kind in {"rule", "quote"})
    if not (quoted and lone and start > 0 and any(map(has_contact, lines))):
        return blocks
    contact.read(lines)
    return blocks[:start]


def _sections(blocks: list[Block]) -> tuple[list[Block], list[Section]]:
    """The blocks before the first section, and the sections."""
    name = _name_heading(blocks)
    level = _section_level([b for b in blocks if b.kind == "heading" and b is not name])
    header: list[Block] = []
    sections: list[Section] = []
    for block in blocks:
        kind = kind_of(joined(block.lines)) if block.kind == "heading" else ""
        if block is not name and _begins_section(block, kind, level, sections, header):
            sections.append(Section(kind, block.text.rstrip(":"), block.line))
        else:
            (sections[-1].blocks if sections else header).append(block)
    return header, sections


def _name_heading(blocks: list[Block]) -> Block | None:
    """The first heading that names neither a section nor the document."""
    first = next((b for b in blocks if b.kind == "heading" and not _is_document(b)), None)
    return None if first is None or kind_of(first.text) else first


def _is_document(block: Block) -> bool:
    return folded(block.text) in DOCUMENT_TITLES


def _section_level(headings: list[Block]) -> int:
    known = [block.level for block in headings if kind_of(block.text)]
    return min(known or [block.level for block in headings] or [1])


def _begins_section(
    block: Block, kind: str, level: int, sections: list[Section], header: list[Block]
) -> bool:
    if block.kind != "heading" or _is_document(block):
        return False
    if not sections and not kind and _is_tagline(block, header):
        return False
    if block.level <= level:
        return True
    return bool(kind) and bool(sections) and sections[-1].kind not in {"skills", kind}


def _is_tagline(block: Block, header: list[Block]) -> bool:
    """A heading right below the name that tells what the person does."""
    return len(header) == 1 and header[0].kind == "heading" and names_role(block.text)


def _read_header(blocks: list[Block], reading: Reading, contact: ContactReader) -> None:
    """The name, the title, contact lines, and free text as the summary."""
    summary: list[str] = []
    for block in blocks:
        lines = list(block.all_lines())
        if _is_document(block) or not lines:
            reading.leave_line(block.line, block.text)
        elif not contact.info.name and _may_be_name(lines[0]):
            _read_name(lines[0], contact)
            _read_lines(lines[1:], block, contact, summary)
        else:
            _read_lines(lines, block, contact, summary)
    reading.cv.summary = "\n\n".join(summary)


def _may_be_name(line: Line) -> bool:
    text = line.text.strip()
    return len(text) <= _LONGEST_TITLE and not has_contact(line) and not text.endswith(".")


def _read_name(line: Line, contact: ContactReader) -> None:
    """A name, and after a bar or dash the title."""
    text = line.text.strip(" \t|")
    name, *titles = [part.strip() for part in _NAME_BREAK.split(text, maxsplit=1)]
    contact.info.name = name
    title = "".join(titles)
    if not contact.info.title:
        contact.info.title = title
    elif title:
        contact.left.append((line.number, title))
    if line.url:
        contact.read([line])


def _read_lines(
    lines: list[Line], block: Block, contact: ContactReader, summary: list[str]
) -> None:
    while lines and _is_title(lines[0], contact, summary):
        contact.info.title = lines[0].text.strip()
        lines = lines[1:]
    if any(map(_is_contact, lines)):
        contact.read(lines)
    elif lines:
        summary.append(joined(lines))


def _is_contact(line: Line) -> bool:
    """A line of contact data; prose with a link in it is none."""
    if len(pieces_of(line)) == 1 and len(line.text) > _LONGEST_TITLE and line.text != line.url:
        return False
    return has_contact(line) or _is_place(line)


def _is_place(line: Line) -> bool:
    text = line.text.strip()
    words = text.replace(",", " ").split()
    capital = all(word[0].isupper() or word[0].isdigit() for word in words)
    return "," in text and capital and len(words) <= 6 and not names_role(text)


def _is_title(line: Line, contact: ContactReader, summary: list[str]) -> bool:
    text = line.text.strip()
    if contact.info.title or summary or len(text) > _LONGEST_TITLE or text.endswith((".", "!")):
        return False
    return not _is_contact(line) and (names_role(text) or line.emphasis or line.strong)


def _read_section(section: Section, reading: Reading, contact: ContactReader) -> None:
    if section.kind == CONTACT:
        contact.read(line for block in section.blocks for line in block.all_lines())
        reading.open_section("personalInfo", section.title)
    elif section.kind in READERS:
        reading.open_section(section.kind, section.title)
        READERS[section.kind](section.blocks, reading)
    else:
        reading.open_section("otherSections", section.title)
        reading.cv.other_sections.append(read_other(section.title, section.blocks, reading))
