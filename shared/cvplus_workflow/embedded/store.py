"""The Store on SQLite."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import apsw
import msgspec
from msgspec import Struct

from ..domain.change import (
    LARGEST_DOCUMENT,
    Decide,
    Delete,
    Document,
    EffectKind,
    Put,
    Query,
    Ref,
    Result,
)
from ..domain.documents import Job
from ..errors import Code, WorkflowError
from ..ports import Command, task_of
from .engine import Engine, Work, storage_errors
from .queued import put_tasks
from .times import microseconds

_encode = msgspec.json.Encoder().encode
_decoders: dict[type, msgspec.json.Decoder[Any]] = {}

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
        answer = self.transact_all([Command(decide, command_id)])[0]
        if isinstance(answer, WorkflowError):
            raise answer
        return answer  # type: ignore[no-any-return]

    def transact_all(self, commands: Sequence[Command]) -> list[Any]:
        """See `ports.Store`."""
        return self._engine.submit([_decision(command) for command in commands])

    def get(self, ref: Ref[Document]) -> Document | None:
        """See `ports.Store`."""
        with storage_errors():
            return _get(self._engine.read(), ref)

    def query(self, query: Query, kind: type[Document]) -> list[Document]:
        """See `ports.Store`."""
        statement, values = _select(query)
        with storage_errors():
            rows = list(self._engine.read().execute(statement, values))
        return [_decode(row[0], kind) for row in rows]

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


class _Reader:
    """What a decision reads, inside the transaction that will commit it."""

    __slots__ = ("_cursor", "now")

    def __init__(self, cursor: apsw.Cursor, now: datetime) -> None:
        self._cursor = cursor
        self.now = now

    def get(self, ref: Ref[Document]) -> Document | None:
        return _get(self._cursor, ref)


def _decision(command: Command) -> Work:
    def work(cursor: apsw.Cursor, now: datetime) -> Any:
        change = command.decide(_Reader(cursor, now))
        statements = [_statement(write) for write in change.writes]
        for statement, values in statements:
            cursor.execute(statement, values)
        tasks = [task_of(effect) for effect in change.effects if effect.kind is _DISPATCH]
        if tasks:
            put_tasks(cursor, tasks, now)
        return change.result

    return work


_DISPATCH = EffectKind.DISPATCH
_PUT = (
    "INSERT INTO documents (path, body, tenant, user_id, status, created_at, deadline) "
    "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET body = excluded.body, "
    "status = excluded.status, deadline = excluded.deadline"
)
_DELETE = "DELETE FROM documents WHERE path = ?"


def _statement(write: Put | Delete) -> tuple[str, tuple[bytes | str | int | None, ...]]:
    if isinstance(write, Delete):
        return _DELETE, (write.ref.path,)
    return _PUT, (write.ref.path, _body(write), *_indexed(write.document))


def _body(write: Put) -> bytes:
    try:
        body = _encode(write.document)
    except (TypeError, ValueError, OverflowError, msgspec.MsgspecError):
        raise _unfit(write, "cannot be encoded", "document-unfit") from None
    if len(body) > LARGEST_DOCUMENT:
        raise _unfit(write, f"has {len(body)} bytes, at most {LARGEST_DOCUMENT}", "too-large")
    return body


def _unfit(write: Put, what: str, reason: str) -> WorkflowError:
    return WorkflowError(
        Code.INVALID_ARGUMENT, f"The document {write.ref.path} {what}.", reason=reason
    )


def _indexed(document: Struct) -> tuple[str | int | None, ...]:
    if not isinstance(document, Job):
        return (None, None, None, None, None)
    deadline = document.run.deadline
    return (
        document.tenant,
        document.user_id,
        document.status.value,
        microseconds(document.created_at),
        None if deadline is None else microseconds(deadline),
    )


def _get(cursor: apsw.Cursor, ref: Ref[Document]) -> Document | None:
    row = cursor.execute("SELECT body FROM documents WHERE path = ?", (ref.path,)).fetchone()
    return None if row is None else _decode(row[0], ref.type)


def _decode(body: bytes, kind: type[Document]) -> Document:
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    try:
        document: Document = decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WorkflowError(
            Code.DATA_LOSS, "A stored document cannot be read.", reason="document-damaged"
        ) from error
    return document


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
        f"SELECT body FROM documents WHERE {' AND '.join(conditions)} "  # noqa: S608
        f"ORDER BY {column} {direction}, path {direction} LIMIT ?"
    )
    return statement, [*values, query.limit]
