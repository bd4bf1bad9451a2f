"""`storage.rules`: who uploads what, and who fetches a finished CV.

The runtime of these rules is a download of firebase-tools. Their language is that of
Firestore's rules, so they are tried in the Firestore emulator, told in its words: the
name of the service, the root of paths, an object's two attributes as fields, the look at a
job's document, and one more segment, because a document's path has an even number of them.
What that exchange can't tell is held to the text.
"""

import re

import pytest

from cvplus_workflow.domain.jobs import MAX_SOURCE_BYTES
from cvplus_workflow.domain.sources import DOCUMENT_SUFFIXES, DOCUMENT_TYPES
from tests.emulation import firestore_host

from .test_rules import OWNER, Firestore
from .web import ROOT, User, unsigned_token

PROJECT = "demo-storage-rules"
RULES = (ROOT / "storage.rules").read_text(encoding="utf-8")
PDF = "application/pdf"
ADA, BOB = User("ada", "acme"), User("bob", "acme")
OPERATOR = User("olga", "acme", ["user", "operator"])

EXCHANGED = {
    "service firebase.storage": "service cloud.firestore",
    "/b/{bucket}/o": "/databases/{database}/documents",
    "/{job}/{file}": "/{job}/{file}/object",
    "firestore.get(": "get(",
    "request.resource.size": "request.resource.data.size",
    "request.resource.contentType": "request.resource.data.contentType",
}


class Bucket:
    """Objects as documents of the Firestore emulator."""

    def __init__(self) -> None:
        self._store = Firestore(firestore_host(), PROJECT)
        rules = RULES
        for ours, theirs in EXCHANGED.items():
            assert ours in rules
            rules = rules.replace(ours, theirs)
        assert self._store.load(rules) == 200

    def upload(self, path: str, user: User | None, kind: str = PDF, size: int = 1) -> int:
        """The HTTP status of an upload, or of an upload over what is there."""
        return self._store.put(_place(path), {"contentType": kind, "size": size}, _token(user))

    def fetch(self, path: str, user: User | None) -> int:
        return self._store.send("GET", f"/{_place(path)}", _token(user))

    def remove(self, path: str, user: User | None) -> int:
        return self._store.send("DELETE", f"/{_place(path)}", _token(user))

    def listed(self, folder: str, user: User | None) -> int:
        return self._store.send("GET", f"/{folder}", _token(user))

    def keep(self, path: str) -> None:
        """Put an object there past the rules."""
        assert self._store.put(_place(path), {"contentType": PDF, "size": 1}, OWNER) == 200

    def describe(self, job: str, **fields: str) -> None:
        """Put a job's document into Firestore."""
        assert self._store.put(f"jobs/{job}", fields, OWNER) == 200


def _place(path: str) -> str:
    return path if path.count("/") % 2 else f"{path}/object"


def _token(user: User | None) -> str:
    return "" if user is None else unsigned_token(user, PROJECT)


@pytest.fixture(scope="module")
def bucket() -> Bucket:
    return Bucket()


def test_a_user_uploads_a_document_and_fetches_it_again(bucket: Bucket) -> None:
    """J1: an upload of up to 10 MiB."""
    assert bucket.upload("users/ada/uploads/one/cv.pdf", ADA, size=MAX_SOURCE_BYTES) == 200
    assert bucket.fetch("users/ada/uploads/one/cv.pdf", ADA) == 200


@pytest.mark.parametrize("user", [BOB, OPERATOR, User("users"), None], ids=str)
def test_nobody_else_uploads_there_fetches_or_replaces(bucket: Bucket, user: User | None) -> None:
    bucket.keep("users/ada/uploads/kept/cv.pdf")
    assert bucket.upload("users/ada/uploads/new/cv.pdf", user) == 403
    assert bucket.upload("users/ada/uploads/kept/cv.pdf", user) == 403
    assert bucket.fetch("users/ada/uploads/kept/cv.pdf", user) == 403
    assert bucket.remove("users/ada/uploads/kept/cv.pdf", user) == 403


def test_an_upload_is_not_replaced_removed_or_listed_even_by_its_user(bucket: Bucket) -> None:
    bucket.keep("users/ada/uploads/kept/cv.pdf")
    assert bucket.upload("users/ada/uploads/kept/cv.pdf", ADA) == 403
    assert bucket.remove("users/ada/uploads/kept/cv.pdf", ADA) == 403
    assert bucket.listed("users/ada/uploads/kept/cv.pdf", ADA) == 403
    assert bucket.listed("users/ada/uploads", ADA) == 403


@pytest.mark.parametrize("size", [0, MAX_SOURCE_BYTES + 1])
def test_an_empty_or_an_oversized_upload_is_refused(bucket: Bucket, size: int) -> None:
    assert bucket.upload(f"users/ada/uploads/size{size}/cv.pdf", ADA, size=size) == 403


@pytest.mark.parametrize("kind", sorted(DOCUMENT_TYPES))
def test_every_type_that_is_read_is_uploaded(bucket: Bucket, kind: str) -> None:
    folder = kind.replace("/", "-")
    assert bucket.upload(f"users/ada/uploads/{folder}/cv", ADA, kind) == 200


