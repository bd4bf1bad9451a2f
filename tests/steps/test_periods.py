from datetime import date
from itertools import pairwise

import pytest
from example_cvs import example_cv
from hypothesis import given
from hypothesis import strategies as st

from cvplus_workflow.steps.cv import Award, Certification, Dated, Education, Experience, ParsedCv
from cvplus_workflow.steps.periods import (
    Period,
    first_day,
    in_order,
    latest_stated,
    merged,
    period_of,
    total_years,
)

DAYS = st.dates(date(1950, 1, 1), date(2049, 12, 31))
PERIODS = st.lists(st.tuples(DAYS, DAYS).map(lambda days: Period(min(days), max(days))))


@pytest.mark.parametrize(
    ("partial", "day"),
    [
        ("2013", date(2013, 1, 1)),
        ("2013-09", date(2013, 9, 1)),
        ("2013-09-05", date(2013, 9, 5)),
        ("2013-13", None),
        ("2013-02-30", None),
        ("0000", None),
        ("Present", None),
        ("2013-9", None),
        ("", None),
    ],
)
def test_a_partial_date_stands_for_its_first_day(partial: str, day: date | None) -> None:
    assert first_day(partial) == day


@pytest.mark.parametrize(
    ("start", "end", "ordered"),
    [
        ("2013-06", "2013", True),
        ("2013", "2013-06-01", True),
        ("2013-06", "2013-05-31", False),
        ("2014", "2013-12", False),
        ("", "2013", True),
        ("2013", "", True),
    ],
)
def test_order_is_judged_at_the_coarser_precision(start: str, end: str, ordered: bool) -> None:
    assert in_order(start, end) is ordered


def test_a_period_that_goes_on_ends_at_the_latest_stated_date() -> None:
    entry = Dated(start="2017-10", current=True)
    assert period_of(entry, "2020-01") == Period(date(2017, 10, 1), date(2020, 1, 1))


@pytest.mark.parametrize(
    "entry",
    [
        Dated(start="2017"),
        Dated(end="2017"),
        Dated(start="2017", end_date="later"),
        Dated(start="2017", end="2016"),
        Dated(start_date="Present", current=True),
    ],
)
def test_a_length_that_the_cv_leaves_open_is_not_counted(entry: Dated) -> None:
    assert period_of(entry, "2020") is None


def test_an_end_less_precise_than_its_start_does_not_go_back() -> None:
    assert period_of(Dated(start="2013-06", end="2013"), "") == Period(
        date(2013, 6, 1), date(2013, 6, 1)
    )


def test_overlaps_are_counted_once() -> None:
    jobs = [
        Period(date(2010, 1, 1), date(2014, 1, 1)),
        Period(date(2011, 1, 1), date(2012, 1, 1)),
        Period(date(2013, 1, 1), date(2015, 1, 1)),
        Period(date(2018, 1, 1), date(2019, 7, 2)),
    ]
    assert total_years(jobs) == 6.5


def test_nothing_counted_is_absent_and_not_zero() -> None:
    assert total_years([]) is None
    assert total_years([Period(date(2016, 8, 24), date(2016, 8, 24))]) is None


@given(PERIODS)
def test_merged_periods_cover_the_same_days_once_and_in_order(periods: list[Period]) -> None:
    result = merged(periods)
    assert all(one.end < other.start for one, other in pairwise(result))
    ends = {day for period in periods for day in period}
    for day in ends:
        assert any(period.start <= day <= period.end for period in result)
    assert {day for period in result for day in period} <= ends
    assert merged(result) == result


@given(PERIODS, PERIODS)
def test_more_periods_never_count_less(periods: list[Period], more: list[Period]) -> None:
    assert (total_years(periods + more) or 0) >= (total_years(periods) or 0)


def test_the_latest_date_is_looked_for_in_every_part_of_the_cv() -> None:
    assert latest_stated(example_cv("richard")) == "2016-08-24"
    assert latest_stated(ParsedCv(awards=[Award(on="2019-05")])) == "2019-05"
    both = ParsedCv(
        experience=[Experience(start="2019", current=True)],
        certifications=[Certification(on="2019-01", expiry_date="2030")],
    )
    assert latest_stated(both) == "2019-01"
    assert latest_stated(ParsedCv(education=[Education(on="2018")])) == "2018"
    assert latest_stated(ParsedCv()) == ""


def test_an_expected_date_is_not_the_latest_that_has_come() -> None:
    course = Education(start="2019", end="2031", end_date="2031 (expected)")
    assert latest_stated(ParsedCv(education=[course])) == "2019"
