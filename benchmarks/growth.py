"""Does work become dearer as there is more of it? Throughput, latency, memory, query plans.

    python benchmarks/growth.py --json
    python benchmarks/growth.py --rounds 1 --jobs 200 --most-finished 10000 --queued 2000

Four questions, each with job10 of `throughput.py`: with 0, 10,000 and 100,000 finished
jobs in the store; with 1 to 50 features a job; with 10,000 jobs queued at once; with 1, 2
and 4 worker processes. Every round measures every point once, so that what else the
machine does falls on all of them; a figure is the median of the rounds, `low` and `high`
their ends. The finished jobs are copies of ones that ran, stored through the store under
new ids. At the end the plan of every SQL statement is read from SQLite: none may look at
all rows of a table. With 3 rounds it takes about 10 minutes and 5 GB of disk.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "shared")]

from benchmarks.embedded_load.finished import fill  # noqa: E402
from benchmarks.embedded_load.loads import Load, measure_alone, measure_load  # noqa: E402
from benchmarks.embedded_load.lookups import measure_lookups  # noqa: E402
from benchmarks.embedded_load.machine import disk_folder, file_system, sync_ms  # noqa: E402
from benchmarks.embedded_load.query_plans import costly, statements  # noqa: E402
from benchmarks.embedded_load.synthetic import Shape  # noqa: E402

JOB10 = Shape("job10")
FINISHED = (0, 10_000, 100_000)
FEATURES = (1, 2, 5, 10, 20, 30, 40, 50)
PROCESSES = (1, 2, 4)

Figures = dict[str, Any]
Measure = Callable[[Path], Figures]


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(dir=arguments.folder or disk_folder()) as folder:
        found = measured(arguments, Path(folder))
    print(json.dumps(found) if arguments.json else _tables(found))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3, help="of all points (3)")
    parser.add_argument("--jobs", type=int, default=500, help="measured at a point (500)")
    parser.add_argument("--alone-jobs", type=int, default=100, help="run one by one (100)")
    parser.add_argument("--most-finished", type=int, default=FINISHED[-1], help="(100000)")
    parser.add_argument("--most-features", type=int, default=FEATURES[-1], help="(50)")
    parser.add_argument("--queued", type=int, default=10_000, help="jobs queued at once (10000)")
    parser.add_argument("--folder", type=Path, help="where the data goes (a temporary folder)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def measured(arguments: argparse.Namespace, folder: Path) -> Figures:
    """Everything, in an empty `folder`."""
    points = _points(arguments, folder)
    rounds: dict[tuple[str, int], list[Figures]] = {point: [] for point in points}
    for number in range(arguments.rounds):
        for point, measure in points.items():
            where = folder / f"{point[0]}-{point[1]}-{number}"
            rounds[point].append(measure(where))
    plans = statements(_store(folder, arguments.most_finished), JOB10)
    found: Figures = {"rounds": arguments.rounds, "file_system": file_system(folder)}
    found |= {
        "sync_ms": sync_ms(folder),
        "cores": len(os.sched_getaffinity(0)),
        "jobs": arguments.jobs,
    }
    for (series, value), figures in rounds.items():
        found.setdefault(series, []).append({series: value, **_summary(figures)})
    return found | {"verdict": _verdict(found), "statements": len(plans), "costly": costly(plans)}


def _points(arguments: argparse.Namespace, folder: Path) -> dict[tuple[str, int], Measure]:
    """What to measure, by series and value."""
    jobs, alone = arguments.jobs, arguments.alone_jobs
    points: dict[tuple[str, int], Measure] = {}
    for count in _up_to(FINISHED, arguments.most_finished):
        points["finished", count] = _with_finished(folder, count, jobs, alone)
    for count in _up_to(FEATURES, arguments.most_features):
        points["features", count] = _loaded(Shape("job10", count), max(1, jobs // 5), alone)
    for count in PROCESSES:
        points["processes", count] = _loaded(JOB10, jobs, 0, count)
    for count in sorted({jobs, arguments.queued}):
        points["queued", count] = _loaded(JOB10, count, 0)
    return points


def _up_to(counts: Sequence[int], most: int) -> list[int]:
    return sorted({min(count, most) for count in counts})


def _store(folder: Path, finished: int) -> Path:
    return folder / f"store-{finished}"


def _with_finished(folder: Path, finished: int, jobs: int, alone: int) -> Measure:
    """A load on a store that is filled the first time; without finished jobs it is empty."""

    def measure(empty: Path) -> Figures:
        where = _store(folder, finished) if finished else empty
        if finished and not where.exists():
            fill(where, JOB10, finished)
        figures = _loaded(JOB10, jobs, alone)(where)
        return figures | measure_lookups(where, JOB10)

    return measure


def _loaded(shape: Shape, jobs: int, alone: int, processes: int = 1) -> Measure:
    """The figures of a load, and of jobs alone if any are wanted."""

    def measure(where: Path) -> Figures:
        figures = measure_load(where, Load(shape, jobs, processes))
        return figures | (measure_alone(where, shape, alone) if alone else {})

    return measure


def _summary(rounds: Sequence[Figures]) -> Figures:
    """Median, lowest and highest of every figure; a load's cost by job and by step."""
    for figures in rounds:
        figures["job_ms"] = figures["work_s"] * 1000 / figures["jobs"]
        figures["step_us"] = figures["work_s"] * 1e6 / figures["steps"]
        figures["step_cpu_us"] = figures["cpu_s"] * 1e6 / figures["steps"]
    numbers = [name for name, value in rounds[0].items() if isinstance(value, int | float)]
    summary: Figures = {}
    for name in numbers:
        values = [figures[name] for figures in rounds]
        summary[name] = round(statistics.median(values), 3)
        if max(values) > min(values):
            summary[f"{name}_low"] = round(min(values), 3)
            summary[f"{name}_high"] = round(max(values), 3)
    return summary


