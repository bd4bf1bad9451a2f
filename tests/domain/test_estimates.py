"""Measured durations, and what follows from them: estimates, remaining time (F10, J4)."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cvplus_workflow.domain.choices import choose_features
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.estimates import (
    ESTIMATE_SPREAD,
    MIN_SAMPLES,
    Measured,
    Measurements,
    measure,
    percentile,
    with_measured,
)
from cvplus_workflow.domain.monitoring import JobProgress, job_progress
from cvplus_workflow.domain.plan import critical_path, examine, job_plan
from cvplus_workflow.domain.states import StepState
from cvplus_workflow.errors import Code
from tests.workloads import FEATURES, JobScene, catalogue, chain10, failure, feature, job10, success

ONE, OTHER = FEATURES[:2]


def worked(seconds: Mapping[str, float]) -> Job:
    """A job whose features, one after another, took so many seconds each."""
    names = list(seconds)
    pairs = zip(names, ("", *names), strict=False)
    links = [feature(name, needs=(before,) if before else ()) for name, before in pairs]
    scene = JobScene(catalogue(*links))
    while scene.tasks():
        claimed = scene.claim()
        while claimed:
            (attempt,) = claimed
            scene.clock.advance(seconds.get(attempt.step, 0.5))
            claimed = scene.settle(success(attempt))
    return scene.job


def known(seconds: float, count: int = MIN_SAMPLES) -> Measured:
    return Measured(count, seconds / 4, seconds, seconds * 3)


def progress(scene: JobScene, measured: Measurements) -> JobProgress:
    return job_progress(scene.job, scene.now, measured)


def interval(scene: JobScene, measured: Measurements) -> tuple[float | None, ...]:
    told = progress(scene, measured)
    return told.eta_low_seconds, told.eta_seconds, told.eta_high_seconds


def test_the_median_and_the_outer_tenths_of_a_steps_durations_are_measured() -> None:
    jobs = [worked({ONE: float(seconds)}) for seconds in (9, 1, 3, 2, 5)]
    found = measure(jobs)[ONE, 1]
    assert found.count == 5
    assert found.typical_s == 3.0
    assert found.low_s == pytest.approx(1.4)
    assert found.high_s == pytest.approx(7.4)


def test_one_duration_is_its_own_interval() -> None:
    assert measure([worked({ONE: 2.0})])[ONE, 1] == Measured(1, 2.0, 2.0, 2.0)


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 1), st.floats(0, 1))
def test_percentiles_are_ordered_and_within_the_values(
    values: list[float], one: float, other: float
) -> None:
    ordered, shares = sorted(values), sorted((one, other))
    low, high = (percentile(ordered, share) for share in shares)
    slack = 1e-9 * (1 + ordered[-1])
    assert ordered[0] - slack <= low <= high + slack <= ordered[-1] + 2 * slack


def test_a_new_version_of_a_step_is_measured_anew() -> None:
    job = worked({ONE: 2.0})
    found = measure([job])
    assert {version for _, version in found} == {1}
    newer = {(name, 2): Measured(9, 1.0, 1.0, 1.0) for name, _ in found}
    assert with_measured(job10(), newer) == job10()


def test_only_the_last_attempt_of_a_step_that_completed_counts() -> None:
    scene = JobScene(catalogue(feature(ONE), feature(OTHER)))
    one, other = scene.settle(success(scene.claim()[0]))
    scene.clock.advance(7)
    scene.settle(failure(one), failure(other, Code.FAILED_PRECONDITION))
    scene.clock.advance(60)
    (again,) = scene.claim()
    scene.clock.advance(2)
    scene.settle(success(again))
    found = measure([scene.job])
    assert found[ONE, 1].typical_s == 2.0
    assert (OTHER, 1) not in found


def test_a_wait_for_a_person_is_not_a_duration() -> None:
    scene = JobScene(features=None)
    scene.settle(success(scene.claim()[0]))
    scene.clock.advance(8 * 24 * 3600)
    scene.sweep()
    assert "choice" not in {name for name, _ in measure([scene.job])}


def test_an_estimate_is_replaced_once_there_are_enough_samples_and_not_before() -> None:
    """F10: five measured durations; four are not enough."""
    plan = catalogue(feature(ONE, estimate_s=9.0), feature(OTHER, estimate_s=9.0))
    measured = {(ONE, 1): known(1.0), (OTHER, 1): known(1.0, MIN_SAMPLES - 1)}
    learnt = with_measured(plan, measured)
    assert learnt[ONE].estimate_s == 1.0
    assert learnt[OTHER] == plan[OTHER]


def test_the_order_within_a_phase_follows_the_measured_durations() -> None:
    """F10: the shipped estimates say the contrary."""
    plan = catalogue(feature(ONE, estimate_s=9.0), feature(OTHER, estimate_s=1.0))
    measured = {(ONE, 1): known(0.5), (OTHER, 1): known(5.0)}
    learnt = with_measured(plan, measured)
    orders = [[n for n in examine(specs).phases[1] if n in FEATURES] for specs in (plan, learnt)]
    assert orders == [[ONE, OTHER], [OTHER, ONE]]


def test_the_critical_path_is_the_longest_one_through_the_plan() -> None:
    """F10: two short steps in a row may be longer than one long step."""
    third = FEATURES[2]
    plan = job_plan(
        catalogue(feature(ONE), feature(OTHER), feature(third, needs=(OTHER,))), (ONE, OTHER, third)
    )
    seconds = dict.fromkeys(plan, 1.0)
    below, above = {**seconds, ONE: 1.9}, {**seconds, ONE: 2.1}
    assert critical_path(plan, below) == ["parse", OTHER, third, "assemble", "quality"]
    assert critical_path(plan, above) == ["parse", ONE, "assemble", "quality"]


def test_the_remaining_time_of_measured_steps_is_their_interval_and_no_estimate() -> None:
    """J4: along chain10 all ten count, along job10 one feature of the seven."""
    for specs, length in ((chain10(), 10), (job10(), 4)):
        measured = {(name, 1): known(1.0) for name in specs}
        scene = JobScene(specs)
        assert interval(scene, measured) == (length / 4, length, length * 3)
        assert not progress(scene, measured).eta_is_estimate


def test_one_open_step_that_was_not_measured_makes_it_an_estimate() -> None:
    """J4: on whatever path it lies; once it has ended it does not matter any more."""
    scene = JobScene(catalogue(feature(ONE), feature(OTHER, estimate_s=0.001)))
    measured = {(name, 1): known(1.0) for name in scene.job.run.steps if name != OTHER}
    assert progress(scene, measured).eta_is_estimate
    one, other = scene.settle(success(scene.claim()[0]))
    scene.settle(success(other))
    assert not progress(scene, measured).eta_is_estimate
    scene.settle(success(one))


def test_a_shipped_estimate_is_an_interval_too() -> None:
    low, typical, high = interval(JobScene(chain10(estimate_s=1.0)), {})
    assert (low, typical, high) == (10 / ESTIMATE_SPREAD, 10.0, 10 * ESTIMATE_SPREAD)


def test_a_running_step_counts_what_remains_of_it_and_never_less_than_nothing() -> None:
    scene = JobScene(catalogue())
    measured = {(name, 1): known(4.0) for name in scene.job.run.steps}
    scene.claim()
    scene.clock.advance(3)
    assert interval(scene, measured) == (2 + 0.0, 8 + 1.0, 24 + 9.0)
    scene.clock.advance(5)
    assert interval(scene, measured) == (2.0, 8.0, 24 + 4.0)


def test_a_queued_retry_has_its_whole_duration_before_it() -> None:
    scene = JobScene(catalogue())
    measured = {(name, 1): known(4.0) for name in scene.job.run.steps}
    (parse,) = scene.claim()
    scene.clock.advance(3)
    scene.settle(failure(parse))
    assert interval(scene, measured)[1] == 12.0


def test_steps_that_may_not_run_together_take_the_sum_of_their_times() -> None:
    """J4, F7: seven features one after another are not as quick as the longest path."""
    scene = JobScene(job10())
    measured = {(name, 1): known(1.0) for name in scene.job.run.steps}
    job = scene.job
    job.run.definition = replace(job.run.definition, parallel=1)
    assert job_progress(job, scene.now, measured).eta_seconds == 10.0
    job.run.steps["parse"].state, job.run.steps["parse"].started_at = StepState.RUNNING, scene.now
    late = scene.now + timedelta(seconds=5)
    assert job_progress(job, late, measured).eta_seconds == 9.0


def test_what_has_no_body_takes_no_time_and_needs_no_measuring() -> None:
    scene = JobScene(catalogue(), ["generate-podcast"])
    measured = {(name, 1): known(1.0) for name in ("parse", "assemble", "quality")}
    undecided = JobScene(catalogue(), None)
    for each in (scene, undecided):
        assert interval(each, measured)[1] == 3.0
        assert not progress(each, measured).eta_is_estimate


def test_a_feature_that_was_added_later_lies_on_the_path_too() -> None:
    """J4, F13: it stands behind what waits for it in the job's own list of steps."""
    scene = JobScene(catalogue(feature(ONE), feature(OTHER)), [ONE])
    measured = {(name, 1): known(1.0) for name in scene.catalogue} | {(OTHER, 1): known(9.0)}
    chosen = [ONE, OTHER]
    scene.alter(
        lambda job, now, cmd: (
            () if choose_features(job, chosen, scene.catalogue, now, cmd) else None
        )
    )
    assert interval(scene, measured)[1] == 12.0
