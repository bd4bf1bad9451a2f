"""Corpus documents in JSON and Markdown, field by field, against results written by hand."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cvplus_workflow.steps.contract import JobSettings
from cvplus_workflow.steps.cv import Education, Experience, ParsedCv
from cvplus_workflow.steps.parse import Input, Output, run, texts_of

ROOT = Path(__file__).parents[2]
NAMES = ("jane-json", "jane-markdown", "jobby-json", "johnny-markdown", "richard-json")
EXPECTED = [ROOT / "tests" / "expected" / f"{name}.json" for name in NAMES]
LAYOUT = re.compile(r"\"(?:_\w+|\$schema)\":[^\n]*|\"meta\": \{[^}]*\}", re.DOTALL)
KEYS = re.compile(r"\"\w+\"\s*:")


def parsed(name: str) -> Output:
    content = (ROOT / "examples" / name).read_bytes()
    settings = JobSettings(template="modern", file_name=name)
    output = run(Input(job=settings, files={"source": content})).output
    assert isinstance(output, Output)
    return output


@pytest.fixture(params=EXPECTED, ids=lambda path: path.stem)
def case(request: pytest.FixtureRequest) -> tuple[dict[str, Any], Output]:
    expected = json.loads(request.param.read_text("utf-8"))
    return expected, parsed(expected["source"])


def post(entry: Experience) -> dict[str, str]:
    return {
        "organisation": entry.company,
        "role": entry.position,
        "start": entry.start,
        "end": "current" if entry.current else entry.end,
    }


def study(entry: Education) -> dict[str, str]:
    return entry.model_dump(include={"institution", "degree", "field", "start", "end"})


def links(cv: ParsedCv) -> set[str]:
    info = cv.personal_info
    stated = {info.website, info.github, info.linkedin, *(each.url for each in info.profiles)}
    return stated - {""}


def test_person(case: tuple[dict[str, Any], Output]) -> None:
    expected, output = case
    info = output.cv.personal_info
    for field in ("name", "title", "email", "phone", "location"):
        assert getattr(info, field) == expected[field], field
    assert links(output.cv) == set(expected["links"])
    assert output.format == expected["format"]


def test_posts_and_studies(case: tuple[dict[str, Any], Output]) -> None:
    expected, output = case
    assert [post(each) for each in output.cv.experience] == expected["experience"]
    assert [post(each) for each in output.cv.volunteer] == expected["volunteer"]
    assert [study(each) for each in output.cv.education] == expected["education"]


def test_other_lists(case: tuple[dict[str, Any], Output]) -> None:
    expected, output = case
    cv = output.cv
    assert [each.name for each in cv.projects] == expected["projects"]
    assert [each.title for each in cv.awards] == expected["awards"]
    assert [each.name for each in cv.publications] == expected["publications"]
    assert {each.name: each.level for each in cv.languages} == expected["languages"]
    assert list(cv.skills) == expected["skill_groups"]
    assert [each.title for each in cv.other_sections] == expected["other_sections"]
    assert [each.kind for each in cv.sections] == expected["sections"]


def test_what_is_left_over(case: tuple[dict[str, Any], Output]) -> None:
    expected, output = case
    assert [each.where for each in output.unplaced] == expected["unplaced"]


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


def test_words_are_kept(case: tuple[dict[str, Any], Output]) -> None:
    """At least 99 % of the source's words, and 85 % of them in the CV itself."""
    expected, output = case
    source = (ROOT / "examples" / expected["source"]).read_text("utf-8")
    if expected["format"] == "json-resume":
        source = KEYS.sub("", LAYOUT.sub("", source)).replace("\\n", " ")
    words = words_of(source)
    placed = set(words_of(" ".join(texts_of(output.cv))))
    kept = placed | {word for each in output.unplaced for word in words_of(each.text)}
    assert sum(word in kept for word in words) / len(words) >= 0.99
    assert sum(word in placed for word in words) / len(words) >= 0.85


def test_counts_agree_with_what_is_left(case: tuple[dict[str, Any], Output]) -> None:
    _, output = case
    assert 0.99 < output.placed_characters / output.total_characters <= 1


def test_no_markdown_marks_are_left(case: tuple[dict[str, Any], Output]) -> None:
    _, output = case
    text = "\n".join(texts_of(output.cv))
    assert "**" not in text
    assert "](" not in text
    assert "<email" not in text


def test_links_in_prose_keep_their_targets() -> None:
    description = parsed("jane/resume.md").cv.experience[0].description
    assert "Quantum Diorama (https://en.wikipedia.org/wiki/Vaporware), a distributed" in description


def test_space_separated_skills_are_not_guessed_apart() -> None:
    assert parsed("jane/resume.md").cv.skills["Web"] == ["JavaScript HTML 5 CSS LAMP MVC REST"]


def test_unknown_start_stays_as_written() -> None:
    blog = parsed("jane/resume.md").cv.projects[2]
    assert (blog.start_date, blog.start, blog.end_date, blog.current) == (
        "???",
        "",
        "Present",
        True,
    )


def test_expected_end_stays_as_written() -> None:
    assert parsed("johnny/resume.md").cv.education[0].end_date == "2014 (expected)"


def test_bullets_go_with_their_post() -> None:
    posts = parsed("jane/resume.md").cv.experience
    assert posts[3].achievements == [
        "Supervised roll-out of Dunder Mifflin Infinity website.",
        "Performed mission-critical system backups and",
        "Etc.",
    ]


def test_descriptions_of_company_and_work_are_both_kept() -> None:
    description = parsed("richard/sample.resume.json").cv.experience[0].description
    assert description.startswith("Awesome compression company\n\nPied Piper is a multi-platform")


def test_unknown_section_keeps_headings_dates_and_links() -> None:
    affiliation = parsed("jane/resume.md").cv.other_sections[1].entries[0]
    assert affiliation.model_dump(exclude_defaults=True) == {
        "title": "Member",
        "subtitle": "IEEE",
        "url": "https://www.ieee.org/index.html",
        "start_date": "2013-06",
        "end_date": "Present",
        "start": "2013-06",
        "current": True,
        "description": "Member in good standing since 2013-06.",
    }


@pytest.mark.parametrize("name", ["jane/resume.json", "johnny/resume.md"])
def test_a_written_result_reads_back_the_same(name: str) -> None:
    cv = parsed(name).cv
    document = json.dumps({"schemaVersion": 1, "cv": cv.model_dump(by_alias=True)}).encode()
    output = run(Input(job=JobSettings(template="modern"), files={"source": document})).output
    assert isinstance(output, Output)
    assert output.format == "result"
    assert output.cv == cv


def test_a_wrapped_line_of_a_list_item_belongs_to_it_whatever_it_begins_with() -> None:
    """J1: "Founders / Fund", in a PDF whose dates stand right of the items."""
    cv = parsed("johndoe/John_Doe_ClassicTheme_CV.pdf").cv
    assert cv.experience[0].achievements[1].endswith("and Founders Fund")
    assert cv.experience[0].description == ""
