"""`firestore.rules` in the Firestore emulator: who reads a document, and what a client may write.

Needs Java and the emulator of the Google Cloud SDK.
"""

import json
from collections.abc import Mapping
from itertools import count
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from cvplus_workflow.domain.sources import MAX_ADDRESS_LENGTH
from tests.emulation import firestore_host

from .test_indexes import collections_of_the_domain
from .web import ROOT, User, unsigned_token

PROJECT = "demo-rules"
ADA = User("ada", "acme")
LONER = User("lone")
REVIEWER = User("rea", "acme", ["user", "reviewer"])
OPERATOR = User("olga", "acme", ["user", "operator"])

OWNER = "owner"
"""The token that the emulator lets past the rules."""

CREATED = "2026-01-05T09:00:00Z"
JOB = {"tenant": "acme", "userId": "ada", "status": "completed", "createdAt": CREATED}
ADOPTED = {**JOB, "status": "pending", "run": {"number": 1}}
REQUEST = {"userId": "ada", "status": "pending", "createdAt": CREATED}
WHOLE_REQUEST: dict[str, Any] = {
    **REQUEST,
    "isUrl": False,
    "fileUrl": "gs://bucket/users/ada/uploads/one/cv.pdf",
    "mimeType": "application/pdf",
    "fileName": "cv.pdf",
    "quickCreate": True,
    "userInstructions": "Keep it short.",
    "updatedAt": CREATED,
    "settings": {
        "applyAllEnhancements": True,
        "generateAllFormats": False,
        "enablePIIProtection": True,
        "createPodcast": False,
        "useRecommendedTemplate": True,
    },
}
DOCUMENTS: dict[str, dict[str, Any]] = {
    "jobs/adas": JOB,
    "jobs/lones": {**JOB, "tenant": "lone", "userId": "lone"},
    "jobs/unowned": {"status": "pending"},
    "jobs/requested": REQUEST,
    "jobs/half": {"userId": "ada", "status": "pending", "createdAt": CREATED, "run": {}},
    "jobs/adas/outputs/one": JOB,
    "jobs/adas/history/1": JOB,
    "deletedJobs/gone": {"tenant": "acme"},
    "flags/of-acme": {"tenant": "acme", "flags": {}},
    "killSwitches/all": {"tenant": "acme", "thrown": []},
    "users/ada": JOB,
    "userSubscriptions/ada": JOB,
    "subscriptions/ada": JOB,
    "templates/modern": JOB,
    "roleProfiles/engineer": JOB,
    "users/ada/badges/one": JOB,
}
NOT_JOBS = [path for path in DOCUMENTS if path.count("/") != 1 or not path.startswith("jobs/")]
COLLEAGUE = User("bob", "acme")
EVERYBODY = [ADA, COLLEAGUE, LONER, REVIEWER, OPERATOR, User("ada"), User("ada", "other"), None]

_numbers = count(1)


