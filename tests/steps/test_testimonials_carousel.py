"""What others say, as the CV quotes it (F12)."""

import re

import pytest
from example_cvs import JOB, after_parse, example_cv

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps.cv import ParsedCv, Reference, SectionHeading
from cvplus_workflow.steps.inputs import AfterParse, MaskedDocument, ParsedCvInput, ParsedDocument
from cvplus_workflow.steps.registry import BUILT_IN
from cvplus_workflow.steps.testimonials_carousel import Output, Statement, is_statement, run

QUOTE = "She is the best engineer I ever met."


def output_of(cv: ParsedCv) -> Output:
    output = run(after_parse(cv)).output
    assert isinstance(output, Output)
    return output


def test_the_words_of_an_example_are_quoted_unchanged_in_its_order() -> None:
    output = output_of(example_cv("jane"))
    assert output.carousel.testimonials == [
        Statement(
            quote="Jane is awesome! I'd hire her again in a heartbeat.", author="John Davidson"
        ),
        Statement(
            quote="I've known Jane personally and professionally for almost ten years. "
            "She is one in a million.",
            author="Dana Nevins",
        ),
    ]
    assert output.carousel.layout == "scroll"
    assert re.findall(r"<blockquote><p>(.*?)</p>", output.fragment) == [
        each.quote for each in output.carousel.testimonials
    ]
    assert '<p class="testimonial-author">Dana Nevins</p>' in output.fragment


def test_one_testimonial_alone_does_not_scroll() -> None:
    output = output_of(example_cv("richard"))
    assert output.carousel.layout == "single"
    assert "testimonials-scroll" not in output.fragment


@pytest.mark.parametrize(
    "text",
    [
        QUOTE,
        "Great to work with!",
        "“A pleasure to work with”",
        "„Sie arbeitet genau und ruhig.“",
        "« Une collègue vraiment remarquable »",
        "On request she took over the night shift. Nobody asked twice, and she never complained "
        "about it, not even when the third winter came and the heating failed for weeks.",
    ],
)
def test_whole_sentences_and_quotations_are_statements(text: str) -> None:
    assert is_statement(Reference(text=text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "References available upon request.",
        "Available on request!",
        "References will be provided on demand to employers.",
        "Referenzen auf Anfrage.",
        "Referenzen gerne auf Wunsch erhältlich.",
        "Références disponibles sur simple demande.",
        "Referencias disponibles a petición.",
        "Referenze disponibili su richiesta.",
        "Referenties zijn op aanvraag beschikbaar.",
        "Referencje dostępne na życzenie.",
        "Head of Research at the Example Institute",
        "Please write to her at jane@example.org.",
        "Call him any time, his number is +49 221 1234567.",
        "Very good!",
    ],
)
def test_offers_ways_to_reach_somebody_and_titles_are_no_statements(text: str) -> None:
    assert not is_statement(Reference(name="A", text=text))


def test_references_that_quote_nobody_are_counted_and_stay_on_the_page() -> None:
    cv = ParsedCv(
        references=[
            Reference(name="A", text=QUOTE),
            Reference(name="B <b>", text="Head of Research\nb@example.org"),
            Reference(text="References available upon request."),
        ]
    )
    output = output_of(cv)
    assert (len(output.carousel.testimonials), output.unquoted) == (1, 2)
    rest = re.findall(r'<p class="testimonials-rest">(.*?)</p>', output.fragment)
    assert rest == [
        "B &lt;b&gt;<br>Head of Research<br>b@example.org",
        "References available upon request.",
    ]


def test_paragraphs_and_the_heading_are_those_of_the_cv() -> None:
    cv = ParsedCv(
        references=[Reference(text=f"{QUOTE}\n\n{QUOTE}")],
        sections=[SectionHeading(kind="references", title="REFERENZEN")],
    )
    fragment = output_of(cv).fragment
    assert f"<blockquote><p>{QUOTE}</p><p>{QUOTE}</p></blockquote>" in fragment
    assert '<h2 class="testimonials-heading">Referenzen</h2>' in fragment
    assert "testimonial-author" not in fragment


def test_what_privacy_mode_masked_does_not_come_back() -> None:
    assert "privacy-mode" in BUILT_IN["testimonials-carousel", 1].spec.after
    masked = MaskedDocument(cv=ParsedCv(references=[Reference(name="Shown", text=QUOTE)]))
    parse = ParsedDocument(cv=ParsedCv(references=[Reference(name="Hidden", text=QUOTE)]))
    given = ParsedCvInput(job=JOB, outputs=AfterParse(parse=parse, privacy_mode=masked))
    assert "Hidden" not in run(given).output.model_dump_json()


@pytest.mark.parametrize(
    "references", [[], [Reference(name="A")], [Reference(text="References available on request.")]]
)
def test_without_a_testimonial_the_step_is_refused(references: list[Reference]) -> None:
    with pytest.raises(WorkflowError) as refused:
        run(after_parse(ParsedCv(references=references)))
    assert (refused.value.code, refused.value.reason) == (
        Code.FAILED_PRECONDITION,
        "missing-testimonials",
    )
