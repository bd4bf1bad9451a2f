"""YAML documents: read as written, in the three forms that CVs have in YAML."""

import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps.contract import JobSettings
from cvplus_workflow.steps.parse import Input, Output, run, texts_of
from cvplus_workflow.steps.reading.json_values import JsonValue, leaves
from cvplus_workflow.steps.reading.rendercv import read_rendercv
from cvplus_workflow.steps.reading.yaml_cv import DEEPEST, load_yaml

ROOT = Path(__file__).parents[2]
JOHN = ROOT / "examples" / "johndoe" / "John_Doe_ClassicTheme_CV.yaml"


def parse(document: str) -> Output:
    settings = JobSettings(template="modern", file_name="cv.yaml")
    output = run(Input(job=settings, files={"source": dedent(document).encode()})).output
    assert isinstance(output, Output)
    return output


def error_of(document: str) -> WorkflowError:
    with pytest.raises(WorkflowError) as caught:
        load_yaml(document)
    assert caught.value.code is Code.INVALID_ARGUMENT
    assert "Secret" not in caught.value.message
    return caught.value


def left(output: Output) -> dict[str, str]:
    return {each.where: each.text for each in output.unplaced}


@pytest.mark.parametrize(
    "written",
    ["no", "2020-01", "2020-01-01", "010", "1e3", "yes", "3.50", "0x1F", "12:30", "NaN", "TRUE"],
)
def test_scalars_stay_as_they_are_written(written: str) -> None:
    """J1: Norway is no falsehood, a year and month no date object."""
    assert load_yaml(f"country: {written}") == {"country": written}


def test_null_is_absent_but_a_quoted_one_is_a_word() -> None:
    assert load_yaml("a: null\nb: ~\nc:\nd: 'null'\ne: !!str null") == {
        "a": None,
        "b": None,
        "c": None,
        "d": "null",
        "e": "null",
    }


def test_no_tag_is_followed() -> None:
    assert load_yaml("a: !!python/object/apply:os.system [echo]") == {"a": ["echo"]}
    assert load_yaml("a: !!int '7'") == {"a": "7"}


def test_aliases_and_merge_keys_are_followed() -> None:
    document = "base: &b {place: Oslo, end: 2014}\njob: {<<: *b, end: 2015}\nthere: *b"
    assert load_yaml(document) == {
        "base": {"place": "Oslo", "end": "2014"},
        "job": {"place": "Oslo", "end": "2015"},
        "there": {"place": "Oslo", "end": "2014"},
    }


def test_a_repeated_key_is_kept_and_named() -> None:
    output = parse("work: [{name: First, name: Second}]")
    assert output.cv.experience[0].company == "First"
    assert left(output) == {"work[0].name #2": "Second"}


def test_aliases_that_multiply_are_refused() -> None:
    """J1: nine lines of aliases stand for a billion words."""
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    assert error_of("\n".join(lines)).reason == "too-large"


@pytest.mark.parametrize(
    "document",
    ["[" * 5000, "- " * 5000 + "x", "{a: " * 5000, "\n".join(" " * n + "a:" for n in range(200))],
)
def test_deep_yaml_is_refused(document: str) -> None:
    assert error_of(document).reason == "too-deep"


def test_yaml_as_deep_as_is_allowed_is_read() -> None:
    assert load_yaml("[" * DEEPEST + "]" * DEEPEST) is not None


def test_more_values_than_a_cv_has_are_refused() -> None:
    assert error_of("- a\n" * 300_000).reason == "too-large"


@pytest.mark.parametrize(
    ("document", "line"),
    [
        ("a: Secret\nb: [", 3),
        ("a: 1\n\tb: Secret", 2),
        ("a: &x [*x]", 1),
        ("a: *nowhere", 1),
        ("a: 1\n? [Secret]\n: b", 4),
        ("a: 1\n---\nb: 2", 4),
        ("a: 'Secret", 1),
    ],
)
def test_malformed_yaml_names_the_line(document: str, line: int) -> None:
    error = error_of(document)
    assert error.reason == "malformed-yaml"
    assert error.details["line"] in {line, line + 1}


def test_an_empty_second_document_does_no_harm() -> None:
    assert load_yaml("---\na: 1\n...\n---\n") == {"a": "1"}


def test_json_resume_may_be_written_in_yaml() -> None:
    output = parse(
        """
        basics: {name: Kari Nordmann, location: {city: Oslo, countryCode: NO}}
        work:
          - {name: Fjordkraft, position: Electrician, startDate: 2012-03, endDate: 2014-05}
        """
    )
    assert output.format == "yaml"
    assert output.cv.personal_info.country_code == "NO"
    post = output.cv.experience[0]
    assert (post.start_date, post.start, post.end) == ("2012-03", "2012-03", "2014-05")


def test_fresh_may_be_written_in_yaml() -> None:
    output = parse(
        """
        meta: {format: FRESH@1.0.0-beta}
        name: Kari Nordmann
        employment: {history: [{employer: Fjordkraft, position: Electrician, start: 2012}]}
        """
    )
    assert output.cv.personal_info.name == "Kari Nordmann"
    assert output.cv.experience[0].company == "Fjordkraft"


def test_yaml_that_is_no_cv_is_refused() -> None:
    with pytest.raises(WorkflowError) as caught:
        parse("version: 3\nservices: {web: {image: nginx}}")
    assert caught.value.reason == "unsupported-format"


