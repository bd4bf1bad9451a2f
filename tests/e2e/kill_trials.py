"""A process at work on a real CV is killed with SIGKILL; the next one must finish its job.

`tests/e2e/test_kills.py` does so a few times, `benchmarks/kills.py` many times.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.settings import Settings
from cvplus_workflow.worker import drain

COMMAND = str(Path(sys.executable).with_name("cvplus-workflow"))
CV = Path(__file__).parents[2] / "examples/jane/resume.md"
PATIENCE_S = 120.0
"""No command takes so long; a lease on the parse step lasts longer still."""

ORPHANS_END_S = 10.0
"""A child notices the end of its parent at the end of the step body that it runs."""


@dataclass(frozen=True)
class Undisturbed:
    """What a run that nobody kills takes and makes."""

    seconds: float
    commits: int
    html: bytes
    result: dict[str, Any]
    events: list[str]
    steps: list[str]


@dataclass(frozen=True)
class Plan:
    """When to kill what. `worker` kills a worker on an accepted job, otherwise a `run`.

    The kill comes `after_s` seconds from the start, or `after_s` behind the
    `after_commits`th commit that the database shows.
    """

    worker: bool
    resume: bool
    after_s: float
    after_commits: int | None = None


@dataclass
class Trial:
    """What came of one kill. `faults` are sentences; `recovery_s` is the restart's time."""

    accepted: bool = False
    lost: bool = False
    doubled: bool = False
    recovery_s: float = 0.0
    lost_attempts: int = 0
    faults: list[str] = field(default_factory=list)
    story: list[str] = field(default_factory=list)

    def expect(self, holds: bool, fault: str) -> None:
        """Note `fault` unless it `holds`."""
        if not holds:
            self.faults.append(fault)


def plans(kills: int, seed: int, undisturbed: Undisturbed) -> list[Plan]:
    """Instants spread over a whole run: by time, or at and just behind commits."""
    chance = random.Random(seed)
    found = []
    for number in range(kills):
        worker, resume = number % 4 >= 2, chance.random() < 0.5
        if number % 2:
            commits = 1 + number // 2 % undisturbed.commits
            found.append(Plan(worker, resume, chance.random() * 0.005, commits))
        else:
            share = 0.2 + 0.8 * (number + chance.random()) / kills
            found.append(Plan(worker, resume, share * undisturbed.seconds))
    return found


def undisturbed_run(folder: Path) -> Undisturbed:
    """Run the CV to its end, untouched, counting commits."""
    data, out = _prepared(folder), folder / "out"
    begin = time.monotonic()
    process = _start("run", str(CV), "--data", str(data), "--out", str(out))
    with _commits(data) as commits:
        while process.poll() is None:
            commits.look()
            _let_pass(process, 0.001)
    seconds = time.monotonic() - begin
    if process.returncode:
        raise RuntimeError(f"The undisturbed run ended with {process.returncode}.")
    with _opened(data) as app:
        (job,) = app.jobs.history(LOCAL_CALLER)
        events = [event.name for _, event in app.events.events()]
    result = json.loads((out / "result.json").read_text())
    html = (out / "cv.html").read_bytes()
    done = [entry.step for entry in job.run.history if entry.event == "completed"]
    return Undisturbed(seconds, commits.count, html, result, events, done)


def killed_trial(folder: Path, plan: Plan, undisturbed: Undisturbed) -> Trial:
    """Start, kill, restart, look. A process that ends before its kill is tried again, earlier."""
    for attempt in range(6):
        here = folder / f"{attempt}"
        data = _prepared(here, with_job=plan.worker)
        children = _kill(data, plan, 0.6**attempt)
        if children is not None:
            return _recovered(here, data, plan, children, undisturbed)
    raise RuntimeError("The process always ended before its kill.")


def _prepared(folder: Path, *, with_job: bool = False) -> Path:
    data = folder / "data"
    with _opened(data) as app:
        if with_job:
            features = app.features.runnable()
            app.jobs.create(
                LOCAL_CALLER, content=CV.read_bytes(), file_name=CV.name, features=features
            )
    return data


def _kill(data: Path, plan: Plan, sooner: float) -> list[int] | None:
    """The children that the killed process leaves; None if it had ended by itself."""
    words = ["worker", "--once"] if plan.worker else ["run", str(CV), "--out", str(data / "../out")]
    process = _start(*words, "--data", str(data))
    if plan.after_commits is not None:
        with _commits(data) as commits:
            while process.poll() is None and commits.look() < plan.after_commits * sooner:
                _let_pass(process, 0.001)
    _let_pass(process, plan.after_s * sooner)
    if process.poll() is not None:
        return None
    os.kill(process.pid, signal.SIGSTOP)
    os.waitpid(process.pid, os.WUNTRACED)
    children = children_of(process.pid)
    process.kill()
    process.wait()
    return children


