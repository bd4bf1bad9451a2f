"""npm `firebase` in Node against functions and Firestore: what the web app does (J1, J4, I9)."""

import json
import shutil
import subprocess

import pytest

from .cloud import ADA, SOON, Cloud
from .web import ROOT

pytestmark = pytest.mark.xdist_group("emulated")

CLIENT = ROOT / "tests" / "browser"
RICHARD = ROOT / "examples" / "richard" / "sample.resume.json"


def test_the_web_apps_client_makes_a_job_and_listens_until_it_is_completed(cloud: Cloud) -> None:
    node = shutil.which("node")
    if node is None or not (CLIENT / "node_modules" / "firebase").is_dir():
        pytest.skip("needs Node and npm ci in tests/browser")
    stack, claims = cloud.stack, json.dumps({"sub": ADA.uid, "tenant": ADA.tenant})
    origin = "/".join(stack.url.split("/")[:3])
    firestore = stack.hosts["FIRESTORE_EMULATOR_HOST"]
    done = subprocess.run(
        [node, "listener.mjs", origin, firestore, stack.project, claims, str(RICHARD)],
        cwd=CLIENT,
        capture_output=True,
        text=True,
        timeout=SOON,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    seen = told["seen"]
    assert (seen[-1]["status"], seen[-1]["progress"]) == ("completed", 100)
    assert [each["progress"] for each in seen] == sorted(each["progress"] for each in seen)
    times = [each["updatedAt"] for each in seen]
    assert times == sorted(times)
    assert set(seen[-1]["features"]) == {"skills-visualization", "interactive-timeline"}
    assert told["stranger"] == "permission-denied"
