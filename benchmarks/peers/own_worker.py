"""CVPlus Workflow, embedded: jobs through the public services, every guarantee on.

The worker's threads run in the process that makes the jobs, as `cvplus-workflow serve` has
them; `workers` is always `threads`.
"""

import argparse
from collections.abc import Sequence

from benchmarks.embedded_load.loads import create
from benchmarks.embedded_load.synthetic import Shape, open_app
from benchmarks.peers.work import Bodies, serve, wait_until
from tests.workloads import Script

from cvplus_workflow.app import EmbeddedApp
from cvplus_workflow.ports import StepAnswer, StepCall
from cvplus_workflow.settings import Settings
from cvplus_workflow.steps.runner import StepRunner
from cvplus_workflow.worker import Worker

UNFINISHED = "SELECT 1 FROM documents WHERE deadline IS NOT NULL LIMIT 1"
COMPLETED = "SELECT count(*) FROM documents WHERE path LIKE 'jobs/%' AND status = 'completed'"


class OwnPeer:
    """An embedded installation, and its worker."""

    def __init__(self, given: argparse.Namespace) -> None:
        self._shape = Shape(given.shape)
        data = given.folder / "data"
        self._app = _logged_app(given, self._shape) if given.bodies else open_app(data, self._shape)
        Worker(self._app).start()

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

    def run(self, calls: Sequence[StepCall]) -> list[StepAnswer]:
        for call in calls:
            job, _run, step = call.key.split("/")
            self._bodies.run(job, step)
        return super().run(calls)


def _logged_app(given: argparse.Namespace, shape: Shape) -> EmbeddedApp:
    steps = Script().registry(shape.catalogue())
    runner = _LoggedRunner(steps).log_to(Bodies(given.bodies))
    shape.install()
    return EmbeddedApp(Settings(data=given.folder / "data"), runner=runner, steps=steps)


if __name__ == "__main__":
    serve(OwnPeer)
