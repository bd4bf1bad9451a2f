"""The Store on Firestore: compare-and-set, every read verified by the commit.

A decision's reads and writes become one batch. What it read and writes carries the
precondition that it is as it was read; what it only read is verified by an update with
an empty mask, what it found absent by a delete that requires absence. A transaction of
Firestore's own would lock: on one busy document those starve each other.

So what this process knows to have stood there just now need not be read again: the commit
proves it. Where there is no commit to prove it, or it is refused, the decision is made again
on what is read.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from google.api_core.gapic_v1.method import DEFAULT
from google.cloud.firestore_v1.types import Document as FirestoreDocument
from google.cloud.firestore_v1.types import DocumentMask, Precondition, Write
from msgspec import Struct

from ..domain.change import Change, Decide, Delete, Document, Put, Query, Ref, Result
from ..errors import Code, StorageError, WorkflowError
from ..ports import Clock, Command, Entropy
from .documents import awaits_adoption, decoded, encoded, plain_time, written
from .listings import listing
from .recent import Recent, Seen
from .rpc import CONTENDED, TIMEOUT_S, service_errors
from .tally import Tally

if TYPE_CHECKING:
    from google.cloud.firestore import Client
    from google.cloud.firestore_v1.base_document import DocumentSnapshot

    Snapshot = DocumentSnapshot[Any]

log = logging.getLogger("cvplus_workflow")

TRIES = 12
"""Tries of a command that has no lease to end it."""

FIRST_WAIT_S, LONGEST_WAIT_S = 0.02, 2.0
"""The wait before another try: exponential between these, with full jitter."""


class Usage(Struct, frozen=True):
    """What was asked of Firestore, as it is billed, and the commits refused for contention.

    `reads` are documents read, those that `queries` found among them; a query that finds
    nothing is one. `writes` and `deletes` are those of the `commits` that were made, the
    verification of what was only read among them.
    """

    reads: int = 0
    writes: int = 0
    deletes: int = 0
    commits: int = 0
    queries: int = 0
    contentions: int = 0


class FirestoreStore:
    """Documents in Firestore; safe for threads, for all of which `usage` counts."""

    def __init__(
        self,
        client: "Client",
        clock: Clock,
        entropy: Entropy,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._tally = Tally()
        self._client = client
        self._clock = clock
        self._entropy = entropy
        self._pause = pause
        self._recent = Recent(client, clock)
        self._latest = datetime.min.replace(tzinfo=UTC)

    @property
    def usage(self) -> Usage:
        """What was asked of Firestore until now."""
        return Usage(**self._tally.all())

    def transact(self, decide: Decide[Result], command_id: str) -> Result:
        """See `ports.Store`."""
        return self._transact(Command(decide, command_id))  # type: ignore[no-any-return]

    def transact_all(self, commands: Sequence[Command]) -> list[Any]:
        """See `ports.Store`."""
        answers: list[Any] = []
        for command in commands:
            try:
                answers.append(self._transact(command))
            except WorkflowError as error:
                answers.append(error)
        return answers

    def get(self, ref: Ref[Document]) -> Document | None:
        """See `ports.Store`."""
        snapshot = self.snapshot(ref.path)
        self._recent.keep_read(ref.path, snapshot)
        return _document(snapshot, ref.type)

    def query(self, query: Query, kind: type[Document]) -> list[Document]:
        """See `ports.Store`."""
        damaged: list[str] = []
        with service_errors("Firestore"):
            found = list(islice(self._readable(query, kind, damaged), query.limit))
        if damaged:
            log.error("a query leaves out what cannot be read: %s", ", ".join(damaged))
        return found

    def delete_tree(self, path: str) -> int:
        """See `ports.Store`."""
        with service_errors("Firestore"):
            root = self._client.document(path)
            below = [doc for group in root.collections() for doc in group.list_documents()]
            deleted = sum(self.delete_tree(_path_of(doc)) for doc in below)
            if not self.snapshot(path).exists:
                return deleted
            root.delete(timeout=TIMEOUT_S)
        self._recent.take(path)
        self._tally.add(deletes=1)
        return deleted + 1

    def _readable(
        self, query: Query, kind: type[Document], damaged: list[str]
    ) -> Iterator[Document]:
        """The documents found; the paths of those that cannot be read go to `damaged`."""
        for snapshot in listing(self._client, self._tally, query):
            try:
                document = _document(snapshot, kind)
            except WorkflowError:
                damaged.append(_path_of(snapshot.reference))
            else:
                if document is not None:
                    yield document

    def snapshot(self, path: str, retry: Any = DEFAULT) -> "Snapshot":
        """What stands at `path`; without `retry` an answer that fails is not asked for again."""
        self._tally.add(reads=1)
        with service_errors("Firestore"):
            return self._client.document(path).get(retry=retry, timeout=TIMEOUT_S)

    def seen(self, path: str, *, recalled: bool) -> tuple[Seen, bool]:
        """What stands at `path`, and whether that is `recalled`, which it is only if it may be."""
        known = self._recent.take(path) if recalled else None
        if known is not None:
            return known, True
        snapshot = self.snapshot(path, retry=None)
        return Seen(snapshot, plain_time(snapshot.read_time)), False

    def now(self, read_at: datetime | None = None) -> datetime:
        """The read time, or this instance's time before any read; it never goes back."""
        self._latest = max(self._latest, read_at or self._clock.now())
        return self._latest

    def _transact(self, command: Command) -> Any:
        number = 0
        while True:
            number += 1
            reader = _Reader(self, recalls=number == 1)
            try:
                change = command.decide(reader)
                self._commit(reader, change)
            except WorkflowError as error:
                self._prepare_another(number, command, reader, error)
            else:
                if change.writes or not reader.recalled:
                    return change.result

    def _prepare_another(
        self, number: int, command: Command, reader: "_Reader", error: WorkflowError
    ) -> None:
        """Wait for the next try; raise `error` if there is none.

        After a `StorageError` the commit may have been made: the next try finds its id.
        """
        if reader.recalled and not command.once and not isinstance(error, StorageError):
            return
        passes = isinstance(error, _ContentionError | StorageError)
        if not passes or not self._may_try_again(number, command):
            raise error
        self._wait(number)

    def _commit(self, reader: "_Reader", change: Change[Any]) -> None:
        if not change.writes:
            return
        writes = self._writes(reader, change)
        batch = self._client.batch()
        batch._add_write_pbs(list(writes.values()))
        with service_errors("Firestore"):
            try:
                results = batch.commit(retry=None, timeout=TIMEOUT_S)
            except CONTENDED as error:
                self._tally.add(contentions=1)
                raise _ContentionError from error
        deletes = sum("delete" in pb for pb in writes.values())
        self._tally.add(commits=1, deletes=deletes, writes=len(writes) - deletes)
        times = {path: result.update_time for path, result in zip(writes, results, strict=True)}
        for write in change.writes:
            if isinstance(write, Put):
                path, at = write.ref.path, batch.commit_time
                self._recent.keep_written(path, writes[path].update, times[path], at)

    def _writes(self, reader: "_Reader", change: Change[Any]) -> dict[str, Write]:
        """By path what `change` writes, and of all that was read the demand that it still is so."""
        writes = {write.ref.path: self._write(write) for write in change.writes}
        for path, snapshot in reader.seen.items():
            pb = writes.setdefault(path, self._verification(path, snapshot))
            pb.current_document = _as_read(snapshot)
        return writes

    def _write(self, write: Put | Delete) -> Write:
        name = self._name(write.ref.path)
        if isinstance(write, Delete):
            return Write(delete=name)
        return written(name, encoded(write.ref, write.document))

    def _verification(self, path: str, snapshot: "Snapshot") -> Write:
        name = self._name(path)
        if snapshot.exists:
            return Write(update=FirestoreDocument(name=name), update_mask=DocumentMask())
        return Write(delete=name)

    def _name(self, path: str) -> str:
        name: str = self._client.document(path)._document_path
        return name

    def _may_try_again(self, number: int, command: Command) -> bool:
        if command.once:
            return False
        if command.until is None:
            return number < TRIES
        return self._clock.now() < command.until

    def _wait(self, number: int) -> None:
        longest = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(number, 10))
        self._pause(longest * self._entropy.fraction())


