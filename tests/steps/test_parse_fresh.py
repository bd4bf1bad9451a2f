"""FRESH documents: every section of the schema has a place."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cvplus_workflow.errors import WorkflowError
from cvplus_workflow.steps.contract import JobSettings
from cvplus_workflow.steps.cv import OtherEntry, ParsedCv
from cvplus_workflow.steps.parse import Input, Output, run, texts_of
from cvplus_workflow.steps.reading.fresh_resume import is_fresh

SAMPLES = Path(__file__).parents[1] / "expected" / "samples"
JANE = json.loads((SAMPLES / "jane.fresh.json").read_text("utf-8"))


def parse(document: object) -> Output:
    job = JobSettings(template="modern", file_name="cv.json")
    output = run(Input(job=job, files={"source": json.dumps(document).encode()})).output
    assert isinstance(output, Output)
    return output


def fresh(**sections: object) -> Output:
    return parse({"meta": {"format": "FRESH@1.0.0-beta"}, "name": "Jane", **sections})


@cache
def jane() -> Output:
    return parse(JANE)


def left(output: Output) -> dict[str, str]:
    return {each.where: each.text for each in output.unplaced}


def others(cv: ParsedCv, title: str) -> list[OtherEntry]:
    return next(each.entries for each in cv.other_sections if each.title == title)


def test_a_document_that_says_so_or_has_its_sections_is_fresh() -> None:
    """J1: skills and projects alone would be taken for JSON Resume's."""
    assert jane().format == "fresh"
    assert is_fresh({"meta": {"format": "FRESH@0.6.0"}, "skills": {}})
    assert is_fresh({"info": {"label": "Dev"}, "contact": {"email": "a@b.test"}, "projects": []})
    assert not is_fresh({"basics": {"name": "A"}, "contact": {}, "social": []})
    assert not is_fresh({"contact": {"email": "a@b.test"}})


def test_contact_comes_from_four_sections() -> None:
    info = jane().cv.personal_info
    assert (info.name, info.title, info.email) == (
        "Jane Q. Fullstacker",
        "Senior Developer",
        "jdoe@onecoolstartup.io",
    )
    assert (info.phone, info.website) == ("1-650-999-7777", "http://janef.me/blog")
    assert (info.city, info.region, info.country_code) == ("Mountain View", "CA", "US")
    assert (info.postal_code, info.github) == ("94035", "https://github.com/janef-was-here")
    assert [each.network for each in info.profiles] == ["portfolio", "GitHub", "Twitter"]


def test_further_ways_of_contact_are_shown_as_they_are() -> None:
    assert [(each.title, each.description) for each in others(jane().cv, "contact")] == [
        ("mobile", "1-415-555-3456"),
        ("work", "jane@example.org"),
    ]


def test_a_post_goes_on_only_if_the_document_says_so() -> None:
    cv = jane().cv
    assert [each.current for each in cv.experience] == [True, False, False, False]
    assert cv.experience[0].technologies[:2] == ["Agile", "PM"]
    (post,) = fresh(employment={"history": [{"employer": "X", "start": "2013"}]}).cv.experience
    assert (post.start, post.end, post.current) == ("2013", "", False)


def test_what_is_said_of_a_section_as_a_whole_is_shown() -> None:
    cv = jane().cv
    assert others(cv, "employment")[0].description.startswith("7+ years industry")
    assert others(cv, "affiliation")[0].description == "Member of several societies."


def test_the_one_degree_belongs_to_a_study_only_if_there_is_one() -> None:
    one = fresh(education={"degree": "BA", "history": [{"institution": "X"}]}).cv
    assert one.education[0].degree == "BA"
    assert one.other_sections == []
    both = fresh(
        education={"degree": "BA", "history": [{"institution": "X"}, {"institution": "Y"}]}
    ).cv
    assert [each.degree for each in both.education] == ["", ""]
    assert others(both, "education")[0].title == "BA"


def test_sets_of_skills_may_name_theirs_by_id() -> None:
    cv = fresh(
        skills={
            "sets": [{"name": "Code", "level": "high", "skills": ["1", "Perl"]}],
            "list": [
                {"id": "1", "name": "Ruby", "level": "9", "summary": "Daily."},
                {"name": "Excel", "years": 7},
            ],
        }
    )
    assert cv.cv.skills == {"Code": ["Ruby", "Perl"], "general": ["Excel"]}
    assert cv.cv.skill_levels == {"Code": "high", "Ruby": "9"}
    assert others(cv.cv, "skills") == [OtherEntry(title="Ruby", description="Daily.")]
    assert left(cv) == {"skills.list[0].id": "1", "skills.list[1].years": "7"}


def test_wishes_stand_as_stated() -> None:
    assert [(each.title, each.description) for each in others(jane().cv, "disposition")] == [
        ("travel", "25"),
        ("relocation", "willing: true, destinations: Mexico, destinations: Chicago, IL"),
        ("authorization", "citizen"),
        ("commitment", "contract, permanent"),
        ("remote", "true"),
    ]


def test_entries_without_a_model_keep_who_where_and_what_kind() -> None:
    cv = jane().cv
    assert others(cv, "reading")[1].subtitle == "Steve McConnell (book)"
    speaking = others(cv, "speaking")[0]
    assert speaking.subtitle == "OPENSTART 2013 Developer's Conference, Portland, OR"
    assert speaking.description == "databases, warehousing"
    club = others(cv, "extracurricular")[0]
    assert (club.title, club.subtitle) == ("Treasurer", "Cornell Homebrew Club, Ithaca, NY")


def test_publications_have_authors_and_publishers() -> None:
    writing = jane().cv.publications
    assert [each.publisher for each in writing] == ["Code Project", "self", "Amazon"]
    assert writing[2].description.startswith("Jane Fullstacker, John Smith\n\nA primer")
    assert left(jane())["writing[0].publisher.url"] == "http://codeproject.com/"


def test_a_private_reference_is_left_out_of_the_cv_and_reported() -> None:
    """A referee's telephone number is not the owner's to publish."""
    output = jane()
    assert [each.name for each in output.cv.references] == ["John Davidson", "Dana Nevins"]
    assert left(output)["references[0].contact[0].value"] == "9-999-999-9999"
    assert "9-999-999-9999" not in " ".join(texts_of(output.cv))


def test_little_of_the_sample_is_left_over() -> None:
    output = jane()
    assert output.placed_characters / output.total_characters > 0.95
    (quote,) = others(output.cv, "quote")
    assert quote.description == "Be the change you want to see in the world."


@pytest.mark.parametrize(
    ("sections", "path"),
    [
        ({"employment": {"history": {"employer": "Secret"}}}, "employment.history"),
        ({"contact": "Secret"}, "contact"),
        ({"writing": [["Secret"]]}, "writing[0]"),
        ({"skills": {"sets": ["Secret", ["x"]]}}, "skills.sets[1]"),
    ],
)
def test_wrong_shapes_name_their_path(sections: dict[str, Any], path: str) -> None:
    with pytest.raises(WorkflowError) as caught:
        fresh(**sections)
    assert caught.value.details["field"] == path
    assert "Secret" not in caught.value.message
