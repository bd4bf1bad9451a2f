"""What a seed will do, drawn before anything runs: jobs, users, faults, a deployment."""

import random

from msgspec import Struct

from ..domain.features import CATALOGUE
from .faults import Fault, draw
from .installation import STAND_INS, Installation
from .outside import Surroundings, surroundings_of

ACTIONS = ("cancel", "pause", "resume", "process", "choose", "rerun", "again", "skip")
"""What users do; `again` is to re-run a job as soon as it has ended."""


Skew = tuple[float, float]
"""By how many seconds a machine's clock is ahead of the store's, and its drift against it."""

APART = (0.0, 3.0, 400.0)
"""Seconds by which the clocks of the machines may be wrong, each in a third of the seeds."""


class Plan(Struct, frozen=True):
    """Everything that a seed will do; parts of it can be left out."""

    seed: int
    faults: tuple[Fault, ...]
    jobs: tuple[tuple[float, tuple[str, ...] | None], ...]
    actions: tuple[tuple[float, int, str], ...]
    deploy_at: float
    jumps: tuple[tuple[float, float], ...]
    drift: float
    around: Surroundings = Surroundings()
    clocks: tuple[Skew, ...] = ((0.0, 0.0), (0.0, 0.0))


def plan_of(seed: int, installation: Installation = STAND_INS) -> Plan:
    """The plan of a seed: 3 jobs, at least 13 faults, of which most strike."""
    chance = random.Random(seed * 7919 + 1)
    jobs = tuple(
        (chance.random() * 10, installation.choose(chance) if chance.random() < 0.8 else None)
        for _ in range(3)
    )
    actions = [
        (chance.random() * 40, chance.randrange(3), chance.choice(ACTIONS))
        for _ in range(chance.randrange(4))
    ]
    actions += [
        (25 + chance.random() * 15, n, "choose") for n, job in enumerate(jobs) if job[1] is None
    ]
    jumps = [(chance.random() * 60, chance.uniform(-90, 90))] if chance.random() < 0.3 else []
    drift = chance.uniform(-0.02, 0.02)
    faults = tuple(draw(chance, 13 + chance.randrange(4)))
    deploy_at = chance.random() * 20
    features = [feature for _, chosen in jobs for feature in chosen or ()] or CATALOGUE
    around = surroundings_of(seed, features, deploy_at)
    faults += around.faults
    clocks = tuple(_skew(chance, APART[seed // 4 % len(APART)]) for _ in range(2))
    return Plan(seed, faults, jobs, tuple(actions), deploy_at, tuple(jumps), drift, around, clocks)


def _skew(chance: random.Random, apart: float) -> Skew:
    return chance.uniform(-apart, apart), chance.uniform(-0.02, 0.02) if apart else 0.0
