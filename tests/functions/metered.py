"""The system on the real adapters and emulators, with a meter on everything that is billed.

Firestore and Pub/Sub are counted by their adapters, Cloud Storage by its requests, Cloud
Tasks by the adapter and the deliveries. Tasks are carried here, by hand or by threads.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from os import getpid
from typing import Any, TypeVar

import msgspec
from google.cloud.tasks_v2.types import Task as CloudTask
from msgspec import Struct

from cvplus_workflow.app import App
from cvplus_workflow.domain.documents import Job, job_ref
from cvplus_workflow.domain.queue import StepClass
from cvplus_workflow.embedded.system import SystemClock, SystemEntropy
from cvplus_workflow.firebase.clients import (
    TASKS,
    bucket_client,
    firestore_client,
    publisher_client,
    tasks_client,
)
from cvplus_workflow.firebase.dispatcher import CloudTasksDispatcher, TaskTarget, queues
from cvplus_workflow.firebase.emulated_tasks import TaskQueues, TaskServer
from cvplus_workflow.firebase.emulators import environment
from cvplus_workflow.firebase.files import CloudFiles
from cvplus_workflow.firebase.publisher import TOPIC, PubSubPublisher
from cvplus_workflow.firebase.recent import Recent
from cvplus_workflow.firebase.signer import SecretSigner
from cvplus_workflow.firebase.store import FirestoreStore
from cvplus_workflow.ports import Clock
from cvplus_workflow.steps.registry import Registry
from cvplus_workflow.steps.runner import StepRunner

CLASS_A = ("POST", "PUT", "PATCH")
"""Requests that Cloud Storage bills as class A; GET is class B, DELETE is free."""

AnyStore = TypeVar("AnyStore", bound=FirestoreStore)

_numbers = count(1)


class Bill(Struct, frozen=True):
    """What a piece of work asked of each service, in the units that are billed.

    Firestore: documents read, written and deleted, the commits among them, queries, and
    commits that were refused for contention. `tasks` were made by so many `task_calls`,
    and delivered `deliveries` times. `published` events have `volume` bytes.
    `class_a` and `class_b` are operations of Cloud Storage.
    """

    reads: int
    writes: int
    deletes: int
    commits: int
    queries: int
    contentions: int
    tasks: int
    task_calls: int
    deliveries: int
    published: int
    volume: int
    class_a: int
    class_b: int


class MeteredCloud:
    """One system in a project of its own; `hosts` are the emulators', by their variables."""

    def __init__(
        self, hosts: Mapping[str, str], steps: Registry, clock: Clock | None = None
    ) -> None:
        self.project = f"demo-metered-{getpid()}-{next(_numbers)}"
        self.clock, self.deliveries = clock or SystemClock(), 0
        self._steps = steps
        self._storage: Counter[str] = Counter()
        self.queues = TaskQueues(self.clock)
        self._tasks = TaskServer(self.queues)
        self._connect({**hosts, TASKS: self._tasks.host})
        self.runner = StepRunner(steps)
        self.app = self.instance(self.store)

    def instance(self, store: FirestoreStore) -> App:
        """The same system once more, on a store of its own."""
        return App(
            store,
            self.dispatcher,
            self.publisher,
            self.files,
            self.clock,
            SystemEntropy(),
            self.runner,
            SecretSigner("k" * 32),
            self._steps,
        )

    def new_store(self, kind: type[AnyStore]) -> AnyStore:
        """Another store on the same documents, which counts for itself."""
        return kind(self.client, self.clock, SystemEntropy())

    def bill(self) -> Bill:
        """Everything until now."""
        used = msgspec.structs.asdict(self.store.usage)
        return Bill(
            **used,
            tasks=self.dispatcher.dispatched,
            task_calls=self.dispatcher.calls,
            deliveries=self.deliveries,
            published=self.publisher.publishes,
            volume=self.publisher.volume,
            class_a=sum(self._storage[method] for method in CLASS_A),
            class_b=self._storage["GET"],
        )

    @contextmanager
    def metered(self) -> Iterator[list[Bill]]:
        """What is done meanwhile; its bill is in the list afterwards."""
        before, bills = self.bill(), list[Bill]()
        yield bills
        bills.append(difference(self.bill(), before))

    def forget(self) -> None:
        """Let what comes next be done by an instance that has not seen a document yet."""
        self.store._recent = Recent(self.client, self.clock)

    def take(self) -> list[CloudTask]:
        """The next task that is due, from now on held; nothing if none is."""
        return self.queues.take(queues(tuple(StepClass)), 1)

    def carry(self, app: App | None = None) -> bool:
        """Deliver the next task that is due; False if none is."""
        taken = self.take()
        for task in taken:
            self.deliver(task, app)
        return bool(taken)

    def deliver(self, task: CloudTask, app: App | None = None) -> None:
        """Carry a task as its function does."""
        task_id = str(task.name).rpartition("/")[2]
        data = msgspec.json.decode(task.http_request.body)["data"]
        self.deliveries += 1
        if (app or self.app).carry(data):
            self.queues.finish([task_id])
        else:
            self.queues.release([task_id])

    def job(self, job_id: str) -> Job:
        """The job, read without being metered."""
        found = self._watcher.get(job_ref(job_id))
        assert found is not None
        return found

    def close(self) -> None:
        """End the children and the queues."""
        self.runner.close()
        self._dispatching.transport.close()
        self._publisher.transport.close()
        self._tasks.stop()
        self.client.close()

    def _connect(self, hosts: dict[str, str]) -> None:
        with environment(hosts):
            self.client = firestore_client(self.project)
            self._publisher = publisher_client()
            self._dispatching = tasks_client()
            bucket = bucket_client(self.project, f"{self.project}-files")
        target = TaskTarget(self.project, "us-central1", "http://127.0.0.1/")
        bucket.create()
        bucket.client._http.hooks["response"].append(self._count)
        self.store, self._watcher = (self.new_store(FirestoreStore) for _ in range(2))
        self.dispatcher = CloudTasksDispatcher(self._dispatching, target)
        self.files = CloudFiles(bucket)
        self.publisher = PubSubPublisher(self._publisher, self.project)
        self._publisher.create_topic(name=f"projects/{self.project}/topics/{TOPIC}")

    def _count(self, response: Any, *_: Any, **__: Any) -> None:
        self._storage[response.request.method] += 1


def difference(after: Bill, before: Bill) -> Bill:
    """What was asked between two bills."""
    earlier = msgspec.structs.asdict(before)
    later = msgspec.structs.asdict(after)
    return Bill(**{name: number - earlier[name] for name, number in later.items()})
