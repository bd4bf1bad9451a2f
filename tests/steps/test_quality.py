from collections.abc import Callable
from html import escape

import pytest
from example_cvs import FILES, JOB, example_cv

from cvplus_workflow.steps import assemble
from cvplus_workflow.steps.cv import (
    Award,
    Education,
    Experience,
    OtherSection,
    ParsedCv,
    PersonalInfo,
    SectionHeading,
    Unplaced,
)
from cvplus_workflow.steps.inputs import MaskedDocument, ParsedDocument
from cvplus_workflow.steps.page_text import page_content, placeholders_in, words_of
from cvplus_workflow.steps.quality import Assembled, Input, Output, Outputs, run

PERSON = PersonalInfo(name="Ada Byron", email="ada@example.org")
SOUND = ParsedCv(
    personal_info=PERSON,
    summary="Wrote the first published program.",
    experience=[Experience(company="Engine", position="Analyst", start="1842", end="1843")],
    education=[Education(degree="Mathematics", start="1832", end="1835")],
    skills={"general": ["Algebra"]},
)

# One project of Jane's started at "???"; Johnny names no skills, and no country has the
# code of his phone number.
DOUBTFUL = {
    "jane-markdown": {"dates-readable": "warn"},
    "johnny": {"sections-present": "warn", "phone-form": "warn"},
}


def page_for(cv: ParsedCv) -> str:
    words = [cv.personal_info.email, cv.summary]
    words += [f"{job.position} {job.company} {job.description}" for job in cv.experience]
    words += [f"{course.degree} {course.institution}" for course in cv.education]
    words += [skill for skills in cv.skills.values() for skill in skills]
    words += [award.title for award in cv.awards]
    shown = "".join(f"<p>{escape(text)}</p>" for text in words)
    heading = f"<h1>{escape(cv.personal_info.name)}</h1>"
    head = "<head><title>CV</title></head>"
    return f'<!doctype html><html lang="en">{head}<body>{heading}{shown}</body></html>'


def checked(
    cv: ParsedCv,
    html: str | None = None,
    *,
    unplaced: int = 0,
    pages: int = 2,
    missing: int = 0,
    masked: ParsedCv | None = None,
) -> Output:
    passages = [Unplaced(where="page 1", text="secret")] * unplaced
    outputs = Outputs(
        parse=ParsedDocument(cv=cv, unplaced=passages),
        privacy_mode=MaskedDocument(cv=masked) if masked else None,
        assemble=Assembled(pages=pages, missing_glyphs=["U+1F600"] * missing),
    )
    page = page_for(cv) if html is None else html
    output = run(Input(job=JOB, files={"cv.html": page.encode()}, outputs=outputs)).output
    assert isinstance(output, Output)
    return output


def verdicts(output: Output) -> dict[str, str]:
    return {check.id: check.verdict for check in output.checks if check.verdict != "pass"}


def reason(output: Output, check_id: str) -> str:
    return next(check.reason for check in output.checks if check.id == check_id)


@pytest.mark.parametrize("name", FILES)
def test_the_assembled_examples_are_judged(name: str) -> None:
    cv = example_cv(name)
    given = assemble.Input.model_validate({"job": JOB, "outputs": {"parse": {"cv": cv}}})
    page = assemble.run(given).files[assemble.HTML_FILE].content.decode()
    output = checked(cv, page)
    assert verdicts(output) == DOUBTFUL.get(name, {})
    assert output.verdict == ("warn" if name in DOUBTFUL else "pass")
    assert output.score == {0: 1.0, 1: 0.96, 2: 0.92}[len(DOUBTFUL.get(name, {}))]


def without_heading(html: str) -> str:
    return html.replace("<h1>", "<p>").replace("</h1>", "</p>")


def with_two_headings(html: str) -> str:
    return html.replace("<p>", "<h1>Again</h1><p>", 1)


def without_language(html: str) -> str:
    return html.replace(' lang="en"', "")


def without_summary(html: str) -> str:
    return html.replace(SOUND.summary, "")


