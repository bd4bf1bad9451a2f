"""Where the entries of a section begin, and how far their first lines go.

The whole section decides: where a date stands in its first entry, which look the first
lines of entries have, where the wider blanks are.
"""

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from .dates import find_dated, only_duration
from .entries import label_of
from .entry_head import split
from .entry_words import names_role
from .flow import Unit
from .places import ends_in_place, is_known_place
from .rows import only_date, parts_of
from .spans import TAB, Line

_LONGEST_HEAD = 150
_LONGEST_META = 90
_MOST_BEFORE = 3


@dataclass(frozen=True)
class Start:
    """An entry's head: units from `first` to before `end`; `level` is 3, or 4 below a parent."""

    first: int
    end: int
    level: int = 3


def starts_of(units: Sequence[Unit], wanted: int) -> list[Start]:
    """The heads of entries among the units of a section, in order.

    `wanted` is how many pieces (role, organisation) an entry's head holds besides dates
    and places. Empty if nothing tells entries apart.
    """
    if not units:
        return []
    if any(unit.look.level for unit in units):
        firsts = [at for at, unit in enumerate(units) if unit.look.level]
        return [Start(at, _end(units, at, at, wanted, firsts)) for at in firsts]
    dates = [at for at, unit in enumerate(units) if _leads_with_date(unit)]
    firsts = _by_dates(units, dates) if dates else _by_look(units)
    firsts = _with_alike(units, firsts, dates)
    return _levelled(units, firsts, dates, wanted)


def is_head_like(unit: Unit) -> bool:
    """Whether a unit is short and no sentence."""
    text = unit.text
    prose = len(text) > _LONGEST_META and len(text.split()) > 12 and TAB not in text
    return not unit.depth and len(text) <= _LONGEST_HEAD and not prose and not _is_sentence(text)


def _is_sentence(text: str) -> bool:
    return text.endswith((".", "!", "?", ";", ":")) and len(text.split()) > 4


def _leads_with_date(unit: Unit) -> bool:
    """Whether a unit may be the line of a head that holds the date."""
    if unit.depth or not unit.dated or len(unit.text) > _LONGEST_HEAD:
        return False
    found = find_dated(unit.line.text)
    rest = unit.line.without(found.start, found.end).text.strip() if found else ""
    if found and not unit.line.text[: found.start].strip():
        return len(rest.split()) < 20 and not label_of(unit.text)[0]
    told = _is_sentence(rest) and (len(rest.split()) > 8 or (found and not found.dated.end_date))
    return not told and not label_of(unit.text)[0]


def _by_dates(units: Sequence[Unit], dates: Sequence[int]) -> list[int]:
    """The first unit of each entry, from the places of the dates."""
    dates = [at for n, at in enumerate(dates) if n == 0 or not _second(units, dates[n - 1], at)]
    leads, wide = _dates_lead(units, dates), _wide_gap(units)
    usual = 0 if leads else _lines_before(units, 0, dates[0])
    firsts: list[int] = []
    for n, at in enumerate(dates):
        lowest = dates[n - 1] + 1 if n else 0
        own = leads and _begins_with_date(units[at])
        firsts.append(at if own else _first_of(units, lowest, at, usual, wide))
    return firsts


def _dates_lead(units: Sequence[Unit], dates: Sequence[int]) -> bool:
    """Whether entries begin with their date, and not with a line above it each time."""
    leading = sum(_begins_with_date(units[at]) for at in dates)
    lowest = [0, *(at + 1 for at in dates)]
    above = sum(_lines_before(units, low, at) > 0 for low, at in zip(lowest, dates, strict=False))
    return leading * 2 > len(dates) and above < len(dates)


def _begins_with_date(unit: Unit) -> bool:
    """Whether a date stands first in a unit, and further text behind it."""
    found = find_dated(unit.line.text)
    first = found is not None and not unit.line.text[: found.start].strip()
    return first and not only_date(unit.line)


def _second(units: Sequence[Unit], before: int, at: int) -> bool:
    """Whether a dated unit belongs to the head of the dated one right above it."""
    if at != before + 1 or units[at].gap > units[before].gap + 0.2:
        return False
    return only_date(units[at].line) != only_date(units[before].line) and (
        units[at].look != units[before].look
    )


def _lines_before(units: Sequence[Unit], lowest: int, at: int) -> int:
    """How many units of a head stand above the one with the date."""
    count = 0
    while count < _MOST_BEFORE and at - count > lowest and is_head_like(units[at - count - 1]):
        count += 1
    return count


def _wide_gap(units: Sequence[Unit]) -> float:
    """The blank above which a new entry is likelier; infinite if all blanks are alike."""
    gaps = [unit.gap for unit in units[1:]]
    return median(gaps) * 1.3 + 0.15 if len(set(gaps)) > 1 else math.inf


def _first_of(units: Sequence[Unit], lowest: int, at: int, usual: int, wide: float) -> int:
    available = _lines_before(units, lowest, at)
    first = at
    while at - first < available and units[first].gap <= wide:
        first -= 1
    if units[first].gap > wide and first > lowest:
        return first
    return at - min(usual, available)


def _by_look(units: Sequence[Unit]) -> list[int]:
    """First units of entries without dates: those that stand out, or lead a list."""
    heads = [at for at, unit in enumerate(units) if is_head_like(unit)]
    usual = median(unit.look.size for unit in units)
    styled = [at for at in heads if units[at].look.strong or units[at].look.size > usual + 0.6]
    if styled and len(styled) < len(units):
        known = set(styled)
        return [at for at in styled if at - 1 not in known or units[at].gap > 0.5]
    leading = [at for at in heads if at + 1 < len(units) and units[at + 1].depth]
    if leading:
        return leading
    return _by_gaps(units, heads)


