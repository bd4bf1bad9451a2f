"""Cold starts: what each function, and each other process, loads before its first work.

    python benchmarks/imports.py
    python benchmarks/imports.py --json --runs 9

Every figure is of fresh interpreters, of which one more than is counted warms the disk.
*Start* is the import of `functions/main.py` by an instance of that function, flask and
functions-framework included, which the platform's server has loaded by then. *System* is
what the first request makes besides: services, settings, the Firestore client, without a
call of the network. The verdict is by the best processor time of the start, since what
else a machine does can only add to it. The exit code is 1 if a function is over the
budget. Takes three minutes.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
FUNCTIONS = ROOT / "functions"
BUDGET_S = 0.6
"""Seconds of processor time that importing a function's module may take."""

PROCESSES = {
    "command line": "import cvplus_workflow.cli",
    "worker": "import cvplus_workflow.worker",
    "child of steps": "import cvplus_workflow.steps.child, cvplus_workflow.steps.registry",
}
"""What is no function and starts all the same, by its name: what it imports."""

START, SYSTEM = "import main", "import edge; edge.started_app()"

WITHOUT_SYSTEM = {"onJobEvent"}
"""Functions that answer without services or a store: this one writes a line of the log."""

HEAVY = (
    "google.cloud.firestore",
    "google.cloud.tasks",
    "google.pubsub_v1",
    "google.cloud.storage",
    "google.api_core",
    "google.auth",
    "grpc",
    "firebase_admin",
    "firebase_functions",
    "flask",
    "functions_framework",
    "pydantic",
    "pydantic_settings",
    "msgspec",
    "apsw",
    "lxml",
    "pypdfium2",
    "plutoprint",
    "fontTools",
    "jinja2",
    "markdown_it",
    "nh3",
    "babel",
    "icalendar",
    "phonenumbers",
    "segno",
    "tinyhtml5",
    "rapidfuzz",
    "yaml",
    "rich",
    "typer",
    "httpx",
    "requests",
    "werkzeug",
    "cryptography",
)
"""Packages that take long or much to load, named if a process loads them."""

_PROBE = """
import json, sys, time
stages = []
for code in sys.argv[1:]:
    before, begin, busy = set(sys.modules), time.perf_counter(), time.process_time()
    exec(code)
    spent = time.perf_counter() - begin, time.process_time() - busy
    stages.append([*spent, sorted(set(sys.modules) - before)])
print(json.dumps(stages))
"""

NOWHERE = "127.0.0.1:9"
ENVIRONMENT = {
    "FIRESTORE_EMULATOR_HOST": NOWHERE,
    "CLOUD_TASKS_EMULATOR_HOST": NOWHERE,
    "GOOGLE_CLOUD_PROJECT": "demo-cold",
    "CVPLUS_BUCKET": "demo-cold.firebasestorage.app",
    "METADATA_SERVER_DETECTION": "none",
}
"""What lets a client be made on a machine that has no credentials; nothing is called."""

NAMES = "import main; print(*sorted(n for n, f in vars(main).items() if hasattr(f, '{}')))"
"""Prints the functions that are deployed."""


class Stage(NamedTuple):
    """What one stage of a start took: seconds of several processes, and what it loaded."""

    seconds: list[float]
    cpu_seconds: list[float]
    modules: list[str]

    @property
    def heavy(self) -> list[str]:
        """The heavy packages among its modules."""
        return [name for name in HEAVY if name in self.modules]

    @property
    def figures(self) -> dict[str, object]:
        """For the JSON object; seconds rounded to tenths of milliseconds."""
        kinds = {"wall_s": self.seconds, "cpu_s": self.cpu_seconds}
        folds: dict[str, Callable[[list[float]], float]] = {
            "best": min,
            "median": statistics.median,
            "worst": max,
        }
        return {
            **{
                f"{kind}_{fold}": round(folds[fold](values), 4)
                for kind, values in kinds.items()
                for fold in folds
            },
            "modules": len(self.modules),
            "heavy": self.heavy,
        }


