"""The dates of the CV as a calendar file, which any calendar program takes (RFC 5545).

The file is delivered as `career.ics` beside the page, and the page holds it once more in
a link, since a page that is passed on leaves its neighbours behind. On paper there is
nothing to be saved, so there the feature does not show.

Equal CVs give equal bytes: ids are made of the content, and `DTSTAMP` is no clock's time
but the latest date that the CV states (midnight UTC of its first day), the last moment
of which the CV tells. Entries don't make their days busy.
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from ..errors import refusal
from .calendar_dates import CalendarDate, calendar_dates, day_after
from .contract import FeatureOutput, Produced, ProducedFile
from .inputs import ParsedCvInput
from .periods import first_day, latest_stated
from .shown_dates import moment_of, months_named
from .svg import classed, element, text

if TYPE_CHECKING:
    from icalendar import Event

Input = ParsedCvInput

CALENDAR_FILE = "career.ics"
MEDIA_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//CVPlus//Workflow//EN"

LARGEST_LINKED = 100_000
"""Bytes of the largest file that the page holds in a link; a larger one is beside it alone."""


class Output(FeatureOutput):
    """The entries in order, and the name of the file that holds them."""

    events: list[CalendarDate]
    file: str = CALENDAR_FILE


def run(given: ParsedCvInput) -> Produced:
    """The calendar file, and its link for the page.

    Raises `WorkflowError` (failed-precondition, `missing-dates`) if nothing in the CV has a
    date that can be read.
    """
    cv = given.outputs.cv
    facts = calendar_dates(cv)
    if not facts:
        raise refusal(
            "missing-dates",
            "No job, course, certificate or award in the CV has a date that can be read.",
        )
    stamp = first_day(latest_stated(cv)) or date.fromisoformat(facts[-1].first_day)
    content = calendar_file(facts, stamp)
    named = months_named(given.outputs.parse.language)
    output = Output(fragment=_fragment(facts, content, named), events=facts)
    return Produced(output, {CALENDAR_FILE: ProducedFile(MEDIA_TYPE, content)})


def calendar_file(facts: Sequence[CalendarDate], stamp: date) -> bytes:
    """The iCalendar file (RFC 5545) of `facts`; `stamp` is the day of its `DTSTAMP`."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for fact in facts:
        calendar.add_component(_entry(fact, datetime.combine(stamp, time(), UTC)))
    return bytes(calendar.to_ical())


def _entry(fact: CalendarDate, stamp: datetime) -> "Event":
    from icalendar import Event

    entry = Event()
    entry.add("uid", fact.uid)
    entry.add("dtstamp", stamp)
    entry.add("dtstart", date.fromisoformat(fact.first_day))
    entry.add("dtend", day_after(date.fromisoformat(fact.last_day)))
    entry.add("summary", fact.summary)
    entry.add("status", "TENTATIVE" if fact.moment == "expected-end" else "CONFIRMED")
    entry.add("transp", "TRANSPARENT")
    entry.add("categories", [fact.type])
    for name, value in (("location", fact.location), ("description", _description(fact))):
        if value:
            entry.add(name, value)
    return entry


def _description(fact: CalendarDate) -> str:
    written = f"In the CV: {fact.written}." if fact.written else ""
    coarse = f"The CV states the {fact.precision} only." if fact.precision != "day" else ""
    return " ".join(part for part in (written, coarse) if part)


def _fragment(facts: Sequence[CalendarDate], content: bytes, named: bool) -> str:
    years = sorted({fact.first_day[:4] for fact in facts} | {fact.last_day[:4] for fact in facts})
    span = years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"
    count = "1 date" if len(facts) == 1 else f"{len(facts)} dates"
    items = (_item(fact, named) for fact in facts)
    listed = element("ul", {"class": "calendar-dates-list"}, *items)
    summary = element("summary", {}, f"{count}, {span}")
    return classed(
        "div",
        "calendar-integration",
        classed("h2", "calendar-heading", "Career calendar"),
        _link(content) if len(content) <= LARGEST_LINKED else "",
        element("details", {}, summary, listed),
    )


def _link(content: bytes) -> str:
    address = f"data:text/calendar;charset=utf-8;base64,{b64encode(content).decode()}"
    attributes = {"href": address, "download": CALENDAR_FILE}
    return classed("p", "calendar-link", element("a", attributes, "Save as a calendar file"))


def _item(fact: CalendarDate, named: bool) -> str:
    partial = fact.first_day[: {"year": 4, "month": 7, "day": 10}[fact.precision]]
    shown = moment_of("", partial, named=named).shown
    dated = element("time", {"class": "calendar-dates", "datetime": partial}, text(shown))
    return element("li", {}, dated, " ", text(fact.summary))
