"""How well a program for applications, and a hurried reader, can read the CV: 0 to 100.

The score is the points of all checks that apply, in per cent of their weights
(`ats_checks.py`), rounded. The terms of the vacancy count only where there is a job
description; without one the score covers the rest and says so. It is advice for the
person whose CV it is and no business of those who get the CV, so it is data
(`result.json`) and adds nothing to the page: the fragment is empty.
"""

from pydantic import Field

from .ats_checks import Check, Subject, checks_of
from .contract import FeatureOutput, Produced
from .inputs import AfterParse, ParsedCvInput, ParsedDocument
from .term_coverage import TermCoverage, coverage_of
from .terms import wanted_terms
from .vacancy import vacancy_of


class ReadDocument(ParsedDocument):
    """The parse step's output with how well the document was read."""

    format: str = ""
    placed_characters: int = 0
    total_characters: int = 0


class Outputs(AfterParse):
    """The parse step's output, and the masked copy if there is one."""

    parse: ReadDocument


class Input(ParsedCvInput):
    """The CV, how it was read, and the job description if there is one."""

    outputs: Outputs


class Output(FeatureOutput):
    """The score (0 to 100), its checks, and the terms of the vacancy if there is one.

    `covers_vacancy` tells whether a job description was part of it; `note` says it in words.
    """

    score: int = Field(ge=0, le=100)
    covers_vacancy: bool
    note: str
    checks: list[Check]
    matched: list[TermCoverage] = Field(default_factory=list)
    missing: list[TermCoverage] = Field(default_factory=list)


def run(given: Input) -> Produced:
    """The score and its reasons. It is made of any CV; an empty one scores low."""
    coverage = _coverage(given)
    parse = given.outputs.parse
    checks = checks_of(
        Subject(
            cv=given.outputs.cv,
            person=parse.cv.personal_info,
            format=parse.format or "an unknown format",
            placed=parse.placed_characters,
            total=parse.total_characters,
            coverage=coverage,
        )
    )
    output = Output(
        fragment="",
        score=score_of(checks),
        covers_vacancy=coverage is not None,
        note=_note(given, coverage),
        checks=checks,
        matched=[each for each in coverage or () if each.presence != "missing"],
        missing=[each for each in coverage or () if each.presence == "missing"],
    )
    return Produced(output)


def score_of(checks: list[Check]) -> int:
    """Points in per cent of the weights, rounded."""
    weights = sum(check.weight for check in checks)
    return round(100 * sum(check.points for check in checks) / weights) if weights else 0


def _coverage(given: Input) -> list[TermCoverage] | None:
    if not given.job.job_description:
        return None
    terms = wanted_terms(vacancy_of(given.job.job_description, given.job.role))
    return coverage_of(given.outputs.cv, terms) if terms else None


def _note(given: Input, coverage: list[TermCoverage] | None) -> str:
    if coverage is not None:
        return "The score covers the CV itself and the terms of the job description."
    if given.job.job_description:
        return "The job description has no terms to look for: the score covers the CV itself."
    return "No job description was given: the score covers the CV itself, not its fit for a post."
