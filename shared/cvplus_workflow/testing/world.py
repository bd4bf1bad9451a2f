"""The simulated world: actors that hand over at port calls, time, one seed.

Everything random comes from one generator, so a seed is a whole history. An actor is
a greenlet; at every port call it may be put back behind others, crash, or stall.
"""

import hashlib
import heapq
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NoReturn

try:
    from greenlet import getcurrent, greenlet
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        "cvplus_workflow.testing needs greenlet: pip install 'cvplus-workflow[testing]'",
        name=missing.name,
    ) from missing

START = datetime(2030, 1, 1, tzinfo=UTC)
HANDOVER = 0.25
"""The chance that a port call lets another actor go first."""

SLOW = 0.3
"""The chance that a commit is under way for a while, up to half a second."""


MORTAL = ("worker", "sweeper", "user", "service")
"""Whose processes may crash: theirs run the production code that has to survive it."""


class Crash(BaseException):
    """The process of the actor that is running is gone. Nothing in production catches it."""


class ViolationError(Exception):
    """An invariant did not hold."""


class Actor:
    """A process: its name, its greenlet, and whether it is alive and not stalled.

    One that `returns` is started again after a crash.
    """

    def __init__(
        self, name: str, body: Callable[[], None], world: "World", returns: bool = False
    ) -> None:
        self.name = name
        self.returns = returns
        self.alive = True
        self.stalled = False
        self.dies = False
        self.begun = False
        self.body = body
        self.world = world
        self.greenlet = _resting.greenlets.pop() if _resting.greenlets else greenlet(_act)
        self.greenlet.parent = world.main

    def go_on(self) -> "Actor":
        """Let it act in place of whoever calls; answers whom the caller's greenlet is next."""
        self.begun = True
        following: Actor = self.greenlet.switch(self)
        return following

    def end(self) -> None:
        """End it, wherever it is, once its world is over, and let go of all that it knew."""
        self.dies = True
        if self.begun and self.alive:
            self.go_on()
        elif not self.begun:
            _resting.greenlets.append(self.greenlet)
        self.body = _nothing


class _Resting(threading.local):
    """This thread's greenlets whose actors have ended. The next actors take them, for a new
    one costs a stack."""

    def __init__(self) -> None:
        self.greenlets: list[greenlet] = []


_resting = _Resting()


def _act(actor: Actor) -> None:
    """Be one actor after another, each until it ends, and rest between them."""
    while True:
        with suppress(Crash):
            actor.body()
        actor.alive = False
        actor = actor.world.leave(actor)


def _always() -> bool:
    return True


def _nothing(*_: Actor) -> None:
    pass


