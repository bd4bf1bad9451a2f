"""The result of a job: everything that was found, made and refused, in one document.

Its format is versioned; `docs/result.schema.json` is its JSON Schema.
"""

from collections.abc import Mapping

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from .documents import Job, StoredFile
from .features import PRIVACY_MODE
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
    """`cv` is the parsed CV, `unplaced` the text that fits no field of it.

    After privacy mode both are the masked copies: a result is made to be handed on.
    """

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


class _Shown(Struct):
    """What the parse step found, or what privacy mode left of it."""

    cv: Raw
    format: str = ""
    unplaced: Raw = Raw(b"[]")


_NOT_DATA = {PRIVACY_MODE: frozenset({"fragment", "cv", "unplaced"})}
"""What of a feature's output is no data of it: the HTML, and what stands elsewhere."""


def job_result(job: Job, bodies: Mapping[str, Raw]) -> JobResult:
    """Put together from the job and the outputs of its completed steps, by step id."""
    parsed = msgspec.json.decode(bodies["parse"], type=_Shown) if "parse" in bodies else None
    shown = _shown(job, bodies)
    return JobResult(
        schema_version=SCHEMA_VERSION,
        job_id=job.id,
        run=job.run.number,
        status=job.status,
        template=job.selected_template,
        paper=job.run.definition.paper,
        format=parsed.format if parsed else "",
        cv=shown.cv if shown else None,
        unplaced=shown.unplaced if shown else Raw(b"[]"),
        features=[_feature(job, name, bodies) for name in job.selected_features],
        quality=bodies.get("quality"),
        files=job.generated_cv.files if job.generated_cv else {},
    )


def _shown(job: Job, bodies: Mapping[str, Raw]) -> _Shown | None:
    """What may be shown: the masked copies alone, where privacy mode is chosen and not skipped."""
    chosen = PRIVACY_MODE in job.selected_features
    masked = chosen and job.run.steps[PRIVACY_MODE].state is not StepState.SKIPPED
    source = PRIVACY_MODE if masked else "parse"
    return msgspec.json.decode(bodies[source], type=_Shown) if source in bodies else None


def _feature(job: Job, name: str, bodies: Mapping[str, Raw]) -> FeatureResult:
    step = job.run.steps[name]
    data = _data(name, bodies[name]) if name in bodies else UNSET
    return FeatureResult(
        id=name,
        state=step.state,
        reason=step.error.reason if step.error else "",
        message=step.error.message if step.error else "",
        data=data,
    )


def _data(feature: str, body: Raw) -> dict[str, Raw]:
    output = msgspec.json.decode(body, type=dict[str, Raw])
    left_out = _NOT_DATA.get(feature, {"fragment"})
    return {name: value for name, value in output.items() if name not in left_out}
