"""Flags through the operations: who sets them, when they are seen, and what they cost (F11)."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cvplus_workflow.app import Caller
from cvplus_workflow.domain.change import Document, Ref
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.exposures import EXPOSED
from cvplus_workflow.domain.flags import INSTALLATION, SWITCHED_OFF
from cvplus_workflow.domain.states import JobStatus, StepState
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.ports import Store
from cvplus_workflow.services.flags import KEPT_FOR, Flags
from tests.services.installation import QUEUES, Installation
from tests.workloads import FEATURES, OWNER

ONE, OTHER = FEATURES[:2]
OPERATOR = Caller("olga", OWNER.tenant, frozenset({"user", "operator"}))
ROOT = Caller("root", INSTALLATION, frozenset({"user", "operator"}))
ELSEWHERE = Caller("otto", "other", frozenset({"user", "operator"}))
KEPT_S = KEPT_FOR.total_seconds()


def set_flag(
    installation: Installation, flag: str, caller: Caller = OPERATOR, **told: Any
) -> list[dict[str, Any]]:
    answer = installation.app.call("setFlag", caller, {"flagId": flag, **told})
    assert isinstance(answer, list)
    return answer


def refused(installation: Installation, **settings: Any) -> WorkflowError:
    with pytest.raises(WorkflowError) as caught:
        installation.create(**settings)
    return caught.value


def exposures(job: Job) -> list[tuple[str, str]]:
    return [(entry.step, entry.code) for entry in job.run.history if entry.event == EXPOSED]


class CountedStore:
    """A store that counts what is read outside of commits."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reads: Counter[str] = Counter()
        self.away = False

    def get(self, ref: Ref[Document]) -> Document | None:
        self.reads[ref.path.partition("/")[0]] += 1
        if self.away and ref.path.startswith("killSwitches"):
            raise WorkflowError(Code.UNAVAILABLE, "The store is away.")
        return self._store.get(ref)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def counted(folder: Path) -> tuple[Installation, CountedStore]:
    made: list[CountedStore] = []

    def line(store: Store) -> Store:
        made.append(CountedStore(store))
        return made[0]

    return Installation(folder, line=line), made[0]


@pytest.mark.parametrize("name", ["setFlag", "listFlags"])
def test_flags_are_for_operators_alone(installation: Installation, name: str) -> None:
    for roles in ({"user"}, {"user", "reviewer"}, {"user", "service"}):
        with pytest.raises(WorkflowError) as caught:
            installation.app.call(name, Caller("x", "acme", frozenset(roles)), {"flagId": ONE})
        assert caught.value.code == Code.PERMISSION_DENIED


def test_an_operator_sees_and_sets_the_flags_of_their_own_tenant(
    installation: Installation,
) -> None:
    set_flag(installation, ONE, percent=0, only={"user": ["ann"]}, variants={"a": 1, "b": 2})
    set_flag(installation, OTHER, ROOT, killed=True)
    set_flag(installation, ONE, ELSEWHERE, on=False)
    listed = installation.app.call("listFlags", OPERATOR, None)
    assert [(flag["tenant"], flag["id"], flag["killed"]) for flag in listed] == [
        (INSTALLATION, OTHER, True),
        ("acme", ONE, False),
    ]
    assert listed[1] == {
        "id": ONE,
        "tenant": "acme",
        "on": True,
        "only": {"user": ["ann"]},
        "percent": 0.0,
        "variants": {"a": 1, "b": 2},
        "killed": False,
        "changedAt": "2026-01-05T09:00:00Z",
        "changedBy": "olga",
    }


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"flagId": "no-such-feature"}, "flagId"),
        ({"flagId": "quality", "on": False}, "flagId"),
        ({"flagId": ONE, "percent": 101}, "percent"),
        ({"flagId": ONE, "only": {"height": []}}, "only"),
        ({"flagId": ONE, "variants": {"": 1}}, "variants"),
        ({"flagId": ONE, "colour": "red"}, "colour"),
    ],
)
def test_a_flag_that_makes_no_sense_names_the_field(
    installation: Installation, told: dict[str, Any], field: str
) -> None:
    with pytest.raises(WorkflowError) as caught:
        installation.app.call("setFlag", OPERATOR, told)
    assert (caught.value.code, caught.value.details["field"]) == (Code.INVALID_ARGUMENT, field)
    assert installation.app.call("listFlags", OPERATOR, None) == []


