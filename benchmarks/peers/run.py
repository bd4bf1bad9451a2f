"""The same jobs on this system and on its peers, alternating, on one machine in one run.

    python benchmarks/peers/run.py --rounds 3 --jobs 100 --json
    python benchmarks/peers/run.py --peers dbos huey --rounds 1 --kills 0

job10 and chain10 as in `work.py`. First every peer tries its settings on both and keeps the
best; then each round measures every peer on both shapes, in turns, and kills every peer once.
The peers' packages are installed into an environment of their own beside this file. A run
of three rounds takes about eight minutes on two cores.

`steps_per_s` counts from before the first job is made until all are completed,
`latency_ms_p50` in the same way of jobs that run one at a time. Every system syncs each
step's result to the disk before a successor starts.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "shared")]

from benchmarks.embedded_load.machine import disk_folder, file_system  # noqa: E402
from benchmarks.peers import setup  # noqa: E402
from benchmarks.peers.contestants import CONTESTANTS, Contestant, present  # noqa: E402
from benchmarks.peers.summary import chart_rows, table  # noqa: E402
from benchmarks.peers.trials import killed, measured  # noqa: E402
from benchmarks.peers.work import WAVES  # noqa: E402

ALONE = 20
"""Jobs that run one at a time, a measurement."""

KILLED, KILLED_JOBS = "job10", 300
PATIENCE_S = 15.0
"""Seconds without a move after which a job that is not completed counts as lost."""

_VERSIONS = """
import sqlite3
from importlib.metadata import version
print(version("dbos"), version("huey"), sqlite3.sqlite_version)
"""


def main() -> None:
    arguments = _arguments()
    setup.install()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(dir=arguments.folder or disk_folder()) as folder:
        found = _run(arguments, present(arguments.peers), Path(folder))
        found["machine"] = _machine(Path(folder))
    found |= {"versions": _versions(), "seconds": round(time.monotonic() - begin)}
    print(json.dumps(found) if arguments.json else table(found))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [each.name for each in CONTESTANTS]
    parser.add_argument("--rounds", type=int, default=3, help="how many (3)")
    parser.add_argument("--jobs", type=int, default=100, help="of the slowest peer (100)")
    parser.add_argument("--kills", type=int, default=1, help="of each peer, a round (1)")
    parser.add_argument("--peers", nargs="+", choices=names, default=[], help="these alone")
    parser.add_argument("--folder", type=Path, help="where the data goes (a temporary folder)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def _run(given: argparse.Namespace, peers: list[Contestant], folder: Path) -> dict[str, Any]:
    tried = {
        peer.name: {shape: _tried(peer, shape, given.jobs, folder) for shape in WAVES}
        for peer in peers
    }
    best = {
        (name, shape): max(speeds, key=speeds.__getitem__)
        for name, shapes in tried.items()
        for shape, speeds in shapes.items()
    }
    rounds, kills = [], []
    for number in range(1, given.rounds + 1):
        turn = {"round": number}
        # Whoever comes after a busy disk in one round comes before it in the next.
        order = peers if number % 2 else peers[::-1]
        for shape in WAVES:
            for peer in order:
                jobs = given.jobs * peer.scale
                found = measured(peer, best[peer.name, shape], shape, jobs, ALONE, folder)
                rounds.append(turn | _told(found))
        for peer in order * given.kills:
            found = killed(peer, best[peer.name, KILLED], KILLED_JOBS, PATIENCE_S, folder)
            kills.append(turn | _told(found))
    return {"rounds": rounds, "kills": kills, "summary": chart_rows(rounds), "tried": tried}


def _tried(peer: Contestant, shape: str, jobs: int, folder: Path) -> dict[str, float]:
    """Steps a second by setting; nothing is tried where there is no choice."""
    if len(peer.settings) == 1:
        return {peer.settings[0]: 0.0}
    tries = (
        _told(measured(peer, workers, shape, jobs * peer.scale // 2, 0, folder))
        for workers in peer.settings
    )
    return {each["workers"]: each["steps_per_s"] for each in tries}


def _told(found: dict[str, Any]) -> dict[str, Any]:
    """Say what is found, for whoever waits; the result alone goes to standard output."""
    print(", ".join(f"{name} {value}" for name, value in found.items()), file=sys.stderr)
    return found


def _machine(folder: Path) -> dict[str, Any]:
    return {
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "file_system": file_system(folder),
        "system": f"{platform.system()} {platform.machine()}",
    }


def _versions() -> dict[str, str]:
    asked = subprocess.run(
        [str(setup.PYTHON), "-c", _VERSIONS], capture_output=True, text=True, check=True
    )
    found = dict(zip(("dbos", "huey", "sqlite"), asked.stdout.split(), strict=True))
    if setup.has_node():
        for package in ("restate-server", "restate-sdk"):
            described = setup.NODE_MODULES / "@restatedev" / package / "package.json"
            found[package] = json.loads(described.read_text())["version"]
        node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
        found["node"] = node.stdout.strip().removeprefix("v")
    return found


if __name__ == "__main__":
    main()
