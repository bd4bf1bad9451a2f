"""The Dispatcher on Cloud Tasks.

A task is a POST to the task-queue function of its step class, in the form that
firebase-functions wants: `{"data": …}`. Cloud Tasks knows no urgency, so each priority of
a class has a queue of its own; the normal one is the queue that the deployer makes with
the function and under its name.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from google.api_core import exceptions
from msgspec import Struct

from ..domain.queue import LIMITS, Priority, StepClass
from ..ports import Task
from .rpc import TIMEOUT_S, service_errors
from .tally import Tally

if TYPE_CHECKING:
    from google.cloud.tasks_v2 import CloudTasksClient
    from google.cloud.tasks_v2.types import OidcToken
    from google.cloud.tasks_v2.types import Task as CloudTask

FUNCTIONS = {
    StepClass.LIGHT: "runLightSteps",
    StepClass.STANDARD: "runStandardSteps",
    StepClass.HEAVY: "runHeavySteps",
}
"""The task-queue function of each step class."""


class TaskTarget(Struct, frozen=True):
    """Where tasks are queued and delivered.

    `url` is what the function's name is added to, `account` the service account whose
    token a delivery carries; without one it carries none, as with emulators.
    """

    project: str
    location: str
    url: str
    account: str = ""


class CloudTasksDispatcher:
    """Tasks in Cloud Tasks, one queue a class and priority; safe for threads."""

    def __init__(self, client: "CloudTasksClient", target: TaskTarget) -> None:
        self._tally = Tally()
        self._client = client
        self._target = target

    @property
    def dispatched(self) -> int:
        """Tasks made until now."""
        return self._tally.of("tasks")

    @property
    def calls(self) -> int:
        """Calls of the service until now, each of them billed."""
        return self._tally.of("calls")

    def dispatch(self, tasks: Sequence[Task]) -> None:
        """See `ports.Dispatcher`."""
        for task in tasks:
            with service_errors("Cloud Tasks"):
                self._create(task)

    def cancel(self, names: Sequence[str]) -> None:
        """See `ports.Dispatcher`. The name does not tell the queue, so all are asked."""
        for name in names:
            for queue in queues():
                with service_errors("Cloud Tasks"):
                    self._delete(f"{self._queue(queue)}/tasks/{name}")

    def _create(self, task: Task) -> None:
        parent = self._queue(queue_of(task))
        self._tally.add(calls=1)
        try:
            self._client.create_task(
                parent=parent, task=self._cloud_task(parent, task), timeout=TIMEOUT_S
            )
        except exceptions.AlreadyExists:
            return
        self._tally.add(tasks=1)

    def _delete(self, name: str) -> None:
        self._tally.add(calls=1)
        try:
            self._client.delete_task(name=name, timeout=TIMEOUT_S)
        except (exceptions.NotFound, exceptions.FailedPrecondition):
            # It has run, or runs: what it carries is refused by the fence.
            return

    def _cloud_task(self, parent: str, task: Task) -> "CloudTask":
        # Whoever only reads tasks needs none of Google's types for them.
        from google.cloud.tasks_v2.types import HttpMethod, HttpRequest
        from google.cloud.tasks_v2.types import Task as CloudTask

        limits = LIMITS[StepClass(task.queue)]
        return CloudTask(
            name=f"{parent}/tasks/{task.name}",
            schedule_time=task.not_before,
            dispatch_deadline=timedelta(seconds=limits.timeout_s),
            http_request=HttpRequest(
                url=self._target.url + FUNCTIONS[StepClass(task.queue)],
                http_method=HttpMethod.POST,
                headers={"Content-Type": "application/json"},
                body=msgspec.json.encode({"data": task}),
                oidc_token=self._token(),
            ),
        )

    def _token(self) -> "OidcToken | None":
        from google.cloud.tasks_v2.types import OidcToken

        account = self._target.account
        return OidcToken(service_account_email=account) if account else None

    def _queue(self, name: str) -> str:
        return f"projects/{self._target.project}/locations/{self._target.location}/queues/{name}"


def queue_of(task: Task) -> str:
    """The queue of a task's class and priority."""
    function = FUNCTIONS[StepClass(task.queue)]
    priority = list(Priority)[task.rank]
    return function if priority is Priority.NORMAL else f"{function}-{priority}"


def queues(classes: Sequence[str] = tuple(StepClass)) -> list[str]:
    """The queues of `classes`, the most urgent first."""
    ranks = range(len(Priority))
    return [queue_of(Task("", "", name, rank)) for rank in ranks for name in classes]


def task_of(data: Any) -> Task:
    """The task that a delivery carries; raises `msgspec.ValidationError` if it carries none."""
    return msgspec.convert(data, Task)
