"""Rows: layout lines made ready for reading, each with its words and its look."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from .dates import find_dated
from .entry_words import CONTACT_LABELS
from .layout import LayoutLine
from .section_names import kind_of, respaced
from .spans import TAB, Line, Span
from .text import folded

_PICTURES = re.compile(
    "(?:[\ue000-\uf8ff\u2300-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff\U000f0000-\U000ffffd]"
    r"|(?<!\w)\ufffd(?!\w))+"
)
"""Icons: private letters of icon fonts, the pictures of Unicode, and unreadable marks beside
words; within a word such a mark stands for letters that the file has lost."""
_SPACED = re.compile(r"^\W*(?:[^\W\d_] ){2,}[^\W\d_]\W*$")


class Look(NamedTuple):
    """What a row's letters look like."""

    size: float
    strong: bool
    emphasis: bool
    caps: bool
    level: int


PLAIN = Look(0.0, False, False, False, 0)
"""The look of text about which nothing is known."""


@dataclass(frozen=True)
class Row:
    """A layout line, and its words with tabs at its breaks.

    `line.number` is the row's place among all rows of the document, from 1.
    """

    at: LayoutLine
    line: Line

    @cached_property
    def text(self) -> str:
        """The words, letters that were set apart joined again."""
        return joined_letters(self.line.text.strip())

    @cached_property
    def heading(self) -> str:
        """The words as a heading: without rules, numbers and marks around them."""
        bare = re.sub(r"^[\W\d_]+(?=[^\W\d_])|[\s:=_*~#|·•—–-]+$", "", self.text)
        return respaced(bare) if " " in bare and self.look.caps else bare

    @cached_property
    def look(self) -> Look:
        """Size to half a point, weight, slant, capitals of its first part, and stated level."""
        size = round(self.at.size * 2) / 2
        first = next(iter(parts_of(self.line)), self.line)
        return Look(size, first.strong, first.emphasis, is_caps(self.text), self.at.level)

    @cached_property
    def dated(self) -> bool:
        """Whether it states a date."""
        return find_dated(self.line.text) is not None

    @property
    def placed(self) -> bool:
        """Whether its place on the page is known."""
        return self.at.right > 0

    @property
    def letter_width(self) -> float:
        """The mean width of its letters in points."""
        return (self.at.right - self.at.left) / max(len(self.at.text), 1)


def rows_of(lines: Iterable[LayoutLine]) -> list[Row]:
    """Layout lines as rows; lines without letters, digits and links are left out."""
    rows: list[Row] = []
    for at in lines:
        line = _with_tabs(at, len(rows) + 1)
        if any(map(str.isalnum, line.text)) or line.url:
            rows.append(Row(at, line))
    return rows


def with_header_apart(rows: Sequence[Row]) -> list[Row]:
    """Rows above the first section on the first page cut at their tabs, and numbered anew.

    What stands side by side there, such as a name and an address, goes together nowhere.
    """
    result: list[Row] = []
    above = True
    for row in rows:
        above = above and row.at.page <= 1 and not kind_of(row.heading)
        lines = parts_of(row.line) if above and not is_labelled(row.line) else [row.line]
        for line in lines:
            result.append(Row(row.at, replace(line.trimmed(" "), number=len(result) + 1)))
    return result


def is_labelled(line: Line) -> bool:
    """Whether a line is the label of contact data in one column and its value in the next."""
    label, *values = line.text.split(TAB)
    return len(values) == 1 and folded(label).strip(" :.") in CONTACT_LABELS


def label_of_row(row: Row) -> str:
    """A row's first part as labels are looked up."""
    return folded(row.line.text.split(TAB)[0]).strip(" :.")


def where(row: Row) -> str:
    """Where a row stands, for people."""
    page = f"page {row.at.page}, " if row.at.page else ""
    return f"{page}line {row.at.number}"


def _with_tabs(at: LayoutLine, number: int) -> Line:
    """The words with tabs at the breaks; pictures are breaks too, and are left out."""
    whole = Line(tuple(replace(span, text=_PICTURES.sub(_blank, span.text)) for span in at.spans))
    spans: list[Span] = []
    cuts = sorted({0, *_cuts(at, whole.text), len(whole.text)})
    for start, end in pairwise(cuts):
        part = whole.sliced(start, end).trimmed(" \t")
        if part.spans:
            spans += [Span(TAB)] * bool(spans) + list(part.spans)
    return Line(tuple(spans), number)


def _blank(match: re.Match[str]) -> str:
    return TAB * len(match[0])


def _cuts(at: LayoutLine, text: str) -> Iterable[int]:
    yield from (cut for cut in at.breaks if 0 < cut < len(text))
    yield from (match.start() for match in re.finditer(r"(?<!\t)\t", text) if match.start())
    yield from _style_cuts(at.spans)


def _style_cuts(spans: Sequence[Span]) -> Iterable[int]:
    """Where words of two styles meet without a blank: what a page shows far apart."""
    position = 0
    for before, after in pairwise(spans):
        position += len(before.text)
        meets = before.text[-1:].isalnum() and after.text[:1].isalnum()
        styles = (before.strong, before.emphasis), (after.strong, after.emphasis)
        if meets and styles[0] != styles[1] and _begins_part(after.text):
            yield position


def _begins_part(text: str) -> bool:
    found = find_dated(text)
    return text[0].isupper() or (found is not None and found.start == 0)


def parts_of(line: Line) -> list[Line]:
    """A line at its tabs."""
    parts, start = [], 0
    text = line.text
    for end in [*(at for at, each in enumerate(text) if each == TAB), len(text)]:
        parts.append(line.sliced(start, end))
        start = end + 1
    return [part for part in parts if part.text.strip() or part.url]


def joined_letters(text: str) -> str:
    """`text` with letters that blanks set apart joined to words: "S K I L L S"."""
    words = re.split(r"\s{2,}", text)
    if not all(_SPACED.match(word) or len(word) == 1 for word in words):
        return text
    return " ".join(word.replace(" ", "") for word in words)


def is_caps(text: str) -> bool:
    """Whether all its letters are capitals; it has three at least."""
    letters = [each for each in text if each.isalpha()]
    return len(letters) > 2 and text == text.upper()


def only_date(line: Line) -> bool:
    """Whether a line is nothing but a date."""
    found = find_dated(line.text)
    return found is not None and not line.without(found.start, found.end).trimmed(" ,;|·()").text


def body_look(rows: Sequence[Row]) -> Look:
    """The look of most of the text."""
    counted: Counter[Look] = Counter()
    for row in rows:
        counted[row.look._replace(caps=False)] += len(row.text)
    return counted.most_common(1)[0][0] if counted else PLAIN
