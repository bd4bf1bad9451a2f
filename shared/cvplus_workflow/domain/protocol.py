"""The protocol: how a job's steps are claimed, committed, retried and swept.

Every function here alters the job that it is given: a private copy owned by the
decision that calls it. Fence: a commit under an attempt that is not the step's latest
changes nothing. Key: effects are keyed by job, run, subject and effect, never by the
attempt. Sweep: whatever is unfinished has a time in `run.deadline`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Raw, Struct

from ..errors import RETRYABLE, Code, WorkflowError
from .change import EffectKind, Write
from .documents import (
    COMMANDS_KEPT,
    Entry,
    Job,
    Output,
    Step,
    StepError,
    show_feature,
    show_output,
    spilled_output,
)
from .features import StepSpec
from .outbox import RELAY_GRACE, dispatch, dispatch_key, drop_effects, emit
from .queue import LIMITS, StepClass
from .states import (
    ENDED_JOBS,
    ENDED_STEPS,
    JOB_MOVES,
    STEP_MOVES,
    UNDELIVERED_STEPS,
    JobStatus,
    StepState,
    check_move,
)

LEASE_MARGIN = timedelta(seconds=10)
"""A lease ends this long after the invocation's end, so never under a living one."""

BACKOFF_BASE = timedelta(seconds=2)
BACKOFF_CAP = timedelta(seconds=300)

MAX_LOSSES = 25
"""Attempts of one step that may vanish with their worker before the step fails."""

_OPEN_CARRIED = (StepState.QUEUED, StepState.RUNNING)


class Invocation(Struct, frozen=True):
    """One execution of a task: its name, class and the time at which it must have ended."""

    task: str
    queue: StepClass
    ends_at: datetime


class Attempt(Struct, frozen=True):
    """A claimed run of a step; `number` is the fence."""

    step: str
    number: int


class Success(Struct, frozen=True):
    """An attempt's valid output, and its body where the job document mirrors it."""

    attempt: Attempt
    output: Output
    body: Raw


class Failure(Struct, frozen=True):
    """An attempt's error; `jitter` in [0, 1) spreads the retry."""

    attempt: Attempt
    error: StepError
    jitter: float


Outcome = Success | Failure


def backoff(failures: int, jitter: float) -> timedelta:
    """The wait before the next try after `failures` of them: exponential, full jitter."""
    doublings: int = 2 ** min(failures - 1, 16)
    return min(BACKOFF_CAP, BACKOFF_BASE * doublings) * jitter


def remembered(job: Job, command: str) -> bool:
    """Whether a commit already recorded `command`; if not, this one does."""
    if command in job.run.commands:
        return True
    job.run.commands = [*job.run.commands[1 - COMMANDS_KEPT :], command]
    return False


def claimed_by(job: Job, command: str) -> list[Attempt]:
    """What the commit of `command` claimed and still holds."""
    return [
        Attempt(name, step.attempt)
        for name, step in job.run.steps.items()
        if step.state == StepState.RUNNING and step.command == command
    ]


def move_job(job: Job, status: JobStatus, now: datetime) -> None:
    """Move `job` by the table, and write it into its history."""
    check_move("The job", JOB_MOVES, job.status, status)
    job.status = status
    if status == JobStatus.GENERATING and job.generation_started_at is None:
        job.generation_started_at = now
    if status in ENDED_JOBS:
        job.completed_at = now
    _record(job, now, f"job:{status.value}")


def move_step(job: Job, name: str, state: StepState, now: datetime, code: str = "") -> Step:
    """Move one step by the table, write it into history, and show it to the web app."""
    step = job.run.steps[name]
    check_move(f"Step {name}", STEP_MOVES, step.state, state)
    step.state = state
    if state not in _OPEN_CARRIED:
        step.task, step.until = "", None
    if state in ENDED_STEPS:
        step.ended_at = now
    _record(job, now, state.value, name, step.attempt, code)
    show_feature(job, name, now)
    return step


def advance(job: Job, now: datetime, command: str, invocation: Invocation | None = None) -> None:
    """Start whatever can start, end the job if all is over, and renew its deadline.

    Steps that `invocation` can still carry are claimed for it, the others are
    dispatched. Call it after every alteration; it is the only place where steps start
    and jobs complete.
    """
    if job.status not in ENDED_JOBS and job.status != JobStatus.PAUSED:
        _block_unreachable(job, now)
        _start(job, _ready(job), now, command, invocation)
        _follow(job, now)
    refresh(job, now)


