"""The calendar file holds the dates of the CV, as exact as the CV is (F12)."""

import uuid
from datetime import date
from typing import Any

import icalendar
import pytest
from example_cvs import FILES, after_parse, example_cv

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps import calendar_integration
from cvplus_workflow.steps.calendar_dates import calendar_dates
from cvplus_workflow.steps.calendar_integration import CALENDAR_FILE, LARGEST_LINKED
from cvplus_workflow.steps.contract import Produced
from cvplus_workflow.steps.cv import Certification, Education, Experience, ParsedCv


def made(cv: ParsedCv) -> Produced:
    return calendar_integration.run(after_parse(cv))


def entries(cv: ParsedCv) -> list[Any]:
    """The entries, whose values are of many types."""
    content = made(cv).files[CALENDAR_FILE].content
    calendar = icalendar.Calendar.from_ical(content)
    assert isinstance(calendar, icalendar.Calendar)
    assert calendar.errors == []
    return list(calendar.events)


def told(cv: ParsedCv) -> list[tuple[str, date, date]]:
    """Summary, first day, and the day after the last one."""
    return [(str(e["summary"]), e["dtstart"].dt, e["dtend"].dt) for e in entries(cv)]


def test_the_examples_dates_are_all_there() -> None:
    assert told(example_cv("richard")) == [
        (
            "Began: Bachelor, Information Technology, University of Oklahoma",
            date(2011, 6, 1),
            date(2011, 6, 2),
        ),
        ("Started: Teacher, CoderDojo", date(2012, 1, 1), date(2012, 1, 2)),
        ("Ended: Teacher, CoderDojo", date(2013, 1, 1), date(2013, 1, 2)),
        ("Started: CEO/President, Pied Piper", date(2013, 12, 1), date(2013, 12, 2)),
        (
            "Finished: Bachelor, Information Technology, University of Oklahoma",
            date(2014, 1, 1),
            date(2014, 1, 2),
        ),
        (
            "Awarded: Digital Compression Pioneer Award, Techcrunch",
            date(2014, 11, 1),
            date(2014, 11, 2),
        ),
        ("Ended: CEO/President, Pied Piper", date(2014, 12, 1), date(2014, 12, 2)),
    ]


def test_a_date_takes_as_many_days_as_it_leaves_open() -> None:
    job = Experience(position="Cook", start="2012", end="2016-02")
    assert told(ParsedCv(experience=[job])) == [
        ("Started: Cook", date(2012, 1, 1), date(2013, 1, 1)),
        ("Ended: Cook", date(2016, 2, 1), date(2016, 3, 1)),
    ]
    notes = [str(entry["description"]) for entry in entries(ParsedCv(experience=[job]))]
    assert notes == ["The CV states the year only.", "The CV states the month only."]


def test_a_stated_expiry_and_an_end_without_a_start_are_dates_too() -> None:
    cv = ParsedCv(
        certifications=[Certification(name="First aid", on="2020-05-01", expiry_date="May 2022")],
        education=[Education(degree="BSc", end="2014")],
    )
    assert told(cv) == [
        ("Finished: BSc", date(2014, 1, 1), date(2015, 1, 1)),
        ("Certified: First aid", date(2020, 5, 1), date(2020, 5, 2)),
        ("Certificate valid until: First aid", date(2022, 5, 1), date(2022, 6, 1)),
    ]


def test_an_end_that_the_cv_foresees_is_no_end() -> None:
    events = entries(example_cv("johnny"))
    foreseen = [(str(e["summary"]), str(e["status"])) for e in events if "Expected" in e["summary"]]
    assert foreseen == [
        ("Expected to finish: PhD, Computer Science, Awesome University", "TENTATIVE")
    ]
    assert {str(e["status"]) for e in events} == {"TENTATIVE", "CONFIRMED"}


def test_what_goes_on_has_a_start_alone() -> None:
    cv = ParsedCv(experience=[Experience(position="Cook", start="2012-03", current=True)])
    assert [summary for summary, _, _ in told(cv)] == ["Started: Cook"]


@pytest.mark.parametrize("name", FILES)
def test_equal_cvs_give_equal_files_with_ids_that_differ(name: str) -> None:
    first, again = made(example_cv(name)), made(example_cv(name))
    assert first.files == again.files
    ids = [str(entry["uid"]) for entry in entries(example_cv(name))]
    assert ids
    assert len(set(ids)) == len(ids)
    assert {uuid.UUID(each).version for each in ids} == {8}


def test_an_entry_keeps_its_id_when_others_come_or_go() -> None:
    cv = example_cv("richard")
    before = {fact.summary: fact.uid for fact in calendar_dates(cv)}
    cv.experience.insert(0, Experience(position="Cook", start="2015"))
    after = {fact.summary: fact.uid for fact in calendar_dates(cv)}
    assert {summary: after[summary] for summary in before} == before
    assert len(after) == len(before) + 1


def test_the_time_stamp_is_the_latest_date_that_the_cv_states() -> None:
    stamps = {entry["dtstamp"].dt.isoformat() for entry in entries(example_cv("richard"))}
    assert stamps == {"2016-08-24T00:00:00+00:00"}


def test_entries_leave_their_days_free_and_lines_are_short() -> None:
    assert {str(entry["transp"]) for entry in entries(example_cv("jane"))} == {"TRANSPARENT"}
    lines = made(example_cv("jane")).files[CALENDAR_FILE].content.split(b"\r\n")
    assert max(map(len, lines)) <= 75, "RFC 5545, 3.1"


def test_the_page_holds_the_file_unless_it_is_large() -> None:
    output = made(example_cv("richard")).output
    assert isinstance(output, calendar_integration.Output)
    assert 'href="data:text/calendar;charset=utf-8;base64,' in output.fragment
    assert 'download="career.ics"' in output.fragment
    many = [Experience(position=f"{n} {'x' * 200}", start="2012") for n in range(300)]
    large = made(ParsedCv(experience=many))
    assert len(large.files[CALENDAR_FILE].content) > LARGEST_LINKED
    assert isinstance(large.output, calendar_integration.Output)
    assert "data:" not in large.output.fragment


def test_a_cv_without_dates_is_refused() -> None:
    with pytest.raises(WorkflowError) as caught:
        made(ParsedCv(experience=[Experience(position="Cook", start_date="long ago")]))
    assert (caught.value.code, caught.value.reason) == (Code.FAILED_PRECONDITION, "missing-dates")
