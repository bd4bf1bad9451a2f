"""Citations: where the title of a publication stands among authors, journal and pages."""

import re

from .spans import Line

_QUOTED = re.compile(r"[“„\"«]\s*([^“”„\"«»]{8,300}?)\s*[.,]?\s*[”“\"»]")
_VENUE_AFTER = re.compile(r"^\W{0,3}\s*(?:\d|vol|no\b|pp)", re.IGNORECASE)
_VENUE_BEFORE = re.compile(r"\bin:?\s*$", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[^\W\d]{2}|.\)|\d\d)[.,]\s+(?=[^\W\d_])|\)\s*[.:]?\s+")
_FEWEST_WORDS = 3


def title_in(line: Line) -> tuple[Line, Line, Line] | None:
    """The title within a citation, the text before it and behind it; None if nothing tells.

    A title is quoted, or in a style of its own; if that style is the journal's (a volume
    follows, or "in" comes before) the title is the sentence before it.
    """
    if match := _QUOTED.search(line.text):
        return _parted(line, *match.span(1))
    styled = _styled_span(line)
    if styled is None:
        return None
    start, end = styled
    venue = _VENUE_AFTER.match(line.text[end:]) or _VENUE_BEFORE.search(line.text[:start])
    if not venue:
        return _parted(line, start, end)
    return _sentence_before(line, start)


def _parted(line: Line, start: int, end: int) -> tuple[Line, Line, Line]:
    title = line.sliced(start, end).trimmed(' .,;:"“”„«»')
    behind = line.sliced(end, len(line.text)).trimmed(' .,;:"“”„«»')
    return title, line.sliced(0, start).trimmed(' ,;:"“”„«»'), behind


def _styled_span(line: Line) -> tuple[int, int] | None:
    """The first span in emphasis or with a link that is long enough for a title."""
    at = 0
    for span in line.spans:
        apart = span.emphasis or bool(span.url)
        if apart and len(span.text.split()) >= _FEWEST_WORDS and span.text != line.text:
            return at, at + len(span.text)
        at += len(span.text)
    return None


def _sentence_before(line: Line, end: int) -> tuple[Line, Line, Line] | None:
    starts = [match.end() for match in _SENTENCE.finditer(line.text, 0, end)]
    for start in reversed(starts):
        if len(line.text[start:end].split()) >= _FEWEST_WORDS:
            return _parted(line, start, end)
    return None
