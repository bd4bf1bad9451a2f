"""One trial: a peer's worker measured, or killed in the middle of its work and started again."""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks.peers.contestants import Contestant
from benchmarks.peers.work import ACCEPTED, STEPS

ROOT = Path(__file__).resolve().parents[2]
LONGEST_S = 300.0
GONE_S = 5.0
_POLL_S = 0.001


def measured(
    peer: Contestant, workers: str, shape: str, jobs: int, alone: int, folder: Path
) -> dict[str, Any]:
    """Steps a second of a batch of `jobs`, and the median milliseconds of a job alone."""
    with tempfile.TemporaryDirectory(dir=folder) as data:
        given = ["--shape", shape, "--jobs", str(jobs), "--alone", str(alone), "--workers", workers]
        with _group(peer, "measure", data, *given) as worker:
            told = _answer(worker, peer, LONGEST_S)
    latency = statistics.median(told["latencies_ms"]) if alone else None
    return {
        "peer": peer.name,
        "shape": shape,
        "jobs": jobs,
        "workers": workers,
        "steps_per_s": round(jobs * STEPS / told["seconds"], 1),
        "latency_ms_p50": latency and round(latency, 2),
    }


def killed(
    peer: Contestant, workers: str, jobs: int, patience_s: float, folder: Path
) -> dict[str, Any]:
    """SIGKILL to all of a peer once half of the step bodies began; what its next start makes.

    `lost` are accepted jobs that are not completed when for `patience_s` seconds no body has
    begun and no job has ended, `doubled` step bodies that began again, `seconds` from the
    restart until all are completed, if they are.
    """
    with tempfile.TemporaryDirectory(dir=folder) as data:
        bodies = Path(data) / "bodies"
        given = ["--jobs", str(jobs), "--workers", workers, "--bodies", str(bodies)]
        with _group(peer, "accept", data, *given) as worker:
            _wait_for_half(worker, bodies, jobs)
        before = sum(_begun(bodies).values())
        begin = time.monotonic()
        with _group(peer, "recover", data, *given, "--patience", str(patience_s)) as worker:
            completed = _answer(worker, peer, LONGEST_S)["completed"]
        seconds = time.monotonic() - begin
        doubled = sum(count - 1 for count in _begun(bodies).values())
    return {
        "peer": peer.name,
        "workers": workers,
        "jobs": jobs,
        "bodies_before_kill": before,
        "lost": jobs - completed,
        "doubled": doubled,
        "seconds": round(seconds, 2) if completed == jobs else None,
        "standstill_s": patience_s,
    }


@contextmanager
def _group(
    peer: Contestant, mode: str, folder: str, *given: str
) -> Iterator["subprocess.Popen[str]"]:
    """A worker in a process group of its own, of which nothing is left in the end."""
    path = os.pathsep.join(map(str, (ROOT, ROOT / "shared")))
    worker = subprocess.Popen(
        [*peer.command, mode, folder, *given],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield worker
    finally:
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.communicate()
        _wait_until_gone(worker.pid)


def _wait_until_gone(group: int) -> None:
    """Until no process of `group` holds files or ports; children are init's to bury."""
    end = time.monotonic() + GONE_S
    while _lives(group) and time.monotonic() < end:
        time.sleep(_POLL_S)


def _lives(group: int) -> bool:
    """Whether a process of `group` is more than a zombie; fields as in proc_pid_stat(5)."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            state, _parent, of_group = status.read_text().rpartition(") ")[2].split()[:3]
            if int(of_group) == group and state != "Z":
                return True
    return False


def _answer(worker: "subprocess.Popen[str]", peer: Contestant, seconds: float) -> dict[str, Any]:
    """The last line that the worker prints; it alone ends, not what it started."""
    try:
        worker.wait(seconds)
    except subprocess.TimeoutExpired:
        sys.exit(f"{peer.name} gave no answer within {seconds:.0f} s.")
    if worker.returncode or worker.stdout is None:
        sys.exit(f"{peer.name} failed with {worker.returncode}.")
    answer: dict[str, Any] = json.loads(worker.stdout.readline())
    return answer


def _wait_for_half(worker: "subprocess.Popen[str]", bodies: Path, jobs: int) -> None:
    assert worker.stdout is not None
    if worker.stdout.readline() != f"{ACCEPTED}\n":
        sys.exit("A worker ended before it had accepted all jobs.")
    while sum(_begun(bodies).values()) < jobs * STEPS / 2 and worker.poll() is None:
        time.sleep(_POLL_S)


def _begun(bodies: Path) -> Counter[str]:
    """How often each step of each job began."""
    return Counter(bodies.read_text().splitlines()) if bodies.exists() else Counter()