def claim(job: Job, invocation: Invocation, now: datetime, command: str) -> bool:
    """Claim what `invocation`'s task carries; False if it carries nothing any more.

    A task that comes again while it holds a lease was lost on its way: it supersedes
    that lease at once. If it carried several steps, each is dispatched alone, so that
    one that kills its worker does not take the others with it.
    """
    carried = [n for n, s in job.run.steps.items() if s.task == invocation.task]
    if not carried or job.status in ENDED_JOBS or job.status == JobStatus.PAUSED:
        return False
    lost = [n for n in carried if job.run.steps[n].state == StepState.RUNNING]
    drop_effects(job, {dispatch_key(job, invocation.task)})
    for name in carried:
        if len(lost) > 1 and name in lost:
            _lose(job, name, now)
        elif name not in lost or _survives(job, name, now):
            _run(job, name, now, command, invocation)
    advance(job, now, command, invocation)
    return True


def settle(
    job: Job, outcomes: Iterable[Outcome], invocation: Invocation, now: datetime, command: str
) -> list[Write] | None:
    """Commit the outcomes whose attempt is still the latest, and go on.

    Outcomes of superseded, cancelled or skipped attempts change nothing; None if all
    are. Answers the documents of outputs that are too large for the job's own.
    """
    documents: list[Write] = []
    held = [outcome for outcome in outcomes if _holds(job, outcome.attempt)]
    for outcome in held:
        if isinstance(outcome, Success):
            documents += spilled_output(job, outcome.output, outcome.body)
            job.run.steps[outcome.attempt.step].output = outcome.output
            show_output(job, outcome.attempt.step, outcome.body)
            move_step(job, outcome.attempt.step, StepState.COMPLETED, now)
        else:
            _fail_attempt(job, outcome, now)
    if not held:
        return None
    advance(job, now, command, invocation)
    return documents


def cancel(job: Job, now: datetime) -> None:
    """End the run at once; attempts that are still running cannot commit any more."""
    move_job(job, JobStatus.CANCELLED, now)
    _cancel_steps(job, now)
    emit(job, EffectKind.PUBLISH, "job", JobStatus.CANCELLED.value, now)
    refresh(job, now)


def pause(job: Job, now: datetime) -> None:
    """Start nothing more; attempts that are running may still commit."""
    before = job.status
    move_job(job, JobStatus.PAUSED, now)
    job.run.paused_from = before
    refresh(job, now)


def resume(job: Job, now: datetime, command: str) -> None:
    """Go on after a pause; steps whose task came and went meanwhile are dispatched anew."""
    if job.run.paused_from is None:
        check_move("The job", JOB_MOVES, job.status, JobStatus.PAUSED)
        raise WorkflowError(Code.FAILED_PRECONDITION, "The job is not paused.", reason="not-paused")
    move_job(job, job.run.paused_from, now)
    job.run.paused_from = None
    queued = [n for n, s in job.run.steps.items() if s.state == StepState.QUEUED]
    dispatch(job, queued, now)
    advance(job, now, command)


def reopen(job: Job, now: datetime, command: str) -> None:
    """Open the next run of a job that failed or was cancelled: what completed is kept."""
    if job.status not in (JobStatus.FAILED, JobStatus.CANCELLED):
        raise WorkflowError(
            Code.FAILED_PRECONDITION,
            f"The job is {job.status}; only a failed or cancelled one can be run again.",
            reason="not-reopenable",
            details={"from": job.status.value},
        )
    job.run.number += 1
    job.status, job.completed_at, job.error, job.error_type = JobStatus.PENDING, None, "", ""
    _record(job, now, "run:opened")
    for name, step in job.run.steps.items():
        if step.state != StepState.COMPLETED:
            job.run.steps[name] = Step(attempt=step.attempt)
            show_feature(job, name, now)
    advance(job, now, command)


def sweep(job: Job, now: datetime, command: str, jitter: float) -> bool:
    """Repair what is overdue; False if nothing is, so that nothing is written."""
    if job.run.deadline is None or job.run.deadline > now:
        return False
    for name, step in list(job.run.steps.items()):
        if step.until is not None and step.until <= now and job.status not in ENDED_JOBS:
            _sweep_step(job, name, step, now)
    if job.run.relay_by is not None and job.run.relay_by <= now:
        job.run.relay_by = now + RELAY_GRACE * (1 + jitter)
    advance(job, now, command)
    return True


