"""Clock, queue, events and files as Cloud Tasks, Pub/Sub and Storage are, and worse."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from msgspec import Struct

from ..domain.documents import StoredFile, stored_file
from ..domain.sources import Fetched
from ..errors import Code, WorkflowError
from ..ports import Event, Task
from .faults import Faults
from .invariants import Witness
from .world import Actor, World

EVENT_LATE = 60.0
"""Seconds after which the latest event arrives."""


class SimulatedClock:
    """The clock of one machine: `ahead` seconds before the store's, and as uneven as it.

    It goes `drift` seconds a second faster.
    """

    def __init__(self, world: World, ahead: float = 0.0, drift: float = 0.0) -> None:
        self._world = world
        self._ahead = ahead
        self._drift = drift
        self._last = (world.now(), world.now() + timedelta(seconds=ahead))

    def now(self) -> datetime:
        """See `ports.Clock`."""
        right = self._world.now()
        if right is not self._last[0]:
            wrong = self._ahead + self._drift * self._world.seconds
            self._last = (right, right + timedelta(seconds=wrong) if wrong else right)
        return self._last[1]


class SimulatedEntropy:
    """Ids and fractions that the seed decides."""

    def __init__(self, world: World) -> None:
        self._random = world.random

    def token(self) -> str:
        """See `ports.Entropy`."""
        return f"{self._random.getrandbits(64):016x}"

    def fraction(self) -> float:
        """See `ports.Entropy`."""
        return self._random.random()


class _Held(Struct):
    task: Task
    due: float
    holder: Actor | None = None
    until: float = 0.0


class SimulatedDispatcher:
    """Loses, doubles, delays past the lease, reorders; redelivers what a holder drops.

    `lease` is the longest of the installation's leases, in seconds.
    """

    def __init__(self, world: World, faults: Faults, witness: Witness, lease: float) -> None:
        self._world = world
        self._faults = faults
        self._witness = witness
        self._lease = lease
        self._queued: list[_Held] = []

    def dispatch(self, tasks: Sequence[Task]) -> None:
        """See `ports.Dispatcher`."""
        self._world.point()
        known = {held.task.name for held in self._queued}
        for task in tasks:
            self._witness.dispatched(task)
            fault = self._faults.at("dispatch")
            if task.name not in known:
                known.add(task.name)
                self._queue(task, fault)
        self._world.point()

    def cancel(self, names: Sequence[str]) -> None:
        """See `ports.Dispatcher`."""
        self._world.point()
        self._queued = [held for held in self._queued if held.task.name not in names]

    def take(self, _queues: Sequence[str], limit: int) -> list[Task]:
        """Due tasks for the current actor, in any order."""
        self._world.point()
        seconds = self._world.seconds
        for held in self._queued:
            if held.holder is not None and (not held.holder.alive or held.until < seconds):
                held.holder = None
        free = [held for held in self._queued if held.holder is None and held.due <= seconds]
        if not free:
            return []
        self._world.random.shuffle(free)
        del free[limit:]
        for held in free:
            held.holder, held.until = self._world.current, seconds + self._lease + 10
        self._world.tell(f"takes {[held.task.name[-8:] for held in free]}")
        return [held.task for held in free]

    def idle(self) -> float:
        """How long a worker without work rests: until the next task is due, at most 20 s."""
        seconds = self._world.seconds
        wait = min(
            (held.due - seconds for held in self._queued if held.holder is None), default=20.0
        )
        return min(20.0, max(0.05, wait) + self._world.random.random())

    def finish(self, names: Sequence[str]) -> None:
        """The current actor is done with these tasks."""
        self._world.point()
        mine = self._world.current
        self._queued = [
            held for held in self._queued if held.task.name not in names or held.holder is not mine
        ]

    def release(self, names: Sequence[str]) -> None:
        """The current actor gives these tasks back, to be delivered again."""
        if not names:
            return
        self._world.point()
        for held in self._queued:
            if held.task.name in names and held.holder is self._world.current:
                held.holder, held.due = None, self._world.seconds + 2

    def _queue(self, task: Task, fault: str) -> None:
        delay = self._world.random.random() * 0.2
        if task.not_before is not None:
            delay += max(0.0, (task.not_before - self._world.now()).total_seconds())
        if fault == "task-lost":
            self._world.tell(f"task {task.name[-8:]} is lost")
            return
        if fault == "task-delayed":
            delay += self._lease + 90
        self._queued.append(_Held(task, self._world.seconds + delay))
        if fault == "task-doubled":
            self._queued.append(_Held(task, self._world.seconds + delay * 2))


class SimulatedPublisher:
    """Fails, repeats, delivers late and so out of order; the receiver keeps an inbox of keys."""

    def __init__(self, world: World, faults: Faults, witness: Witness) -> None:
        self._world = world
        self._faults = faults
        self._witness = witness

    def publish(self, events: Sequence[Event]) -> None:
        """See `ports.Publisher`."""
        self._world.point()
        fault = self._faults.at("publish")
        if fault == "publish-fails":
            self._world.tell("publishing fails")
            raise WorkflowError(Code.UNAVAILABLE, "no publisher", reason="publisher-away")
        if fault != "event-late":
            self._deliver(events)
        if fault in ("event-late", "event-doubled"):
            self._witness.under_way += 1
            self._world.spawn("subscription", partial(self._deliver_later, events))
        self._world.point()

    def _deliver(self, events: Sequence[Event]) -> None:
        for event in events:
            self._witness.published(event)

    def _deliver_later(self, events: Sequence[Event]) -> None:
        self._world.tell(f"holds back {[event.name for event in events]}")
        self._world.sleep(self._world.random.random() * EVENT_LATE)
        self._witness.under_way -= 1
        self._deliver(events)


class SimulatedFiles:
    """Content by hash in memory; copies with their generation."""

    def __init__(self, world: World, faults: Faults, witness: Witness) -> None:
        self._world = world
        self._faults = faults
        self._witness = witness
        self.content: dict[str, bytes] = {}
        self.copies: dict[str, int] = {}

    def put(self, folder: str, content: bytes, media_type: str) -> StoredFile:
        """See `ports.Files`."""
        self._world.point()
        if self._faults.at("file") == "file-fails":
            raise WorkflowError(Code.UNAVAILABLE, "no files", reason="files-away")
        file = stored_file(content, media_type)
        self.content[f"{folder}/{file.hash}"] = content
        return file

    def get(self, folder: str, file: StoredFile) -> bytes:
        """See `ports.Files`."""
        self._world.point()
        return self.content[f"{folder}/{file.hash}"]

    def publish(self, path: str, folder: str, file: StoredFile, generation: int) -> None:
        """See `ports.Files`."""
        self._world.point()
        fault = self._faults.at("copy")
        if fault == "copy-fails":
            self._world.tell("copying fails")
            raise WorkflowError(Code.UNAVAILABLE, "no files", reason="files-away")
        if fault == "copy-stalls":
            self._world.tell("stalls before it copies")
            if self._world.current is not None:
                self._world.current.stalled = True
            self._world.sleep(150)
        if self.keeps(path, generation):
            self.copies[path] = generation
            self._witness.copied(path, generation, file)

    def keeps(self, path: str, generation: int) -> bool:
        """The generation precondition."""
        return self.copies.get(path, 0) <= generation

    def published(self, path: str) -> bytes:
        """Nothing: no operation of a simulation reads a copy."""
        raise WorkflowError(Code.NOT_FOUND, "not kept", reason="file-not-found")

    def unpublish(self, path: str) -> None:
        """See `ports.Files`."""
        self._world.point()
        self.copies.pop(path, None)

    def delete_folder(self, folder: str) -> None:
        """See `ports.Files`."""
        self._world.point()

    def uploaded(self, bucket: str, path: str, limit: int) -> Fetched:
        """Nothing: nobody uploads."""
        self._world.point()
        raise WorkflowError(Code.NOT_FOUND, "not kept", reason="upload-not-found")


class SimulatedSigner:
    """Signs what only a test would believe."""

    def sign(self, text: str) -> str:
        """See `ports.Signer`."""
        return f"signed {text}"