class _ContentionError(WorkflowError):
    """A commit was refused: something that was read is not as it was any more."""

    def __init__(self) -> None:
        message = "The document is being changed by too many at once. Try again."
        super().__init__(Code.ABORTED, message, reason="contention")


class _Reader:
    """What a decision reads: each document once, and when; `recalled` if one was not read.

    With `recalls` it reads only what is not known.
    """

    def __init__(self, store: FirestoreStore, *, recalls: bool) -> None:
        self.seen: dict[str, Snapshot] = {}
        self.recalled = False
        self._store = store
        self._recalls = recalls
        self._read_at: datetime | None = None
        self._now: datetime | None = None

    @property
    def now(self) -> datetime:
        if self._now is None:
            self._now = self._store.now(self._read_at)
        return self._now

    def get(self, ref: Ref[Document]) -> Document | None:
        if ref.path not in self.seen:
            seen, recalled = self._store.seen(ref.path, recalled=self._recalls)
            self.seen[ref.path] = seen.snapshot
            self.recalled = self.recalled or recalled
            self._read_at = self._read_at or seen.at
        return _document(self.seen[ref.path], ref.type)


def _fields(snapshot: "Snapshot") -> dict[str, Any]:
    return snapshot.to_dict() or {}


def _document(snapshot: "Snapshot", kind: type[Document]) -> Document | None:
    """What stands there as a `kind`; a client's request is no job until it is adopted."""
    fields = _fields(snapshot)
    if not snapshot.exists or awaits_adoption(kind, fields):
        return None
    return decoded(kind, fields)


def _as_read(snapshot: "Snapshot") -> Precondition:
    if snapshot.exists:
        return Precondition(update_time=snapshot.update_time)
    return Precondition(exists=False)


def _path_of(document: Any) -> str:
    return "/".join(document._path)
