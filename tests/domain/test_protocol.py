"""The protocol, move by move: fence, key, sweep, retries, dependencies (J5, J7, J10, F1, F4)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvplus_workflow.domain import protocol
from cvplus_workflow.domain.advance import LEASE_MARGIN
from cvplus_workflow.domain.attempts import Attempt
from cvplus_workflow.domain.change import EffectKind
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.outbox import DISPATCH_GRACE, RELAY_GRACE
from cvplus_workflow.domain.protocol import (
    BACKOFF_BASE,
    BACKOFF_CAP,
    MAX_LOSSES,
    backoff,
)
from cvplus_workflow.domain.queue import StepClass
from cvplus_workflow.domain.states import JobStatus, StepState
from cvplus_workflow.errors import Code
from tests.domain.scenes import task_of, two_features
from tests.workloads import (
    FEATURES,
    JobScene,
    catalogue,
    chain10,
    failure,
    feature,
    job10,
    spec,
    success,
)

ONE, OTHER, THIRD = FEATURES[:3]


def test_a_new_job_has_its_first_step_queued_and_its_dispatch_recorded() -> None:
    scene = JobScene()
    (effect,) = scene.job.run.effects
    assert scene.step("parse").state == StepState.QUEUED
    assert (effect.kind, effect.name) == (EffectKind.DISPATCH, scene.step("parse").task)
    assert scene.job.run.deadline == scene.now + DISPATCH_GRACE


def test_a_claim_leases_the_step_to_a_margin_after_the_invocation_ends() -> None:
    scene = JobScene()
    assert scene.claim(seconds=60) == [Attempt("parse", 1)]
    step = scene.step("parse")
    assert step.state == StepState.RUNNING
    assert step.until == scene.now + timedelta(seconds=60) + LEASE_MARGIN
    assert scene.job.status == JobStatus.PROCESSING
    assert scene.job.run.effects == []


def test_a_task_that_carries_nothing_claims_nothing_and_writes_nothing() -> None:
    scene = JobScene()
    commits = scene.ledger.commits
    assert scene.claim("job1-1-999") == []
    assert scene.ledger.commits == commits


def test_a_success_commits_and_claims_the_successors_that_fit_in_the_same_commit() -> None:
    scene = JobScene()
    (parse,) = scene.claim()
    commits = scene.ledger.commits
    claimed = scene.settle(success(parse))
    assert {attempt.step for attempt in claimed} == set(FEATURES)
    assert scene.ledger.commits == commits + 1
    assert scene.job.run.effects == []


def test_a_light_job10_takes_six_writes_and_one_task() -> None:
    """Creation, claim, parse, the seven features, assemble, quality."""
    scene = JobScene()
    scene.work()
    assert scene.job.status == JobStatus.COMPLETED
    assert scene.ledger.commits == 6
    assert scene.job.run.tasks == 1


def test_a_successor_whose_time_does_not_fit_the_invocation_is_dispatched() -> None:
    scene = JobScene(catalogue(feature(ONE, timeout_s=50), feature(OTHER, timeout_s=10)))
    (parse,) = scene.claim(seconds=60)
    scene.clock.advance(20)
    assert [attempt.step for attempt in scene.settle(success(parse))] == [OTHER]
    assert scene.step(ONE).state == StepState.QUEUED
    assert [effect.name for effect in scene.job.run.effects] == [task_of(scene, ONE)]


def test_a_successor_that_needs_more_memory_than_the_invocation_has_is_dispatched() -> None:
    scene = two_features()
    assert scene.states()[ONE] == StepState.QUEUED
    assert task_of(scene, ONE) != task_of(scene, OTHER)


def test_no_more_steps_are_carried_at_a_time_than_the_job_allows() -> None:
    """F7: bounded parallelism."""
    features = [feature(f"f{number}", step_class=StepClass.STANDARD) for number in range(30)]
    scene = JobScene(catalogue(*features))
    scene.settle(success(scene.claim()[0]))
    carried = [s for s in scene.states().values() if s in (StepState.QUEUED, StepState.RUNNING)]
    assert len(carried) == scene.job.run.definition.parallel
    scene.work()
    assert scene.job.status == JobStatus.COMPLETED


@pytest.mark.parametrize("late", [success, failure])
def test_an_outcome_of_a_superseded_attempt_changes_nothing(late: object) -> None:
    scene = JobScene()
    (old,) = scene.claim()
    (new,) = scene.claim(task_of(scene, "parse"))
    before, commits = scene.ledger.documents.copy(), scene.ledger.commits
    outcome = success(old) if late is success else failure(old)
    assert scene.settle(outcome) == []
    assert new.number == old.number + 1
    assert scene.ledger.documents == before
    assert scene.ledger.commits == commits


def test_an_outcome_that_is_committed_already_changes_nothing() -> None:
    scene = JobScene()
    (parse,) = scene.claim()
    scene.settle(success(parse, "first"))
    before = scene.job
    scene.settle(success(parse, "second"))
    assert scene.job == before


def test_a_redelivery_supersedes_the_lease_at_once() -> None:
    scene = JobScene()
    (old,) = scene.claim()
    (new,) = scene.claim(task_of(scene, "parse"))
    assert (old.number, new.number) == (1, 2)
    assert scene.step("parse").losses == 1
    assert [e.event for e in scene.job.run.history if e.step == "parse"] == [
        "queued",
        "running",
        "lost",
        "running",
    ]


def test_members_that_were_lost_together_are_dispatched_alone() -> None:
    """So that one that kills its worker does not take the others with it for ever."""
    scene = JobScene()
    scene.settle(success(scene.claim()[0]))
    shared = task_of(scene, ONE)
    assert scene.claim(shared) == []
    tasks = [task_of(scene, name) for name in FEATURES]
    assert len(set(tasks)) == len(FEATURES)
    assert shared not in tasks
    assert {scene.step(name).state for name in FEATURES} == {StepState.QUEUED}


def test_members_that_finished_before_the_loss_are_not_run_again() -> None:
    scene = JobScene()
    claimed = scene.settle(success(scene.claim()[0]))
    done, *rest = claimed
    scene.settle(success(done))
    scene.claim(scene.step(rest[0].step).task)
    assert scene.step(done.step).state == StepState.COMPLETED
    assert scene.step(done.step).attempt == 1


def test_a_step_that_always_loses_its_worker_fails_in_the_end() -> None:
    scene = JobScene()
    scene.claim()
    for _ in range(MAX_LOSSES):
        scene.claim(task_of(scene, "parse"))
    assert scene.states()["parse"] == StepState.FAILED
    assert (scene.job.status, scene.job.error_type) == (JobStatus.FAILED, "worker-lost")


def core_steps_side_by_side() -> JobScene:
    """Both `assemble` and `parse` are carried by the first task."""
    return JobScene({**catalogue(), "assemble": spec("assemble")}, features=[])


def test_a_core_step_given_up_at_a_claim_cancels_what_its_task_also_carried() -> None:
    scene = core_steps_side_by_side()

    def almost_given_up(job: Job, _now: object, _command: str) -> tuple[()]:
        for step in job.run.steps.values():
            step.losses = MAX_LOSSES - 1
        return ()

    scene.alter(almost_given_up)
    assert len(scene.claim()) == 2
    scene.claim(task_of(scene, "parse"))
    assert scene.job.status == JobStatus.FAILED
    assert sorted(scene.states().values()) == ["cancelled", "cancelled", "failed"]


def test_a_core_failure_and_a_success_in_one_commit_fail_the_job() -> None:
    scene = core_steps_side_by_side()
    one, other = scene.claim()
    scene.settle(failure(one, Code.DATA_LOSS, "gone"), success(other))
    assert scene.job.status == JobStatus.FAILED
    assert scene.states()[one.step] == StepState.FAILED
    assert scene.states()[other.step] == StepState.CANCELLED


@given(st.integers(1, 40), st.floats(0, 1, exclude_max=True))
def test_the_backoff_is_full_jitter_under_a_doubling_ceiling(failures: int, jitter: float) -> None:
    ceiling = min(BACKOFF_CAP, BACKOFF_BASE * 2 ** (failures - 1))
    wait = backoff(failures, jitter)
    assert timedelta(0) <= wait <= ceiling
    assert abs(wait - ceiling * jitter) < timedelta(microseconds=2)


def test_the_ceilings_are_two_seconds_doubled_up_to_five_minutes() -> None:
    nearly = 1 - 2**-53
    seconds = [round(backoff(failures, nearly).total_seconds()) for failures in range(1, 11)]
    assert seconds == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_a_failure_that_may_pass_is_tried_again_after_its_backoff() -> None:
    scene = two_features()
    (attempt,) = scene.claim(task_of(scene, ONE))
    scene.settle(failure(attempt, jitter=0.5))
    (effect,) = [e for e in scene.job.run.effects if e.name == task_of(scene, ONE)]
    assert scene.states()[ONE] == StepState.QUEUED
    assert effect.not_before == scene.now + timedelta(seconds=1)
    assert scene.job.enhanced_features[ONE].status == "retrying"
    assert scene.job.enhanced_features[ONE].retry_count == 1


def test_a_step_that_fails_at_every_try_fails_after_its_last() -> None:
    scene = two_features(max_attempts=3)
    for number in (1, 2, 3):
        (attempt,) = scene.claim(task_of(scene, ONE))
        assert attempt.number == number
        scene.settle(failure(attempt))
    assert scene.states()[ONE] == StepState.FAILED
    assert scene.job.enhanced_features[ONE].error == "It was away."


def test_a_step_that_succeeds_after_a_failure_shows_no_error_any_more() -> None:
    scene = two_features()
    scene.settle(failure(scene.claim(task_of(scene, ONE))[0]))
    scene.settle(success(scene.claim(task_of(scene, ONE))[0]))
    view = scene.job.enhanced_features[ONE]
    assert scene.step(ONE).error is None
    assert (view.status, view.error, view.retry_count) == ("completed", "", 1)


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (Code.FAILED_PRECONDITION, StepState.REFUSED),
        (Code.INVALID_ARGUMENT, StepState.FAILED),
        (Code.DATA_LOSS, StepState.FAILED),
        (Code.UNIMPLEMENTED, StepState.FAILED),
        (Code.UNAVAILABLE, StepState.QUEUED),
        (Code.DEADLINE_EXCEEDED, StepState.QUEUED),
        (Code.RESOURCE_EXHAUSTED, StepState.QUEUED),
    ],
)
def test_a_feature_is_refused_failed_or_retried_by_its_error(code: Code, state: StepState) -> None:
    scene = two_features()
    (attempt,) = scene.claim(task_of(scene, ONE))
    scene.settle(failure(attempt, code))
    assert scene.states()[ONE] == state


def test_a_step_without_its_hard_dependency_is_blocked_and_so_are_those_behind_it() -> None:
    scene = JobScene(
        catalogue(feature(ONE), feature(OTHER, needs=(ONE,)), feature(THIRD, needs=(OTHER,)))
    )
    (one,) = scene.settle(success(scene.claim()[0]))
    scene.settle(failure(one, Code.FAILED_PRECONDITION, "no-languages"))
    assert scene.states()[OTHER] == scene.states()[THIRD] == StepState.BLOCKED
    assert ONE in scene.job.enhanced_features[OTHER].error
    scene.settle(success(Attempt("assemble", 1)))
    scene.work()
    assert scene.step("assemble").state == StepState.COMPLETED


def test_a_soft_dependency_is_waited_for_but_not_needed() -> None:
    scene = JobScene(catalogue(feature(ONE), feature(OTHER, after=(ONE,))))
    (one,) = scene.settle(success(scene.claim()[0]))
    assert one.step == ONE
    assert scene.states()[OTHER] == StepState.PENDING
    (other,) = scene.settle(failure(one, Code.DATA_LOSS))
    assert other.step == OTHER


def test_a_feature_that_is_not_installed_is_refused_by_name_and_the_job_goes_on() -> None:
    scene = JobScene(catalogue(feature(ONE)), features=[ONE, "generate-podcast"])
    scene.work()
    assert scene.job.status == JobStatus.COMPLETED
    assert scene.states()["generate-podcast"] == StepState.REFUSED
    assert scene.job.enhanced_features["generate-podcast"].status == "skipped"


def test_a_core_step_that_fails_fails_the_job_and_cancels_the_rest() -> None:
    scene = JobScene()
    (parse,) = scene.claim()
    scene.settle(failure(parse, Code.INVALID_ARGUMENT, "unreadable"))
    assert (scene.job.status, scene.job.error_type) == (JobStatus.FAILED, "unreadable")
    assert set(scene.states().values()) == {StepState.FAILED, StepState.CANCELLED}
    assert [effect.key for effect in scene.job.run.effects] == ["job1/1/job/failed"]


def test_a_completed_job_is_delivered_and_announced() -> None:
    scene = JobScene()
    scene.work()
    assert [effect.key for effect in scene.job.run.effects] == [
        "job1/1/assemble/deliver",
        "job1/1/job/completed",
    ]
    assert scene.job.run.deadline == scene.now + RELAY_GRACE


def test_a_sweep_before_the_deadline_writes_nothing() -> None:
    scene = JobScene()
    commits = scene.ledger.commits
    scene.sweep()
    assert scene.ledger.commits == commits


def test_a_lost_lease_is_found_by_the_sweep_and_the_step_dispatched_anew() -> None:
    """J10."""
    scene = JobScene()
    (parse,) = scene.claim()
    lost = task_of(scene, "parse")
    scene.clock.advance(1_000)
    scene.sweep()
    assert scene.states()["parse"] == StepState.QUEUED
    assert task_of(scene, "parse") != lost
    scene.settle(success(parse))
    assert scene.states()["parse"] == StepState.QUEUED


def test_a_lost_task_is_dispatched_anew_by_the_sweep_later_each_time() -> None:
    scene = JobScene()
    waits = []
    for _ in range(3):
        until = scene.step("parse").until
        assert until is not None
        waits.append((until - scene.now).total_seconds())
        scene.clock.time = until
        scene.sweep()
    assert waits == [30, 60, 60]
    assert len({effect.key for effect in scene.job.run.effects}) == 1


def test_chained_features_run_in_their_order() -> None:
    scene = JobScene(chain10())
    scene.work()
    started = [e.step for e in scene.job.run.history if e.event == "running"]
    assert started == ["parse", *FEATURES, "assemble", "quality"]


def test_job10_runs_its_features_between_parse_and_assemble() -> None:
    scene = JobScene(job10())
    scene.work()
    started = [e.step for e in scene.job.run.history if e.event == "running"]
    assert (started[0], started[-2:]) == ("parse", ["assemble", "quality"])
    assert sorted(started[1:-2]) == sorted(FEATURES)


def test_a_body_is_wanted_as_long_as_its_attempt_may_commit_claimed_or_not() -> None:
    """J5. A light step begins before it is claimed."""
    scene = JobScene(job10())
    assert protocol.is_wanted(scene.job, Attempt("parse", 1))
    assert not protocol.is_wanted(scene.job, Attempt("parse", 2))
    assert not protocol.is_wanted(scene.job, Attempt("assemble", 1))
    scene.claim()
    assert protocol.is_wanted(scene.job, Attempt("parse", 1))
    assert not protocol.is_wanted(scene.job, Attempt("parse", 2))
    scene.cancel()
    assert not protocol.is_wanted(scene.job, Attempt("parse", 1))
