"""Rules about whole jobs: who sees them, how they begin, how the choice of features is made."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from ..errors import Code, WorkflowError, invalid
from .advance import advance
from .documents import MAX_PARALLEL, Definition, Job, Run, Step, StoredFile, feature_view
from .features import StepSpec
from .protocol import remembered
from .queue import Priority
from .states import JobStatus
from .templates import Template

PAPERS = ("a4", "letter")
"""The sizes of paper that a CV is set for."""

MAX_SOURCE_BYTES = 10 * 1024 * 1024
"""The largest CV document taken, as the web app's upload has it."""


class Caller(Struct, frozen=True):
    """Who calls: verified user id, tenant and roles (user, reviewer, operator, service)."""

    uid: str
    tenant: str
    roles: frozenset[str] = frozenset({"user"})


class NewJob(Struct, frozen=True):
    """What a job is made from, validated; `features` is None to stop for the choice of them."""

    file_name: str
    media_type: str
    source: StoredFile
    template: Template
    paper: str
    priority: Priority
    features: Sequence[str] | None
    parallel: int = MAX_PARALLEL


def check_source(content: bytes) -> None:
    """Raise invalid-argument if a CV document is empty or over the limit."""
    if not content:
        raise invalid("content", "the document is empty")
    if len(content) > MAX_SOURCE_BYTES:
        raise invalid("content", f"{len(content)} bytes, at most {MAX_SOURCE_BYTES}")


def keyed_job_id(caller: Caller, key: str) -> str:
    """The id of the job that `caller` makes under the idempotency key `key`."""
    text = msgspec.json.encode([caller.tenant, caller.uid, key])
    return hashlib.sha256(text).hexdigest()[:32]


def fingerprint(new: NewJob) -> str:
    """SHA-256 over what a job is made from, to tell a repeated request from another one.

    Of the template it takes the id alone: a repeat may come after an upgrade.
    """
    asked = {**asdict(new), "template": new.template.id}
    return hashlib.sha256(msgspec.json.encode(asked, order="sorted")).hexdigest()


def key_used_up(job_id: str) -> WorkflowError:
    """A key was used for a job that is deleted, and cannot be used for another one."""
    return WorkflowError(
        Code.ALREADY_EXISTS,
        "key: its job is deleted; use another one",
        reason="key-used-up",
        details={"field": "key", "jobId": job_id},
    )


def check_repeat(job: Job, new: NewJob) -> None:
    """Raise already-exists if a key was used for a job made from anything else."""
    if job.run.fingerprint != fingerprint(new):
        raise WorkflowError(
            Code.ALREADY_EXISTS,
            "key: already used for a job with other parameters",
            reason="key-reused",
            details={"field": "key", "jobId": job.id},
        )


def new_job(
    job_id: str,
    caller: Caller,
    new: NewJob,
    specs: dict[str, StepSpec],
    now: datetime,
    command: str,
) -> Job:
    """A job that will run the plan `specs`, with its first step dispatched."""
    chosen = list(new.features or ())
    definition = Definition(specs, new.template.id, new.template.version, new.paper, new.parallel)
    run = Run(1, definition, {name: Step() for name in specs}, fingerprint(new), new.source)
    job = Job(
        id=job_id,
        tenant=caller.tenant,
        user_id=caller.uid,
        status=JobStatus.PENDING,
        progress=0,
        created_at=now,
        updated_at=now,
        priority=new.priority,
        file_name=new.file_name,
        mime_type=new.media_type,
        selected_template=new.template.id,
        selected_features=chosen,
        enhanced_features={feature: feature_view(now) for feature in chosen},
        run=run,
    )
    remembered(job, command)
    advance(job, now, command)
    return job


def visible_job(job: Job | None, caller: Caller, job_id: str) -> Job:
    """`job`, if `caller` may see it; otherwise not-found, which does not tell it exists."""
    trusted = bool(caller.roles & {"operator", "service"})
    if job and job.tenant == caller.tenant and (trusted or job.user_id == caller.uid):
        return job
    raise job_not_found(job_id)


def job_not_found(job_id: str) -> WorkflowError:
    """The one answer for a job that is absent and for one that is somebody else's."""
    return WorkflowError(
        Code.NOT_FOUND,
        f"Job not found: {job_id}",
        reason="job-not-found",
        details={"jobId": job_id},
    )
