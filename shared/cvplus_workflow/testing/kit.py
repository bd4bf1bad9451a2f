"""The public face: run own steps through seeds, and report or raise what was found."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Any

import msgspec

from ..steps.registry import Registry
from .bodies import WatchedBodies, unanswered
from .installation import Installation
from .own_steps import bodies_of, installation_of, problems_of
from .quiet import undisturbed
from .scenario import Plan, plan_of
from .shrinking import shrink, story_of
from .simulation import Outcome, run_plan

SEEDS = range(200)

ENOUGH = 50
"""Seeds after which a step that never answered is a mistake and no coincidence."""

EXAMPLE_CV = msgspec.json.encode(
    {
        "basics": {
            "name": "Ada Example",
            "label": "Engineer",
            "email": "ada@example.org",
            "url": "https://ada.example.org",
            "summary": "Builds measuring instruments.",
        },
        "work": [
            {
                "name": "Example Instruments",
                "position": "Lead engineer",
                "startDate": "2019-03",
                "highlights": ["Cut calibration from 40 to 12 minutes"],
            }
        ],
        "education": [{"institution": "Example University", "area": "Physics"}],
        "skills": [{"name": "Languages", "keywords": ["Python", "C"]}],
        "languages": [{"language": "English", "fluency": "Native"}],
    }
)
"""A CV as JSON Resume (https://jsonresume.org/schema)."""

EXAMPLE: Mapping[str, bytes] = MappingProxyType({"example.json": EXAMPLE_CV})
"""The documents of jobs that are given no others."""

ONLY_AFTER_OTHERS = "It breaks only after the seeds before it: a body keeps something between runs."


@dataclass(frozen=True)
class Violation:
    """What a seed broke, and the story of it: shrunk, if less than all of it breaks it too."""

    seed: int
    violation: str
    story: str


@dataclass(frozen=True)
class Report:
    """What was found.

    `problems` are what is wrong with the steps whatever happens; when their specs are, no
    seed is run. `counts` tells for each own step how often its body answered, and how often
    it raised an error of which reason. `digest` is the same for the same seeds and steps.
    """

    seeds: int = 0
    faults: int = 0
    problems: list[str] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    digest: str = ""

    def __str__(self) -> str:
        told = [f"{self.seeds} seeds, {self.faults} faults"]
        told += [f"problem: {problem}" for problem in self.problems]
        told += [f"seed {each.seed}: {each.violation}" for each in self.violations]
        return "\n".join(told)


def simulate(
    steps: Registry,
    *,
    upgrade: Registry | None = None,
    documents: Mapping[str, bytes] = EXAMPLE,
    request: Mapping[str, Any] = MappingProxyType({}),
    seeds: Iterable[int] = SEEDS,
    most: int = 1,
) -> Report:
    """Run jobs of `steps`, a registry as `EmbeddedApp` takes it, through every seed.

    `upgrade` is the registry that a deployment in the middle of the jobs brings, by default
    the same one. `documents` are CVs by file name, `request` what else jobs are made with,
    as arguments of `jobs.create`. It ends after `most` violations.
    """
    later = steps if upgrade is None else upgrade
    problems = problems_of(steps, later)
    if problems:
        return Report(problems=problems)
    bodies = bodies_of(steps, later)
    requests = partial(_request, sorted(documents.items()), request)
    installation = installation_of(steps, later, bodies, requests)
    return _simulated(installation, bodies, seeds, most)


def _request(
    documents: Sequence[tuple[str, bytes]], request: Mapping[str, Any], number: int
) -> dict[str, Any]:
    name, content = documents[number % len(documents)]
    return {**request, "content": content, "file_name": name}


def _simulated(
    installation: Installation, bodies: WatchedBodies, seeds: Iterable[int], most: int
) -> Report:
    violations: list[Violation] = []
    done = faults = 0
    digest = hashlib.blake2b(digest_size=16)
    with undisturbed() as collect:
        for seed in seeds:
            plan = plan_of(seed, installation)
            outcome = run_plan(plan, installation)
            collect()
            done, faults = done + 1, faults + outcome.struck
            digest.update(outcome.digest.encode())
            if outcome.violation:
                violations.append(_violation(plan, outcome, installation, bodies))
                if len(violations) >= most:
                    break
    silent = unanswered(bodies.counts) if done >= ENOUGH and not violations else []
    counts = {step: dict(count) for step, count in bodies.counts.items()}
    return Report(done, faults, silent, violations, counts, digest.hexdigest())


def _violation(
    plan: Plan, outcome: Outcome, installation: Installation, bodies: WatchedBodies
) -> Violation:
    """The violation with the story of the smallest plan that has one."""

    def run(candidate: Plan) -> Outcome:
        fresh = replace(installation, bodies=bodies.forgetful())
        return run_plan(candidate, fresh)

    small = shrink(plan, run) if run(plan).violation else plan
    told = run(small)
    if told.violation:
        return Violation(plan.seed, told.violation, story_of(small, told))
    story = story_of(plan, outcome)
    return Violation(plan.seed, outcome.violation, f"{story}\n{ONLY_AFTER_OTHERS}")


def check(
    steps: Registry,
    *,
    upgrade: Registry | None = None,
    documents: Mapping[str, bytes] = EXAMPLE,
    request: Mapping[str, Any] = MappingProxyType({}),
    seeds: Iterable[int] = SEEDS,
) -> Report:
    """Do as `simulate`; raises `AssertionError` with every problem, or the first story."""
    report = simulate(steps, upgrade=upgrade, documents=documents, request=request, seeds=seeds)
    if report.problems or report.violations:
        told = [*report.problems, *(each.story for each in report.violations)]
        raise AssertionError("\n".join(told))
    return report
