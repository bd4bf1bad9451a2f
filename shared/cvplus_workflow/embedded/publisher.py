"""The Publisher on SQLite: a durable stream of events, each key once."""

from collections.abc import Sequence
from datetime import datetime

import apsw
import msgspec

from ..ports import Event
from .engine import Engine, storage_errors


class SqlitePublisher:
    """Events in the order in which they were published."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def publish(self, events: Sequence[Event]) -> None:
        """See `ports.Publisher`."""
        rows = [(event.key, msgspec.json.encode(event)) for event in events]

        def work(cursor: apsw.Cursor, _now: datetime) -> None:
            cursor.executemany("INSERT OR IGNORE INTO events (key, body) VALUES (?, ?)", rows)

        # Until a durable commit acknowledges it, an event is in its job's outbox as well.
        self._engine.submit([work], durable=False)

    def events(self, after: int = 0, limit: int = 100) -> list[tuple[int, Event]]:
        """Events behind number `after`, each with its number."""
        with storage_errors():
            rows = self._engine.read().execute(
                "SELECT number, body FROM events WHERE number > ? ORDER BY number LIMIT ?",
                (after, limit),
            )
            return [(row[0], msgspec.json.decode(row[1], type=Event)) for row in rows]
