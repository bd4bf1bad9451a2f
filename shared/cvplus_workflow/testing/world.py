"""The simulated world: actors that hand over at port calls, one clock, one seed.

Everything random comes from one generator, so a seed is a whole history. An actor is
a greenlet; at every port call it may be put back behind others, crash, or stall.
"""

import hashlib
import heapq
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

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


class Crash(BaseException):
    """The process of the actor that is running is gone. Nothing in production catches it."""


class ViolationError(Exception):
    """An invariant did not hold."""


class Actor:
    """A process: its name, its greenlet, and whether it is alive and not stalled."""

    def __init__(self, name: str, body: Callable[[], None], world: "World") -> None:
        self.name = name
        self.alive = True
        self.stalled = False
        self.dies = False
        self._body = body
        self.greenlet = greenlet(self._run, parent=world.main)

    def _run(self) -> None:
        try:
            self._body()
        except Crash:
            pass
        finally:
            self.alive = False


class World:
    """Time, actors, faults and the trace of one seed."""

    def __init__(self, seed: int, story: bool = False) -> None:
        self.random = random.Random(seed)
        self.main = getcurrent()
        self.seconds = 0.0
        self.skew = 0.0
        self.drift = 0.0
        self.crashes: frozenset[int] = frozenset()
        self.crashed_at_call = 0
        self._calls = 0
        self.jumped = False
        self.bereaved: Callable[[Actor], None] = lambda _actor: None
        self.ready: list[Actor] = []
        self.current: Actor | None = None
        self.lines: list[str] | None = [] if story else None
        self._timers: list[tuple[float, int, Actor]] = []
        self._order = 0
        self._digest = hashlib.blake2b(digest_size=16)

    def now(self) -> datetime:
        """The clock that actors see: it jumps by `skew` seconds, and drifts."""
        return START + timedelta(seconds=self.seconds * (1 + self.drift) + self.skew)

    def spawn(self, name: str, body: Callable[[], None]) -> Actor:
        """Start an actor."""
        actor = Actor(name, body, self)
        self.ready.append(actor)
        return actor

    def point(self) -> None:
        """A port call of the current actor: it may die here, or others may go first."""
        actor = self.current
        if actor is None:
            return
        self._calls += 1
        if self._calls in self.crashes and actor.name.startswith("worker"):
            self.tell("crashes at a call")
            self.crashed_at_call += 1
            actor.dies = True
        elif self.random.random() < HANDOVER:
            self.ready.append(actor)
            self.main.switch()
        if actor.dies:
            raise Crash

    def latency(self) -> None:
        """A call that may take a moment, in which others act."""
        if self.random.random() < SLOW:
            self.sleep(self.random.random() * 0.5)
        else:
            self.point()

    def sleep(self, seconds: float) -> None:
        """Let time pass for the current actor."""
        actor = self.current
        if actor is None:
            return
        self._order += 1
        heapq.heappush(self._timers, (self.seconds + seconds, self._order, actor))
        self.main.switch()
        if actor.dies:
            raise Crash

    def run(self, until: Callable[[], bool], limit: float) -> bool:
        """Run actors until `until` holds; False if `limit` seconds passed before."""
        while not until():
            if self.seconds > limit or not self._one():
                return until()
        return True

    def _one(self) -> bool:
        if not self.ready:
            if not self._timers:
                return False
            time, _, actor = heapq.heappop(self._timers)
            self.seconds = max(self.seconds, time)
            self.ready.append(actor)
        actor = self.ready.pop(int(self.random.random() * len(self.ready)))
        self.current = actor
        actor.greenlet.switch()
        self.current = None
        if actor.dies and not actor.alive:
            self.bereaved(actor)
        return True

    def tell(self, text: str) -> None:
        """Add to the trace; its digest tells whether two runs were the same."""
        who = self.current.name if self.current else "-"
        line = f"{self.seconds:.3f} {who} {text}"
        self._digest.update(line.encode())
        if self.lines is not None:
            self.lines.append(line)

    @property
    def digest(self) -> str:
        """The trace's digest so far."""
        return self._digest.hexdigest()
