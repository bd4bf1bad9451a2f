"""DOCX documents as lines: what a reader of the page sees, in order, once (rows J1, I1)."""

import re
import zipfile
from collections import Counter
from io import BytesIO
from pathlib import Path

import docx_samples as samples
import pytest
from docx import Document
from lxml import etree

from cvplus_workflow.steps.reading.docx_lines import read_docx_lines
from cvplus_workflow.steps.reading.layout import LayoutLine
from cvplus_workflow.steps.reading.text import words

EXAMPLES = Path(__file__).parents[2] / "examples"
CORPUS = ("johnny/resume.pandoc.docx", "jobby/rendered.docx", "jobby/resume-template.docx")
NEW = samples.run("new")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def example(name: str) -> list[LayoutLine]:
    return read_docx_lines((EXAMPLES / name).read_bytes())


def texts(content: bytes) -> list[str]:
    return [line.text for line in read_docx_lines(content)]


def parts(line: LayoutLine) -> list[str]:
    ends = [*line.breaks, len(line.text)]
    return [
        line.text[start:end].strip() for start, end in zip((0, *line.breaks), ends, strict=True)
    ]


def words_of_runs(path: Path) -> Counter[str]:
    """The words of all `w:t` of the main part, counted without the reader."""
    with zipfile.ZipFile(path) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    paragraphs = ("".join(map(_shown, each.iter())) for each in root.iter(W + "p"))
    return words("\n".join(paragraphs))


def _shown(element: etree._Element) -> str:
    if element.tag == W + "t":
        return element.text or ""
    return " " if element.tag in {W + "tab", W + "br"} else ""


@pytest.mark.parametrize("name", CORPUS)
def test_all_text_of_a_document_comes_out_exactly_once(name: str) -> None:
    """J1: paragraphs alone lose nearly all of a CV that is made of tables."""
    read = words("\n".join(line.text for line in example(name)))
    assert read == words_of_runs(EXAMPLES / name)


def test_headings_have_the_level_of_their_style() -> None:
    levels = {line.text: line.level for line in example("johnny/resume.pandoc.docx") if line.level}
    assert levels == {
        "Johnny Coder": 1,
        "Education": 2,
        "Experience": 2,
        "Technical Experience": 2,
        "Extra Section, Call it Whatever You Want": 2,
    }


def test_list_items_have_their_depth_and_links_their_target() -> None:
    lines = example("johnny/resume.pandoc.docx")
    depths = {line.text: line.depth for line in lines}
    assert depths["First item"] == depths["Human Languages:"] == 1
    assert depths["English (native speaker)"] == 2
    assert depths["That Other Job You Had"] == 0
    (mail,) = [span for line in lines for span in line.spans if span.url.startswith("mailto:")]
    assert mail.text == "email@example.com"


def test_blanks_typed_to_set_a_date_apart_are_a_break() -> None:
    lines = example("jobby/rendered.docx")
    (head,) = [line for line in lines if line.text.startswith("Sheets & Giggles")]
    assert parts(head) == ["Sheets & Giggles", "Oct. 2017 – Present"]
    assert all(span.strong for span in head.spans if span.text.strip())
    assert (lines[0].text, lines[0].size) == ("Jobby McJobface", 26)


def test_symbols_of_wingdings_stand_as_bullets() -> None:
    contact = example("jobby/rendered.docx")[1]
    assert contact.text.startswith("help@sheetsresume.com • (555) 555-5555 • San Francisco, CA • ")
    assert [span.url.split("/")[2] for span in contact.spans if span.url] == [
        "github.com",
        "soundcloud.com",
    ]


def test_a_title_stands_above_headings_and_tabs_set_dates_apart() -> None:
    lines = read_docx_lines(samples.headed())
    assert (lines[0].text, lines[0].level) == ("Jane Q. Fullstacker", 1)
    assert {line.text: line.level for line in lines}["Experience"] == 2
    (post,) = [line for line in lines if line.text.startswith("Head Code Ninja")]
    assert (post.level, parts(post)) == (3, ["Head Code Ninja, Area 52", "2013-09 – Present"])
    items = [line.depth for line in lines if line.text in {"Accomplishment 2", "An inner item"}]
    assert items == [1, 2] * 3 + [2]


def test_headings_of_a_german_document_have_levels() -> None:
    lines = read_docx_lines(samples.german())
    assert [(line.text, line.level) for line in lines] == [("Berufserfahrung", 1), ("Area 52", 2)]


