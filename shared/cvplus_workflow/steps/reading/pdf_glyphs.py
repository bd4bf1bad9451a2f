"""The glyphs of a PDF page as PDFium finds them, upright from the page's top left corner."""

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import hypot
from typing import Any

_BOLD = re.compile(
    r"bold|black|heavy|semib|demi|-medi(?!um)|medi$|(?:cm|sf|ec|lm)(?:ss)?bx|cmb\d|(?<=[a-z])-?Bd\b",
    re.IGNORECASE,
)
_ITALIC = re.compile(
    r"ital|obli|slant|[-,]it$|(?:cm|sf|ec)(?:ss)?(?:ti|sl|i\d)|(?:cm|sf|ec)bxti", re.IGNORECASE
)
_ICONS = re.compile(
    r"awesome|icon|fontello|academicons|simple-?line|feather|glyphicons|marvosym|typcn|symbols-?set",
    re.IGNORECASE,
)
# Bits of the font descriptor's Flags (ISO 32000-1, table 123).
_ITALIC_FLAG, _FORCE_BOLD_FLAG = 1 << 6, 1 << 18
# Text rendering modes (ISO 32000-1, table 106).
_FILLED_AND_STROKED, _INVISIBLE_MODES = 2, frozenset({3, 7})
_PATH_OBJECT = 2
_LIGHT = 190
_SMALLEST = 2.0
_MOST_OBJECTS = 20_000
# PDFium gives the letters of a ligature boxes that end with the ink, not with the advance.
_LIGATURE_END = 0.1

_NAMELESS = 0xFFFD
"""What some programs say that a glyph means whose letters they have lost."""


@dataclass(frozen=True)
class Look:
    """How the text of one object looks: font, style, and whether anyone can see it.

    `invisible` holds for text that is never painted, `light` for a pale colour whose
    ground decides whether it can be seen.
    """

    font: str = ""
    bold: bool = False
    italic: bool = False
    icon: bool = False
    invisible: bool = False
    light: bool = False


@dataclass(slots=True)
class Glyph:
    """A character where it stands: edges and baseline in points, y from the page's top.

    `index` is its place in the order of the content and `source` the text object it
    comes from. `unmapped` holds where the font does not say which letter it is; then
    `text` is the bare code. `url` is the target of the link that covers it.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float
    look: Look
    index: int = 0
    source: int = 0
    unmapped: bool = False
    hidden: bool = False
    url: str = ""

    @property
    def middle(self) -> float:
        """Where its horizontal middle is."""
        return (self.left + self.right) / 2


@dataclass(frozen=True)
class Box:
    """A rectangle on the page, y from the top."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Its width in points."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Its height in points."""
        return self.bottom - self.top

    def holds(self, x: float, y: float) -> bool:
        """Whether the point is in it."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom


@dataclass
class Frame:
    """Turns a page's own coordinates into points from the corner that is shown top left."""

    box: tuple[float, float, float, float]
    turns: int

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as shown."""
        width, height = self.box[2] - self.box[0], self.box[3] - self.box[1]
        return (height, width) if self.turns % 2 else (width, height)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the page's own coordinates is shown."""
        left, bottom, right, top = self.box
        if self.turns == 1:
            return y - bottom, x - left
        if self.turns == 2:
            return right - x, y - bottom
        if self.turns == 3:
            return top - y, right - x
        return x - left, top - y

    def rectangle(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Where a rectangle of the page's own coordinates is shown."""
        xs, ys = zip(self.point(left, bottom), self.point(right, top), strict=True)
        return Box(min(xs), min(ys), max(xs), max(ys))

    def direction(self, x: float, y: float) -> tuple[float, float]:
        """A direction of the page's own coordinates as shown, y downwards."""
        origin, end = self.point(0, 0), self.point(x, y)
        return end[0] - origin[0], end[1] - origin[1]


@dataclass
class PageGlyphs:
    """What stands on a page: upright text, turned text, and the filled boxes behind it.

    `origin` is where the last glyph was set: letters of one ligature share it.
    """

    frame: Frame
    upright: list[Glyph] = field(default_factory=list)
    turned: dict[tuple[int, int], list[Glyph]] = field(default_factory=dict)
    boxes: list[Box] = field(default_factory=list)
    origin: tuple[float, float] = (0.0, 0.0)

    def turned_to(self, direction: tuple[int, int]) -> list[Glyph]:
        """The glyphs of text that runs in `direction`."""
        return self.turned.setdefault(direction, [])


def frame_of(page: Any) -> Frame:
    """The frame of a page as it is shown, by its crop box and rotation."""
    return Frame(page.get_bbox(), page.get_rotation() // 90 % 4)


def page_glyphs(page: Any) -> PageGlyphs:
    """All glyphs of a page in the order of its content, and its filled boxes."""
    found = PageGlyphs(frame_of(page))
    text_page = page.get_textpage()
    try:
        _read_glyphs(text_page, found)
    finally:
        text_page.close()
    found.boxes = list(_boxes(page, found.frame))
    return found


@dataclass(frozen=True)
class _Object:
    """What the glyphs of one text object share: look, size, direction, and its number."""

    look: Look
    size: float
    direction: tuple[int, int]
    number: int


def _read_glyphs(text_page: Any, found: PageGlyphs) -> None:
    import pypdfium2.raw as raw

    objects: dict[int, _Object] = {}
    for index in range(raw.FPDFText_CountChars(text_page)):
        handle = raw.FPDFText_GetTextObject(text_page, index)
        if not handle:
            continue  # a blank or line end that PDFium adds by itself
        address = ctypes.addressof(handle.contents)
        if address not in objects:
            objects[address] = _object(text_page, index, handle, found.frame, len(objects))
        _add_glyph(text_page, index, objects[address], found)


def _add_glyph(text_page: Any, index: int, shared: _Object, found: PageGlyphs) -> None:
    import pypdfium2.raw as raw

    box = raw.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetLooseCharBox(text_page, index, box)
    raw.FPDFText_GetCharOrigin(text_page, index, x, y)
    code = raw.FPDFText_GetUnicode(text_page, index)
    place = found.frame.rectangle(box.left, box.bottom, box.right, box.top)
    origin = found.frame.point(x.value, y.value)
    left, right, baseline = _along(shared.direction, place, origin)
    glyph = Glyph(
        text=chr(code) if code < 0x110000 else "\ufffd",
        left=left,
        right=max(left, right),
        baseline=baseline,
        size=shared.size,
        look=shared.look,
        index=index,
        source=shared.number,
        unmapped=code == _NAMELESS or raw.FPDFText_HasUnicodeMapError(text_page, index) == 1,
    )
    glyphs = found.upright if shared.direction == (1, 0) else found.turned_to(shared.direction)
    if origin == found.origin and glyphs and glyphs[-1].source == glyph.source:
        glyph.right += _LIGATURE_END * glyph.size
    found.origin = origin
    glyphs.append(glyph)


def _along(
    direction: tuple[int, int], place: Box, origin: tuple[float, float]
) -> tuple[float, float, float]:
    """Left, right and baseline in a frame turned so that the text is upright."""
    if direction == (0, -1):
        return -place.bottom, -place.top, origin[0]
    if direction == (0, 1):
        return place.top, place.bottom, -origin[0]
    if direction == (-1, 0):
        return -place.right, -place.left, -origin[1]
    return place.left, place.right, origin[1]


def _object(text_page: Any, index: int, handle: Any, frame: Frame, number: int) -> _Object:
    import pypdfium2.raw as raw

    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text_page, index, matrix)
    size = raw.FPDFText_GetFontSize(text_page, index) * hypot(matrix.c, matrix.d)
    along = frame.direction(matrix.a, matrix.b)
    straight = (round(along[0] / (hypot(*along) or 1)), round(along[1] / (hypot(*along) or 1)))
    turned = straight if straight in {(0, 1), (0, -1), (-1, 0)} else (1, 0)
    return _Object(_look(text_page, index, handle), abs(size), turned, number)


def _look(text_page: Any, index: int, handle: Any) -> Look:
    import pypdfium2.raw as raw

    name, flags = ctypes.create_string_buffer(256), ctypes.c_int()
    raw.FPDFText_GetFontInfo(text_page, index, name, 256, flags)
    font = name.value.decode("utf-8", "replace").rpartition("+")[2]
    mode = raw.FPDFTextObj_GetTextRenderMode(handle)
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    coloured = raw.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha)
    lightest = min(red.value, green.value, blue.value) if coloured else 0
    return Look(
        font=font,
        bold=bool(_BOLD.search(font) or flags.value & _FORCE_BOLD_FLAG)
        or mode == _FILLED_AND_STROKED,
        italic=bool(_ITALIC.search(font) or flags.value & _ITALIC_FLAG),
        icon=bool(_ICONS.search(font)),
        invisible=mode in _INVISIBLE_MODES or bool(coloured and alpha.value == 0),
        light=lightest >= _LIGHT and mode not in {1, _FILLED_AND_STROKED},
    )


