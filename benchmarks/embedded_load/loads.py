"""One load: jobs made through the public service, worked off by real workers, and verified."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.domain.change import Query
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.estimates import percentile
from cvplus_workflow.domain.states import JobStatus, StepState

from .machine import file_system, peak_rss_mb
from .synthetic import RESULT_BYTES, SOURCE, Shape, open_app

ROOT = Path(__file__).resolve().parents[2]
CREATORS = 8
"""Threads that make jobs; they share commits, as the requests of a server do."""

POLL_S = 0.005
"""How often it is looked whether all jobs have ended; the seconds are exact to this."""

LONGEST_S = 3600.0
_FAR = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Load:
    """So many jobs of a shape, queued at once, for so many worker processes."""

    shape: Shape
    jobs: int
    processes: int = 1


class WorkerProcess:
    """A worker process that stands ready; see `worker_process`."""

    def __init__(self, folder: Path, shape: Shape, jobs_alone: int = 0) -> None:
        words = [str(folder), shape.name, str(shape.features)]
        words += [str(jobs_alone)] if jobs_alone else []
        module = f"{__package__}.worker_process"
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *words],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != "ready\n":
            raise SystemExit("A worker process did not start.")

    def start(self) -> None:
        """Let it work."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def told(self) -> dict[str, Any]:
        """End its input; what it tells at its end."""
        answer, _ = self._process.communicate(timeout=LONGEST_S)
        if self._process.returncode:
            raise SystemExit("A worker process failed.")
        return cast(dict[str, Any], json.loads(answer))

    def check(self) -> None:
        """Raise if the process has ended before its time."""
        if self._process.poll() is not None:
            raise SystemExit("A worker process ended before its work.")


def measure_load(folder: Path, load: Load) -> dict[str, Any]:
    """Make the jobs of `load` in the installation `folder`, work them off, verify all; figures."""
    app = open_app(folder, load.shape)
    begin = time.perf_counter()
    ids = create(app, load.shape, load.jobs)
    creation_s = time.perf_counter() - begin
    workers = [WorkerProcess(folder, load.shape) for _ in range(load.processes)]
    started_at, begin = datetime.now(UTC), time.perf_counter()
    for worker in workers:
        worker.start()
    _wait_for_rest(app, workers)
    work_s = time.perf_counter() - begin
    told = [worker.told() for worker in workers]
    app.close()
    ended = verified(folder, load.shape, ids)
    steps = len(ids) * len(load.shape.catalogue())
    waits = sorted((at - started_at).total_seconds() * 1000 for at in ended)
    return {
        "jobs": len(ids),
        "steps": steps,
        "work_s": round(work_s, 6),
        "steps_per_s": round(steps / work_s, 1),
        "jobs_per_s": round(len(ids) / work_s, 1),
        "created_per_s": round(len(ids) / creation_s, 1),
        "steps_per_s_with_creation": round(steps / (work_s + creation_s), 1),
        "latency_ms_p50": round(percentile(waits, 0.5), 2),
        "latency_ms_p95": round(percentile(waits, 0.95), 2),
        "commits_per_job": round(sum(each["commits"] for each in told) / len(ids), 3),
        "cpu_s": round(sum(each["cpu_s"] for each in told), 4),
        "peak_rss_mb": max(each["peak_rss_mb"] for each in told),
        "creator_peak_rss_mb": peak_rss_mb(),
        "synchronous": told[0]["synchronous"],
        "file_system": file_system(folder),
        "verified_jobs": len(ended),
    }


def measure_alone(folder: Path, shape: Shape, jobs: int) -> dict[str, Any]:
    """Run `jobs` of them, each alone in the installation `folder`; figures.

    Worker and maker are threads of one process. A job's latency is from the answer that
    it is made to the moment when another connection reads its end.
    """
    worker = WorkerProcess(folder, shape, jobs)
    worker.start()
    told = worker.told()
    verified(folder, shape, told["ids"])
    latency = sorted(told["latency_ms"])
    return {
        "jobs_alone": jobs,
        "latency_alone_ms_p50": round(percentile(latency, 0.5), 2),
        "latency_alone_ms_p95": round(percentile(latency, 0.95), 2),
        "commits_per_job_alone": round(told["commits"] / jobs, 2),
        "peak_rss_alone_mb": told["peak_rss_mb"],
    }


def create(app: EmbeddedApp, shape: Shape, jobs: int) -> list[str]:
    """Make `jobs` of them through the public service; their ids."""
    chosen = shape.chosen()

    def one(_number: int) -> str:
        made = app.jobs.create(LOCAL_CALLER, content=SOURCE, file_name="cv.md", features=chosen)
        return made.id

    with ThreadPoolExecutor(CREATORS) as threads:
        return list(threads.map(one, range(jobs)))


def _wait_for_rest(app: EmbeddedApp, workers: Sequence[WorkerProcess]) -> None:
    """Wait until no job has unfinished business: all have ended, and all effects are relayed."""
    unfinished = Query("jobs", order_by="run.deadline", until=_FAR, limit=1)
    while app.store.query(unfinished, Job):
        for worker in workers:
            worker.check()
        time.sleep(POLL_S)


def verified(folder: Path, shape: Shape, ids: Sequence[str]) -> list[datetime]:
    """When each of the jobs `ids` completed; ends the program if one is not as it must be.

    The folder is opened anew. Every step has completed, with its result and with one line
    of history that says so, and each job has told its end once.
    """
    app = open_app(folder, shape)
    ended = [_completed_at(app.jobs.get(LOCAL_CALLER, job_id), shape) for job_id in ids]
    app.close()
    return ended


def _completed_at(job: Job, shape: Shape) -> datetime:
    steps = set(shape.catalogue())
    lines = sorted(e.step for e in job.run.history if e.event == StepState.COMPLETED and e.step)
    results = {
        name
        for name, step in job.run.steps.items()
        if step.output is not None and len(bytes(step.output.inline)) > RESULT_BYTES  # type: ignore[arg-type]
    }
    if job.status is not JobStatus.COMPLETED or job.completed_at is None:
        raise SystemExit(f"A job has not completed: it is {job.status}.")
    if lines != sorted(steps) or results != steps or job.run.effects:
        raise SystemExit("A job has completed without all of its steps, results and effects.")
    return job.completed_at
