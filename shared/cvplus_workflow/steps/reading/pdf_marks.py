"""Bullets of list items, whether letters or drawn, and icons, which are no text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from .pdf_glyphs import Box, Glyph, Look
from .pdf_rows import Fragment

DRAWN = Look(font="(drawn)")
"""The look of a bullet that is drawn as a shape."""

_BULLET = "•"
_MARKS = frozenset("•◦▪▫‣⁃●○■□◆◇⋄▸▹►▻➢➤❖✓✔✦★⦁⚫∙·∗*-–—»›")
_BOTH_WAYS = frozenset("·∙*∗-–—»›★✓✔o")
"""Marks that are bullets only with a blank after them."""

_SYMBOL_FONT = re.compile(r"wingdings|webdings|zapfdingbats|symbol", re.IGNORECASE)
_TYPEWRITER = re.compile(r"courier", re.IGNORECASE)
_SYMBOL_BULLETS = frozenset(
    {0xB7, 0xA7, 0xA8, 0xD8, 0xFC, 0x76, 0x6E, 0x71, 0x6C, 0x77, 0x75, 0x9F}
)
"""Codes of bullets in Microsoft's symbol fonts, which are also at U+F000 and above."""

_ICON_BULLETS = frozenset(
    {0xF105, 0xF054, 0xF0DA, 0xF111, 0xF0C8, 0xF00C, 0xF058, 0xF061, 0xF0A9, 0xF101, 0xF138}
)
"""Codes of Font Awesome that lists use: angles, carets, circles, squares, ticks, arrows."""


def with_plain_marks(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """The glyphs with bullets of symbol fonts as "•", and without icons."""
    return list(_plain_marks(glyphs))


def _plain_marks(glyphs: Iterable[Glyph]) -> Iterator[Glyph]:
    for each in glyphs:
        code = ord(each.text[0])
        private = 0xE000 <= code <= 0xF8FF or code >= 0xF0000
        if _is_symbol_bullet(each, code, private):
            yield replace(each, text=_BULLET, unmapped=False)
        elif not (each.look.icon or private) and not _is_pictogram(each, code):
            yield each


def _is_symbol_bullet(glyph: Glyph, code: int, private: bool) -> bool:
    if glyph.look.icon:
        return code in _ICON_BULLETS or glyph.text in "•◦▪●■"
    symbolic = bool(_SYMBOL_FONT.search(glyph.look.font))
    if private:
        return code - 0xF000 in _SYMBOL_BULLETS and (symbolic or code == 0xF0B7)
    return symbolic and code in _SYMBOL_BULLETS and "symbol" not in glyph.look.font.lower()


def _is_pictogram(glyph: Glyph, code: int) -> bool:
    """Whether it is a letter's code in a font of pictures only."""
    pictures = re.search("wingdings|webdings", glyph.look.font, re.IGNORECASE)
    return bool(pictures) and code < 0x2000 and not glyph.text.isspace()


def drawn_bullets(glyphs: Sequence[Glyph], boxes: Sequence[Box]) -> list[Glyph]:
    """A bullet glyph for each small shape that stands before a line of text."""
    dots = [box for box in boxes if _is_dot(box)]
    if not dots:
        return []
    return [each for box in dots if (each := _drawn_bullet(box, dots, glyphs)) is not None]


def _is_dot(box: Box) -> bool:
    return 1.5 <= box.width <= 7 and 0.7 <= box.width / max(box.height, 0.1) <= 1.4


def _drawn_bullet(dot: Box, dots: Sequence[Box], glyphs: Sequence[Glyph]) -> Glyph | None:
    middle = (dot.top + dot.bottom) / 2
    row = [
        each
        for each in glyphs
        if each.text.strip() and 0.05 <= (each.baseline - middle) / each.size <= 0.6
    ]
    after = [each for each in row if each.left >= dot.right - 0.5]
    first = min(after, key=lambda each: each.left, default=None)
    if first is None or not 0.2 <= (first.left - dot.right) / first.size <= 1.8:
        return None
    before = any(dot.left - first.size < each.right <= dot.left + 1 for each in row)
    beside = any(
        other is not dot and abs(other.top - dot.top) < 2 and abs(other.left - dot.left) < 20
        for other in dots
    )
    if before or (beside and not _same_place(dot, dots)) or dot.width > 0.6 * first.size:
        return None
    return Glyph(
        _BULLET, dot.left, dot.right, first.baseline, first.size, DRAWN, first.index, source=-1
    )


def _same_place(dot: Box, dots: Sequence[Box]) -> bool:
    """Whether the shapes beside a dot are the same dot again, as fill and outline are."""
    return all(
        abs(other.left - dot.left) < 2
        for other in dots
        if abs(other.top - dot.top) < 2 and abs(other.left - dot.left) < 20
    )


def mark_length(fragment: Fragment) -> int:
    """How many glyphs at its start are a bullet: 0 if it starts with text, 2 if drawn twice."""
    glyphs = fragment.glyphs
    length = 0
    while length < len(glyphs) and _is_mark(fragment, length):
        length += 1
    return length


def _is_mark(fragment: Fragment, at: int) -> bool:
    glyph = fragment.glyphs[at]
    blank = at + 1 == len(fragment.glyphs) or at + 1 in fragment.starts
    if glyph.text == "o":
        return blank and bool(_TYPEWRITER.search(glyph.look.font)) and at == 0
    if glyph.text not in _MARKS or (at > 0 and glyph.look is not DRAWN):
        return False
    following = fragment.glyphs[at + 1 : at + 2]
    if following and following[0].text in _MARKS and following[0].look is not DRAWN:
        return False  # a row of dots that stands for a level
    return blank or glyph.text not in _BOTH_WAYS
