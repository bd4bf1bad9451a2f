"""A worker in a process of its own, which tells at its end what it took.

    python -m benchmarks.embedded_load.worker_process FOLDER SHAPE FEATURES [JOBS_ALONE]

It says `ready` and waits for a line. Then it works as `cvplus-workflow worker` does until
its input ends; or it makes so many jobs itself, each when the one before has ended.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.domain.states import ENDED_JOBS
from cvplus_workflow.worker import Worker

from .machine import Commits, peak_rss_mb
from .synthetic import SOURCE, Shape, open_app

POLL_S = 0.0002
"""How often it is looked whether a job alone has ended; the figure is exact to about this."""

WARM_UP = 10
"""Jobs alone that come first and are not counted."""


def main() -> None:
    folder, name, features, *alone = sys.argv[1:]
    commits, shape = Commits(), Shape(name, int(features))
    app = open_app(Path(folder), shape)
    print("ready", flush=True)
    sys.stdin.readline()
    worker = Worker(app)
    begin, busy = commits.count, time.process_time()
    worker.start()
    if alone:
        told = _alone(app, shape, commits, int(alone[0]))
    else:
        sys.stdin.read()
        told = {"commits": commits.count - begin, "cpu_s": time.process_time() - busy}
    worker.stop()
    told |= {"peak_rss_mb": peak_rss_mb(), "synchronous": _synchronous(app)}
    app.close()
    if worker.failure is not None:
        raise worker.failure
    print(json.dumps(told), flush=True)


def _alone(app: EmbeddedApp, shape: Shape, commits: Commits, jobs: int) -> dict[str, Any]:
    chosen = shape.chosen()
    for _ in range(WARM_UP):
        _one_alone(app, chosen)
    begin = commits.count
    made = [_one_alone(app, chosen) for _ in range(jobs)]
    return {
        "commits": commits.count - begin,
        "ids": [job_id for job_id, _ in made],
        "latency_ms": [seconds * 1000 for _, seconds in made],
    }


def _one_alone(app: EmbeddedApp, chosen: list[str]) -> tuple[str, float]:
    """A job, and the seconds from the answer that it is made to its durable end."""
    job = app.jobs.create(LOCAL_CALLER, content=SOURCE, file_name="cv.md", features=chosen)
    begin = time.perf_counter()
    while _status(app, job.id) not in ENDED_JOBS:
        time.sleep(POLL_S)
    seconds = time.perf_counter() - begin
    _rest(app)
    return job.id, seconds


def _status(app: EmbeddedApp, job_id: str) -> str:
    """A job's committed status, by a look that takes no time from the worker's threads."""
    select = "SELECT status FROM documents WHERE path = ?"
    row = app.engine.read().execute(select, (f"jobs/{job_id}",)).fetchone()
    return str(row[0]) if row else ""


def _rest(app: EmbeddedApp) -> None:
    """Wait until nothing of the last job is left to do, so that the next one is alone."""
    select = "SELECT 1 FROM tasks UNION ALL SELECT 1 FROM documents WHERE deadline IS NOT NULL"
    while app.engine.read().execute(f"{select} LIMIT 1").fetchone():
        time.sleep(POLL_S)


def _synchronous(app: EmbeddedApp) -> str:
    ((level,),) = app.engine.read().execute("PRAGMA synchronous").fetchall()
    return ("off", "normal", "full", "extra")[int(str(level))]


if __name__ == "__main__":
    main()
