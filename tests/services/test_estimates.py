"""Durations measured on the store, and what the operations make of them (F10, J4, F5, D)."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cvplus_workflow.app import LOCAL_CALLER, Caller, EmbeddedApp
from cvplus_workflow.domain.change import Query
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.embedded import store as sqlite_store
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.services.estimates import KEPT_FOR, RECENT_JOBS, StepEstimates
from cvplus_workflow.settings import Settings
from cvplus_workflow.steps.contract import Produced, StepInput
from cvplus_workflow.steps.runner import StepRunner
from cvplus_workflow.worker import drain
from tests.workloads import ManualClock, Script, SeededEntropy, catalogue, feature

LONG, BRANCH, TIP = "contact-form", "embed-qr-code", "social-media-links"
SHIPPED = {LONG: 5.0, BRANCH: 0.1, TIP: 0.1}
"""Estimates that put one feature before the branch of two."""

TAKEN = {"parse": 0.5, LONG: 1.0, BRANCH: 1.5, TIP: 1.5, "assemble": 0.5, "quality": 0.25}
"""Seconds that the steps take in fact: the branch is the longer one."""


class Plant:
    """A system whose steps take their time on a clock that only they move."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.taken = dict(TAKEN)
        specs = catalogue(
            feature(LONG, estimate_s=SHIPPED[LONG]),
            feature(BRANCH, estimate_s=SHIPPED[BRANCH]),
            feature(TIP, needs=(BRANCH,), estimate_s=SHIPPED[TIP]),
        )
        registry = Script().registry(specs)
        steps = {
            key: replace(step, run=self._timed(key[0], step.run)) for key, step in registry.items()
        }
        self._runner = StepRunner(steps, seconds=lambda: self.clock.now().timestamp())
        self.app = EmbeddedApp(
            Settings(data=folder),
            clock=self.clock,
            entropy=SeededEntropy(),
            runner=self._runner,
            steps=steps,
        )

    def close(self) -> None:
        self.app.close()
        self._runner.close()

    def _timed(
        self, name: str, body: Callable[[StepInput], Produced]
    ) -> Callable[[StepInput], Produced]:
        def run(given: StepInput) -> Produced:
            self.clock.advance(self.taken[name])
            return body(given)

        return run

    def accept(
        self, caller: Caller = LOCAL_CALLER, *, features: bool = True, parallel: int = 1
    ) -> Job:
        chosen = [LONG, BRANCH, TIP] if features else None
        return self.app.jobs.create(caller, content=b"# A CV", features=chosen, parallel=parallel)

    def work(self, jobs: int, caller: Caller = LOCAL_CALLER) -> list[Job]:
        """Do so many jobs, one step at a time, and let the last measurement grow old."""
        done = []
        for _ in range(jobs):
            job = self.accept(caller)
            drain(self.app)
            done.append(self.app.jobs.get(caller, job.id))
        self.clock.advance(KEPT_FOR.total_seconds())
        return done

    def call(self, name: str, data: Mapping[str, Any], caller: Caller = LOCAL_CALLER) -> Any:
        return self.app.call(name, caller, data)


def test_steps_that_run_together_are_each_told_their_own_time(tmp_path: Path) -> None:
    """F10: they begin with one commit and end with one."""
    plant = Plant(tmp_path / "data")
    job = plant.accept(parallel=20)
    drain(plant.app)
    steps = plant.app.jobs.get(LOCAL_CALLER, job.id).run.steps
    assert steps[LONG].ended_at == steps[BRANCH].ended_at
    assert {name: steps[name].seconds for name in (LONG, BRANCH)} == {
        name: TAKEN[name] for name in (LONG, BRANCH)
    }
    plant.close()


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    made = Plant(tmp_path / "data")
    yield made
    made.close()


def started(job: Job) -> list[str]:
    return [entry.step for entry in job.run.history if entry.event == "running"]


