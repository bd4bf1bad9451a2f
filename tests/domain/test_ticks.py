"""Progress inside a step: what may be shown of it, and that nothing depends on it."""

import pytest

from cvplus_workflow.domain import protocol
from cvplus_workflow.domain.attempts import Attempt, HandedOver
from cvplus_workflow.domain.protocol import LAST_TICK, TICK_EVERY
from cvplus_workflow.domain.queue import StepClass
from tests.domain.scenes import ONE, OTHER
from tests.workloads import JobScene, catalogue, failure, feature, success

SECONDS = TICK_EVERY.total_seconds()


@pytest.fixture
def scene() -> JobScene:
    """The attempts 1 of ONE and OTHER run, side by side."""
    both = [feature(name, step_class=StepClass.STANDARD) for name in (ONE, OTHER)]
    scene = JobScene(catalogue(*both))
    scene.settle(success(scene.claim()[0]))
    assert [attempt.step for attempt in scene.claim()] == [ONE, OTHER]
    return scene


def tick(scene: JobScene, step: str = ONE, percent: int = 40, attempt: int = 1) -> bool:
    """Whether the tick was written."""
    commits = scene.ledger.commits
    mark = Attempt(step, attempt)
    scene.alter(lambda job, now, _: () if protocol.tick(job, mark, percent, now) else None)
    return scene.ledger.commits > commits


def shown(scene: JobScene, step: str = ONE) -> int:
    return scene.job.enhanced_features[step].progress


def test_a_tick_shows_how_far_its_feature_is_and_leaves_the_job_where_it_was(
    scene: JobScene,
) -> None:
    before = scene.job
    assert tick(scene)
    after = scene.job
    assert (shown(scene), shown(scene, OTHER)) == (40, 0)
    assert 0 < after.progress == before.progress
    assert after.status is before.status
    assert after.updated_at > before.updated_at
    assert (after.run.steps, after.run.history) == (before.run.steps, before.run.history)
    assert (after.run.deadline, after.run.effects) == (before.run.deadline, before.run.effects)


def test_one_job_ticks_at_most_once_in_two_seconds_whichever_step_tells(scene: JobScene) -> None:
    assert tick(scene)
    scene.clock.advance(SECONDS - 0.001)
    assert not tick(scene, percent=50)
    assert not tick(scene, OTHER)
    scene.clock.advance(0.001)
    assert tick(scene, OTHER)


@pytest.mark.parametrize("percent", [40, 39, 0, -1])
def test_a_tick_does_not_go_back(scene: JobScene, percent: int) -> None:
    assert tick(scene)
    scene.clock.advance(SECONDS)
    assert not tick(scene, percent=percent)
    assert shown(scene) == 40


def test_only_a_committed_result_is_the_whole(scene: JobScene) -> None:
    assert tick(scene, percent=100)
    assert shown(scene) == LAST_TICK
    scene.settle(success(Attempt(ONE, 1)))
    assert shown(scene) == 100


@pytest.mark.parametrize("attempt", [0, 2])
def test_an_attempt_that_is_not_the_latest_is_refused(scene: JobScene, attempt: int) -> None:
    assert not tick(scene, attempt=attempt)


def test_a_step_that_is_no_feature_has_no_progress_of_its_own() -> None:
    scene = JobScene()
    scene.claim()
    assert not tick(scene, "parse")
    assert not tick(scene, "no-step")


def test_what_is_not_under_way_is_refused(scene: JobScene) -> None:
    scene.settle(success(Attempt(ONE, 1)))
    scene.settle(failure(Attempt(OTHER, 1)))
    assert not tick(scene)
    assert not tick(scene, OTHER)
    assert (shown(scene), shown(scene, OTHER)) == (100, 0)


def test_a_cancelled_job_does_not_tick(scene: JobScene) -> None:
    scene.cancel()
    assert not tick(scene)


def test_the_progress_of_an_attempt_ends_with_it(scene: JobScene) -> None:
    assert tick(scene)
    scene.settle(failure(Attempt(ONE, 1)))
    assert shown(scene) == 0
    scene.clock.advance(60)
    assert [attempt.number for attempt in scene.claim(scene.step(ONE).task)] == [2]
    assert shown(scene) == 0
    assert tick(scene, percent=10, attempt=2)


def test_what_a_service_has_taken_ticks_on(scene: JobScene) -> None:
    scene.settle(HandedOver(Attempt(ONE, 1), 60))
    assert tick(scene, percent=70)
    assert shown(scene) == 70
