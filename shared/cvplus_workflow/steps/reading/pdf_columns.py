"""The order in which a page is read: columns and sidebars, found by the blanks between them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from .pdf_rows import Fragment, rows_of, same_row

_GUTTER = 0.8
_ALIGNED = 3.0
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\b\d{1,2}[./]\d{2,4}\b")
_BLOCK = 1.75
_INDENT, _MOSTLY = 2.5, 0.6


@dataclass
class Leaf:
    """Fragments that are read row by row, of one page."""

    page: int
    fragments: list[Fragment]


@dataclass
class Columns:
    """Two columns beside a gutter from `left_edge` to `right_edge`, each read to its end."""

    left_edge: float
    right_edge: float
    left: list["Leaf | Columns"] = field(default_factory=list)
    right: list["Leaf | Columns"] = field(default_factory=list)


Part = Leaf | Columns


@dataclass
class _Band:
    """A part of a page that a gutter divides, and what is above and below it."""

    above: list[Fragment]
    left: list[Fragment]
    right: list[Fragment]
    below: list[Fragment]

    @property
    def height(self) -> float:
        """How far both columns stand beside each other, in points."""
        ends = [_extent(self.left), _extent(self.right)]
        return min(end for _, end in ends) - max(start for start, _ in ends)


def _extent(fragments: Sequence[Fragment]) -> tuple[float, float]:
    baselines = [each.baseline for each in fragments]
    return min(baselines), max(baselines)


def parts_of(page: int, fragments: list[Fragment]) -> list[Part]:
    """The parts of a page in reading order."""
    if not fragments:
        return []
    best = max(_bands(fragments), key=lambda band: band.height, default=None)
    if best is None:
        return [Leaf(page, fragments)]
    columns = Columns(
        max(each.right for each in best.left),
        min(each.left for each in best.right),
        parts_of(page, best.left),
        parts_of(page, best.right),
    )
    return [*parts_of(page, best.above), columns, *parts_of(page, best.below)]


def _bands(fragments: list[Fragment]) -> Iterator[_Band]:
    """All ways to divide the fragments by one gutter that make columns of them."""
    ordered = sorted(fragments, key=lambda each: each.baseline)
    size = median(each.size for each in ordered)
    for edge in sorted({round(each.left) for each in ordered}):
        yield from _bands_at(ordered, edge - 1.0, size)


def _bands_at(ordered: list[Fragment], edge: float, size: float) -> Iterator[_Band]:
    start = 0
    for at in range(len(ordered) + 1):
        crosses = at < len(ordered) and _crosses(ordered[at], edge, _GUTTER * size)
        if crosses or at == len(ordered):
            band = _trimmed(ordered, start, at, edge)
            if band is not None and _are_columns(band, size):
                yield band
            start = at + 1


def _crosses(fragment: Fragment, edge: float, gutter: float) -> bool:
    return fragment.left < edge and fragment.right > edge - gutter


def _trimmed(ordered: list[Fragment], start: int, end: int, edge: float) -> _Band | None:
    """The band of fragments from `start` to before `end`, without header rows at its top.

    In a header what is right of the gutter stands anywhere; in a column it is aligned.
    """
    right = [each for each in ordered[start:end] if each.left >= edge]
    starts = [each.baseline for each in right if each.left <= edge + 1 + _ALIGNED]
    if not starts or len(right) == end - start:
        return None
    header = [each.baseline for each in right if each.baseline < min(starts) - 0.35 * each.size]
    while header and start < end and ordered[start].baseline <= max(header) + 1:
        start += 1
    left = [each for each in ordered[start:end] if each.left < edge]
    right = [each for each in ordered[start:end] if each.left >= edge]
    if not left or not right:
        return None
    return _Band(ordered[:start], left, right, ordered[end:])


def _are_columns(band: _Band, size: float) -> bool:
    """Whether both sides are read one after the other, not row by row.

    Row by row are read dates and labels that stand beside what they belong to: they
    share its baselines and, in the order of the content, take turns with it.
    """
    left, right = rows_of(band.left), rows_of(band.right)
    narrow, wide = (left, right) if len(left) <= len(right) else (right, left)
    shared = _shared(narrow, wide)
    fewest = 2 if shared < 0.5 else 3
    if len(narrow) < fewest or band.height < fewest * size or not _aligned(right, size):
        return False
    return not _attached(narrow, wide, shared)


def _aligned(rows: list[list[Fragment]], size: float) -> bool:
    """Whether the rows have one left edge but for indents, or one middle line."""
    edge = min(row[0].left for row in rows)
    middles = [(row[0].left + row[-1].right) / 2 for row in rows]
    centre = median(middles)
    flush = sum(row[0].left <= edge + _INDENT * size for row in rows)
    centred = sum(abs(middle - centre) <= _ALIGNED for middle in middles)
    return max(flush, centred) >= _MOSTLY * len(rows)


def _attached(narrow: list[list[Fragment]], wide: list[list[Fragment]], shared: float) -> bool:
    if _dated(narrow) >= 0.5 > _dated(wide) and shared >= 0.6:
        return True
    blocks = list(_blocks(narrow))
    heads = _shared([block[0] for block in blocks], wide)
    turns = _turns(narrow, wide)
    if heads >= 0.75 and turns >= 1.2 * len(blocks) and len(blocks) > 1:
        return True
    return shared >= 0.9 and turns >= 0.8 * len(narrow)


def _dated(rows: list[list[Fragment]]) -> float:
    """The share of rows with a date."""
    return sum(any(_YEAR.search(each.text) for each in row) for row in rows) / len(rows)


def _shared(narrow: list[list[Fragment]], wide: list[list[Fragment]]) -> float:
    """The share of `narrow` that stands on a baseline of `wide`."""
    partners = [any(same_row(row[0], other[0]) for other in wide) for row in narrow]
    return sum(partners) / len(partners)


def _blocks(rows: list[list[Fragment]]) -> Iterator[list[list[Fragment]]]:
    """Rows in groups without a blank line between them."""
    block: list[list[Fragment]] = []
    for row in rows:
        if block and row[0].baseline - block[-1][0].baseline > _BLOCK * row[0].size:
            yield block
            block = []
        block.append(row)
    if block:
        yield block


def _turns(narrow: list[list[Fragment]], wide: list[list[Fragment]]) -> int:
    """How often the order of the content changes between both."""
    placed = [(each.index, 0) for row in narrow for each in row]
    placed += [(each.index, 1) for row in wide for each in row]
    sides = [side for _, side in sorted(placed)]
    return sum(one != other for one, other in pairwise(sides))


def threaded(pages: Iterable[list[Part]]) -> list[Part]:
    """The parts of all pages in reading order; a column goes on where the next page has it."""
    whole: list[Part] = []
    for parts in pages:
        rest = list(parts)
        while rest and whole and _continued(whole[-1], rest[0]):
            rest.pop(0)
        whole += rest
    return whole


def _continued(last: Part, following: Part) -> bool:
    """Puts `following` into the columns of the page before, if it belongs there."""
    if not isinstance(last, Columns):
        return False
    if isinstance(following, Columns):
        overlap = min(last.right_edge, following.right_edge) - max(
            last.left_edge, following.left_edge
        )
        if overlap <= 0:
            return False
        last.left_edge = max(last.left_edge, following.left_edge)
        last.right_edge = min(last.right_edge, following.right_edge)
        last.left += following.left
        last.right += following.right
        return True
    if min(each.left for each in following.fragments) >= last.right_edge - _ALIGNED:
        last.right.append(following)
        return True
    if max(each.right for each in following.fragments) <= last.left_edge + _ALIGNED:
        last.left.append(following)
        return True
    return False


def regions_of(parts: Iterable[Part]) -> list[list[Leaf]]:
    """The regions in reading order: neighbouring leaves of one column are one."""
    regions: list[list[Leaf]] = []
    joins = False
    for part in parts:
        if isinstance(part, Leaf):
            if joins:
                regions[-1].append(part)
            else:
                regions.append([part])
            joins = True
        else:
            regions += [*regions_of(part.left), *regions_of(part.right)]
            joins = False
    return regions
