"""The composition root: services on a back end, and the one way to call an operation."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from pydantic import ValidationError

from .domain.jobs import Caller
from .domain.monitoring import JobProgress, StepProgress
from .domain.queue import StepClass
from .domain.states import JobStatus
from .embedded.dispatcher import SqliteDispatcher
from .embedded.engine import Engine, require_database
from .embedded.files import LocalFiles
from .embedded.presence import Presence
from .embedded.publisher import SqlitePublisher
from .embedded.signer import LocalSigner
from .embedded.store import SqliteStore
from .embedded.system import SystemClock, SystemEntropy
from .errors import Code, WorkflowError, invalid
from .operations import OPERATIONS
from .ports import Clock, Dispatcher, Entropy, Files, Publisher, Runner, Signer, Store
from .services.commit import JobCommits
from .services.estimates import StepEstimates
from .services.features import FeatureService
from .services.jobs import JobService
from .services.monitoring import MonitoringService
from .services.outputs import Outputs
from .services.queue import QueueService
from .settings import Settings
from .steps.registry import BUILT_IN, Registry, latest
from .steps.runner import StepRunner

__all__ = [
    "DATABASE",
    "LOCAL_CALLER",
    "SIGNING_KEY",
    "App",
    "Caller",
    "EmbeddedApp",
    "JobProgress",
    "JobStatus",
    "StepClass",
    "StepProgress",
    "private_folder",
]

DATABASE, SIGNING_KEY = "workflow.db", "signing.key"
"""Files of a data folder; the key is made once the database is, never before it."""

_OWN_NAMES = (DATABASE, "workers", "files", SIGNING_KEY, f".{SIGNING_KEY}")
"""How the names of what we keep in a data folder begin."""

LOCAL_CALLER = Caller("local", "local", frozenset({"user", "operator"}))
"""Who the command line is: the owner of the data folder."""


class App:
    """All services on one back end, under the names of their areas."""

    def __init__(
        self,
        store: Store,
        dispatcher: Dispatcher,
        publisher: Publisher,
        files: Files,
        clock: Clock,
        entropy: Entropy,
        runner: Runner,
        signer: Signer,
        steps: Registry = BUILT_IN,
    ) -> None:
        commits = JobCommits(store, dispatcher, publisher, files, entropy)
        outputs = Outputs(store, files)
        catalogue = latest(steps)
        estimates = StepEstimates(store, clock)
        self.jobs = JobService(commits, outputs, catalogue, estimates)
        self.features = FeatureService(commits, outputs, catalogue, runner, signer, estimates)
        self.monitoring = MonitoringService(commits, clock, estimates)
        self.queue = QueueService(commits, outputs, clock, runner)

    def call(self, name: str, caller: Caller, data: Mapping[str, Any] | None) -> Any:
        """Answer the operation `name` as JSON-compatible data.

        Raises `WorkflowError`: not-found for an unknown name, permission-denied without
        the role, invalid-argument naming the wrong field.
        """
        operation = OPERATIONS.get(name)
        if operation is None:
            raise WorkflowError(Code.NOT_FOUND, f"No such operation: {name}", reason="no-operation")
        if operation.role not in caller.roles:
            raise WorkflowError(Code.PERMISSION_DENIED, f"{name} needs the role {operation.role}.")
        try:
            request = operation.request.model_validate(data or {})
        except ValidationError as error:
            raise _wrong_field(error) from None
        method = getattr(getattr(self, operation.area), operation.method)
        answer = msgspec.json.decode(msgspec.json.encode(method(caller, **dict(request))))
        return operation.response.model_validate(answer).model_dump(by_alias=True, mode="json")


def _wrong_field(error: ValidationError) -> WorkflowError:
    first = error.errors(include_input=False, include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return WorkflowError(
        Code.INVALID_ARGUMENT,
        f"{field}: {first['msg']}",
        reason="invalid-field",
        details={"field": field},
    )


class EmbeddedApp(App):
    """The whole system in this process, on one data folder.

    Close it to end its children and leave the folder. Other processes may use the same
    folder at the same time.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        runner: Runner | None = None,
        steps: Registry = BUILT_IN,
    ) -> None:
        clock, entropy = clock or SystemClock(), entropy or SystemEntropy()
        folder = private_folder(settings.data)
        if (folder / SIGNING_KEY).exists():
            require_database(folder / DATABASE)
        self.engine = Engine(folder / DATABASE, clock)
        self.presence = Presence(folder / "workers", entropy.token())
        self.tasks = SqliteDispatcher(self.engine, self.presence)
        self.events = SqlitePublisher(self.engine)
        self.store = SqliteStore(self.engine)
        self._children = StepRunner(steps) if runner is None else None
        super().__init__(
            self.store,
            self.tasks,
            self.events,
            LocalFiles(folder / "files"),
            clock,
            entropy,
            runner or self._children or StepRunner(steps),
            LocalSigner(folder / SIGNING_KEY),
            steps,
        )

    def close(self) -> None:
        """Close the database, end the children, release what this process holds.

        In this order, so that a step which is still running commits nothing, least of all
        the end of its child as a failure: whoever comes next takes it over as it stands.
        """
        self.engine.close()
        if self._children is not None:
            self._children.close()
        self.presence.close()


def _is_ours(path: Path) -> bool:
    """Whether a folder is a data folder, or may become one: it is empty, or holds our own."""
    return all(entry.name.startswith(_OWN_NAMES) for entry in path.iterdir())


def private_folder(path: Path) -> Path:
    """`path`, made if need be, for its owner alone; raises invalid-argument if it can't be used."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_ours(path):
            raise invalid("data", f"the folder {path} holds other files")
        path.chmod(0o700)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise WorkflowError(
            Code.INVALID_ARGUMENT,
            f"data: the folder {path} cannot be used: {reason}",
            reason="bad-data-folder",
            details={"field": "data"},
        ) from error
    return path
