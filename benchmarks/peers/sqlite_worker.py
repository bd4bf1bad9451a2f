"""The disk's own speed: a loop that writes each step's result to SQLite, and nothing else.

WAL and `synchronous` FULL. `workers` says what one commit holds: a `step`, a `wave` of
steps of one job that are ready together, or, `shared`, a wave of 50 jobs. There are no
retries, leases, timers, no second worker and no order of jobs but the first one.
"""

import argparse
import sqlite3
from collections.abc import Sequence

from benchmarks.peers.work import STEPS, WAVES, Bodies, serve

SHARING_JOBS = 50
_SCHEMA = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
CREATE TABLE IF NOT EXISTS jobs (job TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS steps (
  job TEXT, step TEXT, result TEXT, PRIMARY KEY (job, step)) WITHOUT ROWID;
"""


class SqlitePeer:
    """A table of jobs and one of results."""

    def __init__(self, given: argparse.Namespace) -> None:
        self._database = sqlite3.connect(given.folder / "steps.sqlite", isolation_level=None)
        self._database.executescript(_SCHEMA)
        self._bodies = Bodies(given.bodies)
        waves = WAVES[given.shape]
        by_step = tuple((step,) for wave in waves for step in wave)
        self._commits = by_step if given.workers == "step" else waves
        self._sharing = SHARING_JOBS if given.workers == "shared" else 1

    def batch(self, jobs: list[str]) -> None:
        for first in range(0, len(jobs), self._sharing):
            some = jobs[first : first + self._sharing]
            self.accept(some)
            self._work(some)

    def accept(self, jobs: list[str]) -> None:
        self._commit("INSERT INTO jobs VALUES (?)", [(job,) for job in jobs])

    def completed(self) -> int:
        """Works off what is left first: this loop is its own worker."""
        jobs = [job for (job,) in self._database.execute("SELECT job FROM jobs")]
        for first in range(0, len(jobs), self._sharing):
            self._work(jobs[first : first + self._sharing])
        query = "SELECT count(*) FROM (SELECT 1 FROM steps GROUP BY job HAVING count(*) = ?)"
        (count,) = self._database.execute(query, (STEPS,)).fetchone()
        return int(count)

    def _work(self, jobs: list[str]) -> None:
        done = {(job, step) for job in jobs for step in self._done(job)}
        for together in self._commits:
            ready = {(job, step) for job in jobs for step in together} - done
            rows = [(job, step, self._bodies.run(job, step)) for job, step in sorted(ready)]
            if rows:
                self._commit("INSERT INTO steps VALUES (?, ?, ?)", rows)

    def _done(self, job: str) -> list[str]:
        query = "SELECT step FROM steps WHERE job = ?"
        return [step for (step,) in self._database.execute(query, (job,))]

    def _commit(self, insert: str, rows: Sequence[tuple[str, ...]]) -> None:
        self._database.execute("BEGIN")
        self._database.executemany(insert, rows)
        self._database.execute("COMMIT")


if __name__ == "__main__":
    serve(SqlitePeer)
