"""Cloud Tasks on this machine: its gRPC service, with schedule times, names and delivery.

There is no official emulator of it. This one keeps tasks in memory, refuses a name that
it knows, holds a task back until its time, and delivers it by POST until it is answered
with success. Queues need not be made; earlier ones of `order` are served first.
"""

import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.request import Request, urlopen

import grpc
from google.cloud.tasks_v2.types import CreateTaskRequest, DeleteTaskRequest
from google.cloud.tasks_v2.types import Task as CloudTask
from google.protobuf.empty_pb2 import Empty
from msgspec import Struct

from ..ports import Clock
from .documents import plain_time

FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=0.1), timedelta(seconds=60)
"""The wait before a delivery is tried again: doubled each time between these."""

POLL_SECONDS = 0.02


class _Queued(Struct):
    task: CloudTask
    due: datetime
    number: int
    held: bool = False
    tries: int = 0

    @property
    def queue(self) -> str:
        return str(self.task.name).split("/")[-3]

    @property
    def id(self) -> str:
        return str(self.task.name).rpartition("/")[2]


class TaskQueues:
    """All queues; safe for threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._queued: dict[str, _Queued] = {}
        self._known: set[str] = set()

    def create(self, task: CloudTask) -> bool:
        """Queue a task; False if its name is or was known."""
        with self._lock:
            if task.name in self._known:
                return False
            self._known.add(task.name)
            due = plain_time(task.schedule_time) if "schedule_time" in task else self._clock.now()
            item = _Queued(task, due, len(self._known))
            self._queued[item.id] = item
            return True

    def delete(self, name: str) -> bool:
        """Take a task back; False if it is not there, or is being delivered."""
        with self._lock:
            item = self._queued.get(name.rpartition("/")[2])
            if item is None or item.held or item.task.name != name:
                return False
            del self._queued[item.id]
            return True

    def take(self, order: Sequence[str], limit: int) -> list[CloudTask]:
        """Due tasks of the queues in `order`, now held: earlier queues first, then older tasks."""
        place = {queue: number for number, queue in enumerate(order)}
        with self._lock:
            now = self._clock.now()
            due = [
                item
                for item in self._queued.values()
                if not item.held and item.due <= now and item.queue in place
            ]
            due.sort(key=lambda item: (place[item.queue], item.number))
            for item in due[:limit]:
                item.held, item.tries = True, item.tries + 1
            return [item.task for item in due[:limit]]

    def finish(self, ids: Collection[str]) -> None:
        """Forget delivered tasks; their names stay known."""
        with self._lock:
            for task_id in ids:
                if task_id in self._queued and self._queued[task_id].held:
                    del self._queued[task_id]

    def release(self, ids: Collection[str], rest: timedelta | None = None) -> None:
        """Let tasks come again after `rest`, or after a wait that grows with their tries."""
        with self._lock:
            for task_id in ids:
                item = self._queued.get(task_id)
                if item is not None and item.held:
                    grown = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(item.tries - 1, 12))
                    item.held = False
                    item.due = self._clock.now() + (grown if rest is None else rest)

    def is_empty(self) -> bool:
        """Whether nothing is queued or under way."""
        with self._lock:
            return not self._queued


class TaskServer:
    """The gRPC service of Cloud Tasks on a free port; `host` is its address."""

    def __init__(self, queues: TaskQueues) -> None:
        self._queues = queues
        self._server = grpc.server(ThreadPoolExecutor(8))
        methods = {
            "CreateTask": _method(self._create, CreateTaskRequest, CloudTask.serialize),
            "DeleteTask": _method(self._delete, DeleteTaskRequest, Empty.SerializeToString),
        }
        service = "google.cloud.tasks.v2.CloudTasks"
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(service, methods),)
        )
        self.host = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def stop(self) -> None:
        """Answer nobody any more."""
        self._server.stop(None).wait()

    def _create(self, request: CreateTaskRequest, context: grpc.ServicerContext) -> CloudTask:
        if not self._queues.create(request.task):
            context.abort(grpc.StatusCode.ALREADY_EXISTS, "The task name is known.")
        return request.task

    def _delete(self, request: DeleteTaskRequest, context: grpc.ServicerContext) -> Empty:
        if not self._queues.delete(request.name):
            context.abort(grpc.StatusCode.NOT_FOUND, "There is no such task.")
        return Empty()


class TaskDelivery:
    """Delivers due tasks of the queues in `order` by POST, `together` at a time."""

    def __init__(self, queues: TaskQueues, order: Sequence[str], together: int = 4) -> None:
        self._queues = queues
        self._order = order
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._deliver) for _ in range(together)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the deliveries in hand."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _deliver(self) -> None:
        while not self._stop.is_set():
            taken = self._queues.take(self._order, 1)
            for task in taken:
                task_id = str(task.name).rpartition("/")[2]
                if _delivered(task):
                    self._queues.finish([task_id])
                else:
                    self._queues.release([task_id])
            if not taken:
                self._stop.wait(POLL_SECONDS)


def _delivered(task: CloudTask) -> bool:
    asked = task.http_request
    queue, task_id = str(task.name).split("/")[-3], str(task.name).rpartition("/")[2]
    headers = {
        **asked.headers,
        "X-CloudTasks-QueueName": queue,
        "X-CloudTasks-TaskName": task_id,
    }
    request = Request(asked.url, asked.body, headers, method="POST")  # noqa: S310 - our own functions
    try:
        with urlopen(request, timeout=task.dispatch_deadline.total_seconds()):  # noqa: S310
            return True
    except (OSError, HTTPException):
        return False


def _method(
    answer: Callable[..., Any], request: Any, serialize: Callable[[Any], bytes]
) -> grpc.RpcMethodHandler:
    return grpc.unary_unary_rpc_method_handler(answer, request.deserialize, serialize)
