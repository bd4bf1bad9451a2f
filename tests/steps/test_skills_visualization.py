import re

import pytest
from example_cvs import JOB, after_parse, example_cv

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps.cv import Experience, ParsedCv, Project
from cvplus_workflow.steps.inputs import AfterParse, MaskedDocument, ParsedCvInput, ParsedDocument
from cvplus_workflow.steps.skills_visualization import MAX_BARS, Output, Skill, run


def charted(cv: ParsedCv) -> Output:
    output = run(after_parse(cv)).output
    assert isinstance(output, Output)
    return output


def skills(cv: ParsedCv) -> dict[str, Skill]:
    return {skill.name: skill for group in charted(cv).groups for skill in group.skills}


def cv_of(skill: str, *jobs: Experience, **more: object) -> ParsedCv:
    return ParsedCv.model_validate({"skills": {"general": [skill]}, "experience": jobs, **more})


def job(text: str, start: str = "2010", end: str = "2012", current: bool = False) -> Experience:
    return Experience(description=text, start=start, end=end, current=current)


def test_groups_names_and_levels_are_those_of_the_cv() -> None:
    output = charted(example_cv("richard"))
    assert [(group.name, group.level) for group in output.groups] == [
        ("Web Development", "Master"),
        ("Compression", "Master"),
    ]
    assert [skill.name for skill in output.groups[0].skills] == ["HTML", "CSS", "Javascript"]
    assert all(skill.level == "" for group in output.groups for skill in group.skills)


def test_evidence_without_a_length_gives_entries_but_no_years() -> None:
    # The one project that names it lasted a day; no other skill is named anywhere.
    found = skills(example_cv("richard"))
    assert (found["Javascript"].entries, found["Javascript"].years) == (1, None)
    assert (found["HTML"].entries, found["HTML"].years) == (0, None)


def test_overlapping_entries_count_once() -> None:
    cv = cv_of("SQL", job("SQL", "2010", "2014"), job("with SQL.", "2012", "2015"))
    assert skills(cv)["SQL"] == Skill(name="SQL", years=5.0, entries=2)


def test_what_goes_on_is_counted_to_the_latest_date_of_the_cv() -> None:
    late = Project(name="Other", start="2018-01", end="2018-07")
    cv = cv_of("SQL", job("SQL", "2015-01", "", current=True), projects=[late])
    assert skills(cv)["SQL"].years == 3.5
    assert charted(cv).counted_until == "2018-07"


def test_projects_voluntary_posts_and_technologies_are_evidence() -> None:
    cv = cv_of(
        "Rust",
        projects=[Project(technologies=["rust"], start="2010", end="2011")],
        volunteer=[Experience(achievements=["Taught RUST"], start="2014", end="2015")],
    )
    assert skills(cv)["Rust"] == Skill(name="Rust", years=2.0, entries=2)


@pytest.mark.parametrize(
    ("skill", "text", "named"),
    [
        ("Java", "Wrote JavaScript", False),
        ("Java", "Wrote java.", True),
        ("C", "Wrote C++ and C#", False),
        ("C", "Wrote C, mostly", True),
        ("C", "At C-level", False),
        ("C", "Wrote Objective-C", False),
        ("C++", "Wrote C++, mostly", True),
        ("C++", "Wrote c++11", False),
        ("Go", "Ready to go", False),
        ("Go", "Services in Go", True),
        ("R", "Led R&D", False),
        ("Node", "Wrote Node.js", False),
        ("Node.js", "Wrote node.js", True),
        (".NET", "Wrote .NET", True),
        (".NET", "Wrote ASP.NET", False),
        ("Project management", "Did project management", True),
        ("a|b", "a", False),
    ],
)
def test_a_skill_is_named_only_as_a_word_of_its_own(skill: str, text: str, named: bool) -> None:
    assert skills(cv_of(skill, job(text)))[skill].entries == named


def test_the_chart_shows_years_in_proportion() -> None:
    cv = ParsedCv(
        skills={"general": ["Long", "Short", "Unused <b>"]},
        experience=[job("Long", "2010", "2014"), job("Short", "2014", "2015")],
    )
    fragment = charted(cv).fragment
    bars = re.findall(r'class="skills-bar"[^>]*width="([\d.]+)%"', fragment)
    assert [float(width) for width in bars] == [100.0, 25.0]
    assert '<svg role="img" aria-label="Years of experience by skill"' in fragment
    assert "<desc>Long: 4 years in 1 entry; Short: 1 year in 1 entry</desc>" in fragment
    assert "<li>Unused &lt;b&gt;</li>" in fragment


def test_every_skill_is_in_the_fragment_once_the_chart_is_full() -> None:
    names = [f"Skill{number}" for number in range(MAX_BARS + 5)] + ["Long " * 20]
    cv = ParsedCv(skills={"general": names}, experience=[job(" ".join(names))])
    output = charted(cv)
    assert output.fragment.count("skills-bar") == MAX_BARS
    shown = re.sub(r"<desc>.*?</desc>", "", output.fragment)
    assert all(re.search(rf"{name.strip()}\b", shown) for name in names)


def test_skills_without_evidence_are_listed_without_a_chart() -> None:
    fragment = charted(example_cv("jobby")).fragment
    assert "<svg" not in fragment
    assert "<li>Strategic planning</li>" in fragment
    assert "%" not in fragment


def test_what_privacy_mode_masked_does_not_come_back() -> None:
    masked = MaskedDocument(cv=ParsedCv(skills={"general": ["Shown"]}))
    parse = ParsedDocument(cv=ParsedCv(skills={"general": ["Hidden"]}))
    outputs = AfterParse(parse=parse, privacy_mode=masked)
    output = run(ParsedCvInput(job=JOB, outputs=outputs)).output
    assert isinstance(output, Output)
    assert [skill.name for skill in output.groups[0].skills] == ["Shown"]
    assert "Hidden" not in output.fragment


@pytest.mark.parametrize("stated", [{}, {"general": []}])
def test_without_skills_there_is_nothing_to_chart(stated: dict[str, list[str]]) -> None:
    with pytest.raises(WorkflowError) as refused:
        run(after_parse(ParsedCv(skills=stated)))
    assert (refused.value.code, refused.value.reason) == (
        Code.FAILED_PRECONDITION,
        "missing-skills",
    )
