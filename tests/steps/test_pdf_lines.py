"""Lines of PDFs: nothing lost, words whole, styles and links kept, broken files refused."""

import re
import zlib
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import pdf_samples as samples
import pypdfium2 as pdfium
import pytest
from pdf_samples import pdf_of, text_at
from tests.expected.samples.printed import academic_pdf

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps.reading.layout import LayoutLine
from cvplus_workflow.steps.reading.pdf_document import MOST_PAGES
from cvplus_workflow.steps.reading.pdf_lines import read_pdf_lines
from cvplus_workflow.steps.reading.pdf_repair import known_ligature

EXAMPLES = Path(__file__).parents[2] / "examples"
JANE = EXAMPLES / "jane/resume.pdf"
JOHN = EXAMPLES / "johndoe/John_Doe_ClassicTheme_CV.pdf"


@cache
def lines_of(path: Path) -> list[LayoutLine]:
    return read_pdf_lines(path.read_bytes())


def texts(content: bytes) -> list[str]:
    return [line.text for line in read_pdf_lines(content)]


def parts(line: LayoutLine) -> list[str]:
    edges = [0, *line.breaks, len(line.text)]
    return [line.text[one:other].strip() for one, other in pairwise(edges)]


def find(lines: list[LayoutLine], start: str) -> LayoutLine:
    return next(line for line in lines if line.text.startswith(start))


def letters(text: str) -> Counter[str]:
    return Counter(filter(str.isalnum, text))


@pytest.mark.parametrize("path", [JANE, JOHN])
def test_all_letters_and_digits_of_a_document_are_kept(path: Path) -> None:
    """J1: kept is at least 99 % against PDFium's own text."""
    document = pdfium.PdfDocument(path.read_bytes())
    expected = letters("".join(page.get_textpage().get_text_range() for page in document))
    found = letters("".join(line.text for line in lines_of(path)))
    assert (expected & found).total() >= 0.99 * expected.total()


@pytest.mark.parametrize(
    "phrase",
    [
        "Imaginary full-stack software developer with 6+ years industry experience",
        "Agile PM C C++ R OpenGL Boost MySQL PostgreSQL JIRA",
        "Development team manager for Quantum Diorama, a distributed molecular modeling",
        "JavaScript Node.js cross-platform JSON",
        "Jekyll Ruby HTML 5 JavaScript HTTP LAMP",
        "Teach Yourself GORFF in 21 Days",
    ],
)
def test_words_that_are_set_tightly_are_not_glued(phrase: str) -> None:
    """J1: the blanks of this document are narrower than its letters' own side bearings."""
    assert any(phrase in line.text for line in lines_of(JANE))


def test_labels_on_coloured_grounds_stand_apart() -> None:
    """J1: skills drawn as labels are single skills."""
    line = find(lines_of(JANE), "JavaScript HTML 5")
    assert parts(line) == ["JavaScript", "HTML 5", "CSS", "LAMP", "MVC", "REST"]


def test_dates_at_the_right_stand_in_the_line_of_their_entry() -> None:
    """J1: dates beside an entry's list belong to the entry, not to the list."""
    lines = lines_of(JOHN)
    assert parts(find(lines, "Nexus AI")) == [
        "Nexus AI, Co-Founder & CTO",
        "San Francisco, CA",
        "June 2023 – present",
        "2 years 10 months",
    ]
    assert parts(find(lines, "PhD")) == [
        "PhD",
        "Princeton University, Computer Science",
        "Princeton, NJ",
        "Sept 2018 – May 2023",
    ]
    assert find(lines, "Built foundation").breaks == ()


def test_list_items_have_their_depth_and_no_mark() -> None:
    """J1."""
    lines = lines_of(JOHN)
    assert find(lines, "Published research").depth == 1
    assert find(lines, "ICML 2022 main").depth == 2
    assert find(lines, "Nexus AI").depth == 0
    assert find(lines_of(JANE), "Managed a 5-person").depth == 1
    assert not any(re.match("[•◦]", line.text) for line in lines)


def test_words_cut_at_line_ends_are_whole_and_compounds_keep_their_hyphen() -> None:
    """J1."""
    assert any("top 5% of submissions)" in line.text for line in lines_of(JOHN))
    lines = ["a new imple-", "mentation of a full-", "time post in low-level code"]
    content = "".join(text_at(50, 700 - 12 * at, line) for at, line in enumerate(lines))
    assert " ".join(texts(pdf_of([content]))) == (
        "a new implementation of a full-time post in low-level code"
    )


def test_styles_and_link_targets_are_kept() -> None:
    """J1: addresses are often in the link alone."""
    name = find(lines_of(JOHN), "John Doe")
    assert name.size == 30
    assert [span.strong for span in name.spans] == [True]
    contact = find(lines_of(JOHN), "San Francisco, CA john")
    assert {span.url for span in contact.spans if span.text == "rendercv"} == {
        "https://linkedin.com/in/rendercv",
        "https://github.com/rendercv",
    }
    entry = find(lines_of(JANE), "Head Code Ninja")
    assert entry.spans[0].emphasis
    assert entry.spans[-1].url == "https://area52.io/does-not-exist"


