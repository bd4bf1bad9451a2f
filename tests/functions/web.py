"""The functions behind one web server, in this process or elsewhere, and clients for them."""

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from flask.testing import FlaskClient
from msgspec import Struct
from werkzeug.test import TestResponse

from cvplus_workflow.firebase.functions_host import web_app

ROOT = Path(__file__).parents[2]
FUNCTIONS = ROOT / "functions"
PROJECT = "demo-test"
RICHARD = ROOT / "examples" / "richard" / "sample.resume.json"


class User(Struct, frozen=True):
    """Someone who is signed in; without a tenant or roles the token has no such claim."""

    uid: str
    tenant: Any = None
    roles: Any = None


def unsigned_token(user: User, project: str = PROJECT) -> str:
    """An ID token without a signature, as the emulators take it."""
    claims = {"tenant": user.tenant, "roles": user.roles}
    payload = {
        "iss": f"https://securetoken.google.com/{project}",
        "aud": project,
        "sub": user.uid,
        "user_id": user.uid,
        "iat": 1_700_000_000,
        "auth_time": 1_700_000_000,
        "exp": 4_000_000_000,
        **{name: claim for name, claim in claims.items() if claim is not None},
    }
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(payload)}."


def _part(content: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


class Reply(Struct, frozen=True):
    """A callable's answer: the result of a success, or status, message and details."""

    http: int
    result: Any = None
    status: str = ""
    message: str = ""
    details: Any = None


class Web:
    """Calls functions over HTTP, as the Firebase client does."""

    def __init__(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        self._client: FlaskClient = web_app(functions, PROJECT).test_client()

    def call(self, name: str, data: object, user: User | None) -> Reply:
        """Call the operation `name`; without a user there is no token."""
        headers = {} if user is None else {"Authorization": f"Bearer {unsigned_token(user)}"}
        return read(self.send(name, json.dumps({"data": data}), headers=headers))

    def send(self, name: str, body: str | bytes, **settings: Any) -> TestResponse:
        """POST any body at all."""
        content = {"method": "POST", "content_type": "application/json", **settings}
        return self._client.open(f"/{PROJECT}/us-central1/{name}", data=body, **content)


class Remote:
    """Calls functions that another process serves at `url`, to which names are added."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.project = url.split("/")[3]

    def call(self, name: str, data: object, user: User) -> Reply:
        """Call the operation `name`."""
        token = f"Bearer {unsigned_token(user, self.project)}"
        status, body = self.send(name, json.dumps({"data": data}), {"Authorization": token})
        return _reply(status, json.loads(body))

    def send(
        self, name: str, body: str | bytes, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """POST any body at all; answers status and body."""
        content = body.encode() if isinstance(body, str) else body
        kind = {"Content-Type": "application/json", **(headers or {})}
        request = Request(self.url + name, content, kind, method="POST")
        try:
            with urlopen(request, timeout=60) as response:
                return response.status, response.read()
        except HTTPError as error:
            with error:
                return error.code, error.read()


def read(response: TestResponse) -> Reply:
    """The answer in a response, which must have the shape of a callable's."""
    return _reply(response.status_code, response.json)


def _reply(status: int, body: Any) -> Reply:
    assert isinstance(body, dict)
    if status == 200:
        assert set(body) == {"result"}
        return Reply(200, body["result"])
    assert set(body) == {"error"}
    return Reply(status, **body["error"])


def new_job(**changes: object) -> dict[str, object]:
    """The request that makes a job of Richard's CV, two features chosen."""
    return {
        "content": base64.b64encode(RICHARD.read_bytes()).decode(),
        "fileName": RICHARD.name,
        "mediaType": "application/json",
        "features": ["skills-visualization", "interactive-timeline"],
        **changes,
    }
