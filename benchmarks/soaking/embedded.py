"""The soak's embedded site: one folder, one worker that stays, one that is killed."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.embedded_load.real_cvs import RealCv
from benchmarks.embedded_load.synthetic import SOURCE

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.domain.change import Query
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.settings import Settings
from cvplus_workflow.steps.registry import BUILT_IN, Registry

from .mix import BROKEN, Kind, free_features
from .steps import synthetic_steps

ROOT = Path(__file__).resolve().parents[2]
STEADY, KILLED = "steady worker", "killed worker"
_FAR = datetime(9999, 1, 1, tzinfo=UTC)


class EmbeddedSite:
    """Makes jobs from this process; two others work them off."""

    watched = STEADY
    """The process that is never killed, so that its memory tells of growth."""

    kills_to_the_end = True

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        self._real = self._opened(BUILT_IN)
        self._synthetic = self._opened(synthetic_steps())
        self._workers = {name: self._worker() for name in (STEADY, KILLED)}

    def create(self, kind: Kind, key: str, cv: RealCv) -> str:
        """Make a job and answer its id."""
        if kind is Kind.LIGHT:
            cv, app, features = RealCv("cv.md", SOURCE), self._synthetic, list[str]()
            features = [name for name, _ in synthetic_steps()][1:-2]
        else:
            app, features = self._real, free_features()
        cv = BROKEN if kind is Kind.BROKEN else cv
        made = app.jobs.create(
            LOCAL_CALLER, content=cv.content, file_name=cv.file_name, features=features, key=key
        )
        return made.id

    def cancel(self, job_id: str) -> None:
        """Cancel a job, or fail to because it has ended."""
        self._real.jobs.cancel(LOCAL_CALLER, job_id)

    def kill(self) -> None:
        """Kill a worker with SIGKILL, and start another."""
        worker = self._workers[KILLED]
        worker.kill()
        worker.communicate()
        self._workers[KILLED] = self._worker()

    def processes(self) -> dict[str, int]:
        """What to sample, by name. Raises if the steady worker has ended."""
        if self._workers[STEADY].poll() is not None:
            raise SystemExit("The steady worker has ended.")
        return {name: worker.pid for name, worker in self._workers.items()}

    def unfinished(self, limit: int) -> int:
        """How many jobs have something left to do, at most `limit`."""
        query = Query("jobs", order_by="run.deadline", until=_FAR, limit=limit)
        return len(self._real.store.query(query, Job))

    def job(self, job_id: str) -> Job:
        """A job as it is stored."""
        return self._real.jobs.get(LOCAL_CALLER, job_id)

    def end_events(self) -> list[str] | None:
        """The jobs that events told the end of, once for each time."""
        found, after = list[str](), 0
        while events := self._real.events.events(after, 1_000):
            after = events[-1][0]
            found += [e.job_id for _, e in events if e.name in _ENDS]
        return found

    def disk_mb(self) -> float:
        """The size of the database and its log."""
        files = self._data.glob("workflow.db*")
        return round(sum(file.stat().st_size for file in files) / 1e6, 1)

    def close(self) -> None:
        """End the workers and close the folder."""
        for worker in self._workers.values():
            worker.communicate(timeout=120)
        self._synthetic.close()
        self._real.close()

    def _opened(self, steps: Registry) -> EmbeddedApp:
        return EmbeddedApp(Settings(data=self._data), steps=steps)

    def _worker(self) -> "subprocess.Popen[bytes]":
        words = [sys.executable, "-m", f"{__package__}.worker", str(self._data)]
        return subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE)


_ENDS = frozenset({"job.completed", "job.failed", "job.cancelled"})