def link(place: str, url: str) -> str:
    action = f"/A << /S /URI /URI ({url}) >>"
    return f"/Annots [<< /Type /Annot /Subtype /Link /Rect [{place}] {action} >>]"


def test_a_link_on_a_picture_shows_its_address() -> None:
    """J1: icons often carry the only mention of an account."""
    entries = link("50 640 62 652", "https://github.com/jane")
    content = text_at(50, 700, "Jane Doe") + text_at(70, 643, "Code of mine")
    line = read_pdf_lines(pdf_of([content], page_entries=entries))[1]
    assert parts(line) == ["https://github.com/jane", "Code of mine"]
    assert line.spans[0].url == line.spans[0].text == "https://github.com/jane"


def test_a_link_under_text_adds_no_text() -> None:
    entries = link("48 695 130 712", "mailto:jane@example.org")
    line = read_pdf_lines(pdf_of([text_at(50, 700, "write to me")], page_entries=entries))[0]
    assert [(span.text, span.url) for span in line.spans] == [
        ("write to me", "mailto:jane@example.org")
    ]


def test_headers_and_footers_that_repeat_come_last_and_apart() -> None:
    """J1: page numbers do not cut the text, and are not lost."""
    last = lines_of(JOHN)[-2:]
    assert [(line.text, line.apart) for line in last] == [
        ("John Doe – 1/2", "running"),
        ("John Doe – 2/2", "running"),
    ]
    assert len({line.region for line in lines_of(JOHN)}) == 2


def test_a_contact_line_that_repeats_stays_where_it_stands_first() -> None:
    pages = [
        text_at(50, 700, f"Body of sheet {word}") + text_at(50, 40, "jane@example.org")
        for word in ("one", "two")
    ]
    found = [(line.text, line.apart) for line in read_pdf_lines(pdf_of(pages))]
    assert found == [
        ("Body of sheet one", ""),
        ("jane@example.org", ""),
        ("Body of sheet two", ""),
        ("jane@example.org", "running"),
    ]


def test_what_a_browser_prints_round_a_page_is_apart() -> None:
    content = (
        text_at(24, 820, "10/4/23, 3:14 PM")
        + text_at(250, 820, "Jane Doe CV")
        + text_at(50, 700, "Body")
        + text_at(24, 20, "file:///C:/cv.html")
        + text_at(560, 20, "1/1")
    )
    found = [(line.text, line.apart) for line in read_pdf_lines(pdf_of([content]))]
    assert found == [
        ("Body", ""),
        ("10/4/23, 3:14 PM Jane Doe CV", "running"),
        ("file:///C:/cv.html 1/1", "running"),
    ]


def test_accents_set_over_letters_are_part_of_them() -> None:
    """J1: TeX sets an accent and a letter."""
    shown = "[(R)0(\xb4)333(esum)0(\xb4)333(e M)0(\xa8)333(uller)] TJ"
    assert texts(pdf_of([f"BT /F1 10 Tf 50 700 Td {shown} ET"])) == ["Résumé Müller"]


def test_ligatures_that_are_control_codes_are_letters() -> None:
    """J1: bitmap fonts of TeX have no names, only codes."""
    fonts = {"F3": samples.coded_font(["A"])}
    content = b"BT /F3 10 Tf 50 700 Td (o\x0ece, pro\x0cle and e\x0bect) Tj ET"
    assert texts(pdf_of([content], fonts=fonts)) == ["office, profile and effect"]


NAMES = ["o", "unnamed1", "c", "e", "i", "n", "t", "space", "x", "q"]


def coded(text: str) -> str:
    """The codes of `text` in a font of NAMES, where # is the glyph without a name."""
    order = "o#ceint xq"
    return f"({''.join(chr(65 + order.index(each)) for each in text)}) Tj"


def test_a_lost_ligature_is_found_where_only_one_makes_known_words() -> None:
    """J1: with "office" known, the same glyph is ffi in every other word."""
    content = f"BT /F3 10 Tf 50 700 Td {coded('o#ce in ten xo#q')} ET"
    fonts = {"F3": samples.coded_font(NAMES)}
    assert texts(pdf_of([content], fonts=fonts)) == ["office in ten xoffiq"]


def test_a_lost_ligature_that_may_be_anything_is_not_guessed() -> None:
    content = f"BT /F3 10 Tf 50 700 Td {coded('xo#q in ten cent')} ET"
    fonts = {"F3": samples.coded_font(NAMES)}
    assert texts(pdf_of([content], fonts=fonts)) == ["xo\ufffdq in ten cent"]