def test_a_job_planned_after_five_measured_ones_starts_the_longest_branch_first(
    plant: Plant,
) -> None:
    """F10: by the shipped estimates the single feature goes first, and it did."""
    *_, fifth = plant.work(5)
    assert started(fifth) == ["parse", LONG, BRANCH, TIP, "assemble", "quality"]
    (sixth,) = plant.work(1)
    assert started(sixth) == ["parse", BRANCH, LONG, TIP, "assemble", "quality"]


def test_four_measured_jobs_are_not_enough(plant: Plant) -> None:
    plant.work(4)
    (fifth,) = plant.work(1)
    assert started(fifth)[1] == LONG


def test_features_chosen_later_are_ordered_by_measured_durations_too(plant: Plant) -> None:
    """F10, F1: the choice is made at `analyzed`."""
    plant.work(5)
    job = plant.accept(features=False)
    drain(plant.app)
    plant.app.features.orchestrate(LOCAL_CALLER, job.id, [LONG, BRANCH, TIP])
    drain(plant.app)
    done = plant.app.jobs.get(LOCAL_CALLER, job.id)
    assert [s for s in started(done) if s in SHIPPED] == [BRANCH, LONG, TIP]


def test_the_feature_sequence_is_told_before_there_is_a_job(plant: Plant) -> None:
    """F10: `optimizeFeatureSequence` labels an estimate by its lack of samples."""
    asked = {"features": [LONG, BRANCH, TIP]}
    before = plant.call("optimizeFeatureSequence", asked)
    assert before["criticalPath"] == ["parse", LONG, "assemble", "quality"]
    assert {step["samples"] for step in before["steps"]} == {0}
    plant.work(5)
    after = plant.call("optimizeFeatureSequence", asked)
    assert after["criticalPath"] == ["parse", BRANCH, TIP, "assemble", "quality"]
    assert after["criticalSeconds"] == 4.25
    steps = {step["id"]: step for step in after["steps"]}
    assert (steps[LONG]["expectedSeconds"], steps[LONG]["samples"]) == (1.0, 5)
    assert [name for name in steps if name in SHIPPED] == [BRANCH, LONG, TIP]
    phases = plant.call("handleFeatureDependencies", asked)["phases"]
    assert phases[1] == [BRANCH, LONG]


def test_a_sequence_of_features_that_cannot_run_together_is_refused(plant: Plant) -> None:
    with pytest.raises(WorkflowError) as refused:
        plant.call("optimizeFeatureSequence", {"features": [TIP]})
    assert refused.value.code is Code.INVALID_ARGUMENT


def test_the_remaining_time_is_labelled_an_estimate_until_it_is_measured(plant: Plant) -> None:
    """J4: an interval; of a job with one place it is the sum of all that is left."""
    first = plant.accept()
    told = plant.call("getJobProgress", {"jobId": first.id})
    assert told["etaIsEstimate"]
    assert told["etaLowSeconds"] < told["etaSeconds"] < told["etaHighSeconds"]
    drain(plant.app)
    plant.work(1)
    plant.taken = {name: 2 * seconds for name, seconds in TAKEN.items()}
    plant.work(2)
    told = plant.call("getJobProgress", {"jobId": plant.accept().id})
    assert told["etaIsEstimate"]
    drain(plant.app)
    plant.clock.advance(KEPT_FOR.total_seconds())
    told = plant.call("getJobProgress", {"jobId": plant.accept().id})
    assert not told["etaIsEstimate"]
    whole = sum(TAKEN.values())
    eta = (told["etaLowSeconds"], told["etaSeconds"], told["etaHighSeconds"])
    assert eta == (whole, 2 * whole, 2 * whole)


