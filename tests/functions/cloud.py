"""The system on emulators as tests see it: from outside by HTTP, and its documents and tasks."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from google.cloud.tasks_v2.types import Task as CloudTask
from google.pubsub_v1.types import PubsubMessage

from cvplus_workflow.app import FirebaseApp
from cvplus_workflow.domain.change import Change, Put, Reader
from cvplus_workflow.domain.documents import Job, job_ref
from cvplus_workflow.emulate import Stack
from cvplus_workflow.firebase.clients import bucket_client, firestore_client, publisher_client
from cvplus_workflow.firebase.dispatcher import queues
from cvplus_workflow.firebase.emulators import environment
from cvplus_workflow.firebase.files import CloudFiles
from cvplus_workflow.firebase.store import FirestoreStore
from cvplus_workflow.ports import Report, StepAnswer, StepCall, StepReply, unheard
from cvplus_workflow.settings import FirebaseSettings
from cvplus_workflow.steps.registry import BUILT_IN
from cvplus_workflow.steps.runner import StepRunner
from tests.e2e.faults import until
from tests.workloads import ManualClock, SeededEntropy

from .web import Remote, Reply, User, new_job

ADA = User("ada", "acme")
ENDED = ("completed", "failed", "cancelled")
SOON = 120.0
"""Seconds in which everything here happens; a twentieth of them as a rule."""

Aside = Callable[[StepCall], StepAnswer | None]
"""Answers a call in place of its body; None to let the body run."""


class OtherRunner:
    """The real bodies, of an instance in this process; `aside` sees each call first."""

    def __init__(self, aside: Aside) -> None:
        self._aside = aside
        self._real = StepRunner(BUILT_IN)
        self.check = self._real.check
        self.close = self._real.close

    def run(self, calls: Sequence[StepCall], report: Report = unheard) -> list[StepAnswer]:
        return [self._aside(call) or self._real.run([call], report)[0] for call in calls]

    def body(self, call: StepCall) -> StepReply:
        (reply,) = self._real.run([call])
        assert isinstance(reply, StepReply)
        return reply

    def active(self) -> list[tuple[str, int]]:
        return []

    def stop(self, calls: Collection[tuple[str, int]]) -> None:
        raise AssertionError("nothing is active")


class Cloud:
    """Calls functions, looks at what they left, and delivers tasks by hand."""

    def __init__(self, stack: Stack, log: Path) -> None:
        self.stack = stack
        self._log = log
        self.web = Remote(stack.url)
        with environment(stack.environment):
            clock, entropy = ManualClock(), SeededEntropy()
            self.store = FirestoreStore(firestore_client(stack.project), clock, entropy)
            self.files = CloudFiles(bucket_client(stack.project, stack.bucket))
            self._publisher = publisher_client()

    def close(self) -> None:
        self._publisher.transport.close()

    def call(self, name: str, data: object, user: User = ADA) -> Reply:
        return self.web.call(name, data, user)

    def create(self, **changes: object) -> str:
        """A job of Ada's; answers its id."""
        made = self.call("createJob", new_job(**changes))
        assert made.http == 200, made
        name: str = made.result["id"]
        return name

    def log(self) -> str:
        """What the functions process has written."""
        return self._log.read_text()

    def job(self, job_id: str) -> Job:
        found = self.store.get(job_ref(job_id))
        assert found is not None
        return found

    def ended(self, job_id: str) -> Job:
        """The job, once it has ended and its tasks are delivered."""
        assert until(lambda: self.job(job_id).status.value in ENDED, SOON), self.job(job_id).run
        assert until(self.stack.queues.is_empty, SOON)
        return self.job(job_id)

    def publish(self, topic: str, data: bytes) -> None:
        name = f"projects/{self.stack.project}/topics/{topic}"
        self._publisher.publish(topic=name, messages=[PubsubMessage(data=data)])

    @contextmanager
    def held_tasks(self) -> Iterator[None]:
        """Meanwhile tasks are queued and not delivered, but by `deliver`."""
        self.stack.stop_deliveries()
        try:
            yield
        finally:
            self.stack.start_deliveries()

    def take(self) -> list[CloudTask]:
        """The tasks that are due, from now on held."""
        return self.stack.queues.take(queues(), 100)

    def deliver(self, task: CloudTask) -> int:
        """Deliver a task once, as Cloud Tasks does; answers the status."""
        name = task.http_request.url.rpartition("/")[2]
        status, _ = self.web.send(name, task.http_request.body)
        return status

    def done(self, tasks: Sequence[CloudTask]) -> None:
        """Forget tasks: delivered with success, or lost."""
        self.stack.queues.finish([task.name.rpartition("/")[2] for task in tasks])

    @contextmanager
    def other_instance(self, aside: Aside) -> Iterator[FirebaseApp]:
        """The same system once more, in this process, where calls of bodies can be met."""
        runner = OtherRunner(aside)
        with environment(self.stack.environment):
            app = FirebaseApp(FirebaseSettings(), runner=runner)
            yield app
        runner.close()

    def make_overdue(self, job_id: str, by: timedelta) -> None:
        """Let a job's deadlines lie in the past, as if that much time had gone by."""

        def decide(reader: Reader) -> Change[None]:
            job = reader.get(job_ref(job_id))
            assert job is not None
            assert job.run.deadline is not None
            for step in job.run.steps.values():
                step.until = step.until and reader.now - by
            job.run.relay_by = job.run.relay_by and reader.now - by
            job.run.deadline = reader.now - by
            return Change(None, (Put(job_ref(job_id), job),))

        self.store.transact(decide, f"overdue-{job_id}")


def carried(task: CloudTask) -> Any:
    """The data of a task."""
    return msgspec.json.decode(task.http_request.body)["data"]


def work_by_hand(cloud: Cloud, step: str, held: Callable[[Job], bool]) -> Job:
    """Run a job's tasks here until none is left; the body of `step` takes until `held`.

    The job is the next one that has such a step; answers it.
    """
    jobs: list[str] = []

    def wait(call: StepCall) -> StepAnswer | None:
        if call.step == step:
            jobs.append(call.key.partition("/")[0])
            assert until(lambda: held(cloud.job(jobs[0])), SOON)
        return None

    def is_over() -> bool:
        carry_all(cloud, other)
        return bool(jobs) and cloud.stack.queues.is_empty()

    with cloud.other_instance(wait) as other:
        assert until(is_over, SOON)
    return cloud.job(jobs[0])


def carry_all(cloud: Cloud, other: FirebaseApp) -> None:
    """Let `other` carry the tasks that are due, until none is."""
    while tasks := cloud.take():
        for task in tasks:
            assert other.carry(carried(task))
        cloud.done(tasks)
