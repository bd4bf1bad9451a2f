"""The format of `result.json`: everything that a job found, made and refused.

`domain/results.py` puts the document together, `steps/reading/result_file.py` reads its
`cv` again. `docs/result.schema.json` is drawn from here, so a change here is a change of
the published format: a new optional field raises the minor version, any other change the
major one.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, StringConstraints

from ..domain.states import JobStatus, StepState
from . import quality
from .contract import Model
from .cv import ParsedCv, Unplaced

SCHEMA_ID = "urn:cvplus:workflow:result:1.0"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


class ResultFile(Model):
    """A file that goes with the result: SHA-256 of its content in hex, `size` in bytes."""

    hash: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
    media_type: str
    size: Annotated[int, Field(ge=0)]


class ResultFeature(Model):
    """A chosen feature: its state, why it has no result, and the data that it found.

    `reason` is a stable word for programs and `message` a sentence for people; both are
    empty where the feature has its result. `data` is absent where it has none.
    """

    id: str
    state: StepState
    reason: str
    message: str
    data: dict[str, JsonValue] = Field(default_factory=dict)


class ResultDocument(Model):
    """A job's result; `cv` is the CV as read, `unplaced` the text that fits no field of it.

    After privacy mode both are the masked copies, and null and empty where it failed.

    `format` is what the CV was read as. `cv` and `quality` are null where the job ended
    before they were made; `files` is keyed by file name.
    """

    schema_version: Literal["1.0"]
    job_id: str
    run: Annotated[int, Field(ge=1)]
    status: JobStatus
    template: str
    paper: Literal["a4", "letter"]
    format: str
    cv: ParsedCv | None
    unplaced: list[Unplaced]
    features: list[ResultFeature]
    quality: quality.Output | None
    files: dict[str, ResultFile]


def result_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `result.json`."""
    return {
        "$schema": DIALECT,
        "$id": SCHEMA_ID,
        **ResultDocument.model_json_schema(by_alias=True, mode="validation"),
    }