def test_cells_of_a_layout_table_are_regions_and_sections_never_precede_the_name() -> None:
    lines = read_docx_lines(samples.two_columns())
    regions: dict[int, list[str]] = {}
    for line in lines:
        regions.setdefault(line.region, []).append(line.text)
    main, side, after = regions.values()
    assert main[:3] == ["Jane Q. Fullstacker", "Experience", "Head Code Ninja, Area 52"]
    assert side[0] == "Contact"
    assert "Web" in side
    assert after == ["References on request"]


def test_a_date_in_a_cell_joins_the_first_line_beside_it() -> None:
    lines = read_docx_lines(samples.dates_beside())
    assert parts(lines[0]) == ["2013-09 – Present", "Head Code Ninja, Area 52"]
    assert lines[1].text.startswith("Development team manager")
    assert (lines[2].text, lines[2].depth) == ("Managed a 5-person development team", 1)
    assert parts(lines[-1]) == ["Driving licence", "B"]
    assert {line.region for line in lines} == {0}


def test_text_boxes_are_read_once_each_at_its_place() -> None:
    """Word writes a box twice, for new and for old programs."""
    skills = [skill["name"] for skill in samples.jane()["skills"]]
    assert texts(samples.boxes()) == [
        "Jane Q. Fullstacker",
        "Senior Developer",
        "Experience",
        "Head Code Ninja, Area 52",
        "Managed a 5-person development team",
        "Skills",
        *skills,
    ]
    lines = read_docx_lines(samples.boxes())
    assert len({line.region for line in lines}) == 3


def test_a_sidebar_with_sections_comes_after_the_text_that_has_none() -> None:
    shown = ["Jane Q. Fullstacker", "Senior Developer", "Skills", "Node.js", "Angular.js"]
    assert texts(samples.sidebar()) == shown


def test_marks_typed_by_hand_make_list_items_and_days_do_not() -> None:
    lines = read_docx_lines(samples.hand_made())
    assert [line.breaks for line in lines] == [(8,), (), (), (), (), ()]
    assert [(line.text, line.depth) for line in lines[1:]] == [
        ("Managed it", 1),
        ("Accomplishment 2", 1),
        ("Etc.", 1),
        ("Last", 1),
        ("12. May 2013", 0),
    ]


def test_links_by_relationship_and_by_field_have_their_target() -> None:
    (line,) = read_docx_lines(samples.with_links())
    assert [(span.text, span.url) for span in line.spans] == [
        ("Blog", "http://janef.me/blog"),
        (" and ", ""),
        ("Mail", "mailto:jdoe@onecoolstartup.io"),
        (" end", ""),
    ]


def test_a_shown_header_comes_first_and_page_numbers_are_left_out() -> None:
    assert texts(samples.with_header()) == ["Jane Q. Fullstacker", "Experience"]


@pytest.mark.parametrize(
    ("xml", "shown"),
    [
        (f"<w:ins>{NEW}</w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del>", "new"),
        (f"<w:moveFrom>{samples.run('old')}</w:moveFrom><w:moveTo>{NEW}</w:moveTo>", "new"),
        (samples.run("seen ") + samples.run("hidden", "<w:vanish/>"), "seen"),
        (f"<w:sdt><w:sdtPr/><w:sdtContent>{samples.run('kept')}</w:sdtContent></w:sdt>", "kept"),
        (f"<w:smartTag>{samples.run('Mountain View')}</w:smartTag>", "Mountain View"),
        ("<w:r><w:t>full</w:t><w:noBreakHyphen/><w:t>stack</w:t></w:r>", "full-stack"),
        ("<w:r><w:t>st</w:t><w:softHyphen/><w:t>ack</w:t></w:r>", "stack"),
        ('<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>IF 1</w:instrText></w:r>', None),
    ],
)
def test_text_shows_as_on_the_page(xml: str, shown: str | None) -> None:
    assert texts(samples.body_of(xml)) == ([shown] if shown else [])


def test_a_field_left_open_hides_nothing_after_it() -> None:
    open_field = '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>X</w:instrText></w:r>'
    assert texts(samples.body_of(open_field, samples.run("Experience"))) == ["Experience"]


