"""Who takes part: each peer's worker module, the settings that are tried, its promise."""

import sys
from typing import NamedTuple

from benchmarks.peers import setup

OWN = "cvplus-workflow"


class Contestant(NamedTuple):
    """`scale` is how many jobs it gets for one of the slowest, so that all are timed for long
    enough; `settings` are what its worker understands as `--workers`, the best one is used."""

    name: str
    module: str
    scale: int
    settings: tuple[str, ...]
    promise: str

    @property
    def command(self) -> tuple[str, ...]:
        """How its worker is run, from the repository's root."""
        python = sys.executable if self.module == "own_worker" else str(setup.PYTHON)
        return (python, "-m", f"benchmarks.peers.{self.module}")


CONTESTANTS = (
    Contestant(
        OWN,
        "own_worker",
        20,
        ("processes-1", "processes-2"),
        "transitions once, keyed effects once, nothing lost; leases, history, deadlines",
    ),
    Contestant(
        "restate",
        "restate_worker",
        6,
        ("inflight-32-partitions-24", "inflight-64-partitions-4", "inflight-128-partitions-4"),
        "a server for any code in many languages; journaled steps; replicated clusters",
    ),
    Contestant(
        "dbos",
        "dbos_worker",
        1,
        ("threads-1", "threads-8", "async-8", "async-32"),
        "any Python function as a durable workflow; several machines on PostgreSQL",
    ),
    Contestant(
        "huey",
        "huey_worker",
        2,
        ("thread-4", "thread-8", "process-2", "process-4"),
        "a task queue: at most once; a task that is killed is gone",
    ),
    Contestant("sqlite-step", "sqlite_worker", 8, ("step",), "none: a loop, a commit a step"),
    Contestant("sqlite-wave", "sqlite_worker", 12, ("wave",), "none: a loop, a commit a wave"),
    Contestant(
        "sqlite-shared",
        "sqlite_worker",
        30,
        ("shared",),
        "none: a loop, a commit a wave of 50 jobs",
    ),
)


def present(names: list[str]) -> list[Contestant]:
    """Those named, or all, that can run on this machine."""
    chosen = [each for each in CONTESTANTS if not names or each.name in names]
    if setup.has_node():
        return chosen
    print("Restate is left out: there is no Node here.", file=sys.stderr)
    return [each for each in chosen if each.name != "restate"]
