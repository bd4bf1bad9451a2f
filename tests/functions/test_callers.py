"""Whose tokens are believed: Firebase Auth's and App Check's, checked by keys that are fetched."""

import json
import logging
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import firebase_admin  # type: ignore[import-untyped]
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from cvplus_workflow.app import EmbeddedApp

from .web import PROJECT, User, Web, new_job, read, unsigned_token

ADA = User("ada", "acme")
KEY, STRANGERS_KEY = (rsa.generate_private_key(65537, 2048) for _ in range(2))
KEY_ID = "one"
NOWHERE = "http://127.0.0.1:9/keys"
"""Nobody listens on the port of the discard service."""

ISSUER = "https://firebaseappcheck.googleapis.com/1"
CLAIMS = {"iss": ISSUER, "aud": [f"projects/{PROJECT}"], "sub": "the-app", "exp": 4_000_000_000}


def signed(
    claims: Mapping[str, Any], key: rsa.RSAPrivateKey = KEY, key_id: str = KEY_ID
) -> dict[str, str]:
    """The header with an App Check token that says `claims`."""
    token = jwt.encode(dict(claims), key, "RS256", {"kid": key_id})
    return {"X-Firebase-AppCheck": token}


class _Keys(BaseHTTPRequestHandler):
    """Google's public keys, were they ours."""

    def do_GET(self) -> None:
        key = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
        body = json.dumps({"keys": [{**key, "kid": KEY_ID, "use": "sig", "alg": "RS256"}]})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture(scope="module")
