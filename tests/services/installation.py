"""All services on the embedded back end, with scripted steps, a clock that is moved by hand,
and a publisher and a store that can fail."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cvplus_workflow.app import App
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.features import StepSpec
from cvplus_workflow.domain.jobs import Caller
from cvplus_workflow.domain.states import StepState
from cvplus_workflow.embedded.contents import EmbeddedFiles
from cvplus_workflow.embedded.dispatcher import SqliteDispatcher
from cvplus_workflow.embedded.engine import Engine
from cvplus_workflow.embedded.presence import Presence
from cvplus_workflow.embedded.publisher import SqlitePublisher
from cvplus_workflow.embedded.signer import LocalSigner
from cvplus_workflow.embedded.store import SqliteStore
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.ports import Event, Files, Http, Publisher, Store
from cvplus_workflow.steps.runner import StepRunner
from tests.workloads import FEATURES, OWNER, ManualClock, Script, SeededEntropy, job10

QUEUES = ("light", "standard", "heavy")


class UnreliablePublisher:
    """Publishes, unless it is down; keeps every key that it was asked for."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self.down = False
        self.asked: list[str] = []

    def publish(self, events: Sequence[Event]) -> None:
        if self.down:
            raise WorkflowError(Code.UNAVAILABLE, "The publisher is away.")
        self.asked += [event.key for event in events]
        self._publisher.publish(events)


class Installation:
    """A data folder, its services and a worker that is driven by hand."""

    def __init__(
        self,
        folder: Path,
        specs: Mapping[str, StepSpec] | None = None,
        *,
        line: Callable[[Store], Store] = lambda store: store,
        http: Http | None = None,
        files: Files | None = None,
        runner: type[StepRunner] = StepRunner,
    ) -> None:
        self.folder, self.clock, self.script = folder, ManualClock(), Script()
        self._engine = Engine(folder / "workflow.db", self.clock)
        self._presence = Presence(folder / "workers", "worker")
        self.tasks = SqliteDispatcher(self._engine, self._presence)
        self.stream = SqlitePublisher(self._engine)
        self.publisher = UnreliablePublisher(self.stream)
        self.store = SqliteStore(self._engine)
        self.files: Files = files or EmbeddedFiles(folder / "files", self._engine)
        steps = self.script.registry(specs if specs is not None else job10())
        self.runner = runner(steps, seconds=lambda: self.clock.now().timestamp())
        self.app = App(
            line(self.store),
            self.tasks,
            self.publisher,
            self.files,
            self.clock,
            SeededEntropy(),
            self.runner,
            LocalSigner(folder / "signing.key"),
            steps,
            http,
        )

    def create(self, caller: Caller = OWNER, **settings: Any) -> Job:
        """A job of all ten steps, unless `settings` say otherwise."""
        source = {} if "file_url" in settings else {"content": b"# Ann"}
        settings = {**source, "features": FEATURES, **settings}
        return self.app.jobs.create(caller, **settings)

    def get(self, job_id: str) -> Job:
        return self.app.jobs.get(OWNER, job_id)

    def drain(self) -> None:
        """Carry what is due until nothing is, or until what is left cannot be carried now."""
        while tasks := self.tasks.take(QUEUES, 100):
            finished = self.app.queue.execute(tasks)
            self.tasks.release(sorted({task.name for task in tasks} - set(finished)))
            self.tasks.finish(finished)

    def completed(self, **settings: Any) -> Job:
        """A job that has run to its end."""
        job = self.create(**settings)
        self.drain()
        return self.get(job.id)

    def received(self) -> list[str]:
        """The keys of the events that arrived."""
        return [event.key for _, event in self.stream.events()]

    def damage(self, job_id: str) -> None:
        """Spoil what is stored of a job, so that nobody can read it."""
        spoil = "UPDATE documents SET body = 'damaged' WHERE path = ?"
        self._engine.submit([lambda cursor, _: cursor.execute(spoil, (f"jobs/{job_id}",))])

    def documents(self) -> list[str]:
        """The paths of all documents."""
        rows = self._engine.read().execute("SELECT path FROM documents ORDER BY path")
        return [str(row[0]) for row in rows]

    def stored_files(self) -> list[str]:
        """All files, content and copies, by their paths; small ones as if they were files."""
        root = self.folder / "files"
        rows = self._engine.read().execute("SELECT folder || '/' || hash FROM contents")
        small = [f"content/{path}" for (path,) in rows]
        large = [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]
        return sorted([*small, *large])

    def close(self) -> None:
        self.runner.close()
        self._presence.close()
        self._engine.close()


def away() -> WorkflowError:
    return WorkflowError(Code.UNAVAILABLE, "A service is away.", reason="away")


def states(job: Job) -> dict[str, StepState]:
    return {name: step.state for name, step in job.run.steps.items()}
