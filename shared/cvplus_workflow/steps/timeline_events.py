"""The events of a CV: what happened when, in the web app's event shape.

Jobs and voluntary posts are `work`, courses of study `education`, certificates
`certification` and awards `achievement`. Projects have no event type there.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Literal, TypedDict

from pydantic import Field

from .contract import Model
from .cv import Dated, Education, Experience, ParsedCv
from .periods import first_day, in_order, latest_stated, period_of, total_years
from .shown_dates import Moment, moments_of, period_shown

EventType = Literal["work", "education", "certification", "achievement"]


class Event(Model):
    """One event. Dates are partial ISO dates, as precise as the CV is.

    `start_date` is empty only for an undated entry; `end_date` is empty if the CV states
    no readable end, or one before the start. `dates` is the period as written, `shown` the
    same as the page shows it (not part of the output). `kind` is the kind of post as
    stated, such as military.
    """

    id: str
    type: EventType
    title: str
    organization: str = ""
    start_date: str = ""
    end_date: str = ""
    current: bool = False
    dates: str = ""
    shown: list[Moment] = Field(default_factory=list, exclude=True)
    description: str = ""
    achievements: list[str] = Field(default_factory=list)
    skills: list[str] = Field(default_factory=list)
    location: str = ""
    url: str = ""
    kind: str = ""
    voluntary: bool = False


class TimelineSummary(Model):
    """Totals over the CV.

    `total_years` covers the jobs (not voluntary posts), overlaps once, to one decimal;
    what goes on is counted to `counted_until`, the latest date that the CV states.
    `uncounted` is the number of jobs whose length the CV does not tell.
    """

    total_years: float | None = None
    counted_until: str = ""
    uncounted: int = 0
    companies: int = 0
    degrees: int = 0
    certifications: int = 0


def events_of(cv: ParsedCv, *, named: bool = True) -> tuple[list[Event], list[Event]]:
    """The dated events by start, and the jobs and courses without a readable start.

    `named` tells whether dates are shown with the names of months.
    """
    parts = (_work, _education, _certificates, _awards)
    stated = list(chain.from_iterable(part(cv, named) for part in parts))
    dated = sorted((event for event in stated if event.start_date), key=_by_start)
    undated = [
        event for event in stated if not event.start_date and event.type in {"work", "education"}
    ]
    return dated, undated


def summary_of(cv: ParsedCv) -> TimelineSummary:
    """Totals of the CV; nothing is counted that it does not state."""
    until = latest_stated(cv)
    periods = [period_of(job, until) for job in cv.experience]
    return TimelineSummary(
        total_years=total_years(period for period in periods if period),
        counted_until=until,
        uncounted=periods.count(None),
        companies=len({job.company.casefold() for job in cv.experience if job.company}),
        degrees=sum(1 for course in cv.education if course.degree),
        certifications=len(cv.certifications),
    )


def _by_start(event: Event) -> tuple[str, str]:
    return event.start_date, event.end_date


def _work(cv: ParsedCv, named: bool) -> Iterator[Event]:
    for number, job in enumerate(cv.experience, 1):
        yield _job(f"work-{number}", job, voluntary=False, named=named)
    for number, post in enumerate(cv.volunteer, 1):
        yield _job(f"volunteer-{number}", post, voluntary=True, named=named)


def _job(event_id: str, job: Experience, *, voluntary: bool, named: bool) -> Event:
    return Event(
        id=event_id,
        type="work",
        title=job.position or job.company,
        organization=job.company if job.position else "",
        description=job.description,
        achievements=job.achievements,
        skills=job.technologies,
        location=job.location,
        url=job.url,
        kind=job.kind,
        voluntary=voluntary,
        **_dates(job, named),
    )


def _education(cv: ParsedCv, named: bool) -> Iterator[Event]:
    for number, course in enumerate(cv.education, 1):
        title = _course_title(course)
        yield Event(
            id=f"education-{number}",
            type="education",
            title=title or course.institution,
            organization=course.institution if title else "",
            description=course.description,
            location=course.location,
            url=course.url,
            **_dates(course, named),
        )


def _course_title(course: Education) -> str:
    return ", ".join(part for part in (course.degree, course.field) if part)


def _certificates(cv: ParsedCv, named: bool) -> Iterator[Event]:
    for number, certificate in enumerate(cv.certifications, 1):
        yield Event(
            id=f"certification-{number}",
            type="certification",
            title=certificate.name,
            organization=certificate.issuer,
            start_date=_readable(certificate.on),
            dates=certificate.date,
            shown=moments_of(certificate.date, certificate.on, named=named),
            url=certificate.verification_url,
        )


def _awards(cv: ParsedCv, named: bool) -> Iterator[Event]:
    for number, award in enumerate(cv.awards, 1):
        yield Event(
            id=f"achievement-{number}",
            type="achievement",
            title=award.title,
            organization=award.issuer,
            start_date=_readable(award.on),
            dates=award.date,
            shown=moments_of(award.date, award.on, named=named),
            description=award.description,
        )


class _Dates(TypedDict):
    start_date: str
    end_date: str
    current: bool
    dates: str
    shown: list[Moment]


def _dates(entry: Dated, named: bool) -> _Dates:
    start, end = _readable(entry.start or entry.on), _readable(entry.end)
    return {
        "start_date": start,
        "end_date": end if start and in_order(start, end) else "",
        "current": entry.current,
        "dates": _as_written(entry),
        "shown": period_shown(entry, named=named),
    }


def _as_written(entry: Dated) -> str:
    start = entry.start_date or entry.date
    end = entry.end_date or ("present" if entry.current else "")
    if start == end:
        return end
    return " – ".join(part for part in (start, end) if part)


def _readable(partial: str) -> str:
    return partial if first_day(partial) else ""
