"""Dates as CVs write them."""

import pytest

from cvplus_workflow.steps.reading.dates import find_dated, period, read_date


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2013", "2013"),
        ("2013-09", "2013-09"),
        ("2013-09-01", "2013-09-01"),
        ("2014-11-01T00:00:00Z", "2014-11-01"),
        ("09/2013", "2013-09"),
        ("9.2013", "2013-09"),
        ("13.02.2015", "2015-02-13"),
        ("25/4/2015", "2015-04-25"),
        ("4/25/2015", "2015-04-25"),
        ("3/4/2015", "2015"),
        ("Sept. 2014", "2014-09"),
        ("1 January 2012", "2012-01-01"),
        ("January 1st, 2012", "2012-01-01"),
        ("März 2014", "2014-03"),
        ("1er janvier 2012", "2012-01-01"),
        ("5 de mayo de 2010", "2010-05-05"),
        ("gennaio 2011", "2011-01"),
        ("maart 2011", "2011-03"),
        ("października 2011", "2011-10"),
        ("Summer 2015", "2015"),
        ("Q3 2019", "2019"),
        ("2014 (expected)", "2014"),
        ("???", ""),
        ("2014-13", ""),
        ("2014-02-30", ""),
        ("1899", ""),
        ("2101", ""),
        ("Present", ""),
        ("soon", ""),
        ("9" * 5000, ""),
    ],
)
def test_read_date(written: str, iso: str) -> None:
    assert read_date(written) == iso


@pytest.mark.parametrize(
    ("text", "start", "end", "current"),
    [
        ("Ninja, Area 52 (2013-09 — Present)", "2013-09", "", True),
        ("Org | 2019 - 2021", "2019", "2021", False),
        ("2010-2014 (expected)", "2010", "2014", False),
        ("Jan. 2012 – Dec 2013", "2012-01", "2013-12", False),
        ("June – August 2015", "2015-06", "2015-08", False),
        ("March 2013 to date", "2013-03", "", True),
        ("März 2014 bis heute", "2014-03", "", True),
        ("de janvier 2010 à aujourd'hui", "2010-01", "", True),
        ("enero de 2014 - actualidad", "2014-01", "", True),
        ("gennaio 2012 – oggi", "2012-01", "", True),
        ("januari 2012 tot heden", "2012-01", "", True),
        ("styczeń 2014 – obecnie", "2014-01", "", True),
        ("seit 03.2014", "2014-03", "", True),
        ("1.10.2013–30.9.2014", "2013-10-01", "2014-09-30", False),
        ("2013-09-2015-08", "2013-09", "2015-08", False),
        ("2013/14", "2013", "2014", False),
        ("2010–12", "2010", "2012", False),
        ("Blog (??? — Present)", "", "", True),
        ("until 2015", "", "2015", False),
    ],
)
def test_periods(text: str, start: str, end: str, current: bool) -> None:
    found = find_dated(text)
    assert found is not None
    assert (found.dated.start, found.dated.end, found.dated.current) == (start, end, current)


@pytest.mark.parametrize(
    ("text", "date", "iso"),
    [
        ("Honorable Mention, Google (Jan 2012)", "Jan 2012", "2012-01"),
        ("DARMA, OPENSTART 2013 Conference (2012)", "2012", "2012"),
        ("2014: Best paper", "2014", "2014"),
        ("Best paper, 2014", "2014", "2014"),
        ("2010-12", "2010-12", "2010-12"),
    ],
)
def test_single_dates(text: str, date: str, iso: str) -> None:
    found = find_dated(text)
    assert found is not None
    assert (found.dated.date, found.dated.on, found.dated.start) == (date, iso, "")


@pytest.mark.parametrize(
    "text",
    [
        "OPENSTART 2013 Developer's Conference",
        "Windows 2000 administrator",
        "call 1-650-999-7777",
        "Managed 2013 - 15 people",
        "ISO 9001-2015",
        "1850 - 1870",
    ],
)
def test_numbers_that_are_no_dates(text: str) -> None:
    assert find_dated(text) is None


def test_dates_are_kept_as_written() -> None:
    found = find_dated("Student (Oct 2010 – Sept. 2014 (expected))")
    assert found is not None
    assert (found.dated.start_date, found.dated.end_date) == ("Oct 2010", "Sept. 2014 (expected)")


def test_a_bare_month_takes_no_year_that_would_turn_the_period_round() -> None:
    assert period("Nov 2016", "Jan").end == ""
    assert period("Nov", "Jan 2017").start == ""