def test_a_meant_line_break_makes_a_line_of_the_same_paragraph() -> None:
    lines = read_docx_lines(samples.body_of("<w:r><w:t>Area 52</w:t><w:br/><w:t>Ninja</w:t></w:r>"))
    assert [(line.text, line.gap, line.number) for line in lines] == [
        ("Area 52", 0, 1),
        ("Ninja", 0, 2),
    ]


def test_space_and_blank_paragraphs_make_a_gap() -> None:
    spaced = '<w:pPr><w:spacing w:before="240" w:after="0"/></w:pPr>' + samples.run("Skills")
    flat = '<w:pPr><w:spacing w:before="0" w:after="0"/></w:pPr>'
    lines = read_docx_lines(
        samples.body_of(flat + samples.run("a"), spaced, flat, flat + samples.run("b"))
    )
    assert [round(line.gap, 1) for line in lines] == [0, 0.9, 1]


def test_bold_and_size_come_from_the_style_that_a_style_is_based_on() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="Base"><w:rPr><w:b/><w:sz w:val="40"/></w:rPr>'
        '</w:style><w:style w:type="paragraph" w:styleId="Own"><w:basedOn w:val="Base"/>'
        "<w:rPr><w:i/></w:rPr></w:style></w:styles>"
    )
    light = samples.run("x", '<w:b w:val="0"/>')
    style = '<w:pPr><w:pStyle w:val="Own"/></w:pPr>'
    content = samples.body_of(f"{style}{samples.run('Acme')}{light}")
    with zipfile.ZipFile(BytesIO(content)) as package:
        old = package.read("word/styles.xml").decode()
    changed = {"word/styles.xml": old.replace("</w:styles>", styles).encode()}
    (line,) = read_docx_lines(samples.repacked(content, changed))
    assert [(span.text, span.strong, span.emphasis) for span in line.spans] == [
        ("Acme", True, True),
        ("x", False, True),
    ]
    assert line.size == 20


def test_lines_of_cells_that_match_are_read_across() -> None:
    """Organisation and role on the left, date and place on the right."""
    cells = (("Area 52", "Head Code Ninja"), ("2013 – 2014", "Mountain View"))
    lines = read_docx_lines(samples.tables(cells))
    assert [parts(line) for line in lines] == [
        ["Area 52", "2013 – 2014"],
        ["Head Code Ninja", "Mountain View"],
    ]


def test_a_heading_in_a_cell_stands_above_what_is_beside_it() -> None:
    text = "Developer of numerous projects, in the role of a technical lead. " * 3
    lines = texts(samples.tables((("Experience",), (text, "Ninja, 2013"))))
    assert lines == ["Experience", text.strip(), "Ninja, 2013"]
    assert texts(samples.tables((("Experience",), ("Ninja",)))) == ["Experience", "Ninja"]


def test_nested_tables_are_read_where_they_stand() -> None:
    document = Document()
    cell = document.add_table(rows=1, cols=1).rows[0].cells[0]
    cell.text = "Before"
    inner = cell.add_table(rows=1, cols=2).rows[0].cells
    inner[0].text, inner[1].text = "2013", "Area 52"
    cell.add_paragraph("After")
    assert texts(samples.saved(document)) == ["Before", "2013\tArea 52", "After"]


def test_notes_that_the_text_refers_to_come_last() -> None:
    assert texts(samples.with_note()) == ["Thesis", "Other text", "Graded 1.0"]


def test_the_strict_variant_of_the_format_reads_the_same() -> None:
    for content in (samples.headed(), samples.with_links()):
        assert read_docx_lines(samples.strict(content)) == read_docx_lines(content)


def test_capitals_are_kept_as_typed_unless_nothing_else_sets_a_line_apart() -> None:
    caps = samples.run("Experience", "<w:caps/>")
    both = samples.run("Jane", "<w:caps/><w:b/>")
    assert texts(samples.body_of(caps, both)) == ["EXPERIENCE", "Jane"]


def test_a_column_break_begins_a_region() -> None:
    lines = read_docx_lines(
        samples.body_of(samples.run("a"), f'<w:r><w:br w:type="column"/></w:r>{NEW}')
    )
    assert [(line.text, line.region) for line in lines] == [("a", 0), ("new", 1)]


def test_no_line_holds_a_mark_of_the_format() -> None:
    for name in CORPUS:
        assert not any(re.search("[\ue000-\uf8ff\u00ad]", line.text) for line in example(name))
