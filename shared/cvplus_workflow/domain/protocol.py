"""The protocol: how a job's steps are claimed, committed, retried and swept.

Every function here alters the job that it is given: a private copy owned by the
decision that calls it. Fence: a commit under an attempt that is not the step's latest
changes nothing. Key: effects are keyed by job, run, subject and effect, never by the
attempt. Sweep: whatever is unfinished has a time in `run.deadline`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..errors import RETRYABLE, Code, WorkflowError, invalid
from .advance import ATTEMPTED, advance, cancel_steps, fail_job, run_step
from .attempts import Attempt, Failure, HandedOver, Invocation, Outcome, Success
from .change import EffectKind, Write
from .documents import (
    COMMANDS_KEPT,
    Job,
    Step,
    StepError,
    show_feature,
    show_feature_progress,
    show_output,
    spilled_output,
)
from .flags import SWITCHED_OFF
from .moves import move_job, move_step, record, refresh
from .outbox import RELAY_GRACE, dispatch, dispatch_key, drop_dispatches, drop_effects, emit
from .plan import CHOICE
from .states import (
    ENDED_JOBS,
    JobStatus,
    StepState,
)

BACKOFF_BASE = timedelta(seconds=2)
BACKOFF_CAP = timedelta(seconds=300)

PAUSE_LIMIT = timedelta(days=30)
"""A job paused for longer is cancelled; it can still be run again."""

HOLD_LIMIT = timedelta(days=7)
"""A job whose next step stays switched off for longer fails; it can be replayed."""

HOLD_SHORTEST, HOLD_LONGEST = timedelta(seconds=30), timedelta(minutes=10)
"""How often a step that is switched off is looked at again: first, and at last."""

MAX_LOSSES = 25
"""Attempts of one step that may vanish with their worker before the step fails."""

TICK_EVERY = timedelta(seconds=2)
"""The least time between two ticks of one job: each is a write that its listeners read."""

LAST_TICK = 99
"""Percent that an attempt may tell at most: a feature is at 100 when its result is committed."""

_UNANSWERED = StepError(
    Code.DEADLINE_EXCEEDED, "callback-timeout", "The service did not answer: timeout."
)
_CHOSEN = (StepState.COMPLETED, StepState.SKIPPED)
_UNDONE_JOBS = (JobStatus.FAILED, JobStatus.CANCELLED)


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
        if step.command == command and step.state is StepState.RUNNING
    ]


def claim(job: Job, invocation: Invocation, now: datetime, command: str) -> bool:
    """Claim what `invocation`'s task carries; False if it carries nothing any more.

    A task that comes again while it holds a lease was lost on its way: it supersedes
    that lease at once. If it carried several steps, each is dispatched alone, so that
    one that kills its worker does not take the others with it. What a kill switch stops
    is not claimed.
    """
    carried = [n for n, s in job.run.steps.items() if s.task == invocation.task]
    if not carried or job.status in ENDED_JOBS or job.status is JobStatus.PAUSED:
        return False
    lost = [n for n in carried if job.run.steps[n].state is StepState.RUNNING]
    off = invocation.switches.off_for(job.tenant)
    drop_effects(job, {dispatch_key(job, invocation.task)})
    for name in carried:
        if job.status in ENDED_JOBS:
            break
        if name in off:
            _switch_off(job, name, now)
        elif len(lost) > 1 and name in lost:
            _lose(job, name, now)
        elif name not in lost or _survives(job, name, now):
            run_step(job, name, now, command, invocation)
    advance(job, now, command, invocation)
    return True


def _switch_off(job: Job, name: str, now: datetime) -> None:
    """A feature whose kill switch is thrown ends; a step that every job needs is held."""
    step = job.run.steps[name]
    feature = job.run.definition.specs[name].feature
    later = "" if feature else " It goes on when it is switched on again."
    message = f"{name} is switched off for now.{later}"
    step.error = StepError(Code.UNAVAILABLE, SWITCHED_OFF, message)
    if feature:
        move_step(job, name, StepState.REFUSED, now, SWITCHED_OFF)
    else:
        _hold(job, name, step, now)


def _hold(job: Job, name: str, step: Step, now: datetime) -> None:
    """Put a step off for as long again as it has been held; only the first time is told."""
    if step.held_at is None or step.state is not StepState.QUEUED:
        move_step(job, name, StepState.QUEUED, now, SWITCHED_OFF)
    step.held_at = step.held_at or now
    held = now - step.held_at
    if held >= HOLD_LIMIT:
        message = f"{name} was switched off for {held.days} days."
        step.error = StepError(Code.UNAVAILABLE, SWITCHED_OFF, message)
        _give_up(job, name, now)
    else:
        dispatch(job, [name], now, now + min(max(held, HOLD_SHORTEST), HOLD_LONGEST))


def untried(job: Job, invocation: Invocation) -> list[Attempt]:
    """The attempts that the steps of a light task may begin with before they are claimed.

    None if the task is not the first to carry them, if they are claimed, or if they have to
    stay: paused, ended, or switched off.
    """
    carried = {n: s for n, s in job.run.steps.items() if s.task == invocation.task}
    off = invocation.switches.off_for(job.tenant)
    for name, step in carried.items():
        tried = step.dispatches > 1 or step.failures or step.losses
        if step.state is not StepState.QUEUED or tried or name in off:
            return []
    if job.status in ENDED_JOBS or job.status is JobStatus.PAUSED:
        return []
    return [Attempt(name, step.attempt + 1) for name, step in carried.items()]


def take_up(
    job: Job, run: int, attempt: Attempt, now: datetime, command: str, invocation: Invocation
) -> bool:
    """Claim a light step whose body has run already, if nobody has claimed it meanwhile.

    False if somebody has, whose attempt has the same number: then the outcome is not this
    attempt's. `run` is the one that the body ran for. The step may have been dispatched again:
    what is done need not be done again. A kill switch that was thrown since does not stop it.
    """
    step = job.run.steps.get(attempt.step)
    if (
        step is None
        or job.run.number != run
        or not may_be_claimed(step, attempt)
        or job.status is JobStatus.PAUSED
    ):
        return False
    run_step(job, attempt.step, now, command, invocation)
    return True


def may_be_claimed(step: Step, attempt: Attempt) -> bool:
    """Whether `attempt`, which nobody has claimed, may still be the next one of its step."""
    return step.state is StepState.QUEUED and step.attempt == attempt.number - 1


def is_wanted(job: Job, attempt: Attempt) -> bool:
    """Whether a body that runs as `attempt` may still commit, claimed or not."""
    step = job.run.steps.get(attempt.step)
    return holds(job, attempt) or (step is not None and may_be_claimed(step, attempt))


def settle(
    job: Job,
    outcomes: Iterable[Outcome],
    invocation: Invocation | None,
    now: datetime,
    command: str,
) -> list[Write] | None:
    """Commit the outcomes whose attempt is still the latest, and go on.

    A callback's outcome comes without an invocation; it may come before the handing
    over is committed, twice, or too late.

    Outcomes of superseded, cancelled or skipped attempts change nothing; None if all
    are. Answers the documents of outputs that are too large for the job's own.
    """
    documents: list[Write] = []
    held = False
    for outcome in outcomes:
        if not holds(job, outcome.attempt):
            continue
        held = True
        if isinstance(outcome, Success):
            documents += spilled_output(job, outcome.output, outcome.body)
            _succeed(job, outcome, now)
        elif isinstance(outcome, Failure):
            _fail_attempt(job, outcome.attempt.step, outcome.error, outcome.jitter, now)
        else:
            _hand_over(job, outcome, now)
    if not held:
        return None
    advance(job, now, command, invocation)
    return documents


def cancel(job: Job, now: datetime) -> None:
    """End the run at once; attempts that are still running cannot commit any more."""
    move_job(job, JobStatus.CANCELLED, now)
    cancel_steps(job, now)
    emit(job, EffectKind.PUBLISH, "job", JobStatus.CANCELLED.value, now)
    refresh(job, now)


def pause(job: Job, now: datetime) -> None:
    """Start nothing more; attempts that are running may still commit.

    What is queued is taken back and dispatched anew when the job goes on.
    """
    before = job.status
    move_job(job, JobStatus.PAUSED, now)
    job.run.paused_from, job.run.paused_until = before, now + PAUSE_LIMIT
    for step in job.run.steps.values():
        if step.state is StepState.QUEUED:
            step.until = None
    drop_dispatches(job)
    refresh(job, now)


def resume(job: Job, now: datetime, command: str) -> None:
    """Go on after a pause; steps whose task came and went meanwhile are dispatched anew."""
    if job.run.paused_from is None:
        raise WorkflowError(
            Code.FAILED_PRECONDITION,
            f"The job is {job.status}, not paused, and cannot become {JobStatus.PROCESSING}.",
            reason="illegal-move",
            details={"from": job.status.value, "to": JobStatus.PROCESSING.value},
        )
    move_job(job, job.run.paused_from, now)
    job.run.paused_from = job.run.paused_until = None
    queued = [n for n, s in job.run.steps.items() if s.state is StepState.QUEUED]
    dispatch(job, queued, now)
    advance(job, now, command)


def reopen(job: Job, now: datetime, command: str, first: str = "") -> None:
    """Open the next run of a job that has ended; what completed is kept.

    With `first`, that step and all that follow from it run again. Raises
    failed-precondition for a job that has not ended, or that completed and is given no
    step; invalid-argument for a step that the job does not have.
    """
    again = _followers(job, first) if first else set()
    if job.status not in ENDED_JOBS or (job.status not in _UNDONE_JOBS and not first):
        raise WorkflowError(
            Code.FAILED_PRECONDITION,
            f"The job is {job.status} and cannot be run again" + ("." if first else " as a whole."),
            reason="not-reopenable",
            details={"from": job.status.value},
        )
    job.run.number += 1
    job.status, job.completed_at, job.error, job.error_type = JobStatus.PENDING, None, "", ""
    job.progress = 0
    record(job, now, "run:opened")
    for name, step in job.run.steps.items():
        if name == CHOICE.id and step.state in _CHOSEN:
            continue
        if step.state is not StepState.COMPLETED or name in again:
            _reset(job, name, now)
    advance(job, now, command)


def _reset(job: Job, name: str, now: datetime) -> None:
    """Let a step begin anew, but for a feature that is not chosen any more."""
    attempt = job.run.steps[name].attempt
    record(job, now, "reset", name, attempt)
    job.run.steps[name] = Step(attempt=attempt)
    show_feature(job, name, now)
    if job.run.definition.specs[name].feature and name not in job.selected_features:
        move_step(job, name, StepState.SKIPPED, now, "not-chosen")


def _followers(job: Job, first: str) -> set[str]:
    """`first` and every step whose result may depend on its."""
    specs = job.run.definition.specs
    if first not in specs:
        raise invalid("step", f"the job has no step {first}. Its steps: {', '.join(specs)}")
    found = {first}
    for name, spec in specs.items():
        if found.intersection(spec.needs) or found.intersection(spec.after):
            found.add(name)
    return found


def sweep(job: Job, now: datetime, command: str, jitter: float) -> bool:
    """Repair what is overdue; False if nothing is, so that nothing is written."""
    if job.run.deadline is None or job.run.deadline > now:
        return False
    if job.run.paused_until is not None and job.run.paused_until <= now:
        cancel(job, now)
    for name, step in list(job.run.steps.items()):
        if step.until is not None and step.until <= now and job.status not in ENDED_JOBS:
            _sweep_step(job, name, step, now, jitter)
    if job.run.relay_by is not None and job.run.relay_by <= now:
        job.run.relay_by = now + RELAY_GRACE * (1 + jitter)
    advance(job, now, command)
    return True


def end_wait(job: Job, name: str, now: datetime) -> None:
    """What a waiting step waited for has happened, or its time is up: go on."""
    step = job.run.steps[name]
    state = StepState.SKIPPED if step.state is StepState.PENDING else StepState.COMPLETED
    move_step(job, name, state, now)


def _sweep_step(job: Job, name: str, step: Step, now: datetime, jitter: float) -> None:
    if step.state is StepState.RUNNING:
        _lose(job, name, now)
    elif step.state is StepState.WAITING and job.run.definition.specs[name].wait_s:
        end_wait(job, name, now)
    elif step.state is StepState.WAITING:
        _fail_attempt(job, name, _UNANSWERED, jitter, now)
    elif step.state is StepState.QUEUED:
        dispatch(job, [name], now)


def holds(job: Job, attempt: Attempt) -> bool:
    """Whether `attempt` is the latest of its step, and may still commit."""
    step = job.run.steps.get(attempt.step)
    return (
        step is not None
        and step.state in ATTEMPTED
        and step.attempt == attempt.number
        and job.status not in ENDED_JOBS
    )


def tick(job: Job, attempt: Attempt, percent: int, now: datetime) -> bool:
    """Show how much of an attempt's work is done; False if nothing is to be written.

    Refused is what is not the latest attempt of a feature under way, what comes too soon
    after the job's last tick, and what does not go forward. The job's own percentage
    comes from committed steps alone.
    """
    if not holds(job, attempt) or attempt.step not in job.enhanced_features:
        return False
    last = job.run.ticked_at
    if last is not None and now - last < TICK_EVERY:
        return False
    shown = min(percent, LAST_TICK)
    if shown <= job.enhanced_features[attempt.step].progress:
        return False
    show_feature_progress(job, attempt.step, shown)
    job.run.ticked_at = now
    refresh(job, now)
    return True


def _succeed(job: Job, outcome: Success, now: datetime) -> None:
    step = job.run.steps[outcome.attempt.step]
    step.output, step.error, step.took_s = outcome.output, None, outcome.seconds
    show_output(job, outcome.attempt.step, outcome.body)
    move_step(job, outcome.attempt.step, StepState.COMPLETED, now)


def _hand_over(job: Job, outcome: HandedOver, now: datetime) -> None:
    if job.run.steps[outcome.attempt.step].state is StepState.RUNNING:
        step = move_step(job, outcome.attempt.step, StepState.WAITING, now, "callback")
        step.until = now + timedelta(seconds=outcome.seconds)


def _fail_attempt(job: Job, name: str, error: StepError, jitter: float, now: datetime) -> None:
    spec, step = job.run.definition.specs[name], job.run.steps[name]
    step.error = error
    step.failures += 1
    if error.code in RETRYABLE and step.failures < spec.max_attempts:
        _requeue(job, name, now, error.reason, now + backoff(step.failures, jitter))
    elif error.code == Code.FAILED_PRECONDITION and spec.feature:
        move_step(job, name, StepState.REFUSED, now, error.reason)
    else:
        _give_up(job, name, now)


def _give_up(job: Job, name: str, now: datetime) -> None:
    error = job.run.steps[name].error
    move_step(job, name, StepState.FAILED, now, error.reason if error else "")
    if not job.run.definition.specs[name].feature:
        fail_job(job, name, now)


def _lose(job: Job, name: str, now: datetime) -> None:
    if _survives(job, name, now):
        _requeue(job, name, now, "worker-lost")


def _survives(job: Job, name: str, now: datetime) -> bool:
    step = job.run.steps[name]
    step.losses += 1
    known = any(e.event == "lost" and e.run == job.run.number for e in job.run.history)
    record(job, now, "lost", name, step.attempt)
    if step.losses < MAX_LOSSES:
        if not known:
            emit(job, EffectKind.PUBLISH, "job", "recovered", now)
        return True
    step.error = StepError(
        Code.UNAVAILABLE, "worker-lost", f"{step.losses} workers were lost while running {name}."
    )
    _give_up(job, name, now)
    return False


def _requeue(
    job: Job, name: str, now: datetime, code: str, not_before: datetime | None = None
) -> None:
    step = move_step(job, name, StepState.QUEUED, now, code)
    step.until = None
    if job.status is not JobStatus.PAUSED:
        dispatch(job, [name], now, not_before)