def end_wait(job: Job, name: str, now: datetime) -> None:
    """What a waiting step waited for has happened, or its time is up: go on."""
    step = job.run.steps[name]
    state = StepState.SKIPPED if step.state == StepState.PENDING else StepState.COMPLETED
    move_step(job, name, state, now)


def _sweep_step(job: Job, name: str, step: Step, now: datetime) -> None:
    if step.state == StepState.RUNNING:
        _lose(job, name, now)
    elif step.state == StepState.WAITING:
        end_wait(job, name, now)
    elif step.state == StepState.QUEUED and job.status != JobStatus.PAUSED:
        dispatch(job, [name], now)


def _holds(job: Job, attempt: Attempt) -> bool:
    step = job.run.steps.get(attempt.step)
    return (
        step is not None
        and step.state == StepState.RUNNING
        and step.attempt == attempt.number
        and job.status not in ENDED_JOBS
    )


def _fail_attempt(job: Job, outcome: Failure, now: datetime) -> None:
    name, error = outcome.attempt.step, outcome.error
    spec, step = job.run.definition.specs[name], job.run.steps[name]
    step.error = error
    step.failures += 1
    if error.code in RETRYABLE and step.failures < spec.max_attempts:
        _requeue(job, name, now, error.reason, now + backoff(step.failures, outcome.jitter))
    elif error.code == Code.FAILED_PRECONDITION and spec.feature:
        move_step(job, name, StepState.REFUSED, now, error.reason)
    else:
        _give_up(job, name, now)


def _give_up(job: Job, name: str, now: datetime) -> None:
    error = job.run.steps[name].error
    move_step(job, name, StepState.FAILED, now, error.reason if error else "")
    if not job.run.definition.specs[name].feature:
        _fail_job(job, name, now)


def _fail_job(job: Job, name: str, now: datetime) -> None:
    error = job.run.steps[name].error
    job.error = error.message if error else f"The step {name} could not be run."
    job.error_type = error.reason if error else "blocked"
    move_job(job, JobStatus.FAILED, now)
    _cancel_steps(job, now)
    emit(job, EffectKind.PUBLISH, "job", JobStatus.FAILED.value, now)


def _cancel_steps(job: Job, now: datetime) -> None:
    for name, step in job.run.steps.items():
        if step.state not in ENDED_STEPS:
            move_step(job, name, StepState.CANCELLED, now)
    job.run.effects = [e for e in job.run.effects if e.kind != EffectKind.DISPATCH]


def _lose(job: Job, name: str, now: datetime) -> None:
    if _survives(job, name, now):
        _requeue(job, name, now, "worker-lost")


def _survives(job: Job, name: str, now: datetime) -> bool:
    step = job.run.steps[name]
    step.losses += 1
    _record(job, now, "lost", name, step.attempt)
    if step.losses < MAX_LOSSES:
        return True
    step.error = StepError(
        Code.UNAVAILABLE, "worker-lost", f"{step.losses} workers were lost while running {name}."
    )
    _give_up(job, name, now)
    return False


def _requeue(
    job: Job, name: str, now: datetime, code: str, not_before: datetime | None = None
) -> None:
    move_step(job, name, StepState.QUEUED, now, code)
    dispatch(job, [name], now, not_before)


def _block_unreachable(job: Job, now: datetime) -> None:
    specs, steps = job.run.definition.specs, job.run.steps
    for name, step in steps.items():
        if step.state != StepState.PENDING or job.status in ENDED_JOBS:
            continue
        gone = [need for need in specs[name].needs if steps[need].state in UNDELIVERED_STEPS]
        if gone:
            step.error = StepError(
                Code.FAILED_PRECONDITION, "needs-missing", f"Needs {gone[0]}, which has no result."
            )
            move_step(job, name, StepState.BLOCKED, now, gone[0])
            if not specs[name].feature:
                _fail_job(job, name, now)


def _ready(job: Job) -> list[str]:
    specs, steps = job.run.definition.specs, job.run.steps
    return [
        name
        for name, step in steps.items()
        if step.state == StepState.PENDING
        and all(steps[need].state == StepState.COMPLETED for need in specs[name].needs)
        and all(steps[soft].state in ENDED_STEPS for soft in specs[name].after)
    ]


