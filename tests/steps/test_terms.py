"""Terms of a vacancy and their places in a text (F12 `keyword-enhancement`)."""

import json
import time

import pytest
from example_cvs import EXAMPLES

from cvplus_workflow.steps.term_matching import occurrences, tokens_of
from cvplus_workflow.steps.terms import MOST_TERMS, Term, title_terms, wanted_terms
from cvplus_workflow.steps.vacancy import vacancy_of

JOB_JSON = (EXAMPLES / "richard/sample.job.json").read_text()

ENGLISH = """# Senior Backend Engineer (m/f/d)
Acme GmbH is a leading company. You will excel in our team and go the extra mile.

## Your tasks
- Design and build RESTful microservices in Go and Node.js
- Rest assured, we express thanks and sketch the road ahead

## What you bring
- 5+ years of experience with PostgreSQL or MySQL databases
- Strong knowledge of AWS (EC2, S3), Docker and Kubernetes (K8s)
- Excellent communication skills in English

## What we offer
- 30 days of holiday, flexible hours
"""

GERMAN = """Pflegefachkraft (m/w/d) gesucht

Ihre Aufgaben:
• Behandlungspflege unserer Bewohner

Ihr Profil:
• Abgeschlossene Ausbildung als Pflegefachkraft oder Altenpfleger
• Erfahrung in der Wundversorgung und Palliativpflege
• Führerschein Klasse B

Wir bieten: unbefristeter Vertrag, 30 Tage Urlaub.
"""


def terms(description: str, role: str = "") -> dict[str, Term]:
    return {term.name: term for term in wanted_terms(vacancy_of(description, role))}


def named(name: str, text: str) -> int:
    return len(list(occurrences(name, tokens_of(text))))


def test_a_job_document_gives_its_skills_first_then_its_title_and_requirements() -> None:
    found = terms(JOB_JSON)
    stated = ["Web Development", "HTML", "CSS", "JavaScript", "React", "Node.js"]
    assert list(found)[:6] == stated
    assert {found[name].importance for name in stated} == {3}
    assert found["Web Developer"].importance == 2
    assert found["computer science"].importance == 2
    assert found["JavaScript"].mentions == 1
    assert "Microsoft" not in found


def test_names_and_what_is_required_are_found_and_ordinary_words_are_not() -> None:
    found = terms(ENGLISH)
    wanted = {"PostgreSQL", "MySQL", "AWS", "EC2", "S3", "Docker", "Kubernetes", "communication"}
    assert {name for name, term in found.items() if term.importance == 2} >= wanted
    assert {"Go", "Node.js", "RESTful", "microservices"} <= set(found)
    ordinary = {"Excel", "REST", "Express", "Sketch", "GmbH", "company", "team", "holiday", "hours"}
    assert ordinary & set(found) == set()
    assert found["Kubernetes"].mentions == 2, "K8s is another name of it"


def test_a_vacancy_in_german_gives_its_own_words_and_not_what_it_offers() -> None:
    found = terms(GERMAN)
    assert {"Pflegefachkraft", "Wundversorgung", "Palliativpflege", "Altenpfleger"} <= set(found)
    assert "Führerschein" in found
    assert not [name for name in found if "Urlaub" in name or "Vertrag" in name]


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("Profil recherché :\n- Maîtrise de la gestion de projet", "gestion de projet"),
        ("Requisitos:\n- Experiencia en atención al cliente", "atención al cliente"),
        ("Requisiti:\n- Conoscenza di AutoCAD e carpenteria metallica", "carpenteria metallica"),
        ("Wij vragen:\n- Kennis van boekhouding en Exact Online", "Exact Online"),
        ("Wymagania:\n- Znajomość obsługi suwnicy", "obsługi suwnicy"),
    ],
)  # fmt: skip
def test_requirements_are_read_in_other_languages(description: str, expected: str) -> None:
    assert expected in terms(description)


def test_the_marks_of_markdown_and_html_are_no_terms() -> None:
    found = terms("**Requirements:**\n* _Knowledge_ of **[Kotlin](https://k.example/Zed)**<br>\n")
    assert list(found) == ["Kotlin"]


def test_a_role_goes_before_the_title_that_the_document_states() -> None:
    assert vacancy_of(JOB_JSON, "Librarian (m/f/d)").title == "Librarian"
    assert vacancy_of(JOB_JSON, "").title == "Web Developer"


def test_malformed_json_is_read_as_text() -> None:
    assert "Docker" in terms('{"title": \n- Experience with Docker')


def test_a_title_gives_itself_and_its_words() -> None:
    assert [term.name for term in title_terms("Head of Data Science")] == [
        "Head of Data Science",
        "Head",
        "Data",
        "Science",
    ]
    assert [term.name for term in title_terms("Librarian")] == ["Librarian"]


@pytest.mark.parametrize(
    "description",
    [
        "Python, " * 6_000,
        "a " * 25_000,
        "<a " * 16_000,
        "[x" * 25_000,
        "(m/" * 16_000,
        json.dumps({"skills": [["x"] * 9] * 900}),
    ],
)
def test_a_description_made_to_be_slow_gives_few_terms_in_little_time(description: str) -> None:
    start = time.process_time()
    assert len(terms(description)) <= MOST_TERMS
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [
        ("Java", "JavaScript and java, JAVA", 2),
        ("C", "C++, C# and Objective-C", 0),
        ("C", "in C, on Linux", 1),
        ("C++", "C++ and c++", 2),
        ("R", "R&D of R-values", 0),
        ("Go", "Go, and off we go", 1),
        ("REST", "the rest of it", 0),
        ("REST", "a REST API", 1),
        ("Excel", "You excel. Excel at all", 0),
        ("Excel", "Word and Excel", 1),
        ("Node.js", "Node.JS, node js", 2),
        ("database", "Databases", 1),
        ("technology", "technologies", 1),
        ("optimisation", "optimization", 1),
        ("colour", "Color", 1),
        ("contract", "contrast and contact", 0),
        ("country", "county", 0),
        ("HTML", "html", 1),
        ("Führung", "fuhrung FÜHRUNG", 2),
        ("machine learning", "Machine-learning; machine, learning", 1),
        ("web development", "the web. Development of", 0),
    ],
)
def test_a_name_stands_in_other_forms_and_not_in_other_words(
    name: str, text: str, count: int
) -> None:
    assert named(name, text) == count
