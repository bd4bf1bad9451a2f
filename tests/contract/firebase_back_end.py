"""Firestore, Cloud Tasks, Pub/Sub and Cloud Storage as a back end of the contract suites.

Firestore and Pub/Sub are the official emulators; Cloud Tasks is our own server of its
gRPC service; Cloud Storage is gcp-storage-emulator. Each case has a project and a bucket
of its own.
"""

import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import count
from pathlib import Path

import grpc
import msgspec
from google.api_core.exceptions import DeadlineExceeded
from google.pubsub_v1 import ReceivedMessage, SubscriberClient
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from cvplus_workflow.domain.documents import StoredFile
from cvplus_workflow.embedded.dispatcher import REDELIVERY
from cvplus_workflow.firebase.clients import (
    FIRESTORE,
    PUBSUB,
    STORAGE,
    TASKS,
    bucket_client,
    firestore_client,
    publisher_client,
    tasks_client,
)
from cvplus_workflow.firebase.dispatcher import (
    CloudTasksDispatcher,
    TaskTarget,
    queues,
    task_of,
)
from cvplus_workflow.firebase.emulated_tasks import TaskQueues, TaskServer
from cvplus_workflow.firebase.emulators import environment
from cvplus_workflow.firebase.files import CONTENT, CloudFiles
from cvplus_workflow.firebase.publisher import TOPIC, PubSubPublisher, event_of
from cvplus_workflow.firebase.store import FirestoreStore
from cvplus_workflow.ports import Event, Task
from tests.contract.back_ends import BackEnd
from tests.emulation import firestore_host, pubsub_host, storage_host
from tests.workloads import ManualClock, SeededEntropy

_numbers = count(1)


class FirebaseBackEnd(BackEnd):
    """The adapters as they are deployed, on emulators."""

    def __init__(self, _folder: Path) -> None:
        self.clock = ManualClock()
        self.project = f"demo-{os.getpid()}-{next(_numbers)}"
        self._entropy = SeededEntropy()
        self._queues = TaskQueues(self.clock)
        self._tasks = TaskServer(self._queues)
        self._worker = 0
        self._held: dict[str, int] = {}
        self._dead: set[int] = set()
        self._inbox: dict[str, Event] = {}
        self._open()
        self._make_topic()
        self.bucket.create()

    def reopen(self) -> None:
        self._dead.add(self._worker)
        self._worker += 1
        self._open()

    def take(self, queues: Sequence[str] = ("light",), limit: int = 100) -> list[Task]:
        return self._take(self._worker, queues, limit)

    def take_elsewhere(self) -> tuple[list[Task], Callable[[], None]]:
        other = -self._worker - 1
        return self._take(other, ("light",), 100), lambda: self._dead.add(other)

    def free_what_the_dead_hold(self) -> None:
        orphans = [name for name, worker in self._held.items() if worker in self._dead]
        self._queues.release(orphans, timedelta())

    def finish(self, names: Sequence[str]) -> None:
        self._queues.finish(names)

    def release(self, names: Sequence[str]) -> None:
        self._queues.release(names, REDELIVERY)

    def received(self) -> list[Event]:
        """What a listener got whose inbox drops the keys that it knows."""
        while found := self._pulled():
            for message in found:
                event = event_of(message.message.data)
                self._inbox.setdefault(event.key, event)
            ids = [message.ack_id for message in found]
            self._subscriber.acknowledge(subscription=self._subscription, ack_ids=ids)
        return list(self._inbox.values())

    def _pulled(self) -> Sequence[ReceivedMessage]:
        try:
            return self._subscriber.pull(
                subscription=self._subscription, max_messages=100, timeout=0.5
            ).received_messages
        except DeadlineExceeded:
            return []

    def damage(self, folder: str, file: StoredFile) -> None:
        blob = self.bucket.blob(f"{CONTENT}/{folder}/{file.hash}")
        blob.upload_from_string(b"!" + blob.download_as_bytes()[1:])

    def damage_job(self, job_id: str) -> None:
        self._client.document(f"jobs/{job_id}").update({"run.steps": "damaged"})

    def close(self) -> None:
        self._tasks.stop()

    def _take(self, worker: int, classes: Sequence[str], limit: int) -> list[Task]:
        taken = self._queues.take(queues(classes), limit)
        tasks = [task_of(msgspec.json.decode(task.http_request.body)["data"]) for task in taken]
        self._held.update({task.name: worker for task in tasks})
        return tasks

    def _open(self) -> None:
        hosts = {
            FIRESTORE: firestore_host(),
            PUBSUB: pubsub_host(),
            STORAGE: storage_host(),
            TASKS: self._tasks.host,
        }
        with environment(hosts):
            self._client = firestore_client(self.project)
            self._publisher = publisher_client()
            target = TaskTarget(self.project, "us-central1", "http://127.0.0.1/")
            self.dispatcher = CloudTasksDispatcher(tasks_client(), target)
            self.bucket = bucket_client(self.project, f"{self.project}-files")
        self.store = FirestoreStore(self._client, self.clock, self._entropy)
        self.publisher = PubSubPublisher(self._publisher, self.project)
        self.files = CloudFiles(self.bucket)

    def _make_topic(self) -> None:
        channel = grpc.insecure_channel(pubsub_host())
        self._subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
        topic = f"projects/{self.project}/topics/{TOPIC}"
        self._publisher.create_topic(name=topic)
        self._subscription = f"projects/{self.project}/subscriptions/listener"
        self._subscriber.create_subscription(name=self._subscription, topic=topic)