def test_a_feature_that_is_off_for_the_caller_is_refused_and_not_dropped(
    installation: Installation,
) -> None:
    set_flag(installation, ONE, on=False)
    set_flag(installation, OTHER, only={"template": ["classic"]})
    error = refused(installation)
    assert (error.code, error.reason) == (Code.FAILED_PRECONDITION, "feature-off")
    assert error.details == {"field": "features", "features": [ONE, OTHER]}
    assert not [path for path in installation.documents() if path.startswith("jobs/")]
    assert installation.stored_files() == []
    assert installation.create(features=FEATURES[2:]).status is JobStatus.PENDING


def test_a_flag_of_the_installation_holds_for_every_tenant(installation: Installation) -> None:
    set_flag(installation, ONE, ROOT, only={"tenant": ["other"]})
    assert refused(installation).details["features"] == [ONE]
    assert installation.create(ELSEWHERE, features=[ONE]).selected_features == [ONE]
    set_flag(installation, ONE, ELSEWHERE, on=False)
    assert refused(installation, caller=ELSEWHERE, features=[ONE]).reason == "feature-off"


def test_the_same_key_answers_its_job_after_a_flag_has_gone_off(
    installation: Installation,
) -> None:
    job = installation.create(key="k")
    set_flag(installation, ONE, on=False)
    assert installation.create(key="k").id == job.id


def test_a_jobs_answers_stay_while_flags_change(installation: Installation) -> None:
    set_flag(installation, ONE, variants={"a": 1})
    job = installation.create(features=[ONE, OTHER])
    assert exposures(job) == [(ONE, "a")]
    set_flag(installation, ONE, on=False, variants={"b": 1})
    installation.drain()
    done = installation.get(job.id)
    assert done.run.steps[ONE].state is StepState.COMPLETED
    assert done.run.definition.flags == {ONE: "a"}
    again = installation.app.jobs.rerun(OWNER, job.id, ONE)
    installation.drain()
    assert installation.get(job.id).run.steps[ONE].state is StepState.COMPLETED
    assert exposures(installation.get(again.id)) == [(ONE, "a")]


def test_a_choice_is_resolved_when_it_is_made_for_the_owner_of_the_job(
    installation: Installation,
) -> None:
    job = installation.completed(features=None)
    set_flag(installation, ONE, only={"user": [OPERATOR.uid]})
    set_flag(installation, OTHER, only={"user": [OWNER.uid]})
    with pytest.raises(WorkflowError, match=ONE):
        installation.app.features.orchestrate(OPERATOR, job.id, [ONE, OTHER])
    chosen = installation.app.features.orchestrate(OPERATOR, job.id, [OTHER])
    assert exposures(chosen) == [(OTHER, "on")]


def test_all_features_are_those_that_are_not_switched_off(installation: Installation) -> None:
    set_flag(installation, ONE, on=False)
    assert ONE not in installation.app.features.runnable(OWNER.tenant)
    assert ONE in installation.app.features.runnable("other")


def test_a_change_of_another_process_is_seen_within_ten_seconds(
    installation: Installation,
) -> None:
    other_process = Flags(installation.store, installation.clock)
    assert other_process.switches().thrown == ()
    assert other_process.sets(OWNER.tenant) == []
    set_flag(installation, ONE, on=False, killed=True)
    assert other_process.switches().thrown == ()
    assert other_process.sets(OWNER.tenant) == []
    installation.clock.advance(KEPT_S)
    assert other_process.switches().off_for(OWNER.tenant) == {ONE}
    assert not other_process.sets(OWNER.tenant)[0].flags[ONE].on


