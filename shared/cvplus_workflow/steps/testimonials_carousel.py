"""What others say of the person, in the words of the CV.

Only words that the CV quotes make a testimonial. That references can be had, or how to
reach a referee, is none; it is shown below, as the section of references would.
"""

import re
from typing import Literal

from ..errors import refusal
from .contract import FeatureOutput, Model, Produced
from .cv import Reference
from .cv_page import paragraphs
from .headings import written_heading
from .inputs import ParsedCvInput
from .reading.text import folded
from .svg import Attributes, classed, element, text

Input = ParsedCvInput

FEWEST_WORDS = 4
"""Words of the shortest text that can be a statement about somebody."""

_ON_REQUEST = re.compile(
    r"(?:up)?on (?:\w+ )?(?:request|demand)|available (?:up)?on|"
    r"auf (?:\w+ )?(?:anfrage|nachfrage|wunsch|anforderung)|"
    r"sur (?:simple )?demande|"
    r"(?:a|bajo|previa) (?:peticion|solicitud|pedido)|disponibles? (?:a|bajo|previa|su|sur)|"
    r"(?:su|a|dietro) richiesta|"
    r"op (?:aanvraag|verzoek|navraag)|"
    r"na (?:zyczenie|zadanie|prosbe)"
)
_LONGEST_OFFER = 160
"""Characters of the longest text that merely offers references."""
_REACHES = re.compile(r"[\w.+-]+@[\w-]+\.\w|(?:\d[\s().\-/]{0,2}){7,}|https?://|\bwww\.")
_QUOTES = "\"'“”„«»‹›‘’‚「」*_ "
_ENDS = (".", "!", "?", "…", "。")
_WORD = re.compile(r"[^\W\d_]+")


class Statement(Model):
    """A statement as the CV gives it, and whose it is."""

    quote: str
    author: str = ""


class Carousel(Model):
    """Testimonials in the order of the CV; `layout` says how screens show them."""

    testimonials: list[Statement]
    layout: Literal["scroll", "single"]


class Output(FeatureOutput):
    """The testimonials; `unquoted` counts references that quote nobody."""

    carousel: Carousel
    unquoted: int


def run(given: ParsedCvInput) -> Produced:
    """The testimonials of the CV.

    Raises `WorkflowError` (failed-precondition, `missing-testimonials`) if it quotes none.
    """
    cv = given.outputs.cv
    quoted = [reference for reference in cv.references if is_statement(reference)]
    if not quoted:
        raise refusal("missing-testimonials", "The CV quotes nobody, and none is made up.")
    testimonials = [Statement(quote=each.text.strip(), author=each.name) for each in quoted]
    carousel = Carousel(
        testimonials=testimonials, layout="single" if len(quoted) == 1 else "scroll"
    )
    rest = [each for each in cv.references if each not in quoted]
    heading = written_heading(cv, "references") or "Testimonials"
    fragment = _fragment(heading, carousel, rest)
    return Produced(Output(fragment=fragment, carousel=carousel, unquoted=len(rest)))


def is_statement(reference: Reference) -> bool:
    """Whether the text is what somebody says: in quotation marks, or whole sentences.

    An offer of references in any of the languages that are read is none, and neither is a
    text that tells how to reach the referee.
    """
    stated = reference.text.strip()
    words = len(_WORD.findall(stated))
    if words < FEWEST_WORDS or _REACHES.search(stated) or _is_offer(stated):
        return False
    return stated[0] in _QUOTES or stated.rstrip(_QUOTES + ")]").endswith(_ENDS)


def _is_offer(stated: str) -> bool:
    return len(stated) <= _LONGEST_OFFER and _ON_REQUEST.search(folded(stated)) is not None


def _fragment(heading: str, carousel: Carousel, rest: list[Reference]) -> str:
    cards = map(_card, carousel.testimonials)
    return classed(
        "div",
        "testimonials",
        classed("h2", "testimonials-heading", text(heading)),
        element("ul", _row(heading, carousel.layout), *cards),
        *(classed("p", "testimonials-rest", _unquoted(each)) for each in rest),
    )


def _row(heading: str, layout: str) -> Attributes:
    """Attributes of the row; one that scrolls can be reached by the keyboard."""
    row: Attributes = {"class": f"testimonials-row testimonials-{layout}"}
    return row if layout == "single" else {**row, "tabindex": 0, "aria-label": heading}


def _unquoted(reference: Reference) -> str:
    lines = [reference.name, *reference.text.splitlines()]
    return "<br>".join(text(line) for line in lines if line.strip())


def _card(testimonial: Statement) -> str:
    quoted = (
        element("p", {}, "<br>".join(map(text, lines))) for lines in paragraphs(testimonial.quote)
    )
    author = testimonial.author
    source = classed("p", "testimonial-author", text(author)) if author else ""
    return classed("li", "testimonial", element("blockquote", {}, *quoted), source)
