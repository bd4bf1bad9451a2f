"""What Cloud Scheduler calls: the sweep that repairs, and the watch over it."""

import logging
from datetime import timedelta
from itertools import count

import pytest

from cvplus_workflow.app import EmbeddedApp
from cvplus_workflow.domain.states import JobStatus
from cvplus_workflow.errors import Code, StorageError, WorkflowError

from .cloud import Cloud
from .web import Web

on_emulators = pytest.mark.xdist_group("emulated")


@on_emulators
def test_the_sweep_repairs_a_job_whose_task_was_lost(cloud: Cloud) -> None:
    """J7"""
    with cloud.held_tasks():
        job = cloud.create()
        cloud.done(cloud.take())
        cloud.stack.run_scheduled("sweep")
        assert cloud.take() == [], "nothing is overdue yet"
        cloud.make_overdue(job, timedelta(minutes=1))
        cloud.stack.run_scheduled("sweep")
    assert cloud.ended(job).status is JobStatus.COMPLETED


@on_emulators
def test_the_sweep_goes_on_until_nothing_is_due(cloud: Cloud) -> None:
    """J7: more jobs than are read at a time."""
    with cloud.held_tasks():
        jobs = [cloud.create(features=[]) for _ in range(3)]
        cloud.done(cloud.take())
        for job in jobs:
            cloud.make_overdue(job, timedelta(minutes=10))
        cloud.stack.run_scheduled("tick")
        assert "3 jobs are overdue" in cloud.log()
        cloud.stack.run_scheduled("sweep")
        cloud.stack.run_scheduled("tick")
        assert cloud.log().count("jobs are overdue") == 1
    for job in jobs:
        assert cloud.ended(job).status is JobStatus.COMPLETED


def test_a_full_batch_is_followed_by_another_but_not_for_ever(
    web: Web, app: EmbeddedApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [100, 100, 40, 7]
    monkeypatch.setattr(app.queue, "sweep", lambda limit: found.pop(0))
    assert web.send("sweep", b"").status_code == 200
    assert found == [7]
    endless = count()
    monkeypatch.setattr(app.queue, "sweep", lambda limit: limit if next(endless) < 50 else 0)
    assert web.send("sweep", b"").status_code == 200
    assert next(endless) == 20


@pytest.mark.parametrize(
    ("error", "logged"),
    [
        (StorageError(Code.UNAVAILABLE, "Away.", reason="service-away"), "failed: service-away"),
        (WorkflowError(Code.DATA_LOSS, "Damaged."), "failed: data-loss"),
        (RuntimeError("Ada Lovelace"), "crashed: RuntimeError"),
    ],
    ids=str,
)
def test_a_sweep_that_fails_says_so_and_tells_no_text(
    web: Web,
    app: EmbeddedApp,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    logged: str,
) -> None:
    def fail(limit: int) -> int:
        raise error

    monkeypatch.setattr(app.queue, "sweep", fail)
    with caplog.at_level(logging.DEBUG):
        response = web.send("sweep", b"")
    assert response.status_code == 500
    assert f"sweep {logged}" in caplog.text
    assert "Ada" not in caplog.text + response.text
