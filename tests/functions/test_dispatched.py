"""What Cloud Tasks is asked for: where, when, for how long, and as whom it delivers (J1, I9)."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest
from google.cloud.tasks_v2.types import HttpMethod
from google.cloud.tasks_v2.types import Task as CloudTask

from cvplus_workflow.domain.queue import LIMITS, Priority, StepClass
from cvplus_workflow.firebase.clients import TASKS, tasks_client
from cvplus_workflow.firebase.dispatcher import (
    FUNCTIONS,
    CloudTasksDispatcher,
    TaskTarget,
    queues,
    task_of,
)
from cvplus_workflow.firebase.emulated_tasks import TaskQueues, TaskServer
from cvplus_workflow.firebase.emulators import environment
from cvplus_workflow.ports import Task
from tests.workloads import ManualClock

URL, ACCOUNT = "https://functions.example/", "tasks@demo-tasks.example"
NORMAL = list(Priority).index(Priority.NORMAL)
LATER = timedelta(minutes=5)


class Service:
    """A server of Cloud Tasks, and tasks that are dispatched to it."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self._queues = TaskQueues(self.clock)
        self._server = TaskServer(self._queues)
        with environment({TASKS: self._server.host}):
            self._client = tasks_client()

    def made(self, task: Task, account: str = ACCOUNT) -> CloudTask:
        """The task as the service got it, once its time has come."""
        target = TaskTarget("demo-tasks", "us-central1", URL, account)
        CloudTasksDispatcher(self._client, target).dispatch([task])
        self.clock.advance(LATER.total_seconds())
        (found,) = self._queues.take(queues(), 10)
        self._queues.finish([task.name])
        return found

    def close(self) -> None:
        self._client.transport.close()
        self._server.stop()


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    one = Service()
    yield one
    one.close()


@pytest.mark.parametrize("step_class", StepClass)
def test_a_task_goes_to_the_function_of_its_class_for_as_long_as_that_may_take(
    service: Service, step_class: StepClass
) -> None:
    task = Task(f"j-1-{step_class}", "j", step_class, NORMAL)
    made = service.made(task)
    name = FUNCTIONS[step_class]
    assert made.name == f"projects/demo-tasks/locations/us-central1/queues/{name}/tasks/{task.name}"
    assert (made.http_request.url, made.http_request.http_method) == (URL + name, HttpMethod.POST)
    assert made.dispatch_deadline == timedelta(seconds=LIMITS[step_class].timeout_s)
    assert task_of(msgspec.json.decode(made.http_request.body)["data"]) == task


def test_a_task_with_a_time_is_delivered_then(service: Service) -> None:
    at = service.clock.now() + LATER
    made = service.made(Task("j-1-timed", "j", "light", NORMAL, not_before=at))
    assert made.schedule_time == at


def test_a_delivery_carries_the_token_of_the_account_and_on_emulators_none(
    service: Service,
) -> None:
    """I9: the functions for steps are called by that account alone."""
    made = service.made(Task("j-1-token", "j", "light", NORMAL))
    assert made.http_request.oidc_token.service_account_email == ACCOUNT
    made = service.made(Task("j-1-bare", "j", "light", NORMAL), account="")
    assert "oidc_token" not in made.http_request
