"""Dates and places set in a column of their own beside the entries that they belong to."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from .contact import has_contact
from .dates import find_dated, is_ongoing, only_duration
from .rows import Look, Row, only_date
from .section_names import kind_of
from .spans import TAB, Line, Span

_SHARE = 0.5
"""How much of such a column is dates; the rest are places and lengths of time."""
_LONGEST = 40
_MOST_LABELS = 12
_LONGEST_LABEL = 25
_LEVEL = 1.5
"""Points by which the tops of one line's parts may differ."""
_SAME_LINE = 0.7
"""Line heights by which a note may stand higher or lower than its entry."""


def with_notes_joined(rows: Sequence[Row]) -> list[Row]:
    """Rows of a column of dates joined to the rows at the same height, as parts of those."""
    regions: dict[tuple[int, int], list[Row]] = {}
    for row in rows:
        regions.setdefault((row.at.page, row.at.region), []).append(row)
    joined = {row.line.number: row for row in rows}
    for labels, values in _labelled(list(regions.values())):
        _join_values(labels, values, joined)
    groups = [group for group in regions.values() if _are_notes(group)]
    noted = {row.line.number for group in groups for row in group}
    if len(noted) < len(rows):
        for group in groups:
            page = group[0].at.page
            others = [row for row in rows if row.at.page == page and row.line.number not in noted]
            _join(group, others, joined)
    return [joined[row.line.number] for row in rows if row.line.number in joined]


def _are_notes(rows: Sequence[Row]) -> bool:
    if not all(row.placed and len(row.text) <= _LONGEST and not row.at.depth for row in rows):
        return False
    dates = sum(_is_note(row) for row in rows)
    return dates >= _SHARE * len(rows) and any(only_date(row.line) for row in rows)


def _labelled(regions: Sequence[list[Row]]) -> Iterator[tuple[list[Row], list[Row]]]:
    """Rows of one look that each have a row at just their height in a column on their right.

    That column has no headings: it holds what the labels are of.
    """
    for rows in regions:
        by_look: dict[Look, list[Row]] = {}
        for row in rows:
            if row.placed and len(row.text) <= _LONGEST_LABEL and not has_contact(row.line):
                by_look.setdefault(row.look, []).append(row)
        for group in by_look.values():
            beside = [each for each in regions if _stand_beside(group, each)]
            if beside and 2 <= len(group) <= _MOST_LABELS:
                yield group, beside[0]


def _join_values(labels: Sequence[Row], values: Sequence[Row], joined: dict[int, Row]) -> None:
    """Joins the rows beside labels to these, and their wrapped lines after them."""
    target, left = 0, values[0].at.left
    for value in values:
        beside = [row for row in labels if abs(row.at.top - value.at.top) < _LEVEL]
        if not beside and (not target or abs(value.at.left - left) > 3):
            target = 0
            continue
        target = beside[0].line.number if beside else target
        row = joined[target]
        spans = (*row.line.spans, Span(TAB if beside else " "), *value.line.spans)
        joined[target] = replace(row, line=replace(row.line, spans=spans))
        joined.pop(value.line.number, None)


def _stand_beside(labels: Sequence[Row], values: Sequence[Row]) -> bool:
    first = values[0].at
    if first.page != labels[0].at.page or first.left <= max(row.at.right for row in labels):
        return False
    if any(kind_of(row.heading) for row in values) or _are_notes(values):
        return False
    tops = [row.at.top for row in values]
    return all(any(abs(top - row.at.top) < _LEVEL for top in tops) for row in labels)


def _is_note(row: Row) -> bool:
    return only_date(row.line) or only_duration(row.text) or is_ongoing(row.text)


def _join(notes: Sequence[Row], others: Sequence[Row], joined: dict[int, Row]) -> None:
    """Joins each note to the row beside it; one without a row beside it goes with the last."""
    target = 0
    for note in notes:
        beside = [row for row in others if abs(row.at.top - note.at.top) <= _height(row, note)]
        nearest = min(beside, key=lambda row: abs(row.at.top - note.at.top), default=None)
        target = nearest.line.number if nearest else target
        if target:
            joined[target] = _with_note(joined[target], note, aligned=nearest is not None)
            joined.pop(note.line.number, None)


def _height(row: Row, note: Row) -> float:
    return _SAME_LINE * max(row.at.size, note.at.size)


def _with_note(row: Row, note: Row, *, aligned: bool) -> Row:
    """A row with a note before or behind it, as they stand on the page."""
    if not aligned and row.line.text.startswith(note_of(row)):
        return replace(row, line=_note_continued(row.line, note))
    parts = (row.line, note.line) if note.at.left > row.at.left else (note.line, row.line)
    spans = (*parts[0].spans, Span(TAB), *parts[1].spans)
    return replace(row, line=replace(row.line, spans=spans))


def note_of(row: Row) -> str:
    """The part of a row before its first tab, if that may go on in the next line."""
    first = row.line.text.partition(TAB)[0]
    return first if find_dated(first) is None else TAB


def _note_continued(line: Line, note: Row) -> Line:
    cut = line.text.index(TAB) if TAB in line.text else len(line.text)
    before, after = line.sliced(0, cut), line.sliced(cut, len(line.text))
    return replace(line, spans=(*before.spans, Span(" "), *note.line.spans, *after.spans))
