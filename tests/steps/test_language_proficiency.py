"""Languages and their levels (F12)."""

import re

import pytest
from example_cvs import JOB, after_parse, example_cv

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps.cv import Language, ParsedCv, SectionHeading
from cvplus_workflow.steps.inputs import AfterParse, MaskedDocument, ParsedCvInput, ParsedDocument
from cvplus_workflow.steps.language_levels import SCALE, level_of
from cvplus_workflow.steps.language_names import language_code
from cvplus_workflow.steps.language_proficiency import Output, run
from cvplus_workflow.steps.registry import BUILT_IN


def charted(*languages: Language) -> Output:
    return output_of(ParsedCv(languages=list(languages)))


def output_of(cv: ParsedCv) -> Output:
    output = run(after_parse(cv)).output
    assert isinstance(output, Output)
    return output


def filled(fragment: str) -> int:
    return fragment.count('class="language-reached"')


def test_the_levels_of_an_example_are_those_that_it_words() -> None:
    found = output_of(example_cv("jane")).languages
    assert [(each.name, each.code, each.stated, each.level, each.basis) for each in found] == [
        ("English", "en", "Native", "native", "wording"),
        ("Spanish", "es", "Moderate", "B1", "wording"),
    ]
    assert [each.rank for each in found] == [7, 3]


def test_the_stated_wording_and_the_years_are_shown() -> None:
    fragment = output_of(example_cv("jane")).fragment
    assert '<span class="language-stated">Moderate, 10 years</span>' in fragment
    assert filled(fragment) == 7 + 3
    assert "Spanish: about CEFR B1" in fragment


@pytest.mark.parametrize(
    ("stated", "level", "basis"),
    [
        ("C1", "C1", "cefr"),
        ("c2", "C2", "cefr"),
        ("B2.1", "B2", "cefr"),
        ("B2+", "B2", "cefr"),
        ("B1-B2", "B1", "cefr"),
        ("Goethe-Zertifikat B2", "B2", "cefr"),
        ("fluent (C1, DALF)", "C1", "cefr"),
        ("Listening C1, Writing B2", "B2", "cefr"),
        ("IELTS 7.5", "C1", "certificate"),
        ("IELTS Academic, band 6,5 (2019)", "B2", "certificate"),
        ("TOEFL iBT: 110", "C1", "certificate"),
        ("TOEFL 88/120", "B2", "certificate"),
        ("Cambridge Certificate in Advanced English", "C1", "certificate"),
        ("CELI 3", "B2", "certificate"),
        ("Native speaker", "native", "wording"),
        ("native or bilingual proficiency", "native", "wording"),
        ("Full professional proficiency", "C2", "wording"),
        ("Professional working proficiency", "C1", "wording"),
        ("Limited working proficiency", "B1", "wording"),
        ("Elementary proficiency", "A1", "wording"),
        ("Fluent", "C1", "wording"),
        ("Upper-intermediate", "B2", "wording"),
        ("fluent in speech, basic in writing", "A1", "wording"),
        ("Muttersprache", "native", "wording"),
        ("Muttersprachlerin", "native", "wording"),
        ("verhandlungssicher in Wort und Schrift", "C1", "wording"),
        ("fließend", "C1", "wording"),
        ("sehr gute Kenntnisse", "B2", "wording"),
        ("Gute Kenntnisse", "B1", "wording"),
        ("Grundkenntnisse", "A1", "wording"),
        ("annähernd muttersprachlich", "C2", "wording"),
        ("langue maternelle", "native", "wording"),
        ("courant", "C1", "wording"),
        ("niveau intermédiaire", "B1", "wording"),
        ("très bon niveau", "B2", "wording"),
        ("notions", "A1", "wording"),
        ("lengua materna", "native", "wording"),
        ("nivel medio", "B1", "wording"),
        ("Básico", "A1", "wording"),
        ("madrelingua", "native", "wording"),
        ("buona conoscenza", "B1", "wording"),
        ("moedertaal", "native", "wording"),
        ("vloeiend", "C1", "wording"),
        ("zeer goed", "B2", "wording"),
        ("język ojczysty", "native", "wording"),
        ("biegły", "C1", "wording"),
        ("średnio zaawansowany", "B1", "wording"),
        ("podstawowa", "A1", "wording"),
    ],
)
def test_a_known_wording_has_its_level(stated: str, level: str, basis: str) -> None:
    found = level_of(stated)
    assert found is not None
    assert (found.level, found.basis) == (level, basis)


