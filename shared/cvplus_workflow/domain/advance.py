"""Going on: what can start is started, what cannot is ended, and the job follows its steps.

Every function here alters the job that it is given, as in `protocol`.
"""

from datetime import datetime, timedelta

from ..errors import Code
from .attempts import Invocation
from .change import EffectKind
from .documents import Job, Step, StepError
from .features import StepSpec
from .moves import move_job, move_step, refresh
from .outbox import dispatch, drop_dispatches, emit
from .plan import CHOICE
from .queue import LIMITS
from .states import (
    CARRIED_STEPS,
    ENDED_JOBS,
    ENDED_STEPS,
    UNDELIVERED_STEPS,
    JobStatus,
    StepState,
)

LEASE_MARGIN = timedelta(seconds=10)
"""A lease ends this long after the invocation's end, so never under a living one."""

ATTEMPTED = (StepState.RUNNING, StepState.WAITING)
"""States of a step whose attempt may still commit."""


def advance(job: Job, now: datetime, command: str, invocation: Invocation | None = None) -> None:
    """Start whatever can start, end the job if all is over, and renew its deadline.

    Steps that `invocation` can still carry are claimed for it, the others are
    dispatched. Call it after every alteration; it is the only place where steps start
    and jobs complete.
    """
    if job.status not in ENDED_JOBS and job.status is not JobStatus.PAUSED:
        _start(job, now, command, invocation)
        _follow(job, now)
    refresh(job, now)


def _ready(job: Job, now: datetime) -> list[str]:
    """The steps that can start, in the plan's order; blocks those that never can."""
    ready = []
    specs, steps, pending = job.run.definition.specs, job.run.steps, StepState.PENDING
    for name, step in steps.items():
        if step.state is not pending:
            continue
        if _unblocked(steps, specs[name]):
            ready.append(name)
        elif gone := _undelivered(steps, specs[name]):
            _block(job, name, gone, now)
            if job.status in ENDED_JOBS:
                return []
    return ready


def _unblocked(steps: dict[str, Step], spec: StepSpec) -> bool:
    for need in spec.needs:
        if steps[need].state is not StepState.COMPLETED:
            return False
    for soft in spec.after:  # noqa: SIM110 - a generator would cost more than the check
        if steps[soft].state not in ENDED_STEPS:
            return False
    return True


def _undelivered(steps: dict[str, Step], spec: StepSpec) -> str:
    """A step that `spec` needs and that has ended without a result."""
    for need in spec.needs:
        if steps[need].state in UNDELIVERED_STEPS:
            return need
    return ""


def _block(job: Job, name: str, gone: str, now: datetime) -> None:
    job.run.steps[name].error = StepError(
        Code.FAILED_PRECONDITION, "needs-missing", f"Needs {gone}, which has no result."
    )
    move_step(job, name, StepState.BLOCKED, now, gone)
    if not job.run.definition.specs[name].feature:
        fail_job(job, name, now)


def _start(job: Job, now: datetime, command: str, invocation: Invocation | None) -> None:
    """Start what is ready, in the plan's order, as far as the job's parallelism allows."""
    ready = _bodied(job, now)
    room = job.run.definition.parallel - _carried(job) if ready else 0
    specs = job.run.definition.specs
    off = invocation.switches.off_for(job.tenant) if invocation else ()
    to_dispatch = []
    for name in ready[: max(0, room)]:
        if invocation and name not in off and _fits(job, specs[name], invocation):
            run_step(job, name, now, command, invocation)
        else:
            to_dispatch.append(name)
    for name in to_dispatch:
        move_step(job, name, StepState.QUEUED, now)
    if to_dispatch:
        dispatch(job, to_dispatch, now)


def _carried(job: Job) -> int:
    """Steps under way; one that a service has taken keeps its place, for it may come back."""
    carried = 0
    for step in job.run.steps.values():
        if step.state in CARRIED_STEPS or (step.attempt and step.state is StepState.WAITING):
            carried += 1
    return carried


def _bodied(job: Job, now: datetime) -> list[str]:
    """The ready steps that have a body, once those without one are dealt with."""
    specs = job.run.definition.specs
    ready = _ready(job, now)
    bodiless = [name for name in ready if specs[name].version == 0 or specs[name].wait_s]
    for name in bodiless:
        _pass_bodiless(job, specs[name], now)
    return _bodied(job, now) if bodiless else ready


