"""Dates as a reader sees them, the same on the page and in its features.

A date that the CV writes as ISO 8601 is shown by month and year, any other as written.
"""

import re
from typing import NamedTuple

from .cv import Dated

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LANGUAGE_TAG = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")
_ISO_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-\d{2})?)?")


class Moment(NamedTuple):
    """A date as shown and, if it is readable, as ISO 8601."""

    shown: str
    iso: str = ""


def page_language(language: str) -> str:
    """`language` if it has the form of a BCP 47 tag, else `en`."""
    return language if _LANGUAGE_TAG.fullmatch(language) else "en"


def months_named(language: str) -> bool:
    """Whether months are named in a CV of this language; the names here are English."""
    return page_language(language).lower().split("-")[0] == "en"


def moment_of(written: str, iso: str = "", *, named: bool) -> Moment:
    """A date; one written as ISO 8601 is shown by month and year where months are `named`."""
    match = _ISO_DATE.fullmatch(written or iso)
    if match is None or not match[2] or not named:
        return Moment(written or iso, iso)
    return Moment(f"{_MONTHS[int(match[2]) - 1]} {match[1]}", iso or written)


def moments_of(written: str, iso: str, *, named: bool) -> list[Moment]:
    """The date as the only moment, or none if the CV states none."""
    return [moment_of(written, iso, named=named)] if written or iso else []


def period_shown(entry: Dated, *, named: bool) -> list[Moment]:
    """The start and the end of an entry, or the one moment that the CV states."""
    start = moments_of(entry.start_date, entry.start, named=named)
    end = moments_of(entry.end_date, entry.end, named=named)
    if not end and entry.current:
        end = [Moment("Present")]
    period = start if start == end else [*start, *end]
    return period or moments_of(entry.date, entry.on, named=named)
