"""Lines in regions, and the rows of tables: what stands in one column, what side by side.

A table serves three ends in a CV. A row of single lines is one line ("2013 to 2014 | Acme
| Engineer"). A column of labels or dates stands beside text: the date joins the first line
of its text, another label stands above it. And cells of many lines are columns of a page,
each a region of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from .dates import find_dated, is_ongoing
from .layout import LayoutLine
from .line_pieces import joined_line
from .section_names import kind_of

_MOST_LABEL_LINES = 3
_LONGEST_LABEL = 120
"""Characters that a cell beside a text has at most."""
_LONGEST_VALUE = 60
"""Characters of a definition that is the value of a label, and no text."""


@dataclass
class Columns:
    """Lines by region, in reading order; an inner list is a region."""

    regions: list[list[LayoutLine]] = field(default_factory=lambda: [[]])

    def add(self, *lines: LayoutLine) -> None:
        """Lines that follow in the region that is open."""
        self.regions[-1] += lines

    def extend(self, inner: "Columns") -> None:
        """Other columns inside this one: the first region goes on, others are its own."""
        first, *apart = inner.regions
        self.add(*first)
        for region in apart:
            self.set_apart(region)

    def open(self) -> None:
        """Ends the region that is open; what follows is another one."""
        self.regions.append([])

    def set_apart(self, lines: Sequence[LayoutLine]) -> None:
        """Lines that are a region of their own; what follows is another one."""
        if lines:
            self.regions += [[*lines], []]

    @property
    def all_lines(self) -> list[LayoutLine]:
        """The lines of all regions."""
        return [line for region in self.regions for line in region]

    def numbered(self) -> list[LayoutLine]:
        """The lines of all regions with their region and their number, from 1."""
        lines = [
            replace(line, region=at)
            for at, region in enumerate(filter(None, self.regions))
            for line in region
        ]
        return [replace(line, number=number) for number, line in enumerate(lines, 1)]


def row_columns(cells: Iterable[Columns]) -> Columns:
    """A row of a table as a reader takes it in."""
    full = [cell for cell in cells if cell.all_lines]
    row = Columns()
    if sum(not _is_label(cell) for cell in full) > 1:
        # What stands under no heading must not come after a column's last section.
        for cell in sorted(full, key=lambda each: opens_section(each.all_lines[0])):
            for region in cell.regions:
                row.set_apart(region)
    elif any(len(cell.regions) > 1 for cell in full) or not _stands_beside(full):
        for cell in full:
            row.extend(cell)
    else:
        row.add(*_side_by_side([cell.all_lines for cell in full]))
    return row


def _is_label(cell: Columns) -> bool:
    lines = cell.all_lines
    characters = sum(len(line.text) for line in lines)
    return characters <= _LONGEST_LABEL and len(lines) <= _MOST_LABEL_LINES


def is_label_of(term: Columns, definition: Columns) -> bool:
    """Whether a term and its definition are read as one line: a date, or both short."""
    terms, lines = term.all_lines, definition.all_lines
    short = len(terms) == len(lines) == 1 and len(lines[0].text) <= _LONGEST_VALUE
    return bool(lines) and (short or _says_when(terms))


def _stands_beside(cells: list[Columns]) -> bool:
    """Whether the cells' lines are read across, not one cell after the other."""
    lines = [cell.all_lines for cell in cells]
    if len(lines) < 2 or _is_heading(lines[0]) or any(each[0].depth for each in lines):
        return False
    beside = [each for each in lines if each is not max(lines, key=len)]
    return _equally_long(lines) or any(map(_says_when, beside))


def _is_heading(lines: list[LayoutLine]) -> bool:
    return len(lines) == 1 and (lines[0].level > 0 or opens_section(lines[0]))


def opens_section(line: LayoutLine) -> bool:
    """Whether a line is a heading that names a known section."""
    return bool(kind_of(line.text))


def _equally_long(cells: list[list[LayoutLine]]) -> bool:
    listed = any(line.depth for lines in cells for line in lines)
    return len({len(lines) for lines in cells}) == 1 and not listed


def _says_when(lines: list[LayoutLine]) -> bool:
    texts = [line.text for line in lines]
    return any(is_ongoing(text) or find_dated(text) is not None for text in texts)


def _side_by_side(cells: list[list[LayoutLine]]) -> list[LayoutLine]:
    if _equally_long(cells):
        return [joined_line(lines) for lines in zip(*cells, strict=True)]
    longest = max(range(len(cells)), key=lambda at: len(cells[at]))
    head = [lines[:1] if at == longest else lines for at, lines in enumerate(cells)]
    return [joined_line(line for lines in head for line in lines), *cells[longest][1:]]