class Firestore:
    """The emulator's REST interface (https://firebase.google.com/docs/firestore/reference/rest)."""

    def __init__(self, host: str, project: str = PROJECT) -> None:
        self._host = f"http://{host}"
        self._project = f"projects/{project}"
        self._database = f"{self._project}/databases/(default)"

    def load(self, rules: str) -> int:
        """Put `rules` in force."""
        files = {"rules": {"files": [{"name": "firestore.rules", "content": rules}]}}
        return self._sent("PUT", f"/emulator/v1/{self._project}:securityRules", OWNER, files)

    def send(self, method: str, path: str, token: str, body: object = None) -> int:
        """The HTTP status of a request."""
        return self._sent(method, f"/v1/{self._database}/documents{path}", token, body)

    def put(self, path: str, document: Mapping[str, Any], token: str = OWNER) -> int:
        """Write a whole document, created if there is none."""
        return self.send("PATCH", f"/{path}", token, {"fields": _fields(document)})

    def create(self, path: str, document: Mapping[str, Any], user: User | None) -> int:
        """Make a document as a client does."""
        return self.create_with(path, document, _token(user))

    def create_with(self, path: str, document: Mapping[str, Any], token: str) -> int:
        """Make a document as a client does: its `createdAt` is the server's time."""
        given = {name: value for name, value in document.items() if name != "createdAt"}
        stamp = {"fieldPath": "createdAt", "setToServerValue": "REQUEST_TIME"}
        name = f"{self._database}/documents/{path}"
        write = {
            "update": {"name": name, "fields": _fields(given)},
            "updateTransforms": [stamp] if document.get("createdAt") else [],
            "currentDocument": {"exists": False},
        }
        return self.send("POST", ":commit", token, {"writes": [write]})

    def update(self, path: str, changes: Mapping[str, Any], user: User | None) -> int:
        """Change some fields of a document that is there."""
        mask = "&".join(f"updateMask.fieldPaths={name}" for name in changes)
        place = f"/{path}?{mask}&currentDocument.exists=true"
        return self.send("PATCH", place, _token(user), {"fields": _fields(changes)})

    def get(self, path: str, user: User | None) -> int:
        """Read a document."""
        return self.send("GET", f"/{path}", _token(user))

    def _sent(self, method: str, path: str, token: str, body: object) -> int:
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content = None if body is None else json.dumps(body).encode()
        asked = Request(f"{self._host}{path}", content, headers, method=method)
        try:
            with urlopen(asked, timeout=20) as answer:
                return int(answer.status)
        except HTTPError as error:
            with error:
                return error.code


def _fields(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in document.items() if value is not None}


def _value(name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return {"mapValue": {"fields": _fields(value)}}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value("", each) for each in value]}}
    if isinstance(value, bool):
        return {"booleanValue": value}
    if isinstance(value, int):
        return {"integerValue": str(value)}
    return {"timestampValue" if name in ("createdAt", "updatedAt") else "stringValue": value}


def _token(user: User | None) -> str:
    return "" if user is None else unsigned_token(user, PROJECT)


def _fresh() -> str:
    return f"jobs/client{next(_numbers)}"


@pytest.fixture(scope="module")
def firestore() -> Firestore:
    """The shared emulator with our rules, and the documents in it."""
    store = Firestore(firestore_host())
    assert store.load((ROOT / "firestore.rules").read_text(encoding="utf-8")) == 200
    for path, document in DOCUMENTS.items():
        assert store.put(path, document) == 200
    return store


@pytest.mark.parametrize(
    ("job", "user"),
    [
        ("adas", ADA),
        ("adas", REVIEWER),
        ("adas", OPERATOR),
        ("lones", LONER),
        ("requested", ADA),
        ("requested", User("ada")),
    ],
    ids=str,
)
def test_its_owner_and_those_who_look_after_the_tenant_get_a_job(
    firestore: Firestore, job: str, user: User
) -> None:
    """J4: a page listens to one job."""
    assert firestore.get(f"jobs/{job}", user) == 200


@pytest.mark.parametrize(
    ("job", "user"),
    [
        ("adas", User("bob", "acme")),
        ("adas", User("ada", "other")),
        ("adas", User("ada")),
        ("adas", User("acme")),
        ("adas", User("ada", "")),
        ("adas", User("ada", ["acme"])),
        ("adas", User("rea", "other", ["reviewer", "operator"])),
        ("adas", User("bob", "acme", ["user", "service"])),
        ("adas", User("bob", "acme", "operator")),
        ("adas", User("bob", "acme", {"operator": True})),
        ("lones", User("lone", "acme")),
        ("lones", User("bob", "lone")),
        ("lones", OPERATOR),
        ("requested", User("bob", "acme")),
        ("requested", REVIEWER),
        ("requested", OPERATOR),
        ("half", ADA),
        ("unowned", ADA),
        ("unowned", OPERATOR),
        ("missing", ADA),
    ],
    ids=str,
)
def test_nobody_else_gets_it(firestore: Firestore, job: str, user: User) -> None:
    assert firestore.get(f"jobs/{job}", user) == 403


