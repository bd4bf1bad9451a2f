"""`firestore.rules` in the Firestore emulator: who reads a job document, and that nobody writes.

Needs Java and the emulator of the Google Cloud SDK. The storage emulator's rules runtime
is a download, so `storage.rules` is held only to its text.
"""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from .web import ROOT, User, unsigned_token

pytestmark = pytest.mark.xdist_group("firestore-emulator")

PROJECT = "demo-rules"
ADA = User("ada", "acme")
LONER = User("lone")
JAR = Path("platform", "cloud-firestore-emulator", "cloud-firestore-emulator.jar")
MAIN_CLASS = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"

OWNER = "owner"
"""The token that the emulator lets past the rules."""

JOBS = {
    "adas": {"tenant": "acme", "userId": "ada"},
    "lones": {"tenant": "lone", "userId": "lone"},
    "unowned": {"status": "pending"},
    "adas/outputs/one": {"tenant": "acme", "userId": "ada"},
    "adas/history/1": {"tenant": "acme", "userId": "ada"},
}


class Firestore:
    """The emulator's REST interface."""

    def __init__(self, port: int) -> None:
        self._root = f"http://127.0.0.1:{port}/v1/projects/{PROJECT}/databases/(default)/documents"

    def send(self, method: str, path: str, token: str, body: object = None) -> int:
        """The HTTP status of a request."""
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content = None if body is None else json.dumps(body).encode()
        asked = Request(f"{self._root}{path}", content, headers, method=method)
        try:
            with urlopen(asked, timeout=20) as answer:
                return int(answer.status)
        except HTTPError as error:
            with error:
                return error.code


def _fields(document: Mapping[str, str]) -> dict[str, Any]:
    return {"fields": {name: {"stringValue": value} for name, value in document.items()}}


def _command(port: int) -> list[str]:
    gcloud, java = shutil.which("gcloud"), shutil.which("java")
    if gcloud is None or java is None:
        pytest.skip("needs Java and the Google Cloud SDK")
    jar = Path(gcloud).resolve().parents[1] / JAR
    if not jar.is_file():
        pytest.skip("needs the Firestore emulator of the Google Cloud SDK")
    memory = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Duser.language=en")
    rules = ("--rules", str(ROOT / "firestore.rules"), "--project_id", PROJECT)
    place = ("--host", "127.0.0.1", "--port", str(port))
    return [java, *memory, "-cp", str(jar), MAIN_CLASS, *place, *rules]


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(600):
        assert process.poll() is None, "the emulator ended"
        try:
            urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
        except (URLError, ConnectionError):
            time.sleep(0.05)
        else:
            return
    pytest.fail("the emulator did not answer")


@pytest.fixture(scope="session")
def firestore() -> Iterator[Firestore]:
    """An emulator of our own, with the jobs in it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = subprocess.DEVNULL
    environment = {"PATH": os.environ["PATH"]}
    process = subprocess.Popen(_command(port), stdout=quiet, stderr=quiet, env=environment)
    try:
        _wait_until_ready(process, port)
        store = Firestore(port)
        for name, document in JOBS.items():
            assert store.send("PATCH", f"/jobs/{name}", OWNER, _fields(document)) == 200
        yield store
    finally:
        process.kill()
        process.wait(20)


def _token(user: User) -> str:
    return unsigned_token(user, PROJECT)


@pytest.mark.parametrize(("job", "user"), [("adas", ADA), ("lones", LONER)])
def test_its_owner_gets_a_job(firestore: Firestore, job: str, user: User) -> None:
    assert firestore.send("GET", f"/jobs/{job}", _token(user)) == 200


@pytest.mark.parametrize(
    ("job", "user"),
    [
        ("adas", User("bob", "acme")),
        ("adas", User("ada", "other")),
        ("adas", User("ada")),
        ("adas", User("acme")),
        ("adas", User("bob", "acme", ["operator", "service"])),
        ("adas", User("ada", ["acme"])),
        ("lones", User("lone", "acme")),
        ("lones", User("bob", "lone")),
        ("unowned", ADA),
        ("missing", ADA),
        ("adas/outputs/one", ADA),
        ("adas/history/1", ADA),
    ],
    ids=str,
)
def test_nobody_else_gets_it_nor_what_lies_below(
    firestore: Firestore, job: str, user: User
) -> None:
    assert firestore.send("GET", f"/jobs/{job}", _token(user)) == 403


def test_without_a_token_nothing_is_read(firestore: Firestore) -> None:
    for name in JOBS:
        assert firestore.send("GET", f"/jobs/{name}", "") == 403


def test_jobs_are_not_listed_even_by_their_owner(firestore: Firestore) -> None:
    fields = {"userId": "ada", "tenant": "acme"}
    equal = [
        {"field": {"fieldPath": name}, "op": "EQUAL", "value": {"stringValue": own}}
        for name, own in fields.items()
    ]
    where = {"compositeFilter": {"op": "AND", "filters": [{"fieldFilter": one} for one in equal]}}
    query = {"structuredQuery": {"from": [{"collectionId": "jobs"}], "where": where}}
    assert firestore.send("POST", ":runQuery", OWNER, query) == 200
    assert firestore.send("POST", ":runQuery", _token(ADA), query) == 403
    assert firestore.send("GET", "/jobs", _token(ADA)) == 403


@pytest.mark.parametrize(
    "path", ["/jobs/adas", "/jobs/new", "/users/ada", "/userSubscriptions/ada"]
)
def test_nobody_writes(firestore: Firestore, path: str) -> None:
    document = _fields({**JOBS["adas"], "status": "completed"})
    assert firestore.send("PATCH", path, _token(ADA), document) == 403
    assert firestore.send("DELETE", path, _token(ADA)) == 403


def test_other_documents_are_not_read(firestore: Firestore) -> None:
    assert firestore.send("PATCH", "/users/ada", OWNER, _fields(JOBS["adas"])) == 200
    assert firestore.send("GET", "/users/ada", _token(ADA)) == 403


def test_storage_is_closed() -> None:
    allowed = [
        line.strip()
        for line in (ROOT / "storage.rules").read_text(encoding="utf-8").splitlines()
        if "allow" in line
    ]
    assert allowed == ["allow read, write: if false;"]
