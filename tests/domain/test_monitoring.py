"""Progress, remaining time and the timeline of a job (J4, F5, M1, M7)."""

import pytest

from cvplus_workflow.domain.monitoring import job_progress, timeline
from cvplus_workflow.domain.states import StepState
from cvplus_workflow.errors import Code
from tests.workloads import FEATURES, JobScene, catalogue, chain10, failure, feature, job10, success

ONE, OTHER = FEATURES[:2]


def texts(scene: JobScene) -> list[tuple[str, str]]:
    return [(moment.subject, moment.text) for moment in timeline(scene.job, scene.job.run.history)]


def test_every_step_has_a_row_with_its_time_and_percentage() -> None:
    scene = JobScene(catalogue(feature(ONE)))
    (parse,) = scene.claim()
    scene.clock.advance(2)
    running = {row.id: row for row in job_progress(scene.job, scene.now).steps}
    assert (running["parse"].state, running["parse"].seconds) == (StepState.RUNNING, 2.0)
    assert running[ONE].seconds is None
    scene.settle(success(parse))
    scene.clock.advance(3)
    rows = {row.id: row for row in job_progress(scene.job, scene.now).steps}
    assert (rows["parse"].progress, rows["parse"].seconds) == (100, 2.0)
    assert (rows[ONE].progress, rows[ONE].seconds, rows[ONE].feature) == (0, 3.0, True)
    assert job_progress(scene.job, scene.now).current_steps == [ONE]


def test_a_step_without_a_result_says_why() -> None:
    scene = JobScene(catalogue(feature(ONE)))
    (one,) = scene.settle(success(scene.claim()[0]))
    scene.settle(failure(one, Code.FAILED_PRECONDITION, "no-languages"))
    row = next(row for row in job_progress(scene.job, scene.now).steps if row.id == ONE)
    assert (row.reason, row.message) == ("no-languages", "It was no-languages.")


@pytest.mark.parametrize(("specs", "seconds"), [(job10, 4.0), (chain10, 10.0)])
def test_the_remaining_time_is_the_longest_path_of_estimates(specs, seconds) -> None:  # type: ignore[no-untyped-def]
    scene = JobScene(specs(estimate_s=1.0))
    assert job_progress(scene.job, scene.now).eta_seconds == seconds
    scene.settle(success(scene.claim()[0]))
    assert job_progress(scene.job, scene.now).eta_seconds == seconds - 1
    assert job_progress(scene.job, scene.now).eta_is_estimate


def test_there_is_no_remaining_time_while_a_person_is_awaited_or_once_all_is_over() -> None:
    waiting = JobScene(features=None)
    waiting.settle(success(waiting.claim()[0]))
    paused = JobScene()
    paused.pause()
    over = JobScene()
    over.work()
    for scene in (waiting, paused, over):
        assert job_progress(scene.job, scene.now).eta_seconds is None


def test_the_timeline_tells_what_happened_and_why() -> None:
    scene = JobScene(catalogue(feature(ONE), feature(OTHER, needs=(ONE,))))
    scene.claim()
    (parse,) = scene.claim(scene.step("parse").task)
    (one,) = scene.settle(success(parse))
    scene.clock.advance(1)
    scene.settle(failure(one, Code.UNAVAILABLE, "away"))
    scene.settle(failure(scene.claim()[0], Code.FAILED_PRECONDITION, "no-languages"))
    told = texts(scene)
    assert told[:4] == [
        ("parse", "was queued"),
        ("parse", "started attempt 1"),
        ("job", "started"),
        ("parse", "attempt 1 was lost with its worker"),
    ]
    assert (ONE, "will be tried again: away") in told
    assert (ONE, "refused: no-languages") in told
    assert (OTHER, f"cannot run without {ONE}") in told


def test_the_timeline_keeps_its_order_and_counts_time_from_the_start() -> None:
    scene = JobScene()
    scene.clock.advance(5)
    scene.work()
    scene.clock.advance(5)
    moments = timeline(scene.job, scene.job.run.history)
    assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)
    assert moments[0].after.total_seconds() == 0
    assert moments[-1].after.total_seconds() == 5


def test_every_event_of_a_long_life_has_words() -> None:
    scene = JobScene(features=None)
    scene.pause()
    scene.resume()
    scene.settle(success(scene.claim()[0]))
    scene.pause()
    scene.cancel()
    scene.reopen()
    assert not [text for _, text in texts(scene) if ":" in text and "waits for" not in text]
