"""The plan of a job: a graph of steps with hard and soft dependencies."""

from collections.abc import Collection, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from msgspec import Struct
from msgspec.structs import replace

from ..errors import Code, WorkflowError
from .features import StepSpec

CHOICE = StepSpec(
    id="choice",
    version=1,
    label="Waiting for the choice of features",
    needs=("parse",),
    wait_s=7 * 24 * 3600,
    cause="choice",
)
"""Where a job without chosen features stops, at `analyzed`; after a week it goes on without."""

PIPELINE = ("parse", "assemble", "quality")
"""The steps that every job has, besides its features."""


class PlanReport(Struct, frozen=True, rename="camel"):
    """What is wrong with a set of steps, and the order that they can run in.

    `missing` and `conflicts` are pairs: who needs or excludes, and what. `cycles` are
    closed walks. `phases` are sets that can run at the same time, in order, each with
    the critical path first; empty when there is a cycle.
    """

    missing: list[tuple[str, str]]
    cycles: list[list[str]]
    conflicts: list[tuple[str, str]]
    phases: list[list[str]]

    @property
    def sound(self) -> bool:
        """Whether the steps can run."""
        return not (self.missing or self.cycles or self.conflicts)


def examine(specs: Mapping[str, StepSpec]) -> PlanReport:
    """Everything that is wrong with `specs`, named exactly, and their phases."""
    missing = [(s.id, need) for s in specs.values() for need in s.needs if need not in specs]
    conflicts = sorted(
        {
            (min(s.id, other), max(s.id, other))
            for s in specs.values()
            for other in s.conflicts
            if other in specs
        }
    )
    cycles, phases = _order(specs)
    return PlanReport(missing, cycles, conflicts, phases)


def _order(specs: Mapping[str, StepSpec]) -> tuple[list[list[str]], list[list[str]]]:
    before = {s.id: {d for d in (*s.needs, *s.after) if d in specs} for s in specs.values()}
    phases, ended = list[list[str]](), set[str]()
    while len(ended) < len(before):
        ready = [step for step in before if step not in ended and before[step] <= ended]
        if not ready:
            return [_cycle(before)], []
        phases.append(ready)
        ended.update(ready)
    last_first = [step for phase in reversed(phases) for step in phase]
    tails = _tails(last_first, _followers(specs), {s.id: s.estimate_s for s in specs.values()})
    return [], [sorted(phase, key=lambda step: (-tails[step], step)) for phase in phases]


def _cycle(before: Mapping[str, Collection[str]]) -> list[str]:
    """One of the cycles of a graph that has some, from a step to itself."""
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def _followers(specs: Mapping[str, StepSpec]) -> dict[str, list[str]]:
    followers: dict[str, list[str]] = {step: [] for step in specs}
    for spec in specs.values():
        for before in (*spec.needs, *spec.after):
            if before in specs:
                followers[before].append(spec.id)
    return followers


def path_seconds(specs: Mapping[str, StepSpec], seconds: Mapping[str, float]) -> dict[str, float]:
    """For each step, the seconds of the longest path from its start to the plan's end.

    `seconds` says how long each step takes; the plan has no cycle.
    """
    followers = _followers(specs)
    return _tails(TopologicalSorter(followers).static_order(), followers, seconds)


def _tails(
    last_first: Iterable[str], followers: Mapping[str, list[str]], seconds: Mapping[str, float]
) -> dict[str, float]:
    tails: dict[str, float] = {}
    for step in last_first:
        tails[step] = seconds[step] + max([tails[f] for f in followers[step]], default=0.0)
    return tails


def critical_path(specs: Mapping[str, StepSpec], seconds: Mapping[str, float]) -> list[str]:
    """The steps of the longest path through a plan, in order; of equal ones the first by id."""
    tails, followers = path_seconds(specs, seconds), _followers(specs)
    followed = {step for steps in followers.values() for step in steps}
    path, ready = list[str](), [step for step in specs if step not in followed]
    while ready:
        path.append(min(ready, key=lambda step: (-tails[step], step)))
        ready = followers[path[-1]]
    return path


def require_sound(specs: Mapping[str, StepSpec], field: str = "features") -> list[str]:
    """The ids in an order that can run; raises invalid-argument naming all that is wrong."""
    report = examine(specs)
    problems = [f"{step} needs {need}, which is not chosen" for step, need in report.missing]
    problems += [f"{' -> '.join(cycle)} is a cycle" for cycle in report.cycles]
    problems += [f"{one} excludes {other}" for one, other in report.conflicts]
    if problems:
        raise WorkflowError(
            Code.INVALID_ARGUMENT,
            f"{field}: {'; '.join(problems)}",
            reason="unsound-plan",
            details={
                "field": field,
                "missing": report.missing,
                "cycles": report.cycles,
                "conflicts": report.conflicts,
            },
        )
    return [step for phase in report.phases for step in phase]


def available(catalogue: Mapping[str, StepSpec], features: Iterable[str]) -> list[StepSpec]:
    """The chosen features' specs.

    A feature that this installation cannot run has a spec with version 0, so that it is
    refused by name instead of being left out in silence.
    """
    return [
        catalogue.get(feature) or StepSpec(id=feature, version=0, label=feature, feature=True)
        for feature in features
    ]


def job_plan(
    catalogue: Mapping[str, StepSpec], features: Collection[str] | None
) -> dict[str, StepSpec]:
    """The sound plan of a job, specs by id in an order that can run.

    Without `features` (None) the plan stops for the choice of them.
    """
    chosen = available(catalogue, features or ())
    specs = {spec.id: spec for spec in (*(catalogue[core] for core in PIPELINE), *chosen)}
    if features is None:
        specs[CHOICE.id] = CHOICE
    soft = tuple(spec.id for spec in chosen) + ((CHOICE.id,) if features is None else ())
    specs["assemble"] = replace(specs["assemble"], after=soft)
    return {step: _without_absent(specs[step], specs) for step in require_sound(specs)}


def _without_absent(spec: StepSpec, specs: Mapping[str, StepSpec]) -> StepSpec:
    """`spec` with only those soft dependencies that the plan has."""
    after = tuple(step for step in spec.after if step in specs)
    return spec if after == spec.after else replace(spec, after=after)
