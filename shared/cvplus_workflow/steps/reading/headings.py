"""Which rows of a page are its name and its section headings, judged from the whole page.

A row is a heading if its format says so, if its words are a known section name in the
look that such names have in this document, or if it has the look of those without
being known itself.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from .contact import has_contact
from .rows import PLAIN, Look, Row, body_look
from .section_names import DOCUMENT_TITLES, kind_of
from .spans import TAB
from .text import folded

_LONGEST_HEADING = 60
_MOST_WORDS = 7
_LONGEST_NAME = 60
_NAME_WORD = re.compile(r"[^\W\d_]+(?:[.'’`-]+[^\W\d_]*)*,?|[A-Z]\.|\([^\W\d_]+\)")
_TITLE_BEFORE = re.compile(
    r"^(?:curriculum vitae|lebenslauf|cv|r[eé]sum[eé]|życiorys)(?:\s+(?:of|von|de|di|van))?"
    r"[\s:–—|-]+",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(r"(?:^|[\s.])[^\W\d_]{1,4}\.$")
_SENTENCE_END = (".", ",", ";", "!", "?")
_TOLERANCE = 0.6
_SAME = 30.0
"""Points by which the left edges of one column's regions may differ."""


def section_headings(rows: Sequence[Row], columns: Mapping[int, int]) -> dict[int, str]:
    """The kind of section that each heading row begins, "" if unknown, by row number.

    `columns` gives each region's column.
    """
    known = {row.line.number: kind_of(row.heading) for row in rows if _may_head(row)}
    known = {number: kind for number, kind in known.items() if kind}
    styles = _styles([row for row in rows if row.line.number in known], columns)
    found = {
        row.line.number: known[row.line.number]
        for row in rows
        if row.line.number in known and _prominent(row, styles.get(columns[row.at.region]))
    }
    return {**found, **_alike(rows, found)}


def _may_head(row: Row) -> bool:
    text = row.heading
    if row.at.depth or not 0 < len(text) <= _LONGEST_HEADING or TAB in row.line.text:
        return False
    fits = len(text.split()) <= _MOST_WORDS and not text.endswith(_SENTENCE_END)
    return fits and any(map(str.isalpha, text)) and not row.dated


def _styles(known: Sequence[Row], columns: Mapping[int, int]) -> dict[int, Look]:
    """The look of section headings in each column: the one that most known names have.

    A column with a single known name goes by the look of all columns together.
    """
    whole = _common_look(known)
    by_column: dict[int, list[Row]] = {}
    for row in known:
        by_column.setdefault(columns[row.at.region], []).append(row)
    return {
        column: _common_look(rows) if len(rows) > 1 else _weaker(whole, rows[0].look)
        for column, rows in by_column.items()
    }


def _common_look(rows: Sequence[Row]) -> Look:
    counted = Counter(row.look for row in rows)
    return max(counted, key=lambda look: (counted[look], _rank(look)), default=PLAIN)


def _weaker(one: Look, other: Look) -> Look:
    """The less prominent of two looks if they are of one weight, else the first."""
    return other if other.size < one.size and (other.strong, other.caps) >= (True, False) else one


def _rank(look: Look) -> tuple[float, ...]:
    return (-(look.level or 9), look.size, look.caps, look.strong)


def _prominent(row: Row, style: Look | None) -> bool:
    """Whether a row with a known name stands out at least as the document's headings do."""
    look = row.look
    if style is None or look == style:
        return True
    if style.level or look.level:
        return 0 < look.level <= (style.level or 9)
    if abs(look.size - style.size) > _TOLERANCE:
        return look.size > style.size
    return (look.caps, look.strong) >= (style.caps, style.strong)


def _alike(rows: Sequence[Row], found: Mapping[int, str]) -> dict[int, str]:
    """Unknown headings: rows with a look that known ones have, and that little else has."""
    headings = [row for row in rows if row.line.number in found]
    body = body_look([row for row in rows if row.line.number not in found])
    gap = min((row.at.gap for row in headings if row.at.gap), default=0.0)
    looks = {look for look in {row.look for row in headings} if _distinct(look, body, rows, found)}
    return {
        row.line.number: ""
        for row in rows
        if row.line.number not in found
        and row.look in looks
        and _may_head(row)
        and row.at.gap >= gap * 0.6
        and not has_contact(row.line)
    }


def _distinct(look: Look, body: Look, rows: Sequence[Row], found: Mapping[int, str]) -> bool:
    """Whether a look is kept for headings, and not also that of entries' first lines."""
    if look._replace(caps=False) == body and not look.caps:
        return False
    same = [row for row in rows if row.look == look]
    others = [row for row in same if row.line.number not in found]
    if any(row.dated or row.at.depth or TAB in row.line.text for row in others):
        return bool(look.level) and not any(row.dated for row in others)
    return bool(look.level) or len(same) - len(others) >= 0.34 * len(same)


def name_rows(rows: Sequence[Row], headings: Mapping[int, str]) -> list[Row]:
    """The rows that hold the person's name: the largest letters of the first page.

    Where letters have one size, the first row that can be a name.
    """
    first = [
        row
        for row in rows
        if row.at.page <= 1 and row.line.number not in _known(headings) and _may_name(row)
    ]
    if not first:
        return []
    sizes = [row.at.size for row in rows if row.at.size]
    largest = max(row.at.size for row in first)
    if sizes and largest > median(sizes) + _TOLERANCE:
        first = [row for row in first if row.at.size >= largest - _TOLERANCE]
    return _run(first, [row for row in first if row.at.level == 1] or first)


def _known(headings: Mapping[int, str]) -> set[int]:
    return {number for number, kind in headings.items() if kind}


def _run(rows: Sequence[Row], candidates: Sequence[Row]) -> list[Row]:
    """The first candidate, and a single word of the same look right below it."""
    result = [candidates[0]]
    for row in rows:
        follows = row.line.number == result[-1].line.number + 1
        alone = len(result[0].text.split()) < 3 and len(row.text.split()) == 1
        if follows and alone and row.look == result[0].look and row.at.size:
            result.append(row)
    return result


def _may_name(row: Row) -> bool:
    text = row.text
    if row.at.depth or row.dated or len(text) > _LONGEST_NAME or text.endswith((":", "!")):
        return False
    if text.endswith(".") and not _ABBREVIATION.search(text):
        return False
    if is_document_title(row) or has_contact(row.line):
        return False
    words = re.split(r"[\s|–—]+", text)
    named = [word for word in words if _NAME_WORD.fullmatch(word)]
    upper = [word for word in named if word[0].isupper() or not word[0].islower()]
    return bool(upper) and len(words) <= 9 and len(named) >= len(words) - 1


def is_document_title(row: Row) -> bool:
    """Whether a row names the document: "Curriculum Vitae"."""
    return folded(row.heading) in DOCUMENT_TITLES


def bare_name(text: str) -> str:
    """A name without the document's title before it: "Lebenslauf: Jörg Größenbrand"."""
    return _TITLE_BEFORE.sub("", text) or text


def columns_of(rows: Iterable[Row]) -> dict[int, int]:
    """The column of each region: regions that begin at the same place share one."""
    lefts: dict[int, float] = {}
    for row in rows:
        lefts[row.at.region] = min(lefts.get(row.at.region, row.at.left), row.at.left)
    starts: list[float] = []
    columns: dict[int, int] = {}
    for region, left in lefts.items():
        known = next((n for n, start in enumerate(starts) if abs(start - left) <= _SAME), None)
        if known is None:
            starts.append(left)
        columns[region] = len(starts) - 1 if known is None else known
    return columns
