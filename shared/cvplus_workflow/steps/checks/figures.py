"""Where the shapes and the text of an SVG figure are, in its user units.

Boxes stand for shapes, so a text beside a circle's edge may count as over it. A shape or
text under a `transform` is placed only against others under the same one.
"""

import re
from typing import NamedTuple

from .page_tree import Node

_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?")
_STEP = re.compile(r"([A-Za-z])([^A-Za-z]*)")

CAP_MIDDLE = 0.35
"""Height of the middle of a capital over the baseline, as a share of the font size."""
LETTER_MIDDLE = 0.3
"""About half the width of a letter, as a share of the font size."""


class Shape(NamedTuple):
    """The box of a shape, and the transformed elements that it is in."""

    left: float
    top: float
    right: float
    bottom: float
    frame: tuple[int, ...]


def shape_of(node: Node, width: float, height: float) -> Shape | None:
    """The box of a shape in a figure of this extent, or None if it is not known."""
    box = _box(node, width, height)
    return None if box is None else Shape(*box, _frame(node))


def covers(shape: Shape, text: Node, size: float, width: float, height: float) -> bool:
    """Whether the box covers the middle of the first letter of `text`, `size` high."""
    if shape.frame != _frame(text):
        return False
    x, y = _middle(text, size, width, height)
    return shape.left <= x <= shape.right and shape.top <= y <= shape.bottom


def _frame(node: Node) -> tuple[int, ...]:
    found = []
    each: Node | None = node
    while each is not None and each.tag != "svg":
        if "transform" in each.attributes:
            found.append(id(each))
        each = each.parent
    return tuple(found)


def _length(text: str, whole: float) -> float:
    match = _NUMBER.match(text.strip())
    if match is None:
        return 0.0
    number = float(match[0])
    return number * whole / 100 if text.strip().endswith("%") else number


def _box(node: Node, width: float, height: float) -> tuple[float, float, float, float] | None:
    def across(name: str) -> float:
        return _length(node.attributes.get(name, ""), width)

    def down(name: str) -> float:
        return _length(node.attributes.get(name, ""), height)

    if node.tag == "rect":
        left, top = across("x"), down("y")
        return left, top, left + across("width"), top + down("height")
    if node.tag in {"circle", "ellipse"}:
        x, y = across("cx"), down("cy")
        right = across("r") or across("rx")
        low = across("r") or down("ry")
        return x - right, y - low, x + right, y + low
    return _hull(_points(node))


def _hull(points: list[tuple[float, float]]) -> tuple[float, float, float, float] | None:
    if not points:
        return None
    across, down = zip(*points, strict=True)
    return min(across), min(down), max(across), max(down)


def _points(node: Node) -> list[tuple[float, float]]:
    """The corners of a polygon, or of a path whose steps are all absolute points."""
    if node.tag == "polygon":
        return _pairs(node.attributes.get("points", ""))
    steps = _STEP.findall(node.attributes.get("d", ""))
    if any(letter not in "MLCQSTZz" for letter, _ in steps):
        return []
    return [pair for _, numbers in steps for pair in _pairs(numbers)]


def _pairs(text: str) -> list[tuple[float, float]]:
    numbers = [float(number) for number in _NUMBER.findall(text)]
    return list(zip(numbers[::2], numbers[1::2], strict=False))


def _middle(text: Node, size: float, width: float, height: float) -> tuple[float, float]:
    x = _length(_nearest(text, "x"), width) + _length(_nearest(text, "dx"), width)
    y = _length(_nearest(text, "y"), height) + _length(_nearest(text, "dy"), height)
    shift = {"middle": 0.0, "end": -1.0}.get(_nearest(text, "text-anchor"), 1.0)
    centred = _nearest(text, "dominant-baseline") in {"central", "middle"}
    return x + shift * LETTER_MIDDLE * size, y - (0.0 if centred else CAP_MIDDLE * size)


def _nearest(node: Node, name: str) -> str:
    each: Node | None = node
    while each is not None and each.tag != "svg":
        if name in each.attributes:
            return each.attributes[name]
        each = each.parent
    return ""