def _recovered(
    folder: Path, data: Path, plan: Plan, children: list[int], undisturbed: Undisturbed
) -> Trial:
    jobs = _listed(data)
    trial = Trial(accepted=bool(jobs))
    resumes = plan.resume and trial.accepted
    again = folder / "again"
    words = ["jobs", "resume", jobs[0], "--out", str(again)] if resumes else ["worker", "--once"]
    begin = time.monotonic()
    process = _start(*words, "--data", str(data))
    code = process.wait(PATIENCE_S)
    trial.recovery_s = time.monotonic() - begin
    trial.expect(code == 0, f"{words[0]} {words[1]} ended with {code}")
    trial.expect(_end(children), "a child of the killed process lives on")
    if trial.accepted:
        with _opened(data) as app:
            _examine(app, jobs[0], trial, undisturbed, settled=not resumes)
        if resumes and not trial.lost:
            _compare_files(again, trial, undisturbed)
    return trial


def _examine(
    app: EmbeddedApp, job_id: str, trial: Trial, undisturbed: Undisturbed, *, settled: bool
) -> None:
    if settled:
        trial.expect(not _rows(app, "tasks"), "tasks are left")
    before = app.jobs.get(LOCAL_CALLER, job_id)
    trial.lost = before.status != "completed"
    moments = app.monitoring.timeline(LOCAL_CALLER, job_id)
    trial.story = [f"{moment.at:%T.%f} {moment.subject} {moment.text}" for moment in moments]
    drain(app)  # deliveries that come late change nothing
    job = app.jobs.get(LOCAL_CALLER, job_id)
    trial.expect(job.run.history == before.run.history, "a late delivery changed the job")
    trial.expect(not _rows(app, "tasks"), "tasks stay for ever")
    trial.expect(job.run.deadline is None and not job.run.effects, "business is unfinished")
    ends = Counter((e.run, e.step) for e in job.run.history if e.event == "completed")
    events = [event.key for _, event in app.events.events()]
    trial.doubled = max(ends.values(), default=0) > 1 or len(set(events)) < len(events)
    trial.lost_attempts = sum(e.event == "lost" for e in job.run.history)
    if not trial.lost:
        trial.expect(sorted(ends) == sorted((1, s) for s in undisturbed.steps), "steps are missing")
        names = [event.name for _, event in app.events.events()]
        recovered = ["job.recovered"] if trial.lost_attempts else []
        expected = sorted([*recovered, *undisturbed.events])
        trial.expect(sorted(names) == expected, f"the events are {names}")
        _compare_results(app, job_id, trial, undisturbed)


def _compare_results(app: EmbeddedApp, job_id: str, trial: Trial, undisturbed: Undisturbed) -> None:
    result = app.call("getJobResult", LOCAL_CALLER, {"jobId": job_id})
    trial.expect(_without_id(result) == _without_id(undisturbed.result), "another result")
    html = app.jobs.file(LOCAL_CALLER, job_id, "cv.html")
    trial.expect(html == undisturbed.html, "another cv.html")


def _compare_files(folder: Path, trial: Trial, undisturbed: Undisturbed) -> None:
    trial.expect((folder / "cv.html").read_bytes() == undisturbed.html, "another file cv.html")
    result = json.loads((folder / "result.json").read_text())
    trial.expect(_without_id(result) == _without_id(undisturbed.result), "another result.json")


def _without_id(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name != "jobId"}


def _start(*words: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [COMMAND, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _let_pass(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    """Wait so long, or until the process ends."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)


@contextmanager
def _opened(data: Path) -> Iterator[EmbeddedApp]:
    app = EmbeddedApp(Settings(data=data))
    try:
        yield app
    finally:
        app.close()


class _Commits:
    """Counts the commits that other processes make, as far as they are seen apart."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._version = self._now()
        self.count = 0

    def look(self) -> int:
        version = self._now()
        self.count += version != self._version
        self._version = version
        return self.count

    def _now(self) -> int:
        version: int = self._connection.pragma("data_version")
        return version


@contextmanager
def _commits(data: Path) -> Iterator[_Commits]:
    connection = apsw.Connection(str(data / "workflow.db"))
    connection.set_busy_timeout(20_000)
    try:
        yield _Commits(connection)
    finally:
        connection.close()


def _listed(data: Path) -> list[str]:
    """The jobs in the database, read without any code that might repair something."""
    connection = apsw.Connection(str(data / "workflow.db"))
    try:
        rows = connection.execute("SELECT path FROM documents WHERE user_id IS NOT NULL").fetchall()
    finally:
        connection.close()
    return [str(path).removeprefix("jobs/") for (path,) in rows]


def _rows(app: EmbeddedApp, table: str) -> int:
    return len(app.engine.read().execute(f"SELECT 1 FROM {table}").fetchall())


def children_of(parent: int) -> list[int]:
    """The living children of a process, where the system tells (Linux's /proc)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, ppid = entry.read_text().rpartition(")")[2].split()[:2]
            if int(ppid) == parent and state != "Z":
                found.append(int(entry.parent.name))
    return found


def _end(children: list[int]) -> bool:
    """Whether all of `children` end in time."""
    deadline = time.monotonic() + ORPHANS_END_S
    while any(is_step_child(child) for child in children):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def is_step_child(process: int) -> bool:
    """Whether a process runs steps for another, and is not, say, an emulator of the tests."""
    try:
        return b"steps.child" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False
