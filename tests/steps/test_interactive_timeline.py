import re
from datetime import date
from itertools import pairwise

import pytest
from example_cvs import FILES, after_parse, example_cv
from hypothesis import given
from hypothesis import strategies as st

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps.cv import Award, Certification, Education, Experience, ParsedCv
from cvplus_workflow.steps.interactive_timeline import Output, run
from cvplus_workflow.steps.page_text import page_content, words_of
from cvplus_workflow.steps.timeline_chart import MARK, Axis, Bar, lanes_of
from cvplus_workflow.steps.timeline_events import Event


def timeline(cv: ParsedCv) -> Output:
    output = run(after_parse(cv)).output
    assert isinstance(output, Output)
    return output


def event(number: int) -> Event:
    return Event(id=f"work-{number}", type="work", title="x", start_date="2010")


def test_events_are_those_of_the_cv_in_the_order_of_their_start() -> None:
    output = timeline(example_cv("richard"))
    shown = [
        (event.id, event.title, event.organization, event.start_date, event.end_date)
        for event in output.events
    ]
    assert shown == [
        (
            "education-1",
            "Bachelor, Information Technology",
            "University of Oklahoma",
            "2011-06-01",
            "2014-01-01",
        ),
        ("volunteer-1", "Teacher", "CoderDojo", "2012-01-01", "2013-01-01"),
        ("work-1", "CEO/President", "Pied Piper", "2013-12-01", "2014-12-01"),
        ("achievement-1", "Digital Compression Pioneer Award", "Techcrunch", "2014-11-01", ""),
    ]
    assert not output.undated


def test_totals_count_jobs_and_not_voluntary_posts() -> None:
    summary = timeline(example_cv("richard")).summary
    assert summary.total_years == 1.0
    assert (summary.companies, summary.degrees, summary.uncounted) == (1, 1, 0)


def test_the_axis_ends_with_the_events() -> None:
    # The latest date of this CV is that of a project, in 2016, which is no event.
    fragment = timeline(example_cv("richard")).fragment
    assert re.findall(r">(20\d\d)</text>", fragment) == ["2011", "2012", "2013", "2014", "2015"]
    assert "<li>1 year of work</li><li>1 organisation</li><li>1 degree</li>" in fragment


def test_what_goes_on_counts_to_the_latest_stated_date() -> None:
    # The four jobs run on without a gap of more than a month from June 2008; the
    # latest date in the CV is that of a project.
    output = timeline(example_cv("jane-markdown"))
    assert output.summary.counted_until == "2015-09"
    assert output.summary.total_years == 7.0
    assert output.summary.companies == 4
    assert "Work that goes on is counted up to 2015-09." in output.fragment


def test_a_job_without_a_stated_end_is_not_counted_and_that_is_said() -> None:
    # The same CV as JSON gives the newest job no end, and does not say that it goes on.
    output = timeline(example_cv("jane"))
    assert (output.summary.total_years, output.summary.uncounted) == (5.0, 1)
    assert "Not counted: 1 post without a stated start or end." in output.fragment


def test_overlapping_jobs_count_once() -> None:
    jobs = [
        Experience(company="A", start="2010", end="2014"),
        Experience(company="a", start="2011", end="2013"),
        Experience(company="B", start="2013", end="2016"),
    ]
    summary = timeline(ParsedCv(experience=jobs)).summary
    assert (summary.total_years, summary.companies) == (6.0, 2)


def test_an_unreadable_date_stays_absent() -> None:
    jobs = [
        Experience(position="Dated", start="2010-05", start_date="May 2010", end_date="later"),
        Experience(position="Undated", start_date="some day", end_date="Present", current=True),
    ]
    output = timeline(ParsedCv(experience=jobs, education=[Education(degree="BSc", end="2009")]))
    [dated] = output.events
    assert (dated.start_date, dated.end_date, dated.current) == ("2010-05", "", False)
    assert dated.dates == "May 2010 – later"
    assert [(one.title, one.start_date) for one in output.undated] == [("Undated", ""), ("BSc", "")]
    assert output.summary.total_years is None
    assert output.summary.uncounted == 2
    assert "Without a stated start" in output.fragment


def test_a_single_date_is_a_point_in_time() -> None:
    output = timeline(ParsedCv(education=[Education(degree="BSc", date="June 2009", on="2009-06")]))
    [point] = output.events
    assert (point.start_date, point.end_date, point.dates) == ("2009-06", "", "June 2009")
    assert "<circle" in output.fragment


