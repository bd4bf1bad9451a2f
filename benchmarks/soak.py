"""Mixed jobs with faults for a long time: is anything lost or doubled, does anything grow?

    python benchmarks/soak.py --minutes 60 --back-end embedded --json
    python benchmarks/soak.py --minutes 60 --back-end firebase --chart soak.svg

Light jobs, real CVs with all free features, documents that cannot be read, cancellations;
and every so often a process is killed with SIGKILL. Each minute (a tenth of the time, if
that is shorter) memory, open files, connections, threads and children are read from the
system. At the end every accepted job is read again. The exit code is 1 if one is lost,
doubled or unfinished, or if the memory of the watched process rose by more than a tenth
over the second half of at least ten minutes.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "shared")]

from benchmarks.charting.soaks import soak_chart  # noqa: E402
from benchmarks.embedded_load.machine import disk_folder, file_system  # noqa: E402
from benchmarks.embedded_load.real_cvs import RealCv, real_cvs  # noqa: E402
from benchmarks.soaking.mix import Kind, drawn, faults  # noqa: E402
from benchmarks.soaking.samples import Sample, flatness, sampled  # noqa: E402

from cvplus_workflow.domain.documents import Job  # noqa: E402
from cvplus_workflow.errors import Code, WorkflowError  # noqa: E402

MOST_OPEN = 60
"""Unfinished jobs with which no more are made, until there are fewer."""

REST_S = 600.0
"""How long the last jobs may take: a lease of the parse step, a sweep, and the work."""

TOLERATED_GROWTH = 0.1
LONG_MINUTES = 10.0
"""The shortest soak whose memory is judged; before, it tells of warming up."""


class Site(Protocol):
    """Where a soak takes place."""

    watched: str
    kills_to_the_end: bool

    def create(self, kind: Kind, key: str, cv: RealCv) -> str: ...
    def cancel(self, job_id: str) -> None: ...
    def kill(self) -> None: ...
    def processes(self) -> dict[str, int]: ...
    def unfinished(self, limit: int) -> int: ...
    def job(self, job_id: str) -> Job: ...
    def end_events(self) -> list[str] | None: ...
    def disk_mb(self) -> float: ...
    def close(self) -> None: ...


class Soak:
    """One soak under way."""

    def __init__(self, site: Site, arguments: argparse.Namespace) -> None:
        self._site = site
        self._arguments = arguments
        self._chance = random.Random(arguments.seed)
        self._cvs = real_cvs()
        self._begin = time.monotonic()
        self.accepted: dict[str, Kind] = {}
        self.samples: list[Sample] = []
        self.disk_mb: list[float] = []
        self.kills = 0
        self.held_back = 0

    def work(self) -> None:
        """Make jobs, kill and sample until the time is up; then wait until all rest."""
        seconds = self._arguments.minutes * 60
        sample_s = min(60.0, seconds / 10)
        due = {self._sample: sample_s, self._kill: self._arguments.kill_every}
        due[self._make] = 1 / self._arguments.jobs_per_s
        next_at = dict.fromkeys(due, 0.0) | {self._kill: due[self._kill]}
        while (now := self._seconds()) < seconds:
            action = min(next_at, key=lambda each: next_at[each])
            if next_at[action] > now:
                time.sleep(min(next_at[action], seconds) - now)
                continue
            action()
            next_at[action] = max(next_at[action] + due[action], self._seconds())
        self._sample()
        self._rest()

    def _seconds(self) -> float:
        return time.monotonic() - self._begin

    def _make(self) -> None:
        if len(self.accepted) % 5 == 0 and self._site.unfinished(MOST_OPEN) >= MOST_OPEN:
            self.held_back += 1
            return
        kind, number = drawn(self._chance), len(self.accepted)
        job_id = self._site.create(kind, f"soak-{number}", self._chance.choice(self._cvs))
        self.accepted[job_id] = kind
        if kind is Kind.CANCELLED:
            time.sleep(self._chance.random() * 0.5)
            self._cancel(job_id)

    def _cancel(self, job_id: str) -> None:
        try:
            self._site.cancel(job_id)
        except WorkflowError as error:
            if error.code != Code.FAILED_PRECONDITION:
                raise

    def _kill(self) -> None:
        first_half = self._seconds() < self._arguments.minutes * 30
        if first_half or self._site.kills_to_the_end:
            self._site.kill()
            self.kills += 1

    def _sample(self) -> None:
        minute = self._seconds() / 60
        self.disk_mb.append(self._site.disk_mb())
        for name, process in self._site.processes().items():
            try:
                self.samples.append(sampled(minute, name, process))
            except (FileNotFoundError, ProcessLookupError):
                continue

    def _rest(self) -> None:
        end = time.monotonic() + REST_S
        while self._site.unfinished(1) and time.monotonic() < end:
            time.sleep(0.5)


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(dir=arguments.folder or disk_folder()) as folder:
        found = soaked(arguments, Path(folder))
    if arguments.chart:
        arguments.chart.write_text(soak_chart([found]))
    print(json.dumps(found) if arguments.json else _table(found))
    sys.exit(not found["sound"])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--minutes", type=float, default=2.0, help="how long (2)")
    add("--back-end", choices=("embedded", "firebase"), default="embedded", help="(embedded)")
    add("--jobs-per-s", type=float, default=0.0, help="made (2 embedded, 0.4 on emulators)")
    add("--kill-every", type=float, default=20.0, help="seconds between kills (20)")
    add("--seed", type=int, default=1, help="decides kinds and documents (1)")
    add("--chart", type=Path, help="an SVG file to draw the memory in")
    add("--folder", type=Path, help="where the data goes (a temporary folder)")
    add("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    arguments.jobs_per_s = arguments.jobs_per_s or _PACE[arguments.back_end]
    return arguments


_PACE = {"embedded": 2.0, "firebase": 0.4}


def soaked(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """One soak in an empty `folder`; what came of it."""
    site = _site(arguments.back_end, folder / "site")
    try:
        soak = Soak(site, arguments)
        soak.work()
        return _outcome(site, soak, arguments) | {"file_system": file_system(folder)}
    finally:
        site.close()


def _site(back_end: str, folder: Path) -> Site:
    if back_end == "embedded":
        from benchmarks.soaking.embedded import EmbeddedSite

        return EmbeddedSite(folder)
    from benchmarks.soaking.emulated import EmulatedSite

    return EmulatedSite(folder)


def _outcome(site: Site, soak: Soak, arguments: argparse.Namespace) -> dict[str, Any]:
    jobs = {job_id: site.job(job_id) for job_id in soak.accepted}
    wrong = Counter(
        fault for job_id, job in jobs.items() for fault in faults(soak.accepted[job_id], job)
    )
    wrong += _wrong_events(site.end_events(), list(jobs))
    flat = flatness([sample for sample in soak.samples if sample.process == site.watched])
    judged = arguments.minutes >= LONG_MINUTES
    grows = judged and flat.get("growth_share", 0.0) > TOLERATED_GROWTH
    return {
        "back_end": arguments.back_end,
        "minutes": arguments.minutes,
        "accepted": dict(Counter(str(kind) for kind in soak.accepted.values())),
        "ended": dict(Counter(str(job.status) for job in jobs.values())),
        "steps_completed": sum(_count(job, "completed") for job in jobs.values()),
        "attempts_lost": sum(_count(job, "lost") for job in jobs.values()),
        "kills": soak.kills,
        "held_back": soak.held_back,
        "lost": wrong["lost"],
        "doubled": wrong["doubled"] + wrong["event doubled"],
        "faults": dict(wrong),
        "watched": site.watched,
        "flatness": flat,
        "disk_mb": soak.disk_mb,
        "samples": msgspec.to_builtins(soak.samples),
        "sound": not wrong and not grows,
    }


def _wrong_events(told: list[str] | None, jobs: Sequence[str]) -> Counter[str]:
    if told is None:
        return Counter()
    times = Counter(told)
    missing = sum(not times[job_id] for job_id in jobs)
    doubled = sum(times[job_id] > 1 for job_id in jobs)
    return Counter({"event missing": missing, "event doubled": doubled}) + Counter()


def _count(job: Job, event: str) -> int:
    return sum(entry.event == event and bool(entry.step) for entry in job.run.history)


def _table(found: dict[str, Any]) -> str:
    plain = {name: value for name, value in found.items() if name not in ("samples", "flatness")}
    lines = [f"{name:16}  {value}" for name, value in plain.items()]
    lines += [f"  {name:20}  {value}" for name, value in found["flatness"].items()]
    for sample in found["samples"]:
        if sample["process"] == found["watched"]:
            lines.append("  ".join(f"{name} {value}" for name, value in sample.items()))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
