"""Tasks on their way into the queue's table."""

from collections.abc import Sequence
from datetime import datetime

import apsw
import msgspec

from ..ports import Task
from .times import microseconds

_PUT = "INSERT OR IGNORE INTO tasks (name, queue, rank, not_before, body) VALUES (?, ?, ?, ?, ?)"
_encode = msgspec.json.Encoder().encode


def put_tasks(cursor: apsw.Cursor, tasks: Sequence[Task], now: datetime) -> None:
    """Queue those of `tasks` that are not queued yet."""
    cursor.executemany(_PUT, [_row(task, now) for task in tasks])


def _row(task: Task, now: datetime) -> tuple[str, str, int, int, bytes]:
    due = microseconds(task.not_before or now)
    return task.name, task.queue, task.rank, due, _encode(task)
