"""The back ends that the contract suites run on: one class each, all with the same face.

Another adapter runs the very same cases by adding its class to the fixture in conftest.py.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cvplus_workflow.domain.change import Decide, Document, Query, Ref, Result
from cvplus_workflow.domain.documents import StoredFile
from cvplus_workflow.embedded.contents import EmbeddedFiles
from cvplus_workflow.embedded.dispatcher import SqliteDispatcher
from cvplus_workflow.embedded.engine import Engine
from cvplus_workflow.embedded.presence import Presence
from cvplus_workflow.embedded.publisher import SqlitePublisher
from cvplus_workflow.embedded.store import SqliteStore
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.ports import (
    Command,
    Dispatcher,
    Event,
    Files,
    Publisher,
    Store,
    Task,
)
from tests.workloads import ManualClock


class BackEnd(ABC):
    """The ports of one back end, and what the cases need to see behind them."""

    clock: ManualClock
    store: Store
    dispatcher: Dispatcher
    publisher: Publisher
    files: Files

    @abstractmethod
    def reopen(self) -> None:
        """Go on as another process would, with nothing but what is durable."""

    @abstractmethod
    def take(self, queues: Sequence[str] = ("light",), limit: int = 100) -> list[Task]:
        """The deliveries that are due, in their order, each now held by this worker."""

    @abstractmethod
    def take_elsewhere(self) -> tuple[list[Task], Callable[[], None]]:
        """The same by another worker, and what makes that worker die."""

    @abstractmethod
    def free_what_the_dead_hold(self) -> None:
        """Let tasks of dead workers come again."""

    @abstractmethod
    def finish(self, names: Sequence[str]) -> None:
        """Say that tasks are done."""

    @abstractmethod
    def release(self, names: Sequence[str]) -> None:
        """Give tasks back undone."""

    @abstractmethod
    def received(self) -> list[Event]:
        """What a listener got."""

    @abstractmethod
    def damage(self, folder: str, file: StoredFile) -> None:
        """Alter a stored file's bytes behind the adapter's back."""

    @abstractmethod
    def damage_job(self, job_id: str) -> None:
        """Make a job's document unreadable; queries find it as before."""

    @abstractmethod
    def close(self) -> None:
        """Leave nothing open."""


class SqliteBackEnd(BackEnd):
    """SQLite and the local disk."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.folder = folder
        self._workers = 0
        self._open()

    def reopen(self) -> None:
        self.close()
        self._open()

    def take(self, queues: Sequence[str] = ("light",), limit: int = 100) -> list[Task]:
        return self._tasks.take(queues, limit)

    def take_elsewhere(self) -> tuple[list[Task], Callable[[], None]]:
        other = self._worker()
        return SqliteDispatcher(self._engine, other).take(("light",), 100), other.close

    def free_what_the_dead_hold(self) -> None:
        self._tasks.release_dead()

    def finish(self, names: Sequence[str]) -> None:
        self._tasks.finish(names)

    def release(self, names: Sequence[str]) -> None:
        self._tasks.release(names)

    def received(self) -> list[Event]:
        return [event for _, event in self._events.events()]

    def damage(self, folder: str, file: StoredFile) -> None:
        body = b"!" + self.files.get(folder, file)[1:]
        statement = "UPDATE contents SET body = ? WHERE folder = ? AND hash = ?"
        values = (body, folder, file.hash)
        self._engine.submit([lambda cursor, _now: cursor.execute(statement, values).fetchall()])

    def damage_job(self, job_id: str) -> None:
        statement = "UPDATE documents SET body = substr(body, 1, 40) WHERE path = ?"
        values = (f"jobs/{job_id}",)
        self._engine.submit([lambda cursor, _now: cursor.execute(statement, values).fetchall()])

    def close(self) -> None:
        self._presence.close()
        self._engine.close()

    def _open(self) -> None:
        self._engine = Engine(self.folder / "workflow.db", self.clock)
        self._presence = self._worker()
        self._tasks = SqliteDispatcher(self._engine, self._presence)
        self._events = SqlitePublisher(self._engine)
        self.store = SqliteStore(self._engine)
        self.dispatcher, self.publisher = self._tasks, self._events
        self.files = EmbeddedFiles(self.folder / "files", self._engine)

    def _worker(self) -> Presence:
        self._workers += 1
        return Presence(self.folder / "workers", f"worker{self._workers}")


class CutLine:
    """A store on a bad line: the `at`th sending is cut off, before its commit or after it."""

    def __init__(self, store: Store, at: int = 1, *, committed: bool = True) -> None:
        self._store = store
        self._left = at
        self._committed = committed

    def transact(self, decide: Decide[Result], command_id: str) -> Result:
        return self._send(lambda: self._store.transact(decide, command_id))

    def transact_all(self, commands: Sequence[Command]) -> list[Any]:
        return self._send(lambda: self._store.transact_all(commands))

    def get(self, ref: Ref[Document]) -> Document | None:
        return self._store.get(ref)

    def query(self, query: Query, kind: type[Document]) -> list[Document]:
        return self._store.query(query, kind)

    def delete_tree(self, path: str) -> int:
        return self._store.delete_tree(path)

    def _send(self, commit: Callable[[], Result]) -> Result:
        self._left -= 1
        if self._left or self._committed:
            answer = commit()
        if not self._left:
            raise WorkflowError(Code.UNAVAILABLE, "The line was cut.")
        return answer
