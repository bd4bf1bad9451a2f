"""J5: a body that runs in a child process is ended when its attempt cannot commit any more."""

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.states import JobStatus, StepState
from cvplus_workflow.ports import Report, StepAnswer, StepCall, unheard
from cvplus_workflow.settings import Settings
from cvplus_workflow.steps.registry import BUILT_IN
from cvplus_workflow.steps.runner import StepRunner
from cvplus_workflow.worker import Worker
from tests.services.installation import Installation, states
from tests.workloads import OWNER

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


class InChildren(StepRunner):
    """Bodies of which all are told as those of children are, and can be asked to end."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._calls: list[tuple[str, int]] = []
        self.ended: list[tuple[str, int]] = []

    def run(self, calls: Sequence[StepCall], report: Report = unheard) -> list[StepAnswer]:
        self._calls = [(call.key, call.attempt) for call in calls]
        return super().run(calls, report)

    def active(self) -> list[tuple[str, int]]:
        return self._calls

    def stop(self, calls: Collection[tuple[str, int]]) -> None:
        self.ended += calls


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    installation = Installation(tmp_path, runner=InChildren)
    yield installation
    installation.close()


def ended_while_parse_runs(
    installation: Installation, happens: Callable[[Job], object]
) -> list[tuple[str, int]]:
    """What is ended of a job whose first body runs, which nobody has claimed."""
    job, looked = installation.create(), []

    def looks(_: object) -> None:
        assert states(installation.get(job.id))["parse"] is StepState.QUEUED
        happens(job)
        looked.append(installation.app.queue.stop_needless())

    installation.script.before["parse"] = looks
    installation.drain()
    assert isinstance(installation.runner, InChildren)
    assert looked == [len(installation.runner.ended)]
    return [(key.removeprefix(job.id), number) for key, number in installation.runner.ended]


def test_a_body_that_nobody_claimed_goes_on_as_long_as_it_may_commit(
    installation: Installation,
) -> None:
    assert ended_while_parse_runs(installation, lambda _: None) == []


def test_a_body_that_nobody_claimed_is_ended_when_its_job_is_cancelled(
    installation: Installation,
) -> None:
    cancel = installation.app.jobs.cancel
    ended = ended_while_parse_runs(installation, lambda job: cancel(OWNER, job.id))
    assert ended == [("/1/parse", 1)]


def test_a_job_that_cannot_be_read_ends_no_body_and_not_the_watch(
    installation: Installation,
) -> None:
    assert ended_while_parse_runs(installation, lambda job: installation.damage(job.id)) == []
