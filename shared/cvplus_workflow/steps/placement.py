"""Where the fragments of features go in a CV document.

The anchors are those of the web app, which finds them by the opening tag of
`<section class="summary"`, `<header` and so on. The document is read by the standard
HTML tokeniser, so text, comments and attributes that only look like an anchor are
none, and nothing but the places of insertion changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from itertools import accumulate

WRAPPER_CLASS = "progressive-feature"

_AFTER_SECTION = {
    "skills-visualization": "summary",
    "certification-badges": "education",
    "calendar-integration": "experience",
    "language-proficiency": "skills",
    # The web app puts it before the footer. It shows the projects in full, so it stands for
    # their section, which the page hides beside it, and takes its place.
    "portfolio-gallery": "projects",
    "embed-qr-code": "contact",
}

_BEFORE_SECTION = {
    # The web app has no place of its own for it. The best comes before the details.
    "achievements-showcase": "experience",
    # The web app replaces the experience section by the timeline. A timeline is an overview
    # without the detailed text of each post, which must not be lost here.
    "interactive-timeline": "experience",
}

# Where a CV lacks the section that the web app knows as the place.
_ELSE_BEFORE_SECTION = {
    "skills-visualization": "skills",
    "certification-badges": "certifications",
    "language-proficiency": "languages",
}

_AFTER_HEADER = frozenset({"video-introduction"})

_TRACKED = frozenset({"section", "header", "footer", "div", "body"})

# Their content is text in HTML, but not to the tokeniser of every Python version.
_TEXT_ONLY = frozenset({"title", "textarea"})


@dataclass
class _Element:
    """A tracked element: offsets of its first character and of the one after its last."""

    tag: str
    name: str
    feature: str | None
    inside_feature: bool
    start: int
    end: int = -1
    closing: int = -1


class _Outline(HTMLParser):
    """Notes where the elements that matter to placement start and end."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.elements: list[_Element] = []
        self._open: list[_Element] = []
        self._text_of = ""
        self._html = html
        lengths = (len(line) + 1 for line in html.split("\n"))
        self._line_starts = [0, *accumulate(lengths)]
        self.feed(html)
        self.close()

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._line_starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tracked element."""
        if tag in _TEXT_ONLY:
            self._text_of = self._text_of or tag
        if self._text_of or tag not in _TRACKED:
            return
        values = dict(attrs)
        classes = (values.get("class") or "").split()
        feature = values.get("data-feature") if WRAPPER_CLASS in classes else None
        inside = any(element.feature is not None for element in self._open)
        name = classes[0] if classes else ""
        element = _Element(tag, name, feature, inside, self._offset())
        self.elements.append(element)
        self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Treat `<div/>` as an opening tag, as HTML does."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close the nearest open element of this tag, and what was left open in it."""
        if tag == self._text_of:
            self._text_of = ""
        if (
            self._text_of
            or tag not in _TRACKED
            or all(element.tag != tag for element in self._open)
        ):
            return
        start = self._offset()
        after = self._html.find(">", start) + 1
        while (element := self._open.pop()).tag != tag:
            pass
        element.closing, element.end = start, after

    def wrappers(self, feature: str) -> list[_Element]:
        """The closed wrappers of a feature, outermost ones only."""
        return [
            element
            for element in self.elements
            if element.feature == feature and not element.inside_feature and element.end > 0
        ]

    def section(self, name: str) -> _Element | None:
        """The first section of this name outside of features."""
        return self.first("section", name) if name else None

    def first(self, tag: str, name: str = "") -> _Element | None:
        """The first such element outside of features."""
        for element in self.elements:
            named = element.tag == tag and (not name or element.name == name)
            if named and not element.inside_feature:
                return element
        return None


def _beside_anchor(outline: _Outline, feature: str) -> int:
    """Where the feature's own anchor wants it, or -1."""
    if before := outline.section(_AFTER_SECTION.get(feature, "")):
        return before.end
    after = outline.section(_BEFORE_SECTION.get(feature, ""))
    after = after or outline.section(_ELSE_BEFORE_SECTION.get(feature, ""))
    if after:
        return after.start
    header = outline.first("header") if feature in _AFTER_HEADER else None
    return header.end if header else -1


def _position(outline: _Outline, feature: str, length: int) -> int:
    """Its anchor, else before the footer, else before `</body>`, else the end."""
    beside = _beside_anchor(outline, feature)
    if beside >= 0:
        return beside
    footer, body = outline.first("footer"), outline.first("body")
    if footer:
        return footer.start
    return body.closing if body and body.closing >= 0 else length


def _wrapped(feature: str, fragment: str) -> str:
    name = escape(feature, quote=True)
    return f'<div class="{WRAPPER_CLASS}" data-feature="{name}">{fragment}</div>'


def place(html: str, fragments: Mapping[str, str]) -> str:
    """`html` with each feature's fragment at its anchor, wrapped and marked by its id.

    Fragments are sanitised HTML by kebab-case feature id. One placed earlier is
    replaced where it stands, so placing twice leaves one; an empty fragment removes it.
    """
    outline = _Outline(html)
    edits: list[tuple[int, int, str]] = []
    for feature, fragment in fragments.items():
        new = _wrapped(feature, fragment) if fragment.strip() else ""
        earlier = outline.wrappers(feature)
        edits += [(wrapper.start, wrapper.end, "") for wrapper in earlier[1:]]
        if earlier:
            edits.append((earlier[0].start, earlier[0].end, new))
        elif new:
            position = _position(outline, feature, len(html))
            edits.append((position, position, new))
    return _edited(html, edits)


def _edited(html: str, edits: list[tuple[int, int, str]]) -> str:
    """`html` with spans replaced; those at one place keep their order."""
    pieces, done = [], 0
    for start, end, text in sorted(edits, key=lambda edit: edit[:2]):
        pieces += [html[done:start], text]
        done = end
    return "".join([*pieces, html[done:]])
