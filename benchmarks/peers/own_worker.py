"""CVPlus Workflow, embedded: jobs through the public services, every guarantee on.

A worker runs in the process that makes the jobs, as `cvplus-workflow serve` has it. `workers`
is `processes-N`: how many work, that one included; the others are what
`cvplus-workflow worker` is.
"""

import argparse
import multiprocessing
from collections.abc import Sequence
from multiprocessing.synchronize import Event

from benchmarks.embedded_load.loads import create
from benchmarks.embedded_load.synthetic import Shape, open_app
from benchmarks.peers.work import Bodies, serve, wait_until
from tests.workloads import Script

from cvplus_workflow.app import EmbeddedApp
from cvplus_workflow.ports import Report, StepAnswer, StepCall, unheard
from cvplus_workflow.settings import Settings
from cvplus_workflow.steps.runner import StepRunner
from cvplus_workflow.worker import Worker

UNFINISHED = "SELECT 1 FROM documents WHERE deadline IS NOT NULL LIMIT 1"
COMPLETED = "SELECT count(*) FROM documents WHERE path LIKE 'jobs/%' AND status = 'completed'"


class OwnPeer:
    """An embedded installation, and its worker."""

    def __init__(self, given: argparse.Namespace) -> None:
        self._shape = Shape(given.shape)
        self._app = _open(given)
        Worker(self._app).start()
        _, processes = given.workers.split("-")
        ready = [_start_another(given) for _ in range(int(processes) - 1)]
        for begun in ready:
            begun.wait()

    def batch(self, jobs: list[str]) -> None:
        self.accept(jobs)
        wait_until(self._is_at_rest)

    def accept(self, jobs: list[str]) -> None:
        create(self._app, self._shape, len(jobs))

    def completed(self) -> int:
        ((count,),) = self._app.engine.read().execute(COMPLETED).fetchall()
        assert isinstance(count, int)
        return count

    def _is_at_rest(self) -> bool:
        """No job has anything left to do, and no effect is left to relay."""
        return self._app.engine.read().execute(UNFINISHED).fetchone() is None


class _LoggedRunner(StepRunner):
    """Notes each body before it runs; a call's key is job/run/step."""

    def log_to(self, bodies: Bodies) -> "_LoggedRunner":
        self._bodies = bodies
        return self

    def run(self, calls: Sequence[StepCall], report: Report = unheard) -> list[StepAnswer]:
        for call in calls:
            job, _run, step = call.key.split("/")
            self._bodies.run(job, step)
        return super().run(calls, report)


def _start_another(given: argparse.Namespace) -> Event:
    spawning = multiprocessing.get_context("spawn")
    ready = spawning.Event()
    spawning.Process(target=_work_on, args=(given, ready), daemon=True).start()
    return ready


def _work_on(given: argparse.Namespace, ready: Event) -> None:
    """Work until the process group is ended."""
    worker = Worker(_open(given))
    worker.start()
    ready.set()
    worker.wait()


def _open(given: argparse.Namespace) -> EmbeddedApp:
    shape = Shape(given.shape)
    if given.bodies is None:
        return open_app(given.folder / "data", shape)
    steps = Script().registry(shape.catalogue())
    runner = _LoggedRunner(steps).log_to(Bodies(given.bodies))
    shape.install()
    return EmbeddedApp(Settings(data=given.folder / "data"), runner=runner, steps=steps)


if __name__ == "__main__":
    serve(OwnPeer)
