"""A failing plan made small, and the story of a plan told to a person."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from .outside import FlagChange
from .scenario import Plan
from .simulation import Outcome

Run = Callable[[Plan], Outcome]

_THROWN, _LIFTED = (("killed", True),), (("killed", False),)


def shrink(plan: Plan, run: Run) -> Plan:
    """The plan with everything left out without which `run` still finds a violation."""
    smaller = _shrunk_once(plan, run)
    while smaller != plan:
        plan, smaller = smaller, _shrunk_once(smaller, run)
    return smaller


def _shrunk_once(plan: Plan, run: Run) -> Plan:
    smaller = plan
    for part in ("faults", "actions", "jumps"):
        for item in getattr(plan, part):
            rest = _without(getattr(smaller, part), item)
            candidate = replace(smaller, **{part: rest})
            if run(candidate).violation:
                smaller = candidate
    for change in plan.around.changes:
        if change.told == _LIFTED:
            continue
        around = replace(smaller.around, changes=_unmade(smaller.around.changes, change))
        candidate = replace(smaller, around=around)
        if run(candidate).violation:
            smaller = candidate
    return smaller


def _unmade(changes: Sequence[FlagChange], change: FlagChange) -> tuple[FlagChange, ...]:
    """`changes` without one; a switch goes with its lifting, for one that stays holds jobs up."""
    return tuple(
        kept
        for kept in changes
        if kept != change
        and (
            change.told != _THROWN
            or (kept.told, kept.tenant, kept.step) != (_LIFTED, change.tenant, change.step)
        )
    )


def _without(items: Sequence[Any], item: Any) -> tuple[Any, ...]:
    kept = list(items)
    kept.remove(item)
    return tuple(kept)


def story_of(plan: Plan, told: Outcome) -> str:
    """What a plan holds and what came of it."""
    result = f"result: {told.violation or 'no violation'}"
    return "\n".join([*_head(plan), *told.story, result])


def _head(plan: Plan) -> list[str]:
    """Everything that a plan holds, a line each."""
    faults = ", ".join(f"{f.kind} at {f.place} {f.number}" for f in plan.faults)
    lines = [f"seed {plan.seed}: {len(plan.jobs)} jobs", f"faults: {faults or 'none'}"]
    lines += [_job(plan, number) for number in range(len(plan.jobs))]
    lines += [f"user-{number} at {at:.1f} s: {action}" for at, number, action in plan.actions]
    lines += [
        f"operator of {change.tenant} at {change.at:.1f} s: {change.told} of {change.step}"
        for change in plan.around.changes
    ]
    lines += [f"the clocks jump at {at:.1f} s by {by:.1f} s" for at, by in plan.jumps]
    lines += [
        f"the clock of machine {number} is {ahead:+.1f} s ahead and drifts by {drift:+.2%}"
        for number, (ahead, drift) in enumerate(plan.clocks)
    ]
    lines.append(f"time drifts by {plan.drift:+.2%}")
    return [*lines, f"the deployment is at {plan.deploy_at:.1f} s"]


def _job(plan: Plan, number: int) -> str:
    """Who makes a job, of what, with which features."""
    at, features = plan.jobs[number]
    chosen = "a choice to come" if features is None else ", ".join(features)
    addressed = " from an address" if number in plan.around.addressed else ""
    twice = " twice" if number in plan.around.repeated else ""
    return f"user-{number} at {at:.1f} s: makes a job{addressed}{twice} with {chosen}"
