"""Runs ended, held up and opened anew; callbacks (J3, J5, J7, F4)."""

from datetime import timedelta

import pytest

from cvplus_workflow.domain import protocol
from cvplus_workflow.domain.attempts import Attempt, HandedOver
from cvplus_workflow.domain.outbox import RELAY_GRACE
from cvplus_workflow.domain.protocol import (
    PAUSE_LIMIT,
)
from cvplus_workflow.domain.states import JobStatus, StepState
from cvplus_workflow.errors import Code, WorkflowError
from tests.domain.scenes import task_of, two_features
from tests.workloads import (
    FEATURES,
    JobScene,
    catalogue,
    failure,
    feature,
    quiet,
    success,
)

ONE, OTHER, THIRD = FEATURES[:3]


def test_cancelling_ends_the_run_at_once_and_running_attempts_cannot_commit() -> None:
    """J5."""
    scene = JobScene()
    running = scene.settle(success(scene.claim()[0]))
    scene.cancel()
    cancelled = scene.job
    assert scene.settle(*map(success, running)) == []
    assert scene.job == cancelled
    assert cancelled.status == JobStatus.CANCELLED
    assert cancelled.run.steps["parse"].state == StepState.COMPLETED
    assert {cancelled.run.steps[name].state for name in FEATURES} == {StepState.CANCELLED}


def test_a_task_of_a_cancelled_job_claims_nothing() -> None:
    scene = JobScene()
    (task,) = scene.tasks()
    scene.cancel()
    assert scene.claim(task) == []


def test_a_paused_job_starts_nothing_but_commits_what_runs() -> None:
    """J3."""
    scene = two_features()
    (one,) = scene.claim(task_of(scene, ONE))
    queued = task_of(scene, OTHER)
    scene.pause()
    assert scene.claim(queued) == []
    scene.settle(success(one))
    assert scene.states()[ONE] == StepState.COMPLETED
    assert scene.states()[OTHER] == StepState.QUEUED
    assert scene.job.status == JobStatus.PAUSED


def test_a_paused_job_asks_nothing_of_the_sweep_until_its_limit_then_is_cancelled() -> None:
    scene = two_features()
    (one,) = scene.claim(task_of(scene, ONE))
    paused_at = scene.now
    scene.pause()
    scene.settle(failure(one))
    assert scene.job.run.deadline == paused_at + PAUSE_LIMIT
    assert scene.job.run.effects == []
    scene.clock.advance(PAUSE_LIMIT.total_seconds())
    scene.sweep()
    assert scene.job.status == JobStatus.CANCELLED


def test_resuming_goes_back_to_where_the_job_was_and_dispatches_anew() -> None:
    scene = two_features()
    before = scene.job.status
    scene.pause()
    scene.claim(task_of(scene, ONE))
    scene.resume()
    assert scene.job.status == before
    assert {e.name for e in scene.job.run.effects} == set(scene.tasks())
    scene.work()
    assert scene.job.status == JobStatus.COMPLETED


def test_a_job_that_fails_while_paused_has_no_pause_left() -> None:
    scene = JobScene()
    (parse,) = scene.claim()
    scene.pause()
    scene.settle(failure(parse, Code.DATA_LOSS, "gone"))
    assert scene.job.status == JobStatus.FAILED
    assert scene.job.run.deadline == scene.now + RELAY_GRACE
    with pytest.raises(WorkflowError, match="cannot become"):
        scene.resume()


def test_a_job_that_is_not_paused_cannot_be_resumed() -> None:
    scene = JobScene()
    with pytest.raises(WorkflowError) as caught:
        scene.resume()
    assert caught.value.code == Code.FAILED_PRECONDITION


@pytest.mark.parametrize("parsed", [False, True])
def test_a_reopened_job_keeps_what_completed_and_counts_attempts_on(parsed: bool) -> None:
    """J7: resume from the last checkpoint."""
    scene = JobScene()
    (parse,) = scene.claim()
    running = scene.settle(success(parse)) if parsed else [parse]
    scene.cancel()
    scene.reopen()
    assert (scene.job.run.number, scene.job.completed_at, scene.job.error) == (2, None, "")
    assert scene.states()["parse"] == (StepState.COMPLETED if parsed else StepState.QUEUED)
    assert scene.settle(*map(success, running)) == []
    scene.work()
    assert scene.job.status == JobStatus.COMPLETED
    assert all(scene.step(attempt.step).attempt == 2 for attempt in running)


def test_a_job_cancelled_while_paused_is_not_paused_when_it_is_reopened() -> None:
    scene = JobScene()
    scene.pause()
    scene.cancel()
    scene.reopen()
    with pytest.raises(WorkflowError, match="not paused"):
        scene.resume()


@pytest.mark.parametrize("first", [ONE, "assemble"])
def test_a_job_run_again_from_a_step_runs_it_and_what_follows_and_nothing_else(first: str) -> None:
    """J7: re-run from a chosen step, as a new run."""
    scene = JobScene(catalogue(feature(ONE), feature(OTHER)))
    scene.work()
    scene.alter(quiet(lambda job, now, cmd: protocol.reopen(job, now, cmd, first)))
    assert scene.job.progress < 100
    scene.work()
    attempts = {name: step.attempt for name, step in scene.job.run.steps.items()}
    again = {first, "assemble", "quality"}
    assert attempts == {name: 2 if name in again else 1 for name in attempts}
    assert (scene.job.status, scene.job.run.number) == (JobStatus.COMPLETED, 2)


def test_a_step_that_the_job_does_not_have_cannot_be_run_again() -> None:
    scene = JobScene(catalogue())
    scene.work()
    with pytest.raises(WorkflowError, match="the job has no step zodiac"):
        scene.alter(quiet(lambda job, now, cmd: protocol.reopen(job, now, cmd, "zodiac")))


def handed_over() -> tuple[JobScene, Attempt]:
    scene = two_features(max_attempts=2)
    (one,) = scene.claim(task_of(scene, ONE))
    scene.settle(HandedOver(one, 100))
    return scene, one


def test_a_step_that_a_service_has_taken_waits_for_its_callback_with_a_deadline() -> None:
    """F4."""
    scene, one = handed_over()
    assert scene.states()[ONE] == StepState.WAITING
    assert scene.step(ONE).until == scene.now + timedelta(seconds=100)
    assert scene.job.enhanced_features[ONE].status == "processing"
    scene.settle(success(one))
    assert scene.states()[ONE] == StepState.COMPLETED


def test_a_callback_that_does_not_come_is_a_failure_that_is_tried_again() -> None:
    scene, one = handed_over()
    scene.clock.advance(100)
    scene.sweep()
    assert scene.states()[ONE] == StepState.QUEUED
    scene.settle(success(one))
    (again,) = scene.claim(task_of(scene, ONE))
    assert again.number == one.number + 1
    scene.settle(success(one))
    assert scene.states()[ONE] == StepState.RUNNING


def test_a_callback_that_comes_before_the_handing_over_is_committed_wins() -> None:
    scene = two_features()
    (one,) = scene.claim(task_of(scene, ONE))
    scene.settle(success(one))
    scene.settle(HandedOver(one, 100))
    assert scene.states()[ONE] == StepState.COMPLETED


def test_only_a_failed_or_cancelled_job_is_reopened() -> None:
    scene = JobScene()
    with pytest.raises(WorkflowError, match="The job is pending") as caught:
        scene.reopen()
    assert caught.value.details == {"from": "pending"}
