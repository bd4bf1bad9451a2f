"""The SQLite engine: commands from all threads share commits.

Whoever finds the engine free becomes the leader: it opens one transaction, runs all
commands that are waiting, its own included, commits once and answers all. The others
wait for their answers. WAL with synchronous=FULL: an answer is durable.

What a crash of the machine may take back without harm need not wait for the disk: a
transaction of such works alone is committed with synchronous=NORMAL, so the next durable
commit makes it durable too (https://sqlite.org/pragma.html#pragma_synchronous). Such are
tasks taken, queued or finished and events published, all of which are in an outbox until a
durable commit says otherwise, and content that no commit names yet.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import repeat
from pathlib import Path
from typing import Any

import apsw
import msgspec

from ..errors import Code, StorageError, WorkflowError
from ..ports import Clock

SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    path TEXT PRIMARY KEY,
    body BLOB NOT NULL,
    tenant TEXT,
    user_id TEXT,
    status TEXT,
    created_at INTEGER,
    deadline INTEGER
);
CREATE INDEX IF NOT EXISTS documents_due ON documents (deadline, path) WHERE deadline IS NOT NULL;
CREATE INDEX IF NOT EXISTS documents_owned ON documents (tenant, user_id, created_at, path)
    WHERE user_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS documents_completed ON documents (tenant, created_at, path)
    WHERE status = 'completed';
CREATE TABLE IF NOT EXISTS tasks (
    name TEXT PRIMARY KEY,
    queue TEXT NOT NULL,
    rank INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    holder TEXT,
    body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS tasks_free ON tasks (queue, rank, not_before) WHERE holder IS NULL;
CREATE INDEX IF NOT EXISTS tasks_held ON tasks (holder) WHERE holder IS NOT NULL;
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    body BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS contents (
    folder TEXT NOT NULL,
    hash TEXT NOT NULL,
    stored_at INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (folder, hash)
);
PRAGMA user_version = 2;
"""

SCHEMA_VERSION = 2
"""2 has `contents`. Every statement of the schema leaves alone what is there already."""

DAMAGED = "The database is damaged. Restore a backup of the data folder (docs/operations.md)."

BUSY_MS = 20_000
"""How long to wait for another process that is committing."""

BUSY = "database-busy"
"""The reason of the error after that time."""

LOOK_S = 0.05
"""How often a thread looks whether another one's commit has answered it."""

REFUSED_MS = 10
"""How long to wait before asking again for what SQLite refuses at once."""

LOG_PAGES = 4_000
"""Pages of 4 KiB that the log gathers before they are written to the file. A job's pages are
written anew by each of its commits, so the more of them are gathered, the fewer writes the
file takes: half as many as with 1,000, SQLite's default."""

LARGEST_COMMIT = 1_000
"""Commands in one transaction at the most."""

Work = Callable[[apsw.Cursor, datetime], Any]
"""Reads and writes inside the shared transaction; must not write before it raises."""


class _Pending:
    __slots__ = ("answer", "done", "durable", "until", "work")

    def __init__(self, work: Work, durable: bool, until: datetime | None) -> None:
        self.work = work
        self.durable = durable
        self.until = until
        self.done = False
        self.answer: Any = None