def with_summary_in_a_style(html: str) -> str:
    return html.replace(f"<p>{SOUND.summary}</p>", f"<style>{SOUND.summary}</style>")


def with_summary_in_a_feature(html: str) -> str:
    feature = f'<div data-feature="x"><div>{SOUND.summary}</div>{SOUND.summary}</div>'
    return html.replace(f"<p>{SOUND.summary}</p>", feature)


@pytest.mark.parametrize(
    ("break_page", "failed"),
    [
        (without_heading, "one-heading"),
        (with_two_headings, "one-heading"),
        (without_language, "language"),
        (without_summary, "words-found"),
        (with_summary_in_a_style, "words-found"),
        (with_summary_in_a_feature, "words-found"),
    ],
)
def test_a_broken_page_fails(break_page: Callable[[str], str], failed: str) -> None:
    assert verdicts(checked(SOUND)) == {}
    output = checked(SOUND, break_page(page_for(SOUND)))
    assert verdicts(output) == {failed: "fail"}
    assert output.verdict == "fail"
    assert output.score == 0.96


def test_an_empty_result_fails() -> None:
    output = checked(SOUND, "", pages=0)
    lacking = {"words-found", "one-heading", "language", "page-length", "html-valid", "page-title"}
    assert set(verdicts(output)) == lacking
    assert output.verdict == "fail"


def changed(**fields: object) -> ParsedCv:
    return SOUND.model_copy(update=fields, deep=True)


OPEN_ENDS = [
    (changed(personal_info=PersonalInfo(phone="0711 555 0100")), "name-present", ""),
    (changed(personal_info=PersonalInfo(name="Ada Byron")), "contact-present", ""),
    (changed(education=[]), "sections-present", ": 1 (education)."),
    (changed(personal_info=PersonalInfo(name="Ada", email="ada@home")), "email-form", ""),
    (
        changed(personal_info=PersonalInfo(name="Ada", email="ada@example.org", phone="12-24")),
        "phone-form",
        "",
    ),
    (changed(sections=[SectionHeading(kind="other", title="Experiance")]), "headings-spelled", "1"),
    (
        changed(experience=[Experience(company="E"), Experience(description="Wrote.")]),
        "entries-named",
        "(experience 2)",
    ),
    (
        changed(education=[Education(degree="B", start="2014-02", end="2013")]),
        "dates-in-order",
        "(education 1)",
    ),
    (
        changed(awards=[Award(date="2020 – 2023"), Award(date="once")]),
        "dates-readable",
        ": 1 (award 2)",
    ),
    (
        changed(experience=[Experience(company="E", start="2010", end_date="later")]),
        "dates-readable",
        "(experience 1)",
    ),
    (
        changed(summary="Led [TEAM_SIZE], [INSERT NUMBER] at once [1]."),
        "placeholders",
        ": 2.",
    ),
]


@pytest.mark.parametrize(("cv", "check_id", "stated"), OPEN_ENDS)
def test_what_the_cv_leaves_open_is_a_warning(cv: ParsedCv, check_id: str, stated: str) -> None:
    titles = " ".join(section.title for section in cv.sections)
    page = page_for(cv).replace("<h1></h1>", "<h1>CV</h1>")
    output = checked(cv, page.replace("</body>", f"{cv.personal_info.phone} {titles}</body>"))
    assert verdicts(output) == {check_id: "warn"}
    assert output.verdict == "warn"
    assert stated in reason(output, check_id)


def test_a_cv_without_summary_and_experience_has_no_content() -> None:
    output = checked(changed(summary="", experience=[]))
    assert verdicts(output) == {"content-present": "warn", "sections-present": "warn"}


def test_a_post_that_goes_on_has_no_unreadable_end() -> None:
    job = Experience(company="E", start="2010", end_date="Present", current=True)
    assert verdicts(checked(changed(experience=[job]))) == {}


