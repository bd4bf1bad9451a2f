"""The score for applicant tracking, and its reasons (F12 `ats-optimization`)."""

from functools import cache

import pytest
from example_cvs import EXAMPLES, FILES, JOB

from cvplus_workflow.steps import ats_optimization, parse
from cvplus_workflow.steps.ats_checks import Check
from cvplus_workflow.steps.ats_optimization import Input, Output, score_of
from cvplus_workflow.steps.cv import Experience, ParsedCv, PersonalInfo

JOB_JSON = (EXAMPLES / "richard/sample.job.json").read_text()


@cache
def _read(name: str) -> parse.Output:
    path = EXAMPLES / FILES[name]
    job = JOB.model_copy(update={"file_name": path.name})
    output = parse.run(parse.Input(job=job, files={"source": path.read_bytes()})).output
    assert isinstance(output, parse.Output)
    return output


def scored(document: parse.Output, description: str = "", masked: ParsedCv | None = None) -> Output:
    outputs = {} if masked is None else {"privacy-mode": {"cv": masked.model_dump(by_alias=True)}}
    given = Input.model_validate(
        {
            "job": {"template": "modern", "jobDescription": description},
            "outputs": {"parse": document.model_dump(by_alias=True), **outputs},
        }
    )
    output = ats_optimization.run(given).output
    assert isinstance(output, Output)
    return output


def document(cv: ParsedCv, format_name: str = "pdf", placed: int = 100) -> parse.Output:
    return parse.Output(
        cv=cv, unplaced=[], format=format_name, placed_characters=placed, total_characters=100
    )


def check(output: Output, check_id: str) -> Check:
    (found,) = [each for each in output.checks if each.id == check_id]
    return found


def test_a_real_cv_is_scored_with_a_reason_for_every_point() -> None:
    output = scored(_read("richard"))
    assert output.score == 87
    assert sum(each.weight for each in output.checks) == 90, "a format with keys has no headings"
    assert score_of(output.checks) == output.score
    for each in output.checks:
        assert 0 <= each.points <= each.weight
        assert each.reason.endswith(".")
        assert bool(each.advice) == (each.points < each.weight)
    assert check(output, "bullet-numbers").reason.startswith("0 of 7 ")


def test_without_a_job_description_the_score_says_so() -> None:
    output = scored(_read("richard"))
    assert not output.covers_vacancy
    assert "No job description" in output.note
    assert [each for each in output.checks if each.id == "terms"] == []


def test_with_a_job_description_its_terms_count() -> None:
    output = scored(_read("richard"), JOB_JSON)
    assert output.covers_vacancy
    terms = check(output, "terms")
    assert (terms.weight, terms.points) == (40, 20.0)
    assert "JavaScript" in [each.term for each in output.matched]
    assert "MongoDB" in [each.term for each in output.missing]
    assert output.score < scored(_read("richard")).score


def test_every_example_has_a_score_and_a_thin_one_scores_lower() -> None:
    scores = {name: scored(_read(name)).score for name in FILES}
    assert scores["johnny"] < scores["jane-markdown"] < scores["richard"]
    assert scored(document(ParsedCv(), placed=0)).score < 10


def test_headings_of_ones_own_cost_points() -> None:
    assert check(scored(_read("johnny")), "headings").points < 10


def test_entries_without_dates_are_named_by_place() -> None:
    assert "(not: experience 1, experience 2)" in check(scored(_read("johnny")), "dates").reason


def bulleted(*items: str) -> Output:
    return scored(document(ParsedCv(experience=[Experience(achievements=list(items))])))


def test_items_with_verbs_and_numbers_score_higher() -> None:
    plain = bulleted("The office", "Responsible for the office and its many plants")
    good = bulleted("Reduced the costs of the office by 20 %", "Built a tool for its 40 plants")
    for each in ("bullet-length", "bullet-verbs", "bullet-numbers"):
        assert check(good, each).points == check(good, each).weight
        assert check(plain, each).points < check(good, each).points


@pytest.mark.parametrize(
    ("name", "points"), [("pdf", 7), ("docx", 7), ("text", 4.2), ("yaml", 2.1)]
)
def test_a_format_that_forms_do_not_take_costs_points(name: str, points: float) -> None:
    assert check(scored(document(ParsedCv(), name)), "file-format").points == points


@pytest.mark.parametrize(("placed", "points"), [(100, 8), (85, 4), (70, 0), (10, 0)])
def test_text_that_was_not_understood_costs_points(placed: int, points: float) -> None:
    assert check(scored(document(ParsedCv(), placed=placed)), "file-text").points == points


@pytest.mark.parametrize(("words", "points"), [(25, 1), (250, 10), (1_200, 10), (2_400, 5)])
def test_a_cv_that_is_too_short_or_too_long_costs_points(words: int, points: float) -> None:
    cv = ParsedCv(summary="word " * words)
    assert check(scored(document(cv)), "length").points == points


@pytest.mark.parametrize(
    ("person", "points"),
    [
        (PersonalInfo(), 0),
        (PersonalInfo(name="Ann"), 3),
        (PersonalInfo(name="Ann", email="ann at home", phone="12"), 3),
        (PersonalInfo(name="Ann", email="ann@x.example", phone="+49 30 1234567", city="Ulm"), 15),
    ],
)
def test_contact_details_count_by_what_can_be_read(person: PersonalInfo, points: float) -> None:
    assert check(scored(document(ParsedCv(personal_info=person))), "contact").points == points


def test_reasons_and_advice_hold_no_text_of_the_cv() -> None:
    """W3: what is scored may be masked on the page."""
    output = scored(_read("richard"))
    told = " ".join(each.reason + each.advice for each in output.checks).casefold()
    for word in ("richard", "pied", "piper", "912", "mail.com", "francisco"):
        assert word not in told


def test_masked_contact_details_are_still_those_of_the_document() -> None:
    read = _read("richard")
    masked = read.cv.model_copy(update={"personal_info": PersonalInfo()})
    output = scored(read, masked=masked)
    assert check(output, "contact").points == 15


def test_what_privacy_mode_masks_counts_for_nothing_else() -> None:
    output = scored(_read("richard"), "Requirements:\n- JavaScript", masked=ParsedCv())
    assert check(output, "length").points == 0
    assert [each.term for each in output.missing] == ["JavaScript"]


def test_the_score_is_data_and_never_part_of_the_page() -> None:
    assert scored(_read("richard"), JOB_JSON).fragment == ""