def test_an_end_before_the_start_is_no_end() -> None:
    [shown] = timeline(ParsedCv(experience=[Experience(start="2012", end="2010")])).events
    assert (shown.start_date, shown.end_date) == ("2012", "")


def test_certificates_and_awards_are_events_only_with_a_readable_date() -> None:
    output = timeline(
        ParsedCv(
            certifications=[Certification(name="C1", on="2020-02"), Certification(name="C2")],
            awards=[Award(title="A1", date="once"), Award(title="A2", on="2019")],
        )
    )
    assert [(one.type, one.title) for one in output.events] == [
        ("achievement", "A2"),
        ("certification", "C1"),
    ]
    assert not output.undated
    assert output.summary.certifications == 2


@pytest.mark.parametrize("name", FILES)
def test_the_fragment_holds_all_that_the_experience_section_says(name: str) -> None:
    # The web app puts the fragment in the place of that section.
    cv = example_cv(name)
    shown = set(words_of(page_content(timeline(cv).fragment).text))
    for job in cv.experience:
        stated = [job.company, job.position, job.description, *job.achievements]
        assert set(words_of(" ".join(stated))) <= shown


@pytest.mark.parametrize("name", FILES)
def test_every_event_has_a_bar_with_a_tooltip_and_a_row(name: str) -> None:
    output = timeline(example_cv(name))
    chart, rows = output.fragment.split("</svg>", 1)
    shapes = re.findall(r'<(?:rect|circle) class="timeline-\w+"[^>]*><title>[^<]+</title>', chart)
    assert len(shapes) == len(output.events)
    assert rows.count('<li class="timeline-event">') == len(output.events + output.undated)
    assert rows.count("<details>") == len(example_cv(name).experience)


def test_bars_stand_in_the_chart_where_their_dates_are() -> None:
    jobs = [
        Experience(start="2010", end="2015"),
        Experience(start="2014", end="2019"),
        Experience(start="2017-03"),
    ]
    fragment = timeline(ParsedCv(experience=jobs)).fragment
    [first, second] = re.findall(r'<rect class="timeline-work" x="([\d.]+)%" y="(\d+)"', fragment)
    [mark] = re.findall(r'<circle class="timeline-work" cx="([\d.]+)%" cy="(\d+)"', fragment)
    axis = Axis(2010, 2020)
    assert [float(first[0]), float(second[0]), float(mark[0])] == [
        5.0,
        pytest.approx(axis.at(date(2014, 1, 1)), abs=0.01),
        pytest.approx(axis.at(date(2017, 3, 1)), abs=0.01),
    ]
    # The first two overlap; the third starts after the first has ended.
    assert int(first[1]) < int(second[1])
    assert int(mark[1]) < int(second[1])


@given(st.lists(st.tuples(st.floats(5, 95), st.floats(0, 40)), max_size=12))
def test_bars_of_a_lane_never_overlap(spans: list[tuple[float, float]]) -> None:
    bars = [Bar(event(n), left, left + length) for n, (left, length) in enumerate(sorted(spans))]
    lanes = lanes_of(bars)
    assert sorted(bar.event.id for lane in lanes for bar in lane) == sorted(
        bar.event.id for bar in bars
    )
    for lane in lanes:
        for one, other in pairwise(lane):
            assert one.right <= other.left or other.left - one.left >= MARK / 2


def test_text_of_the_cv_cannot_become_markup() -> None:
    job = Experience(
        position="<img src=x onerror=alert(1)>", url="javascript:alert(1)", start="2010"
    )
    fragment = timeline(ParsedCv(experience=[job])).fragment
    assert "<img" not in fragment
    assert "href" not in fragment


@pytest.mark.parametrize(
    "cv",
    [
        ParsedCv(),
        ParsedCv(experience=[Experience(company="A", start_date="Present", current=True)]),
        ParsedCv(education=[Education(degree="BSc", end="2009")]),
    ],
)
def test_without_a_dated_entry_there_is_no_timeline(cv: ParsedCv) -> None:
    with pytest.raises(WorkflowError) as refused:
        run(after_parse(cv))
    assert (refused.value.code, refused.value.reason) == (
        Code.FAILED_PRECONDITION,
        "missing-dated-experience",
    )
