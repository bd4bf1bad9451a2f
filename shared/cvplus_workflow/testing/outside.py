"""What surrounds the jobs of a seed: the web that documents come from, and operators.

Only some seeds have them, drawn from a source of their own: the others are as they would be
without.
"""

import random
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from ..app import App
from ..domain.flags import INSTALLATION
from ..domain.jobs import Caller
from ..domain.plan import PIPELINE
from ..domain.sources import Fetched
from ..errors import Code, WorkflowError
from .faults import Fault, Faults, draw_web
from .invariants import Witness
from .world import World

WEB_EVERY, SWITCHING_EVERY = 5, 4
"""Every so many seeds have jobs named by their address, and operators who switch things."""

LATE, TIMEOUT = 12.0, 20.0
"""Seconds after which a slow server answers, and after which a fetch is given up."""


class FlagChange(Struct, frozen=True):
    """At `at` seconds an operator of `tenant` tells `told` of the flag of `step`."""

    at: float
    tenant: str
    step: str
    told: tuple[tuple[str, Any], ...]


class Surroundings(Struct, frozen=True):
    """Jobs named by their address, who of them is asked for twice, and what operators do."""

    addressed: tuple[int, ...] = ()
    repeated: tuple[int, ...] = ()
    faults: tuple[Fault, ...] = ()
    changes: tuple[FlagChange, ...] = ()


def surroundings_of(seed: int, features: Sequence[str], deploy_at: float) -> Surroundings:
    """What surrounds the jobs of a seed, whose features are `features`."""
    web, switching = seed % WEB_EVERY == 1, seed % SWITCHING_EVERY == 2
    if not web and not switching:
        return Surroundings()
    chance = random.Random(seed * 104_729 + 3)
    addressed = tuple(chance.sample(range(3), 2)) if web else ()
    faults = tuple(draw_web(chance, 2)) if web else ()
    changes = _changes(chance, features, deploy_at) if switching else ()
    return Surroundings(addressed, addressed[:1], faults, changes)


def _changes(
    chance: random.Random, features: Sequence[str], deploy_at: float
) -> tuple[FlagChange, ...]:
    """A deployment with a new experiment, flags set, and kill switches thrown and lifted."""
    made = [FlagChange(deploy_at, "t", chance.choice(features), (("variants", {"new": 1}),))]
    made += [_setting(chance, chance.choice(features)) for _ in range(2)]
    made += _switching(chance, chance.choice(features), chance.random() < 0.7)
    made += _switching(chance, chance.choice((*features, *PIPELINE)), True)
    return tuple(made)


def _setting(chance: random.Random, feature: str) -> FlagChange:
    told = chance.choice((("on", False), ("on", True), ("percent", 50), ("variants", {"old": 1})))
    tenant = chance.choice(("t", "t", INSTALLATION, "other"))
    return FlagChange(chance.random() * 20, tenant, feature, (told,))


def _switching(chance: random.Random, step: str, lifted: bool) -> list[FlagChange]:
    """A switch is thrown, often for long enough to be seen, and mostly lifted again."""
    at, tenant = chance.random() * 15, chance.choice(("t", "t", INSTALLATION, "other"))
    made = [FlagChange(at, tenant, step, (("killed", True),))]
    if lifted:
        made.append(FlagChange(at + 5 + chance.random() * 60, tenant, step, (("killed", False),)))
    return made


def operator(world: World, app: App, change: FlagChange) -> Callable[[], None]:
    """An operator who makes `change` in another process, `app`, trying until it is made."""
    caller = Caller("operator", change.tenant, frozenset({"user", "operator"}))

    def acts() -> None:
        world.sleep(change.at)
        while True:
            world.tell(f"sets {change.told} of {change.step} for {change.tenant}")
            try:
                app.features.set_flag(caller, flag_id=change.step, **dict(change.told))
            except WorkflowError as error:
                world.tell(f"is told {error.reason}")
                world.sleep(1)
            else:
                return

    return acts


class SimulatedHttp:
    """A web whose documents are others each time, whose servers fail, hang or take long."""

    def __init__(self, world: World, faults: Faults, witness: Witness) -> None:
        self._world = world
        self._faults = faults
        self._witness = witness
        self._served = 0

    def fetch(self, url: str, _limit: int) -> Fetched:
        """See `ports.Http`."""
        self._world.point()
        fault = self._faults.at("web")
        if fault == "web-fails":
            self._world.tell("the server fails")
            raise WorkflowError(Code.UNAVAILABLE, "no server", reason="source-away")
        if fault == "web-times-out":
            self._world.sleep(TIMEOUT)
            raise WorkflowError(Code.DEADLINE_EXCEEDED, "no answer", reason="source-timeout")
        self._served += 1
        content = f"{url} as answered {self._served}".encode()
        self._world.sleep(LATE if fault == "web-late" else self._world.random.random())
        self._witness.serves(content)
        self._world.tell(f"is served {url}")
        return Fetched(content, "text/plain")
