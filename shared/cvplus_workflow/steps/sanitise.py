"""Sanitising of HTML fragments: an allow-list, by nh3.

Allowed are text markup, lists, tables, `details`, links out, and inline SVG made of
shapes and text. There is no styling but by class, no resource that a page would
fetch, and no id outside the `feature-` name space. A text is cleaned until another
pass changes nothing, since markup that is parsed differently the second time is how
sanitisers are got round.

A link may hold a file itself if it is a calendar to be saved: browsers don't show such a
link as a page. Forms are allowed by `sanitised_form` alone, and only such as hand a
subject and a text to the reader's own mail program.
"""

import re
from collections.abc import Mapping
from functools import cache
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ..errors import Code, WorkflowError

if TYPE_CHECKING:
    import nh3


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


MAX_BYTES = 256 * 1024
"""Longest fragment, in bytes of UTF-8, before and after cleaning."""
MAX_TAGS = 10_000
"""Most `<` in a fragment: deeply nested input costs its parser quadratic time."""
MAX_DEPTH = 100
"""Deepest nesting of a cleaned fragment: renderers recurse over it."""
MAX_PASSES = 8
"""Passes after which markup that still changes is reduced to its text."""

HTML_TAGS = _names("""
    a abbr address b bdi bdo blockquote br caption cite code dd del details dfn div dl dt em
    figcaption figure h2 h3 h4 h5 h6 hr i ins kbd li mark ol p q s samp small span strong sub
    summary sup table tbody td tfoot th thead time tr u ul var wbr
    """)
SVG_TAGS = _names("svg g path rect circle ellipse line polyline polygon text tspan title desc")
DROPPED_WITH_CONTENT = _names("""
    script style iframe object embed noscript noembed noframes template textarea select xmp
    plaintext math audio video canvas
    """)
SVG_ATTRIBUTES = _names("""
    viewBox preserveAspectRatio width height x y x1 x2 y1 y2 cx cy r rx ry dx dy d points
    transform fill fill-opacity fill-rule stroke stroke-width stroke-linecap stroke-linejoin
    stroke-dasharray stroke-opacity opacity font-size font-weight font-style text-anchor
    dominant-baseline direction focusable shape-rendering
    """)
