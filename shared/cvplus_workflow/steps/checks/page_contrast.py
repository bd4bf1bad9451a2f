"""The contrast of every text of a page with what lies behind it.

Colours, sizes and weights come from the page's own style sheets. Behind a text lies the
background of the nearest element that has one, or in a figure the last shape drawn before
it that covers its middle. Text over pictures and gradients can't be judged and is counted.
What is moved over other elements (floats, absolute positions) is not looked at.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .cascade import Cascade
from .contrast import BLACK, WHITE, Colour, colour_of, contrast_ratio, faded, over, required_ratio
from .figures import Shape, covers, shape_of
from .page_tree import Node, PageTree
from .verdict import Check, required

_LENGTH = re.compile(r"([\d.]+)\s*(px|pt|rem|em|%)?")
_PIXELS = {"px": 1.0, "pt": 4 / 3}
_BOLD = frozenset({"bold", "bolder", "600", "700", "800", "900"})
_SHAPES = frozenset({"rect", "circle", "ellipse", "polygon", "path"})
_LETTER = re.compile(r"\w")


@dataclass(frozen=True)
class Style:
    """How an element is painted: `values` as stated, `size` in CSS pixels.

    `behind` is the opaque colour under its text, None if unknown; `opacity` is that of
    the element and all around it.
    """

    values: Mapping[str, str]
    size: float
    behind: Colour | None
    opacity: float = 1.0
    seen: bool = True


class Judged(NamedTuple):
    """A text with its contrast, None if it can't be judged, and the contrast it needs."""

    ratio: float | None
    needed: float


def contrast_check(page: PageTree) -> Check:
    """Whether all text can be read: 4.5 to 1, large text 3 to 1 (WCAG 2.1, 1.4.3, AA)."""
    judged = list(judged_texts(page.root))
    ratios = [(text.ratio, text.needed) for text in judged if text.ratio is not None]
    faint = sum(ratio < needed for ratio, needed in ratios)
    lowest = f", the lowest {min(ratio for ratio, _ in ratios):.2f} to 1" if ratios else ""
    unknown = len(judged) - len(ratios)
    rest = f"; {unknown} over pictures not judged" if unknown else ""
    reason = f"Texts with too little contrast: {faint} of {len(ratios)}{lowest}{rest}."
    return required("contrast", ok=not faint, reason=reason)


def judged_texts(root: Node) -> Iterator[Judged]:
    """The contrast of each element's own text, in document order."""
    sheets = ["".join(map(str, node.content)) for node in root.walk() if node.tag == "style"]
    cascade = Cascade(*sheets)
    start = Style(values={}, size=16.0, behind=WHITE)
    top = _styled(root, start, 16.0, cascade)
    waiting = [(root, top, _Canvas([], 600.0, 150.0))]
    while waiting:
        node, style, canvas = waiting.pop()
        if not style.seen:
            continue
        yield from _own_text(node, style, canvas)
        inner = _canvas_in(node, style, canvas)
        waiting += [
            (child, _styled(child, style, top.size, cascade), inner)
            for child in reversed(node.children)
        ]


class _Canvas(NamedTuple):
    """The figure that an element is drawn in: shapes so far, and its extent in user units."""

    shapes: list[tuple[Shape, Colour]]
    width: float
    height: float
    inside: bool = False


def _styled(node: Node, around: Style, root_size: float, cascade: Cascade) -> Style:
    values = cascade.declared(node, around.values)
    seen = values.get("display") != "none" and values.get("visibility") != "hidden"
    size = _size(values.get("font-size", ""), around, root_size)
    values["font-size"] = f"{size}px"
    opacity = around.opacity * _share(values.get("opacity", ""))
    return Style(values, size, _behind(values, around.behind, opacity), opacity, seen)


def _size(text: str, around: Style, root_size: float) -> float:
    match = _LENGTH.fullmatch(text)
    if match is None:
        return around.size
    number, unit = float(match[1]), match[2] or "px"
    if unit == "rem":
        return number * root_size
    whole = {"em": around.size, "%": around.size / 100}.get(unit)
    return number * (_PIXELS[unit] if whole is None else whole)


def _share(text: str) -> float:
    match = _LENGTH.fullmatch(text)
    if match is None:
        return 1.0
    return float(match[1]) / (100 if match[2] == "%" else 1)


def _behind(values: Mapping[str, str], around: Colour | None, opacity: float) -> Colour | None:
    stated = values.get("background-color") or values.get("background", "")
    if "url(" in stated or "gradient" in stated:
        return None
    if stated in {"", "none", "inherit", "initial"} or around is None:
        return around
    found = _colour(stated, values)
    return over(faded(found, opacity), around) if found else None


def _colour(text: str, values: Mapping[str, str]) -> Colour | None:
    """The colour that a value states, the current one if it says so."""
    if text.lower() == "currentcolor":
        text = values.get("color", "")
    found = colour_of(text)
    parts = re.findall(r"#\w+|rgba?\([^)]*\)|[\w-]+", text)
    return found or next(filter(None, map(colour_of, parts)), None)


def _own_text(node: Node, style: Style, canvas: _Canvas) -> Iterator[Judged]:
    own = "".join(part for part in node.content if isinstance(part, str))
    if not _LETTER.search(own):
        return
    drawn = canvas.inside and node.tag in {"text", "tspan"}
    colour, behind = _ink(style, drawn=drawn), style.behind
    if drawn and behind is not None:
        behind = _under(node, style, canvas)
    bold = style.values.get("font-weight", "") in _BOLD
    needed = required_ratio(style.size, bold=bold)
    if colour is None or behind is None:
        yield Judged(None, needed)
    elif colour.alpha > 0:
        yield Judged(contrast_ratio(over(colour, behind), behind), needed)


def _ink(style: Style, *, drawn: bool) -> Colour | None:
    if not drawn:
        found = _colour(style.values.get("color", ""), style.values)
        return found and faded(found, style.opacity)
    found = _colour(style.values["fill"], style.values) if "fill" in style.values else BLACK
    alpha = _share(style.values.get("fill-opacity", ""))
    return found and faded(found, alpha * style.opacity)


def _under(node: Node, style: Style, canvas: _Canvas) -> Colour | None:
    """What is seen at the middle of a figure's text: the paper, and the shapes over it."""
    seen = style.behind
    for shape, colour in canvas.shapes:
        if seen is not None and covers(shape, node, style.size, canvas.width, canvas.height):
            seen = over(colour, seen)
    return seen


def _canvas_in(node: Node, style: Style, around: _Canvas) -> _Canvas:
    """The canvas for what is in `node`: a new one in a figure, where shapes leave their mark."""
    if node.tag == "svg":
        return _Canvas([], *_extent(node), inside=True)
    if around.inside and node.tag in _SHAPES:
        shape = shape_of(node, around.width, around.height)
        colour = _ink(style, drawn=True)
        if shape is not None and colour is not None and style.values.get("fill") != "none":
            around.shapes.append((shape, colour))
    return around


def _extent(svg: Node) -> tuple[float, float]:
    """Width and height in user units: of the view box, else as stated, else CSS's defaults."""
    box = re.findall(r"[-\d.]+", svg.attributes.get("viewBox", ""))
    if len(box) == 4:
        return float(box[2]), float(box[3])
    stated = [_LENGTH.fullmatch(svg.attributes.get(name, "")) for name in ("width", "height")]
    width, height = (
        float(match[1]) if match and match[2] != "%" else usual
        for match, usual in zip(stated, (600.0, 150.0), strict=True)
    )
    return width, height
