"""Reading of a finished page: its visible text, its structure, its open placeholders."""

import re
import unicodedata
from dataclasses import dataclass, field
from html.parser import HTMLParser

_UNSEEN = frozenset({"head", "script", "style", "template", "title", "desc"})
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "i", "mark", "q", "s", "small"}
    | {"span", "strong", "sub", "sup", "time", "tspan", "u", "wbr"}
)

_WORD = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s)>\]]+", re.IGNORECASE)
_BREAKS = re.compile("[\u00ad\u200b\u2060]")

_KEYED = re.compile(
    r"\[(?:insert|add|replace|update|your|enter|specify|customize|fill|number)"
    r"(?![a-z])[^\[\]]{0,80}\]",
    re.IGNORECASE,
)
_BARE = re.compile(r"\[([A-Z][A-Z0-9]*(?:[_/ ][A-Z0-9]+)*)\]")
_SHORT_TOKENS = frozenset({"X", "N", "NAME", "DATE", "ROLE", "TEAM", "YEAR", "TOOL"})
_TOKEN_LENGTH = 5
"""Letters from which an upper-case word in brackets is no acronym such as [AWS]."""


@dataclass
class PageContent:
    """What a page shows and how it is built; `own_text` is the text outside features."""

    text: str = ""
    own_text: str = ""
    headings: int = 0
    language: str = ""
    images: int = 0
    images_without_text: int = 0


@dataclass
class _Reader(HTMLParser):
    """Collects the visible text; block elements part words, inline ones don't."""

    own: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    content: PageContent = field(default_factory=PageContent)
    unseen: int = 0
    feature_depth: int = 0

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count what the checks ask for, and part words at blocks."""
        attributes = dict(attrs)
        if tag == "body":
            self.unseen = 0
        elif tag in _UNSEEN:
            self.unseen += 1
        elif tag == "div" and (self.feature_depth or "data-feature" in attributes):
            self.feature_depth += 1
        self._count(tag, attributes)
        self._part(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count an element that closes itself; it can't hide any text."""
        self._count(tag, dict(attrs))
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        """Part words at blocks, and see again after what is not shown."""
        if tag in _UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        if tag == "div" and self.feature_depth:
            self.feature_depth -= 1
        self._part(tag)

    def handle_data(self, data: str) -> None:
        """Keep text that is shown."""
        if not self.unseen:
            self._keep(data)

    def _keep(self, piece: str) -> None:
        (self.added if self.feature_depth else self.own).append(piece)

    def _count(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag == "h1":
            self.content.headings += 1
        elif tag == "html":
            self.content.language = attributes.get("lang") or ""
        elif tag == "img":
            self.content.images += 1
            self.content.images_without_text += "alt" not in attributes

    def _part(self, tag: str) -> None:
        if tag not in _INLINE:
            self._keep(" ")


def page_content(html: str) -> PageContent:
    """The visible text of a page and the counts of what it is built of.

    Text in closed `details` counts as visible, since a reader can open it; the titles
    of the page and of SVG figures don't.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    content = reader.content
    content.own_text = "".join(reader.own)
    content.text = content.own_text + " " + "".join(reader.added)
    return content


def words_of(text: str) -> list[str]:
    """The words of a text, case-folded, in compatibility form, without web addresses."""
    plain = _BREAKS.sub("", unicodedata.normalize("NFKC", _ADDRESS.sub(" ", text)))
    return _WORD.findall(plain.casefold())


def placeholders_in(text: str) -> list[str]:
    """The placeholders left open in a text, in one grammar for all that the web app has.

    A key word of any case in brackets (`[INSERT TEAM SIZE]`, `[your name]`), or an
    upper-case token (`[NUMBER]`, `[TEAM_SIZE]`, `[X]`). Ordinary text in brackets is
    none: `[1]`, `[PhD]`, acronyms such as `[AWS]` or `[TCP/IP]`.
    """
    bare = [match[0] for match in _BARE.finditer(text) if _is_token(match[1])]
    keyed = [match[0] for match in _KEYED.finditer(text)]
    return keyed + [token for token in bare if token not in keyed]


def _is_token(inner: str) -> bool:
    words = re.split(r"[_/ ]", inner)
    return (
        "_" in inner
        or inner in _SHORT_TOKENS
        or any(len(word) >= _TOKEN_LENGTH and word.isalpha() for word in words)
    )
