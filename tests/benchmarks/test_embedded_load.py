"""The benchmarks of the embedded system tell what they promise, and notice what is wrong."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from benchmarks.embedded_load.finished import fill
from benchmarks.embedded_load.loads import create, verified
from benchmarks.embedded_load.machine import disk_folder, file_system
from benchmarks.embedded_load.query_plans import statements
from benchmarks.embedded_load.synthetic import Shape, open_app

from cvplus_workflow.app import LOCAL_CALLER
from cvplus_workflow.worker import drain

ROOT = Path(__file__).resolve().parents[2]
JOB10 = Shape("job10")


def _run(name: str, *words: str, code: int = 0) -> Any:
    command = [sys.executable, f"benchmarks/{name}.py", *words, "--json"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ended.returncode == code, ended.stderr
    return json.loads(ended.stdout)


@pytest.mark.parametrize("shape", ["job10", "chain10"])
def test_throughput_tells_speed_latency_and_memory_of_verified_jobs(shape: str) -> None:
    found = _run("throughput", "--shape", shape, "--jobs", "20", "--alone-jobs", "3")
    assert found["embedded"] is True
    assert found["verified_jobs"] == 20
    assert found["steps"] == 200
    assert found["synchronous"] == "full"
    assert found["latency_ms_p50"] <= found["latency_ms_p95"]
    # Both are rounded, and of very slow work the making is no part that shows.
    assert found["steps_per_s"] >= found["steps_per_s_with_creation"] > 0
    assert found["commits_per_job_alone"] >= 6
    for name in ("latency_alone_ms_p50", "latency_alone_ms_p95", "commits_per_job", "peak_rss_mb"):
        assert found[name] > 0, name


def test_two_workers_and_fifty_features_are_measured_as_well() -> None:
    words = ["--jobs", "4", "--alone-jobs", "1", "--processes", "2", "--features", "50"]
    found = _run("throughput", *words)
    assert found["steps"] == 4 * 53


def test_data_lies_on_a_disk() -> None:
    assert file_system(disk_folder()) not in ("tmpfs", "ramfs", "unknown")


def test_a_job_that_has_not_ended_ends_the_benchmark(tmp_path: Path) -> None:
    app = open_app(tmp_path, JOB10)
    ids = create(app, JOB10, 1)
    app.close()
    with pytest.raises(SystemExit, match="not completed"):
        verified(tmp_path, JOB10, ids)


def test_a_result_that_is_missing_ends_the_benchmark(tmp_path: Path) -> None:
    app = open_app(tmp_path, JOB10)
    ids = create(app, JOB10, 1)
    drain(app)
    app.close()
    assert len(verified(tmp_path, JOB10, ids)) == 1
    with pytest.raises(SystemExit, match="without all"):
        verified(tmp_path, Shape("job10", 8), ids)


def test_the_store_is_filled_with_jobs_that_are_over(tmp_path: Path) -> None:
    fill(tmp_path, JOB10, 30)
    app = open_app(tmp_path, JOB10)
    jobs = app.jobs.history(LOCAL_CALLER, limit=100)
    events = app.events.events(limit=100)
    app.close()
    assert len({job.id for job in jobs}) == 30
    assert {job.status.value for job in jobs} == {"completed"}
    assert {event.job_id for _, event in events} == {job.id for job in jobs}


def test_no_statement_looks_at_all_rows_of_a_table(tmp_path: Path) -> None:
    """Growth: a step's cost does not depend on how many jobs exist."""
    plans = statements(tmp_path, JOB10)
    assert any("documents_due" in line for lines in plans.values() for line in lines)
    scans = {
        statement: line
        for statement, lines in plans.items()
        for line in lines
        if line.startswith(("SCAN documents", "SCAN tasks", "SCAN events"))
    }
    assert scans == {}


def test_growth_tells_every_series_and_a_verdict() -> None:
    words = ["--rounds", "1", "--jobs", "5", "--alone-jobs", "1"]
    words += ["--most-finished", "30", "--most-features", "2", "--queued", "6"]
    found = _run("growth", *words)
    assert [row["finished"] for row in found["finished"]] == [0, 30]
    assert [row["features"] for row in found["features"]] == [1, 2]
    assert [row["processes"] for row in found["processes"]] == [1, 2, 4]
    assert found["verdict"].keys() >= {"job_ms_per_feature", "step_cost_ratio_most_finished"}
    assert 0 <= found["verdict"]["r_squared"] <= 1
    assert found["statements"] > 10


def test_real_work_tells_jobs_a_minute_and_children() -> None:
    found = _run("real_work", "--cvs", "3")
    assert found["statuses"] == {"completed": 3}
    assert 1 <= found["child_starts"] <= 4 < found["step_runs"]
    assert abs(sum(row["share"] for row in found["steps"].values()) - 1) < 0.01
    assert found["peak_rss_child_mb"] > 0
