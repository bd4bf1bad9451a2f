"""The flow of text: which rows are wrapped lines of one paragraph or list item."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from .dates import find_dated
from .rows import Look, Row, only_date, parts_of
from .spans import TAB, Line, without_tabs

_NARROW = 34
"""Letters that fit in a column in which a short line need not be a full one."""
_WIDE_GAP = 0.6
_MOST_ROWS = 60
"""Rows of the longest paragraph; a longer one goes on as the next."""
_HANGING = 36.0
"""Points by which wrapped lines may be indented."""
_OPEN_ENDS = (",", "(", "[", "-", "–", "—", "&", "/", "+", "‐")
_JOINING = re.compile(
    r"(?:^|\s)(?:and|or|of|the|a|an|in|on|for|with|to|by|at|from|und|oder|der|die|das|des|von|mit|für|"
    r"im|in der|et|ou|de|la|le|les|du|à|pour|avec|y|o|el|los|con|para|e|il|di|per|en|van|het|"
    r"voor|met|i|w|z|na|do)$",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"^\S*@|^(?:https?:|www\.)|^\S+\.(?:com|org|net|io|de|dev)\b|^\+\d")
_SENTENCE_END = re.compile(r"[.!?:;][\"'”’)\]]*$")
_CUT = re.compile(r"([^\W\d_]+)[-‐]$")
_COMPOUND = re.compile(r"[^\W\d_]-$")
_WORD = re.compile(r"[^\W_]+")
_CUT_WORDS = re.compile(r"[^\W_]+[-‐]\n\s*[^\W_]+")
_HYPHENATED = re.compile(r"[^\W_]+(?:-[^\W_]+)+")
_PREFIX_WORDS = (
    "self cross multi non co ex anti pre post well high low full part long short real object data "
    "end open state cloud server client front back user on off in out up down hands world step "
    "two three four first second one large small medium cost time to day peer problem web event "
    "test domain key decision award customer community micro semi sub inter intra over under "
    "machine deep general special cutting fast mission value team product business"
)
_PREFIXES = frozenset(_PREFIX_WORDS.split())
"""First parts of words that are written with a hyphen."""


@dataclass(frozen=True)
class Unit:
    """A paragraph or list item: its rows, and their words as one line."""

    rows: tuple[Row, ...]
    line: Line

    @property
    def first(self) -> Row:
        """Its first row."""
        return self.rows[0]

    @property
    def depth(self) -> int:
        """The depth of the list that it is an item of, 0 if of none."""
        return self.first.at.depth

    @property
    def gap(self) -> float:
        """The blank space above it in line heights."""
        return self.first.at.gap

    @property
    def look(self) -> Look:
        """The look of its first row."""
        return self.first.look

    @cached_property
    def text(self) -> str:
        """Its words."""
        return self.line.text.strip()

    @cached_property
    def dated(self) -> bool:
        """Whether it states a date."""
        return find_dated(self.line.text) is not None

    @cached_property
    def plain(self) -> Line:
        """Its words as running text."""
        return replace(without_tabs(self.line), hard=True)


class Flow:
    """Joins rows into units; knows the columns' right edges and the document's words."""

    def __init__(self, rows: Sequence[Row], columns: Mapping[int, int]) -> None:
        self._columns = columns
        self._rights: dict[int, float] = {}
        self._lefts: dict[int, float] = {}
        for row in rows:
            column = columns[row.at.region]
            self._rights[column] = max(self._rights.get(column, 0.0), _right(row))
            self._lefts[column] = min(self._lefts.get(column, 1e9), row.at.left)
        text = "\n".join(row.line.text.lower() for row in rows)
        self._words = frozenset(_WORD.findall(_CUT_WORDS.sub("", text)))
        self._hyphenated = frozenset(_HYPHENATED.findall(text))

    def units(self, rows: Iterable[Row], *, listed: bool = False) -> list[Unit]:
        """Rows of a section as paragraphs and list items.

        `listed`: a line is likely an item of its own, even a full one.
        """
        groups: list[list[Row]] = []
        for row in rows:
            fits = bool(groups) and len(groups[-1]) < _MOST_ROWS
            if fits and self._continues(groups[-1], row, listed=listed):
                groups[-1].append(row)
            else:
                groups.append([row])
        return [Unit(tuple(group), self._joined(group)) for group in groups]

    def _continues(self, group: Sequence[Row], row: Row, *, listed: bool) -> bool:
        last = group[-1]
        if row.at is last.at or row.at.depth or row.at.level or last.at.level:
            return False
        if _CONTACT.search(row.text[:40]) or _CONTACT.search(last.text[:40]):
            return False
        if row.at.region != last.at.region:
            return self._over_the_break(last, row)
        if row.at.gap > _WIDE_GAP or abs(row.at.size - last.at.size) > _WIDE_GAP:
            return False
        if not self._in_place(group, row):
            return False
        return self._goes_on(last, row, listed=listed) or self._hangs(group, row)

    def _over_the_break(self, last: Row, row: Row) -> bool:
        """A sentence that goes on in the next column or page."""
        prose = len(last.text) > _NARROW and not _SENTENCE_END.search(last.text)
        same = self._columns[row.at.region] == self._columns[last.at.region]
        return same and prose and row.text[:1].islower() and row.at.page > last.at.page

    def _in_place(self, group: Sequence[Row], row: Row) -> bool:
        """Whether a row stands where a wrapped line of the group would."""
        if not row.placed:
            return bool(group[-1].at.depth or row.text[:1].islower()) or row.at.left > 0
        first, last = group[0].at.left, group[-1].at.left
        if group[0].at.depth:
            return row.at.left >= first - 2 and (len(group) == 1 or row.at.left >= last - 2)
        return abs(row.at.left - last) < 3 or (
            len(group) == 1 and 0 < row.at.left - first < _HANGING
        )

    def _goes_on(self, last: Row, row: Row, *, listed: bool) -> bool:
        """Whether the words of a row go on from those of the last one."""
        if (
            row.line.strong != parts_of(last.line)[-1].strong
            or only_date(row.line)
            or only_date(last.line)
        ):
            return False
        if TAB in row.line.text and (TAB in last.line.text or row.dated):
            return False
        if last.text.endswith(_OPEN_ENDS) or _JOINING.search(last.text):
            return True
        if _SENTENCE_END.search(last.text) and not self._full(last, row):
            return False
        if row.text[:1].islower():
            return True
        if TAB in last.line.text or (listed and last.text.count(",") < 2):
            return False
        return self._full(last, row) and self._wide(last)

    def _hangs(self, group: Sequence[Row], row: Row) -> bool:
        """Whether a row stands right below the words of a long list item, in the same look."""
        last = group[-1]
        plain = not (row.dated or TAB in row.line.text or row.line.strong)
        under = row.placed and not row.at.gap and abs(row.at.left - group[0].at.left) < 1
        ends = _SENTENCE_END.search(last.text) or len(last.text) < 2 * _NARROW
        return bool(group[0].at.depth and plain and under and not ends)

    def _full(self, last: Row, row: Row) -> bool:
        """Whether the row's first word would not have fitted on the line above."""
        word = len(row.text.split()[0]) if row.text.split() else 0
        right = self._rights[self._columns[last.at.region]]
        return _right(last) + (word + 1) * (row.letter_width if row.placed else 1) > right

    def _wide(self, row: Row) -> bool:
        column = self._columns[row.at.region]
        width = self._rights[column] - self._lefts[column]
        letters = width / max(row.letter_width, 1.0) if row.placed else self._rights[column]
        return letters > _NARROW

    def _joined(self, group: Sequence[Row]) -> Line:
        line = group[0].line
        for row in group[1:]:
            line = self._added(line, row.line)
        return line

    def _added(self, line: Line, more: Line) -> Line:
        cut = _CUT.search(line.text)
        after = re.match(r"[^\W\d_]+", more.text)
        if cut and after and after[0].islower():
            whole = self._cut_word(cut[1].lower(), after[0].lower())
            line = line.sliced(0, len(line.text) - 1) if whole else line
            return replace(line, spans=line.spans + more.spans)
        if _COMPOUND.search(line.text) and more.text[:1].isupper():
            return replace(line, spans=line.spans + more.spans)
        last = line.spans[-1]
        blank = replace(last, text=" ", url=last.url if last.url == more.spans[0].url else "")
        return replace(line, spans=(*line.spans, blank, *more.spans))

    def _cut_word(self, before: str, after: str) -> bool:
        """Whether a hyphen between the two parts was only put in at a line's end."""
        if before + after in self._words:
            return True
        if f"{before}-{after}" in self._hyphenated or before in _PREFIXES:
            return False
        return after not in self._words or before not in self._words


_NUMBER = re.compile(r"^\s*(?:\[\w{1,6}\]|\(?\d{1,3}[.)])\s+")


def as_item(unit: Unit) -> Unit:
    """A unit that begins with a number ("[3]", "3.") as the list item that it is."""
    match = _NUMBER.match(unit.line.text)
    if match is None or unit.depth:
        return unit
    first = replace(unit.first, at=replace(unit.first.at, depth=1))
    line = unit.line.sliced(match.end(), len(unit.line.text))
    return Unit((first, *unit.rows[1:]), line)


def at_semicolons(unit: Unit) -> list[Unit]:
    """The entries that one line lists with semicolons between them."""
    cuts = [match.span() for match in re.finditer(r";\s+", unit.line.text)]
    if not cuts or unit.look.strong:
        return [unit]
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), None]
    length = len(unit.line.text)
    return [
        Unit(unit.rows, unit.line.sliced(start, length if end is None else end))
        for start, end in zip(starts, ends, strict=True)
    ]


def _right(row: Row) -> float:
    return row.at.right if row.placed else float(len(row.text))


def as_text(unit: Unit) -> str:
    """A unit's words as running text, links as "label (url)"."""
    return unit.plain.plain()
