"""Every public operation: one row each, with its wire name, models, role and service method.

Servers, functions and clients take their routes from here. Wire names and fields are
camelCase.
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    Base64Encoder,
    BaseModel,
    ConfigDict,
    EncodedBytes,
    Field,
    JsonValue,
    RootModel,
    StringConstraints,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from .domain.features import MAX_FEATURES
from .domain.queue import Priority
from .domain.sources import MAX_ADDRESS_LENGTH
from .domain.states import FeatureStatus, JobStatus, StepState


class _Form(BaseModel):
    """camelCase; built when it is first used: a function answers one operation, not all."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, defer_build=True)


class Wire(_Form):
    """Base of requests: camelCase, unknown fields refused."""

    model_config = ConfigDict(extra="forbid")


class Reply(_Form):
    """Base of responses: camelCase; what a service tells beyond it stays inside."""

    model_config = ConfigDict(extra="ignore")


Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$")]


class _StrictBase64(Base64Encoder):
    """Refuses what pydantic's own decoder drops in silence, and with it a part of the CV."""

    @classmethod
    def decode(cls, data: bytes) -> bytes:
        try:
            return base64.b64decode(data, validate=True)
        except ValueError:
            raise PydanticCustomError("base64", "not base64 (RFC 4648, section 4)") from None


Content = Annotated[bytes, EncodedBytes(encoder=_StrictBase64)]
Features = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=MAX_FEATURES)]


class CreateJob(Wire):
    """The CV, and the choices; without `features` the job stops for their choice.

    The CV is either `content` in base64, or what is found at `fileUrl`: an upload of the
    caller's own, or a public https address.
    `jobDescription` is the text of the vacancy that the CV is for, `targetRole` the title
    of the post, `publicUrl` the http or https address under which the CV will stand.
    """

    content: Content | None = None
    file_url: Annotated[str, Field(max_length=MAX_ADDRESS_LENGTH)] = ""
    file_name: Annotated[str, Field(max_length=255)] = ""
    media_type: Annotated[str, Field(max_length=100)] = ""
    features: Features | None = None
    template_id: Annotated[str, Field(max_length=100)] = "modern"
    paper: Literal["a4", "letter"] = "a4"
    priority: Priority = Priority.NORMAL
    key: Annotated[str, Field(max_length=200)] = ""
    job_description: Annotated[str, Field(max_length=50_000)] = ""
    target_role: Annotated[str, Field(max_length=200)] = ""
    public_url: Annotated[str, Field(max_length=2_000)] = ""


class JobRequest(Wire):
    """Names one job."""

    job_id: Id


class ProcessCv(JobRequest):
    """The job that a page has chosen the id of, and what it asks for; null is not told.

    What is not told is taken from the document that the page has made for the job.
    """

    file_url: Annotated[str, Field(max_length=MAX_ADDRESS_LENGTH)] | None = None
    mime_type: Annotated[str, Field(max_length=100)] | None = None
    is_url: bool | None = None
    file_name: Annotated[str, Field(max_length=255)] | None = None
    file_size: Annotated[int, Field(ge=0)] | None = None
    features: Features | None = None
    job_description: Annotated[str, Field(max_length=50_000)] | None = None
    template_id: Annotated[str, Field(max_length=100)] | None = None
    priority: Priority | None = None
    metadata: dict[str, JsonValue] | None = None


class UpdateJobStatus(JobRequest):
    """The status to move to: paused, cancelled or processing."""

    status: JobStatus


class RerunJob(JobRequest):
    """The step that runs again in a new run, with all that follow from it."""

    step: Annotated[str, Field(max_length=100)]


class ChooseFeatures(JobRequest):
    """The features chosen, in any spelling that the web app uses."""

    features: Features


