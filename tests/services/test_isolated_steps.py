"""Steps in child processes, from the task to the commit."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.settings import Settings
from cvplus_workflow.steps.runner import StepRunner
from cvplus_workflow.worker import drain
from tests.isolated_steps import ENDLESS, GREEDY, KNOWN, QUICK, STEPS


@pytest.fixture
def app(tmp_path: Path) -> Iterator[EmbeddedApp]:
    runner = StepRunner(STEPS, known=KNOWN)
    app = EmbeddedApp(Settings(data=tmp_path), runner=runner, steps=STEPS)
    yield app
    app.close()
    runner.close()


def done(app: EmbeddedApp, *features: str) -> Job:
    """A job of `features`, as far as it comes at once."""
    job = app.jobs.create(LOCAL_CALLER, content=b"# Ann", features=list(features))
    drain(app)
    return app.jobs.get(LOCAL_CALLER, job.id)


def test_a_finished_sibling_is_committed_when_another_overruns(app: EmbeddedApp) -> None:
    """J1: they were claimed together, and share the commit of their outcomes."""
    job = done(app, QUICK, ENDLESS)
    finished, overrun = job.run.steps[QUICK], job.run.steps[ENDLESS]
    assert finished.command == overrun.command
    assert (finished.state.value, overrun.state.value) == ("completed", "failed")
    assert overrun.error is not None
    assert overrun.error.reason == "step-timeout"
    assert job.status.value == "completed"


def test_a_step_that_runs_out_of_memory_is_put_off_and_its_worker_goes_on(
    app: EmbeddedApp,
) -> None:
    put_off = done(app, GREEDY).run.steps[GREEDY]
    assert (put_off.state.value, put_off.failures) == ("queued", 1)
    assert put_off.error is not None
    assert put_off.error.reason == "out-of-memory"
    assert done(app, QUICK).status.value == "completed"