def _verdict(found: Figures) -> Figures:
    """How much dearer a step is with the most jobs, and how straight a job's cost is.

    Ratios of its time, and of the processor's time for it, which other work on the machine
    disturbs less.

    The line through a job's cost by its features is by least squares; `r_squared` is the
    share of the cost's variance that it explains, 1 for a straight line, and 0 where the
    cost is the same with any features.
    """
    first, last = found["finished"][0], found["finished"][-1]
    features = [row["features"] for row in found["features"]]
    costs = [row["job_ms"] for row in found["features"]]
    line = statistics.linear_regression(features, costs)
    queued = found["queued"]
    return {
        "step_cost_ratio_most_finished": round(last["step_us"] / first["step_us"], 3),
        "step_cpu_ratio_most_finished": round(last["step_cpu_us"] / first["step_cpu_us"], 3),
        "step_cost_ratio_most_queued": round(queued[-1]["step_us"] / queued[0]["step_us"], 3),
        "step_cpu_ratio_most_queued": round(
            queued[-1]["step_cpu_us"] / queued[0]["step_cpu_us"], 3
        ),
        "job_ms_per_feature": round(line.slope, 4),
        "job_ms_without_features": round(line.intercept, 4),
        "r_squared": _r_squared(features, costs),
    }


def _r_squared(features: Sequence[int], costs: Sequence[float]) -> float:
    if len(set(costs)) == 1:
        return 0.0
    return round(statistics.correlation(features, costs) ** 2, 4)


def _tables(found: Figures) -> str:
    parts = []
    for series in ("finished", "features", "queued", "processes"):
        names = [series, *(n for n in _SHOWN if n in found[series][0])]
        rows = [names, *([f"{row[name]:g}" for name in names] for row in found[series])]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        parts += ["  ".join(map(str.rjust, row, widths)) for row in rows] + [""]
    parts += [f"{name}: {value}" for name, value in found["verdict"].items()]
    parts.append(f"{found['statements']} statements, costly: {found['costly'] or 'none'}")
    return "\n".join(parts)


_SHOWN = (
    "steps_per_s",
    "job_ms",
    "step_us",
    "step_cpu_us",
    "latency_ms_p50",
    "latency_ms_p95",
    "latency_alone_ms_p50",
    "latency_alone_ms_p95",
    "peak_rss_mb",
    "listing_ms",
    "sweep_ms",
    "start_ms",
    "database_mb",
)


if __name__ == "__main__":
    main()
