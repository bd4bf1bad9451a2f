"""Pieces of text made into one `LayoutLine`: blanks, wide gaps, icons and bullet marks."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from ...errors import Code, WorkflowError
from .dates import find_dated
from .layout import LayoutLine
from .spans import Line, Span
from .text import cleaned, words

MOST_LINES = 20_000
"""Lines of the longest document that is read: some four hundred pages."""
LONGEST_WORD = 2_000
"""Letters and digits of the longest word that is read; words of real CVs have up to 50, and
paragraphs of scripts without blanks have punctuation."""
_SYMBOL_MARKS = "\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf071\uf06e\uf06c\uf075\uf0a8\uf077\uf0e0\uf06f"
"""Bullets of the fonts Symbol and Wingdings, where programs put them in Unicode."""
_ROUND = "•◦‣⁃∙●○■□▪▫◾◽◼◻▶►▸▹➢➤➔➜→✓✔✗❖◆◇♦❑❒❯·"
_BLANKS = re.compile(r"\s+")
_WIDE = re.compile(r"\t|\s{3,}")
_UNSEEN = re.compile("[\u200b\u200c\u2060-\u2064\ufe0e\ufe0f]")
_ICON = re.compile("[\ue000-\uf8ff]")
_MARK = re.compile(
    rf"[{_ROUND}](?![{_ROUND}])\s*(?=\S)|[-–—*]\s+(?=\S)|\+\s+(?=\D)|o\s+(?=[A-Z])"
    r"|\(?\d{1,2}[.)]\s+(?=\S)|\(?[a-z]\)\s+(?=\S)"
)


def check_lines(count: int) -> None:
    """Raises `invalid-argument`, reason `too-complex`, at more than MOST_LINES lines."""
    if count > MOST_LINES:
        raise WorkflowError(
            Code.INVALID_ARGUMENT,
            f"The document has more than {MOST_LINES:,} lines.",
            reason="too-complex",
        )


def check_words(texts: Iterable[str]) -> None:
    """Raises `invalid-argument`, reason `too-complex`, at a word longer than LONGEST_WORD.

    The many patterns that look for names, dates and places begin anew at each letter of a
    word, so that reading takes the square of its length.
    """
    for text in texts:
        if len(text) > LONGEST_WORD and max(map(len, words(text)), default=0) > LONGEST_WORD:
            raise WorkflowError(
                Code.INVALID_ARGUMENT,
                f"The document has more than {LONGEST_WORD:,} letters or digits in a row without "
                "a blank, as files in hexadecimal form have. Take them out.",
                reason="too-complex",
            )


def line_of(spans: Iterable[Span]) -> LayoutLine:
    """The line that `spans` make, without the bullet mark that it may open with.

    Blanks become one space; a tab or three blanks set parts apart, and become one tab
    with a break after it. Icons of private fonts go, their bullets become "•".
    """
    kept = list(_merged(_spaced(_merged(spans))))
    text = "".join(span.text for span in kept)
    mark = mark_length(text)
    line = Line(tuple(kept))
    breaks = (at + 1 for at, each in enumerate(text) if each == "\t")
    return LayoutLine(
        line.sliced(mark, len(text)).spans if mark else line.spans,
        breaks=tuple(at - mark for at in breaks if at > mark),
        depth=1 if mark else 0,
    )


def _spaced(spans: Iterable[Span]) -> Iterator[Span]:
    """The spans without blanks at their ends, and between them what parts them."""
    last: Span | None = None
    blank = ""
    for span in spans:
        text = _shown(span.text)
        core = text.strip()
        blank += text[: len(text) - len(text.lstrip())] if core else text
        if not core:
            continue
        if last and blank:
            yield _between(last, span, blank)
        yield replace(span, text=_BLANKS.sub(_parting, core))
        last, blank = span, text[len(text.rstrip()) :]


def _parting(blank: re.Match[str]) -> str:
    return "\t" if _WIDE.search(blank[0]) else " "


def _shown(text: str) -> str:
    """`text` as a reader sees it, symbols of private fonts replaced."""
    marked = "".join("•" if each in _SYMBOL_MARKS else each for each in text)
    return _ICON.sub(" ", _UNSEEN.sub("", cleaned(marked)))


def _between(before: Span, after: Span, blank: str) -> Span:
    """What stands for `blank`, in the style of its neighbours if they share one."""
    if _WIDE.search(blank):
        return Span("\t")
    return replace(before, text=" ") if _style(before) == _style(after) else Span(" ")


def _style(span: Span) -> tuple[bool, bool, str]:
    return span.strong, span.emphasis, span.url


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Spans of the same style made one; empty ones go."""
    for _, group in groupby((span for span in spans if span.text), _style):
        same = list(group)
        yield replace(same[0], text="".join(span.text for span in same))


def mark_length(text: str) -> int:
    """How many characters of `text` are the mark of a list item and the blank after it.

    A day such as "12. May" is no mark, nor are several marks in a row: they rate.
    """
    found = _MARK.match(text)
    if found is None:
        return 0
    dated = find_dated(text) if text[0].isdigit() else None
    return 0 if dated and dated.start == 0 else found.end()


def joined_line(lines: Iterable[LayoutLine]) -> LayoutLine:
    """Lines that stand side by side as one, each a part that stands apart."""
    lines = [line for line in lines if line.spans]
    spans: list[Span] = []
    breaks: list[int] = []
    length = 0
    for line in lines:
        if spans:
            spans.append(Span("\t"))
            length += 1
            breaks.append(length)
        breaks += [length + at for at in line.breaks]
        spans += line.spans
        length += len(line.text)
    return replace(lines[0], spans=tuple(spans), breaks=tuple(breaks))
