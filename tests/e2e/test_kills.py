"""SIGKILL at any instant loses and doubles nothing, and the restart goes on at once (J7, J10)."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.settings import Settings
from tests.e2e.faults import until
from tests.e2e.kill_trials import (
    COMMAND,
    CV,
    PATIENCE_S,
    Undisturbed,
    children_of,
    killed_trial,
    plans,
    undisturbed_run,
)

KILLS, SEED = 20, 20_260
SLACK_S = 40.0
"""A restart that waited for the shortest lease would take 70 s; a busy machine is merely slow."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return undisturbed_run(tmp_path_factory.mktemp("undisturbed"))


@pytest.mark.parametrize("number", range(KILLS))
def test_a_killed_process_loses_and_doubles_nothing_and_the_next_goes_on_at_once(
    number: int, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    plan = plans(KILLS, SEED, undisturbed)[number]
    trial = killed_trial(tmp_path, plan, undisturbed)
    assert trial.accepted or not plan.worker
    assert not trial.lost
    assert not trial.doubled
    assert trial.faults == []
    assert trial.recovery_s < undisturbed.seconds + SLACK_S


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="children are found in /proc")
def test_a_step_whose_child_process_is_killed_is_tried_again(tmp_path: Path) -> None:
    words = ["run", str(CV), "--data", str(tmp_path / "data"), "--out", str(tmp_path / "out")]
    process = subprocess.Popen([COMMAND, *words], stdout=subprocess.DEVNULL)
    assert until(lambda: bool(children_of(process.pid)))
    os.kill(children_of(process.pid)[0], signal.SIGKILL)
    assert process.wait(PATIENCE_S) == 0
    app = EmbeddedApp(Settings(data=tmp_path / "data"))
    try:
        (job,) = app.jobs.history(LOCAL_CALLER)
    finally:
        app.close()
    codes = [entry.code for entry in job.run.history if entry.event == "queued"]
    assert "child-died" in codes
    assert job.run.steps["parse"].attempt == 2


def test_the_benchmark_of_kills_prints_one_json_object() -> None:
    script = Path(__file__).parents[2] / "benchmarks/kills.py"
    words = [sys.executable, str(script), "--kills", "1", "--json"]
    done = subprocess.run(words, capture_output=True, timeout=PATIENCE_S, check=True)
    assert done.stdout.startswith(b'{"kills": 1, "lost": 0, "doubled": 0, ')
