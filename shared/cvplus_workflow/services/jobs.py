"""Jobs: made, followed, cancelled, gone on with, delivered, deleted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec.structs import replace

from ..domain import protocol
from ..domain.change import Change, Cursor, Query, Reader, Write
from ..domain.decision import Alter, Altered
from ..domain.documents import (
    MAX_PARALLEL,
    Job,
    RequestedJob,
    deleted_ref,
    job_ref,
    put_job,
    requested_ref,
    stored_file,
)
from ..domain.features import StepSpec, feature_ids
from ..domain.jobs import (
    PAPERS,
    Caller,
    NewJob,
    adopt,
    alterable_job,
    check_repeat,
    check_request,
    check_source,
    check_unchanged,
    checked_role,
    checked_url,
    described,
    job_not_found,
    key_used_up,
    keyed_job_id,
    new_job,
    subject_of_request,
)
from ..domain.queue import Priority
from ..domain.results import JobResult, job_result
from ..domain.sources import check_choice
from ..domain.states import ENDED_JOBS, JobStatus
from ..domain.templates import find_template
from ..errors import Code, WorkflowError, invalid
from ..ports import Store
from .commit import JobCommits
from .estimates import Plans
from .flags import Flags
from .outputs import Outputs
from .sources import Sources, name_at

DEFAULT_TEMPLATE = "modern"


class ProcessedCv(Struct, frozen=True, rename="camel"):
    """What a page is told of the job that carries its CV; `parsed_data` once it is read."""

    success: bool
    job_id: str
    status: JobStatus
    progress: int
    parsed_data: Raw | UnsetType = UNSET


class JobService:
    """What a caller may do with whole jobs. Every method raises not-found for others' jobs."""

    def __init__(
        self,
        commits: JobCommits,
        outputs: Outputs,
        plans: Plans,
        sources: Sources,
        flags: Flags,
    ) -> None:
        self._commits = commits
        self._outputs = outputs
        self._plans = plans
        self._sources = sources
        self._flags = flags

    def create(
        self,
        caller: Caller,
        *,
        content: bytes | None = None,
        file_url: str = "",
        file_name: str = "",
        media_type: str = "",
        features: Sequence[str] | None = None,
        template_id: str = DEFAULT_TEMPLATE,
        paper: str = "a4",
        priority: Priority = Priority.NORMAL,
        key: str = "",
        parallel: int = MAX_PARALLEL,
        job_description: str = "",
        target_role: str = "",
        public_url: str = "",
    ) -> Job:
        """Make a job and queue it; the same `key` again answers the same job.

        The document is given as `content`, or named by its address `file_url`, which is
        read by `Sources.fetched` and raises as it does.
        `job_description` is the text of the vacancy that the CV is for, `target_role` the
        title of the post, `public_url` the address under which the CV will stand.
        Raises invalid-argument naming the field, already-exists for a key that was used
        with other parameters, or for a job that is deleted; failed-precondition naming the
        features that are not switched on for the caller.
        """
        if paper not in PAPERS:
            raise invalid("paper", f"one of {', '.join(PAPERS)}")
        check_choice(content, file_url)
        if content is not None:
            check_source(content)
        job_id = keyed_job_id(caller, key) if key else self._commits.entropy.token()
        new = NewJob(
            file_name,
            media_type,
            None if content is None else stored_file(content, media_type),
            find_template(template_id),
            paper,
            priority,
            None if features is None else feature_ids(features),
            parallel,
            checked_role(target_role),
            checked_url(public_url),
            described(job_description),
            file_url,
        )
        specs = self._plans.plan(caller.tenant, new.features)
        existing = self._commits.store.get(job_ref(job_id)) if key else None
        if existing is not None:
            check_repeat(existing, new)
            return existing
        if key:
            _require_unused(self._commits.store, job_id)
        flags = self._flags.resolved(subject_of_request(caller, new), new.features or ())
        new = self._stored(caller, job_id, new, content, job_description)
        return self._create(caller, job_id, new, specs, flags, chosen="key" if key else "")

    def process_cv(
        self,
        caller: Caller,
        job_id: str,
        *,
        file_url: str | None = None,
        mime_type: str | None = None,
        is_url: bool | None = None,
        file_name: str | None = None,
        file_size: int | None = None,
        features: Sequence[str] | None = None,
        job_description: str | None = None,
        template_id: str | None = None,
        priority: Priority | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> ProcessedCv:
        """Make the job that a page has chosen the id of, and adopt the document it made for it.

        What is not told here is taken from that document, which must be the caller's own.
        A job that is there already is answered as it stands, so a repeat does no harm. The
        address alone tells where the document is, and the document how large it is:
        `is_url`, `file_size` and `metadata` are taken for the page's sake, and not used.
        Raises as `create` does for `file_url`; not-found for another's job or document,
        already-exists for a job that is deleted, aborted if the page has just changed its
        document.
        """
        existing = self._commits.store.get(job_ref(job_id))
        if existing is not None:
            return _processed(alterable_job(existing, caller, job_id))
        request = self._commits.store.get(requested_ref(job_id))
        check_request(request, caller, job_id)
        _require_unused(self._commits.store, job_id, "jobId")
        address = file_url or (request.file_url if request else "")
        check_choice(None, address)
        new = NewJob(
            file_name or (request.file_name if request else ""),
            mime_type or (request.mime_type if request else ""),
            None,
            find_template(template_id or DEFAULT_TEMPLATE),
            PAPERS[0],
            priority or Priority.NORMAL,
            None if features is None else feature_ids(features),
            job_description=described(job_description or ""),
            file_url=address,
        )
        specs = self._plans.plan(caller.tenant, new.features)
        flags = self._flags.resolved(subject_of_request(caller, new), new.features or ())
        new = self._stored(caller, job_id, new, None, job_description or "")
        return _processed(self._create(caller, job_id, new, specs, flags, request, "jobId"))

    def process(self, caller: Caller, job_id: str) -> Job:
        """Go on with a job, whatever held it up: paused, failed, cancelled or merely queued.

        A failed or cancelled job gets a new run that keeps what completed. Raises
        failed-precondition for a job that has completed.
        """
        return self._commits.alter(caller, job_id, _go_on)

    def rerun(self, caller: Caller, job_id: str, step: str) -> Job:
        """Open the next run of a job that has ended, from `step` on.

        Raises failed-precondition while the job is open, invalid-argument for an unknown
        step.
        """

        def alter(job: Job, now: datetime, command: str) -> Sequence[Write] | None:
            protocol.reopen(job, now, command, step)
            return ()

        return self._commits.alter(caller, job_id, alter)

    def cancel(self, caller: Caller, job_id: str) -> Job:
        """Cancel a job; doing so twice is doing so once.

        Raises failed-precondition for a job that ended otherwise.
        """

        def alter(job: Job, now: datetime, _command: str) -> Sequence[Write] | None:
            if job.status == JobStatus.CANCELLED:
                return None
            protocol.cancel(job, now)
            return ()

        return self._commits.alter(caller, job_id, alter)

    def set_status(self, caller: Caller, job_id: str, status: JobStatus) -> Job:
        """Move a job where a caller may: paused, cancelled, or on again with `processing`.

        Raises failed-precondition naming both states for any other move.
        """
        if status == JobStatus.CANCELLED:
            return self.cancel(caller, job_id)
        moves: dict[JobStatus, Alter] = {JobStatus.PAUSED: _pause, JobStatus.PROCESSING: _resume}
        if status not in moves:
            raise WorkflowError(
                Code.FAILED_PRECONDITION,
                f"A caller cannot make a job {status}.",
                reason="illegal-move",
                details={"to": status.value},
            )
        return self._commits.alter(caller, job_id, moves[status])

    def get(self, caller: Caller, job_id: str) -> Job:
        """The job document."""
        return self._commits.read(caller, job_id)

    def history(
        self,
        caller: Caller,
        *,
        status: JobStatus | None = None,
        limit: int = 20,
        after: str | None = None,
    ) -> list[Job]:
        """The caller's own jobs, newest first; `after` is the job to go on behind.

        Raises not-found unless `after` is a job of the caller's own.
        """
        equal = [("tenant", caller.tenant), ("userId", caller.uid)]
        if status is not None:
            equal.append(("status", status.value))
        place = None if after is None else self._place(caller, after)
        query = Query("jobs", "createdAt", tuple(equal), descending=True, after=place, limit=limit)
        return self._commits.store.query(query, Job)

    def result(self, caller: Caller, job_id: str) -> JobResult:
        """What the job has produced so far."""
        job = self.get(caller, job_id)
        bodies: dict[str, Raw] = {}
        for step in job.run.steps:
            body = self._outputs.body(job, step)
            if body is not None:
                bodies[step] = body
        return job_result(job, bodies)

    def file(self, caller: Caller, job_id: str, name: str) -> bytes:
        """A finished file, `cv.html` or `cv.pdf`; raises not-found before there is one."""
        job = self.get(caller, job_id)
        if job.generated_cv is None or name not in job.generated_cv.files:
            raise WorkflowError(
                Code.NOT_FOUND, f"The job has no file {name}.", reason="file-not-found"
            )
        return self._commits.files.get(job.id, job.generated_cv.files[name])

    def delete(self, caller: Caller, job_id: str) -> None:
        """Delete a job that has ended with all that belongs to it, at its owner's request.

        Raises failed-precondition while it is open: cancel it first.
        """
        job = alterable_job(self.get(caller, job_id), caller, job_id)
        if job.status not in ENDED_JOBS:
            raise WorkflowError(
                Code.FAILED_PRECONDITION,
                f"The job is {job.status}; cancel it before you delete it.",
                reason="job-open",
            )
        self._commits.erase(job)

    def _place(self, caller: Caller, job_id: str) -> Cursor:
        """Where a job stands in the listing of its owner, who alone has one with it."""
        job = self.get(caller, job_id)
        if job.user_id != caller.uid:
            raise job_not_found(job_id)
        return Cursor(job.created_at, job_ref(job_id).path)

    def _stored(
        self, caller: Caller, job_id: str, new: NewJob, content: bytes | None, description: str
    ) -> NewJob:
        """`new` with its document found, if it is named by its address; its files are stored."""
        media_type = new.media_type
        if content is None:
            found = self._sources.fetched(caller, new.file_url)
            content, media_type = found.content, new.media_type or found.media_type
        file = self._commits.files.put(job_id, content, media_type)
        if new.job_description is not None:
            kind = new.job_description.media_type
            self._commits.files.put(job_id, description.encode(), kind)
        if not new.file_url:
            return new
        return replace(new, found=file, found_name=name_at(new.file_url))

    def _create(
        self,
        caller: Caller,
        job_id: str,
        new: NewJob,
        specs: dict[str, StepSpec],
        flags: Mapping[str, str],
        request: RequestedJob | None = None,
        chosen: str = "",
    ) -> Job:
        """Commit the job; `chosen` is the field by which the caller chose its id, if so."""
        command = self._commits.entropy.token()

        def decide(reader: Reader) -> Change[Altered]:
            existing = reader.get(job_ref(job_id))
            if existing is not None:
                check_repeat(alterable_job(existing, caller, job_id), new)
                return Change(Altered(existing, [], tuple(existing.run.effects)))
            check_unchanged(reader.get(requested_ref(job_id)), request)
            if chosen:
                _require_unused(reader, job_id, chosen)
            job = new_job(job_id, caller, new, specs, reader.now, command, flags)
            if request is not None:
                adopt(job, request)
            effects = tuple(job.run.effects)
            return Change(Altered(job, [], effects), put_job(job), effects)

        altered = self._commits.store.transact(decide, command)
        self._commits.relay([altered])
        return altered.job


def _require_unused(documents: Store | Reader, job_id: str, field: str = "key") -> None:
    if documents.get(deleted_ref(job_id)) is not None:
        raise key_used_up(job_id, field)


def _processed(job: Job) -> ProcessedCv:
    return ProcessedCv(True, job.id, job.status, job.progress, job.parsed_data)


def _pause(job: Job, now: datetime, _command: str) -> Sequence[Write] | None:
    if job.status == JobStatus.PAUSED:
        return None
    protocol.pause(job, now)
    return ()


def _resume(job: Job, now: datetime, command: str) -> Sequence[Write] | None:
    if job.status in (JobStatus.PROCESSING, JobStatus.GENERATING):
        return None
    protocol.resume(job, now, command)
    return ()


def _go_on(job: Job, now: datetime, command: str) -> Sequence[Write] | None:
    if job.status in (JobStatus.FAILED, JobStatus.CANCELLED):
        protocol.reopen(job, now, command)
    elif job.status == JobStatus.PAUSED:
        protocol.resume(job, now, command)
    elif job.status in ENDED_JOBS:
        raise WorkflowError(
            Code.FAILED_PRECONDITION, f"The job is {job.status}.", reason="job-completed"
        )
    else:
        return None
    return ()
