"""CVs as pages show them: layout lines to the same blocks and sections as other documents."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .blocks import Block
from .contact import ContactReader, has_contact
from .document import Section, finish, read_header, read_section
from .draft import Reading, texts_of
from .entry_words import CONTACT_LABELS
from .flow import Flow, Unit
from .headings import bare_name, columns_of, is_document_title, name_rows, section_headings
from .layout import LayoutLine
from .line_pieces import check_words
from .rows import Row, is_labelled, label_of_row, parts_of, rows_of, where, with_header_apart
from .section_blocks import LISTED, blocks_of_units
from .side_notes import with_notes_joined
from .spans import Line, Span
from .text import words

_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|seite|pagina|página|strona|p\.)\s*)?\d{1,3}"
    r"(?:\s*(?:/|of|von|sur|de|di|van|z|of total)\s*\d{1,3})?\W*",
    re.IGNORECASE,
)
_FIRST_ROWS = 12
_MOST_WORDS_OF_A_TITLE = 8
_LONGEST_FOOTER = 5
_NUMBERED = re.compile(r"\d{1,3}\s*(?:/|of|von|sur|de|di|van|z)\s*\d{1,3}\W*$", re.IGNORECASE)


@dataclass
class _Part:
    """The rows under one heading; without a heading, the header of the document."""

    kind: str = ""
    heading: Row | None = None
    rows: list[Row] = field(default_factory=list)


def read_layout(lines: Iterable[LayoutLine]) -> Reading:
    """Reads a CV from the lines of its pages, in reading order.

    Raises `invalid-argument` with reason `too-complex` for a word that is too long.
    """
    lines = list(lines)
    check_words(line.text for line in lines)
    rows = with_header_apart(with_notes_joined(rows_of(lines)))
    reading = Reading(places={row.line.number: where(row) for row in rows})
    contact = ContactReader(reading.cv.personal_info)
    furniture = _furniture(rows)
    body = [row for row in rows if row.line.number not in furniture]
    columns = columns_of(rows)
    headings = section_headings(body, columns)
    name = _labelled_name(body) or name_rows(body, headings)
    headings = {n: kind for n, kind in headings.items() if n not in {r.line.number for r in name}}
    header, parts = _parts(body, headings, name, columns)
    flow = Flow(body, columns)
    reading.source_text = "\n".join(_source(rows, furniture, header, parts, flow))
    footer = _take_trailing_contact(header, parts)
    _read_furniture(rows, furniture, reading)
    read_header(_header_blocks(header, name, flow), reading, contact)
    contact.read(row.line for row in footer)
    for part in parts:
        read_section(_section(part, flow), reading, contact)
    finish(reading, contact)
    _leave_lost(rows, reading)
    return reading


def _furniture(rows: Sequence[Row]) -> set[int]:
    """Page numbers, lines that pages repeat but for their numbers, and what nobody sees."""
    bare = {row.line.number: re.sub(r"\d+", "#", row.text) for row in rows if row.at.page}
    edges = _edges(rows)
    counted = Counter(bare[number] for number in edges)
    repeated = {number for number in edges if counted[bare[number]] > 1 and "#" in bare[number]}
    numbers = {
        row.line.number
        for row in rows
        if row.line.number in edges and (_PAGE_NUMBER.fullmatch(row.text))
    }
    told = {row.line.number for row in rows if row.at.apart}
    return told | numbers | {row.line.number for row in rows if _is_repeated(row, repeated)}


def _is_repeated(row: Row, repeated: set[int]) -> bool:
    return row.line.number in repeated and bool(_NUMBERED.search(row.text))


def _edges(rows: Sequence[Row]) -> set[int]:
    """The first and last two rows of each page."""
    pages: dict[int, list[int]] = {}
    for row in rows:
        if row.at.page:
            pages.setdefault(row.at.page, []).append(row.line.number)
    return {number for listed in pages.values() for number in (*listed[:2], *listed[-2:])}


def _read_furniture(rows: Sequence[Row], furniture: set[int], reading: Reading) -> None:
    for row in rows:
        if row.line.number in furniture:
            reading.leave_line(row.line.number, row.text)


def _parts(
    rows: Sequence[Row], headings: Mapping[int, str], name: list[Row], columns: Mapping[int, int]
) -> tuple[_Part, list[_Part]]:
    """The header and the sections: rows go to the section that is open in their column."""
    header, parts = _Part(), list[_Part]()
    open_in: dict[int, _Part] = {}
    current, last = header, None
    names = {row.line.number for row in name}
    apart = _titles(rows)
    for row in rows:
        column = columns[row.at.region]
        if row.line.number in headings:
            current = _Part(headings[row.line.number], row)
            parts.append(current)
        elif row.line.number in names or row.line.number in apart:
            current = header
        elif last is not None and columns[last.at.region] != column and row.placed:
            current = open_in.get(column) or (header if _opens_header(row, rows) else current)
        if row.line.number not in headings:
            current.rows.append(row)
        open_in[column] = current
        last = row
    return header, parts


def _opens_header(first: Row, rows: Sequence[Row]) -> bool:
    """Whether a column without a heading holds contact data, as the header does."""
    region = [row for row in rows if (row.at.page, row.at.region) == _region(first)]
    return first.at.page == 1 and any(has_contact(row.line) for row in region)


def _region(row: Row) -> tuple[int, int]:
    return row.at.page, row.at.region


def _labelled_name(rows: Sequence[Row]) -> list[Row]:
    """The name in a table of contact data: "Name", "Inês Loureiro" beside it."""
    for row in rows[:_FIRST_ROWS]:
        if is_labelled(row.line) and CONTACT_LABELS.get(label_of_row(row)) == "name":
            value = parts_of(row.line)[-1]
            return [replace(row, line=value)]
    return []


def _titles(rows: Sequence[Row]) -> set[int]:
    """Rows that name the document, and a page's title, which stands alone in the last region."""
    titles = {row.line.number for row in rows if is_document_title(row)}
    last = [row for row in rows if row.at.region == rows[-1].at.region]
    alone = len(last) == 1 and not last[0].placed and len({row.at.region for row in rows}) > 1
    return titles | {row.line.number for row in last if alone}