class ServiceCallback(Wire):
    """A CVPlus service's answer for one attempt; `output` is the feature's output as JSON.

    `progress`, in percent, is what a service tells that is still `processing`.
    """

    run: Annotated[int, Field(ge=1)]
    attempt: Annotated[int, Field(ge=1)]
    token: Annotated[str, Field(max_length=200)]
    output: dict[str, JsonValue] = {}
    retryable: bool = True
    progress: Annotated[int, Field(ge=0, le=100)] = 0


class UpdateFeatureStatus(JobRequest):
    """`skipped` by a caller; `processing`, `completed`, `failed` by a service's callback."""

    feature_id: Annotated[str, Field(max_length=100)]
    status: FeatureStatus
    callback: ServiceCallback | None = None


class FeatureSet(Wire):
    """Features to be checked together."""

    features: Features


class SetFlag(Wire):
    """What changes of a flag, named after its feature; null is not told and stays.

    `on` for everybody whom the rules in `only` name (allowed values by `user`, `tenant`,
    `template` or `priority`; all have to match), as far as `percent` of the users.
    `variants` are weights by name. `killed` throws or lifts the kill switch, which steps
    that every job needs have too.
    """

    flag_id: Annotated[str, Field(max_length=100)]
    on: bool | None = None
    only: dict[str, list[Annotated[str, Field(max_length=200)]]] | None = None
    percent: Annotated[float, Field(ge=0, le=100)] | None = None
    variants: Annotated[dict[str, int], Field(max_length=20)] | None = None
    killed: bool | None = None


class ListFlags(Wire):
    """Nothing to ask for."""


class ListJobs(Wire):
    """A page of the caller's own jobs, 1 to 100 of them, perhaps of one status only.

    `after` is the last job of the page before: this one goes on behind it.
    """

    status: JobStatus | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    after: Id | None = None


class JobReply(Reply):
    """A job in short."""

    id: str
    status: JobStatus
    progress: int
    selected_template: str
    selected_features: list[str]
    created_at: datetime
    updated_at: datetime
    file_name: str = ""
    error: str = ""


class ProcessCvReply(Reply):
    """The job that carries the CV; `parsedData` is null until the CV is read."""

    success: bool
    job_id: str
    status: JobStatus
    progress: int
    parsed_data: dict[str, JsonValue] | None = None


class JobList(RootModel[list[JobReply]]):
    """Jobs, newest first."""


class StepReply(Reply):
    """A step's progress; `seconds` is measured, `message` says why it has no result."""

    id: str
    label: str
    feature: bool
    state: StepState
    progress: int
    attempt: int
    seconds: float | None
    reason: str
    message: str


class ProgressReply(Reply):
    """A job's progress, and the seconds that remain: typically, and from low to high.

    They are measured, unless `etaIsEstimate` says that some of them are not yet.
    """

    job_id: str
    status: JobStatus
    progress: int
    run: int
    steps: list[StepReply]
    current_steps: list[str]
    eta_seconds: float | None
    eta_low_seconds: float | None
    eta_high_seconds: float | None
    eta_is_estimate: bool
    error: str
    error_type: str
    updated_at: datetime


class FeatureReply(Reply):
    """A feature's progress: `status` as pages show it, `state` as it is inside."""

    id: str
    status: FeatureStatus
    state: StepState
    progress: int
    attempt: int
    retry_count: int
    seconds: float | None
    reason: str
    message: str
    queued_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None


class FeatureList(RootModel[list[FeatureReply]]):
    """A job's features, a row each."""


class ExpectedStepReply(Reply):
    """A step's place and expected seconds: measured `samples` times, or estimated with 0."""

    id: str
    phase: int
    critical: bool
    expected_seconds: float
    samples: int


class SequenceReply(Reply):
    """The steps in the order in which they start, and the critical path through them."""

    steps: list[ExpectedStepReply]
    critical_path: list[str]
    critical_seconds: float


class PlannedStepReply(ExpectedStepReply):
    """A step of a job's plan: what it depends on, and why it is where it is."""

    label: str
    state: StepState
    attempt: int
    needs: list[str]
    after: list[str]
    seconds: float | None
    why: str


