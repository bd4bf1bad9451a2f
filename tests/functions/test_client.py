"""npm `firebase` in Node on the emulators: what the web app does (J1, J4, J5, F4, I9)."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.states import FeatureStatus, JobStatus

from .accounts import CLIENT, Account, AuthEmulator, node
from .cloud import SOON, Cloud, work_by_hand
from .web import RICHARD

pytestmark = pytest.mark.xdist_group("emulated")

OWNER, STRANGER = Account("olive", "acme"), Account("eve", "acme")
SKILLS, TIMELINE = "skills-visualization", "interactive-timeline"
REFUSED = {
    "listen": "permission-denied",
    "getJob": "functions/not-found",
    "cancelJob": "functions/not-found",
    "skip": "functions/not-found",
    "createJob": "functions/invalid-argument",
}
"""What somebody of the same tenant is told: another's job is none, another's upload no document."""


@pytest.fixture(scope="module", autouse=True)
def _accounts(auth: AuthEmulator) -> None:
    for account in (OWNER, STRANGER):
        auth.add(account)


class Client:
    """The web app's client in a process of its own, while `work` goes on here."""

    def __init__(self, cloud: Cloud, auth: AuthEmulator, act: Mapping[str, object] | None) -> None:
        hosts = cloud.stack.hosts
        settings = {
            "project": cloud.stack.project,
            "bucket": cloud.stack.bucket,
            "functions": cloud.stack.url,
            "firestore": f"http://{hosts['FIRESTORE_EMULATOR_HOST']}",
            "auth": f"http://{auth.host}",
            "storage": hosts["STORAGE_EMULATOR_HOST"],
            "file": str(RICHARD),
            "type": "application/json",
            "features": [SKILLS, TIMELINE],
            "owner": OWNER.credentials,
            "stranger": STRANGER.credentials,
            "act": act,
        }
        self._process = subprocess.Popen(
            [node(), "follow_job.mjs", json.dumps(settings)],
            cwd=CLIENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def told(self) -> Any:
        """What it saw and was told, after a last look at the job."""
        told, errors = self._process.communicate(timeout=SOON)
        assert self._process.returncode == 0, errors
        return json.loads(told)

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def following(
    cloud: Cloud, auth: AuthEmulator, act: Mapping[str, object] | None = None
) -> Iterator[Client]:
    client = Client(cloud, auth, act)
    try:
        yield client
    finally:
        client.end()


def test_the_web_app_signs_in_uploads_and_listens_until_the_job_is_completed(
    cloud: Cloud, auth: AuthEmulator
) -> None:
    with following(cloud, auth) as client:
        told = client.told()
    seen = told["seen"]
    assert (told["uid"], cloud.job(told["id"]).tenant) == (OWNER.name, OWNER.tenant)
    assert (seen[-1]["status"], seen[-1]["progress"]) == ("completed", 100)
    assert seen[-1]["features"] == {SKILLS: "completed", TIMELINE: "completed"}
    assert [each["progress"] for each in seen] == sorted(each["progress"] for each in seen)
    times = [each["updatedAt"] for each in seen]
    assert times == sorted(times)
    assert "Richard Hendriks" in told["page"]
    assert told["refused"] == REFUSED


def test_a_feature_that_the_page_skips_in_flight_ends_as_skipped_and_the_job_completes(
    cloud: Cloud, auth: AuthEmulator
) -> None:
    data = {"featureId": SKILLS, "status": "skipped"}
    act = {"feature": SKILLS, "name": "updateFeatureStatus", "data": data}
    with cloud.held_tasks(), following(cloud, auth, act) as client:
        work_by_hand(cloud, SKILLS, lambda job: _status_of(job) is FeatureStatus.SKIPPED)
        told = client.told()
    assert "processing" in [each["features"][SKILLS] for each in told["seen"]]
    assert told["last"]["status"] == "completed"
    assert told["last"]["features"] == {SKILLS: "skipped", TIMELINE: "completed"}
    assert f'data-feature="{TIMELINE}"' in told["page"]
    assert f'data-feature="{SKILLS}"' not in told["page"]


def test_a_job_that_the_page_cancels_in_flight_never_changes_after(
    cloud: Cloud, auth: AuthEmulator
) -> None:
    act = {"feature": SKILLS, "name": "cancelJob", "data": {}}
    with cloud.held_tasks(), following(cloud, auth, act) as client:
        # The body goes on after the cancelling, and its result comes too late.
        job = work_by_hand(cloud, SKILLS, lambda job: job.status is JobStatus.CANCELLED)
        cloud.stack.run_scheduled("sweep")
        told = client.told()
    assert told["seen"][-1] == told["last"]
    assert "generating" in [each["status"] for each in told["seen"]]
    # The acknowledgement of what was told to others is a write, too, and changes the time alone.
    ends = [{**each, "updatedAt": 0} for each in told["seen"] if each["status"] == "cancelled"]
    assert all(end == ends[0] for end in ends)
    assert ends[0]["features"] == {SKILLS: "skipped", TIMELINE: "skipped"}
    assert "completed" not in {entry.event for entry in job.run.history if entry.step == SKILLS}
    assert told["refused"] == REFUSED


def _status_of(job: Job) -> FeatureStatus:
    return job.enhanced_features[SKILLS].status
