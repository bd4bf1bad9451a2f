"""The result of a job: everything that was found, made and refused, in one document.

Its format is versioned; `docs/result.schema.json` is its JSON Schema.
"""

from collections.abc import Mapping

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from .documents import Job, StoredFile
from .states import JobStatus, StepState

SCHEMA_VERSION = "1.0"


class FeatureResult(Struct, frozen=True, rename="camel"):
    """A chosen feature: its state, why it has no result, and its output but for the HTML."""

    id: str
    state: StepState
    reason: str
    message: str
    data: dict[str, Raw] | UnsetType


class JobResult(Struct, frozen=True, rename="camel"):
    """`cv` is the parsed CV, `unplaced` the text that fits no field of it."""

    schema_version: str
    job_id: str
    run: int
    status: JobStatus
    template: str
    paper: str
    format: str
    cv: Raw | None
    unplaced: Raw
    features: list[FeatureResult]
    quality: Raw | None
    files: dict[str, StoredFile]


class _Parsed(Struct):
    cv: Raw
    format: str = ""
    unplaced: Raw = Raw(b"[]")


def job_result(job: Job, bodies: Mapping[str, Raw]) -> JobResult:
    """Put together from the job and the outputs of its completed steps, by step id."""
    parsed = msgspec.json.decode(bodies["parse"], type=_Parsed) if "parse" in bodies else None
    return JobResult(
        schema_version=SCHEMA_VERSION,
        job_id=job.id,
        run=job.run.number,
        status=job.status,
        template=job.selected_template,
        paper=job.run.definition.paper,
        format=parsed.format if parsed else "",
        cv=parsed.cv if parsed else None,
        unplaced=parsed.unplaced if parsed else Raw(b"[]"),
        features=[_feature(job, name, bodies) for name in job.selected_features],
        quality=bodies.get("quality"),
        files=job.generated_cv.files if job.generated_cv else {},
    )


def _feature(job: Job, name: str, bodies: Mapping[str, Raw]) -> FeatureResult:
    step = job.run.steps[name]
    data = _data(bodies[name]) if name in bodies else UNSET
    return FeatureResult(
        id=name,
        state=step.state,
        reason=step.error.reason if step.error else "",
        message=step.error.message if step.error else "",
        data=data,
    )


def _data(body: Raw) -> dict[str, Raw]:
    output = msgspec.json.decode(body, type=dict[str, Raw])
    return {name: value for name, value in output.items() if name != "fragment"}