@pytest.mark.parametrize(
    "kind",
    ["image/png", "application/zip", "text/javascript", "application/pdf2", "", "TEXT/HTML", "pdf"],
)
def test_any_other_type_is_refused_whatever_the_name(bucket: Bucket, kind: str) -> None:
    assert bucket.upload("users/ada/uploads/wrong/cv.pdf", ADA, kind) == 403


def test_a_file_without_a_type_is_taken_by_its_name(bucket: Bucket) -> None:
    unknown = "application/octet-stream"
    for suffix in DOCUMENT_SUFFIXES:
        name = f"Ada.{suffix.upper()}"
        assert bucket.upload(f"users/ada/uploads/{suffix}/{name}", ADA, unknown) == 200
    for name in ("cv.exe", "cv", "pdf", "cv.pdf.exe", "cv.apdf"):
        assert bucket.upload(f"users/ada/uploads/wrong/{name}", ADA, unknown) == 403


READERS = [ADA, User("rea", "acme", ["user", "reviewer"]), OPERATOR]
OTHERS = [
    BOB,
    User("ada"),
    User("ada", "other"),
    User("rea", "other", ["user", "reviewer"]),
    User("olga", "other", ["user", "operator"]),
    User("olga", None, ["operator"]),
    User("olga", "acme", ["service"]),
    User("olga", "acme", "operator"),
    User("olga", "acme", {"operator": True}),
    None,
]


@pytest.mark.parametrize("name", ["one/cv.html", "one/deep/cv.pdf"])
def test_a_finished_cv_is_fetched_within_its_tenant_and_written_by_nobody(
    bucket: Bucket, name: str
) -> None:
    """By its user, and by who reviews or operates there."""
    path = f"users/ada/generated/{name}"
    bucket.keep(path)
    bucket.describe("one", userId="ada", tenant="acme")
    assert [bucket.fetch(path, user) for user in READERS] == [200] * len(READERS)
    assert [bucket.fetch(path, user) for user in OTHERS] == [403] * len(OTHERS)
    everybody = [*READERS, *OTHERS]
    assert [bucket.upload(path, user) for user in everybody] == [403] * len(everybody)
    assert bucket.remove(path, ADA) == 403


def test_a_user_without_a_tenant_is_one_of_their_own(bucket: Bucket) -> None:
    path = "users/lone/generated/lones/cv.pdf"
    bucket.keep(path)
    bucket.describe("lones", userId="lone", tenant="lone")
    assert bucket.fetch(path, User("lone")) == 200
    assert bucket.fetch(path, User("lone", "acme")) == 403
    # The uid of one user is no tenant of another's, whoever names it.
    assert bucket.fetch(path, User("eve", "lone")) == 403


NO_JOBS: dict[str, dict[str, str] | None] = {
    "deleted": None,
    "empty": {},
    "not-adopted": {"userId": "ada"},
    "unowned": {"tenant": "acme"},
    "bobs": {"userId": "bob", "tenant": "acme"},
}


@pytest.mark.parametrize("job", NO_JOBS)
def test_a_file_without_an_adopted_job_of_its_user_is_nobodys(bucket: Bucket, job: str) -> None:
    path, fields = f"users/ada/generated/{job}/cv.pdf", NO_JOBS[job]
    bucket.keep(path)
    if fields is not None:
        bucket.describe(job, **fields)
    assert [bucket.fetch(path, user) for user in READERS] == [403] * len(READERS)


@pytest.mark.parametrize(
    "path",
    [
        "content/one/hash",
        "users/ada/cv.pdf",
        "users/ada/uploads/cv.pdf",
        "users/ada/uploads/one/deep/cv.pdf",
        "users/ada/other/one/cv.pdf",
        "uploads/users/ada/cv.pdf",
    ],
)
def test_every_other_place_is_closed(bucket: Bucket, path: str) -> None:
    bucket.keep(path)
    for user in (ADA, OPERATOR, None):
        assert bucket.fetch(path, user) == 403
        assert bucket.upload(f"{path}2", user) == 403


def test_nothing_but_get_and_create_is_allowed_anywhere() -> None:
    assert re.findall(r"allow ([a-z, ]+):", RULES) == ["get", "create", "get"]
    assert re.findall(r"match (\S+)", RULES) == [
        "/b/{bucket}/o",
        "/users/{user}/uploads/{job}/{file}",
        "/users/{user}/generated/{job}/{file=**}",
    ]
    assert "read" not in re.sub(r"//.*", "", RULES)


def test_the_types_and_the_limit_are_those_of_the_domain() -> None:
    listed = re.findall(r"^ +'([a-z]+/[a-z.-]+)',?$", RULES, re.MULTILINE)
    assert set(listed) == DOCUMENT_TYPES
    (suffixes,) = re.findall(r"\[\.\]\(([a-z|]+)\)", RULES)
    assert set(suffixes.split("|")) == DOCUMENT_SUFFIXES
    assert "request.resource.size <= 10 * 1024 * 1024" in RULES
    assert MAX_SOURCE_BYTES == 10 * 1024 * 1024
