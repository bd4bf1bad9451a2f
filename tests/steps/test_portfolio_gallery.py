"""The portfolio shows the projects of the CV and counts them (F12)."""

import pytest
from example_cvs import JOB, after_parse, example_cv

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps import assemble, portfolio_gallery
from cvplus_workflow.steps.contract import Produced
from cvplus_workflow.steps.cv import ParsedCv, Project, SectionHeading
from cvplus_workflow.steps.page_text import page_content, words_of


def gallery(cv: ParsedCv) -> portfolio_gallery.Output:
    produced: Produced = portfolio_gallery.run(after_parse(cv))
    assert isinstance(produced.output, portfolio_gallery.Output)
    return produced.output


def test_an_example_has_its_project_as_stated() -> None:
    (item,) = gallery(example_cv("richard")).items
    assert (item.name, item.category, item.role) == (
        "Miss Direction",
        "application",
        "Team lead, Designer",
    )
    assert (item.start_date, item.end_date) == ("2016-08-24", "2016-08-24")
    assert item.url == "http://missdirection.example.com"
    assert item.technologies == ["GoogleMaps", "Chrome Extension", "Javascript"]
    assert len(item.highlights) == 3


def test_statistics_are_counted_from_what_is_stated() -> None:
    counted = gallery(example_cv("jane-markdown")).statistics
    assert (counted.projects, counted.with_link, counted.current) == (5, 5, 2)
    assert (counted.first_year, counted.last_year) == ("2012", "2015")
    assert counted.categories == [], "the document names none"
    jane = gallery(example_cv("jane")).statistics
    named = {each.name: each.projects for each in jane.technologies}
    assert (named["JavaScript"], named["Android"]) == (2, 1)
    assert jane.technologies[0].projects == 2, "the most frequent first"


def test_a_technology_counts_once_a_project_in_any_case() -> None:
    projects = [
        Project(name="A", technologies=["Go", "GO"]),
        Project(name="B", technologies=["go"]),
    ]
    (tally,) = gallery(ParsedCv(projects=projects)).statistics.technologies
    assert (tally.name, tally.projects) == ("Go", 2)


@pytest.mark.parametrize("name", ["richard", "jane", "jane-markdown", "jobby"])
def test_the_cards_say_all_that_the_section_says(name: str) -> None:
    cv = ParsedCv(projects=example_cv(name).projects)
    plain = assemble.run(_assembling(cv, "")).files["cv.html"].content.decode()
    said = set(words_of(page_content(plain).text)) - set(words_of("Curriculum vitae Projects"))
    shown = set(words_of(page_content(gallery(cv).fragment).text))
    assert said <= shown


def _assembling(cv: ParsedCv, fragment: str) -> assemble.Input:
    outputs = {"parse": {"cv": cv}, "portfolio-gallery": {"fragment": fragment}}
    return assemble.Input(job=JOB, outputs=assemble.CompletedOutputs.model_validate(outputs))


def test_the_gallery_stands_beside_the_section_that_it_hides() -> None:
    cv = example_cv("richard")
    html = assemble.run(_assembling(cv, gallery(cv).fragment)).files["cv.html"].content.decode()
    after = html[html.index('<section class="projects">') :]
    assert after.split("</section>")[1].lstrip().startswith('<div class="progressive-feature"')
    assert ".page:has(.portfolio-gallery) section.projects { display: none; }" in html


def test_the_pdf_says_a_project_once() -> None:
    import pypdfium2

    cv = example_cv("richard")
    pdf = assemble.run(_assembling(cv, gallery(cv).fragment)).files["cv.pdf"].content
    document = pypdfium2.PdfDocument(pdf)
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    assert text.count("A mapping engine that misguides you") == 1


def test_the_heading_is_the_cvs_own_where_it_has_one() -> None:
    cv = ParsedCv(projects=[Project(name="A")])
    cv.sections = [SectionHeading(kind="projects", title="Projekte & Mehr")]
    assert "Projekte &amp; Mehr</h2>" in gallery(cv).fragment
    cv.sections.append(SectionHeading(kind="projects", title="Samples"))
    assert ">Portfolio</h2>" in gallery(cv).fragment


def test_an_unsafe_address_makes_no_link() -> None:
    cv = ParsedCv(projects=[Project(name="A <b>", url="javascript:alert(1)")])
    output = gallery(cv)
    assert output.items[0].url == ""
    assert "javascript" not in output.fragment
    assert "A &lt;b&gt;" in output.fragment


def test_a_cv_without_projects_is_refused() -> None:
    with pytest.raises(WorkflowError) as caught:
        gallery(ParsedCv())
    assert (caught.value.code, caught.value.reason) == (
        Code.FAILED_PRECONDITION,
        "missing-projects",
    )
