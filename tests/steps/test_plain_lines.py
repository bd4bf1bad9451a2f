"""Plain text as lines: headings by rules, lists, wide blanks, pages (rows J1, I1)."""

from pathlib import Path

import pytest

from cvplus_workflow.steps.reading.layout import LayoutLine
from cvplus_workflow.steps.reading.plain_lines import COLUMN, read_plain_lines
from cvplus_workflow.steps.reading.text import decoded, words

JANE = decoded((Path(__file__).parents[2] / "examples" / "jane" / "resume.txt").read_bytes())


def of(text: str) -> list[tuple[str, int, int]]:
    return [(line.text, line.level, line.depth) for line in read_plain_lines(text)]


def line_of(text: str, found: str) -> LayoutLine:
    (line,) = [each for each in read_plain_lines(text) if each.text.startswith(found)]
    return line


def test_every_word_of_a_text_is_read_once() -> None:
    """J1."""
    lines = read_plain_lines(JANE)
    read = words("\n".join(line.text for line in lines))
    targets = words("\n".join(span.url for line in lines for span in line.spans))
    assert read + targets == words(JANE)


def test_headings_with_a_rule_beside_them_have_a_level() -> None:
    headings = [line.text for line in read_plain_lines(JANE) if line.level]
    assert headings == [
        "SKILLS",
        "EMPLOYMENT",
        "PROJECTS",
        "GOVERNANCE",
        "EDUCATION",
        "AFFILIATION",
        "SAMPLES",
        "WRITING",
        "READING",
        "SERVICE",
        "RECOGNITION",
        "INTERESTS",
    ]


def test_items_gaps_numbers_and_links_of_a_real_text() -> None:
    lines = read_plain_lines(JANE)
    items = [line.text for line in lines if line.depth == 1]
    assert items[0] == "Web: JavaScript HTML 5 CSS LAMP MVC REST"
    assert items.count("Accomplishment 2") == 5
    head = line_of(JANE, "Head Code Ninja")
    assert (head.number, head.gap, head.depth) == (19, 1, 0)
    linked = [(span.text, span.url, span.strong) for span in line_of(JANE, "Development").spans]
    assert ("Quantum Diorama", "https://en.wikipedia.org/wiki/Vaporware", True) in linked


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Jane\n====\nText", [("Jane", 1, 0), ("Text", 0, 0)]),
        ("Skills\n------\nC++", [("Skills", 2, 0), ("C++", 0, 0)]),
        ("a\n\nSKILLS\n" + "-" * 70, [("a", 0, 0), ("SKILLS", 2, 0)]),
        ("Jane\nTel. 1\nBerlin\n" + "=" * 70, [("Jane", 0, 0), ("Tel. 1", 0, 0), ("Berlin", 0, 0)]),
        ("=== Skills ===", [("Skills", 1, 0)]),
        ("## Skills", [("Skills", 2, 0)]),
        ("+--------+\n| SKILLS |\n+--------+", [("SKILLS", 2, 0)]),
        ("C# and C++", [("C# and C++", 0, 0)]),
        ("English *****", [("English *****", 0, 0)]),
        ("A sentence ends.\n----------------", [("A sentence ends.", 0, 0)]),
        ("* a\n  * b\n    o C\n* d", [("a", 0, 1), ("b", 0, 2), ("C", 0, 3), ("d", 0, 1)]),
        ("• a\n\n1. b\n2) c", [("a", 0, 1), ("b", 0, 1), ("c", 0, 1)]),
        ("•\nItem", [("Item", 0, 1)]),
        ("- an item\n  that goes on", [("an item", 0, 1), ("that goes on", 0, 0)]),
        ("12. May 2013\n+49 30 1234", [("12. May 2013", 0, 0), ("+49 30 1234", 0, 0)]),
        ("| Acme | 2013 |\n|----|----|\n| A | B |", [("Acme\t2013", 0, 0), ("A\tB", 0, 0)]),
        ("Acme      2013\tBerlin", [("Acme\t2013\tBerlin", 0, 0)]),
    ],
)
def test_manners_of_plain_text(text: str, lines: list[tuple[str, int, int]]) -> None:
    assert of(text) == lines


def test_places_are_columns_and_wide_blanks_are_breaks() -> None:
    first, second = read_plain_lines("  Acme Corp     2013\n\twrapped")
    assert (first.left, first.right, first.breaks) == (2 * COLUMN, 20 * COLUMN, (10,))
    assert second.left == 8 * COLUMN
    assert (first.gap, second.gap) == (0, 0)


def test_form_feeds_begin_pages_and_lines_count_on() -> None:
    lines = read_plain_lines("One\n\fTwo\nThree")
    assert [(line.page, line.number) for line in lines] == [(1, 1), (2, 3), (2, 4)]
    assert read_plain_lines("One")[0].page == 0
