"""One row for each feature of a job, and the explanation of its plan (F5, F10, D)."""

from datetime import timedelta

from cvplus_workflow.domain.choices import skip_feature
from cvplus_workflow.domain.estimates import MIN_SAMPLES, Measured
from cvplus_workflow.domain.monitoring import FeatureProgress, feature_progress
from cvplus_workflow.domain.orchestration import PlannedStep, explain
from cvplus_workflow.domain.states import StepState
from cvplus_workflow.errors import Code
from tests.workloads import FEATURES, START, JobScene, catalogue, failure, feature, success

ONE, OTHER, THIRD = FEATURES[:3]


def rows(scene: JobScene) -> dict[str, FeatureProgress]:
    return {row.id: row for row in feature_progress(scene.job, scene.now)}


def planned(scene: JobScene) -> dict[str, PlannedStep]:
    return {step.id: step for step in explain(scene.job, scene.now, {}).steps}


def why(scene: JobScene, step: str) -> str:
    return planned(scene)[step].why


def test_a_feature_is_followed_from_its_choice_to_its_completion() -> None:
    """F5: in the web app's words, with its times."""
    scene = JobScene(catalogue(feature(ONE), feature(OTHER)))
    row = rows(scene)[ONE]
    assert (row.status, row.state, row.progress, row.seconds) == ("pending", "pending", 0, None)
    assert (row.queued_at, row.started_at, row.completed_at) == (START, None, None)
    (parse,) = scene.claim()
    scene.clock.advance(2)
    begun = scene.now
    one, _other = scene.settle(success(parse))
    scene.clock.advance(3)
    row = rows(scene)[ONE]
    assert (row.status, row.attempt, row.seconds, row.started_at) == ("processing", 1, 3.0, begun)
    scene.settle(success(one))
    scene.clock.advance(60)
    row = rows(scene)[ONE]
    assert (row.status, row.state, row.progress) == ("completed", "completed", 100)
    assert (row.seconds, row.completed_at) == (3.0, begun + timedelta(seconds=3))
    assert list(rows(scene)) == [ONE, OTHER]


def test_a_feature_that_is_tried_again_says_so_and_why() -> None:
    scene = JobScene(catalogue(feature(ONE)))
    (one,) = scene.settle(success(scene.claim()[0]))
    scene.settle(failure(one, Code.UNAVAILABLE, "away"))
    row = rows(scene)[ONE]
    assert (row.status, row.state, row.attempt, row.retry_count) == ("retrying", "queued", 1, 1)
    assert (row.reason, row.message, row.completed_at) == ("away", "It was away.", None)
    assert why(scene, ONE) == "will be tried again: away"


def test_a_feature_without_a_result_never_has_a_time_of_completion() -> None:
    scene = JobScene(catalogue(feature(ONE), feature(OTHER, needs=(ONE,))))
    (one,) = scene.settle(success(scene.claim()[0]))
    scene.settle(failure(one, Code.FAILED_PRECONDITION, "no-languages"))
    refused, blocked = rows(scene)[ONE], rows(scene)[OTHER]
    assert (refused.status, refused.state, refused.reason) == ("skipped", "refused", "no-languages")
    assert (blocked.status, blocked.state, blocked.reason) == (
        "skipped",
        "blocked",
        "needs-missing",
    )
    assert refused.completed_at is blocked.completed_at is None


def test_the_next_run_shows_no_times_of_the_one_before() -> None:
    """F5: the web app's own document keeps the old times; a row does not."""
    scene = JobScene(catalogue(feature(ONE)))
    (one,) = scene.settle(success(scene.claim()[0]))
    scene.settle(failure(one, Code.FAILED_PRECONDITION))
    scene.cancel()
    scene.reopen()
    row = rows(scene)[ONE]
    assert (row.seconds, row.completed_at, row.retry_count, row.reason) == (None, None, 0, "")


def test_the_plan_tells_for_each_step_why_it_is_not_done() -> None:
    """D feature-orchestration: waiting, blocked, refused, skipped and cancelled."""
    features = (feature(ONE), feature(OTHER, needs=(ONE,)), feature(THIRD))
    scene = JobScene(catalogue(*features))
    assert why(scene, "parse") == "waits for a worker"
    assert why(scene, OTHER) == f"waits for parse, {ONE}"
    assert why(scene, "assemble").startswith("waits for parse, ")
    (parse,) = scene.claim()
    assert why(scene, "parse") == ""
    one, _third = scene.settle(success(parse))
    scene.alter(lambda job, now, cmd: () if skip_feature(job, THIRD, now, cmd) else None)
    assert why(scene, THIRD) == "skipped at a user's request"
    scene.settle(failure(one, Code.FAILED_PRECONDITION, "no-languages"))
    assert why(scene, ONE) == "It was no-languages."
    assert why(scene, OTHER) == f"Needs {ONE}, which has no result."
    scene.cancel()
    assert why(scene, "quality") == "the job was cancelled first"


def test_the_plan_tells_of_pauses_of_places_that_are_taken_and_of_choices() -> None:
    scene = JobScene(catalogue(feature(ONE), feature(OTHER)))
    scene.pause()
    assert why(scene, "parse") == "the job is paused"
    waiting = JobScene(features=None)
    waiting.settle(success(waiting.claim()[0]))
    assert why(waiting, "choice") == "waits for: choice"
    assert why(waiting, "assemble") == "waits for choice"
    job = JobScene(catalogue(feature(ONE))).job
    job.run.steps["parse"].state = StepState.COMPLETED
    (step,) = [step for step in explain(job, START, {}).steps if step.id == ONE]
    assert step.why == "waits for one of the job's 20 places"


def test_the_plan_marks_the_critical_path_by_what_was_measured() -> None:
    """D, F10: the shipped estimates would choose the other branch."""
    specs = catalogue(feature(ONE, estimate_s=9.0), feature(OTHER, estimate_s=1.0))
    scene = JobScene(specs)
    assert explain(scene.job, scene.now, {}).critical_path[1] == ONE
    measured = {
        (ONE, 1): Measured(MIN_SAMPLES, 0.1, 0.2, 0.3),
        (OTHER, 1): Measured(MIN_SAMPLES, 1.0, 2.0, 3.0),
    }
    plan = explain(scene.job, scene.now, measured)
    assert plan.critical_path == ["parse", OTHER, "assemble", "quality"]
    assert plan.critical_seconds == 2.3
    steps = {step.id: step for step in plan.steps}
    assert [name for name in steps if steps[name].critical] == plan.critical_path
    assert (steps[ONE].expected_seconds, steps[ONE].samples) == (0.2, MIN_SAMPLES)
    assert (steps["parse"].expected_seconds, steps["parse"].samples) == (0.1, 0)


def test_the_plan_has_each_step_once_in_its_phase_with_its_dependencies() -> None:
    scene = JobScene(catalogue(feature(ONE), feature(OTHER, needs=(ONE,))))
    plan = explain(scene.job, scene.now, {})
    assert [step.id for step in plan.steps] == [name for phase in plan.phases for name in phase]
    assert sorted(step.id for step in plan.steps) == sorted(scene.job.run.steps)
    steps = {step.id: step for step in plan.steps}
    assert (steps[OTHER].needs, steps[OTHER].phase) == (["parse", ONE], 3)
    assert set(steps["assemble"].after) == {ONE, OTHER}
    assert (plan.parallel, plan.carried) == (20, 1)
