"""What can be told of a job: progress, and the timeline of what happened and why."""

from datetime import datetime, timedelta

from msgspec import Struct

from .documents import Entry, FeatureView, Job, Step
from .estimates import UNMEASURED, Measurements, remaining
from .states import ENDED_JOBS, ENDED_STEPS, FeatureStatus, JobStatus, StepState


class StepProgress(Struct, frozen=True, rename="camel"):
    """One step: its state, 0 to 100 percent, and why it has no result."""

    id: str
    label: str
    feature: bool
    state: StepState
    progress: int
    attempt: int
    seconds: float | None
    reason: str
    message: str


class JobProgress(Struct, frozen=True, rename="camel"):
    """A job's progress, and the seconds that remain: what is typical, within an interval.

    They follow from measured durations of its steps; `eta_is_estimate` until each open
    step was measured often enough. Absent once the job has ended, is paused or waits.
    """

    job_id: str
    status: JobStatus
    progress: int
    run: int
    steps: list[StepProgress]
    current_steps: list[str]
    eta_seconds: float | None
    eta_low_seconds: float | None
    eta_high_seconds: float | None
    eta_is_estimate: bool
    error: str
    error_type: str
    updated_at: datetime


def job_progress(job: Job, now: datetime, measured: Measurements = UNMEASURED) -> JobProgress:
    """The progress of `job` at `now`, its remaining time from what was `measured`."""
    steps = [_step_progress(job, name, step, now) for name, step in job.run.steps.items()]
    waits = any(step.state is StepState.WAITING for step in job.run.steps.values())
    idle = job.status in ENDED_JOBS or job.status is JobStatus.PAUSED or waits
    left = remaining(job, now, measured)
    return JobProgress(
        job_id=job.id,
        status=job.status,
        progress=job.progress,
        run=job.run.number,
        steps=steps,
        current_steps=[step.id for step in steps if step.state is StepState.RUNNING],
        eta_seconds=None if idle else left.typical_s,
        eta_low_seconds=None if idle else left.low_s,
        eta_high_seconds=None if idle else left.high_s,
        eta_is_estimate=left.estimated,
        error=job.error,
        error_type=job.error_type,
        updated_at=job.updated_at,
    )


def _step_progress(job: Job, name: str, step: Step, now: datetime) -> StepProgress:
    spec = job.run.definition.specs[name]
    return StepProgress(
        id=name,
        label=spec.label,
        feature=spec.feature,
        state=step.state,
        progress=100 if step.state in ENDED_STEPS else 0,
        attempt=step.attempt,
        seconds=attempt_seconds(step, now),
        reason=step.error.reason if step.error else "",
        message=step.error.message if step.error else "",
    )


def attempt_seconds(step: Step, now: datetime) -> float | None:
    """How long a step's last attempt took, or has taken so far; None where there is none."""
    if step.state is StepState.RUNNING and step.started_at is not None:
        return (now - step.started_at).total_seconds()
    return step.seconds


class FeatureProgress(Struct, frozen=True, rename="camel"):
    """One feature: `status` and `progress` as the web app reads them, `state` as it is.

    `attempt` counts over all runs, `retry_count` in this one. `seconds` are those of the
    last attempt; `completed_at` is absent for whatever ended without a result.
    """

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


def feature_progress(job: Job, now: datetime) -> list[FeatureProgress]:
    """One row for each feature that was ever chosen for `job`, at `now`."""
    return [
        _feature_progress(name, view, job.run.steps[name], now)
        for name, view in job.enhanced_features.items()
        if name in job.run.steps
    ]


def _feature_progress(name: str, view: FeatureView, step: Step, now: datetime) -> FeatureProgress:
    return FeatureProgress(
        id=name,
        status=view.status,
        state=step.state,
        progress=view.progress,
        attempt=step.attempt,
        retry_count=step.failures,
        seconds=attempt_seconds(step, now),
        reason=step.error.reason if step.error else "",
        message=step.error.message if step.error else "",
        queued_at=view.queued_at,
        started_at=step.started_at,
        completed_at=step.ended_at if step.state is StepState.COMPLETED else None,
    )


class Moment(Struct, frozen=True, rename="camel"):
    """One line of a job's timeline, in words. `after` is the time since the job was made."""

    at: datetime
    after: timedelta
    run: int
    subject: str
    text: str


_WORDS = {
    "job:pending": "waits to start",
    "job:processing": "started",
    "job:analyzed": "read; waits for the choice of features",
    "job:generating": "builds the CV",
    "job:completed": "completed",
    "job:failed": "failed",
    "job:cancelled": "was cancelled",
    "job:paused": "was paused",
    "run:opened": "a new run was opened",
    "reset": "will run again",
    "queued": "was queued",
    "running": "started attempt {attempt}",
    "waiting": "waits for: {code}",
    "completed": "completed",
    "failed": "failed: {code}",
    "refused": "refused: {code}",
    "blocked": "cannot run without {code}",
    "skipped": "was skipped",
    "cancelled": "was cancelled",
    "lost": "attempt {attempt} was lost with its worker",
    "exposed": "its flag is on: {code}",
}


def timeline(job: Job, entries: list[Entry]) -> list[Moment]:
    """`entries` (the whole history, oldest first) as readable lines."""
    return [
        Moment(
            at=entry.at,
            after=entry.at - job.created_at,
            run=entry.run,
            subject=entry.step or "job",
            text=_words(entry),
        )
        for entry in entries
    ]


def _words(entry: Entry) -> str:
    if entry.event == "queued" and entry.code:
        return f"will be tried again: {entry.code}"
    text = _WORDS.get(entry.event, entry.event)
    return text.format(attempt=entry.attempt, code=entry.code)
