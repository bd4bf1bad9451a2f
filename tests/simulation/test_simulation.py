"""The protocol in simulation: no seed breaks it, every mutant is found, every run replays."""

import gc
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from cvplus_workflow.domain.documents import BODY_FILE
from cvplus_workflow.domain.flags import SWITCHED_OFF
from cvplus_workflow.domain.states import JobStatus
from cvplus_workflow.testing.faults import PLACES
from cvplus_workflow.testing.outside import SWITCHING_EVERY, WEB_EVERY
from cvplus_workflow.testing.quiet import undisturbed
from cvplus_workflow.testing.scenario import plan_of
from cvplus_workflow.testing.shrinking import shrink
from cvplus_workflow.testing.simulation import Simulation, run_plan
from cvplus_workflow.testing.world import MORTAL

from .__main__ import run_seeds, tell
from .mutants import MUTANTS

SEEDS = 3000
PARTS = 12
WITHIN = 1000
"""Every mutant is found within so many seeds."""

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("part", range(PARTS))
def test_no_seed_violates_an_invariant(part: int) -> None:
    size = SEEDS // PARTS
    assert run_seeds(part * size, size)["violations"] == []


@pytest.mark.parametrize("mutant", MUTANTS)
def test_every_mutant_is_found(mutant: str) -> None:
    assert run_seeds(0, WITHIN, mutant, stop=True)["violations"]


def test_a_seed_has_three_jobs_of_five_to_ten_features_two_workers_and_thirteen_faults() -> None:
    for seed in range(200):
        plan = plan_of(seed)
        assert len(plan.jobs) == 3
        assert all(features is None or 5 <= len(features) <= 10 for _, features in plan.jobs)
        assert len(plan.faults) >= 13


def test_a_seed_leaves_nothing_to_the_garbage_collector() -> None:
    """Else collecting takes a tenth of the time, and as much memory again as all else."""
    seeds = range(30)
    with undisturbed():
        for seed in seeds:
            run_plan(plan_of(seed))
        gc.collect()
        for seed in seeds:
            run_plan(plan_of(seed))
        assert gc.collect() == 0
        assert not [each for each in gc.get_objects() if isinstance(each, Simulation)]


def test_ten_faults_strike_in_a_seed_and_services_answer_after_a_cancellation() -> None:
    struck, answered = 0, set[JobStatus]()
    for seed in range(300):
        simulation = Simulation(plan_of(seed))
        struck += simulation.run().struck
        answered |= simulation.answered
    assert struck >= 10 * 300
    assert JobStatus.CANCELLED in answered


def test_every_kind_of_fault_strikes() -> None:
    struck, crashed = set[str](), set[str]()
    for seed in range(300):
        simulation = Simulation(plan_of(seed))
        simulation.run()
        struck |= simulation.faults.kinds
        crashed |= simulation.world.crashed
    assert struck == {kind for kinds in PLACES.values() for kind in kinds}
    assert crashed == set(MORTAL)


def test_switches_stop_features_hold_steps_and_flags_are_resolved() -> None:
    """Row F11: what operators do in a seed has consequences for its jobs."""
    told: set[tuple[str, str]] = set()
    for seed in range(2, 302, SWITCHING_EVERY):
        simulation = Simulation(plan_of(seed))
        simulation.run()
        for job in simulation.witness.jobs.values():
            told |= {(entry.event, entry.code) for entry in job.run.history}
    assert {("refused", SWITCHED_OFF), ("queued", SWITCHED_OFF)} <= told
    assert {("exposed", "on"), ("exposed", "old"), ("exposed", "new")} <= told


def test_large_outputs_and_long_histories_stand_outside_of_their_jobs() -> None:
    found: set[str] = set()
    for seed in range(30):
        simulation = Simulation(plan_of(seed))
        simulation.run()
        for job in simulation.witness.jobs.values():
            outputs = [step.output for step in job.run.steps.values() if step.output]
            found |= {"document" for output in outputs if output.spilled}
            found |= {"file" for output in outputs if BODY_FILE in output.files}
            found |= {"history" for _ in range(job.run.spilled)}
    assert found == {"document", "file", "history"}


def test_jobs_are_made_of_what_the_web_answers() -> None:
    """Row J1: asked for twice, each fetch answers another document, and one of them is it."""
    for seed in range(1, 101, WEB_EVERY):
        plan = plan_of(seed)
        simulation = Simulation(plan)
        assert simulation.run().violation == ""
        addressed = [job for job in simulation.witness.jobs.values() if job.file_url]
        assert len(addressed) == len(plan.around.addressed) == 2


def test_the_same_seed_gives_the_same_bytes() -> None:
    command = [sys.executable, "-m", "tests.simulation", "--seeds", "60", "--json"]
    runs = [
        subprocess.run(
            [*command, "--workers", workers],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for workers, hash_seed in (("1", "1"), ("2", "2"))
    ]
    first, second = (json.loads(run) for run in runs)
    assert first["digest"] == second["digest"]
    assert first["seeds"] == 60
    assert run_plan(plan_of(7)).digest != run_plan(plan_of(8)).digest


def _told(*words: str) -> str:
    """What the command prints; it must end well."""
    command = [sys.executable, "-m", "tests.simulation", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    assert done.stderr == ""
    return done.stdout


def test_the_command_lists_the_mutants_a_line_each_and_tells_the_story_of_a_seed() -> None:
    assert _told("--list-mutants").splitlines() == list(MUTANTS)
    story = _told("--replay", "7")
    assert story == f"{tell(7, '')}\n"
    assert "worker-" in story
    assert story != _told("--replay", "8")


def test_a_failing_seed_is_shrunk_and_its_story_told() -> None:
    from .mutants import applied

    seed = run_seeds(0, WITHIN, "no-fence", stop=True)["violations"][0]["seed"]
    with applied("no-fence"):
        small = shrink(plan_of(seed), run_plan)
        assert run_plan(small).violation
        for fault in small.faults:
            rest = tuple(kept for kept in small.faults if kept is not fault)
            assert not run_plan(replace(small, faults=rest)).violation
    story = tell(seed, "no-fence")
    assert "worker-" in story
    assert re.search(r"result: \S+ commits attempt \d, its fence is \d$", story)


def test_a_story_begins_with_all_that_its_seed_holds() -> None:
    seed = next(s for s in range(200) if plan_of(s).around.addressed and plan_of(s).jumps)
    story = tell(seed, "")
    plan = plan_of(seed)
    for _, features in plan.jobs:
        assert ", ".join(features or ()) in story
    assert f"the deployment is at {plan.deploy_at:.1f} s" in story
    assert "makes a job from an address twice with" in story
    assert f"the clocks jump at {plan.jumps[0][0]:.1f} s" in story
    assert f"the clock of machine 1 is {plan.clocks[1][0]:+.1f} s ahead" in story
    assert "operator of" in tell(2, "")