class OrchestrationReply(Reply):
    """A job's plan; at most `parallel` steps are queued or running, `carried` are now."""

    job_id: str
    status: JobStatus
    run: int
    parallel: int
    carried: int
    phases: list[list[str]]
    critical_path: list[str]
    critical_seconds: float
    steps: list[PlannedStepReply]


class FlagReply(Reply):
    """A flag and its kill switch; of the caller's tenant, or of the installation."""

    id: str
    tenant: str
    on: bool
    only: dict[str, list[str]]
    percent: float
    variants: dict[str, int]
    killed: bool
    changed_at: datetime
    changed_by: str


class FlagList(RootModel[list[FlagReply]]):
    """Flags and thrown kill switches, by tenant and name."""


class MomentReply(Reply):
    """A line of a timeline."""

    at: datetime
    run: int
    subject: str
    text: str


class Timeline(RootModel[list[MomentReply]]):
    """What happened to a job, oldest first."""


class DependencyReply(Reply):
    """What is wrong with a set of features, and the phases that they can run in."""

    missing: list[tuple[str, str]]
    cycles: list[list[str]]
    conflicts: list[tuple[str, str]]
    phases: list[list[str]]


class ResultReply(RootModel[dict[str, JsonValue]]):
    """The result document; `docs/result.schema.json` is its schema."""


class Empty(RootModel[None]):
    """Nothing to say."""


@dataclass(frozen=True)
class Operation:
    """A public operation: `area` and `method` name the service method that answers it."""

    name: str
    row: str
    area: str
    method: str
    request: type[BaseModel]
    response: type[RootModel[Any]] | type[Reply]
    role: str = "user"


OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation("createJob", "J1", "jobs", "create", CreateJob, JobReply),
        Operation("processCV", "J1", "jobs", "process_cv", ProcessCv, ProcessCvReply),
        Operation("processJob", "J2", "jobs", "process", JobRequest, JobReply),
        Operation("updateJobStatus", "J3", "jobs", "set_status", UpdateJobStatus, JobReply),
        Operation("getJob", "J4", "jobs", "get", JobRequest, JobReply),
        Operation("getJobProgress", "J4", "monitoring", "progress", JobRequest, ProgressReply),
        Operation("cancelJob", "J5", "jobs", "cancel", JobRequest, JobReply),
        Operation("getJobHistory", "J6", "jobs", "history", ListJobs, JobList),
        Operation("getJobResult", "J9", "jobs", "result", JobRequest, ResultReply),
        Operation("deleteJob", "W3", "jobs", "delete", JobRequest, Empty),
        Operation("orchestrateFeatures", "F1", "features", "orchestrate", ChooseFeatures, JobReply),
        Operation(
            "handleFeatureDependencies",
            "F8",
            "features",
            "dependencies",
            FeatureSet,
            DependencyReply,
        ),
        Operation(
            "updateFeatureStatus", "F4", "features", "update_status", UpdateFeatureStatus, JobReply
        ),
        Operation("rerunJob", "J7", "jobs", "rerun", RerunJob, JobReply),
        Operation("getFeatureProgress", "F5", "monitoring", "features", JobRequest, FeatureList),
        Operation(
            "optimizeFeatureSequence", "F10", "features", "sequence", FeatureSet, SequenceReply
        ),
        Operation(
            "debugFeatureOrchestration",
            "D",
            "monitoring",
            "orchestration",
            JobRequest,
            OrchestrationReply,
        ),
        Operation("setFlag", "F11", "features", "set_flag", SetFlag, FlagList, "operator"),
        Operation("listFlags", "F11", "features", "list_flags", ListFlags, FlagList, "operator"),
        Operation("debugJobProcessing", "D", "monitoring", "timeline", JobRequest, Timeline),
    )
}
"""All operations by wire name."""
