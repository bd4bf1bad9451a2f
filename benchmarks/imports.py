"""Imports each entry point in fresh processes: seconds, modules, and heavy packages.

    python benchmarks/imports.py
    python benchmarks/imports.py --json --runs 9

A cold start pays for the import of a function's module, so that must stay below the
budget and load nothing that the function does not use. The exit code is 1 if one fails.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
FUNCTIONS = ROOT / "functions"
BUDGET_S = 0.6
"""Seconds that importing a function's module may take."""

PRODUCT = ("", ".app", ".cli", ".worker", ".operations", ".steps.registry")
HEAVY = (
    "google.cloud.firestore",
    "google.cloud.tasks",
    "google.cloud.pubsub",
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
    "docx",
    "pdfplumber",
    "pdfminer",
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
    "requests",
    "cryptography",
    "PIL",
    "numpy",
)
"""Packages that take long or much to load, named if an entry point loads them."""

_PROBE = """
import json, sys, time
before, begin, busy = set(sys.modules), time.perf_counter(), time.process_time()
__import__(sys.argv[1])
spent = time.perf_counter() - begin, time.process_time() - busy
print(json.dumps([*spent, sorted(set(sys.modules) - before)]))
"""


class Import(NamedTuple):
    """One entry point: median seconds, modules loaded, and the heavy packages in them.

    `cpu_seconds` is the processor's time: far less than `seconds` tells of a busy machine.
    """

    entry: str
    seconds: float
    cpu_seconds: float
    modules: int
    heavy: list[str]
    is_function: bool

    @property
    def within_budget(self) -> bool:
        """Whether it may take that long; only functions have a cold start to pay for."""
        return not self.is_function or self.seconds <= BUDGET_S


def main() -> None:
    arguments = _arguments()
    found = [measured(entry, arguments.runs) for entry in entry_points()]
    if arguments.json:
        print(json.dumps({"budget_s": BUDGET_S, "entries": list(map(_as_json, found))}, indent=2))
    else:
        _show(found)
    sys.exit(not all(each.within_budget for each in found))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--runs", type=int, default=5, help="processes an entry point (5)")
    return parser.parse_args()


def entry_points() -> Iterator[str]:
    """Names of the modules that a process may begin with."""
    yield from (f"cvplus_workflow{name}" for name in PRODUCT)
    yield "main"
    for path in sorted((FUNCTIONS / "triggers").glob("[!_]*.py")):
        yield f"triggers.{path.stem}"


def measured(entry: str, runs: int) -> Import:
    """Imports a module in fresh processes, once more than counted to warm the disk."""
    probes = [_probe(entry) for _ in range(runs + 1)][1:]
    modules = probes[-1][2]
    return Import(
        entry,
        statistics.median(seconds for seconds, _, _ in probes),
        statistics.median(busy for _, busy, _ in probes),
        len(modules),
        [name for name in HEAVY if name in modules],
        is_function=not entry.startswith("cvplus_workflow"),
    )


def _probe(entry: str) -> tuple[float, float, list[str]]:
    path = os.pathsep.join(map(str, (FUNCTIONS, ROOT / "shared")))
    run = subprocess.run(
        [sys.executable, "-c", _PROBE, entry],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )
    if run.returncode:
        sys.exit(f"{entry} can't be imported:\n{run.stderr}")
    seconds, busy, modules = json.loads(run.stdout.splitlines()[-1])
    return seconds, busy, modules


def _as_json(each: Import) -> dict[str, object]:
    return {
        "entry": each.entry,
        "seconds": round(each.seconds, 4),
        "cpu_seconds": round(each.cpu_seconds, 4),
        "modules": each.modules,
        "heavy": each.heavy,
        "within_budget": each.within_budget,
    }


def _show(found: list[Import]) -> None:
    width = max(len(each.entry) for each in found)
    print(f"{'entry point':{width}}  seconds    cpu  modules  heavy packages")
    for each in found:
        late = "" if each.within_budget else f"  over {BUDGET_S} s"
        heavy = ", ".join(each.heavy)
        figures = f"{each.seconds:7.3f}  {each.cpu_seconds:5.3f}  {each.modules:7}"
        print(f"{each.entry:{width}}  {figures}  {heavy}{late}")


if __name__ == "__main__":
    main()
