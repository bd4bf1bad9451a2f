"""Checks of what the CV states: is it complete, are its dates sound, do its jobs overlap?

All of it is the CV's own affair, so none of these checks fails.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

from ..cv import Award, Certification, Dated, Experience, ParsedCv, Publication
from ..periods import Period, in_order, latest_stated, period_of
from ..reading.dates import find_dated
from .verdict import Check, counted, warned

USUAL_SECTIONS = ("experience", "education", "skills")
"""What a reader looks for in any CV."""

OVERLAP_SHARE = 0.5
"""Of two jobs at different places, the share of the shorter from which an overlap is told."""
OVERLAP_DAYS = 92
"""Days of an overlap that may be a notice or a handing over: a quarter of a year."""


def stated_checks(cv: ParsedCv) -> Iterator[Check]:
    """Name, content and sections there; entries named; dates readable, in order, apart."""
    named = bool(cv.personal_info.name)
    verb = "states" if named else "does not state"
    yield warned("name-present", ok=named, reason=f"The CV {verb} a name.")
    told = bool(cv.summary or cv.experience)
    verb = "states" if told else "does not state"
    yield warned("content-present", ok=told, reason=f"The CV {verb} a summary or experience.")
    yield _listed("sections-present", "Usual sections that are missing", _missing(cv))
    yield _listed("entries-named", "Entries without an organisation or role", _nameless(cv))
    yield _listed("dates-in-order", "Entries that end before they start", _disordered(cv))
    yield _listed("dates-readable", "Entries with a date that can't be read", _unreadable(cv))
    yield _listed("dates-apart", "Jobs whose times mostly overlap", overlaps(cv))


def _listed(check_id: str, what: str, places: Sequence[str]) -> Check:
    return warned(check_id, ok=not places, reason=counted(what, places))


def _missing(cv: ParsedCv) -> list[str]:
    return [name for name in USUAL_SECTIONS if not getattr(cv, name)]


def _nameless(cv: ParsedCv) -> list[str]:
    jobs = enumerate(cv.experience, 1)
    return [f"experience {number}" for number, job in jobs if not (job.company or job.position)]


def _dated(cv: ParsedCv) -> Iterator[tuple[str, Dated]]:
    sections: dict[str, Sequence[Dated]] = {
        "experience": cv.experience,
        "education": cv.education,
        "project": cv.projects,
        "volunteer": cv.volunteer,
    }
    for name, entries in sections.items():
        for number, entry in enumerate(entries, 1):
            yield f"{name} {number}", entry


def _disordered(cv: ParsedCv) -> list[str]:
    return [name for name, entry in _dated(cv) if not in_order(entry.start, entry.end)]


def _unreadable(cv: ParsedCv) -> list[str]:
    periods = [name for name, entry in _dated(cv) if _is_unreadable(entry)]
    singles: dict[str, Sequence[Certification | Award | Publication]] = {
        "certification": cv.certifications,
        "award": cv.awards,
        "publication": cv.publications,
    }
    return periods + [
        f"{name} {number}"
        for name, entries in singles.items()
        for number, single in enumerate(entries, 1)
        if not _is_readable(single.date, single.on)
    ]


def _is_unreadable(entry: Dated) -> bool:
    start_lost = bool(entry.start_date) and not entry.start
    end_lost = bool(entry.end_date) and not entry.end and not entry.current
    return start_lost or end_lost or not _is_readable(entry.date, entry.on)


def _is_readable(written: str, iso: str) -> bool:
    """Whether a date is absent, was read, or is a period where one date was looked for."""
    found = None if iso or not written else find_dated(written)
    return not written or bool(iso) or (found is not None and bool(found.dated.start))


def overlaps(cv: ParsedCv) -> list[str]:
    """Pairs of jobs that overlap by more than `OVERLAP_SHARE` of the shorter one.

    Roles at one place are its own history, and side jobs are nothing wrong, so this only
    points to what may be a slip in a date. Overlaps up to `OVERLAP_DAYS` are never told.
    """
    until = latest_stated(cv)
    placed = [(n, job, period_of(job, until)) for n, job in enumerate(cv.experience, 1)]
    dated = [(number, job, period) for number, job, period in placed if period]
    return [
        f"experience {one} and {other}"
        for (one, job, period), (other, other_job, other_period) in combinations(dated, 2)
        if not _same_place(job, other_job) and _mostly(period, other_period)
    ]


def _same_place(one: Experience, other: Experience) -> bool:
    return one.company.casefold().strip() == other.company.casefold().strip()


def _mostly(one: Period, other: Period) -> bool:
    shared = (min(one.end, other.end) - max(one.start, other.start)).days
    return shared > max(OVERLAP_DAYS, OVERLAP_SHARE * min(one.days, other.days))
