"""Markdown CVs: a name, contact lines, and sections under headings."""

import re
from collections.abc import Iterable

from .blocks import Block
from .contact import ContactReader, has_contact
from .document import Section, finish, is_document, read_header, read_section
from .draft import Reading
from .entry_words import names_role
from .markdown_blocks import blocks_of
from .section_names import kind_of
from .spans import joined

_LANGUAGE = re.compile(r"^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$")


def read_markdown(text: str) -> Reading:
    """Reads a Markdown CV; `text` is decoded and cleaned."""
    blocks = blocks_of(text)
    reading = Reading(source_text="\n".join(_source(blocks)))
    contact = ContactReader(reading.cv.personal_info)
    blocks = [block for block in blocks if not _read_front(block, reading, contact)]
    blocks = _without_trailing_contact(blocks, contact)
    header, sections = _sections(blocks)
    read_header(header, reading, contact)
    for section in sections:
        read_section(section, reading, contact)
    finish(reading, contact)
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
    first = next((b for b in blocks if b.kind == "heading" and not is_document(b)), None)
    return None if first is None or kind_of(first.text) else first


def _section_level(headings: list[Block]) -> int:
    known = [block.level for block in headings if kind_of(block.text)]
    return min(known or [block.level for block in headings] or [1])


def _begins_section(
    block: Block, kind: str, level: int, sections: list[Section], header: list[Block]
) -> bool:
    if block.kind != "heading" or is_document(block):
        return False
    if not sections and not kind and _is_tagline(block, header):
        return False
    if block.level <= level:
        return True
    return bool(kind) and bool(sections) and sections[-1].kind not in {"skills", kind}


def _is_tagline(block: Block, header: list[Block]) -> bool:
    """A heading right below the name that tells what the person does."""
    return len(header) == 1 and header[0].kind == "heading" and names_role(block.text)
