"""Example CVs as the parse step reads them, for tests of the steps that come after it."""

from functools import cache
from pathlib import Path

from cvplus_workflow.steps import parse
from cvplus_workflow.steps.contract import JobSettings
from cvplus_workflow.steps.cv import ParsedCv
from cvplus_workflow.steps.inputs import AfterParse, ParsedCvInput, ParsedDocument

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = {
    "richard": "richard/sample.resume.json",
    "jobby": "jobby/sample-resume.json",
    "jane": "jane/resume.json",
    "jane-markdown": "jane/resume.md",
    "johnny": "johnny/resume.md",
}
JOB = JobSettings(template="modern")


@cache
def _parsed(name: str) -> ParsedCv:
    path = EXAMPLES / FILES[name]
    given = parse.Input(
        job=JOB.model_copy(update={"file_name": path.name}), files={"source": path.read_bytes()}
    )
    output = parse.run(given).output
    assert isinstance(output, parse.Output)
    return output.cv


def example_cv(name: str) -> ParsedCv:
    """The CV of an example document."""
    return _parsed(name).model_copy(deep=True)


def after_parse(cv: ParsedCv) -> ParsedCvInput:
    """The input of a step that needs the parsed CV alone."""
    return ParsedCvInput(job=JOB, outputs=AfterParse(parse=ParsedDocument(cv=cv)))
