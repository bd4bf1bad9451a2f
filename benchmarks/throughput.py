"""Durable steps a second of an embedded installation, and how long one job alone takes.

    python benchmarks/throughput.py --shape job10 --jobs 1000 --json
    python benchmarks/throughput.py --shape chain10 --jobs 1000 --processes 2
    python benchmarks/throughput.py --alone

Everything goes through the public services with every guarantee on: leases, history,
effects, every decision's commit with synchronous=FULL on a real disk; `sync_ms` tells how
long one sync takes there. `job10` is parse, seven independent
features, assemble, quality; `chain10` the same ten in a row. Each step answers 1 kB, which
is durable before its successor starts.

The jobs are made first, all of them; then workers, each a process of its own, work them
off. `steps_per_s` counts from the workers' start until nothing is left to do,
`steps_per_s_with_creation` adds the time of making the jobs. `latency_ms` is of jobs that
are all queued at once: from the workers' start to the end. `latency_alone_ms` is of a job
that is alone: from the answer that it is made to its durable end, with the worker in the
same process. At the end each job is read again from the database: all its steps, results
and history must be there. With 1,000 jobs it takes about half a minute.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "shared")]

from benchmarks.embedded_load.finished import fill  # noqa: E402
from benchmarks.embedded_load.loads import Load, measure_alone, measure_load  # noqa: E402
from benchmarks.embedded_load.machine import disk_folder, file_system, sync_ms  # noqa: E402
from benchmarks.embedded_load.synthetic import SHAPES, Shape  # noqa: E402


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(dir=arguments.folder or disk_folder()) as folder:
        figures = measured(arguments, Path(folder))
    print(json.dumps(figures) if arguments.json else _table(figures))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shape", choices=SHAPES, default="job10", help="of the jobs (job10)")
    parser.add_argument("--jobs", type=int, default=1000, help="queued at once (1000)")
    parser.add_argument("--alone-jobs", type=int, default=200, help="run one by one (200)")
    parser.add_argument("--alone", action="store_true", help="only those that run one by one")
    parser.add_argument("--processes", type=int, default=1, help="workers (1)")
    parser.add_argument("--finished", type=int, default=0, help="jobs there already (0)")
    parser.add_argument("--features", type=int, default=0, help="independent ones a job (7)")
    parser.add_argument("--folder", type=Path, help="where the data goes (a temporary folder)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def measured(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """All figures, in an empty `folder`."""
    shape = Shape(arguments.shape, arguments.features)
    data = folder / "data"
    if arguments.finished:
        fill(data, shape, arguments.finished)
    figures = {
        "embedded": True,
        "shape": shape.name,
        "features": arguments.features or 7,
        "processes": arguments.processes,
        "finished": arguments.finished,
        "file_system": file_system(folder),
        "sync_ms": sync_ms(folder),
        "cores": len(os.sched_getaffinity(0)),
    }
    figures |= measure_alone(data, shape, arguments.alone_jobs)
    if not arguments.alone:
        figures |= measure_load(data, Load(shape, arguments.jobs, arguments.processes))
    return figures


def _table(figures: dict[str, Any]) -> str:
    width = max(map(len, figures))
    return "\n".join(f"{name:{width}}  {value}" for name, value in figures.items())


if __name__ == "__main__":
    main()