def _start(
    job: Job, ready: Sequence[str], now: datetime, command: str, invocation: Invocation | None
) -> None:
    if job.status in ENDED_JOBS:
        return
    to_dispatch = []
    for name in ready:
        spec = job.run.definition.specs[name]
        if spec.version == 0:
            _refuse_unavailable(job, name, now)
        elif spec.wait_s:
            move_step(job, name, StepState.WAITING, now, spec.cause).until = now + timedelta(
                seconds=spec.wait_s
            )
        elif invocation and _fits(job, spec, invocation, now):
            _run(job, name, now, command, invocation)
        else:
            to_dispatch.append(name)
    for name in to_dispatch:
        move_step(job, name, StepState.QUEUED, now)
    dispatch(job, to_dispatch, now)
    if any(job.run.definition.specs[name].version == 0 for name in ready):
        _start(job, _ready(job), now, command, invocation)


def _refuse_unavailable(job: Job, name: str, now: datetime) -> None:
    job.run.steps[name].error = StepError(
        Code.UNIMPLEMENTED, "not-available", f"{name} is not available in this installation."
    )
    move_step(job, name, StepState.REFUSED, now, "not-available")


def _fits(job: Job, spec: StepSpec, invocation: Invocation, now: datetime) -> bool:
    """Whether the invocation has the memory, the time and a place for one more step."""
    own, offered = LIMITS[spec.step_class], LIMITS[invocation.queue]
    running = sum(
        s.task == invocation.task and s.state == StepState.RUNNING for s in job.run.steps.values()
    )
    return (
        own.memory_mib <= offered.memory_mib
        and now + timedelta(seconds=spec.timeout_s) <= invocation.ends_at
        and running < own.together
    )


def _run(job: Job, name: str, now: datetime, command: str, invocation: Invocation) -> None:
    step = job.run.steps[name]
    step.attempt += 1
    step.task, step.command = invocation.task, command
    step.until = invocation.ends_at + LEASE_MARGIN
    step.started_at = now
    move_step(job, name, StepState.RUNNING, now)
    if job.started_at is None:
        job.started_at = now


def _follow(job: Job, now: datetime) -> None:
    """Let the job's status follow its steps."""
    if job.status in ENDED_JOBS:
        return
    steps = job.run.steps
    if all(step.state in ENDED_STEPS for step in steps.values()):
        _complete(job, now)
        return
    status = _status_of(steps, job.status)
    if status != job.status:
        move_job(job, status, now)
        if status == JobStatus.ANALYZED:
            emit(job, EffectKind.PUBLISH, "job", status.value, now)


def _status_of(steps: dict[str, Step], status: JobStatus) -> JobStatus:
    if any(step.state == StepState.WAITING for step in steps.values()):
        open_others = any(step.state in _OPEN_CARRIED for step in steps.values())
        return status if open_others else JobStatus.ANALYZED
    if steps["parse"].state == StepState.COMPLETED:
        return JobStatus.GENERATING
    return JobStatus.PROCESSING if steps["parse"].attempt else status


def _complete(job: Job, now: datetime) -> None:
    if job.status == JobStatus.PENDING:
        move_job(job, JobStatus.PROCESSING, now)
    move_job(job, JobStatus.COMPLETED, now)
    emit(job, EffectKind.DELIVER, "assemble", "deliver", now)
    emit(job, EffectKind.PUBLISH, "job", JobStatus.COMPLETED.value, now)


def refresh(job: Job, now: datetime) -> None:
    """Renew what every write renews: progress, the update time and the deadline."""
    run = job.run
    ended = sum(step.state in ENDED_STEPS for step in run.steps.values())
    if job.status not in ENDED_JOBS or job.status == JobStatus.COMPLETED:
        job.progress = 100 * ended // len(run.steps)
    running = [n for n, s in run.steps.items() if s.state in (StepState.RUNNING, StepState.WAITING)]
    job.current_step = run.definition.specs[running[0]].label if running else ""
    job.updated_at = max(now, job.updated_at + timedelta(microseconds=1))
    if not run.effects:
        run.relay_by = None
    times = [step.until for step in run.steps.values() if step.until is not None]
    if run.relay_by is not None:
        times.append(run.relay_by)
    run.deadline = min(times, default=None)


def _record(
    job: Job, now: datetime, event: str, step: str = "", attempt: int = 0, code: str = ""
) -> None:
    job.run.history.append(Entry(now, job.run.number, event, step, attempt, code))