def test_letters_spaced_out_make_words() -> None:
    """J1."""
    content = (
        text_at(50, 700, "E X P E R I E N C E")
        + text_at(50, 680, "W O R K   H I S T O R Y")
        + "4 Tc "
        + text_at(50, 660, "EDUCATION AND MORE")
    )
    assert texts(pdf_of([content])) == ["EXPERIENCE", "WORK HISTORY", "EDUCATION AND MORE"]


def test_letters_drawn_twice_are_read_once_and_double_letters_stay() -> None:
    """J1: fake bold."""
    whole = text_at(50, 700, "Balloon Bookkeeper")
    parts = text_at(50.4, 700, "Balloo") + text_at(50.4 + 27.8, 700, "n Bookkeeper")
    assert texts(pdf_of([whole + parts])) == ["Balloon Bookkeeper"]


def test_text_that_nobody_sees_is_apart_and_white_on_dark_is_not() -> None:
    """J1: hidden words neither vanish nor count as the person's own."""
    content = (
        text_at(50, 700, "Seen by all who look at this page")
        + "1 1 1 rg "
        + text_at(50, 650, "stuffed words")
        + "0.1 0.1 0.4 rg 40 590 300 30 re f 1 1 1 rg "
        + text_at(50, 600, "White on blue")
        + "0 0 0 rg "
        + text_at(50, 500, "speck", size=0.5)
        + "3 Tr "
        + text_at(50, 450, "unpainted")
    )
    found = [(line.text, line.apart) for line in read_pdf_lines(pdf_of([content]))]
    assert found == [
        ("Seen by all who look at this page", ""),
        ("White on blue", ""),
        ("stuffed words", "hidden"),
        ("speck", "hidden"),
        ("unpainted", "hidden"),
    ]


def test_a_scan_with_recognised_text_is_read() -> None:
    content = "3 Tr " + text_at(50, 650, "Recognised words")
    found = read_pdf_lines(pdf_of([content]))
    assert [(line.text, line.apart) for line in found] == [("Recognised words", "")]


@pytest.mark.parametrize("turns", [0, 90, 180, 270])
def test_a_turned_page_reads_as_it_is_shown(turns: int) -> None:
    matrix = {
        0: ("1 0 0 1", (100, 700), (100, 680)),
        90: ("0 1 -1 0", (100, 100), (120, 100)),
        180: ("-1 0 0 -1", (400, 100), (400, 120)),
        270: ("0 -1 1 0", (400, 700), (380, 700)),
    }
    axes, *places = matrix[turns]
    shown = [
        f"BT /F1 10 Tf {axes} {x} {y} Tm ({text}) Tj ET "
        for (x, y), text in zip(places, ("First line", "Second line"), strict=True)
    ]
    content = pdf_of(["".join(shown)], page_entries=f"/Rotate {turns}")
    assert texts(content) == ["First line", "Second line"]


def test_an_empty_user_password_opens() -> None:
    """J1."""
    assert texts(pdf_of([text_at(50, 700, "Hello there")], password=b"")) == ["Hello there"]


WORDS = text_at(50, 700, "Hello there")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no such thing", "not-pdf"),
        (b"%PDF-1.7 and then rubbish", "damaged"),
        (pdf_of([WORDS])[:300], "damaged"),
        (pdf_of([WORDS], password=b"secret"), "encrypted"),
        (pdf_of([WORDS] * (MOST_PAGES + 1)), "too-many-pages"),
        (pdf_of(["0 0 100 100 re f"]), "no-text"),
        (pdf_of([zlib.compress(bytes(250_000_000))]), "too-complex"),
        (pdf_of([zlib.compress(zlib.compress(bytes(250_000_000)))]), "too-complex"),
        (pdf_of(["BT /F1 1 Tf " + f"({'x' * 30_000}) Tj " * 12 + "ET"]), "too-complex"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_pdf_that_cannot_be_read_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    """J1: a clear typed error for each."""
    with pytest.raises(WorkflowError) as caught:
        read_pdf_lines(content)
    assert (caught.value.code, caught.value.reason) == (Code.INVALID_ARGUMENT, reason)
    assert "Hello" not in caught.value.message


def test_a_mark_for_any_ligature_is_named_word_by_word_where_only_one_makes_a_known_word() -> None:
    """J1: a page printed by a browser, whose font names all its ligatures U+FFFD."""
    text = "\n".join(line.text for line in read_pdf_lines(academic_pdf()))
    # "efficiente" is Italian and "eficiente" Spanish, so nothing is certain.
    assert re.findall(r"\S*\ufffd\S*", text) == ["e\ufffdciente"]
    for word in ("Profilo", "diffusione", "Oceanografia", "Heat flux"):
        assert word in text
    assert [known_ligature(word) for word in ("o\ufffdce", "Pro\ufffdlo", "xy\ufffdz")] == [
        "ffi",
        "fi",
        "",
    ]