def test_counts_of_the_other_steps_are_warnings() -> None:
    output = checked(SOUND, unplaced=3, pages=4, missing=2)
    assert verdicts(output) == {"unplaced-text": "warn", "page-length": "warn", "glyphs": "warn"}
    assert reason(output, "unplaced-text").endswith(": 3.")
    assert reason(output, "page-length").startswith("Pages: 4;")
    assert reason(output, "glyphs").endswith(": 2.")


def test_an_image_needs_an_alternative_text_though_it_may_be_empty() -> None:
    page = page_for(SOUND).replace("</h1>", '</h1><img src="a"><img src="b" alt="">')
    output = checked(SOUND, page)
    assert verdicts(output) == {"image-texts": "fail"}
    assert reason(output, "image-texts").endswith("1 of 2.")


def test_reasons_hold_no_text_of_the_cv() -> None:
    lost = changed(
        summary="Zyzzyva",
        experience=[Experience(start_date="Zyzzyva"), Experience(start="2012", end="2010")],
    )
    output = checked(lost, "<p>Zyzzyva [ZYZZYVA]</p>", unplaced=1)
    assert len(verdicts(output)) == 10
    assert "zyzzyva" not in output.model_dump_json().lower()
    assert "secret" not in output.model_dump_json()


def test_contact_details_and_headings_need_be_shown_once() -> None:
    person = PERSON.model_copy(update={"location": "Ockham, GB", "city": "Ockham"})
    cv = changed(
        personal_info=person,
        other_sections=[OtherSection(title="Chess and Music")],
        sections=[SectionHeading(kind="otherSections", title="Chess and Music")],
    )
    page = page_for(cv)
    assert "words-found" in verdicts(checked(cv, page))
    shown = page.replace("</h1>", "</h1>Ockham, GB<h2>Chess and Music</h2>")
    assert verdicts(checked(cv, shown)) == {}


def test_a_masked_cv_is_checked_against_its_masked_copy() -> None:
    masked = changed(personal_info=PersonalInfo(name="A. B.", email="hidden"))
    assert verdicts(checked(SOUND, page_for(masked), masked=masked)) == {}
    nameless = changed(personal_info=PersonalInfo())
    assert verdicts(checked(SOUND, page_for(nameless), masked=nameless)) == {}
    many = changed(personal_info=PersonalInfo(name="Ada " * 30, email="ada@example.org"))
    assert "words-found" in verdicts(checked(many, page_for(masked)))


@pytest.mark.parametrize(
    "text",
    [
        "[INSERT TEAM SIZE]",
        "[ADD PERCENTAGE]",
        "[Your name]",
        "[insert metric]",
        "[NUMBER]",
        "[NUMBER OF YEARS]",
        "[PERCENTAGE]",
        "[BUDGET]",
        "[TEAM_SIZE]",
        "[PRODUCT/FEATURE]",
        "[X]",
    ],
)
def test_placeholders_of_every_grammar_are_found(text: str) -> None:
    assert placeholders_in(f"Led {text} people") == [text]


@pytest.mark.parametrize(
    "text", ["[1]", "[PhD]", "[12, 13]", "[AWS]", "[TCP/IP]", "[HTML5]", "[Addis Ababa]", "[ref]"]
)
def test_ordinary_text_in_brackets_is_no_placeholder(text: str) -> None:
    assert placeholders_in(f"Written {text} long ago") == []


def test_words_are_parted_by_blocks_and_not_by_inline_marks() -> None:
    page = page_content("<p>one</p><p><b>t</b>wo</p><ul><li>three<li>four</ul>")
    assert words_of(page.text) == ["one", "two", "three", "four"]


def test_text_that_is_not_shown_is_no_visible_text() -> None:
    hidden = "<head><title>a</title></head><body><script>b</script><style>c</style>"
    page = page_content(f"{hidden}<svg><title>d</title><desc>e</desc><text>shown</text></svg>")
    assert words_of(page.text) == ["shown"]


def test_words_are_compared_whatever_their_form() -> None:
    assert words_of("ﬁrst_Straße hy\u00adphen (https://a.example/b) x") == [
        "first",
        "strasse",
        "hyphen",
        "x",
    ]
