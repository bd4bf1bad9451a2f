"""Contrast of colours by the Web Content Accessibility Guidelines.

Formulas and limits: WCAG 2.1, https://www.w3.org/TR/WCAG21/, definitions of relative
luminance, contrast ratio and large scale text, and success criterion 1.4.3 (AA).
"""

import re
from typing import NamedTuple

ENOUGH, ENOUGH_IF_LARGE = 4.5, 3.0
"""The contrast ratio that text needs at least, and that large text needs."""
LARGE_PX, LARGE_BOLD_PX = 24.0, 56 / 3
"""CSS pixels from which text is large: 18 point, or 14 point if bold (1 point is 4/3 px)."""

_HEX = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_RGB = re.compile(
    r"rgba?\(\s*([\d.]+%?)[\s,]+([\d.]+%?)[\s,]+([\d.]+%?)(?:[\s,/]+([\d.]+%?))?\s*\)"
)


class Colour(NamedTuple):
    """A colour in sRGB: parts and opacity from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0


WHITE, BLACK = Colour(1, 1, 1), Colour(0, 0, 0)

_NAMED = {
    "transparent": "#0000",
    "white": "#fff",
    "silver": "#c0c0c0",
    "gray": "#808080",
    "grey": "#808080",
    "black": "#000",
    "red": "#f00",
    "maroon": "#800000",
    "yellow": "#ff0",
    "olive": "#808000",
    "lime": "#0f0",
    "green": "#008000",
    "aqua": "#0ff",
    "teal": "#008080",
    "blue": "#00f",
    "navy": "#000080",
    "fuchsia": "#f0f",
    "purple": "#800080",
    "orange": "#ffa500",
}


def colour_of(text: str) -> Colour | None:
    """The colour that a CSS value states, or None if it is none that is understood here.

    Understood are hexadecimal colours, `rgb()`, `rgba()` and the basic names of CSS.
    """
    value = text.strip().lower()
    value = _NAMED.get(value, value)
    if match := _HEX.fullmatch(value):
        return _from_hex(match[1])
    if match := _RGB.fullmatch(value):
        red, green, blue = (_part(match[number], 255) for number in (1, 2, 3))
        return Colour(red, green, blue, _part(match[4] or "1", 1))
    return None


def _from_hex(digits: str) -> Colour:
    pairs = [d * 2 for d in digits] if len(digits) < 6 else re.findall("..", digits)
    return Colour(*(int(pair, 16) / 255 for pair in pairs))


def _part(text: str, whole: float) -> float:
    share = float(text[:-1]) / 100 if text.endswith("%") else float(text) / whole
    return min(1.0, max(0.0, share))


def over(top: Colour, below: Colour) -> Colour:
    """What is seen where `top` lies over an opaque colour."""
    mixed = (t * top.alpha + b * (1 - top.alpha) for t, b in zip(top[:3], below[:3], strict=True))
    return Colour(*mixed)


def faded(colour: Colour, opacity: float) -> Colour:
    """`colour` with its opacity multiplied."""
    return colour._replace(alpha=colour.alpha * min(1.0, max(0.0, opacity)))


def luminance(colour: Colour) -> float:
    """Relative luminance: 0 for black, 1 for white."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3]
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_ratio(one: Colour, other: Colour) -> float:
    """The contrast of two opaque colours, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def required_ratio(size: float, *, bold: bool) -> float:
    """The ratio that text of this size in CSS pixels needs."""
    large = size >= LARGE_PX or (bold and size >= LARGE_BOLD_PX)
    return ENOUGH_IF_LARGE if large else ENOUGH
