"""What every function has in common: form, errors, CORS, and what it refuses to start on."""

import json
import logging
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest
from functions_framework import create_app
from google.api_core import exceptions
from google.auth.exceptions import RefreshError
from pydantic import SecretStr

from cvplus_workflow.app import EmbeddedApp
from cvplus_workflow.errors import Code, StorageError, WorkflowError
from cvplus_workflow.firebase.rpc import service_errors
from cvplus_workflow.firebase.signer import SecretSigner
from cvplus_workflow.settings import FirebaseSettings

from .conftest import ENVIRONMENT
from .web import FUNCTIONS, User, Web, read, unsigned_token

ADA = User("ada", "acme")
BEARER = {"Authorization": f"Bearer {unsigned_token(ADA)}"}

SECRET = "Ada Lovelace, 12 St James's Square"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"data": {}} x',
        b"null",
        b"[]",
        b'"data"',
        b"{}",
        b'{"data": {}, "name": "%s"}' % SECRET.encode(),
        b'{"data": []}',
        b'{"data": "text"}',
        b'{"data": 0}',
        b'{"data": false}',
        b"\xff\xfe",
        b'{"data": ' + b"[" * 100_000,
    ],
    ids=lambda body: str(body[:24]),
)
def test_what_is_no_callable_request_is_an_invalid_argument(
    web: Web, body: bytes, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        reply = read(web.send("getJobHistory", body, headers=BEARER))
    assert (reply.http, reply.status) == (400, "INVALID_ARGUMENT")
    assert reply.details["field"] in ("request", "data")
    assert SECRET not in caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize(
    "settings", [{"method": "GET"}, {"method": "PUT"}, {"content_type": "text/plain"}], ids=str
)
def test_another_method_or_type_is_an_invalid_argument(web: Web, settings: dict[str, str]) -> None:
    reply = read(web.send("getJobHistory", b'{"data": {}}', headers=BEARER, **settings))
    assert (reply.http, reply.status) == (400, "INVALID_ARGUMENT")


def test_a_request_that_is_too_long_is_refused_by_its_length(web: Web) -> None:
    body = b'{"data": {"content": "' + b"A" * (16 * 1024 * 1024) + b'"}}'
    reply = read(web.send("createJob", body, headers=BEARER))
    assert (reply.http, reply.status) == (400, "INVALID_ARGUMENT")
    assert "16777216" in reply.message


@pytest.mark.parametrize(
    "header",
    [
        "Bearer ",
        "Bearer nonsense",
        "Basic YTpi",
        unsigned_token(ADA),
        f"Bearer {unsigned_token(ADA, 'another-project')}",
        f"Bearer {unsigned_token(User(''))}",
    ],
    ids=lambda header: header[:16],
)
def test_a_bad_token_is_unauthenticated(web: Web, header: str) -> None:
    reply = read(web.send("getJobHistory", b'{"data":{}}', headers={"Authorization": header}))
    assert (reply.http, reply.status) == (401, "UNAUTHENTICATED")


def test_a_crash_tells_nobody_what_it_was(
    web: Web, app: EmbeddedApp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(app.jobs, "history", crash)
    with caplog.at_level(logging.DEBUG):
        reply = web.call("getJobHistory", {}, ADA)
    assert (reply.http, reply.status) == (500, "INTERNAL")
    assert SECRET not in f"{reply} {caplog.text}"
    assert "getJobHistory crashed: RuntimeError" in caplog.text


HTTP = {"unauthenticated": 401, "permission-denied": 403, "not-found": 404, "aborted": 409}
HTTP |= {"already-exists": 409, "resource-exhausted": 429, "cancelled": 499, "internal": 500}
HTTP |= {"unknown": 500, "data-loss": 500, "unimplemented": 501, "unavailable": 503}
HTTP |= {"deadline-exceeded": 504}
"""HTTP status by code, as google.rpc.Code has it; 400 for the others."""


@pytest.mark.parametrize("code", Code)
def test_each_code_arrives_with_message_reason_and_details(
    web: Web, app: EmbeddedApp, monkeypatch: pytest.MonkeyPatch, code: Code
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise WorkflowError(code, "Not so.", reason="because", details={"jobId": "j", "n": [1]})

    monkeypatch.setattr(app.jobs, "history", refuse)
    reply = web.call("getJobHistory", {}, ADA)
    assert reply.http == HTTP.get(code.value, 400)
    assert reply.status == code.value.upper().replace("-", "_")
    assert (reply.message, reply.details) == (
        "Not so.",
        {"reason": "because", "jobId": "j", "n": [1]},
    )


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://cvplus.ai", True),
        ("https://www.cvplus.ai", True),
        ("https://getmycv-ai.web.app", True),
        ("https://getmycv-ai.firebaseapp.com", True),
        ("https://cvplus.web.app", True),
        ("https://cvplus.firebaseapp.com", True),
        ("https://huggingface.co", True),
        ("http://localhost:3000", True),
        ("http://127.0.0.1:5173", True),
        ("https://evil.example", False),
        ("http://cvplus.ai", False),
        ("https://cvplus.ai.evil.example", False),
        ("https://cvplus-ai", False),
        ("http://localhost:4000", False),
        ("null", False),
    ],
)
def test_only_known_pages_may_call(
    web: Web, app: EmbeddedApp, origin: str, *, allowed: bool
) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Origin": origin}
    asked["Access-Control-Request-Headers"] = "authorization,content-type"
    preflight = web.send("getJobHistory", b"", method="OPTIONS", headers=asked)
    called = web.send("getJobHistory", b'{"data":{}}', headers={**BEARER, "Origin": origin})
    refused = web.send("getJobHistory", b"{", headers={"Origin": origin})
    for response in (preflight, called, refused):
        answered = response.headers.getlist("Access-Control-Allow-Origin")
        assert answered == ([origin] if allowed else [])
    if allowed:
        assert preflight.status_code == 200
        assert preflight.headers["Access-Control-Allow-Methods"] == "POST"
        assert "authorization" in preflight.headers["Access-Control-Allow-Headers"].lower()


def test_the_platforms_own_server_serves_a_function(
    app: EmbeddedApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNCTION_TARGET", "getJobHistory")
    monkeypatch.setenv("FUNCTION_SIGNATURE_TYPE", "http")
    monkeypatch.delitem(sys.modules, "main", raising=False)
    client = create_app("getJobHistory", str(FUNCTIONS / "main.py")).test_client()
    good, bad = (client.post("/", json=body, headers=BEARER) for body in ({"data": None}, {}))
    assert read(good).result == []
    assert read(bad).status == "INVALID_ARGUMENT"


PRODUCTION = {"K_SERVICE": "createjob", "GOOGLE_CLOUD_PROJECT": "demo-test", "PATH": ""}


def _start(environment: dict[str, str], then: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"import main, edge; {then}"],
        cwd=FUNCTIONS,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("name", ["FIREBASE_AUTH_EMULATOR_HOST", "FIRESTORE_EMULATOR_HOST"])
def test_production_does_not_start_with_an_emulator_configured(name: str) -> None:
    ended = _start({**PRODUCTION, name: "127.0.0.1:9099"})
    assert ended.returncode != 0
    assert f"Unset {name}" in ended.stderr


EMULATOR = {**PRODUCTION, "FUNCTIONS_EMULATOR": "true", "K_REVISION": "1"}
"""What the emulator of firebase-tools sets, for a project that only emulators know."""

REAL = "cvplus-production"
NO_EMULATOR = [
    {"FUNCTIONS_EMULATOR": None},
    {"K_REVISION": None},
    {"K_REVISION": "createjob-00001-abc"},
    {"GOOGLE_CLOUD_PROJECT": None},
    {"GOOGLE_CLOUD_PROJECT": ""},
    {"GOOGLE_CLOUD_PROJECT": REAL},
    {"GOOGLE_CLOUD_PROJECT": "my-demo-cvplus"},
    {"GCLOUD_PROJECT": REAL},
    {"FIREBASE_CONFIG": json.dumps({"projectId": REAL})},
    {"FIREBASE_CONFIG": "{}"},
    {"FIREBASE_CONFIG": "[]"},
    {"FIREBASE_CONFIG": "/srv/config.json"},
]
"""Environments that lack one of the proofs, or have one against it."""


def _changed(environment: dict[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    return {name: text for name, text in {**environment, **changes}.items() if text is not None}


@pytest.mark.parametrize("changes", NO_EMULATOR, ids=str)
def test_who_only_says_to_be_an_emulator_is_in_production(
    production: ModuleType, changes: Mapping[str, str | None]
) -> None:
    """Else one variable would make a deployed instance believe unsigned tokens."""
    environment = {**_changed(EMULATOR, changes), "FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:9099"}
    assert production.in_production(environment)
    with pytest.raises(WorkflowError) as raised:
        production.refuse_emulators(environment)
    assert raised.value.reason == "emulator-in-production"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"GOOGLE_CLOUD_PROJECT": None, "GCLOUD_PROJECT": "demo-test"},
        {"GCLOUD_PROJECT": "demo-test", "FIREBASE_CONFIG": '{"projectId": "demo-test"}'},
        {"K_SERVICE": None, "GOOGLE_CLOUD_PROJECT": REAL},
        {"K_SERVICE": None, "FUNCTIONS_EMULATOR": None, "K_REVISION": None},
    ],
    ids=str,
)
def test_an_emulator_and_a_laptop_are_not_in_production(
    production: ModuleType, changes: Mapping[str, str | None]
) -> None:
    environment = {**_changed(EMULATOR, changes), "FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:9099"}
    assert not production.in_production(environment)
    production.refuse_emulators(environment)


def test_production_and_the_emulator_start() -> None:
    assert _start(PRODUCTION).returncode == 0
    assert _start({**EMULATOR, **ENVIRONMENT}).returncode == 0
    claimed = {**EMULATOR, **ENVIRONMENT, "K_REVISION": "createjob-00001-abc"}
    assert "Unset FIREBASE_AUTH_EMULATOR_HOST" in _start(claimed).stderr


FIREBASE = {
    "GOOGLE_CLOUD_PROJECT": "demo-test",
    "CVPLUS_BUCKET": "b",
    "CVPLUS_TASKS_ACCOUNT": "tasks@demo-test.example",
    "PATH": "",
}


def _making_the_app(environment: dict[str, str]) -> str:
    """What becomes of the system in a process with this environment: its type or its error."""
    probe = (
        "from cvplus_workflow.errors import WorkflowError\n"
        "try: print(type(edge.the_app()).__name__)\n"
        "except WorkflowError as error: print(error.code.value, error.reason, error.message)"
    )
    ended = _start(environment, f"exec({json.dumps(probe)})")
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


def test_the_back_end_is_firebase_unless_a_data_folder_is_named(tmp_path: Path) -> None:
    emulated = {**FIREBASE, "FIRESTORE_EMULATOR_HOST": "127.0.0.1:9"}
    assert _making_the_app(emulated) == "FirebaseApp"
    assert _making_the_app({**emulated, "CVPLUS_DATA": ""}) == "FirebaseApp"
    assert _making_the_app({**emulated, "CVPLUS_DATA": str(tmp_path / "d")}) == "EmbeddedApp"


@pytest.mark.parametrize("variable", list(FIREBASE)[:-1])
def test_a_missing_setting_is_named(variable: str) -> None:
    given = {name: value for name, value in FIREBASE.items() if name != variable}
    made = _making_the_app(given)
    assert made.startswith("internal setting-missing")
    assert variable in made


def test_what_the_platform_sets_is_enough_to_find_project_bucket_and_functions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in (*FIREBASE, "CVPLUS_FUNCTIONS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GCLOUD_PROJECT", "demo-set")
    monkeypatch.setenv("FIREBASE_CONFIG", '{"projectId": "demo-set", "storageBucket": "set.app"}')
    found = FirebaseSettings()
    assert (found.project, found.bucket) == ("demo-set", "set.app")
    assert found.functions_url == "https://us-central1-demo-set.cloudfunctions.net/"
    monkeypatch.setenv("CVPLUS_BUCKET", "another")
    assert FirebaseSettings().bucket == "another"
    for damaged in ("{", '{"projectId": "demo-set"}'):
        monkeypatch.delenv("CVPLUS_BUCKET", raising=False)
        monkeypatch.setenv("FIREBASE_CONFIG", damaged)
        assert FirebaseSettings().bucket == ""


def test_the_signing_key_is_long_or_nothing_is_signed_and_it_is_never_shown() -> None:
    """F4"""
    key = "k" * 32
    assert key not in repr(FirebaseSettings(signing_key=SecretStr(key)))
    signed = SecretSigner(key).sign("callback/j/f/1/1")
    assert signed == SecretSigner(key).sign("callback/j/f/1/1")
    assert signed != SecretSigner("l" * 32).sign("callback/j/f/1/1")
    for short in ("", key[1:]):
        with pytest.raises(WorkflowError) as raised:
            SecretSigner(short).sign("x")
        assert raised.value.reason == "signing-key-missing"
        assert raised.value.retryable, "a message that needs it must come again"


@pytest.mark.parametrize("claims", [{}, {"FUNCTIONS_EMULATOR": "true"}], ids=str)
def test_production_refuses_the_embedded_back_end(tmp_path: Path, claims: dict[str, str]) -> None:
    data = tmp_path / "data"
    made = _making_the_app({**PRODUCTION, **claims, "CVPLUS_DATA": str(data)})
    assert made.startswith("failed-precondition embedded-in-production")
    assert not data.exists()


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("", False), ("false", False), ("0", False), ("No", False), ("true", True), ("on", True)],
)
def test_app_check_is_an_option(
    edge: ModuleType, monkeypatch: pytest.MonkeyPatch, app: EmbeddedApp, value: str, *, wanted: bool
) -> None:
    monkeypatch.setenv("CVPLUS_APP_CHECK", value)
    web = Web({"getJobHistory": edge.operation("getJobHistory")})
    reply = web.call("getJobHistory", {}, ADA)
    assert (reply.http, reply.status) == ((401, "UNAUTHENTICATED") if wanted else (200, ""))


