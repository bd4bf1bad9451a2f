"""Text boxes of a DOCX document, in DrawingML and in the older VML."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from .docx_package import attribute, child, local
from .docx_styles import inner

if TYPE_CHECKING:
    from lxml.etree import _Element

_EMU = 12_700
"""English metric units a point."""
_WHOLE = re.compile(r"-?\d{1,12}")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_POINTS = {"in": 72.0, "cm": 28.35, "mm": 2.835, "px": 0.75}


class Box(NamedTuple):
    """A text box: its content, or its words if it is lettering; where it floats.

    `top` and `left` are its offset in points. A box that does not float stands in its
    line like a letter.
    """

    content: "_Element | None"
    words: str = ""
    floats: bool = False
    top: float = 0.0
    left: float = 0.0


def boxes_in(drawing: "_Element") -> Iterator[Box]:
    """The outermost text boxes of a drawing, in its order."""
    for element in _outermost(drawing):
        floats, top, left = _place(element, drawing)
        if local(element) == "txbxContent":
            yield Box(element, "", floats, top, left)
        elif words := attribute(element, "string"):
            yield Box(None, words, floats, top, left)


def _outermost(element: "_Element") -> "Iterator[_Element]":
    for each in element:
        name = local(each)
        if name in {"txbxContent", "textpath"}:
            yield each
        elif name == "AlternateContent":
            yield from _outermost(chosen(each))
        elif name:
            yield from _outermost(each)


def _place(box: "_Element", drawing: "_Element") -> tuple[bool, float, float]:
    """Whether a box floats, and how far it is from the top and the left."""
    anchor = child(drawing, "anchor")
    if anchor is not None:
        top, left = (_anchored(anchor, axis) for axis in "VH")
        return True, top + _in_group(box, "y"), left + _in_group(box, "x")
    styles = (attribute(each, "style") for each in box.iterancestors())
    style = next(filter(None, styles), "").replace(" ", "")
    floats = "position:absolute" in style
    return floats, _measure(style, "top"), _measure(style, "left")


def _anchored(anchor: "_Element", axis: str) -> float:
    offset = child(anchor, f"position{axis}", "posOffset")
    text = "" if offset is None else offset.text or ""
    return int(text) / _EMU if _WHOLE.fullmatch(text) else 0.0


def _in_group(box: "_Element", axis: str) -> float:
    """The offset of a box's shape in its group; groups are read as not scaled."""
    shape = next((each for each in box.iterancestors() if local(each) == "wsp"), None)
    offset = attribute(child(shape, "spPr", "xfrm", "off"), axis)
    return int(offset) / _EMU if _WHOLE.fullmatch(offset) else 0.0


def _measure(style: str, side: str) -> float:
    found = re.search(rf"(?:^|;)(?:margin-)?{side}:(-?[\d.]{{1,9}})(\w*)", style)
    if found is None or not _NUMBER.fullmatch(found[1]):
        return 0.0
    return float(found[1]) * _POINTS.get(found[2], 1.0)


def chosen(alternate: "_Element") -> "_Element":
    """The branch of alternate content to be read: the choice, or else the fallback."""
    branches = (*inner(alternate, "Choice"), *inner(alternate, "Fallback"))
    return next(filter(len, branches), alternate)
