"""J5: a body that runs in a child process is ended when its attempt cannot commit any more."""

import threading
from collections.abc import Callable
from pathlib import Path

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.domain.states import JobStatus
from cvplus_workflow.settings import Settings
from cvplus_workflow.steps.registry import BUILT_IN
from cvplus_workflow.steps.runner import StepRunner
from cvplus_workflow.worker import Worker

ENDLESS = b"# A CV\n\n" + b"[" * 3_000_000
"""Takes the Markdown reader minutes: every bracket might open a link."""


def _until(holds: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether `holds` comes true in time."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if holds():
            return True
        pause.wait(0.02)
    return False


def test_cancelling_a_job_ends_the_child_that_works_for_it(tmp_path: Path) -> None:
    runner = StepRunner(BUILT_IN)
    app = EmbeddedApp(Settings(data=tmp_path), runner=runner)
    worker = Worker(app)
    worker.start()
    try:
        job = app.jobs.create(LOCAL_CALLER, content=ENDLESS, file_name="a.md", features=[])
        assert _until(lambda: bool(runner.active()))
        app.jobs.cancel(LOCAL_CALLER, job.id)
        assert _until(lambda: not runner.active())
        assert app.jobs.get(LOCAL_CALLER, job.id).status is JobStatus.CANCELLED
        assert worker.failure is None
    finally:
        worker.stop(5)
        app.close()
        runner.close()
