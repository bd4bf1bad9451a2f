"""JSON documents that differ from the standard, and results written before."""

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps.contract import JobSettings
from cvplus_workflow.steps.parse import Input, Output, run, texts_of

EXAMPLES = Path(__file__).parents[2] / "examples"


def parse(document: object) -> Output:
    content = document if isinstance(document, str) else json.dumps(document)
    settings = JobSettings(template="modern", file_name="cv.json")
    files = {"source": content.encode("utf-8", "surrogatepass")}
    output = run(Input(job=settings, files=files)).output
    assert isinstance(output, Output)
    return output


def error_of(document: object) -> WorkflowError:
    with pytest.raises(WorkflowError) as caught:
        parse(document)
    assert caught.value.code is Code.INVALID_ARGUMENT
    return caught.value


def left(output: Output) -> dict[str, str]:
    return {each.where: each.text for each in output.unplaced}


def test_unknown_values_are_reported_with_their_path() -> None:
    output = parse(
        {
            "basics": {"name": "A B", "pronouns": "they"},
            "work": [{"name": "Org", "foo": {"bar": ["x", 3]}, "_pad": 7}],
            "meta": {"theme": "flat"},
        }
    )
    assert left(output) == {
        "basics.pronouns": "they",
        "work[0].foo.bar[0]": "x",
        "work[0].foo.bar[1]": "3",
    }


def test_old_and_new_keys_that_disagree_are_both_kept() -> None:
    output = parse({"work": [{"name": "New Org", "company": "Old Org", "position": "Clerk"}]})
    assert output.cv.experience[0].company == "New Org"
    assert left(output) == {"work[0].company": "Old Org"}


def test_a_repeated_key_is_not_lost() -> None:
    output = parse('{"work": [{"name": "First", "name": "Second"}]}')
    assert output.cv.experience[0].company == "First"
    assert left(output) == {"work[0].name #2": "Second"}


def test_numbers_keep_their_text_and_null_is_absent() -> None:
    output = parse({"education": [{"institution": "X", "score": None, "startDate": 2011}]})
    assert (output.cv.education[0].gpa, output.cv.education[0].start) == ("", "2011")
    assert parse('{"education": [{"score": 3.50}]}').cv.education[0].gpa == "3.50"


def test_wrong_leaf_types_are_reported() -> None:
    output = parse({"basics": {"name": {"first": "Ann"}, "email": "a@b.test"}, "work": None})
    assert left(output) == {"basics.name.first": "Ann"}
    assert output.cv.personal_info.email == "a@b.test"


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"basics": ["Ann"]}, "basics"),
        ({"basics": "Ann"}, "basics"),
        ({"work": {"name": "Org"}}, "work"),
        ({"work": ["Org"]}, "work[0]"),
        ({"work": [{"name": "Org"}, ["Org"]]}, "work[1]"),
        ({"basics": {"profiles": {"network": "X"}}}, "basics.profiles"),
    ],
)
def test_wrong_shapes_name_their_path(document: object, path: str) -> None:
    error = error_of(document)
    assert error.details["field"] == path
    assert "Ann" not in error.message
    assert "Org" not in error.message


def test_lists_of_names_are_accepted() -> None:
    output = parse({"skills": ["Go", "C"], "languages": ["Czech"], "interests": ["chess"]})
    assert output.cv.skills == {"general": ["Go", "C"]}
    assert output.cv.languages[0].name == "Czech"
    assert output.cv.interests[0].name == "chess"


def test_sections_without_a_model_are_shown_under_their_key() -> None:
    speaking = {"title": "On Owls", "event": "BirdConf", "date": "2012", "slides": "s.pdf"}
    output = parse({"basics": {"name": "A"}, "speaking": [speaking], "motto": "Onwards"})
    titles = [section.title for section in output.cv.other_sections]
    entry = output.cv.other_sections[0].entries[0]
    assert titles == ["speaking", "motto"]
    assert (entry.title, entry.subtitle, entry.on) == ("On Owls", "BirdConf", "2012")
    assert left(output) == {"speaking[0].slides": "s.pdf"}


def test_end_dates_in_words() -> None:
    post = parse({"work": [{"name": "Org", "startDate": "2011", "endDate": "Present"}]}).cv
    assert (post.experience[0].current, post.experience[0].end) == (True, "")


def test_text_is_normalised() -> None:
    name = parse('{"basics": {"name": "Jose\\u0301\\u0000 \\ud800X"}}').cv.personal_info.name
    assert name == "José \ufffdX"


def test_malformed_json_names_the_position() -> None:
    error = error_of('{"basics": {"name": "Secret"\n "x"}}')
    assert error.reason == "malformed-json"
    assert error.details["line"] == 2
    assert "Secret" not in error.message


@pytest.mark.parametrize("document", [{"title": "Job offer"}, [], [1, 2], {"a": {"b": "c"}}])
def test_other_json_is_refused(document: object) -> None:
    assert error_of(document).reason in {"unsupported-format", "empty"}


def test_a_vacancy_is_no_cv() -> None:
    vacancy = EXAMPLES / "richard" / "sample.job.json"
    assert error_of(vacancy.read_text("utf-8")).reason == "unsupported-format"


def test_deep_json_is_refused_or_read() -> None:
    deep = sys.getrecursionlimit() * 100
    assert error_of('{"work": ' + "[" * deep + "]" * deep + "}").reason == "too-deep"


def test_a_wrong_result_names_the_field_but_no_value() -> None:
    document = {"schemaVersion": 1, "cv": {"experience": [{"company": ["Secret Org"]}]}}
    error = error_of(document)
    assert error.details["field"] == "cv.experience[0].company"
    assert "Secret" not in error.message


def test_keys_of_a_wrong_result_are_masked_where_they_are_text() -> None:
    error = error_of({"schemaVersion": 1, "cv": {"skills": {"Secret Group": "x"}}})
    assert error.details["field"] == "cv.skills[key]"


KEYS = st.sampled_from(
    [
        "basics",
        "work",
        "education",
        "skills",
        "languages",
        "interests",
        "references",
        "projects",
        "awards",
        "volunteer",
        "publications",
        "certificates",
        "name",
        "position",
        "location",
        "profiles",
        "keywords",
        "highlights",
        "summary",
        "startDate",
        "endDate",
        "date",
        "level",
        "roles",
        "courses",
        "meta",
        "_x",
        "$y",
        "foo",
        "governance",
        "history",
        "cv",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=8), inner, max_size=5)
    ),
    max_leaves=25,
)


@settings(max_examples=300)
@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_any_object_is_read_or_refused(document: dict[str, object]) -> None:
    try:
        output = parse(document)
    except WorkflowError:
        return
    output.model_dump_json()


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(["name", "x", "summary"]), st.text("ab ß1", min_size=1)))
def test_every_word_of_an_entry_is_somewhere(entry: dict[str, str]) -> None:
    output = parse({"basics": {"name": "Z"}, "work": [entry]})
    texts = [*texts_of(output.cv), *(each.text for each in output.unplaced)]
    words = {word for value in entry.values() for word in value.split()}
    assert words <= set(" ".join(texts).split())
