"""Headed documents of any format: the header with name and contact, and the sections."""

import re
from dataclasses import dataclass, field

from .blocks import Block
from .contact import ContactReader, has_contact, pieces_of
from .dates import find_dated
from .draft import Reading
from .entry_words import CONTACT_LABELS, names_role
from .places import is_address
from .section_names import CONTACT, DOCUMENT_TITLES
from .section_readers import READERS, read_other
from .spans import TAB, Line, joined, without_tabs
from .text import folded

_NAME_BREAK = re.compile(r"\s+[|–—·•-]\s+|\s*\|\s*")
_LONGEST_TITLE = 90


@dataclass
class Section:
    """A section: its kind (empty if its heading is unknown), its heading, its blocks."""

    kind: str
    title: str
    line: int
    blocks: list[Block] = field(default_factory=list)


def is_document(block: Block) -> bool:
    """Whether a heading names the document, not the person."""
    return folded(block.text) in DOCUMENT_TITLES


def read_header(blocks: list[Block], reading: Reading, contact: ContactReader) -> None:
    """Reads what stands above the first section: name, title, contact lines, and a summary."""
    summary: list[str] = []
    named = len(blocks)
    for at, block in enumerate(blocks):
        lines = list(block.all_lines())
        if is_document(block) or not lines:
            reading.leave_line(block.line, block.text)
        elif not contact.info.name and (_is_named(block) or _may_be_name(lines[0])):
            _read_name(lines[0], contact)
            _read_lines(lines[1:], contact, summary)
            named = at
        else:
            brief = block.kind == "brief"
            _read_lines(lines, contact, summary, below=at == named + 1 and brief, brief=brief)
    reading.cv.summary = "\n\n".join(summary)


def _is_named(block: Block) -> bool:
    """Whether a block is a heading, which says that it is the name."""
    return block.kind == "heading" and block.level == 1 and len(block.text) <= _LONGEST_TITLE


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
    lines: list[Line],
    contact: ContactReader,
    summary: list[str],
    *,
    below: bool = False,
    brief: bool = False,
) -> None:
    while lines and _is_title(lines[0], contact, summary, below=below):
        contact.info.title = without_tabs(lines[0]).text.strip()
        lines = lines[1:]
    if len(lines) == 1 and _is_note(lines[0]):
        contact.left.append((lines[0].number, lines[0].plain()))
        return
    if any(map(is_contact, lines)):
        contact.read(lines)
    elif brief and not any(map(_is_prose, lines)):
        contact.left += [(line.number, line.plain()) for line in lines]
    elif lines:
        summary.append(joined(map(without_tabs, lines)))


def _is_prose(line: Line) -> bool:
    return line.text.rstrip().endswith((".", "!")) and len(line.text.split()) > 3


def _is_note(line: Line) -> bool:
    """A short line with a date: when the document was made, or the person was born."""
    return len(line.text) <= _LONGEST_TITLE and find_dated(line.text) is not None


def is_contact(line: Line) -> bool:
    """A line of contact data; prose with a link in it is none."""
    if TAB in line.text and folded(line.text.split(TAB)[0]).strip(" :.") in CONTACT_LABELS:
        return True
    if len(pieces_of(line)) == 1 and len(line.text) > _LONGEST_TITLE and line.text != line.url:
        return False
    return has_contact(line) or _is_place(line) or is_address(line.text)


def _is_place(line: Line) -> bool:
    text = line.text.strip()
    words = text.replace(",", " ").split()
    capital = all(word[0].isupper() or word[0].isdigit() for word in words)
    return "," in text and capital and len(words) <= 6 and not names_role(text)


def _is_title(line: Line, contact: ContactReader, summary: list[str], *, below: bool) -> bool:
    """Whether a line says what the person does; `below` the name a few words are enough."""
    text = line.text.strip()
    if contact.info.title or summary or len(text) > _LONGEST_TITLE or text.endswith((".", "!")):
        return False
    if not contact.info.name or any(map(str.isdigit, text)):
        return False
    return not is_contact(line) and (names_role(text) or line.emphasis or line.strong or below)


def finish(reading: Reading, contact: ContactReader) -> None:
    """Reports the contact lines that fitted no field."""
    for number, left in contact.left:
        reading.leave_line(number, left)


def read_section(section: Section, reading: Reading, contact: ContactReader) -> None:
    """Reads a section into the fields of its kind; an unknown one is kept under its heading."""
    if section.kind == CONTACT:
        contact.read(line for block in section.blocks for line in block.all_lines())
        reading.open_section("personalInfo", section.title)
    elif section.kind in READERS:
        reading.open_section(section.kind, section.title)
        READERS[section.kind](section.blocks, reading)
    else:
        reading.open_section("otherSections", section.title)
        reading.cv.other_sections.append(read_other(section.title, section.blocks, reading))
