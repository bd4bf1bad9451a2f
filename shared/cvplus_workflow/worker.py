"""The local worker: what Cloud Tasks and Cloud Scheduler do, for one data folder."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from .app import EmbeddedApp, StepClass
from .errors import StorageError

log = logging.getLogger("cvplus_workflow")

QUEUES = tuple(queue.value for queue in StepClass)

BATCH = 100
"""Light tasks taken at a time; they share their commits."""

SWEEP_SECONDS = 5.0
STOP_SECONDS = 0.5
"""How often a worker looks whether what it runs is still wanted."""

POLL_SECONDS = 0.2
"""How often an idle worker looks for tasks that other processes queued."""


def recover(app: EmbeddedApp) -> None:
    """Take over at once what dead workers left: their tasks, and effects not relayed."""
    app.tasks.release_dead()
    app.queue.recover()


def run_once(app: EmbeddedApp, queues: Sequence[str] = QUEUES, limit: int = BATCH) -> int:
    """Take due tasks and carry them to their end; returns how many.

    Raises `StorageError` if the data folder fails: this worker should end.
    """
    tasks = app.tasks.take(queues, limit)
    if not tasks:
        return 0
    names = [task.name for task in tasks]
    try:
        finished = app.queue.execute(tasks)
    except StorageError:
        # This worker ends, so nothing is gained by a rest before the next one tries.
        app.tasks.release(names, timedelta())
        raise
    except BaseException:
        app.tasks.release(names)
        raise
    app.tasks.release(sorted(set(names) - set(finished)))
    app.tasks.finish(finished)
    return len(tasks)


def drain(app: EmbeddedApp) -> None:
    """Work until no task is due."""
    recover(app)
    while run_once(app):
        pass


class Worker:
    """Threads that work until they are stopped: light and heavy work never wait on each other."""

    def __init__(self, app: EmbeddedApp, slots: int = 2) -> None:
        self._app = app
        self._stop = threading.Event()
        self.failure: Exception | None = None
        queues = [
            (StepClass.LIGHT, BATCH),
            (StepClass.HEAVY, 1),
            *[(StepClass.STANDARD, 1)] * slots,
        ]
        loops = [partial(self._work, queue.value, limit) for queue, limit in queues]
        self._threads = [
            threading.Thread(target=self._guard, args=(loop,), daemon=True)
            for loop in (*loops, self._sweep, self._stop_needless)
        ]

    def start(self) -> None:
        """Take over what was left behind, then work."""
        recover(self._app)
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float | None = None) -> None:
        """Finish the tasks in hand, then end; wait for that at most so long in total."""
        self._stop.set()
        self._app.tasks.wake()
        end = None if seconds is None else time.monotonic() + seconds
        for thread in self._threads:
            thread.join(None if end is None else max(0.0, end - time.monotonic()))

    def pause(self, seconds: float) -> None:
        """Let the threads work so long, or until they stop."""
        self._stop.wait(seconds)

    def wait(self) -> None:
        """Work until a thread fails or the process is interrupted; raises the failure."""
        while not self._stop.wait(POLL_SECONDS):
            pass
        if self.failure is not None:
            raise self.failure

    def _guard(self, loop: Callable[[], None]) -> None:
        try:
            loop()
        except Exception as error:  # noqa: BLE001 - kept for whoever waits for the worker
            self.failure = error
            self._stop.set()

    def _work(self, queue: str, limit: int) -> None:
        while not self._stop.is_set():
            seen = self._app.tasks.arrivals(queue)
            if not run_once(self._app, (queue,), limit):
                self._app.tasks.wait_for_arrival(queue, seen, POLL_SECONDS)

    def _stop_needless(self) -> None:
        while not self._stop.wait(STOP_SECONDS):
            self._app.queue.stop_needless()

    def _sweep(self) -> None:
        while not self._stop.wait(SWEEP_SECONDS):
            self._app.tasks.release_dead()
            self._app.queue.sweep()