def _pass_bodiless(job: Job, spec: StepSpec, now: datetime) -> None:
    """Begin a wait, or refuse what is not available."""
    if spec.wait_s:
        step = move_step(job, spec.id, StepState.WAITING, now, spec.cause)
        step.until = now + timedelta(seconds=spec.wait_s)
        return
    job.run.steps[spec.id].error = StepError(
        Code.UNIMPLEMENTED, "not-available", f"{spec.id} is not available in this installation."
    )
    move_step(job, spec.id, StepState.REFUSED, now, "not-available")


def _fits(job: Job, spec: StepSpec, invocation: Invocation) -> bool:
    """Whether the invocation has the memory, the time and a place for one more step."""
    own, offered = LIMITS[spec.step_class], LIMITS[invocation.queue]
    return (
        own.memory_mib <= offered.memory_mib
        and timedelta(seconds=spec.timeout_s) <= invocation.left
        and _running(job, invocation.task) < own.together
    )


def _running(job: Job, task: str) -> int:
    return len(
        [s for s in job.run.steps.values() if s.task == task and s.state is StepState.RUNNING]
    )


def run_step(job: Job, name: str, now: datetime, command: str, invocation: Invocation) -> None:
    """Begin the next attempt of a step under `invocation`'s lease."""
    step = job.run.steps[name]
    step.attempt += 1
    step.dispatches, step.held_at = 0, None
    step.task, step.command = invocation.task, command
    step.until = now + invocation.left + LEASE_MARGIN
    step.started_at, step.took_s = now, None
    move_step(job, name, StepState.RUNNING, now)
    if job.started_at is None:
        job.started_at = now


def _follow(job: Job, now: datetime) -> None:
    """Let the job's status follow its steps."""
    if job.status in ENDED_JOBS:
        return
    steps = job.run.steps
    if _all_ended(steps):
        _complete(job, now)
        return
    status = _status_of(steps, job.status)
    if status != job.status:
        if job.status is JobStatus.PENDING and status is not JobStatus.PROCESSING:
            move_job(job, JobStatus.PROCESSING, now)
        move_job(job, status, now)
        if status is JobStatus.ANALYZED:
            emit(job, EffectKind.PUBLISH, "job", status.value, now)


def _all_ended(steps: dict[str, Step]) -> bool:
    for step in steps.values():  # noqa: SIM110 - a generator would cost more than the check
        if step.state not in ENDED_STEPS:
            return False
    return True


def _status_of(steps: dict[str, Step], status: JobStatus) -> JobStatus:
    choice = steps.get(CHOICE.id)
    if choice is not None and choice.state is StepState.WAITING:
        open_others = any(step.state in CARRIED_STEPS for step in steps.values())
        return status if open_others else JobStatus.ANALYZED
    if steps["parse"].state is StepState.COMPLETED:
        return JobStatus.GENERATING
    return JobStatus.PROCESSING if steps["parse"].attempt else status


def _complete(job: Job, now: datetime) -> None:
    if job.status is JobStatus.PENDING:
        move_job(job, JobStatus.PROCESSING, now)
    move_job(job, JobStatus.COMPLETED, now)
    emit(job, EffectKind.DELIVER, "assemble", "deliver", now)
    emit(job, EffectKind.PUBLISH, "job", JobStatus.COMPLETED.value, now)


def fail_job(job: Job, name: str, now: datetime) -> None:
    """End the run because step `name`, which every job needs, has no result."""
    error = job.run.steps[name].error
    job.error = error.message if error else f"The step {name} could not be run."
    job.error_type = error.reason if error else "blocked"
    move_job(job, JobStatus.FAILED, now)
    cancel_steps(job, now)
    emit(job, EffectKind.PUBLISH, "job", JobStatus.FAILED.value, now)


def cancel_steps(job: Job, now: datetime) -> None:
    """End every open step of a run that is over, and take its tasks back."""
    for name, step in job.run.steps.items():
        if step.state not in ENDED_STEPS:
            move_step(job, name, StepState.CANCELLED, now)
    drop_dispatches(job)
