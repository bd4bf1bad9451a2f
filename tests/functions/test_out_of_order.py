"""Deliveries that come in another order than they were made, also from a run that is over (J7)."""

import json
import threading

import pytest
from google.cloud.tasks_v2.types import Task as CloudTask

from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.states import JobStatus, StepState
from cvplus_workflow.ports import StepAnswer, StepCall

from .cloud import SOON, Cloud, carried
from .delegated import SKILLS, Delegated, pushed

pytestmark = pytest.mark.xdist_group("emulated")

TIMELINE = "interactive-timeline"


class Waves:
    """The tasks of a job in the order in which they were made; each delivery is of all of them."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._seen: list[CloudTask] = []

    def take(self) -> int:
        """Hold the tasks that are due; answers how many."""
        taken = self._cloud.take()
        self._seen += taken
        return len(taken)

    def deliver_reversed(self) -> None:
        """Deliver every task until now, the latest first."""
        backwards = self._seen[::-1]
        assert [self._cloud.deliver(task) for task in backwards] == [200] * len(backwards)
        self._cloud.done(backwards)


def test_tasks_of_several_waves_that_come_in_reverse_are_one_job(cloud: Cloud) -> None:
    undisturbed = cloud.ended(cloud.create())
    with cloud.held_tasks():
        job, waves = cloud.create(features=None), Waves(cloud)
        assert waves.take() == 1
        for status in ("paused", "processing"):
            cloud.call("updateJobStatus", {"jobId": job, "status": status})
        # The task of before the pause is still under way, and another one carries its step.
        assert waves.take() == 1
        waves.deliver_reversed()
        assert cloud.job(job).status is JobStatus.ANALYZED
        cloud.call("orchestrateFeatures", {"jobId": job, "features": [SKILLS, TIMELINE]})
        while waves.take():
            waves.deliver_reversed()
        done = cloud.job(job)
        waves.deliver_reversed()
    assert done.status is JobStatus.COMPLETED
    assert cloud.job(job) == done
    steps = [entry.step for entry in done.run.history if entry.event == "completed" and entry.step]
    assert len(steps) == len(set(steps))
    assert _outputs(done) == _outputs(undisturbed)


def test_a_task_and_an_answer_of_a_run_that_is_over_change_nothing_in_the_next(
    cloud: Cloud,
) -> None:
    """F4: neither before the step of the new run is claimed, nor while a service has it again."""
    delegated = Delegated(cloud)
    old_answer, old_tasks = delegated.answer(), delegated.tasks
    assert cloud.call("updateFeatureStatus", old_answer).http == 200
    assert cloud.ended(delegated.id).status is JobStatus.COMPLETED

    def late() -> None:
        """All that run 1 had comes once more."""
        before = cloud.job(delegated.id)
        assert [cloud.deliver(task) for task in old_tasks] == [200] * len(old_tasks)
        assert pushed(cloud, json.dumps(old_answer).encode()) == 204
        assert cloud.call("updateFeatureStatus", old_answer).http == 200
        assert cloud.job(delegated.id) == before

    with cloud.held_tasks():
        cloud.call("rerunJob", {"jobId": delegated.id, "step": SKILLS})
        assert delegated.state(cloud) is StepState.QUEUED
        late()
        delegated.hand_over(cloud)
        assert (delegated.state(cloud), delegated.attempt) == (StepState.WAITING, 2)
        late()
    assert cloud.call("updateFeatureStatus", delegated.answer()).http == 200
    done = cloud.ended(delegated.id)
    assert (done.status, done.run.number) == (JobStatus.COMPLETED, 2)
    late()


def test_a_body_of_a_run_that_is_over_commits_nothing_while_the_next_one_runs(
    cloud: Cloud,
) -> None:
    begun, over = threading.Event(), threading.Event()
    seen: list[Job] = []

    def meet(call: StepCall) -> StepAnswer | None:
        if call.step == "parse" and call.attempt == 1:
            begun.set()
            assert over.wait(SOON)
        elif call.step == "parse":
            seen.append(cloud.job(job))
            over.set()
            old.join(SOON)
            seen.append(cloud.job(job))
        return None

    with cloud.held_tasks(), cloud.other_instance(meet) as other:
        job = cloud.create()
        first = cloud.take()
        old = threading.Thread(target=other.carry, args=(carried(first[0]),), daemon=True)
        old.start()
        assert begun.wait(SOON)
        cloud.call("cancelJob", {"jobId": job})
        assert cloud.call("processJob", {"jobId": job}).http == 200
        (second,) = cloud.take()
        assert other.carry(carried(second))
        cloud.done([*first, second])
    before, after = seen
    assert (before.run.number, before.run.steps["parse"].state) == (2, StepState.RUNNING)
    assert after == before
    assert not old.is_alive()
    done = cloud.ended(job)
    assert (done.status, done.run.steps["parse"].attempt) == (JobStatus.COMPLETED, 2)


def _outputs(job: Job) -> dict[str, str]:
    return {name: step.output.hash for name, step in job.run.steps.items() if step.output}