def keys() -> Iterator[str]:
    """Where the public half of `KEY` is fetched."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Keys) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/keys"
        server.shutdown()


@pytest.fixture
def project(
    callers: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: str
) -> Iterator[pytest.MonkeyPatch]:
    """A project that App Check knows by `KEY`, with nothing fetched yet; with an account."""
    account = dict.fromkeys(("client_id", "client_secret", "refresh_token"), "x")
    credentials = tmp_path / "account.json"
    credentials.write_text(json.dumps({"type": "authorized_user", **account}))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(credentials))
    monkeypatch.setenv("CVPLUS_APP_CHECK", "true")
    monkeypatch.setattr("firebase_admin.app_check._AppCheckService._JWKS_URL", keys)
    _forget(callers)
    yield monkeypatch
    _forget(callers)


def _forget(callers: ModuleType) -> None:
    firebase_admin.delete_app(callers.identity())
    callers._made.cache_clear()


class Asked:
    """A job that has ended, asked for by the stream and by a callable."""

    def __init__(self, edge: ModuleType, job: str) -> None:
        declared = {"streamJob": edge.job_stream, "getJob": edge.operation}
        self._web = Web({name: declare(name) for name, declare in declared.items()})
        self.job = job

    def stream(self, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """The HTTP status, and the error if there is one."""
        asked = {"method": "GET", "query_string": {"jobId": self.job}, "headers": dict(headers)}
        answer = self._web.send("streamJob", b"", **asked)
        if answer.status_code == 200:
            assert "event: end" in answer.text
        return answer.status_code, (answer.get_json(silent=True) or {}).get("error", {})

    def both(self, headers: Mapping[str, str]) -> list[tuple[int, str]]:
        """HTTP status and reason of either."""
        body = json.dumps({"data": {"jobId": self.job}})
        called = read(self._web.send("getJob", body, headers=dict(headers)))
        status, error = self.stream(headers)
        found = [(called.http, called.details), (status, error.get("details"))]
        return [(http, (details or {}).get("reason", "")) for http, details in found]


@pytest.fixture
def asked(project: pytest.MonkeyPatch, edge: ModuleType, web: Web, app: EmbeddedApp) -> Asked:
    job: str = web.call("createJob", new_job(), ADA).result["id"]
    assert web.call("cancelJob", {"jobId": job}, ADA).http == 200
    return Asked(edge, job)


BEARER = {"Authorization": f"Bearer {unsigned_token(ADA)}"}

UNBELIEVED: dict[str, tuple[dict[str, str], str]] = {
    "none": ({}, "no-app-check"),
    "empty": ({"X-Firebase-AppCheck": ""}, "no-app-check"),
    "no token": ({"X-Firebase-AppCheck": "nonsense"}, "bad-app-check"),
    "a user's": ({"X-Firebase-AppCheck": unsigned_token(ADA)}, "bad-app-check"),
    "another key": (signed(CLAIMS, STRANGERS_KEY), "bad-app-check"),
    "an unknown key": (signed(CLAIMS, key_id="two"), "bad-app-check"),
    "another project": (signed({**CLAIMS, "aud": ["projects/other"]}), "bad-app-check"),
    "another issuer": (signed({**CLAIMS, "iss": "https://example.org/"}), "bad-app-check"),
    "expired": (signed({**CLAIMS, "exp": 1_700_000_000}), "bad-app-check"),
}


@pytest.mark.parametrize("kind", UNBELIEVED)
def test_with_app_check_only_an_app_of_the_project_is_answered(asked: Asked, kind: str) -> None:
    headers, reason = UNBELIEVED[kind]
    assert asked.both({**BEARER, **headers}) == [(401, reason)] * 2


def test_an_app_of_the_project_is_answered_if_somebody_is_signed_in(asked: Asked) -> None:
    assert asked.both({**BEARER, **signed(CLAIMS)}) == [(200, "")] * 2
    assert asked.both(signed(CLAIMS)) == [(401, "no-token")] * 2


def test_without_app_check_no_app_is_asked(
    project: pytest.MonkeyPatch, edge: ModuleType, asked: Asked
) -> None:
    project.setenv("CVPLUS_APP_CHECK", "false")
    assert Asked(edge, asked.job).both(BEARER) == [(200, "")] * 2


def test_keys_of_app_check_that_cannot_be_fetched_are_no_fault_of_the_token(
    project: pytest.MonkeyPatch, asked: Asked
) -> None:
    project.setattr("firebase_admin.app_check._AppCheckService._JWKS_URL", NOWHERE)
    assert asked.both({**BEARER, **signed(CLAIMS)}) == [(503, "keys-unavailable")] * 2


def test_keys_of_auth_that_cannot_be_fetched_are_no_fault_of_the_token(
    project: pytest.MonkeyPatch, asked: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    issuer = f"https://securetoken.google.com/{PROJECT}"
    claims = {"iss": issuer, "aud": PROJECT, "sub": "ada", "iat": 1_700_000_000}
    token = jwt.encode({**claims, "exp": 4_000_000_000}, KEY, "RS256", {"kid": KEY_ID})
    project.delenv("FIREBASE_AUTH_EMULATOR_HOST")
    project.setattr("firebase_admin._token_gen.ID_TOKEN_CERT_URI", NOWHERE)
    bearer = {"Authorization": f"Bearer {token}"}
    assert asked.both({**bearer, **signed(CLAIMS)}) == [(503, "keys-unavailable")] * 2
    assert "getJob failed: keys-unavailable" in caplog.text
    # What is wrong in itself needs no keys.
    assert asked.both({**BEARER, **signed(CLAIMS)}) == [(401, "bad-token")] * 2


def test_a_broken_configuration_is_no_fault_of_the_token(
    project: pytest.MonkeyPatch, callers: ModuleType, asked: Asked
) -> None:
    _forget(callers)
    with project.context() as broken:
        broken.setenv("FIREBASE_CONFIG", "{")
        statuses = {status for status, _ in asked.both({**BEARER, **signed(CLAIMS)})}
    assert statuses == {500}
    assert asked.both({**BEARER, **signed(CLAIMS)}) == [(200, "")] * 2


def test_a_token_that_is_refused_is_not_logged(
    asked: Asked, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """firebase-admin quotes it, with whom it is of."""
    token = "ada@example.org"
    with caplog.at_level(logging.DEBUG):
        assert asked.both({"Authorization": f"Bearer {token}"}) == [(401, "bad-token")] * 2
    assert token not in caplog.text + "".join(capfd.readouterr())


def test_a_request_that_comes_while_the_first_one_starts_waits_for_it(
    project: pytest.MonkeyPatch, callers: ModuleType
) -> None:
    """To make firebase-admin's app a second time is an error."""
    _forget(callers)
    answered: list[object] = []
    second = threading.Thread(target=lambda: answered.append(callers.identity()))
    make = firebase_admin.App

    def make_meanwhile_asked(*given: object) -> object:
        project.setattr(firebase_admin, "App", make)
        second.start()
        # Long enough for a second one to be made, if nothing held it back.
        second.join(0.2)
        return make(*given)

    project.setattr(firebase_admin, "App", make_meanwhile_asked)
    first = callers.identity()
    second.join()
    assert answered == [first]
