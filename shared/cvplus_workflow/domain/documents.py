"""The documents: the job that the web app listens to, the run inside it, what spills from it.

The top level has the fields of the web app; everything internal lives under `run`.
Times are UTC. Nothing in a job is secret from its owner; history, errors and effects
hold ids, codes and numbers, never text of a CV.

A document is a tree. The many small structs in it tell the garbage collector so
(`gc=False`): it would otherwise look at every one of them, again and again, for cycles.
"""

import hashlib
import re
from datetime import datetime

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field
from msgspec.structs import replace

from ..errors import RETRYABLE, Code
from .change import Effect, EffectKind, Put, Ref, Write
from .features import StepSpec
from .flags import FlagSet, KillSwitches
from .queue import Priority
from .states import FEATURE_STATUS, UNDELIVERED_STEPS, FeatureStatus, JobStatus, StepState

HISTORY_KEPT = 200
"""Entries that stay in the document; older ones spill to a sub-document."""

MAX_PARALLEL = 20
"""Steps of one job that may be queued or running at a time, unless the job says fewer."""

SPILL = 100
"""Entries moved at a time, or more where one commit adds many."""

COMMANDS_KEPT = 24
"""Command ids remembered; a resent commit follows its first try within a few commands."""


class StoredFile(Struct, frozen=True, rename="camel", gc=False):
    """A file named by the SHA-256 of its content; `size` in bytes."""

    hash: str
    media_type: str
    size: int


def stored_file(content: bytes, media_type: str) -> StoredFile:
    """The name under which `content` is stored."""
    return StoredFile(hashlib.sha256(content).hexdigest(), media_type, len(content))


class Output(Struct, rename="camel", omit_defaults=True, gc=False):
    """A step's committed output: small ones inline, larger ones by hash; and its files."""

    hash: str
    inline: Raw | UnsetType = UNSET
    spilled: bool = False
    files: dict[str, StoredFile] = field(default_factory=dict)


class StepError(Struct, frozen=True, rename="camel", omit_defaults=True, gc=False):
    """Why an attempt failed: Firebase's code, a stable reason, a sentence of ours."""

    code: Code
    reason: str
    message: str


class Step(Struct, rename="camel", omit_defaults=True, gc=False):
    """A step in the current run.

    `attempt` counts over all runs and is the fence. `task` is the task that carries the
    step while it is queued or running. `until` is when the sweep looks at it: the end of
    a lease, a dispatch overdue, the end of a wait. `held_at` is when its kill switch first
    kept it from starting. `took_s` is how many seconds the body of its result ran.
    """

    state: StepState = StepState.PENDING
    attempt: int = 0
    failures: int = 0
    losses: int = 0
    dispatches: int = 0
    task: str = ""
    command: str = ""
    until: datetime | None = None
    held_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    took_s: float | None = None
    error: StepError | None = None
    output: Output | None = None

    @property
    def seconds(self) -> float | None:
        """How long the last attempt took, None while it has not ended.

        Its body alone if that was measured, for steps that run together begin and commit
        together; else from its start to its end. Instances' clocks may differ by a little; a
        duration is never negative.
        """
        if self.took_s is not None or self.started_at is None or self.ended_at is None:
            return self.took_s
        return max(0.0, (self.ended_at - self.started_at).total_seconds())


class Entry(
    Struct,
    frozen=True,
    rename={"at": "t", "run": "r", "event": "e", "step": "s", "attempt": "a", "code": "c"},
    omit_defaults=True,
    gc=False,
):
    """One line of history; events are states, or what happened to an attempt."""

    at: datetime
    run: int
    event: str
    step: str = ""
    attempt: int = 0
    code: str = ""


class Definition(Struct, frozen=True, rename="camel", omit_defaults=True):
    """The snapshot that a job keeps of what it was made of.

    `specs` by step id, in the order in which they are started; `parallel` is how many
    may be queued or running at a time. `role` is the title of the post that the CV is
    for, `url` the CV's public address, `job_description` the file with the vacancy's text.
    `flags` are the variants, or "", of the flags that it was resolved under.
    """

    specs: dict[str, StepSpec]
    template_id: str
    template_version: int
    paper: str = "a4"
    parallel: int = MAX_PARALLEL
    role: str = ""
    url: str = ""
    job_description: StoredFile | None = None
    flags: dict[str, str] = field(default_factory=dict)


