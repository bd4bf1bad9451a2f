"""What HTML elements mean for the lines of a page: blocks, styles, links, hidden things."""

import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote

from .spans import Span
from .text import cleaned

if TYPE_CHECKING:
    from lxml.etree import _Element

SPACED = frozenset(
    {"p", "ul", "ol", "dl", "blockquote", "pre", "figure", "table", "hr", "section", "article"}
    | {"header", "footer", "aside", "main", "h1", "h2", "h3", "h4", "h5", "h6", "fieldset"}
)
"""Blocks with blank space round them in browsers, or by custom."""
BLOCKS = SPACED | frozenset(
    {"html", "body", "div", "li", "dt", "dd", "address", "center", "details", "summary", "dir"}
    | {"figcaption", "form", "hgroup", "legend", "menu", "nav", "search", "caption", "thead"}
    | {"tbody", "tfoot", "tr", "td", "th", "option", "optgroup", "text"}
)
"""Elements that begin and end a line; `text` is that of a drawing."""
UNSEEN = frozenset(
    {"head", "script", "style", "template", "noscript", "title", "desc", "defs", "metadata"}
    | {"symbol", "select", "datalist", "textarea", "iframe", "object", "video", "audio", "canvas"}
    | {"meter", "progress", "map", "base", "link", "meta", "param", "source", "track"}
)
"""Elements whose text a page does not show as such."""

_STRONG = frozenset({"b", "strong", "th"})
_EMPHASIS = frozenset({"i", "em", "cite", "dfn", "var"})
_HIDING = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_WEIGHT = re.compile(r"(?:^|;)\s*font-weight\s*:\s*(\w+)", re.IGNORECASE)
_SLANT = re.compile(r"(?:^|;)\s*font-style\s*:\s*(\w+)", re.IGNORECASE)
_ICON = re.compile(r"(?:^|\s)(?:material-(?:icons|symbols)|icon|glyphicon|fa[bsrld]?(?=\s|$))")
_TARGET = re.compile(r"(?:https?:)?//|mailto:|tel:", re.IGNORECASE)
_PICTURE = re.compile(
    r"\b(?:photo\w*|picture|portrait|avatar|headshot|image|logo|icon|bild|foto\w*)\b", re.IGNORECASE
)


def is_hidden(element: "_Element") -> bool:
    """Whether an element is hidden by itself, or is an icon spelled by its font."""
    if element.get("hidden") is not None or _HIDING.search(element.get("style", "")):
        return True
    silent = element.get("aria-hidden", "").lower() == "true" or element.tag in {"i", "span"}
    return silent and bool(_ICON.search(element.get("class", ""))) and len(element) == 0


def restyled(style: Span, element: "_Element") -> Span:
    """The style of text inside an element that stands in text of `style`."""
    css, name = element.get("style", ""), element.tag
    weight, slant = _WEIGHT.search(css), _SLANT.search(css)
    strong = _is_heavy(weight[1]) if weight else style.strong or name in _STRONG
    emphasis = slant[1].lower() != "normal" if slant else style.emphasis or name in _EMPHASIS
    url = link_target(element) if name == "a" else ""
    return replace(style, strong=strong, emphasis=emphasis, url=url or style.url)


def _is_heavy(weight: str) -> bool:
    return weight.lower() in {"bold", "bolder"} or (weight.isdecimal() and int(weight[:4]) >= 600)


def link_target(anchor: "_Element") -> str:
    """The address that a link leads to, "" if it stays on the page or its site.

    A mail or phone address is without what follows it, and with its characters as such.
    """
    url = cleaned(anchor.get("href", "")).strip()
    if not _TARGET.match(url):
        return ""
    if url.lower().startswith(("mailto:", "tel:")):
        return unquote(url.partition("?")[0])
    return f"https:{url}" if url.startswith("//") else url


def heading_level(element: "_Element") -> int:
    """The level that an element has as a heading, 0 if it is none."""
    name = element.tag
    if re.fullmatch("h[1-6]", name):
        return int(name[1])
    stated = element.get("aria-level", "2")
    role = element.get("role", "").lower() == "heading"
    return int(stated) if role and re.fullmatch("[1-9]", stated) else 0


def link_label(anchor: "_Element") -> str:
    """What a link without words leads to: its stated label, or else its address."""
    stated = anchor.get("aria-label", "").strip() or anchor.get("title", "").strip()
    return stated or link_target(anchor)


def picture_text(picture: "_Element") -> str:
    """What stands for a picture that says something; a portrait or an icon does not."""
    text = picture.get("alt", "").strip()
    return "" if _PICTURE.search(text) else text


def stands_apart(before: "_Element | None", after: "_Element") -> bool:
    """Whether style sheets are likely to part two elements that nothing stands between.

    `<span class="company">Acme</span><span class="when">2013</span>` is two parts.
    """
    if before is None or before.tail or not _is_worded(before) or not _is_worded(after):
        return False
    return any(each.get("class") or each.get("style") for each in (before, after))


def _is_worded(element: "_Element") -> bool:
    """Whether it has more than a letter; an initial may be parted from its word for looks."""
    letters = (each for text in element.itertext() for each in text if not each.isspace())
    return len(tuple(islice(letters, 2))) == 2
