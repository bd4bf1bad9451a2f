"""What a seed will do, drawn before anything runs: jobs, users, faults, a deployment."""

import random

from msgspec import Struct

from ..domain.features import CATALOGUE
from .faults import Fault, draw
from .installation import STAND_INS, Installation
from .outside import Surroundings, surroundings_of

ACTIONS = ("cancel", "pause", "resume", "process", "choose", "rerun", "rerun", "skip")


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
    return Plan(seed, faults, jobs, tuple(actions), deploy_at, tuple(jumps), drift, around)
