"""The composition root: services on a back end, and the one way to call an operation."""

import os
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec
from pydantic import ValidationError

from .domain.change import Query
from .domain.documents import Job
from .domain.flags import INSTALLATION
from .domain.jobs import MAX_DESCRIPTION_BYTES, MAX_SOURCE_BYTES, ROLES, Caller
from .domain.monitoring import JobProgress, StepProgress
from .domain.queue import StepClass
from .domain.states import JobStatus
from .embedded.system import SystemClock, SystemEntropy
from .errors import Code, WorkflowError, invalid
from .operations import OPERATIONS
from .ports import Clock, Dispatcher, Entropy, Files, Http, Publisher, Runner, Signer, Store
from .services.commit import JobCommits
from .services.estimates import Plans, StepEstimates
from .services.features import FeatureService
from .services.flags import Flags
from .services.jobs import JobService
from .services.monitoring import MonitoringService
from .services.outputs import Outputs
from .services.queue import QueueService
from .services.sources import Sources
from .settings import FirebaseSettings, Settings
from .steps.registry import BUILT_IN, Registry, latest
from .steps.runner import StepRunner

if TYPE_CHECKING:
    from .firebase.store import FirestoreStore

__all__ = [
    "DATABASE",
    "INSTALLATION_CALLER",
    "LOCAL_CALLER",
    "MAX_DESCRIPTION_BYTES",
    "MAX_SOURCE_BYTES",
    "ROLES",
    "SIGNING_KEY",
    "App",
    "Caller",
    "EmbeddedApp",
    "FirebaseApp",
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

INSTALLATION_CALLER = Caller("local", INSTALLATION, LOCAL_CALLER.roles)
"""Who the command line is where it acts for every tenant of the data folder."""

_SERVICE = Caller("service", "", frozenset({"user"}))
"""Who sends callbacks as messages: nobody, who sees no job; a token is their authority."""

OVERDUE = timedelta(minutes=5)
"""The sweep comes every minute, so a job that is overdue for longer tells that it does not."""

MOST_OVERDUE = 100
"""Overdue jobs counted at a time."""


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
        http: Http | None = None,
    ) -> None:
        commits = JobCommits(store, dispatcher, publisher, files, entropy)
        outputs = Outputs(store, files)
        catalogue = latest(steps)
        estimates = StepEstimates(store, clock)
        self._store, self._clock = store, clock
        sources = Sources(files, http or cast(Http, _Deferred(_public_http)))
        flags = Flags(store, clock)
        plans = Plans(catalogue, estimates)
        self.jobs = JobService(commits, outputs, plans, sources, flags)
        self.features = FeatureService(
            commits, outputs, catalogue, runner, signer, estimates, flags
        )
        self.monitoring = MonitoringService(commits, clock, estimates)
        self.queue = QueueService(commits, outputs, clock, runner, flags)

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

    def carry(self, data: Any) -> bool:
        """Run what the task in a delivery's `data` carries; False if it has to come again.

        Raises invalid-argument for data that is no task.
        """
        from .firebase.dispatcher import task_of

        try:
            task = task_of(data)
            StepClass(task.queue)
        except (msgspec.ValidationError, ValueError):
            raise invalid("data", "is no task") from None
        return task.name in self.queue.execute([task])

    def take_callback(self, data: Mapping[str, Any]) -> None:
        """A service's answer that came as a message: `updateFeatureStatus` with its callback."""
        if not data.get("callback"):
            raise invalid("callback", "a message has to carry one")
        self.call("updateFeatureStatus", _SERVICE, data)

    def overdue(self) -> int:
        """How many jobs the sweep should have reached long ago, at most `MOST_OVERDUE`."""
        until = self._clock.now() - OVERDUE
        query = Query("jobs", order_by="run.deadline", until=until, limit=MOST_OVERDUE)
        return len(self._store.query(query, Job))


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
        from .embedded.contents import EmbeddedFiles
        from .embedded.dispatcher import SqliteDispatcher
        from .embedded.engine import Engine, require_database
        from .embedded.presence import Presence
        from .embedded.publisher import SqlitePublisher
        from .embedded.signer import LocalSigner
        from .embedded.store import SqliteStore
        from .embedded.tokens import LocalTokens

        clock, entropy = clock or SystemClock(), entropy or SystemEntropy()
        folder = private_folder(settings.data)
        if (folder / SIGNING_KEY).exists():
            require_database(folder / DATABASE)
        self.engine = Engine(folder / DATABASE, clock)
        self.presence = Presence(folder / "workers", entropy.token())
        self.tasks = SqliteDispatcher(self.engine, self.presence)
        self.events = SqlitePublisher(self.engine)
        self.store = SqliteStore(self.engine)
        self.files = EmbeddedFiles(folder / "files", self.engine)
        signer = LocalSigner(folder / SIGNING_KEY)
        self.tokens = LocalTokens(signer, clock)
        self._children = _measured(steps) if runner is None else None
        super().__init__(
            self.store,
            self.tasks,
            self.events,
            self.files,
            clock,
            entropy,
            runner or self._children or _measured(steps),
            signer,
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


class _Deferred:
    """An adapter made at its first use, so that only what is used loads its client."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: Any = None
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        with self._lock:
            if self._made is None:
                self._made = self._make()
        return getattr(self._made, name)


class FirebaseApp(App):
    """The system on Firestore, Cloud Tasks, Pub/Sub and Cloud Storage, or their emulators.

    Raises internal, naming the variable, where a setting is missing that is needed.
    """

    def __init__(
        self,
        settings: FirebaseSettings,
        *,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        runner: Runner | None = None,
        steps: Registry = BUILT_IN,
    ) -> None:
        from .firebase.clients import emulates_tasks
        from .firebase.signer import SecretSigner

        clock, entropy = clock or SystemClock(), entropy or SystemEntropy()
        settings.needed("project", "GOOGLE_CLOUD_PROJECT")
        settings.needed("bucket", "CVPLUS_BUCKET")
        if not emulates_tasks():
            settings.needed("tasks_account", "CVPLUS_TASKS_ACCOUNT")
        self._children = _measured(steps) if runner is None else None
        super().__init__(
            _firestore(settings, clock, entropy),
            cast(Dispatcher, _Deferred(lambda: _cloud_tasks(settings))),
            cast(Publisher, _Deferred(lambda: _pubsub(settings))),
            cast(Files, _Deferred(lambda: _cloud_storage(settings))),
            clock,
            entropy,
            runner or self._children or _measured(steps),
            SecretSigner(settings.signing_key.get_secret_value()),
            steps,
        )

    def close(self) -> None:
        """End the children."""
        if self._children is not None:
            self._children.close()


def _measured(steps: Registry) -> StepRunner:
    return StepRunner(steps, seconds=time.perf_counter)


def _public_http() -> Http:
    from .outbound import PublicHttp

    return PublicHttp()


def _firestore(settings: FirebaseSettings, clock: Clock, entropy: Entropy) -> "FirestoreStore":
    from .firebase.clients import firestore_client
    from .firebase.store import FirestoreStore

    return FirestoreStore(firestore_client(settings.project), clock, entropy)


def _cloud_tasks(settings: FirebaseSettings) -> Dispatcher:
    from .firebase.clients import tasks_client
    from .firebase.dispatcher import CloudTasksDispatcher, TaskTarget

    place = (settings.project, settings.region, settings.functions_url)
    target = TaskTarget(*place, settings.tasks_account)
    return CloudTasksDispatcher(tasks_client(), target)


def _pubsub(settings: FirebaseSettings) -> Publisher:
    from .firebase.clients import publisher_client
    from .firebase.publisher import PubSubPublisher

    return PubSubPublisher(publisher_client(), settings.project)


def _cloud_storage(settings: FirebaseSettings) -> Files:
    from .firebase.clients import bucket_client
    from .firebase.files import CloudFiles

    return CloudFiles(bucket_client(settings.project, settings.bucket))


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
