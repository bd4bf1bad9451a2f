"""Lines of a PDF in reading order, read from where its glyphs stand."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any

from .layout import LayoutLine
from .pdf_cells import Row, cell_rows
from .pdf_columns import Leaf, parts_of, regions_of, threaded
from .pdf_document import opened, refused, require_glyphs
from .pdf_glyphs import Glyph, PageGlyphs, mark_hidden, page_glyphs
from .pdf_hyphens import with_whole_words
from .pdf_links import PageLink, bare_links, link_glyphs, links_of
from .pdf_marks import drawn_bullets, with_plain_marks
from .pdf_repair import MISSING, known_ligature, repaired, with_known_ligatures
from .pdf_rows import Fragment, fragments_of
from .pdf_running import PageFragments, without_running
from .spans import Span

_UNREADABLE = 0.3
_USUAL_PITCH = 1.2
_SAME_INDENT = 3.0


def read_pdf_lines(content: bytes) -> list[LayoutLine]:
    """The lines of a PDF in reading order.

    Regions of the body come first; a column that goes on over pages is one region. After
    them, in regions of their own, come lines with `apart` set: what repeats at the edges
    of pages and page numbers ("running"), and text that nobody sees ("hidden").

    Raises `invalid-argument` with reason `not-pdf`, `encrypted`, `damaged`,
    `too-many-pages`, `too-complex` or `no-text` (scanned, or fonts without letters).
    """
    with opened(content) as document:
        pages = [_Page.read(document, at) for at in range(len(document))]
    require_glyphs(sum(page.count for page in pages))
    _add_bare_links(pages)
    sheets = [page.sheet() for page in pages]
    _name_lost_ligatures([each for page in sheets for each in page.fragments])
    for sheet in sheets:
        sheet.fragments = [each for each in sheet.fragments if each.glyphs]
    return _lines(pages, sheets)


@dataclass
class _Page:
    """A page as read: what is seen, what is turned, what is hidden."""

    number: int
    found: PageGlyphs
    links: list[PageLink]
    count: int

    @classmethod
    def read(cls, document: Any, at: int) -> "_Page":
        page = document[at]
        try:
            found = page_glyphs(page)
            mark_hidden(page, found)
            links = links_of(document, page, found.frame)
        finally:
            page.close()
        count = len(found.upright) + sum(map(len, found.turned.values()))
        require_glyphs(count)
        link_glyphs(found.upright, links)
        found.upright = with_plain_marks(repaired(found.upright))
        return cls(at + 1, found, links, count)

    @property
    def seen(self) -> list[Glyph]:
        return [each for each in self.found.upright if not each.hidden]

    def sheet(self) -> PageFragments:
        """Its fragments that are seen and upright."""
        seen = self.seen
        seen += drawn_bullets(seen, self.found.boxes)
        fragments = fragments_of(seen, self.found.boxes)
        return PageFragments(self.number, self.found.frame.size[1], fragments)

    def turned(self) -> Iterator[list[Fragment]]:
        """Fragments of each direction of turned text."""
        for group in self.found.turned.values():
            seen = [each for each in with_plain_marks(repaired(group)) if not each.hidden]
            yield fragments_of(seen, [])

    def hidden(self) -> list[Fragment]:
        """Fragments that nobody sees."""
        turned = [each for group in self.found.turned.values() for each in group]
        glyphs = [*self.found.upright, *turned]
        return fragments_of([each for each in glyphs if each.hidden], [])


def _add_bare_links(pages: Sequence[_Page]) -> None:
    """Puts the addresses that no text shows where their links are."""
    shown = {each.url for page in pages for each in page.seen if each.url and each.text.strip()}
    for page in pages:
        page.found.upright += bare_links(page.seen, page.links, shown)


def _name_lost_ligatures(fragments: Sequence[Fragment]) -> None:
    """Puts the ligature that it must be, else `MISSING`, where a font does not name a glyph.

    Raises `invalid-argument` (`no-text`) if there is no text, or hardly any can be read.
    """
    glyphs = [glyph for fragment in fragments for glyph in fragment.glyphs]
    torn = [word for fragment in fragments for word in _torn_words(fragment)]
    lost = [each for each in glyphs if each.unmapped]
    lettered = sum(each.text.isalnum() or each.unmapped for each in glyphs)
    if lettered == 0 or len(lost) > _UNREADABLE * lettered:
        raise refused(
            "no-text",
            "The PDF holds no text that can be read: it is a scan or its letters have no "
            "meaning. Please upload a PDF with text, exported from the program that made the CV.",
        )
    known = with_known_ligatures((word.text, word.code) for word in torn)
    alone = {id(glyph): known_ligature(word.text) for word in torn for glyph in word.lost}
    for each in lost:
        ligature = known.get((each.look.font, each.text)) or alone.get(id(each))
        each.text = ligature or MISSING
    # What stands alone and has no name is a picture of an icon font, not a letter.
    for fragment in fragments:
        fragment.drop_lone(MISSING)


@dataclass(frozen=True)
class _TornWord:
    """A word that lacks one glyph: `MISSING` for it, its font and code, and where it stands."""

    text: str
    code: tuple[str, str]
    lost: list[Glyph]


def _torn_words(fragment: Fragment) -> Iterator[_TornWord]:
    edges = sorted({0, *fragment.starts, len(fragment.glyphs)})
    for start, end in pairwise(edges):
        word = fragment.glyphs[start:end]
        lost = [each for each in word if each.unmapped]
        codes = {(each.look.font, each.text) for each in lost}
        if len(codes) == 1:
            text = "".join(MISSING if each.unmapped else each.text for each in word)
            yield _TornWord(text.strip(".,;:!?()[]\"'“”„’/"), next(iter(codes)), lost)


def _lines(pages: Sequence[_Page], sheets: Sequence[PageFragments]) -> list[LayoutLine]:
    running = without_running(sheets)
    parts = threaded(parts_of(sheet.number, sheet.fragments) for sheet in sheets)
    regions = [(leaves, "") for leaves in regions_of(parts)]
    regions += [
        ([Leaf(page.number, group)], "") for page in pages for group in page.turned() if group
    ]
    regions += _apart(sheets, running, "running")
    regions += _apart(sheets, [page.hidden() for page in pages], "hidden")
    lines = [
        line
        for number, (leaves, apart) in enumerate(regions, 1)
        for line in _region_lines(leaves, number, apart)
    ]
    return [replace(line, number=at) for at, line in enumerate(with_whole_words(lines), 1)]


def _apart(
    sheets: Sequence[PageFragments], groups: Sequence[list[Fragment]], apart: str
) -> list[tuple[list[Leaf], str]]:
    leaves = [
        Leaf(sheet.number, group) for sheet, group in zip(sheets, groups, strict=True) if group
    ]
    return [(leaves, apart)] if leaves else []


def _region_lines(leaves: Iterable[Leaf], region: int, apart: str) -> Iterator[LayoutLine]:
    rows = [row for leaf in leaves for row in cell_rows(leaf.page, leaf.fragments)]
    pitch = _pitch(rows)
    depths = _depths(rows)
    above: Row | None = None
    for row, depth in zip(rows, depths, strict=True):
        spans, breaks = _spans(row)
        text = "".join(span.text for span in spans)
        if text.strip():
            yield LayoutLine(
                spans,
                page=row.page,
                region=region,
                size=row.first.size,
                left=round(row.first.left, 1),
                right=round(max(cell[-1].right for cell in row.cells), 1),
                top=round(row.first.top, 1),
                gap=_gap(above, row, pitch),
                depth=depth,
                breaks=breaks,
                apart=apart,
            )
            above = row


def _pitch(rows: Sequence[Row]) -> float:
    """The distance of a paragraph's baselines in letter sizes."""
    distances = [
        (row.baseline - above.baseline) / max(row.first.size, above.first.size)
        for above, row in pairwise(rows)
        if row.page == above.page
    ]
    close = [each for each in distances if 0.9 <= each <= 1.9]
    if not close:
        return _USUAL_PITCH
    close.sort()
    return median(close[: max(len(close) // 2, 1)])


def _gap(above: Row | None, row: Row, pitch: float) -> float:
    """The blank above a row in line heights; 0 at the top of a page, where it is not known."""
    if above is None or above.page != row.page:
        return 0.0
    height = pitch * max(row.first.size, above.first.size)
    blank = (row.baseline - above.baseline) / height - 1
    return round(blank, 2) if blank > 0.1 else 0.0


def _depths(rows: Iterable[Row]) -> Iterator[int]:
    """How deep in lists each row starts an item, 0 if it starts none."""
    marks: list[float] = []
    for row in rows:
        if row.mark is None:
            if marks and row.first.left < marks[0] - _SAME_INDENT:
                marks = []
            yield 0
            continue
        while marks and row.mark < marks[-1] - _SAME_INDENT:
            marks.pop()
        if not marks or row.mark > marks[-1] + _SAME_INDENT:
            marks.append(row.mark)
        yield len(marks)


def _spans(row: Row) -> tuple[tuple[Span, ...], tuple[int, ...]]:
    """The styled text of a row, and where its cells after the first begin."""
    spans: list[Span] = []
    breaks: list[int] = []
    for at, cell in enumerate(row.cells):
        for part, fragment in enumerate(cell):
            if spans:
                _add(spans, Span(" "))
            if at and part == 0:
                breaks.append(sum(len(each.text) for each in spans))
            for span in _fragment_spans(fragment):
                _add(spans, span)
    return tuple(replace(each, text=_composed(each.text)) for each in spans), tuple(breaks)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _fragment_spans(fragment: Fragment) -> Iterator[Span]:
    before: Glyph | None = None
    for at, each in enumerate(fragment.glyphs):
        span = _styled(each.text, each)
        if at in fragment.starts and before is not None:
            same = _styled("", before) == _styled("", each)
            yield replace(span, text=" ") if same else Span(" ")
        yield span
        before = each


def _styled(text: str, glyph: Glyph) -> Span:
    return Span(text, glyph.look.bold, glyph.look.italic, glyph.url)


def _add(spans: list[Span], span: Span) -> None:
    """Adds a span, as part of the last one if it looks the same."""
    if spans and replace(spans[-1], text="") == replace(span, text=""):
        spans[-1] = replace(spans[-1], text=spans[-1].text + span.text)
    else:
        spans.append(span)