def test_a_row_for_each_feature_is_told_to_its_owner_alone(plant: Plant) -> None:
    """F5: `getFeatureProgress`."""
    (done,) = plant.work(1)
    rows = plant.call("getFeatureProgress", {"jobId": done.id})
    assert [(row["id"], row["status"], row["progress"]) for row in rows] == [
        (name, "completed", 100) for name in (LONG, BRANCH, TIP)
    ]
    assert [row["seconds"] for row in rows] == [TAKEN[row["id"]] for row in rows]
    times = [rows[1][field][-13:] for field in ("queuedAt", "startedAt", "completedAt")]
    assert times == ["-05T09:00:00Z", "00:01.500000Z", "-05T09:00:03Z"]
    for name in ("getFeatureProgress", "debugFeatureOrchestration"):
        with pytest.raises(WorkflowError) as refused:
            plant.call(name, {"jobId": done.id}, Caller("eve", "local"))
        assert refused.value.code is Code.NOT_FOUND


def test_the_plan_of_a_job_is_explained(plant: Plant) -> None:
    """D: `debugFeatureOrchestration`."""
    plant.work(5)
    plan = plant.call("debugFeatureOrchestration", {"jobId": plant.accept().id})
    assert (plan["parallel"], plan["carried"], plan["status"]) == (1, 1, "pending")
    assert plan["criticalPath"] == ["parse", BRANCH, TIP, "assemble", "quality"]
    steps = {step["id"]: step for step in plan["steps"]}
    assert steps["parse"]["why"] == "waits for a worker"
    assert steps[TIP]["why"] == f"waits for parse, {BRANCH}"
    assert (steps[TIP]["needs"], steps[TIP]["phase"]) == (["parse", BRANCH], 3)
    assert (steps[TIP]["expectedSeconds"], steps[TIP]["samples"]) == (1.5, 5)


def test_what_one_tenant_measures_stays_with_it(plant: Plant) -> None:
    plant.work(5, Caller("ann", "acme"))
    request = {"features": [LONG]}
    own = plant.call("optimizeFeatureSequence", request, Caller("ben", "acme"))
    other = plant.call("optimizeFeatureSequence", request, Caller("bob", "other"))
    assert own["steps"][0]["samples"] == 5
    assert other["steps"][0]["samples"] == 0


def queries(plant: Plant, times: list[float]) -> int:
    """How often the store is asked when a measurement is wanted after so many seconds each."""
    found: Counter[str] = Counter()
    estimates = StepEstimates(_Counting(plant.app.store, found), plant.clock)
    for seconds in times:
        plant.clock.advance(seconds)
        estimates.measured("local")
    return found["query"]


class _Counting:
    def __init__(self, store: Any, found: Counter[str]) -> None:
        self._store, self._found = store, found

    def query(self, query: Query, kind: Any) -> Any:
        self._found["query"] += 1
        assert query.limit == RECENT_JOBS
        return self._store.query(query, kind)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_the_jobs_are_read_at_most_once_a_minute(plant: Plant) -> None:
    assert queries(plant, [0.0, 1.0, 30.0, 28.9]) == 1
    assert queries(plant, [0.0, 60.0]) == 2


def test_a_clock_that_goes_back_does_not_keep_an_old_measurement(plant: Plant) -> None:
    assert queries(plant, [0.0, -3600.0]) == 2


def plan_of(plant: Plant, query: Query) -> str:
    statement, values = sqlite_store._select(query)
    rows = plant.app.engine.read().execute(f"EXPLAIN QUERY PLAN {statement}", values)
    return "; ".join(str(row[-1]) for row in rows)


def test_completed_jobs_are_found_without_a_scan_or_a_sort(plant: Plant) -> None:
    """The cost of a measurement does not depend on how many jobs there are."""
    issued: list[Query] = []

    class Recording(_Counting):
        def query(self, query: Query, kind: Any) -> Any:
            issued.append(query)
            return []

    StepEstimates(Recording(plant.app.store, Counter()), plant.clock).measured("local")
    (query,) = issued
    plan = plan_of(plant, query)
    assert "USING INDEX documents_completed" in plan
    assert "TEMP B-TREE" not in plan


def test_a_users_completed_jobs_are_still_found_by_their_owner(plant: Plant) -> None:
    equal = (("tenant", "acme"), ("userId", "ann"), ("status", "completed"))
    plan = plan_of(plant, Query("jobs", "createdAt", equal, descending=True))
    assert "USING INDEX documents_owned" in plan
