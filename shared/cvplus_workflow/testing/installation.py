"""What is installed in a simulation, before and after its deployment; stand-ins for steps."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from msgspec.structs import replace

from ..domain.advance import LEASE_MARGIN
from ..domain.features import CATALOGUE, StepSpec
from ..domain.protocol import backoff
from ..domain.queue import LIMITS, StepClass
from ..errors import WorkflowError
from ..ports import StepCall, StepReply
from ..steps.contract import Model, Produced, Step, StepInput
from ..steps.registry import Registry
from .runner import Bodies


class TokenOutput(Model):
    """A stand-in's output: the number of its execution, and something to make it larger."""

    token: int
    pad: str = ""


class StandInInput(StepInput):
    """Never read: stand-ins have no body."""


def _unused(_given: object) -> Produced:
    raise AssertionError("a stand-in has no body")


def stand_ins(version: int) -> Registry:
    """A stand-in for every step; each version has dependencies and classes of its own."""
    chance = random.Random(version)
    parse_class = StepClass.STANDARD if version == 1 else StepClass.LIGHT
    parse = StepSpec("parse", version, "parse", parse_class, timeout_s=50, reads=("source",))
    specs = [parse]
    for index, feature in enumerate(CATALOGUE):
        earlier = CATALOGUE[max(0, index - 4) : index]
        after = tuple(chance.sample(earlier, min(len(earlier), chance.randrange(3))))
        step_class = chance.choice((StepClass.LIGHT, StepClass.LIGHT, StepClass.STANDARD))
        spec = StepSpec(feature, version, feature, step_class, feature=True, needs=("parse",))
        specs.append(replace(spec, after=after, estimate_s=chance.random()))
    specs.append(StepSpec("assemble", version, "assemble", StepClass.STANDARD, needs=("parse",)))
    specs.append(StepSpec("quality", version, "quality", needs=("assemble",)))
    return {
        (spec.id, spec.version): Step(spec, StandInInput, TokenOutput, _unused) for spec in specs
    }


class NoBodies:
    """Every step is a stand-in."""

    def has(self, _call: StepCall) -> bool:
        """Never."""
        return False

    def answer(self, call: StepCall) -> StepReply | WorkflowError:
        """Not called."""
        raise AssertionError(call.step)


SIZES = (5, 5, 5, 5, 5, 6, 7, 10)
"""How many features a job has: most have few, so that more seeds are run."""


def any_features(chance: random.Random) -> tuple[str, ...]:
    """A choice among all features."""
    return tuple(chance.sample(CATALOGUE, chance.choice(SIZES)))


def numbered_request(number: int) -> dict[str, Any]:
    """A request for a job whose document nobody reads."""
    return {"content": f"cv {number}".encode()}


@dataclass(frozen=True)
class Installation:
    """The steps before the deployment and after it, and which of them have real bodies.

    `choose` draws the features of a job, `request` tells what else a job is made of, by its
    number: arguments of `jobs.create`.
    """

    old: Registry
    new: Registry
    bodies: Bodies
    choose: Callable[[random.Random], tuple[str, ...]] = any_features
    request: Callable[[int], dict[str, Any]] = numbered_request

    @cached_property
    def lease(self) -> float:
        """The longest lease, in seconds."""
        classes = {step.spec.step_class for step in (*self.old.values(), *self.new.values())}
        longest = max(LIMITS[step_class].timeout_s for step_class in classes)
        return longest + LEASE_MARGIN.total_seconds()

    @cached_property
    def retrying(self) -> float:
        """Seconds that the longest chain of retries may take beyond that of usual specs."""
        specs = {step.spec.id: step.spec for step in (*self.old.values(), *self.new.values())}
        usual = _longest_wait(StepSpec("", 0, "").max_attempts)
        return sum(max(0.0, _longest_wait(s.max_attempts) - usual) for s in specs.values())


def _longest_wait(tries: int) -> float:
    return sum(backoff(failures, 1.0).total_seconds() for failures in range(1, tries))


STAND_INS = Installation(stand_ins(1), {**stand_ins(1), **stand_ins(2)}, NoBodies())
"""No real body at all; the deployment keeps the versions that jobs pin."""
