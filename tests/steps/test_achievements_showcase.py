"""Achievements as the CV states them (F12 `achievements-showcase`)."""

import time

import pytest
from example_cvs import after_parse, example_cv

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps.achievement_metrics import metrics_of
from cvplus_workflow.steps.achievements_showcase import MOST_SHOWN, Achievement, Output, run
from cvplus_workflow.steps.action_words import tells_action
from cvplus_workflow.steps.cv import Award, Experience, ParsedCv, Project
from cvplus_workflow.steps.parse import texts_of


def shown(cv: ParsedCv) -> Output:
    output = run(after_parse(cv)).output
    assert isinstance(output, Output)
    return output


def only(text: str, **fields: object) -> Achievement:
    job = Experience(position="Baker", company="Loaf", achievements=[text])
    (found,) = shown(ParsedCv.model_validate({"experience": [job], **fields})).achievements
    return found


@pytest.mark.parametrize("name", ["richard", "jobby", "jane", "jane-markdown"])
def test_every_achievement_is_quoted_word_for_word(name: str) -> None:
    cv = example_cv(name)
    said = "\n".join(texts_of(cv))
    output = shown(cv)
    assert output.achievements
    for each in output.achievements:
        assert each.text in said
        assert all(metric.text in each.text for metric in each.metrics)


def test_prizes_and_awards_of_a_real_cv_come_first_and_duties_last() -> None:
    output = shown(example_cv("richard"))
    assert [each.text for each in output.achievements[:4]] == [
        "Digital Compression Pioneer Award",
        "Successfully won Techcrunch Disrupt",
        "Awarded 'Teacher of the Month'",
        "Won award at AIHacks 2016",
    ]
    assert {each.category for each in output.achievements[:4]} == {"recognition"}
    assert output.achievements[0].context == "Techcrunch, 2014"
    assert output.achievements[1].context == "CEO/President, Pied Piper"


def test_lines_that_tell_of_no_result_are_left_out() -> None:
    texts = [each.text for each in shown(example_cv("jane")).achievements]
    assert "Managed a 5-person development team" in texts
    assert not {"Accomplishment 2", "Etc."} & set(texts)


@pytest.mark.parametrize("name", ["johnny"])
def test_a_cv_without_achievements_is_refused(name: str) -> None:
    with pytest.raises(WorkflowError) as caught:
        shown(example_cv(name))
    assert caught.value.code == Code.FAILED_PRECONDITION
    assert caught.value.reason == "missing-achievements"


@pytest.mark.parametrize(
    ("text", "points", "significance", "category"),
    [
        ("Reduced costs by 20 %, in 3 months", 6, "high", "efficiency"),
        ("Raised $18M", 5, "high", "growth"),
        ("Managed a team of 12 people", 4, "medium", "leadership"),
        ("Won the baking contest", 3, "medium", "recognition"),
        ("Sourdough for 300 guests", 2, "low", ""),
        ("Developed a recipe", 2, "low", "delivery"),
        ("Umsatz um 20 % gesteigert", 5, "high", "growth"),
        ("Réduction des coûts de 15 %", 5, "high", "efficiency"),
        ("Aumenté las ventas un 30 %", 5, "high", "growth"),
        ("Sviluppato un nuovo forno", 2, "low", "delivery"),
        ("Leidde een team van 8 medewerkers", 2, "low", ""),
        ("Wdrożenie systemu dla 120 piekarni", 4, "medium", "delivery"),
    ],
)
def test_significance_and_category_follow_the_table(
    text: str, points: int, significance: str, category: str
) -> None:
    found = only(text)
    assert (found.points, found.significance, found.category) == (points, significance, category)


def test_sentences_of_running_text_count_if_they_tell_much() -> None:
    job = Experience(description="Baked bread daily. Increased sales by 40 %. Liked it.")
    (found,) = shown(ParsedCv(experience=[job])).achievements
    assert found.text == "Increased sales by 40 %."


