"""What can be told of a job: progress, and the timeline of what happened and why."""

from datetime import datetime, timedelta

from msgspec import Struct

from .documents import Entry, Job, Step
from .plan import CHOICE
from .states import ENDED_JOBS, ENDED_STEPS, JobStatus, StepState


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
    """A job's progress. `eta_seconds` is the sum of the open steps' estimates on the
    longest path, not measured; absent once the job has ended or waits for a person.
    """

    job_id: str
    status: JobStatus
    progress: int
    run: int
    steps: list[StepProgress]
    current_steps: list[str]
    eta_seconds: float | None
    eta_is_estimate: bool
    error: str
    error_type: str


def job_progress(job: Job, now: datetime) -> JobProgress:
    """The progress of `job` at `now`."""
    steps = [_step_progress(job, name, step, now) for name, step in job.run.steps.items()]
    waits = any(step.state is StepState.WAITING for step in job.run.steps.values())
    idle = job.status in ENDED_JOBS or job.status is JobStatus.PAUSED or waits
    return JobProgress(
        job_id=job.id,
        status=job.status,
        progress=job.progress,
        run=job.run.number,
        steps=steps,
        current_steps=[step.id for step in steps if step.state is StepState.RUNNING],
        eta_seconds=None if idle else _remaining(job),
        eta_is_estimate=True,
        error=job.error,
        error_type=job.error_type,
    )


def _step_progress(job: Job, name: str, step: Step, now: datetime) -> StepProgress:
    spec = job.run.definition.specs[name]
    begun = step.started_at
    running = step.state is StepState.RUNNING
    ended = step.ended_at or (now if running else None)
    return StepProgress(
        id=name,
        label=spec.label,
        feature=spec.feature,
        state=step.state,
        progress=100 if step.state in ENDED_STEPS else 0,
        attempt=step.attempt,
        seconds=(ended - begun).total_seconds() if begun and ended else None,
        reason=step.error.reason if step.error else "",
        message=step.error.message if step.error else "",
    )


def _remaining(job: Job) -> float:
    """Seconds on the longest path through the open steps, by their specs' estimates."""
    finish: dict[str, float] = {}
    for name, spec in job.run.definition.specs.items():
        before = max((finish.get(d, 0.0) for d in (*spec.needs, *spec.after)), default=0.0)
        is_open = job.run.steps[name].state not in ENDED_STEPS and name != CHOICE.id
        finish[name] = before + (spec.estimate_s if is_open else 0.0)
    return round(max(finish.values(), default=0.0), 3)


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
