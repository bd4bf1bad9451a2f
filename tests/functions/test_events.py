"""Messages: callbacks of services over Pub/Sub, events of jobs, and what is no message."""

import base64
import json
import logging
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from functions_framework import create_app

from cvplus_workflow.app import EmbeddedApp
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.states import JobStatus
from cvplus_workflow.errors import Code, StorageError
from tests.e2e.faults import until

from .cloud import SOON, Cloud
from .delegated import CALLBACKS, SKILLS, TAKES_CALLBACKS, Delegated, pushed
from .web import FUNCTIONS, Web

on_emulators = pytest.mark.xdist_group("emulated")


@pytest.fixture
def delegated(cloud: Cloud) -> Iterator[Delegated]:
    made = Delegated(cloud)
    yield made
    cloud.call("cancelJob", {"jobId": made.id})


def _finished_by(cloud: Cloud, delegated: Delegated) -> Job:
    done = cloud.ended(delegated.id)
    assert done.status is JobStatus.COMPLETED
    assert done.generated_cv is not None
    assert SKILLS in done.generated_cv.features
    return done


@on_emulators
def test_a_service_that_answers_twice_by_message_answers_once(
    cloud: Cloud, delegated: Delegated
) -> None:
    """F4"""
    message = json.dumps(delegated.answer()).encode()
    for _ in "12":
        cloud.publish(CALLBACKS, message)
    done = _finished_by(cloud, delegated)
    assert pushed(cloud, message) == 204
    assert cloud.call("updateFeatureStatus", delegated.answer()).http == 200
    assert cloud.job(delegated.id) == done
    ends = [each for each in done.run.history if (each.step, each.event) == (SKILLS, "completed")]
    assert len(ends) == 1


@on_emulators
def test_the_callable_takes_the_same_answer(cloud: Cloud, delegated: Delegated) -> None:
    """F4"""
    assert cloud.call("updateFeatureStatus", delegated.answer()).http == 200
    _finished_by(cloud, delegated)


@on_emulators
def test_an_answer_that_nobody_could_have_signed_is_dropped(
    cloud: Cloud, delegated: Delegated
) -> None:
    """I9"""
    before = cloud.job(delegated.id)
    forged = [
        delegated.answer(token="0" * 64),
        delegated.answer(attempt=2),
        delegated.answer(run=2),
        {**delegated.answer(), "jobId": "f" * 32},
        {**delegated.answer(), "featureId": "interactive-timeline"},
        {**delegated.answer(), "callback": None, "status": "skipped"},
    ]
    for answer in forged:
        assert pushed(cloud, json.dumps(answer).encode()) == 204
    assert cloud.job(delegated.id) == before


@on_emulators
def test_events_of_a_job_reach_their_function(cloud: Cloud) -> None:
    job = cloud.create()
    assert cloud.ended(job).status is JobStatus.COMPLETED
    line = f"event job.completed of run {job}/1/job/completed"
    assert until(lambda: line in cloud.log(), SOON)


NO_MESSAGES = [
    b"",
    b"{",
    b"null",
    b"{}",
    b'{"message": null}',
    b'{"message": {"attributes": {"a": "b"}}}',
    b'{"message": {"data": "!"}}',
    b'{"message": {"data": "%s"}}' % base64.b64encode(b"\xff"),
    b'{"message": {"data": "%s"}}' % base64.b64encode(b"[1]"),
    b'{"message": {"data": "%s"}}' % base64.b64encode(b"[" * 100_000),
    b'{"message": {"data": "%s"}}' % base64.b64encode(b'{"callback": {}}'),
    b'{"message": {"data": "%s"}}' % base64.b64encode(b'{"callback": {"token": "x"}}'),
]


@pytest.mark.parametrize("body", NO_MESSAGES, ids=lambda body: str(body[:70]))
def test_what_is_no_callback_is_logged_and_acknowledged(
    web: Web, app: EmbeddedApp, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert web.send(TAKES_CALLBACKS, body).status_code == 204
    assert f"{TAKES_CALLBACKS} dropped" in caplog.text


@pytest.mark.parametrize("error", [StorageError(Code.UNAVAILABLE, "Away."), RuntimeError("x")])
def test_a_message_that_could_not_be_taken_now_comes_again(
    web: Web, app: EmbeddedApp, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(_data: object) -> None:
        raise error

    monkeypatch.setattr(app, "take_callback", fail)
    body = {"message": {"data": base64.b64encode(b'{"callback": {}}').decode()}}
    assert web.send(TAKES_CALLBACKS, json.dumps(body)).status_code == 500


def test_the_platforms_own_server_hands_over_a_message_as_it_really_comes(
    edge: ModuleType, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Times in nanoseconds, a delivery attempt, and no attributes: what its parser fails on."""
    monkeypatch.setenv("FUNCTION_TARGET", "onJobEvent")
    monkeypatch.setenv("FUNCTION_SIGNATURE_TYPE", "cloudevent")
    monkeypatch.delitem(sys.modules, "main", raising=False)
    client = create_app("onJobEvent", str(FUNCTIONS / "main.py"), "cloudevent").test_client()
    headers = {
        "ce-id": "1",
        "ce-source": "//pubsub.googleapis.com/projects/demo/topics/cvplus-job-events",
        "ce-specversion": "1.0",
        "ce-type": "google.cloud.pubsub.topic.v1.messagePublished",
        "ce-time": "2026-01-05T09:00:00.123456789Z",
    }
    event = {"key": "j/1/job/completed", "name": "job.completed"}
    message = {
        "data": base64.b64encode(json.dumps(event).encode()).decode(),
        "messageId": "1",
        "publishTime": "2026-01-05T09:00:00.123456789Z",
        "deliveryAttempt": 3,
    }
    body = {"message": message, "subscription": "s", "deliveryAttempt": 3}
    with caplog.at_level(logging.INFO):
        assert client.post("/", json=body, headers=headers).status_code == 200
        assert client.post("/", json={"message": {}}, headers=headers).status_code == 200
    assert "event job.completed of run j/1/job/completed" in caplog.text
    assert "onJobEvent dropped" in caplog.text