class World:
    """Time, actors, faults and the trace of one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._chance = self.random.random
        self.main = getcurrent()
        self.seconds = 0.0
        self.skew = 0.0
        self.drift = 0.0
        self.crashes: frozenset[int] = frozenset()
        self.crashed_at_call = 0
        self.crashed: set[str] = set()
        self._calls = 0
        self.jumped = False
        self.bereaved: Callable[[Actor], None] = _nothing
        self.ready: list[Actor] = []
        self._actors: list[Actor] = []
        self.current: Actor | None = None
        self._over: Callable[[], bool] = _always
        self._limit = 0.0
        self.story: list[str] = []
        self._timers: list[tuple[float, int, Actor]] = []
        self._order = 0
        self._now: datetime | None = None
        self._closed = False
        self.violation = ""

    def now(self) -> datetime:
        """The clock of the store and the services, which drifts and jumps."""
        if self._now is None:
            seconds = self.seconds * (1 + self.drift) + self.skew
            self._now = START + timedelta(seconds=seconds)
        return self._now

    def jump(self, seconds: float) -> None:
        """Put the clock of the store and the services forward, or back."""
        self.skew += seconds
        self.jumped, self._now = True, None

    def spawn(self, name: str, body: Callable[[], None], returns: bool = False) -> Actor:
        """Start an actor; one that `returns` is started again after a crash."""
        actor = Actor(name, body, self, returns)
        self._actors.append(actor)
        self.ready.append(actor)
        return actor

    def point(self) -> None:
        """A port call of the current actor: it may die here, or others may go first."""
        actor = self.current
        if actor is None:
            return
        if actor.dies:
            raise Crash
        self._calls += 1
        if self._calls in self.crashes and actor.name.startswith(MORTAL):
            self.crashed_at_call += 1
            self.doom("at a call")
        elif self._chance() < HANDOVER:
            self.ready.append(actor)
            self._hand_over(actor)
        if actor.dies:
            raise Crash

    def doom(self, where: str) -> None:
        """The current actor's process dies at its next port call, if it is one that may."""
        actor = self.current
        if actor is not None and actor.name.startswith(MORTAL):
            self.tell(f"crashes {where}")
            self.crashed.add(actor.name.partition("-")[0])
            actor.dies = True

    def latency(self) -> None:
        """A call that may take a moment, in which others act."""
        if self._chance() < SLOW:
            self.sleep(self._chance() * 0.5)
        else:
            self.point()

    def sleep(self, seconds: float) -> None:
        """Let time pass for the current actor."""
        actor = self.current
        if actor is None:
            return
        if actor.dies:
            raise Crash
        self._order += 1
        heapq.heappush(self._timers, (self.seconds + seconds, self._order, actor))
        self._hand_over(actor)
        if actor.dies:
            raise Crash

    def run(self, until: Callable[[], bool], limit: float) -> bool:
        """Run actors until `until` holds; False if `limit` seconds passed before.

        Both are looked at when nobody is ready, before time goes on.
        """
        self._over, self._limit = until, limit
        first = self._next()
        if first is not None:
            first.go_on()
        return until()

    def leave(self, ended: Actor) -> Actor:
        """Let another actor go on in place of one that has ended; answers the greenlet's next."""
        following = self._next(ended)
        _resting.greenlets.append(ended.greenlet)
        if following is not None:
            return following.go_on()
        heir: Actor = self.main.switch()
        return heir

    def _hand_over(self, actor: Actor) -> None:
        """Switch straight to who acts next, which may be `actor` itself: a switch has its price."""
        following = self._next()
        if following is None:
            self.main.switch()
        elif following is not actor:
            following.go_on()

    def _next(self, ended: Actor | None = None) -> Actor | None:
        """Who acts next, after one that has `ended` perhaps; None if the run is over."""
        self.current = None
        if self._closed or self.violation:
            return None
        if ended is not None and ended.dies:
            self.bereaved(ended)
        ready = self.ready
        if not ready and not self._time_passes():
            return None
        self.current = ready.pop(int(self._chance() * len(ready)) if len(ready) > 1 else 0)
        return self.current

    def _time_passes(self) -> bool:
        """Go on to the next timer, unless there is none or the run is over."""
        if self._over() or self.seconds > self._limit or not self._timers:
            return False
        time, _, actor = heapq.heappop(self._timers)
        self.seconds, self._now = max(self.seconds, time), None
        self.ready.append(actor)
        return True

    def close(self) -> None:
        """End all actors, once nothing of what they do matters any more.

        What is let go of here is freed at once; the collector would cost a tenth of the time.
        """
        self._closed = True
        self._over, self.bereaved = _always, _nothing
        for actor in self._actors:
            self.current = actor
            actor.end()
        self.current = None
        self._actors, self._timers, self.ready = [], [], []
        if self.violation:
            # They were begun as deep in the stack as it was met, and have as much less of it.
            _resting.greenlets.clear()

    def object(self, text: str) -> NoReturn:
        """An invariant does not hold: the seed ends so, also if the current actor dies first."""
        self.tell(f"VIOLATION {text}")
        self.violation = self.violation or text
        raise ViolationError(text)

    def tell(self, text: str) -> None:
        """Add a line to the story of the seed."""
        who = self.current.name if self.current else "-"
        self.story.append(f"{self.seconds:.3f} {who} {text}")

    @property
    def digest(self) -> str:
        """The story's digest, which tells whether two runs were the same."""
        return hashlib.blake2b("\n".join(self.story).encode(), digest_size=16).hexdigest()