class Process(NamedTuple):
    """A process that starts: an instance of a function, or another one."""

    name: str
    is_function: bool
    start: Stage
    system: Stage | None = None

    @property
    def within_budget(self) -> bool:
        """Whether it may take that long; only functions have a budget."""
        return not self.is_function or min(self.start.cpu_seconds) <= BUDGET_S


def main() -> None:
    arguments = _arguments()
    found = list(measured(arguments.runs))
    if arguments.json:
        print(json.dumps(_as_json(found, arguments.runs), indent=2))
    else:
        _show(found)
    sys.exit(not all(each.within_budget for each in found))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--runs", type=int, default=5, help="interpreters a process (5)")
    return parser.parse_args()


def measured(runs: int) -> Iterator[Process]:
    """All functions, then the other processes."""
    for name in function_names():
        codes = [START] if name in WITHOUT_SYSTEM else [START, SYSTEM]
        stages = _stages(codes, runs, {**ENVIRONMENT, "FUNCTION_TARGET": name})
        yield Process(name, True, *stages)
    for name, code in PROCESSES.items():
        yield Process(name, False, *_stages([code], runs, {}))


def function_names() -> list[str]:
    """What is deployed."""
    code = NAMES.format("__firebase_endpoint__")
    return _python(["-c", code], {}).split()


def _stages(codes: list[str], runs: int, environment: Mapping[str, str]) -> list[Stage]:
    probe = ["-c", _PROBE, *codes]
    _python(probe, environment)
    probes = [json.loads(_python(probe, environment).splitlines()[-1]) for _ in range(runs)]
    return [
        Stage([run[0] for run in stage], [run[1] for run in stage], stage[-1][2])
        for stage in zip(*probes, strict=True)
    ]


def _python(arguments: list[str], environment: Mapping[str, str]) -> str:
    path = os.pathsep.join(map(str, (FUNCTIONS, ROOT / "shared")))
    run = subprocess.run(
        [sys.executable, *arguments],
        env={"PATH": os.defpath, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    if run.returncode:
        sys.exit(f"{arguments[-1]} fails:\n{run.stderr}")
    return run.stdout


def _as_json(found: list[Process], runs: int) -> dict[str, object]:
    return {
        "budget_cpu_s": BUDGET_S,
        "runs": runs,
        "processes": [
            {
                "name": each.name,
                "start": each.start.figures,
                "system": each.system and each.system.figures,
                "within_budget": each.within_budget,
            }
            for each in found
        ],
    }


def _show(found: list[Process]) -> None:
    width = max(len(each.name) for each in found)
    columns = "cpu best  cpu med.  wall med.  modules"
    print(f"{'seconds':{width}}  start: {columns}  | system: {columns}")
    for each in found:
        late = "" if each.within_budget else f"  over {BUDGET_S} s"
        system = f"  |         {_row(each.system)}" if each.system else ""
        print(f"{each.name:{width}}         {_row(each.start)}{system}{late}")
    print()
    for loaded, names in _by_packages(found).items():
        print(f"{names}\n    {loaded}")


def _row(stage: Stage) -> str:
    cpu, wall = stage.cpu_seconds, statistics.median(stage.seconds)
    median = statistics.median(cpu)
    return f"{min(cpu):8.3f}  {median:8.3f}  {wall:9.3f}  {len(stage.modules):7}"


def _by_packages(found: list[Process]) -> dict[str, str]:
    """Who loads the same heavy packages, by these."""
    together: dict[str, list[str]] = {}
    for each in found:
        system = f"; then {', '.join(each.system.heavy)}" if each.system else ""
        together.setdefault(", ".join(each.start.heavy) + system, []).append(each.name)
    return {loaded: ", ".join(names) for loaded, names in together.items()}


if __name__ == "__main__":
    main()
