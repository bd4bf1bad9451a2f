"""The ports as the world has them: as Firestore, Cloud Tasks and Pub/Sub are, and worse."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from cvplus_workflow.domain.change import Decide, Document, Put, Query, Ref
from cvplus_workflow.domain.documents import Job, StoredFile, stored_file
from cvplus_workflow.domain.flags import KillSwitches
from cvplus_workflow.domain.sources import Fetched
from cvplus_workflow.domain.states import JobStatus
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.ports import (
    Command,
    Event,
    StepAnswer,
    StepCall,
    StepHandedOver,
    StepReply,
    Task,
)
from cvplus_workflow.steps.body import validated
from cvplus_workflow.steps.registry import Registry, find_step

from .faults import Faults
from .invariants import Witness
from .world import Actor, ViolationError, World

_encode = msgspec.json.Encoder().encode
_decode_job = msgspec.json.Decoder(Job).decode
_TRIES = 3
"""Tries of a commit that has no lease to end it; a burst of contention is longer."""

MAX_DOCUMENT = 1_000_000

PROOF_EVERY = 16
"""Every so many commits a job is encoded and decoded, and must come out the same."""


def _private(document: Any) -> Any:
    """What decoding a job would give, faster: a copy of all that a decision may alter.

    Other documents are frozen.
    """
    if not isinstance(document, Job):
        return document
    job = replace(document)
    run = job.run = replace(job.run)
    run.steps = {name: replace(step) for name, step in run.steps.items()}
    run.history, run.effects, run.commands = [*run.history], [*run.effects], [*run.commands]
    job.enhanced_features = dict(job.enhanced_features)
    job.selected_features = [*job.selected_features]
    return job


class SimulatedClock:
    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> datetime:
        return self._world.now()


class SimulatedEntropy:
    def __init__(self, world: World) -> None:
        self._random = world.random

    def token(self) -> str:
        return f"{self._random.getrandbits(64):016x}"

    def fraction(self) -> float:
        return self._random.random()


class SimulatedStore:
    """Compare-and-set over versions: refusals, bursts of contention, resent commits."""

    def __init__(self, world: World, faults: Faults, witness: Witness) -> None:
        self._world = world
        self._faults = faults
        self._witness = witness
        self._documents: dict[str, tuple[int, Struct]] = {}
        self._deadlines: dict[str, tuple[datetime, Job]] = {}
        self._version = 0
        self._read_time = world.now()

    def transact(self, decide: Decide[Any], command_id: str) -> Any:
        answer = self._transact(Command(decide, command_id))
        if isinstance(answer, WorkflowError):
            raise answer
        return answer

    def transact_all(self, commands: Sequence[Command]) -> list[Any]:
        return [self._transact(command) for command in commands]

    def get(self, ref: Ref[Document]) -> Document | None:
        self._world.point()
        found = self._documents.get(ref.path)
        return None if found is None else _private(found[1])

    def query(self, query: Query, _kind: type[Document]) -> list[Any]:
        self._world.point()
        if query.order_by != "run.deadline":
            return self._completed(query)
        until = query.until
        due = [item for item in self._deadlines.values() if until is None or item[0] <= until]
        due.sort(key=lambda item: item[0])
        return [_private(job) for _, job in due[: query.limit]]

    def _completed(self, query: Query) -> list[Any]:
        """The listing by time of making, for measured durations."""
        jobs = [job for job in self._witness.jobs.values() if job.status is JobStatus.COMPLETED]
        jobs.sort(key=lambda job: job.created_at, reverse=True)
        return [_private(job) for job in jobs[: query.limit]]

    def delete_tree(self, path: str) -> int:
        self._world.point()
        gone = [p for p in self._documents if p == path or p.startswith(f"{path}/")]
        for p in gone:
            del self._documents[p]
            self._deadlines.pop(p, None)
        return len(gone)

    def _now(self) -> datetime:
        self._read_time = max(self._read_time, self._world.now())
        return self._read_time

    def _transact(self, command: Command) -> Any:
        effective, tries = 0, 0
        while tries < _TRIES or (command.until is not None and self._now() < command.until):
            tries += 1
            self._world.point()
            reader = _Reader(self._documents, self._now())
            try:
                change = command.decide(reader)
            except WorkflowError as error:
                return error
            self._world.latency()
            effective += bool(change.writes)
            fault = self._faults.at("commit")
            if fault == "crash-before":
                self._die("before the commit")
            if fault == "contention" or not self._commit(reader, change.writes):
                self._world.tell("refused: contention")
                effective -= bool(change.writes)
                self._world.sleep(self._world.random.random() * 0.05)
                continue
            self._witness.command_committed(effective)
            if fault == "crash-after":
                self._die("after the commit")
            if fault == "lost-answer":
                self._world.tell("committed, but the answer is lost: sent again")
                continue
            return change.result
        return WorkflowError(Code.ABORTED, "contention", reason="contention")

    def _die(self, where: str) -> None:
        actor = self._world.current
        if actor is not None and actor.name.startswith("worker"):
            self._world.tell(f"crashes {where}")
            actor.dies = True
            self._world.point()

    def _commit(self, reader: "_Reader", writes: Sequence[Any]) -> bool:
        if self._verified(reader):
            self._apply(writes)
            return True
        return False

    def _verified(self, reader: "_Reader") -> bool:
        return all(
            self._documents.get(path, _ABSENT)[0] == version
            for path, version in reader.seen.items()
        )

    def _apply(self, writes: Sequence[Any]) -> None:
        for write in writes:
            path = write.ref.path
            if not isinstance(write, Put):
                self._documents.pop(path, None)
                continue
            self._version += 1
            stored = write.document
            self._documents[path] = (self._version, stored)
            if isinstance(stored, Job):
                self._prove(stored)
                self._index(path, stored)
                self._witness.committed(stored)
            elif isinstance(stored, KillSwitches):
                self._witness.switched(stored)

    def _prove(self, job: Job) -> None:
        if self._version % PROOF_EVERY == 0:
            body = _encode(job)
            if len(body) > MAX_DOCUMENT or _encode(_decode_job(body)) != body:
                raise ViolationError(f"{job.id} does not survive being stored")

    def _index(self, path: str, job: Job) -> None:
        if job.run.deadline is None:
            self._deadlines.pop(path, None)
        else:
            self._deadlines[path] = (job.run.deadline, job)


_ABSENT: tuple[int, Any] = (0, None)


class _Reader:
    __slots__ = ("_documents", "now", "seen")

    def __init__(self, documents: dict[str, tuple[int, Struct]], now: datetime) -> None:
        self._documents = documents
        self.now = now
        self.seen: dict[str, int] = {}

    def get(self, ref: Ref[Document]) -> Any:
        version, document = self._documents.get(ref.path, _ABSENT)
        self.seen[ref.path] = version
        return _private(document)


class _Held(Struct):
    task: Task
    due: float
    holder: Actor | None = None
    until: float = 0.0


class SimulatedDispatcher:
    """Loses, doubles, delays past the lease, reorders; redelivers what a holder drops."""

    def __init__(self, world: World, faults: Faults, witness: Witness) -> None:
        self._world = world
        self._faults = faults
        self._witness = witness
        self._queued: list[_Held] = []

    def dispatch(self, tasks: Sequence[Task]) -> None:
        self._world.point()
        for task in tasks:
            self._witness.dispatched(task)
            fault = self._faults.at("dispatch")
            if any(held.task.name == task.name for held in self._queued):
                continue
            self._queue(task, fault)
        self._world.point()

    def cancel(self, names: Sequence[str]) -> None:
        self._queued = [held for held in self._queued if held.task.name not in names]

    def take(self, _queues: Sequence[str], limit: int) -> list[Task]:
        """Due tasks for the current actor, in any order."""
        self._world.point()
        seconds = self._world.seconds
        for held in self._queued:
            if held.holder is not None and (not held.holder.alive or held.until < seconds):
                held.holder = None
        free = [held for held in self._queued if held.holder is None and held.due <= seconds]
        self._world.random.shuffle(free)
        for held in free[:limit]:
            held.holder, held.until = self._world.current, seconds + 320
        if free:
            self._world.tell(f"takes {[held.task.name[-8:] for held in free[:limit]]}")
        return [held.task for held in free[:limit]]

    def idle(self) -> float:
        """How long a worker without work rests: until the next task is due, at most 20 s."""
        seconds = self._world.seconds
        wait = min(
            (held.due - seconds for held in self._queued if held.holder is None), default=20.0
        )
        return min(20.0, max(0.05, wait) + self._world.random.random())

    def finish(self, names: Sequence[str]) -> None:
        self._world.point()
        mine = self._world.current
        self._queued = [
            held for held in self._queued if held.task.name not in names or held.holder is not mine
        ]

    def release(self, names: Sequence[str]) -> None:
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
            delay += 400
        self._queued.append(_Held(task, self._world.seconds + delay))
        if fault == "task-doubled":
            self._queued.append(_Held(task, self._world.seconds + delay * 2))


class SimulatedPublisher:
    """Fails, repeats, forgets the order; the receiver keeps an inbox of keys."""

    def __init__(self, world: World, faults: Faults, witness: Witness) -> None:
        self._world = world
        self._faults = faults
        self._witness = witness

    def publish(self, events: Sequence[Event]) -> None:
        self._world.point()
        if self._faults.at("publish") == "publish-fails":
            self._world.tell("publishing fails")
            raise WorkflowError(Code.UNAVAILABLE, "no publisher", reason="publisher-away")
        for event in events:
            self._witness.published(event)
        self._world.point()


class SimulatedFiles:
    """Content by hash in memory; copies with their generation."""

    def __init__(self, world: World, faults: Faults, witness: Witness) -> None:
        self._world = world
        self._faults = faults
        self._witness = witness
        self.content: dict[str, bytes] = {}
        self.copies: dict[str, int] = {}

    def put(self, folder: str, content: bytes, media_type: str) -> StoredFile:
        self._world.point()
        if self._faults.at("file") == "file-fails":
            raise WorkflowError(Code.UNAVAILABLE, "no files", reason="files-away")
        file = stored_file(content, media_type)
        self.content[f"{folder}/{file.hash}"] = content
        return file

    def get(self, folder: str, file: StoredFile) -> bytes:
        self._world.point()
        return self.content[f"{folder}/{file.hash}"]

    def publish(self, path: str, folder: str, file: StoredFile, generation: int) -> None:
        if self._faults.at("copy") == "copy-stalls":
            self._world.tell("stalls before it copies")
            self._world.sleep(150)
        if self.keeps(path, generation):
            self.copies[path] = generation
            self._witness.copied(path, generation)

    def keeps(self, path: str, generation: int) -> bool:
        """The generation precondition."""
        return self.copies.get(path, 0) <= generation

    def published(self, path: str) -> bytes:
        raise WorkflowError(Code.NOT_FOUND, "not kept", reason="file-not-found")

    def unpublish(self, path: str) -> None:
        self.copies.pop(path, None)

    def delete_folder(self, folder: str) -> None:
        self._world.point()

    def uploaded(self, bucket: str, path: str, limit: int) -> Fetched:
        raise WorkflowError(Code.NOT_FOUND, "not kept", reason="upload-not-found")


class SimulatedSigner:
    def sign(self, text: str) -> str:
        return f"signed {text}"


class SimulatedRunner:
    """Bodies that take their time, fail, stall past the lease, or answer nonsense."""

    def __init__(
        self, world: World, faults: Faults, witness: Witness, steps: Callable[[], Registry]
    ) -> None:
        self._world = world
        self._faults = faults
        self._witness = witness
        self._steps = steps
        self.answers: Callable[[StepCall, int], None] = lambda _call, _token: None

    def _ask_service(self, call: StepCall, token: int) -> None:
        fault = self._faults.at("service")
        if fault == "never-answers":
            self._world.tell(f"the service never answers for {call.step}")
            return
        delays = [self._world.random.random() * (120 if fault == "answers-late" else 8)]
        delays += [delays[0] + 1] if fault == "answers-twice" else []
        for delay in delays:
            self._world.spawn("service", self._answering(call, token, delay))

    def _answering(self, call: StepCall, token: int, delay: float) -> Callable[[], None]:
        def answer() -> None:
            self._world.sleep(delay)
            self.answers(call, token)

        return answer

    def active(self) -> list[tuple[str, int]]:
        return []

    def stop(self, calls: Collection[tuple[str, int]]) -> None:
        """Nothing can be stopped."""

    def check(self, step: str, version: int, body: bytes) -> StepReply:
        return validated(find_step(self._steps(), step, version), StepReply(body, {}))

    def run(self, calls: Sequence[StepCall]) -> list[StepAnswer]:
        faults = [self._faults.at("body") for _ in calls]
        tokens = [self._witness.begins(call) for call in calls]
        self._world.sleep(self._world.random.random() * 3)
        if "stall" in faults and self._world.current is not None:
            self._world.tell("stalls")
            self._world.current.stalled = True
            self._world.sleep(500)
        if "crash" in faults and self._world.current is not None:
            self._world.tell("crashes in a body")
            self._world.current.dies = True
        self._world.point()
        return [self._reply(*item) for item in zip(calls, tokens, faults, strict=True)]

    def _reply(self, call: StepCall, token: int, fault: str) -> StepAnswer:
        if call.step in DELEGATED and not fault:
            self._ask_service(call, token)
            return StepHandedOver(CALLBACK_SECONDS)
        if fault in ("fails", "refuses", "times-out"):
            return WorkflowError(_CODES[fault], fault, reason=fault)
        text = '{"nonsense": 1}' if fault == "nonsense" else f'{{"token": {token}}}'
        files = {"cv.html": ("text/html", text.encode())} if call.step == "assemble" else {}
        try:
            step = find_step(self._steps(), call.step, call.version)
            return validated(step, StepReply(text.encode(), files))
        except WorkflowError as error:
            return error


DELEGATED = frozenset({"generate-podcast", "video-introduction", "portfolio-gallery"})
"""Features that a CVPlus service makes; it answers by callback."""

CALLBACK_SECONDS = 60.0

_CODES = {
    "fails": Code.UNAVAILABLE,
    "refuses": Code.FAILED_PRECONDITION,
    "times-out": Code.DEADLINE_EXCEEDED,
}


def later(seconds: float) -> timedelta:
    """A shorthand for tests."""
    return timedelta(seconds=seconds)