def _source(
    rows: Sequence[Row], furniture: set[int], header: _Part, parts: Sequence[_Part], flow: Flow
) -> Iterable[str]:
    """All words of the document, words that a line's end cut in two made whole."""
    for row in rows:
        if row.line.number in furniture:
            yield row.text
    for part in (header, *parts):
        if part.heading:
            yield part.heading.heading
        for unit in _units(part, flow):
            yield unit.plain.plain()


def _is_mark(word: str) -> bool:
    """Whether a word is the number of a list item or a heading."""
    return word.isdigit() and len(word) < 3


def _header_blocks(header: _Part, name: Sequence[Row], flow: Flow) -> list[Block]:
    """The name as a heading, then the other lines above the first section."""
    blocks = []
    if name:
        text = bare_name(" ".join(row.text for row in name))
        number = name[0].line.number
        line = Line((Span(text, url=name[0].line.url),), number)
        blocks.append(Block("heading", number, 1, [line]))
    names = {row.line.number for row in name}
    units = flow.units(row for row in header.rows if row.line.number not in names)
    return blocks + [
        Block(_header_kind(unit), unit.line.number, lines=[unit.line]) for unit in units
    ]


def _header_kind(unit: Unit) -> str:
    """Document titles are headings; `brief` is a line of a few words, as a title is."""
    if is_document_title(unit.first):
        return "heading"
    brief = len(unit.text.split()) <= _MOST_WORDS_OF_A_TITLE and not unit.depth
    return "brief" if brief and unit.text[:1].isupper() else "paragraph"


def _take_trailing_contact(header: _Part, parts: Sequence[_Part]) -> list[Row]:
    """Takes contact lines off the document's end, where its header has no e-mail address."""
    if not parts or any("@" in row.text for row in header.rows) or parts[-1].kind == "references":
        return []
    rows = parts[-1].rows
    for count in range(min(_LONGEST_FOOTER, len(rows)), 0, -1):
        row = rows[-count]
        if row.at.gap >= 0.5 and has_contact(row.line) and "@" in row.text:
            parts[-1].rows = rows[:-count]
            return rows[-count:]
    return []


def _leave_lost(rows: Iterable[Row], reading: Reading) -> None:
    """Reports the words that stand in no field, such as labels: nothing may be lost."""
    kept = words("\n".join([*texts_of(reading.cv), *(each.text for each in reading.unplaced)]))
    lost = words(reading.source_text) - kept
    for row in rows:
        missing = []
        for word in words(row.text):
            if lost[word] and not _is_mark(word):
                lost[word] -= 1
                missing.append(word)
        reading.leave_line(row.line.number, " ".join(missing))


def _units(part: _Part, flow: Flow) -> list[Unit]:
    return flow.units(part.rows, listed=part.kind in LISTED)


def _section(part: _Part, flow: Flow) -> Section:
    """A section with its rows as blocks."""
    title = part.heading.heading.strip() if part.heading else ""
    number = part.heading.line.number if part.heading else 0
    return Section(part.kind, title, number, blocks_of_units(part.kind, _units(part, flow)))
