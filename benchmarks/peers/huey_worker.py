"""Huey on SQLite: a consumer in this process, with threads or child processes as workers.

Huey opens its file in WAL; `fsync=True` states the durability that SQLite would give it
by default, `synchronous` FULL. Results are kept, as every step's has to be.
"""

import argparse
import logging
from functools import partial
from typing import Any

from benchmarks.peers.work import WAVES, Bodies, serve, wait_until
from huey import SqliteHuey, chord
from huey.signals import SIGNAL_COMPLETE

POLL_S, MAX_POLL_S = 0.001, 0.01
"""How often a worker without work looks for some, at first and at last."""

LOCK_TIMEOUT_S = 60


class HueyPeer:
    """`workers` is `thread-N` or `process-N`: how many steps at a time, and on what."""

    def __init__(self, given: argparse.Namespace) -> None:
        logging.disable(logging.CRITICAL)
        self._huey = SqliteHuey(
            filename=str(given.folder / "huey.sqlite"), fsync=True, timeout=LOCK_TIMEOUT_S
        )
        bodies = Bodies(given.bodies)

        def run_step(job: str, step: str, *_before: Any) -> str:
            return bodies.run(job, step)

        self._step = self._huey.task(name="run_step")(run_step)
        self._waves = WAVES[given.shape]
        self._fans_out = any(len(wave) > 1 for wave in self._waves)
        self._huey.signal(SIGNAL_COMPLETE)(self._fan_out)
        kind, count = given.workers.split("-")
        self._consumer = self._huey.create_consumer(
            workers=int(count),
            worker_type=kind,
            periodic=False,
            initial_delay=POLL_S,
            max_delay=MAX_POLL_S,
        )
        self._consumer.start()

    def accept(self, jobs: list[str]) -> None:
        for job in jobs:
            self._huey.enqueue(self._first(job))

    def batch(self, jobs: list[str]) -> None:
        self.accept(jobs)
        for job in jobs:
            wait_until(partial(self._huey.storage.has_data_for_key, f"{job}/badge"))

    def completed(self) -> int:
        (count,) = self._huey.storage.sql(
            "select count(*) from kv where key like ?", ("%/badge",), results=True
        )[0]
        return int(count)

    def _first(self, job: str) -> Any:
        task = self._named(job, "parse")
        if not self._fans_out:
            for (step,) in self._waves[1:]:
                task.then(self._named(job, step))
        return task

    def _fan_out(self, _signal: str, task: Any) -> None:
        """Start the features when parse's result is stored; a pipeline can't fan out."""
        job, step = task.args[:2]
        if step == "parse" and self._fans_out:
            end = self._named(job, "assemble").then(self._named(job, "badge"))
            features = [self._named(job, each) for each in self._waves[1]]
            self._huey.enqueue(chord(features, end))

    def _named(self, job: str, step: str) -> Any:
        task = self._step.s(job, step)
        task.id = f"{job}/{step}"
        return task


if __name__ == "__main__":
    serve(HueyPeer)