def test_a_clock_that_went_back_keeps_nothing_for_longer(installation: Installation) -> None:
    other_process = Flags(installation.store, installation.clock)
    other_process.switches()
    set_flag(installation, ONE, killed=True)
    installation.clock.advance(-3600)
    assert other_process.switches().off_for(OWNER.tenant) == {ONE}


def test_a_kill_switch_stops_a_feature_in_jobs_that_are_under_way(
    installation: Installation,
) -> None:
    job = installation.create()
    set_flag(installation, ONE, killed=True)
    installation.drain()
    done = installation.get(job.id)
    assert done.status is JobStatus.COMPLETED
    error = done.run.steps[ONE].error
    assert error is not None
    assert (done.run.steps[ONE].state, error.reason) == (StepState.REFUSED, SWITCHED_OFF)
    assert installation.script.calls[ONE] == 0
    told = installation.app.call("getFeatureProgress", OWNER, {"jobId": job.id})[0]
    assert (told["status"], told["message"]) == ("skipped", f"{ONE} is switched off for now.")


def test_a_switch_that_is_thrown_while_a_step_runs_stops_its_successors(
    installation: Installation,
) -> None:
    """The switches are read again before each commit that starts something."""
    installation.script.before["parse"] = lambda _given: set_flag(installation, ONE, killed=True)
    done = installation.completed()
    assert (done.status, installation.script.calls[ONE]) == (JobStatus.COMPLETED, 0)


def test_a_step_that_is_switched_off_while_its_body_runs_may_finish(
    installation: Installation,
) -> None:
    """It is light, so it is claimed with its outcome; that comes after the switch is seen."""

    def throw(_given: object) -> None:
        set_flag(installation, "parse", killed=True)
        installation.clock.advance(KEPT_S)

    installation.script.before["parse"] = throw
    job = installation.create()
    installation.app.queue.execute(installation.tasks.take(QUEUES, 10))
    assert installation.get(job.id).status == JobStatus.COMPLETED
    assert installation.script.calls["parse"] == 1


def test_a_job_is_held_while_a_step_that_it_needs_is_killed(installation: Installation) -> None:
    set_flag(installation, "parse", killed=True)
    job = installation.create()
    for _ in range(5):
        installation.drain()
        installation.clock.advance(300)
        installation.app.queue.sweep()
    held = installation.get(job.id)
    assert (held.status, installation.script.calls["parse"]) == (JobStatus.PENDING, 0)
    set_flag(installation, "parse", killed=False)
    installation.clock.advance(601)
    installation.drain()
    assert installation.get(job.id).status is JobStatus.COMPLETED


def test_claims_cost_one_read_of_the_switches_in_ten_seconds(tmp_path: Path) -> None:
    installation, store = counted(tmp_path)
    for _ in range(3):
        installation.completed()
    assert store.reads["killSwitches"] == 1
    assert store.reads["flags"] == 2
    installation.clock.advance(KEPT_S)
    installation.completed()
    assert store.reads["killSwitches"] == 2
    installation.close()


def test_switches_that_cannot_be_read_hold_as_they_were_seen_last(tmp_path: Path) -> None:
    installation, store = counted(tmp_path)
    store.away = True
    assert installation.completed().status is JobStatus.COMPLETED
    store.away = False
    set_flag(installation, ONE, killed=True)
    assert installation.completed().run.steps[ONE].state is StepState.REFUSED
    store.away = True
    installation.clock.advance(KEPT_S)
    assert installation.completed().run.steps[ONE].state is StepState.REFUSED
    installation.close()


def test_a_tenant_may_have_any_name(installation: Installation) -> None:
    """It becomes a part of a path, and `..` and `a/b` are names too."""
    for name in ("..", "a/b", "a%2f.b", "__x__", "ä"):
        caller = Caller("x", name, frozenset({"user", "operator"}))
        set_flag(installation, ONE, caller, on=False)
        assert [flag["tenant"] for flag in set_flag(installation, OTHER, caller)] == [name]
    paths = [path for path in installation.documents() if path.startswith("flags/")]
    assert len(paths) == 5
    assert all(path.count("/") == 1 for path in paths)
