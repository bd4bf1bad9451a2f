"""Dates and periods as CVs write them, read into partial ISO 8601 dates.

A date gets the precision that was written. Where day and month can't be told apart
("03/04/2015"), or only a season is named, the year alone is certain and is what is
read. Nothing is ever completed from today's date.
"""

import re
from calendar import monthrange
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from ..cv import Dated
from .date_words import EXPECTED, FROM, MONTHS, ONGOING, SEASONS, SINCE, UNTIL
from .text import aligned_fold, folded

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Years outside are no dates of a CV."""
_LONGEST_DATE = 60
_LONGEST_LINE = 400

_MONTH_NUMBERS = {word: number for number, names in MONTHS.items() for word in names.split()}


def _any_of(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(each) for each in sorted(phrases, key=len, reverse=True))


_MONTH = rf"(?:{_any_of(_MONTH_NUMBERS)})(?!\w)\.?"
_SEASON = rf"(?:{_any_of(SEASONS.split())})(?!\w)"
_YEAR = r"(?:19|20|21)\d\d(?!\d)"
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|º|ª|\.)?"
_OF = r"(?:\s+(?:de|del|of)\s+|\s*[,/\-]\s*|\s+)"
_SHORT_MONTH = r"(?:1[0-2]|0?[1-9])(?!\d)"
_NUMERIC = "|".join(
    rf"{_YEAR}{sep}{_SHORT_MONTH}(?:{sep}\d\d?(?!\d))?" for sep in ("-", "/", r"\.")
)
_DATE = (
    rf"(?:{_DAY}{_OF}{_MONTH}{_OF}{_YEAR}|{_MONTH}\s+{_DAY},?\s+{_YEAR}|{_MONTH}{_OF}{_YEAR}"
    rf"|\d\d?[./-]\s?\d\d?[./-]\s?{_YEAR}|\d\d?\s?[./-]\s?{_YEAR}|{_YEAR}\s+{_MONTH}"
    rf"|{_NUMERIC}|{_SEASON}\s*/?\s*{_YEAR}|{_YEAR})"
)
_FORMS = (
    r"(?P<y>\d{4})[-/.](?P<m>\d\d?)(?:[-/.](?P<d>\d\d?))?(?:t[\d:.]+(?:z|[+-][\d:]+)?)?",
    r"(?P<d>\d\d?)[-/.]\s?(?P<m>\d\d?)(?P<numeric>[-/.])\s?(?P<y>\d{4})",
    r"(?P<m>\d\d?)\s?[-/.]\s?(?P<y>\d{4})",
    rf"(?P<d>\d\d?)(?:st|nd|rd|th|er|º|ª|\.)?{_OF}(?P<w>{_MONTH}){_OF}(?P<y>\d{{4}})",
    rf"(?P<w>{_MONTH})\s+(?P<d>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})",
    rf"(?P<w>{_MONTH}){_OF}(?P<y>\d{{4}})",
    rf"(?P<y>\d{{4}})\s+(?P<w>{_MONTH})",
    rf"(?:{_SEASON}\s*/?\s*)?(?P<y>\d{{4}})",
)

_FORESEEN = rf"(?:{_any_of(EXPECTED)})(?!\w)"
_NOTE = rf"(?:\s*\(\s*{_FORESEEN}[^()]{{0,20}}\)|,?\s+{_FORESEEN})?"
_ONGOING = rf"(?:{_any_of(ONGOING)})(?!\w)"
_UNKNOWN = r"\?{2,}"
_PERIOD = (
    rf"(?<![\w/.])(?:(?:{_any_of({*FROM, *SINCE})})\s+)?"
    rf"(?P<a>{_DATE}|(?:{_DAY}\s+)?{_MONTH}(?:\s+{_DAY})?|{_UNKNOWN})"
    rf"(?:(?P<close>[-–/])(?P<short>\d\d)(?![\w./-])"
    rf"|(?:\s+(?=to date)|\s*[–—―−‐‑~→-]{{1,3}}\s*|\s+(?:{_any_of(UNTIL)})\s+)"
    rf"(?P<b>(?:{_FORESEEN}:?\s+)?(?:{_DATE}|{_MONTH}){_NOTE}|{_ONGOING}|{_UNKNOWN}))(?!\w)"
)
_SINCE = rf"(?<!\w)(?:{_any_of(SINCE)})\s+(?P<a>{_DATE})(?!\w)"
_UNTIL = rf"^\s*(?:{_any_of(UNTIL)})\s+(?P<b>{_DATE})(?!\w)\s*$"
_POINT = rf"(?P<on>(?:{_FORESEEN}:?\s+)?{_DATE}{_NOTE})"
_BREAK = r"[,;:|·•–—\t]|\s-\s|\s{2,}"
_POINTS = (
    rf"[(\[]\s*{_POINT}\s*[)\]]",
    rf"(?:^|{_BREAK})\s*{_POINT}\s*$",
    rf"^\s*{_POINT}\s*(?:{_BREAK}|$)",
)

_compiled = cache(re.compile)
"""Compiled when first asked for: all of them take longer than most modules to load."""


_DURATION = re.compile(
    r"\(?\s*(?:\d+\+?\s*(?:years?|yrs?|months?|mos?|jahre?n?|monate?n?|ans?|mois|anos?|años?|"
    r"mes(?:es)?|anni|anno|mesi|mese|jaar|maanden|maand|lata?|rok|miesiac\w*|miesiąc\w*)\.?"
    r"[\s,]*(?:and|und|et|y|e|en|i)?\s*)+\)?",
    re.IGNORECASE,
)


class Found(NamedTuple):
    """A date or period inside a text: from `start` to before `end`, and what it says."""

    start: int
    end: int
    dated: Dated


def read_date(text: str) -> str:
    """The partial ISO date that `text` as a whole states, or "" if it states none."""
    if len(text) > _LONGEST_DATE:
        return ""
    bare = re.sub(rf"^{_FORESEEN}:?\s+|{_NOTE}$", "", folded(text)).strip(" ()[],.")
    matches = (_compiled(form, re.ASCII).fullmatch(bare) for form in _FORMS)
    match = next((each for each in matches if each), None)
    return _iso(match.groupdict()) if match else ""


def _iso(parts: dict[str, str | None]) -> str:
    year, month, day = int(parts["y"] or 0), parts.get("m"), parts.get("d")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return ""
    if parts.get("w"):
        month = str(_MONTH_NUMBERS[(parts["w"] or "").rstrip(".")])
    if parts.get("numeric") and month and day:
        return _day_and_month(year, int(day), int(month), dotted=parts["numeric"] == ".")
    return _checked(year, int(month) if month else None, int(day) if day else None)


def _day_and_month(year: int, first: int, second: int, *, dotted: bool) -> str:
    """Dots are the European order; with others only a number over 12 tells the day."""
    if dotted or first > 12 or first == second:
        return _checked(year, second, first)
    return _checked(year, first, second) if second > 12 else str(year)


def _checked(year: int, month: int | None, day: int | None) -> str:
    if month is None:
        return str(year)
    if not 1 <= month <= 12:
        return ""
    if day is None:
        return f"{year}-{month:02}"
    return f"{year}-{month:02}-{day:02}" if 1 <= day <= monthrange(year, month)[1] else ""


def is_ongoing(text: str) -> bool:
    """Whether `text` as a whole says that something goes on ("Present", "heute")."""
    return folded(text).strip(" .()") in ONGOING


def period(start_date: str, end_date: str = "", date: str = "") -> Dated:
    """The period between two dates as written, or the point in time `date`."""
    return Dated(
        start_date=start_date,
        end_date=end_date,
        date=date,
        start=_with_year_of(start_date, read_date(end_date), later=False),
        end="" if is_ongoing(end_date) else _with_year_of(end_date, read_date(start_date)),
        on=read_date(date),
        current=is_ongoing(end_date),
    )


def _with_year_of(text: str, other: str, *, later: bool = True) -> str:
    """The date that `text` states; a bare month takes the year of the period's other end.

    It takes none if the two would then stand in the wrong order.
    """
    iso, month = read_date(text), _MONTH_NUMBERS.get(folded(text).rstrip("."))
    if iso or month is None or len(other) < len("2013-09"):
        return iso
    guess = f"{other[:4]}-{month:02}"
    in_order = other[:7] <= guess if later else guess <= other[:7]
    return guess if in_order else ""


def find_dated(text: str) -> Found | None:
    """The period in `text`, or a single date that stands apart from its words.

    A single date stands apart in brackets, or at an end of the text beside a
    separator; a year within a title ("Conference 2013 in Rome") is none.
    """
    if len(text) > _LONGEST_LINE:
        return None
    aligned = aligned_fold(text)
    return _found_period(text, aligned) or _found_open(text, aligned) or _found_point(text, aligned)


def _found_period(text: str, aligned: str) -> Found | None:
    for match in _compiled(_PERIOD).finditer(aligned):
        start_date = text[slice(*match.span("a"))].strip()
        if match["close"] and (end := _short_year(start_date, match["close"], match["short"])):
            dated = period(start_date, text[slice(*match.span("short"))])
            return _bracketed(text, match.span(), dated.model_copy(update={"end": end}))
        end_date = text[slice(*match.span("b"))].strip() if match["b"] else ""
        dated = period(start_date, end_date)
        if end_date and (dated.start or dated.end or dated.current):
            return _bracketed(text, match.span(), dated)
    return None


def _short_year(start_date: str, separator: str, short: str) -> str:
    """The second year of "2013-15" in full, or "" if it is none.

    "2013-12" is a month, and so is "2013/12"; "2013/14" is an academic year, and a
    true dash never stands within a month.
    """
    if not re.fullmatch(_YEAR, start_date) or short <= start_date[2:]:
        return ""
    follows = int(short) == int(start_date[2:]) + 1
    if separator != "–" and 1 <= int(short) <= 12 and not (separator == "/" and follows):
        return ""
    return start_date[:2] + short


def _found_open(text: str, aligned: str) -> Found | None:
    if match := _compiled(_SINCE).search(aligned):
        dated = period(text[slice(*match.span("a"))])
        return _bracketed(text, match.span(), dated.model_copy(update={"current": True}))
    if match := _compiled(_UNTIL).search(aligned):
        return Found(*match.span(), period("", text[slice(*match.span("b"))]))
    return None


def _found_point(text: str, aligned: str) -> Found | None:
    matches = (_compiled(point).search(aligned) for point in _POINTS)
    match = next((each for each in matches if each), None)
    if match is None:
        return None
    return Found(*match.span(), period("", date=text[slice(*match.span("on"))].strip()))


def _bracketed(text: str, span: tuple[int, int], dated: Dated) -> Found:
    """Takes in the brackets that hold nothing but the date."""
    start, end = span
    before, after = text[:start].rstrip(), text[end:].lstrip()
    if before[-1:] in {"(", "["} and after[:1] in {")", "]"}:
        return Found(len(before) - 1, len(text) - len(after) + 1, dated)
    return Found(start, end, dated)


def only_duration(text: str) -> bool:
    """Whether `text` is nothing but a length of time: "2 years 10 months"."""
    return bool(_DURATION.fullmatch(text.strip()))
