"""A failing plan made small, and the story of a plan told to a person."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from .scenario import Plan
from .simulation import Outcome

Run = Callable[[Plan], Outcome]


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
        around = replace(smaller.around, changes=_without(smaller.around.changes, change))
        candidate = replace(smaller, around=around)
        if run(candidate).violation:
            smaller = candidate
    return smaller


def _without(items: Sequence[Any], item: Any) -> tuple[Any, ...]:
    kept = list(items)
    kept.remove(item)
    return tuple(kept)


def story_of(plan: Plan, told: Outcome) -> str:
    """What a plan holds and what came of it."""
    faults = ", ".join(f"{f.kind} at {f.place} {f.number}" for f in plan.faults)
    lines = [f"seed {plan.seed}: {len(plan.jobs)} jobs", f"faults: {faults or 'none'}"]
    lines += [f"user-{number} at {at:.1f} s: {action}" for at, number, action in plan.actions]
    return "\n".join([*lines, *told.story, f"result: {told.violation or 'no violation'}"])