TASK = {"name": "j-1-1", "job_id": "j", "queue": "light", "rank": 2}


def test_a_task_is_answered_with_success_once_it_is_done_and_only_then(
    web: Web, app: EmbeddedApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """J7"""
    for done, status in (([], 503), (["j-1-1"], 200)):
        monkeypatch.setattr(app.queue, "execute", lambda tasks, done=done: done)
        assert web.send("runLightSteps", json.dumps({"data": TASK})).status_code == status


@pytest.mark.parametrize(
    ("error", "status"),
    [(StorageError(Code.UNAVAILABLE, "Away."), 503), (RuntimeError(SECRET), 500)],
    ids=["away", "crash"],
)
def test_a_task_that_could_not_be_carried_out_comes_again(
    web: Web,
    app: EmbeddedApp,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    status: int,
) -> None:
    """J7"""

    def fail(_tasks: object) -> list[str]:
        raise error

    monkeypatch.setattr(app.queue, "execute", fail)
    with caplog.at_level(logging.DEBUG):
        response = web.send("runLightSteps", json.dumps({"data": TASK}))
    assert response.status_code == status
    assert SECRET not in caplog.text + response.text


@pytest.mark.parametrize(
    ("error", "is_storage"),
    [
        (exceptions.ServiceUnavailable("x"), True),
        (exceptions.ResourceExhausted("x"), True),
        (OSError("x"), True),
        (RefreshError("x"), True),
        (exceptions.InvalidArgument("x"), False),
        (exceptions.Forbidden("x"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_service_that_is_away_is_no_fault_of_the_step_that_needs_it(
    error: Exception, *, is_storage: bool
) -> None:
    """J7: the task comes again, instead of the step's attempts being used up."""
    with pytest.raises(WorkflowError) as raised, service_errors("Cloud Storage"):
        raise error
    assert isinstance(raised.value, StorageError) is is_storage


@pytest.mark.parametrize("body", ["{", json.dumps({"data": {"name": SECRET}})])
def test_what_is_no_task_is_logged_without_its_text(
    web: Web, app: EmbeddedApp, body: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert web.send("runLightSteps", body).status_code == 200
    assert "runLightSteps dropped" in caplog.text
    assert SECRET not in caplog.text
