"""Layouts of CVs that the corpus lacks, as the lines that a page reader hands over."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvplus_workflow.steps.cv import Experience
from cvplus_workflow.steps.parse import texts_of
from cvplus_workflow.steps.reading.draft import Reading
from cvplus_workflow.steps.reading.layout import LayoutLine
from cvplus_workflow.steps.reading.layout_document import read_layout
from cvplus_workflow.steps.reading.plain_lines import read_plain_lines
from cvplus_workflow.steps.reading.section_names import kind_of
from cvplus_workflow.steps.reading.spans import Span
from cvplus_workflow.steps.reading.text import words


def line(
    text: str,
    *,
    size: float = 10.0,
    strong: bool = False,
    left: float = 50.0,
    top: float = 0.0,
    gap: float = 0.0,
    region: int = 1,
    page: int = 1,
    depth: int = 0,
) -> LayoutLine:
    """A line of a PDF page; tabs in `text` stand for wide blanks."""
    breaks = tuple(at for at, each in enumerate(text) if each == "\t")
    return LayoutLine(
        (Span(text, strong=strong),),
        page=page,
        region=region,
        size=size,
        left=left,
        right=left + len(text) * size / 2,
        top=top,
        gap=gap,
        depth=depth,
        breaks=breaks,
    )


def heading(text: str, **look: float) -> LayoutLine:
    return line(text, size=14.0, strong=True, gap=0.8, **look)  # type: ignore[arg-type]


def read(*lines: LayoutLine) -> Reading:
    """Reads lines below a name; each is numbered by its place."""
    listed = [line("Ann Lee", size=24.0), line("ann@example.org"), *lines]
    return read_layout(
        LayoutLine(**{**vars(each), "number": number}) for number, each in enumerate(listed, 1)
    )


def posts(*lines: LayoutLine) -> list[Experience]:
    return read(heading("Experience"), *lines).cv.experience


def shown(post: Experience) -> tuple[str, str, str, str]:
    return post.position, post.company, post.start, post.end


FIRST = ("Lead Engineer", "Foo GmbH", "2018-03", "2021-05")
SECOND = ("Engineer", "Bar Ltd", "2015", "2018")


@pytest.mark.parametrize(
    "lines",
    [
        ["Lead Engineer, Foo GmbH\t03/2018 – 05/2021", "*", "Engineer, Bar Ltd\t2015 – 2018"],
        ["03/2018 – 05/2021\tLead Engineer, Foo GmbH", "*", "2015 – 2018\tEngineer, Bar Ltd"],
        [
            *("Foo GmbH\tKöln", "Lead Engineer\t03/2018 – 05/2021", "*"),
            *("Bar Ltd\tLeeds", "Engineer\t2015 – 2018"),
        ],
        [
            *("Lead Engineer", "Foo GmbH, Köln", "03/2018 – 05/2021", "*"),
            *("Engineer", "Bar Ltd, Leeds", "2015 – 2018"),
        ],
        [
            *("03/2018 – 05/2021", "Lead Engineer", "Foo GmbH, Köln", "*"),
            *("2015 – 2018", "Engineer", "Bar Ltd, Leeds"),
        ],
        ["Lead Engineer | Foo GmbH | 03/2018 – 05/2021", "*", "Engineer | Bar Ltd | 2015 – 2018"],
    ],
    ids=["date-right", "date-left", "awesome", "altacv", "date-above", "bars"],
)
def test_where_role_organisation_and_date_stand(lines: list[str]) -> None:
    """J1: entries are told apart whichever line holds the date."""
    bullet = line("Built the whole of it", left=60.0, depth=1)
    first, second = posts(*(bullet if text == "*" else line(text) for text in lines))
    assert (shown(first), shown(second)) == (FIRST, SECOND)
    assert first.achievements == ["Built the whole of it"]


def test_several_posts_share_the_organisation_above_them() -> None:
    first, second, third = posts(
        line("Foo GmbH\tKöln", strong=True),
        line("Lead Engineer\t2018 – 2021"),
        line("Led", depth=1),
        line("Engineer\t2015 – 2018"),
        line("Built", depth=1),
        line("Bar Ltd\tLeeds", strong=True),
        line("Intern\t2014 – 2015"),
        line("Learnt", depth=1),
    )
    assert (first.company, first.location) == (second.company, second.location)
    assert [shown(each)[:2] for each in (first, second, third)] == [
        ("Lead Engineer", "Foo GmbH"),
        ("Engineer", "Foo GmbH"),
        ("Intern", "Bar Ltd"),
    ]


def test_dates_in_a_column_of_their_own_go_to_the_lines_beside_them() -> None:
    first, second = posts(
        line("Lead Engineer, Foo GmbH", top=100.0),
        line("Led", top=112.0, depth=1),
        line("Engineer, Bar Ltd", top=130.0),
        line("03/2018 – 05/2021", left=450.0, top=100.5, region=2),
        line("2015 – 2018", left=450.0, top=130.0, region=2),
    )
    assert (shown(first), shown(second)) == (FIRST, SECOND)


def test_a_sidebar_keeps_its_sections_and_the_main_column_its_summary() -> None:
    cv = read_layout(
        [
            heading("Skills", region=1),
            line("Python", region=1),
            line("Excel", region=1),
            line("Bo Lund", size=24.0, left=220.0, region=2),
            line("Accountant", left=220.0, region=2),
            line("Keeps the books of five small firms in order.", left=220.0, region=2),
            heading("Experience", left=220.0, region=2),
            line("Accountant, Foo Ltd\t2015 – 2018", left=220.0, region=2),
        ]
    ).cv
    assert (cv.personal_info.name, cv.personal_info.title) == ("Bo Lund", "Accountant")
    assert cv.summary == "Keeps the books of five small firms in order."
    assert cv.skills == {"general": ["Python", "Excel"]}
    assert len(cv.experience) == 1


def test_unknown_headings_are_told_by_the_look_of_the_known_ones() -> None:
    cv = read(
        heading("Experience"),
        line("Engineer, Foo Ltd\t2015 – 2018"),
        heading("Stargazing"),
        line("Comets since childhood, with a telescope."),
        heading("Education"),
        line("BSc Physics, University of Oslo\t2010 – 2013"),
    ).cv
    assert [each.kind for each in cv.sections] == ["experience", "otherSections", "education"]
    assert cv.other_sections[0].title == "Stargazing"


def test_a_known_name_that_does_not_stand_out_is_no_heading() -> None:
    cv = read(
        heading("Skills"), line("Languages"), line("Tools"), heading("Education"), line("None")
    ).cv
    assert [each.kind for each in cv.sections] == ["skills", "education"]
    assert cv.skills == {"general": ["Languages", "Tools"]}


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("Beruflicher Werdegang", "experience"),
        ("2. EXPÉRIENCE PROFESSIONNELLE :", "experience"),
        ("Trayectoria profesional", "experience"),
        ("Esperienze lavorative", "experience"),
        ("Doświadczenie zawodowe", "experience"),
        ("Werkervaring", "experience"),
        ("Arbetslivserfarenhet", "experience"),
        ("Formação académica", "education"),
        ("Relevant Work Experience (selected)", "experience"),
        ("Sprachkenntnisse", "languages"),
        ("Centres d’intérêt", "interests"),
        ("Technical Experience", ""),
    ],
)
def test_headings_in_many_languages(written: str, kind: str) -> None:
    assert kind_of(written) == kind


def test_headings_with_letters_set_apart() -> None:
    cv = read(
        heading("PRO F I L"), line("Kurz."), heading("E X P E R I E N C E"), line("Chef, Foo")
    ).cv
    assert [(each.kind, each.title) for each in cv.sections] == [
        ("summary", "PROFIL"),
        ("experience", "EXPERIENCE"),
    ]


def test_wrapped_lines_become_one_and_only_cut_words_lose_their_hyphen() -> None:
    wide = "Worked on the cloud-driven submission of papers for the whole depart-"
    (post,) = posts(
        line("Engineer, Foo Ltd\t2015 – 2018"),
        line(wide, left=60.0, depth=1),
        line("ment and its cross-", left=60.0),
        line("functional teams", left=60.0),
        line("Second item", left=60.0, depth=1),
    )
    assert post.achievements == [
        wide[:-1] + "ment and its cross-functional teams",
        "Second item",
    ]


def test_left_over_text_says_page_and_line() -> None:
    reading = read(heading("Languages"), line("English: fluent"), line("1 / 2", page=2))
    assert [(each.where, each.text) for each in reading.unplaced] == [("page 2, line 5", "1 / 2")]


@pytest.mark.parametrize(
    "rows",
    [
        ["Gärtnerstraße 7", "04109 Leipzig"],
        ["12 rue des Forges, 44000 Nantes"],
        ["1420 Maple Avenue, Columbus, OH 43201"],
        ["ul. Świętojańska 15/4, 81-368 Gdynia"],
    ],
)
def test_addresses_are_the_place(rows: list[str]) -> None:
    info = read(*map(line, rows), heading("Skills"), line("C")).cv.personal_info
    assert info.location == ", ".join(rows)


def test_a_table_of_contact_data_gives_the_name() -> None:
    info = read_layout(
        [
            line("Curriculum Vitae", size=20.0),
            line("Nome / Cognome\tChiara Fabbri"),
            line("Telefono\t+39 051 555 0172"),
            heading("Lingue"),
            line("Italiano"),
        ]
    ).cv.personal_info
    assert (info.name, info.phone) == ("Chiara Fabbri", "+39 051 555 0172")


def test_citations_give_their_title() -> None:
    quoted = "[1] A. Lee and B. Lund (2022). “Tides at the edge.” Waves 39(2), pp. 201–240."
    name, *_ = [each.name for each in read(heading("Publications"), line(quoted)).cv.publications]
    assert name == "Tides at the edge"


def test_skills_under_labels_in_a_column() -> None:
    cv = read(heading("Skills"), line("Back end\tGo, C"), line("Front end\tHTML, CSS")).cv
    assert cv.skills == {"Back end": ["Go", "C"], "Front end": ["HTML", "CSS"]}


def test_long_documents_are_read_in_linear_time() -> None:
    """Text of 3,000 lines; the tests' own time limit would show a quadratic step."""
    entry = "Engineer, Foo{} Ltd\n2010 - 2012\n- did it\nand went on with it\n\n"
    text = "Ann Lee\n\nEXPERIENCE\n\n" + "".join(entry.format(n) for n in range(600))
    assert len(read_layout(read_plain_lines(text)).cv.experience) == 600


PHRASES = (
    "Experience; Skills; 2015 – 2018; Engineer, Foo Ltd; Languages; English (C1); a@b.example; "
    "Tel.: 0176 5550 1234; Köln; Publications; “A tide.” 2019; • x; Awards"
)
TEXTS = st.sampled_from(PHRASES.split("; ")) | st.text(max_size=30)
LINES = st.builds(
    lambda text, size, depth, region, gap, strong: line(
        text, size=size, depth=depth, region=region, gap=gap, strong=strong
    ),
    TEXTS,
    st.sampled_from([8.0, 10.0, 14.0]),
    st.sampled_from([0, 0, 0, 1, 2]),
    st.sampled_from([1, 1, 2]),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=25))
def test_no_word_is_lost(lines: Iterable[LayoutLine]) -> None:
    """F12: whatever the layout, a word stands in a field or is reported."""
    reading = read_layout(lines)
    kept = words("\n".join([*texts_of(reading.cv), *(each.text for each in reading.unplaced)]))
    lost = set(words(reading.source_text)) - set(kept)
    assert not {word for word in lost if not (word.isdigit() and len(word) < 3)}