def test_every_collection_of_the_domain_has_a_document_here() -> None:
    """I9"""
    assert collections_of_the_domain() <= {path.split("/")[-2] for path in DOCUMENTS}


def test_without_a_token_nothing_is_read(firestore: Firestore) -> None:
    for path in DOCUMENTS:
        assert firestore.get(path, None) == 403


@pytest.mark.parametrize("path", NOT_JOBS)
def test_what_lies_below_a_job_and_all_else_is_read_by_nobody(
    firestore: Firestore, path: str
) -> None:
    assert [firestore.get(path, user) for user in EVERYBODY] == [403] * len(EVERYBODY)


@pytest.mark.parametrize("user", [ADA, OPERATOR])
def test_jobs_are_not_listed_even_by_those_who_may_get_each(
    firestore: Firestore, user: User
) -> None:
    fields = {"userId": "ada", "tenant": "acme"}
    equal = [
        {"field": {"fieldPath": name}, "op": "EQUAL", "value": {"stringValue": own}}
        for name, own in fields.items()
    ]
    where = {"compositeFilter": {"op": "AND", "filters": [{"fieldFilter": one} for one in equal]}}
    query = {"structuredQuery": {"from": [{"collectionId": "jobs"}], "where": where}}
    assert firestore.send("POST", ":runQuery", OWNER, query) == 200
    assert firestore.send("POST", ":runQuery", _token(user), query) == 403
    assert firestore.send("GET", "/jobs", _token(user)) == 403


@pytest.mark.parametrize("user", [ADA, User("ada")], ids=str)
def test_a_client_makes_a_request_as_the_web_app_does(firestore: Firestore, user: User) -> None:
    """J1: the page makes the document, uploads, notes where, and then calls an operation."""
    bare, whole = _fresh(), _fresh()
    assert firestore.create(bare, REQUEST, user) == 200
    assert firestore.create(whole, WHOLE_REQUEST, user) == 200
    changes = {"fileUrl": "https://example.com/cv.pdf", "isUrl": True, "updatedAt": CREATED}
    assert firestore.update(bare, changes, user) == 200
    assert firestore.get(bare, user) == 200


FORGED: dict[str, dict[str, Any]] = {
    "another's": {"userId": "bob"},
    "nobody's": {"userId": None},
    "without status": {"status": None},
    "without time": {"createdAt": None},
    "completed": {"status": "completed"},
    "processing": {"status": "processing"},
    "with its tenant": {"tenant": "acme"},
    "with another tenant": {"tenant": "other"},
    "with a run": {"run": {"number": 1}},
    "with a shard": {"shard": 1},
    "with progress": {"progress": 100},
    "with features": {"selectedFeatures": ["portfolio-gallery"]},
    "with made features": {"enhancedFeatures": {"portfolio-gallery": {"status": "completed"}}},
    "with a finished CV": {"generatedCV": {"htmlUrl": "https://example.com"}},
    "with parsed data": {"parsedData": {"summary": "x"}},
    "with any other field": {"note": "x"},
    "with a flag that is text": {"isUrl": "no"},
    "with an address that is none": {"fileUrl": 7},
    "with a long address": {"fileUrl": "x" * 2001},
    "with a long name": {"fileName": "x" * 256},
    "with a long type": {"mimeType": "x" * 101},
    "with long instructions": {"userInstructions": "x" * 5001},
    "with settings that are a list": {"settings": ["createPodcast"]},
    "with other settings": {"settings": {"premium": True}},
    **{
        f"with {name} of another type": {"settings": {**WHOLE_REQUEST["settings"], name: "yes"}}
        for name in WHOLE_REQUEST["settings"]
    },
    "with haste that is text": {"quickCreate": "yes"},
    "with a time that is text": {"updatedAt": ["yesterday"]},
}


