"""Rules about whole jobs: who sees them, how they begin, how the choice of features is made."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from ..errors import Code, WorkflowError, invalid
from .advance import advance
from .documents import (
    MAX_PARALLEL,
    Definition,
    Job,
    RequestedJob,
    Run,
    Step,
    StoredFile,
    feature_view,
    stored_file,
)
from .exposures import expose
from .features import StepSpec
from .flags import Subject
from .protocol import remembered
from .queue import Priority
from .states import JobStatus
from .templates import Template

PAPERS = ("a4", "letter")
"""The sizes of paper that a CV is set for."""

MAX_SOURCE_BYTES = 10 * 1024 * 1024
"""The largest CV document taken, as the web app's upload has it."""

MAX_DESCRIPTION_BYTES = 50_000
"""The longest job description taken, in UTF-8; real ones have some 5,000."""

MAX_ROLE_LENGTH = 200
"""Characters of the longest title of a post."""

MAX_URL_LENGTH = 2_000
"""Characters of the longest public address; a QR code holds hardly more."""

_WEB_ADDRESS = re.compile(
    r"""https?://(?P<user>[^\s/?#@]*@)?(?:\[[0-9a-f:.]+\]|[^\s/?#@:\[\]\\<>"]+)(?::\d{1,5})?
    (?:[/?#][^\s\\<>"]*)?""",
    re.IGNORECASE | re.VERBOSE,
)
"""An absolute http or https address (RFC 3986), letters of all scripts allowed."""


ROLES = frozenset({"user", "reviewer", "operator", "service"})
"""What a caller may be."""


class Caller(Struct, frozen=True):
    """Who calls: verified user id, tenant and some of `ROLES`."""

    uid: str
    tenant: str
    roles: frozenset[str] = frozenset({"user"})


class NewJob(Struct, frozen=True):
    """What a job is made from, validated; `features` is None to stop for the choice of them.

    The document is given as `source`, or named by its address `file_url`; then `found` is
    what was there, and `found_name` the name that the address gives it.
    """

    file_name: str
    media_type: str
    source: StoredFile | None
    template: Template
    paper: str
    priority: Priority
    features: Sequence[str] | None
    parallel: int = MAX_PARALLEL
    role: str = ""
    url: str = ""
    job_description: StoredFile | None = None
    file_url: str = ""
    found: StoredFile | None = None
    found_name: str = ""


def subject_of_request(caller: Caller, new: NewJob) -> Subject:
    """For whom the flags of a job that `caller` makes are resolved."""
    return Subject(caller.uid, caller.tenant, new.template.id, new.priority.value)


_LATER_FIELDS = frozenset({"role", "url", "job_description", "file_url"})
"""Empty ones are left out of a fingerprint, which is older than they are."""

_FOUND_FIELDS = frozenset({"found", "found_name"})
"""Not asked for: what an address holds may be another thing when the request is repeated."""


def check_source(content: bytes) -> None:
    """Raise invalid-argument if a CV document is empty or over the limit."""
    if not content:
        raise invalid("content", "the document is empty")
    if len(content) > MAX_SOURCE_BYTES:
        raise invalid("content", f"{len(content)} bytes, at most {MAX_SOURCE_BYTES}")


def described(text: str) -> StoredFile | None:
    """The name under which a job description is stored; None if there is none.

    Raises invalid-argument if it has no words, is no text or is over the limit.
    """
    if not text:
        return None
    try:
        content = text.encode()
    except UnicodeEncodeError as error:
        raise invalid("jobDescription", "it is not Unicode text") from error
    if not any(map(str.isalnum, text)):
        raise invalid("jobDescription", "it has no words")
    if len(content) > MAX_DESCRIPTION_BYTES:
        raise invalid("jobDescription", f"{len(content)} bytes, at most {MAX_DESCRIPTION_BYTES}")
    return stored_file(content, "text/plain; charset=utf-8")


def checked_role(text: str) -> str:
    """The title of a post without blanks around it; raises invalid-argument if it is none."""
    role = text.strip()
    if len(role) > MAX_ROLE_LENGTH:
        raise invalid("targetRole", f"{len(role)} characters, at most {MAX_ROLE_LENGTH}")
    if text and not (role.isprintable() and any(map(str.isalnum, role))):
        raise invalid("targetRole", "one line with the title of a post")
    return role


def checked_url(text: str) -> str:
    """The public address of a CV; raises invalid-argument if it can't be one."""
    url = text.strip()
    if not text:
        return ""
    if len(url) > MAX_URL_LENGTH:
        raise invalid("publicUrl", f"{len(url)} characters, at most {MAX_URL_LENGTH}")
    found = _WEB_ADDRESS.fullmatch(url) if url.isprintable() else None
    if found is None:
        raise invalid("publicUrl", "an absolute address that begins with https:// or http://")
    if found["user"]:
        raise invalid("publicUrl", "an address without a user name or password")
    return url


