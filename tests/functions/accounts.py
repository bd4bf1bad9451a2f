"""Firebase Auth on this machine: the emulator of firebase-tools, and people who sign in there."""

import json
import shutil
import subprocess
from urllib.request import Request, urlopen

import pytest
from msgspec import Struct

from .web import ROOT

CLIENT = ROOT / "tests" / "browser"


class Account(Struct, frozen=True):
    """Someone who can sign in; without a tenant they are one of their own."""

    name: str
    tenant: str = ""

    @property
    def credentials(self) -> dict[str, str]:
        """What they type in."""
        return {"email": f"{self.name}@example.org", "password": f"secret of {self.name}"}


class AuthEmulator:
    """The running emulator of one project; `host` is what FIREBASE_AUTH_EMULATOR_HOST wants."""

    def __init__(self, project: str) -> None:
        self._project = project
        self._process = subprocess.Popen(
            [node(), "auth_emulator.mjs", project],
            cwd=CLIENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.host = self._process.stdout.readline().strip()
        assert self.host, "the emulator of Firebase Auth did not start"

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()

    def add(self, account: Account) -> None:
        """Make an account whose uid is its name, with the claim of its tenant."""
        self._ask("accounts", {"localId": account.name, **account.credentials})
        if account.tenant:
            claims = json.dumps({"tenant": account.tenant})
            self._ask("accounts:update", {"localId": account.name, "customAttributes": claims})

    def _ask(self, method: str, content: dict[str, str]) -> None:
        """Ask as an administrator does (the REST API of Identity Toolkit, version 1)."""
        path = f"identitytoolkit.googleapis.com/v1/projects/{self._project}/{method}"
        headers = {"Authorization": "Bearer owner", "Content-Type": "application/json"}
        body = json.dumps(content).encode()
        urlopen(Request(f"http://{self.host}/{path}", body, headers), timeout=20).close()


def node(package: str = "firebase") -> str:
    """Node's path; skips the test where it or the packages of tests/browser are missing."""
    found = shutil.which("node")
    if found is None or not (CLIENT / "node_modules" / package).is_dir():
        pytest.skip("needs Node and npm ci in tests/browser: run make setup")
    return found