def _by_gaps(units: Sequence[Unit], heads: Sequence[int]) -> list[int]:
    gaps = [unit.gap for unit in units[1:]]
    if not gaps or max(gaps) < min(gaps) + 0.4:
        return []
    wide = (max(gaps) + min(gaps)) / 2
    groups = [0] + [at for at, unit in enumerate(units) if at and unit.gap > wide]
    return groups if {*groups} <= {*heads} and len(groups) < len(units) else []


def _with_alike(units: Sequence[Unit], firsts: list[int], dates: Sequence[int]) -> list[int]:
    """Adds units that look like the first ones of entries, and unlike all other text."""
    looks = Counter(units[at].look._replace(caps=False) for at in firsts)
    if not looks:
        return firsts
    look, count = looks.most_common(1)[0]
    heads = {at for first in firsts for at in range(first, _date_from(first, dates) + 1)}
    others = [unit.look._replace(caps=False) for at, unit in enumerate(units) if at not in heads]
    plain = not (look.strong or look.emphasis) and look.size <= median(u.look.size for u in units)
    if plain or count < len(firsts) * 0.6 or others.count(look) > count:
        return firsts
    more = [
        at
        for at, unit in enumerate(units)
        if at not in heads and is_head_like(unit) and unit.look._replace(caps=False) == look
    ]
    return sorted({*firsts, *more})


def _levelled(
    units: Sequence[Unit], firsts: Sequence[int], dates: Sequence[int], wanted: int
) -> list[Start]:
    """Heads with their ends; posts without an organisation of their own go below the last one."""
    starts = [Start(at, _end(units, at, _date_from(at, dates), wanted, firsts)) for at in firsts]
    return _with_parents(units, starts, dates)


def _date_from(first: int, dates: Sequence[int]) -> int:
    """The dated unit of the head that begins at `first`, or `first` itself."""
    found = bisect_left(dates, first)
    return dates[found] if found < len(dates) and dates[found] <= first + _MOST_BEFORE else first


def _end(units: Sequence[Unit], first: int, dated: int, wanted: int, firsts: Sequence[int]) -> int:
    """The unit after the head: lines that complete it follow the one with the date."""
    found = bisect_right(firsts, first)
    following = firsts[found] if found < len(firsts) else len(units)
    end = min(max(first, dated) + 1, following)
    while end < following and end - first < 5 and _completes(units, first, end, wanted):
        end += 1
    return end


def _completes(units: Sequence[Unit], first: int, at: int, wanted: int) -> bool:
    unit = units[at]
    if not is_head_like(unit) or len(unit.text) > _LONGEST_META or label_of(unit.text)[0]:
        return False
    if only_date(unit.line) or only_duration(unit.text) or is_known_place(unit.text):
        return True
    if unit.gap > max(0.6, units[first + 1].gap + 0.3) or unit.text[:1].islower():
        return False
    pieces = [piece for each in units[first:at] for piece in _pieces(each.line)]
    if len(pieces) >= wanted:
        if ends_in_place(unit.text) and len(unit.text.split()) <= 5:
            return not any(ends_in_place(piece.text) for piece in pieces)
        return unit.look.emphasis and len(unit.text.split()) < 10 and len(pieces) < wanted + 1
    return len(unit.text.split()) <= (9 if pieces else 14)


def _pieces(line: Line) -> list[Line]:
    """What a head line names, without its date."""
    found = find_dated(line.text)
    rest = line.without(found.start, found.end) if found else line
    parts = [part for each in parts_of(rest) for part in split(each, commas=True, at=True)]
    return [part for part in parts if any(map(str.isalpha, part.text))]


def _with_parents(units: Sequence[Unit], starts: list[Start], dates: Sequence[int]) -> list[Start]:
    """Splits an organisation off the first of several posts in it."""
    result: list[Start] = []
    for n, start in enumerate(starts):
        following = starts[n + 1] if n + 1 < len(starts) else None
        if result and result[-1].level == 4 and _same_rank(units, result[-1], start):
            result.append(Start(start.first, start.end, 4))
        elif following and _is_over(units, start, following):
            result.append(start)
            starts[n + 1] = Start(following.first, following.end, 4)
        elif start.level == 4:
            result.append(start)
        elif following and (cut := _parent_end(units, start, following)):
            result += [Start(start.first, cut), Start(cut, start.end, 4)]
        else:
            result.append(start)
    return result


def _is_over(units: Sequence[Unit], start: Start, following: Start) -> bool:
    """Whether a dated head without a body is that of an organisation over the next post."""
    first, second = units[start.first], units[following.first]
    bare = start.end == following.first and first.dated and second.dated
    return bare and first.look != second.look and not names_role(first.text)


def _same_rank(units: Sequence[Unit], one: Start, other: Start) -> bool:
    return units[one.first].look == units[other.first].look


def _parent_end(units: Sequence[Unit], start: Start, following: Start) -> int:
    """Where the post begins in a head whose first line names an organisation of several posts.

    The next head then looks like the rest of this one and unlike its first line.
    """
    look = units[following.first].look
    own, lines = start.end - start.first, following.end - following.first
    if own <= lines or own - lines > 2 or units[start.first].look == look:
        return 0
    if units[start.first].dated:
        return 0
    cuts = range(start.first + 1, min(start.first + 3, start.end))
    return next((cut for cut in cuts if units[cut].look == look), 0)
