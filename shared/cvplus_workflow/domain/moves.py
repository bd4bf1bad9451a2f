"""The moves of jobs and steps: by the tables, into history, and shown to the web app."""

from datetime import datetime, timedelta

from .change import EffectKind
from .documents import Entry, Job, Step, show_feature
from .states import (
    CARRIED_STEPS,
    ENDED_JOBS,
    ENDED_STEPS,
    JOB_MOVES,
    STEP_MOVES,
    JobStatus,
    StepState,
    check_move,
)


def move_job(job: Job, status: JobStatus, now: datetime) -> None:
    """Move `job` by the table, and write it into its history."""
    check_move("The job", JOB_MOVES, job.status, status)
    job.status = status
    if status is JobStatus.GENERATING and job.generation_started_at is None:
        job.generation_started_at = now
    if status in ENDED_JOBS:
        job.completed_at = now
        job.run.paused_from = job.run.paused_until = None
    record(job, now, f"job:{status.value}")


def move_step(job: Job, name: str, state: StepState, now: datetime, code: str = "") -> Step:
    """Move one step by the table, write it into history, and show it to the web app."""
    step = job.run.steps[name]
    check_move(f"Step {name}", STEP_MOVES, step.state, state)
    step.state = state
    if state not in CARRIED_STEPS:
        step.task, step.until = "", None
    if state in ENDED_STEPS:
        step.ended_at = now
    record(job, now, state.value, name, step.attempt, code)
    show_feature(job, name, now)
    return step


def refresh(job: Job, now: datetime) -> None:
    """Renew what every write renews: progress, the update time and the deadline."""
    run = job.run
    ended, current, times = 0, "", []
    for name, step in run.steps.items():
        if step.state in ENDED_STEPS:
            ended += 1
            continue
        if not current and step.state in _UNDER_WAY:
            current = run.definition.specs[name].label
        if step.until is not None:
            times.append(step.until)
    if job.status not in ENDED_JOBS or job.status is JobStatus.COMPLETED:
        job.progress = max(job.progress, 100 * ended // len(run.steps))
    job.current_step = current
    job.updated_at = max(now, job.updated_at + _TICK)
    if run.effects:
        _drop_needless_dispatches(job)
    else:
        run.relay_by = run.undelivered = None
    times += [time for time in (run.relay_by, run.paused_until) if time is not None]
    run.deadline = min(times) if times else None


_UNDER_WAY = (StepState.RUNNING, StepState.WAITING)
_TICK = timedelta(microseconds=1)
"""Every write moves `updatedAt`, for the web app's listener drops one that does not."""


def _drop_needless_dispatches(job: Job) -> None:
    """A dispatch whose steps were skipped or started by other means wakes nobody."""
    run = job.run
    tasks = {step.task for step in run.steps.values() if step.state is StepState.QUEUED}
    others = [effect for effect in run.effects if effect.kind is not EffectKind.DISPATCH]
    if not others:
        run.relay_by = None
    if len(others) < len(run.effects):
        run.effects = [
            effect
            for effect in run.effects
            if effect.kind is not EffectKind.DISPATCH or effect.name in tasks
        ]


def record(
    job: Job, now: datetime, event: str, step: str = "", attempt: int = 0, code: str = ""
) -> None:
    """Add a line to the job's history: ids, codes and numbers only."""
    job.run.history.append(Entry(now, job.run.number, event, step, attempt, code))
