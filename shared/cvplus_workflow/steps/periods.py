"""Arithmetic on the partial dates of a CV.

A date is an ISO 8601 string with the precision that the document gives: "2013",
"2013-09" or "2013-09-01". In arithmetic it stands for its first day, so a period
between two years is their difference and nothing is counted that the CV leaves open.
Steps have no clock: a period that goes on is counted to the latest date that the CV
itself states, never to today.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from .cv import Dated, ParsedCv

DAYS_PER_YEAR = 365.25
"""Mean length of a Julian year, leap days included."""

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_FORECAST = re.compile(r"expect|anticipat|planned|prospective|forthcoming", re.IGNORECASE)


class Period(NamedTuple):
    """A closed period of whole days; `end` is never before `start`."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """Days from start to end; 0 for a single day."""
        return (self.end - self.start).days


def first_day(partial: str) -> date | None:
    """The first day of a partial ISO date, or None if it is none."""
    match = _PARTIAL.fullmatch(partial)
    if match is None:
        return None
    year, month, day = (int(part) if part else 1 for part in match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def in_order(start: str, end: str) -> bool:
    """Whether `end` is not before `start`, compared at the coarser precision of the two.

    An absent date is in order with any other.
    """
    shared = min(len(start), len(end))
    return start[:shared] <= end[:shared]


def period_of(entry: Dated, until: str) -> Period | None:
    """The period of an entry; one that goes on ends at `until`.

    None without a readable start, without an end (unless the CV says that the entry
    goes on), or with an end before the start.
    """
    start = first_day(entry.start)
    end = first_day(entry.end) or (first_day(until) if entry.current else None)
    if start is None or end is None or not in_order(entry.start, entry.end):
        return None
    return Period(start, max(start, end))


def merged(periods: Iterable[Period]) -> list[Period]:
    """The same days as `periods` cover, each once, as separate periods in order."""
    result: list[Period] = []
    for period in sorted(periods):
        if result and period.start <= result[-1].end:
            result[-1] = Period(result[-1].start, max(result[-1].end, period.end))
        else:
            result.append(period)
    return result


def total_years(periods: Iterable[Period]) -> float | None:
    """Years that the periods cover, overlaps once, to one decimal; None if that is 0.0."""
    days = sum(period.days for period in merged(periods))
    return round(days / DAYS_PER_YEAR, 1) or None


def latest_stated(cv: ParsedCv) -> str:
    """The latest partial date of the CV that is not an expectation; "" if there is none.

    Of dates with the same first day, the most precise.
    """
    days = ((first_day(partial), len(partial), partial) for partial in _stated(cv))
    readable = [(day, precision, partial) for day, precision, partial in days if day]
    return max(readable)[2] if readable else ""


def _stated(cv: ParsedCv) -> Iterator[str]:
    for entry in _dated_entries(cv):
        yield entry.start
        if not _FORECAST.search(entry.date):
            yield entry.on
        if not _FORECAST.search(entry.end_date):
            yield entry.end
    yield from (certification.on for certification in cv.certifications)
    yield from (award.on for award in cv.awards)
    yield from (publication.on for publication in cv.publications)


def _dated_entries(cv: ParsedCv) -> Iterator[Dated]:
    yield from cv.experience
    yield from cv.education
    yield from cv.projects
    yield from cv.volunteer
    for section in cv.other_sections:
        yield from section.entries
