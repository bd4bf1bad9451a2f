"""Link annotations of a PDF page, and the text that they cover."""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .pdf_glyphs import Box, Frame, Glyph, Look
from .text import cleaned

BARE = Look(font="(link)")
"""The look of an address that no text shows, put where its link is."""

_MOST_LINKS = 5_000
_NEAR = 8.0


@dataclass(frozen=True)
class PageLink:
    """A link to another document: its address and where it is."""

    url: str
    box: Box


def links_of(document: Any, page: Any, frame: Frame) -> list[PageLink]:
    """The links of a page that lead to an address; those within the document are left out."""
    import pypdfium2.raw as raw

    position, link = ctypes.c_int(0), raw.FPDF_LINK()
    links: list[PageLink] = []
    while len(links) < _MOST_LINKS and raw.FPDFLink_Enumerate(page, position, link):
        if url := _address(document, link):
            links += [PageLink(url, box) for box in _places(link, frame)]
    return links


def _address(document: Any, link: Any) -> str:
    import pypdfium2.raw as raw

    action = raw.FPDFLink_GetAction(link)
    if not action or raw.FPDFAction_GetType(action) != raw.PDFACTION_URI:
        return ""
    length = raw.FPDFAction_GetURIPath(document, action, None, 0)
    buffer = ctypes.create_string_buffer(length)
    raw.FPDFAction_GetURIPath(document, action, buffer, length)
    return cleaned(buffer.value.decode("utf-8", "replace")).replace("\n", "").strip()


def _places(link: Any, frame: Frame) -> Iterator[Box]:
    """Its quadrilaterals, else its rectangle."""
    import pypdfium2.raw as raw

    quad, rectangle = raw.FS_QUADPOINTSF(), raw.FS_RECTF()
    count = raw.FPDFLink_CountQuadPoints(link)
    for at in range(count):
        if raw.FPDFLink_GetQuadPoints(link, at, quad):
            xs, ys = (quad.x1, quad.x2, quad.x3, quad.x4), (quad.y1, quad.y2, quad.y3, quad.y4)
            yield frame.rectangle(min(xs), min(ys), max(xs), max(ys))
    if count == 0 and raw.FPDFLink_GetAnnotRect(link, rectangle):
        edges = (rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        yield frame.rectangle(*edges)


def link_glyphs(glyphs: Sequence[Glyph], links: Sequence[PageLink]) -> None:
    """Gives the glyphs under a link its address; the smallest link wins."""
    ordered = sorted(links, key=lambda link: -link.box.width * link.box.height)
    for link in ordered:
        for each in glyphs:
            if link.box.holds(each.middle, each.baseline - 0.3 * each.size):
                each.url = link.url


def bare_links(glyphs: Sequence[Glyph], links: Sequence[PageLink], shown: set[str]) -> list[Glyph]:
    """Each address that no text shows, as a glyph of its own; `shown` gets them too."""
    added = []
    for link in links:
        if link.url not in shown:
            shown.add(link.url)
            added.append(_bare(link, glyphs))
    return added


def _bare(link: PageLink, glyphs: Sequence[Glyph]) -> Glyph:
    box = link.box
    middle = (box.top + box.bottom) / 2
    beside = [
        each
        for each in glyphs
        if abs(each.baseline - 0.3 * each.size - middle) <= 0.6 * each.size
        and abs(each.middle - (box.left + box.right) / 2) <= _NEAR * each.size
        and each.text.strip()
    ]
    nearest = min(beside, key=lambda each: abs(each.middle - box.left), default=None)
    return Glyph(
        text=link.url,
        left=box.left,
        right=box.right,
        baseline=nearest.baseline if nearest else box.bottom,
        size=nearest.size if nearest else min(max(box.height, 6.0), 12.0),
        look=BARE,
        index=nearest.index if nearest else len(glyphs),
        source=-1,
        url=link.url,
    )