class QualityRecord(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What the final check found: the verdict, the share that passed, and ids of checks."""

    verdict: str
    score: float
    failed: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)


class GeneratedCv(Struct, frozen=True, rename="camel"):
    """The finished CV: its template, the features in it, its files by name, the run it is of.

    Files that features made, such as `career.ics`, go with the page.
    """

    template: str
    features: list[str]
    files: dict[str, StoredFile]
    run: int = 1


class Run(Struct, rename="camel", omit_defaults=True):
    """The internals of a job: one map, so that a transition is one document write.

    `quality` is the verdict on the page that the job has now, absent until it is checked.
    `ticked_at` is when the progress inside a step was last shown. `undelivered` is the page of
    an earlier run whose delivery is still to come, when a later run has made another one.
    """

    number: int
    definition: Definition
    steps: dict[str, Step]
    fingerprint: str = ""
    source: StoredFile | None = None
    history: list[Entry] = field(default_factory=list)
    spilled: int = 0
    effects: list[Effect] = field(default_factory=list)
    relay_by: datetime | None = None
    commands: list[str] = field(default_factory=list)
    tasks: int = 0
    paused_from: JobStatus | None = None
    paused_until: datetime | None = None
    deadline: datetime | None = None
    ticked_at: datetime | None = None
    quality: QualityRecord | None = None
    undelivered: GeneratedCv | None = None


class FeatureView(Struct, rename="camel", omit_defaults=True, gc=False):
    """A feature as the web app reads it, under `enhancedFeatures.{id}`.

    `is_retryable` says that it failed, and that a run from it on may well make it.
    """

    status: FeatureStatus
    progress: int
    current_step: str = ""
    error: str = ""
    is_retryable: bool = False
    retry_count: int = 0
    queued_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    failed_at: datetime | None = None
    skipped_at: datetime | None = None
    last_status_update: datetime | None = None


class Job(Struct, rename="camel", omit_defaults=True, kw_only=True):
    """One CV with a chosen template and features."""

    id: str
    tenant: str
    user_id: str
    status: JobStatus
    progress: int
    created_at: datetime
    updated_at: datetime
    priority: Priority
    file_name: str = ""
    mime_type: str = ""
    file_url: str = ""
    is_url: bool = False
    quick_create: bool = False
    user_instructions: str = ""
    settings: dict[str, bool] = field(default_factory=dict)
    current_step: str = ""
    selected_template: str
    selected_features: list[str]
    enhanced_features: dict[str, FeatureView]
    started_at: datetime | None = None
    completed_at: datetime | None = None
    generation_started_at: datetime | None = None
    parsed_data: Raw | UnsetType = UNSET
    generated_cv: GeneratedCv | None = field(default=None, name="generatedCV")
    error: str = ""
    error_type: str = ""
    run: Run


class RequestedJob(Struct, frozen=True, rename="camel"):
    """A job as a client makes its document: a request, until an operation adopts it.

    These are the fields that `firestore.rules` allows. A job keeps them all; others that
    came past the rules are dropped with the commit that adopts it.
    """

    user_id: str
    created_at: datetime
    file_name: str = ""
    mime_type: str = ""
    file_url: str = ""
    is_url: bool = False
    quick_create: bool = False
    user_instructions: str = ""
    settings: dict[str, bool] = field(default_factory=dict)


class OutputDocument(Struct, frozen=True, rename="camel"):
    """An output too large to stand in its job, at `jobs/{id}/outputs/{hash}`."""

    tenant: str
    body: Raw


class HistoryDocument(Struct, frozen=True, rename="camel"):
    """Spilled history, at `jobs/{id}/history/{n}`; n counts from 1."""

    tenant: str
    entries: list[Entry]


class DeletedJob(Struct, frozen=True, rename="camel"):
    """What stays of a deleted job, at `deletedJobs/{id}`: that its id is used up.

    Effects, tasks and files are keyed by the job's id, so another job may not have it.
    """

    tenant: str


def deleted_ref(job_id: str) -> Ref[DeletedJob]:
    """Where the mark of a deleted job lives."""
    return Ref(f"deletedJobs/{job_id}", DeletedJob)


def job_ref(job_id: str) -> Ref[Job]:
    """Where a job lives."""
    return Ref(f"jobs/{job_id}", Job)


def requested_ref(job_id: str) -> Ref[RequestedJob]:
    """Where a client makes a job's document; it is there until it is adopted."""
    return Ref(f"jobs/{job_id}", RequestedJob)


def output_ref(job_id: str, digest: str) -> Ref[OutputDocument]:
    """Where a spilled output lives."""
    return Ref(f"jobs/{job_id}/outputs/{digest}", OutputDocument)


def history_ref(job_id: str, number: int) -> Ref[HistoryDocument]:
    """Where the `number`th batch of spilled history lives."""
    return Ref(f"jobs/{job_id}/history/{number}", HistoryDocument)


def flags_ref(tenant: str) -> Ref[FlagSet]:
    """Where the flags of a tenant, or of the installation, live."""
    plain = re.sub(r"[^A-Za-z0-9_-]", lambda found: f"%{ord(found[0]):x}.", tenant)
    return Ref(f"flags/of-{plain}", FlagSet)


def switches_ref() -> Ref[KillSwitches]:
    """Where all kill switches live."""
    return Ref("killSwitches/all", KillSwitches)


def put_job(job: Job) -> tuple[Write, ...]:
    """The writes that store `job`, its oldest history spilled if there is too much."""
    run = job.run
    if len(run.history) <= HISTORY_KEPT:
        return (Put(job_ref(job.id), job),)
    run.spilled += 1
    moved = max(SPILL, len(run.history) - HISTORY_KEPT)
    spilled = HistoryDocument(job.tenant, run.history[:moved])
    run.history = run.history[moved:]
    return (Put(job_ref(job.id), job), Put(history_ref(job.id, run.spilled), spilled))


INLINE_LIMIT = 2_000
"""Bytes of an output that stand in the job document itself."""

DOCUMENT_LIMIT = 400_000
"""Bytes of an output that a document of its own holds; a larger one is a file."""

BODY_FILE = "output.json"
"""The name of that file among those of the step."""


def spilled_output(job: Job, output: Output, body: Raw) -> list[Write]:
    """The document that holds `body`, if its output is stored in one."""
    if not output.spilled:
        return []
    return [Put(output_ref(job.id, output.hash), OutputDocument(job.tenant, body))]


PARSED_LIMIT = 40_000
"""Bytes of parsed CV that the job document mirrors; a longer one is read from its output."""


class _ParsedBody(Struct):
    cv: Raw | UnsetType = UNSET


class _Check(Struct):
    id: str
    verdict: str


class _QualityBody(Struct):
    verdict: str = ""
    score: float = 0.0
    checks: list[_Check] = field(default_factory=list)


def show_output(job: Job, step: str, body: Raw) -> None:
    """Mirror what others read in the job: the parsed CV, the finished CV and its verdict."""
    if step == "parse":
        parsed = msgspec.json.decode(body, type=_ParsedBody).cv
        fits = isinstance(parsed, Raw) and len(bytes(parsed)) <= PARSED_LIMIT
        job.parsed_data = parsed if fits else UNSET
    elif step == "assemble":
        placed = [f for f in job.selected_features if _completed(job, f)]
        files = {name: file for each in (*placed, step) for name, file in _made(job, each)}
        _keep_undelivered(job, job.generated_cv)
        job.generated_cv = GeneratedCv(job.selected_template, placed, files, job.run.number)
        job.run.quality = None
    elif step == "quality":
        found = msgspec.json.decode(body, type=_QualityBody)
        job.run.quality = _quality_record(found) if found.verdict else None


def _keep_undelivered(job: Job, page: GeneratedCv | None) -> None:
    """Keep `page`, which is about to be replaced, if a delivery of it is still to come."""
    runs = [effect.run for effect in job.run.effects if effect.kind is EffectKind.DELIVER]
    if page is not None and any(run >= page.run for run in runs):
        job.run.undelivered = page


def finished_by(job: Job, run: int) -> GeneratedCv | None:
    """The page that stands after `run`, of it or an earlier one; None if a later one is all."""
    pages = (job.generated_cv, job.run.undelivered)
    return next((page for page in pages if page is not None and page.run <= run), None)


def _quality_record(found: _QualityBody) -> QualityRecord:
    failed = [check.id for check in found.checks if check.verdict == "fail"]
    warned = [check.id for check in found.checks if check.verdict == "warn"]
    return QualityRecord(found.verdict, found.score, failed, warned)


def _made(job: Job, step: str) -> list[tuple[str, StoredFile]]:
    """The files that a step made, without the one that holds a large output."""
    output = job.run.steps[step].output
    files = output.files.items() if output else ()
    return [(name, file) for name, file in files if name != BODY_FILE]


def _completed(job: Job, step: str) -> bool:
    return step in job.run.steps and job.run.steps[step].state is StepState.COMPLETED


_VIEW_TIMES = {
    FeatureStatus.PROCESSING: "started_at",
    FeatureStatus.COMPLETED: "completed_at",
    FeatureStatus.FAILED: "failed_at",
    FeatureStatus.SKIPPED: "skipped_at",
    FeatureStatus.PENDING: "queued_at",
}


def show_feature(job: Job, name: str, now: datetime) -> None:
    """Write a feature's state in the web app's words."""
    if name not in job.enhanced_features:
        return
    step = job.run.steps[name]
    status = FEATURE_STATUS[step.state]
    if step.state is StepState.QUEUED and step.failures:
        status = FeatureStatus.RETRYING
    times = {_VIEW_TIMES[status]: now} if status in _VIEW_TIMES else {}
    job.enhanced_features[name] = replace(
        job.enhanced_features[name],
        status=status,
        progress=100 if status in (FeatureStatus.COMPLETED, FeatureStatus.SKIPPED) else 0,
        current_step=step.error.message if step.error and step.state in UNDELIVERED_STEPS else "",
        error=step.error.message if step.error else "",
        is_retryable=_is_retryable(step),
        retry_count=step.failures,
        last_status_update=now,
        **times,
    )


def show_feature_progress(job: Job, name: str, percent: int) -> None:
    """Write how much of a feature's attempt is done; its next state begins at 0 again."""
    job.enhanced_features[name] = replace(job.enhanced_features[name], progress=percent)


def _is_retryable(step: Step) -> bool:
    error = step.error if step.state is StepState.FAILED else None
    return error is not None and error.code in RETRYABLE


def feature_view(now: datetime) -> FeatureView:
    """A feature that has not begun."""
    return FeatureView(FeatureStatus.PENDING, 0, queued_at=now, last_status_update=now)
