"""The order in which a PDF's columns, sidebars, tables and pages are read."""

from functools import cache
from itertools import pairwise

import pytest
from pdf_samples import pdf_of, printed_pdf, text_at

from cvplus_workflow.steps.reading.layout import LayoutLine
from cvplus_workflow.steps.reading.pdf_lines import read_pdf_lines

POSTS = (
    ("Area 52", "Head Code Ninja", "2013-09 – Present", "Praha"),
    ("Veridian Dynamics", "Principal Developer", "2011 – 2013", "Łódź"),
    ("Stark Industries", "IT Administrator", "10/2008 – 06/2011", "Genève"),
    ("Dunder Mifflin", "Intern", "2008", "Köln"),
)
DUTY = (
    "Developer on numerous projects culminating in technical lead role for the flagship "
    "product and promotion to principal developer, with two awards for code quality."
)
SIDEBAR = (
    ("Contact", ("jane@example.org", "+1 555 0100 200", "Springfield")),
    ("Skills", ("Python", "JavaScript", "PostgreSQL", "Docker")),
    ("Languages", ("English", "Čeština", "Português")),
    ("Interests", ("mystery novels", "hiking")),
)
CSS = ".row { display: flex; justify-content: space-between } .cols { display: flex }"


def post(company: str, role: str, dates: str, place: str) -> str:
    head = f"<div class=row><b>{company}</b><span>{dates}</span></div>"
    second = f"<div class=row><i>{role}</i><span>{place}</span></div>"
    return f"{head}{second}<ul><li>{DUTY}</li><li>Accomplishment</li></ul>"


def posts(times: int = 1) -> str:
    return "<h2>Experience</h2>" + "".join(post(*each) for each in POSTS) * times


def sidebar() -> str:
    return "".join(
        f"<h2>{title}</h2>" + "".join(f"<div>{line}</div>" for line in lines)
        for title, lines in SIDEBAR
    )


@cache
def design(name: str) -> tuple[LayoutLine, ...]:
    side = f"<div style='width: 50mm'>{sidebar()}</div>"
    main = f"<div style='width: 118mm'>{posts()}</div>"
    gap = "<div style='width: 10mm'></div>"
    header = "<h1>Jane Q. Fullstacker</h1><div>jane@example.org | Springfield | +1 555 0100</div>"
    bodies = {
        "single": header + posts(),
        "left": f"<div class=cols>{side}{gap}<div>{header}{main}</div></div>",
        "right": f"<center>{header}</center><div class=cols>{main}{gap}{side}</div>",
    }
    return tuple(read_pdf_lines(printed_pdf(CSS, bodies[name])))


def region_of(lines: tuple[LayoutLine, ...], text: str) -> int:
    return next(line.region for line in lines if line.text.startswith(text))


def parts(line: LayoutLine) -> list[str]:
    edges = [0, *line.breaks, len(line.text)]
    return [line.text[one:other].strip() for one, other in pairwise(edges)]


@pytest.mark.parametrize("name", ["single", "left", "right"])
def test_dates_at_the_right_are_no_column(name: str) -> None:
    """J1: each stands in its entry's line, in every design."""
    rows = [parts(line) for line in design(name)]
    for company, role, dates, place in POSTS:
        assert [company, dates] in rows
        assert [role, place] in rows


@pytest.mark.parametrize("name", ["left", "right"])
def test_a_sidebar_is_a_region_of_its_own_and_read_to_its_end(name: str) -> None:
    """J1."""
    lines = design(name)
    region = region_of(lines, "Skills")
    expected = [word for title, words in SIDEBAR for word in (title, *words)]
    assert [line.text for line in lines if line.region == region] == expected
    assert region_of(lines, "Area 52") != region


def test_a_header_over_columns_is_read_first() -> None:
    """J1."""
    lines = design("right")
    assert lines[0].text == "Jane Q. Fullstacker"
    assert lines[1].text == "jane@example.org | Springfield | +1 555 0100"
    assert region_of(lines, "Experience") < region_of(lines, "Contact")


def test_bullets_of_lists_are_found_and_wrapped_lines_are_none() -> None:
    """J1."""
    for line in design("single"):
        first = line.text.startswith(("Developer on", "Accomplishment"))
        assert line.depth == (1 if first else 0), line.text


