"""What is read of the example CVs, measured as the benchmark does; and its measures."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from benchmarks.extraction import Result, expected_document, measured, table, totals
from benchmarks.extraction_score import shares as score
from benchmarks.extraction_score.document_text import letters, text_of
from tests.expected.samples.word_tables import tables_docx

from cvplus_workflow.steps.cv import ParsedCv

ROOT = Path(__file__).parents[2]
STEMS = sorted(path.stem for path in (ROOT / "tests" / "expected").glob("*.json"))
EXAMPLES = {
    str(path.relative_to(ROOT / "examples"))
    for path in (ROOT / "examples").rglob("*.*")
    if path.parent.name != "licences"
}
NO_CVS = {"jobby/resume-template.docx", "richard/sample.job.json"}


@cache
def result(stem: str) -> Result:
    return measured(expected_document(stem))


def source_of(stem: str) -> str:
    expected = expected_document(stem).expected
    assert expected is not None
    return str(expected["source"])


@cache
def corpus() -> tuple[Result, ...]:
    """The documents that others wrote, without the samples made for these tests."""
    return tuple(result(stem) for stem in STEMS if not source_of(stem).startswith("samples/"))


def test_each_example_has_a_result_written_by_hand() -> None:
    assert {source_of(stem) for stem in STEMS} >= EXAMPLES - NO_CVS


@pytest.mark.parametrize("stem", STEMS)
def test_contact_is_all_right(stem: str) -> None:
    """J1: a wrong address is worse than none."""
    share = result(stem).shares["contact"]
    assert (result(stem).error, share.mistakes) == ("", [])


@pytest.mark.parametrize("stem", STEMS)
def test_nothing_is_lost(stem: str) -> None:
    """J1: what no field takes is reported, so that at least 99 % is kept."""
    found = result(stem).shares
    assert found["kept"].value >= 0.97, found["kept"].mistakes
    assert found["placed"].value >= 0.85, found["placed"].mistakes


@pytest.mark.parametrize(
    ("measure", "least"),
    [("sections", 0.95), ("entries", 0.85), ("names", 0.85), ("placed", 0.85), ("kept", 0.99)],
)
def test_the_corpus_meets_its_targets(measure: str, least: float) -> None:
    """J1: the shares that reading promises, over all documents of the corpus."""
    mistakes = [mistake for each in corpus() for mistake in each.shares[measure].mistakes]
    assert totals(corpus())[measure]["share"] >= least, mistakes


def expected_of(stem: str) -> dict[str, Any]:
    expected = expected_document(stem).expected
    assert expected is not None
    return copy.deepcopy(expected)


def right_cv() -> dict[str, Any]:
    """A parsed CV that says just what `richard-json` expects."""
    expected = expected_of("richard-json")
    posts = {
        kind: [
            {"company": e["organisation"], "position": e["role"], "start": e["start"]}
            | ({"current": True} if e["end"] == "current" else {"end": e["end"]})
            for e in expected[kind]
        ]
        for kind in ("experience", "volunteer")
    }
    contact = {name: expected[name] for name in score.CONTACT}
    cv = {
        "personalInfo": contact | {"profiles": [{"url": url} for url in expected["links"]]},
        "education": expected["education"],
        "projects": [{"name": name} for name in expected["projects"]],
        "awards": [{"title": name} for name in expected["awards"]],
        "publications": [{"name": name} for name in expected["publications"]],
        "languages": [{"name": name} for name in expected["languages"]],
        "skills": {name: ["x"] for name in expected["skill_groups"]},
        "sections": [{"kind": each["kind"]} for each in expected["headings"]],
    }
    return ParsedCv.model_validate(cv | posts).model_dump(mode="json", by_alias=True)


MEASURES = (score.contact_share, score.section_share, score.entry_share, score.name_share)


@pytest.mark.parametrize("measure", MEASURES)
def test_what_is_all_right_has_the_full_share(measure: Any) -> None:
    share = measure(expected_of("richard-json"), right_cv())
    assert (share.right, share.mistakes) == (share.total, [])
    assert share.total >= 3


@pytest.mark.parametrize(
    ("measure", "path", "value"),
    [
        (score.contact_share, ("personalInfo", "email"), "richard@example.org"),
        (score.contact_share, ("personalInfo", "phone"), "(912) 555-4322"),
        (score.contact_share, ("personalInfo", "website"), "https://else.example.com"),
        (score.section_share, ("sections", 1, "kind"), "otherSections"),
        (score.entry_share, ("experience", 0, "company"), "Pied Piper Inc"),
        (score.entry_share, ("experience", 0, "position"), ""),
        (score.entry_share, ("experience", 0, "end"), "2014-11-30"),
        (score.entry_share, ("experience", 0, "current"), True),
        (score.entry_share, ("education", 0, "field"), "Information"),
        (score.name_share, ("awards", 0, "title"), "Digital"),
    ],
)
def test_one_wrong_field_costs_its_share(measure: Any, path: tuple[Any, ...], value: Any) -> None:
    cv = right_cv()
    inner: Any = cv
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    share = measure(expected_of("richard-json"), cv)
    assert share.right < share.total
    assert share.mistakes


@pytest.mark.parametrize(
    ("measure", "name"),
    [
        (score.entry_share, "experience"),
        (score.section_share, "sections"),
        (score.name_share, "projects"),
    ],
)
def test_what_is_too_many_costs_too(measure: Any, name: str) -> None:
    cv = right_cv()
    cv[name].append(cv[name][-1])
    share = measure(expected_of("richard-json"), cv)
    assert share.total == share.right + 1


def test_something_invented_is_a_mistake() -> None:
    expected = expected_of("richard-json") | {"email": ""}
    (mistake,) = score.contact_share(expected, right_cv()).mistakes
    assert mistake.startswith("email:")


def test_degree_and_field_may_be_parted_anywhere_and_a_single_date_may_be_an_end() -> None:
    expected, cv = expected_of("richard-json"), right_cv()
    cv["education"][0] |= {"degree": "Bachelor in Information Technology", "field": ""}
    cv["education"][0] |= {"end": "", "on": "2014-01-01"}
    assert score.entry_share(expected, cv).mistakes == []


def test_coverage_counts_the_letters_that_are_lost() -> None:
    source = "Head of Owls, Parliament\nFed nine owls (2011)"
    assert score.coverage(source, "Parliament; 2011 Fed nine owls – Head of Owls").value == 1
    lost = score.coverage(source, "Parliament; 2011 Fed nine – Head of Owls")
    assert (lost.total - lost.right, lost.mistakes) == (4, ["owls"])


def test_coverage_wants_a_line_as_often_as_it_stands() -> None:
    assert score.coverage("Etc.\nEtc.\nEtc.", "Etc. Etc.").value == pytest.approx(2 / 3)


def test_coverage_ignores_ligatures_and_breaks_within_words() -> None:
    assert score.coverage("e\ufb03cient submis-\nsions", "efficient submissions").value == 1


def test_dates_that_a_reader_makes_up_are_no_words_of_the_document() -> None:
    cv = right_cv()
    cv["experience"][0] |= {"startDate": "Dec 2013", "start": "2013-12-01"}
    texts = " ".join(score.texts_of(cv))
    assert "Dec 2013" in texts
    assert "2013-12-01" not in texts


def test_the_text_of_a_word_file_has_boxes_tables_and_headers_once() -> None:
    text = text_of("cv.docx", tables_docx())
    for phrase in ("Available from June", "Moved the catalogue", "ines.loureiro@example.org"):
        assert text.count(phrase) == 1


def test_the_text_of_a_page_is_what_it_shows() -> None:
    text = text_of(
        "cv.html", (ROOT / "tests" / "expected" / "samples" / "sidebar.html").read_bytes()
    )
    assert "Cut storage costs by 40" in text
    assert "not a word" not in text
    assert "flex" not in text


def test_the_text_of_data_is_its_values() -> None:
    values = {"meta": {"theme": "x"}, "name": "Ann", "years": 7.50, "_pad": 3, "none": None}
    assert text_of("cv.json", json.dumps(values).encode()).split("\n") == ["Ann", "7.5"]
    assert letters("Ann-Lee, 7.5!") == "AnnLee75"


def test_a_refused_document_counts_with_all_that_it_would_have_had() -> None:
    document = expected_document("jane-pdf")
    document.content = b"%PDF-1.7 and nothing more"
    refused = measured(document)
    assert refused.error
    assert (refused.shares["entries"].right, refused.shares["entries"].total) == (0, 8)
    assert totals([refused])["refused"] == 1


def test_the_table_has_a_line_a_document_and_the_total() -> None:
    lines = list(table([result("richard-json"), result("jane-json")]))
    assert [line.split()[0] for line in lines] == ["document", "richard-json", "jane-json", "total"]
    assert "100.0 %" in lines[-1]
