"""DBOS Transact on SQLite: one process, jobs on threads or on one event loop.

The file is set to WAL before DBOS opens it, and stays so. By itself DBOS leaves SQLite's
defaults, journal mode DELETE and `synchronous` FULL. Jobs that have to be accepted before
they run go through a queue of DBOS; its recovery starts again what a killed process left.
"""

import argparse
import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.peers.work import WAVES, Bodies, serve
from dbos import DBOS, DBOSConfig, SetWorkflowID

QUEUE = "jobs"
QUEUE_POLL_S = 0.01


class DbosPeer:
    """`workers` is `threads-N` or `async-N`: how many jobs at a time, and on what."""

    def __init__(self, given: argparse.Namespace) -> None:
        kind, count = given.workers.split("-")
        self._limit = int(count)
        make = _on_loop if kind == "async" else _on_threads
        self._workflow = make(Bodies(given.bodies), WAVES[given.shape])
        self._run_all = self._run_on_loop if kind == "async" else self._run_on_threads
        self._threads = ThreadPoolExecutor(self._limit)
        self._loop = asyncio.new_event_loop()
        _launch(given.folder / "dbos.sqlite")
        self._queue = DBOS.register_queue(
            QUEUE, worker_concurrency=self._limit, polling_interval_sec=QUEUE_POLL_S
        )

    def batch(self, jobs: list[str]) -> None:
        self._run_all(jobs)

    def accept(self, jobs: list[str]) -> None:
        for job in jobs:
            with SetWorkflowID(job):
                self._queue.enqueue(self._workflow, job)

    def completed(self) -> int:
        return len(DBOS.list_workflows(status="SUCCESS", load_input=False, load_output=False))

    def _run_on_threads(self, jobs: list[str]) -> None:
        list(self._threads.map(self._run, jobs))

    def _run(self, job: str) -> None:
        with SetWorkflowID(job):
            self._workflow(job)

    def _run_on_loop(self, jobs: list[str]) -> None:
        self._loop.run_until_complete(self._gather(jobs))

    async def _gather(self, jobs: list[str]) -> None:
        limit = asyncio.Semaphore(self._limit)

        async def run(job: str) -> None:
            async with limit:
                with SetWorkflowID(job):
                    await self._workflow(job)

        await asyncio.gather(*map(run, jobs))


def _launch(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    config: DBOSConfig = {
        "name": "peers",
        "system_database_url": f"sqlite:///{database}",
        "application_version": "1",
        "executor_id": "local",
        "log_level": "ERROR",
    }
    DBOS(config=config)
    DBOS.launch()


Waves = tuple[tuple[str, ...], ...]


def _on_threads(bodies: Bodies, waves: Waves) -> Callable[[str], Any]:
    def run_body(job: str, step: str) -> str:
        return bodies.run(job, step)

    run_step = DBOS.step(name="run_step")(run_body)

    def run_job(job: str) -> None:
        for wave in waves:
            for step in wave:
                run_step(job, step)

    workflow: Callable[[str], Any] = DBOS.workflow(name="run_job")(run_job)
    return workflow


def _on_loop(bodies: Bodies, waves: Waves) -> Callable[[str], Any]:
    async def run_body(job: str, step: str) -> str:
        return bodies.run(job, step)

    run_step = DBOS.step(name="run_step")(run_body)

    async def run_job(job: str) -> None:
        for wave in waves:
            await asyncio.gather(*(run_step(job, step) for step in wave))

    workflow: Callable[[str], Any] = DBOS.workflow(name="run_job")(run_job)
    return workflow


if __name__ == "__main__":
    serve(DbosPeer)
