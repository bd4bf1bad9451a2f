"""Building of markup: escaped text and elements, for HTML and inline SVG."""

from collections.abc import Mapping
from html import escape

Attributes = Mapping[str, str | float]
"""Attribute values by name; numbers are written with two decimals at most."""


def text(content: str) -> str:
    """`content`, escaped, as the text of an element."""
    return escape(content, quote=False)


def element(name: str, attributes: Attributes, *content: str) -> str:
    """One element. `content` is markup already; attribute values are escaped here."""
    stated = "".join(f' {key}="{_value(value)}"' for key, value in attributes.items())
    return f"<{name}{stated}>{''.join(content)}</{name}>"


def classed(name: str, css_class: str, *content: str) -> str:
    """One element with a class only. `content` is markup already."""
    return element(name, {"class": css_class}, *content)


def figure(label: str, description: str, attributes: Attributes, *shapes: str) -> str:
    """An accessible SVG figure: `label` is its title, `description` says what it shows.

    Text runs left to right whatever the page does, so that positions count from the left.
    """
    root = {"role": "img", "aria-label": label, "direction": "ltr", **attributes}
    titled = element("title", {}, text(label)) + element("desc", {}, text(description))
    return element("svg", root, titled, *shapes)


def _value(value: str | float) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return escape(str(value), quote=True)