GLOBAL_ATTRIBUTES = frozenset({"class", "id", "title", "lang", "dir", "role", "tabindex"})
HTML_ATTRIBUTES = {
    "a": {"href", "download"},
    "details": {"open"},
    "ol": {"start", "reversed"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
URL_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
FORM_ATTRIBUTES = {
    "form": {"action", "method", "enctype"},
    "label": {"for"},
    "input": {"type", "name", "required", "maxlength", "autocomplete"},
    "textarea": {"name", "required", "maxlength", "rows", "autocomplete"},
    "button": {"type"},
}

ID_ATTRIBUTES = _names(
    "id for aria-labelledby aria-describedby aria-controls aria-owns aria-details"
)
TEXT_ATTRIBUTES = _names("href title aria-label aria-description aria-valuetext")

_ID = re.compile(r"feature-[A-Za-z0-9_-]{1,80}")
_PLAIN_VALUE = re.compile(r"[\w\s#.,:%()+\-]{0,20000}")
_SPAN = re.compile(r"[1-9][0-9]{0,2}")
_FUNCTION = re.compile(r"([\w-]*)\s*\(")
_FUNCTIONS = _names("var rgb rgba hsl hsla translate scale rotate matrix skewx skewy")
_SAVED_FILE = re.compile(r"[A-Za-z0-9][\w-]{0,60}\.ics", re.ASCII)
_CALENDAR = re.compile(r"data:text/calendar;charset=utf-8;base64,[A-Za-z0-9+/]+={0,2}", re.ASCII)
_MAILTO = re.compile(r"mailto:[\w.!$'*+/^`{|}~%-]+@[\w.-]+", re.ASCII)
_FORM_VALUES = {
    "action": _MAILTO,
    "method": re.compile("post"),
    "enctype": re.compile("text/plain"),
    "name": re.compile("Subject|Message"),
    "type": re.compile("text|submit"),
    "required": re.compile(""),
    "maxlength": re.compile(r"[1-9]\d{0,4}", re.ASCII),
    "rows": re.compile(r"[1-9]\d?", re.ASCII),
    "autocomplete": re.compile("on|off"),
}
_FORM = re.compile(r"<form\b[^>]*>")
_ACTION = re.compile(r'\saction="mailto:([^"]+)"')
_TAG = re.compile(r"<(/?)([A-Za-z]+)")
_VOID = frozenset({"br", "hr", "wbr"})


def sanitised_fragment(html: str) -> str:
    """`html` with everything removed that the allow-list does not name; idempotent.

    Raises `WorkflowError` (invalid-argument) with reason `fragment-too-large` over
    `MAX_BYTES`, `fragment-too-complex` over `MAX_TAGS` or `MAX_DEPTH`, and
    `fragment-not-text` if `html` has lone surrogates.
    """
    return _checked(html, forms=False)


def sanitised_form(html: str) -> str:
    """As `sanitised_fragment`, but forms stay if each goes to one mail address.

    Such a form opens the reader's mail program with what was written as the text (HTML
    standard, "mail as body"); nothing is sent by the page. With a form of another kind, all
    form elements go.
    """
    cleaned = _checked(html, forms=True)
    forms = _FORM.findall(cleaned)
    return cleaned if all(map(_ACTION.search, forms)) else _checked(cleaned, forms=False)


def form_recipients(cleaned: str) -> list[str]:
    """The mail addresses that the forms of a fragment from `sanitised_form` go to."""
    found = (_ACTION.search(form) for form in _FORM.findall(cleaned))
    return [unquote(unescape(match[1])) for match in found if match]


def _checked(html: str, *, forms: bool) -> str:
    _check_size(html)
    _check_tags(html)
    cleaned = _stable(html, forms)
    _check_size(cleaned)
    _check_depth(cleaned)
    return cleaned


def _stable(html: str, forms: bool) -> str:
    clean = (_form_cleaner() if forms else _cleaner()).clean
    for _ in range(MAX_PASSES):
        cleaned = clean(html)
        if cleaned == html:
            return html
        html = cleaned
    return _text_cleaner().clean(html)


@cache
def _cleaner() -> "nh3.Cleaner":
    return _made_cleaner({})


@cache
def _form_cleaner() -> "nh3.Cleaner":
    return _made_cleaner(FORM_ATTRIBUTES)


def _made_cleaner(added: Mapping[str, set[str]]) -> "nh3.Cleaner":
    """A cleaner that also lets pass the tags `added`, with their attributes."""
    import nh3

    attributes = {tag: set(SVG_ATTRIBUTES) for tag in SVG_TAGS}
    attributes |= {tag: set(names) for tag, names in (*HTML_ATTRIBUTES.items(), *added.items())}
    attributes["*"] = set(GLOBAL_ATTRIBUTES)
    return nh3.Cleaner(
        tags=set(HTML_TAGS | SVG_TAGS | added.keys()),
        clean_content_tags=set(DROPPED_WITH_CONTENT - added.keys()),
        attributes=attributes,
        generic_attribute_prefixes={"aria-"},
        attribute_filter=_kept_value,
        url_schemes={*URL_SCHEMES, "data"},
        url_relative="deny",
        link_rel="noopener noreferrer",
    )


@cache
def _text_cleaner() -> "nh3.Cleaner":
    import nh3

    return nh3.Cleaner(tags=set(), attributes={}, clean_content_tags=set(DROPPED_WITH_CONTENT))


def _kept_value(tag: str, attribute: str, value: str) -> str | None:
    if attribute in FORM_ATTRIBUTES.get(tag, ()) and attribute != "for":
        return value if _FORM_VALUES[attribute].fullmatch(value) else None
    if attribute in ID_ATTRIBUTES:
        return _kept_ids(value)
    if attribute == "href" and _scheme(value) == "data":
        return value if _CALENDAR.fullmatch(value) else None
    if attribute == "download":
        return value if _SAVED_FILE.fullmatch(value) else None
    if attribute == "tabindex":
        return value if value == "0" else None
    if attribute in TEXT_ATTRIBUTES:
        return value
    if attribute in {"colspan", "rowspan"}:
        return value if _SPAN.fullmatch(value) else None
    return value if _is_plain(value) else None


def _scheme(address: str) -> str:
    """The scheme as a browser reads it, which skips blanks and control characters."""
    visible = "".join(each for each in address if each.isprintable() and not each.isspace())
    return visible.partition(":")[0].lower()


def _kept_ids(value: str) -> str | None:
    ids = value.split()
    return value if ids and all(_ID.fullmatch(name) for name in ids) else None


def _is_plain(value: str) -> bool:
    """Whether the value has no quotes, no escapes, and no function but harmless ones."""
    if not _PLAIN_VALUE.fullmatch(value):
        return False
    return all(name.lower() in _FUNCTIONS for name in _FUNCTION.findall(value))


def _check_size(html: str) -> None:
    try:
        size = len(html.encode())
    except UnicodeEncodeError as error:
        raise _rejected("fragment-not-text", "lone surrogates are no text") from error
    if size > MAX_BYTES:
        raise _rejected("fragment-too-large", f"{size} bytes, at most {MAX_BYTES}")


def _check_tags(html: str) -> None:
    tags = html.count("<")
    if tags > MAX_TAGS:
        raise _rejected("fragment-too-complex", f"{tags} tags, at most {MAX_TAGS}")


def _check_depth(cleaned: str) -> None:
    if cleaned.count("<") <= MAX_DEPTH:
        return
    depth = 0
    for closing, name in _TAG.findall(cleaned):
        if name not in _VOID:
            depth += -1 if closing else 1
        if depth > MAX_DEPTH:
            raise _rejected("fragment-too-complex", f"nested deeper than {MAX_DEPTH}")


def _rejected(reason: str, message: str) -> WorkflowError:
    return WorkflowError(
        Code.INVALID_ARGUMENT,
        f"fragment: {message}",
        reason=reason,
        details={"field": "fragment"},
    )
