"""The final check of the finished page against the CV that it was made of.

Every check says what was counted, never what the CV says. It fails only for what our own
output broke; what the CV itself leaves open is a warning. The overall verdict is the worst
of all. It is advice: a job whose page fails is completed all the same, its verdict
recorded and shown, since its owner can judge the page and nobody else can repair it.
"""

from collections.abc import Iterator

from pydantic import ConfigDict, Field

from .checks.contact import contact_checks
from .checks.heading_spelling import heading_checks
from .checks.page_contrast import contrast_check
from .checks.page_tree import page_tree
from .checks.shown import look_checks, text_checks
from .checks.stated import stated_checks
from .checks.validity import validity_checks
from .checks.verdict import Check, Verdict
from .contract import Model, Produced, StepInput
from .inputs import AfterParse
from .page_text import page_content


class Assembled(Model):
    """The assemble step's output, as far as it is checked here."""

    model_config = ConfigDict(extra="ignore")

    pages: int
    missing_glyphs: list[str] = Field(default_factory=list)


class Outputs(AfterParse):
    """Outputs of the steps that the check needs."""

    assemble: Assembled


class Input(StepInput):
    """The CV, the assembled result, and the page as the file `cv.html`."""

    outputs: Outputs


class Output(Model):
    """All checks; the overall verdict is the worst, `score` the share that passed."""

    verdict: Verdict
    score: float
    checks: list[Check]


def run(given: Input) -> Produced:
    """Every check of the CV and of the finished page.

    Bytes that are no UTF-8 count as lost text. What the CV states is judged as it was
    read; what the page shows is compared with the masked copy if privacy mode made one.
    """
    html = given.files["cv.html"].decode("utf-8", "replace")
    checks = [*_cv_checks(given.outputs), *_page_checks(given.outputs, html)]
    verdicts = [check.verdict for check in checks]
    score = round(verdicts.count("pass") / len(verdicts), 2)
    return Produced(Output(verdict=_worst(verdicts), score=score, checks=checks))


def _worst(verdicts: list[Verdict]) -> Verdict:
    worst_first: tuple[Verdict, ...] = ("fail", "warn")
    return next((bad for bad in worst_first if bad in verdicts), "pass")


def _cv_checks(outputs: Outputs) -> Iterator[Check]:
    cv = outputs.parse.cv
    yield from stated_checks(cv)
    yield from contact_checks(cv.personal_info)
    yield from heading_checks(cv)


def _page_checks(outputs: Outputs, html: str) -> Iterator[Check]:
    content, tree = page_content(html), page_tree(html)
    yield from text_checks(outputs.cv, content, len(outputs.parse.unplaced))
    assembled = outputs.assemble
    yield from look_checks(content, assembled.pages, len(assembled.missing_glyphs))
    yield from validity_checks(tree)
    yield contrast_check(tree)