class Engine:
    """One database file. Safe for threads, and beside other processes on the same file."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._waiting: deque[_Pending] = deque()
        self._leader = threading.Lock()
        self._readers = threading.local()
        self._telling = threading.Lock()
        self._now = clock.now()
        self._syncs = True
        _create_private(path)
        with storage_errors():
            self._writer = self._connect()
            self._prepare()

    def submit(
        self,
        works: Sequence[Work],
        *,
        durable: bool = True,
        untils: Iterable[datetime | None] = repeat(None),
    ) -> list[Any]:
        """Run `works` in shared transactions; answers in order, once they are durable.

        Without `durable` they are committed, but may go back with a crash of the machine, and
        come to the disk with the next durable commit at the latest. While another process
        does not let go of the database, each work is tried until its time in `untils`, and for
        `BUSY_MS` at least. An answer may be the `WorkflowError` that its work raised.
        """
        pending = [
            _Pending(work, durable, until) for work, until in zip(works, untils, strict=False)
        ]
        self._waiting.extend(pending)
        while not all(item.done for item in pending):
            # A leader that waits for another process answers others meanwhile: look now and then.
            if self._leader.acquire(timeout=LOOK_S):
                try:
                    if not all(item.done for item in pending):
                        self._lead()
                finally:
                    self._leader.release()
        return [_answer(item) for item in pending]

    def read(self) -> apsw.Cursor:
        """A cursor of this thread's own connection, for reading committed data."""
        connection = getattr(self._readers, "connection", None)
        if connection is None:
            connection = self._readers.connection = self._connect()
        return connection.cursor()

    @contextmanager
    def snapshot(self) -> Iterator[apsw.Cursor]:
        """A cursor that reads all as it is at the first reading."""
        cursor = self.read()
        cursor.execute("BEGIN")
        try:
            yield cursor
        finally:
            if cursor.connection.in_transaction:
                cursor.execute("ROLLBACK")

    def now(self) -> datetime:
        """The store's time: the clock's, but never going back."""
        with self._telling:
            self._now = max(self._now, self._clock.now())
            return self._now

    def fold_log(self) -> None:
        """Fold the log into the file and empty it, so that what was deleted is in neither.

        While another connection reads, the log stays, and is emptied by a later folding.
        """
        with self._leader, storage_errors():
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close the writer, which also folds the log into the file."""
        with self._leader:
            self._writer.close()

    def _lead(self) -> None:
        batch: list[_Pending] = []
        while self._waiting and len(batch) < LARGEST_COMMIT:
            batch.append(self._waiting.popleft())
        try:
            with storage_errors():
                self._commit(batch)
            _answer_all(batch)
        except StorageError as error:
            again = self._may_wait(batch) if error.reason == BUSY else []
            _answer_all([item for item in batch if item not in again], error)
            self._waiting.extendleft(reversed(again))
        except BaseException:
            # The leader alone was interrupted, but the others' work went back with its own.
            _answer_all(batch, StorageError(Code.UNAVAILABLE, "A commit was interrupted."))
            raise

    def _may_wait(self, batch: Sequence[_Pending]) -> list[_Pending]:
        """Those of `batch` whose time is not over."""
        now = self.now()
        return [item for item in batch if item.until is not None and now < item.until]

    def _commit(self, batch: list[_Pending]) -> None:
        cursor = self._writer.cursor()
        self._sync(cursor, any(item.durable for item in batch))
        cursor.execute("BEGIN IMMEDIATE")
        try:
            now = self.now()
            for item in batch:
                item.answer = _run(item.work, cursor, now)
            cursor.execute("COMMIT")
        except BaseException:
            if self._writer.in_transaction:
                cursor.execute("ROLLBACK")
            raise

    def _sync(self, cursor: apsw.Cursor, durable: bool) -> None:
        """Let the next commit wait for the disk, or not."""
        if durable != self._syncs:
            cursor.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            self._syncs = durable

    def _connect(self) -> apsw.Connection:
        connection = apsw.Connection(str(self._path))
        connection.set_busy_timeout(BUSY_MS)
        _keep_log(connection)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}")
        return connection

    def _prepare(self) -> None:
        version = self._writer.pragma("user_version")
        if version > SCHEMA_VERSION:
            raise WorkflowError(
                Code.FAILED_PRECONDITION,
                f"The data folder was written by a newer version (schema {version}).",
                reason="newer-schema",
            )
        if version < SCHEMA_VERSION:
            self._writer.execute(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT")


def _keep_log(connection: apsw.Connection) -> None:
    """Use a write-ahead log.

    Of processes that open a new file at the same moment each may be refused: to change the
    mode, all need the file to themselves, and SQLite lets none of them wait for another.
    """
    for _ in range(BUSY_MS // REFUSED_MS):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except apsw.BusyError:
            time.sleep(REFUSED_MS / 1000)
        else:
            return
    connection.execute("PRAGMA journal_mode=WAL")


def _create_private(path: Path) -> None:
    """An empty file for its owner alone; SQLite gives its log the same mode."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise StorageError(
            Code.UNAVAILABLE, f"The database cannot be opened: {reason}.", reason="database-open"
        ) from error


def require_database(path: Path) -> None:
    """Raise data-loss if the database at `path` is gone or empty: SQLite would begin a new one.

    Call it only for a folder whose database is known to have been made.
    """
    if not path.exists() or path.stat().st_size == 0:
        raise StorageError(
            Code.DATA_LOSS,
            f"The database {path.name} is gone or empty, though this folder had one. "
            "Restore a backup of the data folder (docs/operations.md).",
            reason="database-damaged",
        )


def _run(work: Work, cursor: apsw.Cursor, now: datetime) -> Any:
    try:
        return work(cursor, now)
    except apsw.Error:
        raise
    except Exception as error:  # noqa: BLE001 - raised again, to the one caller whose work it was
        return error


def _answer_all(batch: Sequence[_Pending], error: WorkflowError | None = None) -> None:
    """Let those who wait have their answers, or `error` instead."""
    for item in batch:
        item.answer = error or item.answer
        item.done = True


def _answer(item: _Pending) -> Any:
    refused = isinstance(item.answer, WorkflowError) and not isinstance(item.answer, StorageError)
    if isinstance(item.answer, Exception) and not refused:
        raise item.answer
    return item.answer


class storage_errors:  # noqa: N801
    """Turns SQLite's errors into ours; a context manager."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, *_: object
    ) -> None:
        if isinstance(error, apsw.Error):
            raise _storage_error(error) from error
        if isinstance(error, msgspec.MsgspecError | UnicodeDecodeError):
            # The error quotes what it could not read, so it goes no further.
            raise _damaged() from None


def _damaged() -> StorageError:
    return StorageError(Code.DATA_LOSS, DAMAGED, reason="database-damaged")


def _storage_error(error: apsw.Error) -> WorkflowError:
    if isinstance(error, apsw.FullError):
        return StorageError(
            Code.RESOURCE_EXHAUSTED, "The disk of the data folder is full.", reason="disk-full"
        )
    if isinstance(error, apsw.CorruptError | apsw.NotADBError):
        return _damaged()
    if isinstance(error, apsw.IOError):
        return StorageError(
            Code.UNAVAILABLE,
            "The database cannot be read or written: the disk is full, or it fails.",
            reason="database-io",
        )
    if isinstance(error, apsw.BusyError):
        return StorageError(
            Code.UNAVAILABLE, "The database is kept busy by another process.", reason=BUSY
        )
    name = type(error).__name__.removesuffix("Error").lower()
    return StorageError(
        Code.UNAVAILABLE, f"The database cannot be used: {name}.", reason=f"database-{name}"
    )
