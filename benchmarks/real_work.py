"""Real CVs with all free features: jobs a minute, where the time goes, memory, children.

    python benchmarks/real_work.py --cvs 200 --json

The documents are those in `examples/` and `tests/expected` with an expected result, in
every format; each is used as often as it takes, under a job of its own. All jobs are
queued, then one process works them off as `cvplus-workflow worker` does, on a real disk.
The time of a step is that of its body, with the way to its child process and back if it
runs in one; bodies overlap, so their sum is more than the wall time on several cores. A
child process that was started for each step would show as many starts as steps. 200 CVs
take some minutes.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "shared")]

from benchmarks.embedded_load.machine import (  # noqa: E402
    descendants,
    disk_folder,
    file_system,
    peak_rss_mb,
)
from benchmarks.embedded_load.real_cvs import RealCv, real_cvs  # noqa: E402

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp  # noqa: E402
from cvplus_workflow.domain.change import Query  # noqa: E402
from cvplus_workflow.domain.documents import Job  # noqa: E402
from cvplus_workflow.errors import WorkflowError  # noqa: E402
from cvplus_workflow.ports import Report, StepCall, StepReply  # noqa: E402
from cvplus_workflow.settings import Settings  # noqa: E402
from cvplus_workflow.steps.registry import BUILT_IN  # noqa: E402
from cvplus_workflow.steps.runner import StepRunner  # noqa: E402
from cvplus_workflow.worker import Worker  # noqa: E402

LOOK_S = 0.25
"""How often the processes are looked at, and whether all jobs rest."""

_FAR = datetime(9999, 1, 1, tzinfo=UTC)


class TimedRunner(StepRunner):
    """The real runner; it notes the seconds of each body, its child process included."""

    def __init__(self) -> None:
        super().__init__(BUILT_IN)
        self.seconds: dict[str, list[float]] = {}

    def _run_one(self, call: StepCall, asked: float, report: Report) -> StepReply | WorkflowError:
        begin = time.perf_counter()
        try:
            return super()._run_one(call, asked, report)
        finally:
            self.seconds.setdefault(call.step, []).append(time.perf_counter() - begin)


class Starts:
    """Counts the processes that this one starts, as sys.audit(3) tells of them."""

    def __init__(self) -> None:
        self.count = 0
        sys.addaudithook(self._heard)

    def _heard(self, event: str, _arguments: tuple[Any, ...]) -> None:
        self.count += event == "subprocess.Popen"


class Processes:
    """The most memory of this process, of any child, and the most children at a time."""

    def __init__(self) -> None:
        self.children = 0
        self.largest_child_mb = 0.0

    def look(self) -> None:
        found = descendants(os.getpid())
        self.children = max(self.children, len(found))
        for child in found:
            try:
                self.largest_child_mb = max(self.largest_child_mb, peak_rss_mb(child))
            except (FileNotFoundError, ProcessLookupError):
                continue


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(dir=arguments.folder or disk_folder()) as folder:
        figures = measured(Path(folder), arguments.cvs)
    print(json.dumps(figures) if arguments.json else _table(figures))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cvs", type=int, default=200, help="how many jobs (200)")
    parser.add_argument("--folder", type=Path, help="where the data goes (a temporary folder)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def measured(folder: Path, cvs: int) -> dict[str, Any]:
    """All figures of `cvs` jobs, in an empty `folder`."""
    # In this order: the documents are made by a process of their own, which is none of ours.
    distinct, starts = real_cvs(), Starts()
    with _opened(folder / "data") as (app, runner):
        ids = [_create(app, cv) for cv in islice(cycle(distinct), cvs)]
        begin, busy = time.perf_counter(), os.times()
        processes = _work(app)
        seconds, spent = time.perf_counter() - begin, os.times()
        jobs = [app.jobs.get(LOCAL_CALLER, job_id) for job_id in ids]
        by_step = dict(runner.seconds)
        peak = peak_rss_mb()
    after = os.times()
    return {
        "embedded": True,
        "cvs": cvs,
        "distinct_cvs": min(cvs, len(distinct)),
        "jobs_per_minute": round(cvs / seconds * 60, 1),
        "seconds": round(seconds, 2),
        "cores": len(os.sched_getaffinity(0)),
        "cpu_s": round(spent.user + spent.system - busy.user - busy.system, 2),
        "children_cpu_s": round(after.children_user + after.children_system, 2),
        "statuses": dict(Counter(str(job.status) for job in jobs)),
        "steps": _by_step(by_step),
        "step_runs": sum(map(len, by_step.values())),
        "child_starts": starts.count,
        "children_at_once": processes.children,
        "peak_rss_mb": peak,
        "peak_rss_child_mb": processes.largest_child_mb,
        "file_system": file_system(folder),
    }


@contextmanager
def _opened(data: Path) -> Iterator[tuple[EmbeddedApp, TimedRunner]]:
    runner = TimedRunner()
    app = EmbeddedApp(Settings(data=data), runner=runner)
    try:
        yield app, runner
    finally:
        app.close()
        runner.close()


def _create(app: EmbeddedApp, cv: RealCv) -> str:
    features = app.features.runnable(LOCAL_CALLER.tenant)
    job = app.jobs.create(
        LOCAL_CALLER, content=cv.content, file_name=cv.file_name, features=features
    )
    return job.id


def _work(app: EmbeddedApp) -> Processes:
    """Work until every job rests, and look at the processes meanwhile."""
    worker, processes, waiting = Worker(app), Processes(), threading.Event()
    unfinished = Query("jobs", order_by="run.deadline", until=_FAR, limit=1)
    worker.start()
    while app.store.query(unfinished, Job) and worker.failure is None:
        processes.look()
        waiting.wait(LOOK_S)
    worker.stop()
    if worker.failure is not None:
        raise worker.failure
    return processes


def _by_step(seconds: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Runs, mean milliseconds and share of all bodies' time, the dearest step first."""
    total = sum(map(sum, seconds.values()))
    dearest = sorted(seconds.items(), key=lambda item: -sum(item[1]))
    return {step: _row(each, total) for step, each in dearest}


def _row(seconds: Sequence[float], total: float) -> dict[str, float]:
    return {
        "runs": len(seconds),
        "mean_ms": round(statistics.mean(seconds) * 1000, 2),
        "share": round(sum(seconds) / total, 4),
    }


def _table(figures: dict[str, Any]) -> str:
    plain = {name: value for name, value in figures.items() if name != "steps"}
    lines = [f"{name:17}  {value}" for name, value in plain.items()]
    lines.append(f"\n{'step':24}  {'runs':>5}  {'mean ms':>8}  {'share':>6}")
    lines += [
        f"{step:24}  {row['runs']:5}  {row['mean_ms']:8.2f}  {row['share']:6.1%}"
        for step, row in figures["steps"].items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
