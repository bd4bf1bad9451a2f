"""Decisions on SQLite: made before the database is locked, and committed if they still hold.

SQLite lets one connection write at a time, and reading, deciding and encoding are most of
the work; so those come first, and other processes commit meanwhile. The transaction then
compares what was read with what is stored, and decides again if it is not the same.
"""

from datetime import datetime
from typing import Any, NamedTuple

import apsw
import msgspec
from msgspec import Struct

from ..domain.change import LARGEST_DOCUMENT, Delete, Document, EffectKind, Put, Ref
from ..domain.documents import Job
from ..errors import Code, WorkflowError
from ..ports import Command, Task, task_of
from .engine import Work
from .queued import put_tasks
from .times import microseconds

_encode = msgspec.json.Encoder().encode
_decoders: dict[type, msgspec.json.Decoder[Any]] = {}

_Values = tuple[bytes | str | int | None, ...]


class Reader:
    """What a decision reads, and has seen; within one snapshot or transaction of `cursor`."""

    __slots__ = ("_cursor", "now", "seen")

    def __init__(self, cursor: apsw.Cursor, now: datetime) -> None:
        self._cursor = cursor
        self.now = now
        self.seen: dict[str, bytes | None] = {}

    def get(self, ref: Ref[Document]) -> Document | None:
        """See `change.Reader`."""
        body = self.seen[ref.path] = read(self._cursor, ref.path)
        return None if body is None else decode(body, ref.type)


class Proposal(NamedTuple):
    """A decision, encoded, and what it was decided on: bodies by path, None where none was."""

    seen: dict[str, bytes | None]
    statements: list[tuple[str, _Values]]
    tasks: list[Task]
    result: Any

    def holds(self, cursor: apsw.Cursor) -> bool:
        """Whether all that it was decided on is still as it was."""
        return all(_is_still(cursor, path, body) for path, body in self.seen.items())


def propose(command: Command, reader: Reader) -> Proposal:
    """Decide `command`, and write nothing yet; raises what the decision raises.

    Raises invalid-argument for a document that cannot be stored, or is too large.
    """
    change = command.decide(reader)
    statements = [_statement(write) for write in change.writes]
    tasks = [task_of(effect) for effect in change.effects if effect.kind is _DISPATCH]
    return Proposal(reader.seen, statements, tasks, change.result)


def decision(command: Command, early: Proposal | None) -> Work:
    """Commit `early` if what it was decided on still holds; else decide in the transaction."""

    def work(cursor: apsw.Cursor, now: datetime) -> Any:
        stands = early is not None and early.holds(cursor)
        proposal = early if early and stands else propose(command, Reader(cursor, now))
        for statement, values in proposal.statements:
            cursor.execute(statement, values)
        if proposal.tasks:
            put_tasks(cursor, proposal.tasks, now)
        return proposal.result

    return work


_DISPATCH = EffectKind.DISPATCH
_PUT = (
    "INSERT INTO documents (path, body, tenant, user_id, status, created_at, deadline) "
    "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET body = excluded.body, "
    "status = excluded.status, deadline = excluded.deadline"
)
_DELETE = "DELETE FROM documents WHERE path = ?"


def _statement(write: Put | Delete) -> tuple[str, _Values]:
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


def read(cursor: apsw.Cursor, path: str) -> bytes | None:
    """The stored document at `path`, as bytes; None if there is none."""
    row = cursor.execute("SELECT body FROM documents WHERE path = ?", (path,)).fetchone()
    return None if row is None else row[0]


def _is_still(cursor: apsw.Cursor, path: str, body: bytes | None) -> bool:
    found = cursor.execute("SELECT body = ? FROM documents WHERE path = ?", (body, path)).fetchone()
    return body is None if found is None else found[0] == 1


def decode(body: bytes, kind: type[Document]) -> Document:
    """The document that was stored as `body`; raises data-loss if it cannot be read."""
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