@pytest.mark.parametrize("changes", FORGED.values(), ids=FORGED)
def test_a_forged_request_is_refused(firestore: Firestore, changes: dict[str, Any]) -> None:
    assert firestore.create(_fresh(), {**REQUEST, **changes}, ADA) == 403


@pytest.mark.parametrize("changes", FORGED.values(), ids=FORGED)
def test_a_request_is_not_forged_afterwards(firestore: Firestore, changes: dict[str, Any]) -> None:
    path = _fresh()
    assert firestore.put(path, REQUEST) == 200
    assert firestore.update(path, changes, ADA) == 403


def test_texts_may_be_as_long_as_operations_take_them(firestore: Firestore) -> None:
    longest = {"fileUrl": 2000, "mimeType": 100, "fileName": 255, "userInstructions": 5000}
    assert longest["fileUrl"] == MAX_ADDRESS_LENGTH
    texts = {name: "x" * length for name, length in longest.items()}
    assert firestore.create(_fresh(), {**REQUEST, **texts}, ADA) == 200


def test_a_request_is_neither_taken_over_nor_dated_anew(firestore: Firestore) -> None:
    path = _fresh()
    assert firestore.put(path, REQUEST) == 200
    assert firestore.update(path, {"userId": "bob"}, User("bob", "acme")) == 403
    later = {"createdAt": "2026-02-01T09:00:00Z"}
    assert firestore.update(path, later, ADA) == 403
    assert firestore.update(path, {"createdAt": CREATED, "fileName": "cv.pdf"}, ADA) == 200


def test_a_request_is_refused_that_does_not_carry_the_time_of_the_server(
    firestore: Firestore,
) -> None:
    assert firestore.put(_fresh(), REQUEST, _token(ADA)) == 403


@pytest.mark.parametrize(
    "job", ["0123456789abcdef" * 2, "gone", "x" * 129, "a.b", "a b"], ids=lambda job: job[:8]
)
def test_a_client_takes_no_id_of_an_operation_and_none_that_is_used_up(
    firestore: Firestore, job: str
) -> None:
    assert firestore.create(f"jobs/{job}", REQUEST, ADA) == 403


@pytest.mark.parametrize(
    "user", [None, User("bob", "acme"), REVIEWER, OPERATOR, User("ada2")], ids=str
)
def test_a_request_is_made_and_changed_by_nobody_else(
    firestore: Firestore, user: User | None
) -> None:
    assert firestore.create(_fresh(), REQUEST, user) == 403
    assert firestore.update("jobs/requested", {"fileName": "cv.pdf"}, user) == 403
    assert firestore.update("jobs/unowned", {"fileName": "cv.pdf"}, user) == 403


@pytest.mark.parametrize("changes", [{"fileName": "cv.pdf"}, {"status": "pending"}, {"run": None}])
@pytest.mark.parametrize("user", [ADA, User("ada"), REVIEWER, OPERATOR], ids=str)
def test_an_adopted_job_is_changed_by_no_client(
    firestore: Firestore, user: User, changes: dict[str, Any]
) -> None:
    path = _fresh()
    assert firestore.put(path, ADOPTED) == 200
    assert firestore.update(path, changes, user) == 403
    assert firestore.create(path, REQUEST, user) in (403, 409)
    assert firestore.put(path, REQUEST, _token(user)) == 403


@pytest.mark.parametrize("path", [*DOCUMENTS, "templates/new", "jobs/adas/featureData/new"])
def test_no_client_deletes_or_writes_anything_else(firestore: Firestore, path: str) -> None:
    for user in EVERYBODY:
        assert firestore.send("DELETE", f"/{path}", _token(user)) == 403
        if path != "jobs/requested":
            assert firestore.put(path, REQUEST, _token(user)) == 403