def test_nothing_of_the_rendercv_example_is_left_over() -> None:
    output = parse(JOHN.read_text("utf-8"))
    assert output.unplaced == []
    assert output.placed_characters == output.total_characters
    assert output.language == "en"


def test_inner_bullets_stand_on_their_own_lines() -> None:
    posts = parse(JOHN.read_text("utf-8")).cv.experience
    assert posts[2].achievements[1].split("\n")[1:] == [
        "– ICML 2022 main conference paper, cited 340+ times within two years",
        "– NeurIPS 2022 workshop paper on emergent communication protocols",
        "– Invited journal extension in JMLR (2023)",
    ]


def test_a_linked_name_becomes_name_and_address() -> None:
    cv = parse(JOHN.read_text("utf-8")).cv
    assert [(each.name, each.url) for each in cv.projects] == [
        ("FlashInfer", "https://github.com/"),
        ("NeuralPrune", "https://github.com/"),
    ]
    assert cv.publications[0].url == "https://doi.org/10.1234/neurips.2023.1234"
    assert cv.publications[0].description == "John Doe, Sarah Williams, David Park"


RENDERCV = """
cv:
  name: Kari Nordmann
  phone: tel:+47-22-55-01-23
  email: [kari@example.org, second@example.org]
  social_networks: [{network: ORCID, username: 0000-0002-1825-0097}]
  sections:
    volunteer_work:
      - {company: Red Cross, position: Medic, start_date: 2019}
    fluent_in:
      - {label: Norwegian, details: mother tongue}
    languages:
      - {label: Danish, details: C1}
    certifications:
      - {name: Crane Licence, date: 2018-04, highlights: [Class B]}
    side_notes:
      - {name: Chess club, location: Oslo, start_date: 2001, end_date: 2003, summary: Chair.}
    summary:
      - An electrician for **ships**.
    skills:
      - {bullet: "Welding, wiring"}
"""


def test_entries_go_where_their_keys_and_heading_say() -> None:
    """J1: RenderCV's sections are free; each entry type has its own keys."""
    output = parse(RENDERCV)
    cv = output.cv
    assert [(each.company, each.position, each.current) for each in cv.volunteer] == [
        ("Red Cross", "Medic", True)
    ]
    assert [(each.name, each.level) for each in cv.languages] == [("Danish", "C1")]
    assert [(each.name, each.on, each.description) for each in cv.certifications] == [
        ("Crane Licence", "2018-04", "Class B")
    ]
    assert cv.summary == "An electrician for ships."
    assert cv.skills == {"general": ["Welding", "wiring"]}
    titles = {each.title: each.entries[0] for each in cv.other_sections}
    assert titles["Fluent in"].description == "mother tongue"
    assert titles["Side Notes"].subtitle == "Oslo"
    assert (titles["Side Notes"].start, titles["Side Notes"].end) == ("2001", "2003")


def test_contact_of_rendercv_has_addresses_of_accounts() -> None:
    output = parse(RENDERCV)
    info = output.cv.personal_info
    assert (info.phone, info.email) == ("+47-22-55-01-23", "kari@example.org")
    assert info.profiles[0].url == "https://orcid.org/0000-0002-1825-0097"
    assert left(output) == {"cv.email[0]": "second@example.org"}


def test_what_a_rendercv_entry_lacks_a_field_for_is_left_with_its_path() -> None:
    output = parse("cv: {name: A, sections: {work: [{company: X, position: Y, mood: fine}]}}")
    assert left(output) == {"cv.sections.work[0].mood": "fine"}


def test_text_that_its_section_has_no_place_for_is_left_with_its_path() -> None:
    output = parse("cv: {name: A, sections: {languages: [Polish, 'Seven kinds of silence 1 2']}}")
    assert [each.name for each in output.cv.languages] == ["Polish"]
    assert left(output) == {"cv.sections.languages[1]": "Seven kinds of silence 1 2"}


MARKED = st.text("aZß1 .-*_[]():#\n", min_size=1, max_size=24)
PLAIN = st.from_regex(r"[a-zß]{2,5}( [a-z0-9]{1,4}){0,3}", fullmatch=True)


def sections(texts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, JsonValue]]:
    keys = "name company position label details bullet summary date start_date highlights foo"
    entry = st.dictionaries(
        st.sampled_from(keys.split()), texts | st.lists(texts, max_size=3) | st.none(), max_size=4
    )
    headings = ["skills", "experience", "awards", "languages", "x y", "summary", "interests"]
    return st.dictionaries(
        st.sampled_from(headings), st.lists(entry | texts, max_size=3) | texts, max_size=3
    )


@settings(max_examples=150)
@given(sections(MARKED))
def test_any_sections_are_read_or_refused(found: dict[str, JsonValue]) -> None:
    try:
        reading = read_rendercv({"cv": {"name": "A", "sections": found}})
    except WorkflowError:
        return
    reading.cv.model_dump_json()


@settings(max_examples=200)
@given(sections(PLAIN))
def test_every_word_is_in_a_field_or_left_over(found: dict[str, JsonValue]) -> None:
    reading = read_rendercv({"cv": {"sections": found}})
    texts = [*texts_of(reading.cv), *(each.text for each in reading.unplaced)]
    written = [word for _, text in leaves("", found) for word in text.split()]
    assert set(written) <= set(re.findall(r"\w+", " ".join(texts)))


def test_yaml_in_braces_is_no_broken_json() -> None:
    output = parse("{cv: {name: Kari Nordmann, sections: {summary: [Electrician]}}}")
    assert output.cv.personal_info.name == "Kari Nordmann"
