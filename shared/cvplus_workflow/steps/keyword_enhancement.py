"""What a vacancy asks for, and where the CV says it: present, partly present, missing.

Terms come from the job description by the rules of `terms.py`; with the title of a post
alone, they are the words of that title. Nothing is rewritten, and no term becomes a
claim that the person has a skill. The report is for the person whose CV it is, so it is
data (`result.json`) and adds nothing to the page that employers see: the fragment is
empty.
"""

from typing import Literal

from pydantic import Field

from ..errors import refusal
from .contract import FeatureOutput, JobSettings, Produced
from .inputs import ParsedCvInput
from .term_coverage import TermCoverage, coverage_of, covered_share
from .terms import Term, title_terms, wanted_terms
from .vacancy import vacancy_of

Input = ParsedCvInput


class Output(FeatureOutput):
    """The terms by what the CV has of them; `coverage` is the share covered by importance.

    `basis` says what they come from. A partial term counts half in `coverage` (0 to 1).
    """

    basis: Literal["job-description", "role"]
    role: str = ""
    coverage: float
    present: list[TermCoverage] = Field(default_factory=list)
    partial: list[TermCoverage] = Field(default_factory=list)
    missing: list[TermCoverage] = Field(default_factory=list)
    note: str


_NOTES = {
    "job-description": "Terms were found by rules in the job description; judge each yourself.",
    "role": "No job description was given, so only the words of the post's title were looked for.",
}


def run(given: ParsedCvInput) -> Produced:
    """The vacancy's terms in the CV.

    Raises `WorkflowError` (failed-precondition): `missing-job-description` without a job
    description or a role, `missing-terms` if neither has any that can be looked for.
    """
    job = given.job
    if not (job.job_description or job.role):
        raise refusal(
            "missing-job-description",
            "There is no job description and no role to compare the CV with.",
        )
    terms = terms_of(job)
    if not terms:
        raise refusal("missing-terms", "The job description has no terms that can be looked for.")
    covered = coverage_of(given.outputs.cv, terms)
    basis: Literal["job-description", "role"] = "job-description" if job.job_description else "role"
    by_presence = {
        presence: [each for each in covered if each.presence == presence]
        for presence in ("present", "partial", "missing")
    }
    output = Output(
        fragment="",
        basis=basis,
        role=job.role,
        coverage=round(covered_share(covered), 2),
        note=_NOTES[basis],
        **by_presence,
    )
    return Produced(output)


def terms_of(job: JobSettings) -> list[Term]:
    """The terms of the job description, or of the title where there is none."""
    if not job.job_description:
        return title_terms(job.role)
    return wanted_terms(vacancy_of(job.job_description, job.role))
