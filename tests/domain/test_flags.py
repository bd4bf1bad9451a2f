"""Flags and kill switches: for whom a feature is on, and what does not start (F6, F11)."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from cvplus_workflow.domain import protocol
from cvplus_workflow.domain.attempts import Attempt
from cvplus_workflow.domain.choices import choose_features
from cvplus_workflow.domain.documents import Entry
from cvplus_workflow.domain.exposures import EXPOSED, expose
from cvplus_workflow.domain.flags import (
    INSTALLATION,
    NONE_THROWN,
    SWITCHED_OFF,
    Flag,
    FlagChanges,
    FlagSet,
    KillSwitches,
    Subject,
    Switch,
    changed_flags,
    flag_views,
    is_on,
    resolved,
    share,
    switchable,
    switched,
    variant_of,
    wholly_off,
)
from cvplus_workflow.domain.protocol import HOLD_LIMIT, HOLD_LONGEST, HOLD_SHORTEST
from cvplus_workflow.domain.states import JobStatus, StepState
from cvplus_workflow.errors import Code, WorkflowError
from tests.workloads import FEATURES, START, JobScene, catalogue, feature, job10, quiet, success

ONE, OTHER = FEATURES[:2]
ADA = Subject("ada", "acme", "modern", "normal")
USERS = [f"user{number}" for number in range(10_000)]
AROUND = 0.02
"""How far a share of 10,000 users may be off: more than four standard deviations."""


def flag(step: str = ONE, **settings: Any) -> Flag:
    return Flag(step, START, "olga", **settings)


def flag_set(*flags: Flag, tenant: str = "acme") -> FlagSet:
    return FlagSet(tenant, {each.id: each for each in flags})


def thrown(*steps: str, tenant: str = "acme") -> KillSwitches:
    return KillSwitches(thrown=tuple(Switch(step, tenant, START, "olga") for step in steps))


def user(name: str) -> Subject:
    return replace(ADA, user=name)


def test_a_rollout_reaches_its_percentage_of_the_users() -> None:
    for percent in (0, 5, 50, 100):
        reached = sum(is_on(flag(percent=percent), user(name)) for name in USERS)
        assert abs(reached / len(USERS) - percent / 100) < AROUND
    assert not any(is_on(flag(percent=0), user(name)) for name in USERS)
    assert all(is_on(flag(percent=100), user(name)) for name in USERS)


def test_a_larger_rollout_keeps_whom_the_smaller_one_reached() -> None:
    small = {name for name in USERS if is_on(flag(percent=10), user(name))}
    large = {name for name in USERS if is_on(flag(percent=30), user(name))}
    assert small < large


def test_whom_one_rollout_reaches_tells_nothing_of_another_one() -> None:
    one = {name for name in USERS if is_on(flag(ONE, percent=50), user(name))}
    both = {name for name in one if is_on(flag(OTHER, percent=50), user(name))}
    assert abs(len(both) / len(one) - 0.5) < AROUND * 2


def test_a_users_place_is_the_same_for_ever() -> None:
    """Were the hash changed, users would lose features that they have."""
    assert share("rollout", ONE, "ada") == pytest.approx(0.782761670, abs=1e-9)
    assert share("variant", ONE, "ada") == pytest.approx(0.927246025, abs=1e-9)


def test_variants_have_users_by_their_weights_whatever_the_rollout_is() -> None:
    split = flag(percent=20, variants={"b": 3, "a": 1})
    reached = [name for name in USERS if is_on(split, user(name))]
    shares = Counter(variant_of(split, name) for name in reached)
    assert shares.keys() == {"a", "b"}
    assert abs(shares["a"] / len(reached) - 0.25) < AROUND * 2


def test_the_order_in_which_variants_are_stored_changes_no_users_variant() -> None:
    one, other = flag(variants={"a": 1, "b": 2}), flag(variants={"b": 2, "a": 1})
    assert [variant_of(one, name) for name in USERS] == [variant_of(other, name) for name in USERS]


@pytest.mark.parametrize(
    ("only", "on"),
    [
        ({"user": ["ada", "bob"]}, True),
        ({"user": ["bob"]}, False),
        ({"template": ["modern"], "tenant": ["acme"]}, True),
        ({"template": ["modern"], "tenant": ["other"]}, False),
        ({"priority": []}, False),
    ],
)
def test_every_rule_has_to_match(only: dict[str, list[str]], on: bool) -> None:
    assert is_on(flag(only=only), ADA) is on


def test_a_feature_is_on_where_no_flag_says_otherwise() -> None:
    assert resolved([flag_set(flag(OTHER, on=False))], ADA, [ONE]) == {}


def test_a_feature_is_on_if_tenant_and_installation_both_have_it_on() -> None:
    own = flag_set(flag(variants={"own": 1}))
    everyone = flag_set(flag(variants={"everyones": 1}), tenant=INSTALLATION)
    assert resolved([own, everyone], ADA, [ONE]) == {ONE: "own"}
    assert resolved([flag_set(flag()), everyone], ADA, [ONE]) == {ONE: "everyones"}
    for sets in ([own, flag_set(flag(on=False))], [flag_set(flag(percent=0)), everyone]):
        with pytest.raises(WorkflowError) as caught:
            resolved(sets, ADA, [OTHER, ONE])
        assert (caught.value.code, caught.value.reason) == (Code.FAILED_PRECONDITION, "feature-off")
        assert caught.value.details == {"field": "features", "features": [ONE]}


def test_a_change_leaves_what_it_does_not_tell() -> None:
    first = changed_flags(flag_set(), ONE, FlagChanges(percent=10), START, "olga")
    later = START + timedelta(hours=1)
    second = changed_flags(first, ONE, FlagChanges(variants={"a": 1}), later, "otto")
    assert second.flags == {ONE: Flag(ONE, later, "otto", percent=10, variants={"a": 1})}
    assert changed_flags(second, ONE, FlagChanges(), later, "olga") is second


@pytest.mark.parametrize(
    ("step", "changes", "field"),
    [
        ("parse", FlagChanges(on=False), "flagId"),
        (ONE, FlagChanges(percent=100.5), "percent"),
        (ONE, FlagChanges(percent=float("nan")), "percent"),
        (ONE, FlagChanges(only={"height": ["tall"]}), "only"),
        (ONE, FlagChanges(only={"user": ["u"] * 1001}), "only"),
        (ONE, FlagChanges(variants={"a b": 1}), "variants"),
        (ONE, FlagChanges(variants={"a": 0}), "variants"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    step: str, changes: FlagChanges, field: str
) -> None:
    with pytest.raises(WorkflowError) as caught:
        changed_flags(flag_set(), step, changes, START, "olga")
    assert (caught.value.code, caught.value.details["field"]) == (Code.INVALID_ARGUMENT, field)


def test_only_a_feature_or_a_step_of_every_job_can_be_switched() -> None:
    assert switchable("atsOptimization") == "ats-optimization"
    assert switchable("parse") == "parse"
    with pytest.raises(WorkflowError, match="unknown: choice"):
        switchable("choice")


def test_a_kill_switch_holds_for_its_tenant_or_for_all() -> None:
    acme = switched(NONE_THROWN, ONE, "acme", True, START, "olga")
    both = switched(acme, OTHER, INSTALLATION, True, START, "root")
    assert both.off_for("acme") == {ONE, OTHER}
    assert both.off_for("other") == {OTHER}
    assert switched(both, ONE, "other", False, START, "eve") is both
    assert switched(both, ONE, "acme", True, START, "olga") is both
    assert switched(both, ONE, "acme", False, START, "olga").off_for("acme") == {OTHER}


def test_an_operator_sees_flags_and_switches_of_one_tenant_and_who_changed_them_last() -> None:
    later = START + timedelta(hours=1)
    switches = switched(thrown("parse", tenant="other"), ONE, "acme", True, later, "otto")
    one, other = flag_views(flag_set(flag(on=False), flag(OTHER)), switches)
    assert (one.id, one.on, one.killed, one.changed_at, one.changed_by) == (
        ONE,
        False,
        True,
        later,
        "otto",
    )
    assert (other.id, other.killed, other.changed_by) == (OTHER, False, "olga")
    assert wholly_off([flag_set(flag(on=False), flag(OTHER, percent=0))]) == {ONE}


def exposures(scene: JobScene) -> list[Entry]:
    return [entry for entry in scene.job.run.history if entry.event == EXPOSED]


def test_a_job_tells_each_flag_once_and_keeps_the_first_answer() -> None:
    scene = JobScene(features=[ONE, OTHER])
    for answers in ({ONE: "b"}, {ONE: "a", OTHER: ""}):
        scene.alter(quiet(lambda job, now, _, told=answers: expose(job, told, now)))  # type: ignore[misc]
    assert [(entry.step, entry.code) for entry in exposures(scene)] == [(ONE, "b"), (OTHER, "on")]
    assert scene.job.run.definition.flags == {ONE: "b", OTHER: ""}


def choose(scene: JobScene, features: list[str], *flags: Flag) -> None:
    scene.alter(
        quiet(
            lambda job, now, cmd: choose_features(
                job, features, scene.catalogue, now, cmd, [flag_set(*flags)]
            )
        )
    )


def test_a_choice_resolves_what_is_newly_chosen_and_keeps_the_rest() -> None:
    scene = JobScene(features=None)
    scene.work()
    choose(scene, [ONE], flag(ONE, variants={"a": 1}))
    choose(scene, [ONE, OTHER], flag(ONE, on=False), flag(OTHER))
    assert scene.job.run.definition.flags == {ONE: "a", OTHER: ""}
    before = scene.job
    with pytest.raises(WorkflowError, match=FEATURES[2]):
        choose(scene, [ONE, FEATURES[2]], flag(FEATURES[2], on=False))
    assert scene.job == before


def claim(scene: JobScene, task: str, switches: KillSwitches) -> list[str]:
    """Deliver `task` to a worker that has seen `switches`; the steps claimed."""
    scene.held = replace(scene.invocation(task), switches=switches)
    altered = scene.alter(
        lambda job, now, cmd: () if protocol.claim(job, scene.held, now, cmd) else None
    )
    return [attempt.step for attempt in altered.claimed]


def finish(scene: JobScene, *claimed: str) -> None:
    """What is claimed succeeds, and so does all that follows."""
    attempts = [Attempt(name, scene.step(name).attempt) for name in claimed]
    while attempts:
        attempts = scene.settle(*map(success, attempts))
    scene.work()


def queued_features(scene: JobScene) -> str:
    """Parse is done and the features are queued, none of them started; their task."""
    assert claim(scene, scene.tasks()[0], NONE_THROWN) == ["parse"]
    scene.held = replace(scene.held, left=timedelta(0))
    scene.settle(success(Attempt("parse", 1)))
    (task,) = scene.tasks()
    return task


def test_a_killed_feature_is_not_claimed_and_ends_with_a_reason() -> None:
    dependent, soft = feature("contact-form", needs=(ONE,)), feature(FEATURES[5], after=(ONE,))
    scene = JobScene(catalogue(feature(ONE), feature(OTHER), dependent, soft))
    claimed = claim(scene, queued_features(scene), thrown(ONE))
    assert set(claimed) == {OTHER, FEATURES[5]}
    one = scene.step(ONE)
    assert (one.state, one.attempt) == (StepState.REFUSED, 0)
    assert one.error is not None
    assert one.error.reason == SWITCHED_OFF
    assert one.error.message == f"{ONE} is switched off for now."
    assert scene.step("contact-form").state is StepState.BLOCKED
    assert scene.job.enhanced_features[ONE].status == "skipped"
    finish(scene, *claimed)
    assert scene.job.status is JobStatus.COMPLETED


def test_a_switch_of_another_tenant_stops_nothing() -> None:
    scene = JobScene(features=[ONE])
    assert claim(scene, queued_features(scene), thrown(ONE, tenant="other")) == [ONE]


def test_a_killed_successor_is_not_claimed_in_the_commit_that_completes_its_need() -> None:
    scene = JobScene(job10())
    assert claim(scene, scene.tasks()[0], NONE_THROWN) == ["parse"]
    scene.held = replace(scene.held, switches=thrown(ONE))
    started = scene.settle(success(Attempt("parse", 1)))
    assert {attempt.step for attempt in started} == set(FEATURES) - {ONE}
    assert scene.step(ONE).state is StepState.QUEUED
    assert claim(scene, scene.step(ONE).task, thrown(ONE)) == []
    assert scene.step(ONE).state is StepState.REFUSED


def test_a_killed_feature_whose_worker_was_lost_is_not_started_again() -> None:
    scene = JobScene(features=[ONE])
    task = queued_features(scene)
    assert claim(scene, task, NONE_THROWN) == [ONE]
    assert claim(scene, task, thrown(ONE)) == ["assemble"]
    scene.settle(success(Attempt(ONE, 1)))
    assert (scene.step(ONE).state, scene.step(ONE).attempt) == (StepState.REFUSED, 1)


def test_a_later_run_takes_a_killed_feature_up_again() -> None:
    scene = JobScene(features=[ONE])
    finish(scene, *claim(scene, queued_features(scene), thrown(ONE)))
    assert scene.step(ONE).state is StepState.REFUSED
    scene.alter(quiet(lambda job, now, cmd: protocol.reopen(job, now, cmd, "assemble")))
    scene.work()
    assert scene.step(ONE).state is StepState.COMPLETED


def test_a_killed_step_that_every_job_needs_is_held_and_goes_on_when_it_is_lifted() -> None:
    scene = JobScene(features=[])
    waits = []
    for _ in range(8):
        assert claim(scene, scene.tasks()[0], thrown("parse")) == []
        (effect,) = scene.job.run.effects
        assert effect.not_before is not None
        waits.append(effect.not_before - scene.now)
        assert scene.job.run.deadline is not None
        assert scene.job.run.deadline > effect.not_before
        scene.clock.time = effect.not_before
    assert waits[0] == HOLD_SHORTEST
    assert waits == sorted(waits)
    assert waits[-1] == HOLD_LONGEST
    told = [entry.code for entry in scene.job.run.history if entry.step == "parse"]
    assert told == ["", SWITCHED_OFF]
    assert "switched on again" in scene.step("parse").error.message  # type: ignore[union-attr]
    assert claim(scene, scene.tasks()[0], NONE_THROWN) == ["parse"]
    assert scene.step("parse").held_at is None
    finish(scene, "parse")
    assert scene.job.status is JobStatus.COMPLETED


def test_a_job_that_is_held_for_a_week_fails_and_can_be_replayed() -> None:
    scene = JobScene(features=[])
    claim(scene, scene.tasks()[0], thrown("parse"))
    scene.clock.time += HOLD_LIMIT
    claim(scene, scene.tasks()[0], thrown("parse"))
    assert (scene.job.status, scene.job.error_type) == (JobStatus.FAILED, SWITCHED_OFF)
    assert scene.job.error == "parse was switched off for 7 days."
    scene.reopen()
    scene.work()
    assert scene.job.status is JobStatus.COMPLETED


def test_an_attempt_that_was_lost_before_its_step_was_held_cannot_commit() -> None:
    """Its worker may live on, for nobody can tell; the step will start anew."""
    scene = JobScene(features=[])
    task = scene.tasks()[0]
    assert claim(scene, task, NONE_THROWN) == ["parse"]
    assert claim(scene, task, thrown("parse")) == []
    assert scene.step("parse").state is StepState.QUEUED
    late = scene.settle(success(Attempt("parse", 1)))
    assert late == []
    assert scene.step("parse").state is StepState.QUEUED
