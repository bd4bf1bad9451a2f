"""The Store on SQLite."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import apsw
from msgspec.structs import replace

from ..domain.change import (
    Decide,
    Document,
    Query,
    Ref,
    Result,
)
from ..errors import WorkflowError, unwrapped
from ..ports import Command
from .engine import Engine, storage_errors
from .proposals import Proposal, Reader, decision, decode, propose, read
from .times import microseconds

log = logging.getLogger("cvplus_workflow")

_COLUMNS = {
    "tenant": "tenant",
    "userId": "user_id",
    "status": "status",
    "createdAt": "created_at",
    "run.deadline": "deadline",
}
"""Fields that a query may name, and their columns."""


class SqliteStore:
    """Documents as JSON in one table, the few fields that queries need beside them.

    The queue lies in the same database, so the tasks that a decision dispatches are queued by
    its very commit.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def transact(self, decide: Decide[Result], command_id: str) -> Result:
        """See `ports.Store`."""
        return unwrapped(self.transact_all([Command(decide, command_id)])[0])  # type: ignore[no-any-return]

    def transact_all(self, commands: Sequence[Command]) -> list[Any]:
        """See `ports.Store`."""
        with storage_errors(), self._engine.snapshot() as cursor:
            proposals = [self._proposed(command, cursor) for command in commands]
        works = list(map(decision, commands, proposals))
        return self._engine.submit(works, untils=[command.until for command in commands])

    def _proposed(self, command: Command, cursor: apsw.Cursor) -> Proposal | None:
        """The decision made before the database is locked, so that others may commit meanwhile.

        None if it raised: the transaction makes it again, and answers what it raises there.
        """
        try:
            return propose(command, Reader(cursor, self._engine.now()))
        except Exception:  # noqa: BLE001 - met again, and told, in the transaction
            return None

    def get(self, ref: Ref[Document]) -> Document | None:
        """See `ports.Store`."""
        with storage_errors():
            body = read(self._engine.read(), ref.path)
        return None if body is None else decode(body, ref.type)

    def query(self, query: Query, kind: type[Document]) -> list[Document]:
        """See `ports.Store`."""
        limit = query.limit
        while True:
            statement, values = _select(replace(query, limit=limit))
            with storage_errors():
                rows = self._engine.read().execute(statement, values).fetchall()
            found, damaged = _readable(rows, kind)
            if len(found) >= query.limit or len(rows) < limit:
                break
            # What is left out takes nobody's place.
            limit = query.limit + len(damaged)
        if damaged:
            log.error("a query leaves out what cannot be read: %s", ", ".join(damaged))
        return found[: query.limit]

    def delete_tree(self, path: str) -> int:
        """See `ports.Store`."""

        def work(cursor: apsw.Cursor, _now: datetime) -> int:
            cursor.execute(
                "DELETE FROM documents WHERE path = ? OR (path > ? AND path < ?)",
                (path, f"{path}/", f"{path}0"),
            )
            return cursor.connection.changes()

        count: int = self._engine.submit([work])[0]
        self._engine.fold_log()
        return count


def _select(query: Query) -> tuple[str, list[str | int]]:
    column = _COLUMNS[query.order_by]
    conditions, values = [f"{column} IS NOT NULL"], list[str | int]()
    for field, value in query.equal:
        conditions.append(f"{_COLUMNS[field]} = ?")
        values.append(value)
    if query.until is not None:
        conditions.append(f"{column} <= ?")
        values.append(microseconds(query.until))
    if query.after is not None:
        conditions.append(f"({column}, path) {'<' if query.descending else '>'} (?, ?)")
        values += [microseconds(query.after.at), query.after.path]
    direction = "DESC" if query.descending else "ASC"
    statement = (
        f"SELECT path, body FROM documents WHERE {' AND '.join(conditions)} "  # noqa: S608
        f"ORDER BY {column} {direction}, path {direction} LIMIT ?"
    )
    return statement, [*values, query.limit]


def _readable(
    rows: Sequence[Sequence[Any]], kind: type[Document]
) -> tuple[list[Document], list[str]]:
    """The documents of rows of a path and a body, and the paths of those that cannot be read."""
    found, damaged = list[Document](), list[str]()
    for path, body in rows:
        try:
            found.append(decode(body, kind))
        except WorkflowError:
            damaged.append(path)
    return found, damaged