@pytest.mark.parametrize(
    "stated",
    [
        "",
        "★★★☆☆",
        "4/5",
        "80 %",
        "Non-native",
        "not fluent",
        "Quasi courant",
        "working towards C1",
        "C1 in progress",
        "B2 (in Vorbereitung)",
        "since 2015",
        "IELTS 2019",
        "TOEFL 550",
        "TOEFL iBT 2018",
        "HSK 4",
        "lu, écrit, parlé",
        "goodwill",
        "AB12",
    ],
)
def test_an_unknown_wording_has_no_level(stated: str) -> None:
    assert level_of(stated) is None


def test_a_language_without_a_known_level_is_listed_without_a_bar() -> None:
    output = charted(Language(name="Esperanto", level="★★★☆☆"), Language(name="Dutch"))
    assert [each.level for each in output.languages] == [None, None]
    assert "<svg" not in output.fragment
    assert '<span class="language-stated">★★★☆☆</span>' in output.fragment


def test_a_level_beside_the_name_counts_unless_another_is_stated() -> None:
    output = charted(Language(name="German (C1)"), Language(name="Basic Dutch", level="Fluent"))
    assert [(each.code, each.level) for each in output.languages] == [("de", "C1"), ("", "C1")]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("English", "en"),
        ("ENGLISCH", "en"),
        ("français", "fr"),
        ("język angielski", "en"),
        ("Nederlands", "nl"),
        ("Español (castellano)", "es"),
        ("Chinese – Mandarin", "zh"),
        ("Mandarin", "cmn"),
        ("Brazilian Portuguese", "pt-BR"),
        ("Schweizerdeutsch", "gsw"),
        ("Klingonisch für Anfänger", ""),
        ("Ladino", ""),
        ("", ""),
    ],
)
def test_a_name_has_a_code_only_where_it_is_certain(name: str, code: str) -> None:
    assert language_code(name) == code


def test_names_are_also_known_in_the_language_of_the_cv() -> None:
    assert (language_code("engelska"), language_code("engelska", "sv-SE")) == ("", "en")
    assert language_code("engelska", "no such tag") == ""


def test_bars_fill_as_many_steps_as_the_level_has_below_it() -> None:
    for rank, level in enumerate(SCALE, start=1):
        fragment = charted(Language(name="English", level=level)).fragment
        assert filled(fragment) == rank
        assert fragment.count('class="language-step"') == len(SCALE) - rank
        widths = re.findall(r'<rect[^>]*width="([\d.]+)%"', fragment)
        assert sum(map(float, widths)) < 100


def test_the_note_stands_only_where_words_were_placed_on_the_scale() -> None:
    assert "approximately" in charted(Language(name="English", level="fluent")).fragment
    exact = charted(Language(name="English", level="C1"), Language(name="Dutch", level="native"))
    assert "approximately" not in exact.fragment


@pytest.mark.parametrize(
    ("titles", "heading"),
    [(["SPRACHEN"], "Sprachen"), ([], "Languages"), (["Sprachen", "Weitere"], "Languages")],
)
def test_the_heading_is_the_one_that_the_cv_has_for_all(titles: list[str], heading: str) -> None:
    cv = ParsedCv(
        languages=[Language(name="Deutsch")],
        sections=[SectionHeading(kind="languages", title=title) for title in titles],
    )
    assert f'<h2 class="language-heading">{heading}</h2>' in output_of(cv).fragment


def test_the_fragment_replaces_the_section_only_if_it_says_all() -> None:
    named = Language(name="English", level="<b>C1</b>")
    assert "language-whole" in charted(named).fragment
    assert "language-whole" not in charted(named, Language(level="Native")).fragment
    assert "&lt;b&gt;C1&lt;/b&gt;" in charted(named).fragment


def test_what_privacy_mode_masked_does_not_come_back() -> None:
    assert "privacy-mode" in BUILT_IN["language-proficiency", 1].spec.after
    masked = MaskedDocument(cv=ParsedCv(languages=[Language(name="Shown")]))
    parse = ParsedDocument(cv=ParsedCv(languages=[Language(name="Hidden")]))
    given = ParsedCvInput(job=JOB, outputs=AfterParse(parse=parse, privacy_mode=masked))
    assert "Hidden" not in run(given).output.model_dump_json()


@pytest.mark.parametrize("languages", [[], [Language(level="Native speaker")]])
def test_without_a_named_language_the_step_is_refused(languages: list[Language]) -> None:
    with pytest.raises(WorkflowError) as refused:
        run(after_parse(ParsedCv(languages=languages)))
    assert (refused.value.code, refused.value.reason) == (
        Code.FAILED_PRECONDITION,
        "missing-languages",
    )