def column(x: float, words: list[str], *, top: float = 700, step: float = 13) -> str:
    return "".join(text_at(x, top - step * at, word) for at, word in enumerate(words))


def test_columns_that_go_on_over_pages_are_each_read_to_their_end() -> None:
    """J1: sidebars continue over pages."""
    pages = []
    for page in "AB":
        side = [f"side {page}{at}" for at in range(8)]
        main = [f"main text of some length {page}{at}" for at in range(30)]
        pages.append(column(40, side, step=14.5) + column(200, main))
    lines = read_pdf_lines(pdf_of(pages))
    sides = [line.text[:6] for line in lines]
    assert sides == ["side A"] * 8 + ["side B"] * 8 + ["main t"] * 60
    assert len({line.region for line in lines}) == 2


def test_a_page_without_sidebar_goes_on_with_the_main_column() -> None:
    """J1."""
    side, main = [f"side {at}" for at in range(8)], [f"main text {at}" for at in range(30)]
    first = column(40, side, step=14.5) + column(200, main)
    lines = read_pdf_lines(pdf_of([first, column(200, ["more of it", "and more"])]))
    assert [line.text for line in lines][-2:] == ["more of it", "and more"]
    assert lines[-1].region == lines[-3].region


def test_dates_in_a_left_margin_come_first_in_the_line_of_their_entry() -> None:
    """J1: the design of moderncv, with a period broken over two lines."""
    content = ""
    for at, (company, role, dates, _) in enumerate(POSTS):
        top = 700 - 60 * at
        content += text_at(50, top, dates if at else "2013-09 –")
        content += text_at(160, top, f"{role}, {company}")
        content += "" if at else text_at(50, top - 12, "Present")
        content += column(160, ["what was done there in those years", "and why"], top=top - 12)
    lines = read_pdf_lines(pdf_of([content]))
    assert [parts(line) for line in lines if line.breaks] == [
        [dates, f"{role}, {company}"] for company, role, dates, _ in POSTS
    ]
    assert len({line.region for line in lines}) == 1


def test_a_heading_in_a_left_margin_is_whole() -> None:
    """J1: broken over two lines beside the first entry."""
    content = (
        text_at(50, 700, "PROFESSIONAL", font="F2")
        + text_at(50, 688, "EXPERIENCE", font="F2")
        + column(160, ["Acme Corp", "Developer of everything", "and more"], step=12)
    )
    lines = read_pdf_lines(pdf_of([content]))
    assert [parts(line) for line in lines] == [
        ["PROFESSIONAL EXPERIENCE", "Acme Corp"],
        ["Developer of everything"],
        ["and more"],
    ]


def test_labels_before_values_stay_with_them() -> None:
    """J1: a table of skills is read row by row."""
    rows = (("Languages", "Python, C++"), ("Tools", "Git"), ("Data", "SQL"), ("Other", "LaTeX"))
    content = "".join(
        text_at(50, 700 - 14 * at, label) + text_at(150, 700 - 14 * at, value)
        for at, (label, value) in enumerate(rows)
    )
    assert [tuple(parts(line)) for line in read_pdf_lines(pdf_of([content]))] == list(rows)


def test_a_row_of_dots_for_a_level_is_no_bullet() -> None:
    body = "<div class=row><b>English</b><span>●●●●●</span></div><p>and so on</p>"
    lines = read_pdf_lines(printed_pdf(CSS, body))
    assert lines[0].text == "English ●●●●●"
    assert lines[0].depth == 0


def test_the_blank_above_a_line_is_in_line_heights() -> None:
    content = column(50, ["one", "two", "three"], step=12) + text_at(50, 652, "four")
    gaps = [line.gap for line in read_pdf_lines(pdf_of([content]))]
    assert gaps == [0, 0, 0, 1.0]


def test_turned_text_is_a_region_of_its_own() -> None:
    content = text_at(50, 700, "Upright") + "BT /F1 10 Tf 0 1 -1 0 30 300 Tm (Curriculum) Tj ET"
    lines = read_pdf_lines(pdf_of([content]))
    assert [(line.text, line.region) for line in lines] == [("Upright", 1), ("Curriculum", 2)]
