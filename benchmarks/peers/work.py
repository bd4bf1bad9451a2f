"""The work that every peer does, and how its worker is spoken to; standard library only.

`job10` is parse, then seven independent features, then assemble, then badge; `chain10` is
the same ten in a row. A step answers 1 kB, which has to be committed, synced to the disk,
before a successor starts.

A worker is a module `benchmarks.peers.*_worker`, run with `MODE FOLDER ...` in a process
group of its own. Its last line is one JSON object. The modes:

- `measure`: make and finish a batch of jobs, timed from before the first is made until all
  are completed; then jobs one at a time, each timed in the same way.
- `accept`: accept all jobs durably, say `accepted`, and work until the group is killed.
- `recover`: start again on what is left, and work until all jobs are completed, or nothing
  has moved for so long as the caller has patience.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

FEATURES = tuple(f"feature-{number}" for number in range(1, 8))
WAVES = {
    "job10": (("parse",), FEATURES, ("assemble",), ("badge",)),
    "chain10": tuple((step,) for step in ("parse", *FEATURES, "assemble", "badge")),
}
"""Shape -> steps that may run together, wave after wave."""

STEPS = 10
WARM_UP_JOBS = 20
RESULT = "x" * 1_000
"""What a step answers."""

ACCEPTED = "accepted"
POLL_S = 0.001
LOOK_S = 0.02
"""How often a worker that recovers is asked whether all jobs are completed."""


class Bodies:
    """What steps do: answer 1 kB and, if there is a log, note first that they began.

    One write appends a line, so a line survives the kill of the process that wrote it.
    """

    def __init__(self, log: Path | None) -> None:
        self._log = None if log is None else os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def run(self, job: str, step: str) -> str:
        """The body of `step` in `job`."""
        if self._log is not None:
            os.write(self._log, f"{job} {step}\n".encode())
        return RESULT


class Peer(Protocol):
    """A system that finishes jobs, as a worker process holds it."""

    def batch(self, jobs: list[str]) -> None:
        """Make all jobs and return when all are completed."""

    def accept(self, jobs: list[str]) -> None:
        """Make all jobs and return when every one is durably accepted."""

    def completed(self) -> int:
        """How many jobs the system's own records call completed."""


def serve(make: Callable[[argparse.Namespace], Peer]) -> None:
    """Run the mode that the command line names."""
    given = _arguments()
    peer = make(given)
    modes = {"measure": _measure, "accept": _accept, "recover": _recover}
    print(json.dumps(modes[given.mode](peer, given)), flush=True)
    # A peer's threads and processes may still poll; the caller ends the whole group.
    os._exit(0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=("measure", "accept", "recover"))
    parser.add_argument("folder", type=Path, help="where the peer keeps its data")
    parser.add_argument("--shape", choices=WAVES, default="job10")
    parser.add_argument("--jobs", type=int, required=True)
    parser.add_argument("--alone", type=int, default=0, help="jobs that run one at a time")
    parser.add_argument("--workers", required=True, help="as the peer counts them")
    parser.add_argument("--bodies", type=Path, help="log of the step bodies that began")
    parser.add_argument("--patience", type=float, default=60.0, help="seconds of standstill")
    return parser.parse_args()


def _named(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number:06}" for number in range(count)]


def _measure(peer: Peer, given: argparse.Namespace) -> dict[str, object]:
    peer.batch(_named("warm", WARM_UP_JOBS))
    milliseconds = _timed(peer, _named("job", given.jobs))
    alone = [_timed(peer, [job]) for job in _named("alone", given.alone)]
    return {"seconds": milliseconds / 1_000, "latencies_ms": alone}


def _timed(peer: Peer, jobs: list[str]) -> float:
    begin = time.perf_counter()
    peer.batch(jobs)
    return (time.perf_counter() - begin) * 1_000


def _accept(peer: Peer, given: argparse.Namespace) -> dict[str, object]:
    peer.accept(_named("job", given.jobs))
    print(ACCEPTED, flush=True)
    return _recover(peer, given)


def _recover(peer: Peer, given: argparse.Namespace) -> dict[str, object]:
    completed, begun, moved = 0, 0, time.monotonic()
    while completed < given.jobs and time.monotonic() - moved < given.patience:
        time.sleep(LOOK_S)
        before = (completed, begun)
        completed, begun = peer.completed(), given.bodies.stat().st_size
        if (completed, begun) != before:
            moved = time.monotonic()
    return {"completed": completed}


def wait_until(is_done: Callable[[], bool]) -> None:
    """Return once `is_done` says so."""
    while not is_done():
        time.sleep(POLL_S)
