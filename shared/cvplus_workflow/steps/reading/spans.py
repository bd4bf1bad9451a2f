"""Lines of styled text: what a Markdown paragraph consists of."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

TAB = "\t"
"""Stands in a line where a wide blank or a cell begins a part that stands apart."""


@dataclass(frozen=True)
class Span:
    """A run of text in one style; `url` is the target if it is (part of) a link."""

    text: str
    strong: bool = False
    emphasis: bool = False
    url: str = ""

    @property
    def styled(self) -> bool:
        """Whether it stands out from plain text."""
        return self.strong or self.emphasis or bool(self.url)


@dataclass(frozen=True)
class Line:
    """One line as the source breaks it; `hard` if the break after it is meant."""

    spans: tuple[Span, ...]
    number: int = 0
    hard: bool = False

    @property
    def text(self) -> str:
        """The words alone, without link targets."""
        return "".join(span.text for span in self.spans)

    @property
    def url(self) -> str:
        """The first link's target, or ""."""
        return next((span.url for span in self.spans if span.url), "")

    @property
    def strong(self) -> bool:
        """Whether all its words are strong."""
        return self._all(lambda span: span.strong)

    @property
    def emphasis(self) -> bool:
        """Whether all its words are emphasised."""
        return self._all(lambda span: span.emphasis)

    def _all(self, holds: Callable[[Span], bool]) -> bool:
        worded = [span for span in self.spans if any(map(str.isalnum, span.text))]
        return bool(worded) and all(map(holds, worded))

    def plain(self, without: str = "") -> str:
        """The text with each link as "label (url)", a self-naming link as its label.

        The link to `without` is written as its label: its target stands elsewhere.
        """
        parts = []
        for url, group in _by_link(self.spans):
            label = "".join(span.text for span in group)
            hidden = not url or url == without or _names_itself(label, url)
            parts.append(label if hidden else _labelled(label, url))
        return "".join(parts).strip()

    def sliced(self, start: int, end: int) -> "Line":
        """The characters from `start` to before `end`, styles kept."""
        spans, at = [], 0
        for span in self.spans:
            part = span.text[max(start - at, 0) : max(end - at, 0)]
            at += len(span.text)
            if part:
                spans.append(replace(span, text=part))
        return replace(self, spans=tuple(spans))

    def without(self, start: int, end: int) -> "Line":
        """The line without the characters from `start` to before `end`."""
        kept = self.sliced(0, start).spans + self.sliced(end, len(self.text)).spans
        return replace(self, spans=kept)

    def trimmed(self, characters: str = " \t,;:|·•–—-") -> "Line":
        """The line without `characters` at its ends."""
        text = self.text
        start = len(text) - len(text.lstrip(characters))
        return self.sliced(start, max(len(text.rstrip(characters)), start))

    def style_at(self, index: int) -> Span:
        """The span that holds the character at `index`; an empty one outside the line."""
        at = 0
        for span in self.spans:
            at += len(span.text)
            if 0 <= index < at:
                return span
        return Span("")


def _by_link(spans: Iterable[Span]) -> Iterator[tuple[str, list[Span]]]:
    group: list[Span] = []
    for span in spans:
        if group and group[-1].url != span.url:
            yield group[-1].url, group
            group = []
        group.append(span)
    if group:
        yield group[-1].url, group


def _labelled(label: str, url: str) -> str:
    return f"{label.rstrip()} ({url})" if label.strip() else url


def _names_itself(label: str, url: str) -> bool:
    return bare_url(label) == bare_url(url)


def bare_url(url: str) -> str:
    """A link target without scheme, `www.` and trailing slash, for comparison."""
    return re.sub(r"^(?:mailto:|tel:|https?://)?(?:www\.)?", "", url.strip().lower()).rstrip("/")


def without_tabs(line: Line) -> Line:
    """A line as running text: a blank where a part that stands apart begins."""
    return replace(line, spans=tuple(replace(s, text=s.text.replace(TAB, " ")) for s in line.spans))


def joined(lines: Iterable[Line], without: str = "") -> str:
    """Lines as one text: a meant break stays, others become spaces."""
    parts = []
    for line in lines:
        parts += [line.plain(without), "\n" if line.hard else " "]
    return "".join(parts).strip()
