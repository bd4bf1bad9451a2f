"""Glyphs gathered into words, fragments without wide blanks, and rows of fragments."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from statistics import median

from .pdf_glyphs import Box, Glyph, Look
from .pdf_links import BARE

WIDE = 0.9
"""Blank in ems from which what follows stands apart; justified text stays below it."""

_SAME_BASELINE = 0.35
_WORD_GAP, _WORD_GAP_BESIDE_SPACES = 0.13, 0.25
_LEAST_WORD_GAP, _FURTHER = 0.05, 0.15
_TRACKED = 0.1
_LABEL_GAP = 0.25
_LEAST_GAPS = 5


@dataclass(slots=True)
class Fragment:
    """Glyphs of one baseline without a wide blank; `starts` are those that start a word.

    `index` is the place of its first glyph in the order of the content.
    """

    glyphs: list[Glyph]
    starts: set[int]
    left: float
    right: float
    baseline: float
    size: float
    index: int

    @property
    def text(self) -> str:
        """Its words with single spaces between them."""
        parts = []
        for at, each in enumerate(self.glyphs):
            parts += [" " if at in self.starts else "", each.text]
        return "".join(parts)

    def drop_lone(self, text: str) -> None:
        """Takes out the words that consist of `text` alone."""
        edges = sorted({0, *self.starts, len(self.glyphs)})
        words = [self.glyphs[one:other] for one, other in pairwise(edges)]
        kept = [word for word in words if [each.text for each in word] != [text]]
        self.glyphs = [each for word in kept for each in word]
        self.starts = set(accumulate(len(word) for word in kept[:-1]))

    @property
    def top(self) -> float:
        """Where its letters begin, about."""
        return self.baseline - 0.75 * self.size


@dataclass(slots=True)
class _Blank:
    """The blank before a glyph in ems, and whether the text has a space there."""

    width: float
    spaced: bool


def fragments_of(glyphs: Sequence[Glyph], boxes: Sequence[Box]) -> list[Fragment]:
    """All fragments, from the top down and from left to right."""
    spacing = _Spacing(glyphs)
    labels = [box for box in boxes if box.width > 2]
    return [
        fragment
        for row in _baseline_groups(glyphs)
        for fragment in _split(sorted(row, key=lambda each: each.left), spacing, labels)
    ]


def _baseline_groups(glyphs: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    group: list[Glyph] = []
    for each in sorted(glyphs, key=lambda glyph: glyph.baseline):
        if group and each.baseline - group[0].baseline > _SAME_BASELINE * min(
            each.size, group[0].size
        ):
            yield group
            group = []
        group.append(each)
    if group:
        yield group


class _Spacing:
    """The spacing of each font on a page: gaps between letters, and how far each goes on."""

    def __init__(self, glyphs: Sequence[Glyph]) -> None:
        gaps: dict[str, list[float]] = {}
        advances: dict[tuple[str, str, float], list[float]] = {}
        spaces = Counter(each.look.font for each in glyphs if each.text.isspace())
        for one, other in pairwise(glyphs):
            if _follows(one, other):
                gaps.setdefault(one.look.font, []).append((other.left - one.right) / one.size)
                advances.setdefault(_kind(one), []).append((other.left - one.left) / one.size)
        self._gaps = {font: min(max(median(each), -0.1), 0.05) for font, each in gaps.items()}
        self._above = {
            font: _WORD_GAP_BESIDE_SPACES if spaces[font] > 0.03 * len(each) else _WORD_GAP
            for font, each in gaps.items()
        }
        self._advances = {
            kind: sorted(each)[len(each) // 4] for kind, each in advances.items() if len(each) > 1
        }

    def parts_words(self, one: Glyph, other: Glyph, gap: float) -> bool:
        """Whether a gap in ems between two letters of a row is one between words.

        A narrow gap is one if the letter is elsewhere followed much more closely.
        """
        font = other.look.font
        above = gap - self._gaps.get(font, 0.0)
        if above > self._above.get(font, _WORD_GAP):
            return True
        advance = (other.left - one.left) / one.size
        further = advance - self._advances.get(_kind(one), advance)
        narrow = self._above.get(font) == _WORD_GAP and above > _LEAST_WORD_GAP
        return narrow and further >= _FURTHER


def _follows(one: Glyph, other: Glyph) -> bool:
    """Whether two letters are neighbours in one line of one font."""
    blank = one.text.isspace() or other.text.isspace()
    level = abs(one.baseline - other.baseline) < 0.01 * one.size
    return level and not blank and one.look.font == other.look.font


def _kind(glyph: Glyph) -> tuple[str, str, float]:
    return glyph.text, glyph.look.font, round(glyph.size, 1)


def _split(row: list[Glyph], spacing: _Spacing, labels: Sequence[Box]) -> Iterator[Fragment]:
    glyphs, blanks = _blanks(row)
    if not glyphs:
        return
    tracking = _tracking(glyphs, blanks)
    single = _letters_spaced(glyphs, blanks)
    start, starts = 0, set[int]()
    for at in range(1, len(glyphs)):
        blank = blanks[at]
        apart = blank.width >= tracking * 2 + WIDE or BARE in _looks(glyphs, at)
        if apart or (blank.width >= _LABEL_GAP and _between_labels(glyphs, at, labels)):
            yield _fragment(glyphs[start:at], {each - start for each in starts})
            start, starts = at, set()
        elif tracking:
            wide = blank.width > 1.5 * tracking + _TRACKED
            starts |= {at} if wide or (blank.spaced and not single) else set()
        elif blank.spaced or spacing.parts_words(glyphs[at - 1], glyphs[at], blank.width):
            starts.add(at)
    yield _fragment(glyphs[start:], {each - start for each in starts})


def _looks(glyphs: list[Glyph], at: int) -> tuple[Look, Look]:
    return glyphs[at - 1].look, glyphs[at].look


def _blanks(row: list[Glyph]) -> tuple[list[Glyph], list[_Blank]]:
    """The visible glyphs of a row, and the blank before each."""
    glyphs: list[Glyph] = []
    blanks: list[_Blank] = []
    spaced = False
    for each in row:
        if each.text.isspace():
            spaced = True
            continue
        gap = each.left - glyphs[-1].right if glyphs else 0.0
        size = (each.size + glyphs[-1].size) / 2 if glyphs else each.size
        blanks.append(_Blank(gap / (size or 1), spaced))
        glyphs.append(each)
        spaced = False
    return glyphs, blanks


def _tracking(glyphs: list[Glyph], blanks: list[_Blank]) -> float:
    """The gap in ems that is set between all letters of a row, 0 if none is."""
    every = _letters_spaced(glyphs, blanks)
    gaps = [
        each.width for each in blanks[1:] if (every or not each.spaced) and each.width < 3 * WIDE
    ]
    usual = median(gaps) if len(gaps) >= _LEAST_GAPS else 0.0
    return usual if usual > _TRACKED else 0.0


def _letters_spaced(glyphs: list[Glyph], blanks: list[_Blank]) -> bool:
    """Whether nearly every letter of a row has a space after it."""
    letters = sum(each.text.isalpha() for each in glyphs)
    spaced = sum(each.spaced for each in blanks[1:])
    return letters >= _LEAST_GAPS and spaced >= 0.8 * (len(glyphs) - 1)


def _between_labels(glyphs: list[Glyph], at: int, labels: Sequence[Box]) -> bool:
    """Whether a filled box ends or begins between two glyphs, as that of a label does."""
    one, other = glyphs[at - 1], glyphs[at]
    y = other.baseline - 0.3 * other.size
    return any(
        box.holds(one.middle, y) != box.holds(other.middle, y)
        for box in labels
        if 1.0 * other.size < box.height < 3 * other.size and box.width > other.size
    )


def _fragment(glyphs: list[Glyph], starts: set[int]) -> Fragment:
    size = max(sized(glyphs).items(), key=lambda each: (each[1], each[0]))[0]
    largest = [each.baseline for each in glyphs if round(each.size, 1) == size]
    return Fragment(
        glyphs,
        starts,
        left=min(each.left for each in glyphs),
        right=max(each.right for each in glyphs),
        baseline=median(largest),
        size=size,
        index=min(each.index for each in glyphs),
    )


def sized(glyphs: Iterable[Glyph]) -> dict[float, int]:
    """How many glyphs have each size, rounded to tenths of a point."""
    counted: dict[float, int] = {}
    for each in glyphs:
        size = round(each.size, 1)
        counted[size] = counted.get(size, 0) + 1
    return counted


def same_row(one: Fragment, other: Fragment) -> bool:
    """Whether two fragments stand on one baseline, as far as the eye can tell."""
    return abs(one.baseline - other.baseline) <= _SAME_BASELINE * min(one.size, other.size)


def rows_of(fragments: Iterable[Fragment]) -> list[list[Fragment]]:
    """Fragments on one baseline and beside each other, from the top down and left to right."""
    rows: list[list[Fragment]] = []
    for each in sorted(fragments, key=lambda fragment: (fragment.baseline, fragment.left)):
        if rows and same_row(rows[-1][0], each) and not _covered(rows[-1], each):
            rows[-1].append(each)
        else:
            rows.append([each])
    return [sorted(row, key=lambda fragment: fragment.left) for row in rows]


def _covered(row: list[Fragment], fragment: Fragment) -> bool:
    slack = 0.5 * fragment.size
    return any(
        fragment.left < each.right - slack and each.left < fragment.right - slack for each in row
    )
