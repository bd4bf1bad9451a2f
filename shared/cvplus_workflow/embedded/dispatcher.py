"""The Dispatcher on SQLite: a durable queue that workers of several processes share."""

import threading
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import apsw
import msgspec

from ..ports import Task
from .engine import Engine, storage_errors
from .presence import Presence
from .queued import put_tasks
from .times import from_microseconds, microseconds

_decode = msgspec.json.Decoder(Task).decode

_NAMED = "SELECT 1 FROM tasks WHERE name = ?"
_FREE = """SELECT rank, not_before, rowid, name, body FROM tasks
    WHERE holder IS NULL AND queue = ? AND not_before <= ?
    ORDER BY rank, not_before, rowid LIMIT ?"""
_HOLD = "UPDATE tasks SET holder = ? WHERE name = ?"


REDELIVERY = timedelta(seconds=2)
"""How long a task rests that could not be carried to its end."""


class _Bell:
    """Wakes those who wait for it to ring once more."""

    def __init__(self) -> None:
        self.rung = 0
        self._ringing = threading.Condition()

    def ring(self) -> None:
        with self._ringing:
            self.rung += 1
            self._ringing.notify_all()

    def wait(self, seen: int, seconds: float) -> None:
        with self._ringing:
            self._ringing.wait_for(lambda: self.rung != seen, seconds)


class SqliteDispatcher:
    """Tasks stay in the table until they are finished, so a lost worker's come again.

    No call waits for the disk: what a crash of the machine takes back is in the jobs' outboxes,
    or is a task of a job that has nothing to do for it.
    """

    def __init__(self, engine: Engine, presence: Presence) -> None:
        self._engine = engine
        self._presence = presence
        self._bells: defaultdict[str, _Bell] = defaultdict(_Bell)

    def dispatch(self, tasks: Sequence[Task]) -> None:
        """See `ports.Dispatcher`."""

        missing = self._missing(tasks)
        if missing:
            self._engine.submit(
                [lambda cursor, now: put_tasks(cursor, missing, now)], durable=False
            )
        for queue in {task.queue for task in tasks}:
            self._bells[queue].ring()

    def cancel(self, names: Sequence[str]) -> None:
        """See `ports.Dispatcher`."""
        self._each("DELETE FROM tasks WHERE name = ? AND holder IS NULL", names)

    def take(self, queues: Sequence[str], limit: int) -> list[Task]:
        """Up to `limit` tasks that are due, the most urgent first, held by this process."""

        def work(cursor: apsw.Cursor, now: datetime) -> list[Task]:
            rows = sorted(_free(cursor, queues, now, limit))[:limit]
            cursor.executemany(_HOLD, [(self._presence.name, name) for *_, name, _body in rows])
            return [_task(row[4:]) for row in rows]

        with storage_errors():
            # A look before the commit that taking needs: idle workers do not write.
            if not _free(self._engine.read(), queues, self._engine.now(), 1):
                return []
        tasks: list[Task] = self._engine.submit([work], durable=False)[0]
        return tasks

    def finish(self, names: Sequence[str]) -> None:
        """Forget tasks whose decisions are stored."""
        self._each("DELETE FROM tasks WHERE name = ?", names)

    def release(self, names: Sequence[str], rest: timedelta = REDELIVERY) -> None:
        """Give tasks back, to be delivered again after a `rest`."""

        def work(cursor: apsw.Cursor, now: datetime) -> None:
            later = microseconds(now + rest)
            statement = "UPDATE tasks SET holder = NULL, not_before = ? WHERE name = ?"
            cursor.executemany(statement, [(later, name) for name in names])

        if names:
            self._engine.submit([work], durable=False)

    def release_dead(self) -> int:
        """Free the tasks of workers that died; returns how many workers they were."""
        with storage_errors():
            rows = self._engine.read().execute(
                "SELECT DISTINCT holder FROM tasks WHERE holder IS NOT NULL"
            )
            dead = self._presence.dead([str(row[0]) for row in rows])
        self._each("UPDATE tasks SET holder = NULL WHERE holder = ?", dead)
        return len(dead)

    def arrivals(self, queue: str) -> int:
        """How often this process has been told of new tasks in `queue`."""
        return self._bells[queue].rung

    def wait_for_arrival(self, queue: str, seen: int, seconds: float) -> None:
        """Wait until `arrivals` of `queue` is no longer `seen`, at most so long."""
        self._bells[queue].wait(seen, seconds)

    def next_due(self) -> datetime | None:
        """When the earliest free task is due; None if no task is free."""
        with storage_errors():
            cursor = self._engine.read()
            row = cursor.execute(
                "SELECT min(not_before) FROM tasks WHERE holder IS NULL"
            ).fetchone()
        return None if row is None or row[0] is None else from_microseconds(int(row[0]))

    def wake(self) -> None:
        """End every wait for tasks."""
        for bell in list(self._bells.values()):
            bell.ring()

    def _missing(self, tasks: Sequence[Task]) -> list[Task]:
        """Those of `tasks` that the commit which decided them has not queued already."""
        with storage_errors():
            cursor = self._engine.read()
            return [t for t in tasks if not cursor.execute(_NAMED, (t.name,)).fetchall()]

    def _each(self, statement: str, names: Sequence[str]) -> None:
        def work(cursor: apsw.Cursor, _now: datetime) -> None:
            cursor.executemany(statement, [(name,) for name in names])

        if names:
            self._engine.submit([work], durable=False)


def _task(row: tuple[object, ...]) -> Task:
    (body,) = row
    with storage_errors():
        return _decode(bytes(body))  # type: ignore[call-overload]


def _free(
    cursor: apsw.Cursor, queues: Sequence[str], now: datetime, limit: int
) -> list[tuple[Any, ...]]:
    """Up to `limit` free tasks of each queue that are due; one queue's are read in order."""
    due = microseconds(now)
    rows: list[tuple[Any, ...]] = []
    for queue in queues:
        rows += cursor.execute(_FREE, (queue, due, limit)).fetchall()
    return rows
