"""Rows of a region as cells: dates and labels are put beside what they belong to."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from .pdf_marks import mark_length
from .pdf_rows import Fragment, rows_of
from .section_names import kind_of

_NEXT_LINE = 1.9
_OPEN_PERIOD = re.compile(r"(?:[-–—]|\b(?:to|until|bis|au|à|al|a|tot|do))\s*$", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_FLUSH = 3.0
_ASIDE = 0.45


@dataclass
class Row:
    """A row of one page: cells of fragments, with a wide blank between cells.

    `marks` are where the bullets of its cells stand, None where there is none; `moved`
    are parts of rows below that belong to this one.
    """

    page: int
    cells: list[list[Fragment]]
    marks: list[float | None]
    moved: list[Fragment] = field(default_factory=list)

    @property
    def mark(self) -> float | None:
        """Where its bullet stands, None if it starts no list item."""
        return self.marks[0]

    @property
    def first(self) -> Fragment:
        """Its leftmost fragment."""
        return self.cells[0][0]

    @property
    def last(self) -> Fragment:
        """Its rightmost fragment."""
        return self.cells[-1][-1]

    @property
    def baseline(self) -> float:
        """Where it stands."""
        return self.first.baseline


def cell_rows(page: int, fragments: Iterable[Fragment]) -> list[Row]:
    """The rows of a page's region from the top down, bullet marks removed."""
    rows = [row for each in rows_of(fragments) if (row := _row(page, each)) is not None]
    return _with_asides(_with_labels(rows))


def _row(page: int, fragments: list[Fragment]) -> Row | None:
    cells: list[list[Fragment]] = []
    marks: list[float | None] = []
    pending: float | None = None
    for each in fragments:
        length = mark_length(each)
        mark = each.left if length else pending
        pending = None
        if text := _after(each, length):
            cells.append([text])
            marks.append(mark)
        else:
            pending = mark
    return Row(page, cells, marks) if cells else None


def _after(fragment: Fragment, length: int) -> Fragment | None:
    """The fragment without its first glyphs."""
    if length == 0:
        return fragment
    glyphs = fragment.glyphs[length:]
    if not glyphs:
        return None
    starts = {at - length for at in fragment.starts if at > length}
    return Fragment(
        glyphs,
        starts,
        min(each.left for each in glyphs),
        fragment.right,
        fragment.baseline,
        fragment.size,
        fragment.index,
    )


def _with_asides(rows: list[Row]) -> list[Row]:
    """Parts at the right of list items moved up to the row where their block starts.

    Dates that go on beside an entry's list belong to the entry's head.
    """
    item: float | None = None
    head: Row | None = None
    kept: list[Row] = []
    for row in rows:
        item = _item_edge(row, item)
        if head is None or not _goes_on(head, row):
            head = row if len(row.cells) > 1 else None
        elif item is not None or len(row.cells) == 1:
            aside = row.cells.pop()
            head.moved += aside
            if not row.cells:
                continue
        else:
            head = row
        kept.append(row)
    for row in kept:
        row.cells += [[each] for each in row.moved]
    return kept


def _item_edge(row: Row, edge: float | None) -> float | None:
    """Where the text of the list item starts that a row belongs to, None outside lists."""
    if row.mark is not None:
        return row.first.left
    return edge if edge is not None and row.first.left >= edge - _FLUSH else None


def _goes_on(head: Row, row: Row) -> bool:
    """Whether a row's last cell goes on below the right part of `head`."""
    above = head.moved[-1] if head.moved else head.last
    last = row.last
    if row.marks[-1] is not None or not (_is_aside(head, head.last) and _is_aside(head, last)):
        return False
    near = 0 < last.baseline - above.baseline <= _NEXT_LINE * max(last.size, above.size)
    right = last.left > head.cells[-2][-1].right
    return near and right and _aligned(above, last)


def _is_aside(head: Row, part: Fragment) -> bool:
    return part.right - part.left <= _ASIDE * (head.last.right - head.first.left)


def _aligned(one: Fragment, other: Fragment) -> bool:
    return abs(one.left - other.left) <= _FLUSH or abs(one.right - other.right) <= _FLUSH


def _with_labels(rows: list[Row]) -> list[Row]:
    """Periods and headings in a margin at the left put together in their first row."""
    kept: list[Row] = []
    for row in rows:
        if kept and _ends_label(kept[-1], row):
            kept[-1].cells[0].append(row.first)
            del row.cells[0], row.marks[0]
            if not row.cells:
                continue
        kept.append(row)
    return kept


def _ends_label(above: Row, row: Row) -> bool:
    label, rest = above.cells[0][-1], row.first
    if len(above.cells) < 2 or row.mark is not None or above.mark is not None:
        return False
    near = rest.baseline - label.baseline <= _NEXT_LINE * label.size
    inside = rest.right < above.cells[1][0].left
    if not (near and inside and _aligned(label, rest)):
        return False
    opened = bool(_OPEN_PERIOD.search(label.text) and _DIGIT.search(label.text))
    return opened or _is_heading(above.cells[0], rest)


def _is_heading(label: list[Fragment], rest: Fragment) -> bool:
    """Whether a margin's text makes the name of a section with the text below it."""
    strong = all(each.look.bold for part in (*label, rest) for each in part.glyphs)
    text = " ".join(each.text for each in (*label, rest))
    return (strong or text.isupper()) and bool(kind_of(text))
