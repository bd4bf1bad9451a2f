"""The store as Firestore is, and worse: refused commits, commits sent twice, disorder."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ..domain.change import LARGEST_DOCUMENT, Decide, Document, Put, Query, Ref
from ..domain.documents import INLINE_LIMIT, HistoryDocument, Job, OutputDocument
from ..domain.flags import KillSwitches
from ..domain.states import JobStatus
from ..errors import Code, WorkflowError, unwrapped
from ..ports import Clock, Command
from .faults import Faults
from .invariants import Witness
from .world import World

_encode = msgspec.json.Encoder().encode
_decode_job = msgspec.json.Decoder(Job).decode
_TRIES = 3
"""Tries of a commit that has no lease to end it; a burst of contention is longer."""

LARGEST_JOB = 100_000
"""Bytes that no job may have, however much it has done."""

PROOF_EVERY = 64
"""Every so many commits a job is encoded and decoded, and must come out the same."""

_PER_JOB, _PER_STEP, _PER_ENTRY, _PER_EFFECT = 3_000, 1_500 + INLINE_LIMIT, 170, 500
"""More bytes than the parts of a job have; the witness looks at the length of outputs."""


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
        """See `ports.Store`."""
        return unwrapped(self.send(Command(decide, command_id), self._now))

    def transact_all(self, commands: Sequence[Command]) -> list[Any]:
        """See `ports.Store`."""
        return [self.send(command, self._now) for command in commands]

    def get(self, ref: Ref[Document]) -> Document | None:
        """See `ports.Store`."""
        self._world.point()
        found = self._documents.get(ref.path)
        return None if found is None else _private(found[1])

    def query(self, query: Query, _kind: type[Document]) -> list[Any]:
        """The listings that services ask for: what is due, and what has completed."""
        self._world.point()
        if query.order_by != "run.deadline":
            return self._completed(query)
        return [_private(job) for _, _, job in self._due(query)[: query.limit]]

    def _due(self, query: Query) -> list[tuple[datetime, str, Job]]:
        """What is due, in the order of deadlines and names, from where `query` goes on."""
        until, after = query.until, query.after
        due = [(at, path, job) for path, (at, job) in self._deadlines.items()]
        if until is not None:
            due = [each for each in due if each[0] <= until]
        if after is not None:
            due = [each for each in due if each[:2] > (after.at, after.path)]
        return sorted(due, key=lambda each: each[:2])

    def _completed(self, query: Query) -> list[Any]:
        """The listing by time of making, for measured durations."""
        jobs = [job for job in self._witness.jobs.values() if job.status is JobStatus.COMPLETED]
        jobs.sort(key=lambda job: job.created_at, reverse=True)
        return [_private(job) for job in jobs[: query.limit]]

    def delete_tree(self, path: str) -> int:
        """See `ports.Store`."""
        self._world.point()
        gone = [p for p in self._documents if p == path or p.startswith(f"{path}/")]
        for p in gone:
            del self._documents[p]
            self._deadlines.pop(p, None)
        return len(gone)

    def _now(self) -> datetime:
        self._read_time = max(self._read_time, self._world.now())
        return self._read_time

    def send(self, command: Command, now: Callable[[], datetime]) -> Any:
        """Commit `command` for a machine whose clock is `now`; an error is answered, not raised."""
        effective = tries = 0
        while not tries or _may_try_again(command, tries, now):
            tries += 1
            self._world.point()
            reader = _Reader(self._documents, self._now())
            try:
                change = command.decide(reader)
            except WorkflowError as error:
                return error
            self._world.latency()
            refusal = self._refusal(change.writes)
            if refusal is not None:
                return refusal
            effective += bool(change.writes)
            fault = self._faults.at("commit")
            if fault == "crash-before":
                self._crash("before the commit")
            if fault == "contention" or not self._commit(reader, change.writes):
                self._world.tell("refused: contention")
                effective -= bool(change.writes)
                self._world.sleep(self._world.random.random() * 0.05)
                continue
            self._witness.command_committed(effective)
            if fault == "crash-after":
                self._crash("after the commit")
            if fault == "lost-answer":
                self._world.tell("committed, but the answer is lost: sent again")
                continue
            return change.result
        return self._give_up(command, reader)

    def _give_up(self, command: Command, reader: "_Reader") -> WorkflowError:
        if not command.once:
            self._witness.given_up([path.rpartition("/")[2] for path in reader.seen])
        return WorkflowError(Code.ABORTED, "contention", reason="contention")

    def _refusal(self, writes: Sequence[Any]) -> WorkflowError | None:
        """The refusal of the first document that no back end would take."""
        for write in writes:
            if isinstance(write, Put) and self._too_large(write.document):
                what = f"The document {write.ref.path} has more than {LARGEST_DOCUMENT} bytes."
                return WorkflowError(Code.INVALID_ARGUMENT, what, reason="too-large")
        return None

    def _too_large(self, document: Struct) -> bool:
        if isinstance(document, Job):
            if _bound(document) > LARGEST_JOB and len(_encode(document)) > LARGEST_JOB:
                self._world.object(f"{document.id} has more than {LARGEST_JOB} bytes")
            return False
        if isinstance(document, OutputDocument):
            return len(document.body) > LARGEST_DOCUMENT
        return len(_encode(document)) > LARGEST_DOCUMENT

    def _crash(self, where: str) -> None:
        self._world.doom(where)
        self._world.point()

    def _commit(self, reader: "_Reader", writes: Sequence[Any]) -> bool:
        if self._verified(reader):
            self._apply(writes)
            return True
        return False

    def _verified(self, reader: "_Reader") -> bool:
        for path, version in reader.seen.items():
            if self._documents.get(path, _ABSENT)[0] != version:
                return False
        return True

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
            elif isinstance(stored, HistoryDocument):
                self._witness.spilled(path, stored)
            elif isinstance(stored, KillSwitches):
                self._witness.switched(stored)

    def _prove(self, job: Job) -> None:
        if self._version % PROOF_EVERY == 0:
            body = _encode(job)
            if len(body) > _bound(job):
                self._world.object(f"{job.id} has more bytes than were counted")
            if _encode(_decode_job(body)) != body:
                self._world.object(f"{job.id} does not survive being stored")

    def _index(self, path: str, job: Job) -> None:
        if job.run.deadline is None:
            self._deadlines.pop(path, None)
        else:
            self._deadlines[path] = (job.run.deadline, job)


def _bound(job: Job) -> int:
    """At least the bytes of a job: a count of its parts, which takes little time."""
    run = job.run
    size = _PER_JOB + _PER_STEP * len(run.steps) + _PER_ENTRY * len(run.history)
    parsed = len(job.parsed_data) if isinstance(job.parsed_data, msgspec.Raw) else 0
    return size + _PER_EFFECT * len(run.effects) + parsed


_ABSENT: tuple[int, Any] = (0, None)


def _may_try_again(command: Command, tries: int, now: Callable[[], datetime]) -> bool:
    if command.until is not None:
        return now() < command.until
    return tries < (1 if command.once else _TRIES)


class MachineStore:
    """The store as a machine reaches it, which tells by its own clock how long it tries."""

    def __init__(self, store: SimulatedStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.get, self.query, self.delete_tree = store.get, store.query, store.delete_tree

    def transact(self, decide: Decide[Any], command_id: str) -> Any:
        """See `ports.Store`."""
        return unwrapped(self._store.send(Command(decide, command_id), self._clock.now))

    def transact_all(self, commands: Sequence[Command]) -> list[Any]:
        """See `ports.Store`."""
        return [self._store.send(command, self._clock.now) for command in commands]


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
