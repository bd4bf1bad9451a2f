"""The vacancy's terms in the CV (F12 `keyword-enhancement`)."""

import pytest
from example_cvs import EXAMPLES, after_parse, example_cv

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps.cv import Experience, ParsedCv
from cvplus_workflow.steps.inputs import MaskedDocument
from cvplus_workflow.steps.keyword_enhancement import Output, run
from cvplus_workflow.steps.term_coverage import Place, TermCoverage

JOB_JSON = (EXAMPLES / "richard/sample.job.json").read_text()


def compared(cv: ParsedCv, description: str = "", role: str = "") -> Output:
    given = after_parse(cv)
    given.job = given.job.model_copy(update={"job_description": description, "role": role})
    output = run(given).output
    assert isinstance(output, Output)
    return output


def by_name(found: list[TermCoverage]) -> dict[str, TermCoverage]:
    return {each.term: each for each in found}


def test_each_term_is_present_partial_or_missing_with_its_places() -> None:
    output = compared(example_cv("richard"), JOB_JSON)
    present = by_name(output.present)
    assert present["JavaScript"].places == [
        Place(section="skills", entry=1, count=1),
        Place(section="projects", entry=1, count=2),
    ]
    assert present["JavaScript"].count == 3
    assert present["SQL"].places == [Place(section="education", entry=1, count=1)]
    assert by_name(output.partial)["web applications"].found == ["Web"]
    missing = ["React", "Node.js", "Database Management", "NoSQL", "MongoDB", "computer science"]
    assert list(by_name(output.missing)) == missing
    assert output.coverage == 0.5


def test_a_skill_that_is_only_listed_is_told_from_one_that_was_used() -> None:
    present = by_name(compared(example_cv("richard"), JOB_JSON).present)
    assert "only listed" in present["CSS"].advice
    assert present["JavaScript"].advice == ""


def test_another_name_of_a_skill_counts_and_a_similar_word_is_shown_for_the_person_to_judge() -> (
    None
):
    cv = ParsedCv(experience=[Experience(achievements=["Ran K8s; coordinated nurses"])])
    output = compared(cv, "Requirements:\n- Kubernetes\n- Coordinating\n")
    assert list(by_name(output.present)) == ["Kubernetes"]
    assert by_name(output.partial)["Coordinating"].found == ["coordinated"]


def test_with_a_role_alone_only_its_words_are_looked_for() -> None:
    output = compared(example_cv("richard"), role="Web Developer")
    assert output.basis == "role"
    assert "only the words" in output.note
    every = [*output.present, *output.partial, *output.missing]
    assert {each.term for each in every} == {"Web Developer", "Web", "Developer"}
    assert by_name(output.present)["Developer"].places == [Place(section="summary", count=1)]


def test_the_report_is_data_and_never_part_of_the_page() -> None:
    assert compared(example_cv("richard"), JOB_JSON).fragment == ""


@pytest.mark.parametrize(
    ("description", "reason"),
    [("", "missing-job-description"), ("We are what you need.", "missing-terms")],
)
def test_without_terms_it_is_refused(description: str, reason: str) -> None:
    with pytest.raises(WorkflowError) as caught:
        compared(example_cv("richard"), description)
    assert (caught.value.code, caught.value.reason) == (Code.FAILED_PRECONDITION, reason)


def test_what_privacy_mode_masks_is_not_found() -> None:
    given = after_parse(example_cv("richard"))
    given.job = given.job.model_copy(update={"job_description": "Requirements:\n- Tulsa\n"})
    assert isinstance(shown := run(given).output, Output)
    assert list(by_name(shown.present)) == ["Tulsa"]
    given.outputs.privacy_mode = MaskedDocument(cv=ParsedCv(summary="●●●"))
    assert isinstance(masked := run(given).output, Output)
    assert list(by_name(masked.missing)) == ["Tulsa"]
