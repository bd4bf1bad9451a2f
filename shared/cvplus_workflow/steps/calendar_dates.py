"""The dates of a CV as entries of a calendar: what began, what ended, what runs out.

A CV dates by day, month or year. An entry is as long as its date is imprecise: "2013-09"
is all of September 2013, "2013" all of that year, each as days without a time. So a year
is never taken for its first of January. The length says nothing about how long the thing
itself took; beginning and end of a post are two entries.
"""

import hashlib
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from .contract import Model
from .cv import Dated, ParsedCv
from .periods import first_day
from .reading.date_words import EXPECTED
from .reading.dates import read_date
from .reading.text import folded
from .timeline_events import Event, EventType, events_of

Moment = Literal["start", "end", "expected-end", "date", "expiry"]
Precision = Literal["day", "month", "year"]

_LENGTHS: dict[int, Precision] = {4: "year", 7: "month", 10: "day"}

_WORDS: dict[tuple[EventType, Moment], str] = {
    ("work", "start"): "Started",
    ("work", "end"): "Ended",
    ("work", "expected-end"): "Expected to end",
    ("education", "start"): "Began",
    ("education", "end"): "Finished",
    ("education", "expected-end"): "Expected to finish",
    ("certification", "date"): "Certified",
    ("certification", "expiry"): "Certificate valid until",
    ("achievement", "date"): "Awarded",
}


class CalendarDate(Model):
    """One dated fact of the CV as an entry of all-day length.

    `first_day` and `last_day` are ISO dates, both included; `precision` is how exactly
    the CV dates it, and `written` the date or period as it is written there. `uid` is a
    UUID made of the other fields, so equal facts have equal ids.
    """

    uid: str
    type: EventType
    moment: Moment
    summary: str
    location: str = ""
    written: str = ""
    precision: Precision
    first_day: str
    last_day: str


def calendar_dates(cv: ParsedCv) -> list[CalendarDate]:
    """All dated facts of the CV in order, each once."""
    dated, undated = events_of(cv)
    found = [fact for event in (*dated, *undated) for fact in _facts(cv, event)]
    return sorted({fact.uid: fact for fact in found}.values(), key=_order)


def _order(fact: CalendarDate) -> tuple[str, str, str]:
    return fact.first_day, fact.last_day, fact.summary


def _facts(cv: ParsedCv, event: Event) -> Iterator[CalendarDate]:
    for moment, partial in _moments(cv, event):
        days = days_of(partial)
        if days is not None:
            yield _fact(event, moment, partial, *days)


def _moments(cv: ParsedCv, event: Event) -> Iterator[tuple[Moment, str]]:
    """What the CV dates of an event; its end also where the start is unknown."""
    number = int(event.id.rpartition("-")[2]) - 1
    if event.type == "certification":
        certificate = cv.certifications[number]
        yield "date", certificate.on
        yield "expiry", read_date(certificate.expiry_date)
    elif event.type == "achievement":
        yield "date", event.start_date
    else:
        yield from _period(_entry(cv, event, number), event)


def _entry(cv: ParsedCv, event: Event, number: int) -> Dated:
    if event.type == "education":
        return cv.education[number]
    return cv.volunteer[number] if event.voluntary else cv.experience[number]


def _period(entry: Dated, event: Event) -> Iterator[tuple[Moment, str]]:
    if entry.start == entry.end or not (entry.start or entry.end):
        yield "date", entry.start or entry.on
        return
    yield "start", entry.start
    ending: Moment = "expected-end" if _is_expected(entry.end_date) else "end"
    yield ending, event.end_date if entry.start else entry.end


def _is_expected(written: str) -> bool:
    words = folded(written)
    return any(word in words for word in EXPECTED)


def days_of(partial: str) -> tuple[date, date] | None:
    """The first and last day of a partial ISO date, or None if it is none."""
    first = first_day(partial)
    if first is None:
        return None
    if len(partial) == 4:
        return first, date(first.year, 12, 31)
    last = first.day if len(partial) == 10 else monthrange(first.year, first.month)[1]
    return first, first.replace(day=last)


def day_after(day: date) -> date:
    """The next day: iCalendar ends all-day entries by the day after (RFC 5545, 3.6.1)."""
    return day + timedelta(days=1)


def _fact(event: Event, moment: Moment, partial: str, first: date, last: date) -> CalendarDate:
    what = ", ".join(part for part in (event.title, event.organization) if part)
    word = _WORDS.get((event.type, moment), "")
    summary = f"{word}: {what}" if word else what
    key = "\n".join((event.type, moment, summary, event.location, partial))
    return CalendarDate(
        uid=_uuid(key),
        type=event.type,
        moment=moment,
        summary=summary,
        location=event.location,
        written=event.dates,
        precision=_LENGTHS[len(partial)],
        first_day=first.isoformat(),
        last_day=last.isoformat(),
    )


def _uuid(key: str) -> str:
    """A UUID of version 8 (RFC 9562, 5.8): the SHA-256 of `key` with the bits of the format."""
    octets = bytearray(hashlib.sha256(key.encode()).digest()[:16])
    octets[6] = (octets[6] & 0x0F) | 0x80
    octets[8] = (octets[8] & 0x3F) | 0x80
    digits = octets.hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
