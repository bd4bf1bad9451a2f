"""Checks of what the CV states (J8): its contact, the times of its jobs, its headings."""

import pytest

from cvplus_workflow.steps.checks.contact import is_email, is_phone
from cvplus_workflow.steps.checks.heading_spelling import misspelled
from cvplus_workflow.steps.checks.stated import overlaps
from cvplus_workflow.steps.cv import Experience, ParsedCv


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.org",
        "ada.byron+cv@mail.example.org",
        "o'neill_x@a-b.example",
        "żaneta@przykład.example",
        "a@xn--bcher-kva.example",
    ],
)
def test_an_address_of_the_right_form_is_one(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize(
    "text",
    [
        "ada@example",
        "ada example.org",
        "ada@@example.org",
        ".ada@example.org",
        "ada..b@example.org",
        "ada@-.example.org",
        "ada@10.0.0.1",
        "ada@example.org, byron@example.org",
        f"{'a' * 65}@example.org",
        f"a@{'b' * 60}.{'c.' * 100}org",
    ],
)
def test_an_address_of_a_wrong_form_is_none(text: str) -> None:
    assert not is_email(text)


@pytest.mark.parametrize(
    "text",
    [
        "(912) 555-4321",
        "555-666-7777",
        "+1 912 555 4321 ext. 12",
        "+49 (0)30 90 26 0",
        "+44 20 7946 0018",
        "030/9026-0",
        "06 12 34 56 78",
        "+48 22 555 01 00 / 0711 555 0100",
    ],
)
def test_a_number_of_the_right_form_is_one(text: str) -> None:
    assert is_phone(text)


@pytest.mark.parametrize(
    "text",
    [
        "12-24",
        "call me",
        "+00 (0)00 000 0000",
        "+49 1",
        "+1 912 555 43210000",
        "1" * 16,
    ],
)
def test_a_number_of_a_wrong_form_is_none(text: str) -> None:
    assert not is_phone(text)


def job(company: str, start: str, end: str = "", *, current: bool = False) -> Experience:
    return Experience(company=company, start=start, end=end, current=current)


@pytest.mark.parametrize(
    ("jobs", "told"),
    [
        ([job("A", "2010", "2014"), job("B", "2011", "2013")], ["experience 1 and 2"]),
        ([job("A", "2010", "2014"), job("B", "2014", "2016")], []),
        ([job("A", "2010-01", "2014-03"), job("B", "2014-01", "2016-01")], []),
        ([job("A", "2010", "2014"), job("B", "2013", "2016")], []),
        ([job("A", "2010", "2014"), job("a ", "2011", "2013")], []),
        ([job("A", "2010", "2014"), job("B", "2011-01", "2011-03")], []),
        ([job("A", "2010", "2014"), job("B", "", "2013"), job("C", "2012", "")], []),
        (
            [job("A", "2010", current=True), job("B", "2018", "2020"), job("C", "2009", "2010")],
            ["experience 1 and 2"],
        ),
    ],
)
def test_jobs_that_overlap_by_more_than_half_of_the_shorter_are_told(
    jobs: list[Experience], told: list[str]
) -> None:
    assert overlaps(ParsedCv(experience=jobs)) == told


@pytest.mark.parametrize(
    ("headings", "slips"),
    [
        (["Experience", "Eduction", "Skils"], [2, 3]),
        (["Work Experiance", "Education"], [1]),
        (["Experience", "TECHNCAL SKILLS:"], [2]),
        (["Experience", "Educatoin"], [2]),
        (["Berufserfarung", "Ausbildung", "Kentnisse"], [1, 3]),
        (["Expérience profesionnelle", "Formation"], [1]),
        (["Educación", "Experiensia laboral"], [2]),
        (["Istruzione", "Competenzze"], [2]),
        (["Opleiding", "Werkervarng"], [2]),
        (["Edukacja", "Umiejętnosi"], [2]),
        (["Publicatons"], [1]),
    ],
)
def test_headings_a_slip_away_from_a_usual_name_are_found(
    headings: list[str], slips: list[int]
) -> None:
    assert misspelled(headings) == slips


@pytest.mark.parametrize(
    "headings",
    [
        ["Experience", "Project", "Interest", "Technology", "Work Experiences", "Reference"],
        ["Experience", "Patents", "Conferences", "Presentations", "Service to the Profession"],
        ["Berufserfahrung", "EDV Kenntnisse", "Publikation", "Qualifikationen", "Sonstiges"],
        ["Formation", "Langue", "Centre d'intérêt", "Divers"],
        ["Experiência", "Educação", "Formação", "Projetos", "Publicações"],
        ["Doświadczenia", "Wykształcenie", "Zainteresowanie", "Języki"],
        ["Hobbys", "Prijs", "Ada Byron", "", "CV"],
    ],
)
def test_forms_of_a_name_other_words_and_other_languages_are_no_slips(headings: list[str]) -> None:
    assert misspelled(headings) == []
