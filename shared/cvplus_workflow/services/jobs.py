"""Jobs: made, followed, cancelled, gone on with, delivered, deleted."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Raw

from ..domain import protocol
from ..domain.change import Change, Cursor, Query, Reader, Write
from ..domain.decision import Alter, Altered
from ..domain.documents import MAX_PARALLEL, Job, deleted_ref, job_ref, put_job, stored_file
from ..domain.features import StepSpec, feature_ids
from ..domain.jobs import (
    PAPERS,
    Caller,
    NewJob,
    check_repeat,
    check_source,
    key_used_up,
    keyed_job_id,
    new_job,
)
from ..domain.plan import job_plan
from ..domain.queue import Priority
from ..domain.results import JobResult, job_result
from ..domain.states import ENDED_JOBS, JobStatus
from ..domain.templates import find_template
from ..errors import Code, WorkflowError, invalid
from .commit import JobCommits
from .estimates import StepEstimates
from .outputs import Outputs


class JobService:
    """What a caller may do with whole jobs. Every method raises not-found for others' jobs."""

    def __init__(
        self,
        commits: JobCommits,
        outputs: Outputs,
        catalogue: Mapping[str, StepSpec],
        estimates: StepEstimates,
    ) -> None:
        self._commits = commits
        self._outputs = outputs
        self._catalogue = catalogue
        self._estimates = estimates

    def create(
        self,
        caller: Caller,
        *,
        content: bytes,
        file_name: str = "",
        media_type: str = "",
        features: Sequence[str] | None = None,
        template_id: str = "modern",
        paper: str = "a4",
        priority: Priority = Priority.NORMAL,
        key: str = "",
        parallel: int = MAX_PARALLEL,
    ) -> Job:
        """Make a job and queue it; the same `key` again answers the same job.

        Raises invalid-argument naming the field, already-exists for a key that was used
        with other parameters, or for a job that is deleted.
        """
        if paper not in PAPERS:
            raise invalid("paper", f"one of {', '.join(PAPERS)}")
        check_source(content)
        chosen = None if features is None else feature_ids(features)
        specs = job_plan(self._estimates.applied(self._catalogue, caller.tenant), chosen)
        template = find_template(template_id)
        job_id = keyed_job_id(caller, key) if key else self._commits.entropy.token()
        source = stored_file(content, media_type)
        new = NewJob(file_name, media_type, source, template, paper, priority, chosen, parallel)
        existing = self._commits.store.get(job_ref(job_id)) if key else None
        if existing is not None:
            check_repeat(existing, new)
            return existing
        if key and self._commits.store.get(deleted_ref(job_id)) is not None:
            raise key_used_up(job_id)
        self._commits.files.put(job_id, content, media_type)
        return self._create(caller, job_id, new, specs)

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
        after: Cursor | None = None,
    ) -> list[Job]:
        """The caller's own jobs, newest first; `after` is the place to go on from."""
        equal = [("tenant", caller.tenant), ("userId", caller.uid)]
        if status is not None:
            equal.append(("status", status.value))
        query = Query("jobs", "createdAt", tuple(equal), descending=True, after=after, limit=limit)
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
        job = self.get(caller, job_id)
        if job.status not in ENDED_JOBS:
            raise WorkflowError(
                Code.FAILED_PRECONDITION,
                f"The job is {job.status}; cancel it before you delete it.",
                reason="job-open",
            )
        self._commits.erase(job)

    def _create(self, caller: Caller, job_id: str, new: NewJob, specs: dict[str, StepSpec]) -> Job:
        command = self._commits.entropy.token()

        def decide(reader: Reader) -> Change[Altered]:
            existing = reader.get(job_ref(job_id))
            if existing is not None:
                check_repeat(existing, new)
                return Change(Altered(existing, [], tuple(existing.run.effects)))
            job = new_job(job_id, caller, new, specs, reader.now, command)
            effects = tuple(job.run.effects)
            return Change(Altered(job, [], effects), put_job(job), effects)

        altered = self._commits.store.transact(decide, command)
        self._commits.relay([altered])
        return altered.job


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