def keyed_job_id(caller: Caller, key: str) -> str:
    """The id of the job that `caller` makes under the idempotency key `key`."""
    text = msgspec.json.encode([caller.tenant, caller.uid, key])
    return hashlib.sha256(text).hexdigest()[:32]


def fingerprint(new: NewJob) -> str:
    """SHA-256 over what a job is made from, to tell a repeated request from another one.

    Of the template it takes the id alone: a repeat may come after an upgrade.
    """
    given = {
        name: value
        for name, value in asdict(new).items()
        if name not in _FOUND_FIELDS and (value or name not in _LATER_FIELDS)
    }
    asked = {**given, "template": new.template.id}
    return hashlib.sha256(msgspec.json.encode(asked, order="sorted")).hexdigest()


def key_used_up(job_id: str, field: str = "key") -> WorkflowError:
    """A key or id was used for a job that is deleted, and cannot be used for another one."""
    return WorkflowError(
        Code.ALREADY_EXISTS,
        f"{field}: its job is deleted; use another one",
        reason="key-used-up",
        details={"field": field, "jobId": job_id},
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
    flags: Mapping[str, str] | None = None,
) -> Job:
    """A job that will run the plan `specs`, with its first step dispatched.

    `flags` are those that its features were resolved under.
    """
    chosen = list(new.features or ())
    definition = Definition(
        specs,
        new.template.id,
        new.template.version,
        new.paper,
        new.parallel,
        new.role,
        new.url,
        new.job_description,
    )
    source = new.source or new.found
    run = Run(1, definition, {name: Step() for name in specs}, fingerprint(new), source)
    job = Job(
        id=job_id,
        tenant=caller.tenant,
        user_id=caller.uid,
        status=JobStatus.PENDING,
        progress=0,
        created_at=now,
        updated_at=now,
        priority=new.priority,
        file_name=new.file_name or new.found_name,
        mime_type=new.media_type or (source.media_type if source else ""),
        file_url=new.file_url,
        selected_template=new.template.id,
        selected_features=chosen,
        enhanced_features={feature: feature_view(now) for feature in chosen},
        run=run,
    )
    remembered(job, command)
    expose(job, flags or {}, now)
    advance(job, now, command)
    return job


CLIENT_ID = re.compile(r"(?![0-9a-f]{32}\Z)[A-Za-z0-9_-]{1,128}")
"""Ids that clients choose; those of 32 hexadecimal digits are chosen here."""


def check_request(request: RequestedJob | None, caller: Caller, job_id: str) -> None:
    """Raise not-found unless `caller` may have a job `job_id` made, from `request` if there is one.

    It may be neither somebody else's request nor an id that is chosen here.
    """
    others = request is not None and request.user_id != caller.uid
    if others or CLIENT_ID.fullmatch(job_id) is None:
        raise job_not_found(job_id)


def check_unchanged(request: RequestedJob | None, read: RequestedJob | None) -> None:
    """Raise aborted if a client has changed its `request` since it was `read`."""
    if request != read:
        message = "The job's document has changed meanwhile. Try again."
        raise WorkflowError(Code.ABORTED, message, reason="contention")


def adopt(job: Job, request: RequestedJob) -> None:
    """Keep in `job` what its client wrote into the document before."""
    job.created_at = request.created_at
    job.is_url = request.is_url
    job.quick_create = request.quick_create
    job.user_instructions = request.user_instructions
    job.settings = request.settings


_READERS = frozenset({"reviewer", "operator", "service"})
_ACTORS = frozenset({"operator", "service"})


def visible_job(job: Job | None, caller: Caller, job_id: str) -> Job:
    """`job`, if `caller` may read it; otherwise not-found, which does not tell it exists.

    That is its owner, or a reviewer, operator or service of its tenant, as in
    `firestore.rules`.
    """
    if job and job.tenant == caller.tenant and (_READERS & caller.roles or _owns(job, caller)):
        return job
    raise job_not_found(job_id)


def alterable_job(job: Job | None, caller: Caller, job_id: str) -> Job:
    """`job`, if `caller` may alter it: its owner, or an operator or service of its tenant.

    Raises not-found for one that the caller may not read, permission-denied for one that
    they may only read.
    """
    seen = visible_job(job, caller, job_id)
    if not (_ACTORS & caller.roles or _owns(seen, caller)):
        message = "A reviewer reads jobs and does not change them."
        raise WorkflowError(Code.PERMISSION_DENIED, message, reason="read-only")
    return seen


def _owns(job: Job, caller: Caller) -> bool:
    return job.user_id == caller.uid


def job_not_found(job_id: str) -> WorkflowError:
    """The one answer for a job that is absent and for one that is somebody else's."""
    return WorkflowError(
        Code.NOT_FOUND,
        f"Job not found: {job_id}",
        reason="job-not-found",
        details={"jobId": job_id},
    )
