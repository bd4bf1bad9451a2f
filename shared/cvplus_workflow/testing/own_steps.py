"""A user's own steps, as they are registered: what is wrong with them, and their installation."""

import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from ..domain.features import CATALOGUE, StepSpec
from ..domain.plan import PIPELINE, examine
from ..domain.queue import LIMITS
from ..steps.contract import Model, Step, StepInput
from ..steps.registry import BUILT_IN, Registry, latest
from .bodies import WatchedBodies
from .installation import SIZES, Installation, stand_ins

Request = Callable[[int], dict[str, Any]]


def own_steps(steps: Registry) -> Registry:
    """The steps of a registry that the package does not bring."""
    return {key: step for key, step in steps.items() if BUILT_IN.get(key) is not step}


def problems_of(steps: Registry, upgrade: Registry) -> list[str]:
    """Everything about the specs that lets no job run them, named exactly."""
    found = [f"the registry has no step {step}" for step in PIPELINE if step not in latest(steps)]
    if not own_steps(steps):
        found.append("the registry has no steps but the built-in ones")
    for registry in (steps, upgrade):
        for key, step in own_steps(registry).items():
            found += [f"{step.spec.id}: {problem}" for problem in _spec_problems(key, step)]
        found += _plan_problems(latest(registry))
    lost = sorted(own_steps(steps).keys() - upgrade.keys())
    found += [f"{step}: the upgrade lacks version {n}, which jobs may pin" for step, n in lost]
    return list(dict.fromkeys(found))


def _plan_problems(specs: Mapping[str, StepSpec]) -> list[str]:
    report = examine(specs)
    found = [f"{step}: needs {need}, which is not registered" for step, need in report.missing]
    found += [f"{cycle[0]}: {' -> '.join(cycle)} is a cycle" for cycle in report.cycles]
    for step in specs if report.phases else ():
        at_odds = examine({name: specs[name] for name in _reached(specs, [step], soft=False)})
        found += [f"{step}: {a} excludes {b}, and both are needed" for a, b in at_odds.conflicts]
    return found


def _spec_problems(key: tuple[str, int], step: Step) -> list[str]:
    spec = step.spec
    longest = LIMITS[spec.step_class].timeout_s
    checks = {
        f"is registered as {key[0]} version {key[1]}": key == (spec.id, spec.version),
        "is neither in the catalogue of features nor a step of every job": (
            spec.id in (CATALOGUE if spec.feature else PIPELINE)
        ),
        f"its timeout of {spec.timeout_s} s is not within 1 to {longest} s, its class's": (
            0 < spec.timeout_s <= longest
        ),
        "has no attempts": spec.max_attempts > 0,
        "is isolated, but child processes know the built-in steps alone": not spec.isolated,
        "its input model is no StepInput": _is_model(step.input_model, StepInput),
        "its output model is no Model of steps.contract": _is_model(step.output_model, Model),
    }
    return [problem for problem, holds in checks.items() if not holds]


def _is_model(model: object, base: type) -> bool:
    return isinstance(model, type) and issubclass(model, base)


def _reached(specs: Mapping[str, StepSpec], first: Iterable[str], *, soft: bool) -> list[str]:
    """`first` and every step that they depend on; with `soft`, in order only, too."""
    found = dict.fromkeys(step for step in first if step in specs)
    pending = list(found)
    while pending:
        spec = specs[pending.pop()]
        before = (*spec.needs, *(spec.after if soft else ()))
        new = [step for step in before if step in specs and step not in found]
        found.update(dict.fromkeys(new))
        pending += new
    return list(found)


def real_steps(steps: Registry, upgrade: Registry) -> Registry:
    """Own steps, and all that they build on: their bodies run, the others are stand-ins.

    An own `assemble` is given what every feature made, so then every step is real.
    """
    everything = {**steps, **upgrade}
    own = {step for step, _ in own_steps(everything)}
    found = {name for each in (steps, upgrade) for name in _reached(latest(each), own, soft=True)}
    return {key: s for key, s in everything.items() if key[0] in found or "assemble" in found}


def bodies_of(steps: Registry, upgrade: Registry) -> WatchedBodies:
    """The bodies that run."""
    return WatchedBodies(real_steps(steps, upgrade), own_steps({**steps, **upgrade}))


def installation_of(
    steps: Registry, upgrade: Registry, bodies: WatchedBodies, request: Request
) -> Installation:
    """The installation of `steps`, in which `upgrade` is deployed."""
    real = {step: spec.feature for step, spec in latest(real_steps(steps, upgrade)).items()}
    before = _with_stand_ins(1, steps, real)
    after = {**before, **_with_stand_ins(2, upgrade, real)}
    features = [step for step, is_feature in real.items() if is_feature]
    own = {step for step, _ in own_steps({**steps, **upgrade})}
    first = [step for step in features if step in own] or features
    others = [] if "assemble" in real else [step for step in CATALOGUE if step not in real]
    choose = partial(_choice, (latest(before), latest(after)), first, others)
    return Installation(before, after, bodies, choose, request)


def _with_stand_ins(number: int, steps: Registry, real: Collection[str]) -> Registry:
    others = {key: step for key, step in stand_ins(number).items() if key[0] not in real}
    return {**others, **{key: step for key, step in steps.items() if key[0] in real}}


def _choice(
    deployments: Sequence[Mapping[str, StepSpec]],
    first: list[str],
    others: list[str],
    chance: random.Random,
) -> tuple[str, ...]:
    """Some of `first` with all that they need, and `others` to make the job as large as usual."""
    size = chance.choice(SIZES)
    wanted = chance.sample(first, chance.randint(1, min(size, len(first)))) if first else []
    wanted += chance.sample(others, min(len(others), max(0, size - len(wanted))))
    chosen: list[str] = []
    for feature in wanted:
        larger = list(dict.fromkeys([*chosen, feature]))
        for specs in deployments:
            larger = [s for s in _reached(specs, larger, soft=False) if specs[s].feature]
        if all(examine({s: specs[s] for s in larger}).conflicts == [] for specs in deployments):
            chosen = larger
    return tuple(chosen)
