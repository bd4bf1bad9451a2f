"""The page of `web-client/` in a real browser, on the emulators (J1, J4, J5, F4, I9)."""

import fcntl
import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.states import FeatureStatus, JobStatus
from cvplus_workflow.origins import DEVELOPMENT_ORIGINS
from tests.browser.test_pages import MODULES, what_is_lacking

from .accounts import CLIENT, AuthEmulator, node
from .cloud import SOON, Cloud, work_by_hand
from .web import RICHARD, ROOT

pytestmark = pytest.mark.xdist_group("emulated")

SKILLS, TIMELINE = "skills-visualization", "interactive-timeline"


@pytest.fixture(scope="module")
def site(cloud: Cloud, auth: AuthEmulator) -> Iterator[str]:
    """The address of the page, an origin that the functions let in."""
    if what_is_lacking():
        pytest.skip(what_is_lacking())
    hosts = {**cloud.stack.environment, "FIREBASE_AUTH_EMULATOR_HOST": auth.host}
    process = subprocess.Popen(
        [node(), "serve.mjs"],
        cwd=ROOT / "web-client",
        env={**os.environ, **hosts, "PORT": str(_free_port()), "NODE_PATH": str(MODULES)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.kill()
    process.communicate()


def _free_port() -> int:
    for port in sorted({int(origin.rpartition(":")[2]) for origin in DEVELOPMENT_ORIGINS}):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise AssertionError("every port of an origin that is let in is taken")


class Person:
    """Someone at the page, in a process of its own, while `work` goes on here."""

    def __init__(self, site: str, act: str, width: int, screenshot: Path) -> None:
        words = [site, RICHARD, act, act, SKILLS, width, screenshot]
        self._lock = (MODULES / ".browser-lock").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._process = subprocess.Popen(
            [node(), "drive_page.mjs", *map(str, words)],
            cwd=CLIENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "Person":
        return self

    def __exit__(self, *_: object) -> None:
        # Not killed, so that it ends its browser.
        self._process.terminate()
        self._process.communicate(timeout=SOON)
        self._lock.close()

    def told(self) -> Any:
        """What stood in the page, after a last look at it."""
        told, errors = self._process.communicate(timeout=2 * SOON)
        assert self._process.returncode == 0, errors
        return json.loads(told)


def test_a_person_uploads_a_cv_watches_the_bar_and_opens_the_page(
    cloud: Cloud, site: str, tmp_path: Path
) -> None:
    with Person(site, "none", 360, tmp_path / "page.png") as person:
        told = person.told()
    states = told["states"]
    bar = [each["progress"] for each in states]
    assert bar == sorted(bar)
    assert states[-1] == {
        "status": "completed",
        "progress": 100,
        "features": {SKILLS: "completed", TIMELINE: "completed"},
    }
    assert "Richard Hendriks" in told["finished"]
    _assert_sound(told)
    assert told["again"] == {
        "status": "completed",
        "percent": "100 %",
        "bar": 100,
        "buttons": 0,
        "problem": "",
    }
    # An account without a tenant is one of its own.
    job = cloud.job(told["job"])
    assert job.tenant == job.user_id
    assert (tmp_path / "page.png").stat().st_size > 5_000


def test_a_person_skips_a_feature_while_it_runs(cloud: Cloud, site: str, tmp_path: Path) -> None:
    with cloud.held_tasks(), Person(site, "skip", 1000, tmp_path / "page.png") as person:
        work_by_hand(cloud, SKILLS, lambda job: _status_of(job) is FeatureStatus.SKIPPED)
        told = person.told()
    states = told["states"]
    assert "processing" in [each["features"].get(SKILLS) for each in states]
    assert states[-1]["status"] == "completed"
    assert states[-1]["features"] == {SKILLS: "skipped", TIMELINE: "completed"}
    assert f'data-feature="{SKILLS}"' not in told["finished"]
    _assert_sound(told)


def test_a_person_cancels_while_a_feature_runs(cloud: Cloud, site: str, tmp_path: Path) -> None:
    with cloud.held_tasks(), Person(site, "cancel", 1000, tmp_path / "page.png") as person:
        work_by_hand(cloud, SKILLS, lambda job: job.status is JobStatus.CANCELLED)
        told = person.told()
    statuses = [each["status"] for each in told["states"]]
    assert statuses[-1] == told["again"]["status"] == "cancelled"
    assert statuses.count("cancelled") == 1
    assert told["states"][-1]["features"] == {SKILLS: "skipped", TIMELINE: "skipped"}
    _assert_sound(told)


def _assert_sound(told: Any) -> None:
    """Nothing failed in the page, it fits, everyone can use it, and a stranger sees no job.

    Whoever has signed out sees none either, and the same one once they are back.
    """
    assert (told["errors"], told["overflow"], told["axe"]) == ([], False, [])
    assert told["left"] == {"who": "", "job": False}
    assert (told["back"]["who"].partition("@")[2], told["back"]["job"]) == ("example.org", True)
    assert told["stranger"] == {"problem": "There is no such job of yours.", "hidden": True}


def _status_of(job: Job) -> FeatureStatus:
    return job.enhanced_features[SKILLS].status
