"""The outbox: effects recorded in the commit that decides them, relayed after it."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from .change import Effect, EffectKind
from .documents import Job
from .queue import LIMITS, StepClass

DISPATCH_GRACE = timedelta(seconds=30)
"""A task not claimed this long after its time is dispatched again; doubled each time, up to
the longest invocation of its class, so that a lost task holds nobody up longer than a lease."""

RELAY_GRACE = timedelta(seconds=15)
"""An effect not acknowledged after this long is relayed again."""


def dispatch(
    job: Job, names: Sequence[str], now: datetime, not_before: datetime | None = None
) -> None:
    """Give queued steps a new task each class and batch, and record its dispatch."""
    specs = job.run.definition.specs
    for step_class in {specs[name].step_class: None for name in names}:
        members = [name for name in names if specs[name].step_class is step_class]
        together = LIMITS[step_class].together
        for start in range(0, len(members), together):
            _assign(job, members[start : start + together], step_class, now, not_before)


def _assign(
    job: Job, names: Sequence[str], queue: StepClass, now: datetime, not_before: datetime | None
) -> None:
    run = job.run
    run.tasks += 1
    task = f"{job.id}-{run.number}-{run.tasks}"
    replaced = {dispatch_key(job, run.steps[name].task) for name in names}
    drop_effects(job, replaced)
    for name in names:
        step = run.steps[name]
        step.task = task
        step.until = (not_before or now) + _grace(queue, step.dispatches)
        step.dispatches += 1
    effect = Effect(
        key=dispatch_key(job, task),
        kind=EffectKind.DISPATCH,
        job_id=job.id,
        run=run.number,
        name=task,
        queue=queue.value,
        rank=job.priority.rank,
        not_before=not_before,
    )
    _add(job, effect, now)


def _grace(queue: StepClass, dispatches: int) -> timedelta:
    doublings: int = 2 ** min(dispatches, 8)
    return min(DISPATCH_GRACE * doublings, timedelta(seconds=LIMITS[queue].timeout_s))


def dispatch_key(job: Job, task: str) -> str:
    """The effect key of a task's dispatch."""
    return f"{job.id}/{job.run.number}/{task}/dispatch"


def emit(job: Job, kind: EffectKind, subject: str, name: str, now: datetime) -> None:
    """Record an effect under job/run/subject/name."""
    key = f"{job.id}/{job.run.number}/{subject}/{name}"
    _add(job, Effect(key, kind, job.id, job.run.number, name), now)


def _add(job: Job, effect: Effect, now: datetime) -> None:
    """Record `effect`; a dispatch is due again with its step, the others with `relay_by`."""
    job.run.effects.append(effect)
    if job.run.relay_by is None and effect.kind is not EffectKind.DISPATCH:
        job.run.relay_by = now + RELAY_GRACE


def drop_effects(job: Job, keys: Collection[str]) -> bool:
    """Take effects out of the outbox; False if none of them was in it."""
    before = len(job.run.effects)
    job.run.effects = [effect for effect in job.run.effects if effect.key not in keys]
    return len(job.run.effects) < before


def drop_dispatches(job: Job) -> None:
    """Take back every task that is not relayed yet or not claimed."""
    job.run.effects = [e for e in job.run.effects if e.kind is not EffectKind.DISPATCH]
