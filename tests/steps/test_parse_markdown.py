"""Markdown CVs in other common manners than the corpus shows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvplus_workflow.errors import WorkflowError
from cvplus_workflow.steps.contract import JobSettings
from cvplus_workflow.steps.cv import Education, Experience
from cvplus_workflow.steps.parse import Input, Output, run, texts_of
from cvplus_workflow.steps.reading.markdown import read_markdown
from cvplus_workflow.steps.reading.section_names import kind_of
from cvplus_workflow.steps.reading.text import decoded, words


def parse(text: str) -> Output:
    settings = JobSettings(template="modern", file_name="cv.md")
    output = run(Input(job=settings, files={"source": text.encode()})).output
    assert isinstance(output, Output)
    return output


def posts(text: str) -> list[Experience]:
    return parse(f"# Ann Lee\n\n## Experience\n\n{text}").cv.experience


def study(text: str) -> Education:
    return parse(f"# Ann Lee\n\n## Education\n\n{text}").cv.education[0]


@pytest.mark.parametrize(
    "text",
    [
        "### Engineer at Foo\n\n2019 - 2021\n\n- Built it",
        "### Engineer at Foo (2019 – 2021)\n- Built it",
        "### Foo GmbH\n*Engineer* | 2019 – 2021\n\n- Built it",
        "### Engineer | Foo | 2019 - 2021\n* Built it",
        "### 2019 - 2021: Engineer, Foo\n* Built it",
        "**Engineer**, Foo | 2019 - 2021\n\n- Built it",
        "**[Foo](http://foo.example)** — Engineer, 2019–2021\n\n- Built it",
        "- **Engineer**, Foo (2019–2021)\n  - Built it",
        "2019–2021\n:   **Engineer**; Foo\n\n    - Built it",
        "#### Engineer\nFoo, 2019 to 2021\n\n1. Built it",
    ],
)
def test_manners_of_a_post(text: str) -> None:
    (post,) = posts(text)
    assert (post.position, post.company.removesuffix(" GmbH")) == ("Engineer", "Foo")
    assert (post.start, post.end) == ("2019", "2021")
    assert post.achievements == ["Built it"]


def test_several_posts_at_one_organisation() -> None:
    first, second = posts(
        "### Acme Corp\n\n**Lead Engineer** | 2016 - 2019\n\n- A\n\n**Intern** | 2014 - 2015\n\n- B"
    )
    assert (first.company, first.position, first.achievements) == (
        "Acme Corp",
        "Lead Engineer",
        ["A"],
    )
    assert (second.company, second.position, second.achievements) == ("Acme Corp", "Intern", ["B"])


def test_place_technologies_and_inner_bullets() -> None:
    (post,) = posts(
        "### Engineer, Foo, Oslo (2019 - now)\n- Built\n  - one\n\nTech stack: Go, C (C11, C17)"
    )
    assert (post.location, post.current) == ("Oslo", True)
    assert post.achievements == ["Built\n– one"]
    assert post.technologies == ["Go", "C (C11, C17)"]


@pytest.mark.parametrize(
    ("written", "company", "location"),
    [
        ("Foo, Bergen", "Foo", "Bergen"),
        ("Foo, Inc.", "Foo, Inc.", ""),
        ("Smith, Jones & Lee", "Smith, Jones & Lee", ""),
        ("University of California, Berkeley", "University of California, Berkeley", ""),
    ],
)
def test_a_place_is_taken_off_an_organisation_only_if_it_is_one(
    written: str, company: str, location: str
) -> None:
    (post,) = posts(f"### Engineer at {written} (2019 - 2021)")
    assert (post.company, post.location) == (company, location)


def test_a_bold_line_within_a_dated_post_is_no_post() -> None:
    (post,) = posts("### Engineer at Foo (2019 - 2021)\n\n**Main results**\n\n- Built it")
    assert post.description == "Main results"


def test_studies() -> None:
    entry = study("**University of Oslo** — B.Sc. in Physics, 2009 - 2012\n\nGPA: 3.9\n")
    assert (entry.institution, entry.degree, entry.field) == (
        "University of Oslo",
        "B.Sc.",
        "Physics",
    )
    assert (entry.gpa, entry.start, entry.end) == ("3.9", "2009", "2012")
    entry = study("### Harvard University\n\nMBA (2011)")
    assert (entry.institution, entry.degree, entry.date, entry.on) == (
        "Harvard University",
        "MBA",
        "2011",
        "2011",
    )


def test_contact_line_with_separators() -> None:
    info = parse(
        "# Ann Lee — Data Engineer\n"
        "Oslo, Norway | ann@lee.example | +47 22 123456 | "
        "[LinkedIn](https://www.linkedin.com/in/annlee) | github.com/annlee | https://lee.example\n"
        "\n## Skills\n- C\n"
    ).cv.personal_info
    assert (info.name, info.title) == ("Ann Lee", "Data Engineer")
    assert (info.location, info.email, info.phone) == (
        "Oslo, Norway",
        "ann@lee.example",
        "+47 22 123456",
    )
    assert (info.linkedin, info.github) == (
        "https://www.linkedin.com/in/annlee",
        "github.com/annlee",
    )
    assert info.website == "https://lee.example"
    assert [profile.username for profile in info.profiles] == ["annlee", "annlee"]


def test_skills_are_split_at_commas_but_not_in_brackets_or_prose() -> None:
    cv = parse(
        "# Ann\n\n## Skills\n\n**Tools:** Git; Make, Python (NumPy, SciPy)\n\n"
        "- Rust (expert)\n- Leading large teams of people across the world, and listening.\n"
    ).cv
    assert cv.skills["Tools"] == ["Git", "Make", "Python (NumPy, SciPy)"]
    assert cv.skills["general"] == [
        "Rust",
        "Leading large teams of people across the world, and listening.",
    ]
    assert cv.skill_levels == {"Rust": "expert"}


def test_skills_in_a_table_leave_the_column_names_over() -> None:
    output = parse("# Ann\n\n## Skills\n\n| Area | Tools |\n|---|---|\n| Cloud | AWS, GCP |\n")
    assert output.cv.skills == {"Cloud": ["AWS", "GCP"]}
    assert [each.text for each in output.unplaced] == ["Area | Tools"]


def test_human_languages() -> None:
    cv = parse("# Ann\n\n## Sprachen\n\n- Deutsch (Muttersprache)\n- Englisch – C1\n- Dutch: A2").cv
    assert [(each.name, each.level) for each in cv.languages] == [
        ("Deutsch", "Muttersprache"),
        ("Englisch", "C1"),
        ("Dutch", "A2"),
    ]


def test_certificates_awards_and_references() -> None:
    cv = parse(
        "# Ann\n\n## Certifications\n\n- [CKA](https://c.example/1) – CNCF – Jan. 2021\n\n"
        "## Awards\n\n- 2014: Best Paper, ACM\n\n## References\n\n> Superb.\n> — Bob Smith\n"
    ).cv
    certificate, award, reference = cv.certifications[0], cv.awards[0], cv.references[0]
    assert (certificate.name, certificate.issuer, certificate.on) == ("CKA", "CNCF", "2021-01")
    assert certificate.verification_url == "https://c.example/1"
    assert (award.title, award.issuer, award.on) == ("Best Paper", "ACM", "2014")
    assert (reference.name, reference.text) == ("Bob Smith", "Superb.")


def test_front_matter_states_language_and_name() -> None:
    output = parse(
        "---\nauthor: Ann Lee\nlang: de-AT\nemail: ann@lee.example\n---\n\n## Hobbys\n\nGo"
    )
    assert (output.language, output.cv.personal_info.name) == ("de-AT", "Ann Lee")
    assert output.cv.personal_info.email == "ann@lee.example"


def test_unplaced_text_names_its_line() -> None:
    output = parse(
        "# Ann\n\na@b.example | XX years old\n\n## Skills\n- C\n\n[ref]: http://x.example\n"
    )
    assert {each.where: each.text for each in output.unplaced} == {
        "line 3": "XX years old",
        "line 8": "http://x.example",
    }


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("WORK EXPERIENCE", "experience"),
        ("💼 Employment History:", "experience"),
        ("2. Education", "education"),
        ("Berufserfahrung", "experience"),
        ("Expérience professionnelle", "experience"),
        ("Formación académica", "education"),
        ("Competenze tecniche", "skills"),
        ("Werkervaring", "experience"),
        ("Wykształcenie", "education"),
        ("Skills & Tools", "skills"),
        ("Education & Awards", "education"),
        ("Languages & Interests", ""),
        ("Technical Experience", ""),
        ("Extra Section, Call it Whatever You Want", ""),
    ],
)
def test_headings(heading: str, kind: str) -> None:
    assert kind_of(heading) == kind


PIECES = st.sampled_from(
    [
        "# Ann Lee",
        "## Skills",
        "## Experience",
        "## Education",
        "## Projects",
        "## Languages",
        "## Awards",
        "## Publications",
        "## References",
        "## Certifications",
        "## Interests",
        "## Weird",
        "## Contact",
        "### *Role*, [Org](ftp://a.b/c) (2013-09 — Present)",
        "**Role**, Org - 2019 - 2021",
        "- item one, two",
        "  - nested x",
        "Term",
        ":   definition",
        "> quote a@b.test",
        "---",
        "| a | b |",
        "| - | - |",
        "1. numbered",
        "text here, Town",
        "### Engineer, Foo",
        "*em* and **str**",
        "2010-2014",
        "English (native)",
        "BSc, CS; University (Town)",
        "![img](a.png)",
        "<b>bold</b>",
        "    code block",
        "a (b",
        "",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES | st.text(max_size=12), max_size=14).map("\n".join))
def test_every_word_is_somewhere(text: str) -> None:
    """Whatever the structure, a word is in the CV or reported; only schemes may go."""
    content = text.encode("utf-8", "replace")
    try:
        settings = JobSettings(template="modern", file_name="cv.md")
        output = run(Input(job=settings, files={"source": content})).output
    except WorkflowError:
        return
    assert isinstance(output, Output)
    kept = words("\n".join([*texts_of(output.cv), *(each.text for each in output.unplaced)]))
    assert set(words(read_markdown(decoded(content)).source_text)) <= set(kept)