def _boxes(page: Any, frame: Frame) -> Iterator[Box]:
    """Where the page's paths are: drawn bullets, and the grounds of labels."""
    for at, each in enumerate(page.get_objects(filter=[_PATH_OBJECT], max_depth=2)):
        if at >= _MOST_OBJECTS:
            return
        yield frame.rectangle(*each.get_bounds())


def mark_hidden(page: Any, found: PageGlyphs) -> None:
    """Marks the glyphs that nobody sees: never painted, tiny, off the page, or as their ground.

    Where nearly all text is never painted it is a scan's recognised text, which stands
    for what the scan shows, so it counts as seen.
    """
    glyphs = [*found.upright, *(each for group in found.turned.values() for each in group)]
    unpainted = sum(each.look.invisible for each in glyphs)
    recognised = unpainted > 0.9 * len(glyphs)
    width, height = found.frame.size
    for each in found.upright:
        off = not (-1 <= each.middle <= width + 1 and -1 <= each.baseline <= height + each.size)
        each.hidden = off or each.size < _SMALLEST or (each.look.invisible and not recognised)
    for group in found.turned.values():
        for each in group:
            each.hidden = each.size < _SMALLEST or (each.look.invisible and not recognised)
    suspects = [each for each in found.upright if each.look.light and not each.hidden]
    if suspects:
        _mark_without_contrast(page, found.frame, suspects)


def _mark_without_contrast(page: Any, frame: Frame, suspects: list[Glyph]) -> None:
    """Marks pale glyphs that a picture of the page does not show."""
    bitmap = page.render(scale=1, grayscale=True)
    try:
        pixels, stride = bytes(bitmap.buffer), bitmap.stride
        groups: dict[int, list[Glyph]] = {}
        for each in suspects:
            groups.setdefault(each.source, []).append(each)
        for group in groups.values():
            if not _contrast(pixels, stride, bitmap, group):
                for each in group:
                    each.hidden = True
    finally:
        bitmap.close()


_LEAST_CONTRAST = 12
"""Steps of 255 in grey between letters and ground below which nothing is to be seen."""


def _contrast(pixels: bytes, stride: int, bitmap: Any, glyphs: list[Glyph]) -> bool:
    if not any(each.text.strip() for each in glyphs):
        return True
    left = max(int(min(each.left for each in glyphs)), 0)
    right = min(int(max(each.right for each in glyphs)) + 1, bitmap.width)
    top = max(int(min(each.baseline - 0.7 * each.size for each in glyphs)), 0)
    bottom = min(int(max(each.baseline for each in glyphs)) + 1, bitmap.height)
    rows = [pixels[y * stride + left : y * stride + right] for y in range(top, bottom)]
    shown = b"".join(rows)
    return bool(shown) and max(shown) - min(shown) >= _LEAST_CONTRAST