def test_what_stands_under_achievements_counts_as_stated_and_once() -> None:
    cv = ParsedCv(
        achievements=["Best loaf in town", "Built an oven"],
        projects=[Project(name="Oven", highlights=["Built an oven"])],
        awards=[Award(title="Golden Crumb")],
    )
    found = [(each.text, each.points) for each in shown(cv).achievements]
    assert found == [("Golden Crumb", 5), ("Built an oven", 2), ("Best loaf in town", 2)]


def test_the_page_has_the_first_few_with_their_numbers_in_bold_and_escaped() -> None:
    lines = [f"Increased <sales> by {number} %" for number in range(10, 20)]
    output = shown(ParsedCv(experience=[Experience(achievements=lines)]))
    assert (len(output.achievements), output.shown) == (10, MOST_SHOWN)
    assert output.fragment.count("<li>") == MOST_SHOWN
    assert "Increased &lt;sales&gt; by <strong>10 %</strong>" in output.fragment
    assert "15 %" not in output.fragment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("serving 2M+ monthly requests", [("count", "2M+", 2e6)]),
        ("with 99.97% uptime", [("percent", "99.97%", 99.97)]),
        ("Raised $18M", [("money", "$18M", 18e6)]),
        ("team from 3 to 28 people", [("change", "from 3 to 28", None)]),
        ("footprint by 4.2x", [("multiple", "4.2x", 4.2)]),
        ("a 3-fold increase", [("multiple", "3-fold", 3.0)]),
        ("cited 340+ times", [("count", "340+", 340.0)]),
        ("after 6 months", [("time", "6 months", 6.0)]),
        ("um 20 % auf 1,2 Mio. € gesteigert",
         [("percent", "20 %", 20.0), ("money", "1,2 Mio. €", 1.2e6)]),
        ("Budget: 3.500.000 EUR", [("money", "3.500.000 EUR", 3.5e6)]),
        ("1 200 000 € par an", [("money", "1 200 000 €", 1.2e6)]),
        ("CHF 250'000 budget", [("money", "CHF 250'000", 250e3)]),
        ("un 30 por ciento en 2 meses",
         [("percent", "30 por ciento", 30.0), ("time", "2 meses", 2.0)]),
        ("2,5 mln zł oszczędności", [("money", "2,5 mln zł", 2.5e6)]),
        ("in 2 jaar", [("time", "2 jaar", 2.0)]),
        ("handled 1,200 tickets", [("count", "1,200", 1200.0)]),
        ("by 10–15%", [("percent", "10–15%", None)]),
        ("by 3.125%", [("percent", "3.125%", None)]),
        ("Won 1st place", [("rank", "1st place", None)]),
        ("HTML 5 pages in Python 3", []),
        ("Accomplishment 2", []),
        ("in 2016, Draft 2, IPv6, SHA-256", []),
        ("GPA 3.97/4.00, support 24/7", []),
        ("call +1 650 999 7777", []),
        ("2013-09 to 2016", []),
        ("the 1990s", []),
    ],
)  # fmt: skip
def test_numbers_that_measure_are_told_from_those_that_name(
    text: str, expected: list[tuple[str, str, float | None]]
) -> None:
    assert [(each.kind, each.text, each.value) for each in metrics_of(text)] == expected


@pytest.mark.parametrize(
    ("line", "tells"),
    [
        ("Built a thing", True),
        ("Successfully led a team", True),
        ("Prozesse wurden automatisiert", True),
        ("Foundation of knowledge", False),
        ("Server rooms and general affairs", False),
        ("Missing parts", False),
        ("", False),
    ],
)
def test_a_line_tells_an_action_where_it_begins_or_ends(line: str, tells: bool) -> None:
    assert tells_action(line) is tells


@pytest.mark.parametrize("unit", ["10% ", "$1,000 ", "from 1 to 20 ", "grew sales by 10 users "])
def test_the_time_for_a_long_text_grows_with_its_length_alone(unit: str) -> None:
    """Light steps are not stopped at their timeout: a text of numbers must not hold a worker."""
    text = unit * (60_000 // len(unit))
    start = time.process_time()
    assert metrics_of(text)
    assert time.process_time() - start < 4
