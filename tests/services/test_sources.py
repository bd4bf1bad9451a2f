"""Documents by address: jobs made from the public web, and who reads whose uploads (J1)."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from cvplus_workflow.domain.jobs import MAX_SOURCE_BYTES, Caller
from cvplus_workflow.domain.sources import Fetched
from cvplus_workflow.domain.states import JobStatus
from cvplus_workflow.embedded.files import LocalFiles
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.ports import Files
from cvplus_workflow.services.sources import Sources, name_at, own_upload, upload_place
from tests.services.installation import Installation
from tests.services.test_jobs import refusal
from tests.tls_server import HOST, TlsServer, reply
from tests.workloads import OWNER

SITE = f"https://{HOST}"
RICHARD = Path(__file__).parents[2] / "examples" / "richard" / "sample.resume.json"
CV = RICHARD.read_bytes()
OWN = "users/ann/uploads/one/cv.pdf"
DOWNLOAD = "https://firebasestorage.googleapis.com/v0/b/bucket/o/"


def _another_each_time(request: BaseHTTPRequestHandler) -> None:
    _another_each_time.number += 1  # type: ignore[attr-defined]
    reply(200, b"# Ann, version %d" % _another_each_time.number)(request)  # type: ignore[attr-defined]


_another_each_time.number = 0  # type: ignore[attr-defined]

ANSWERS = {
    "/cv/sample.resume.json": reply(200, CV, {"Content-Type": "application/json"}),
    "/changing": _another_each_time,
    "/untyped": reply(200, CV, {"Content-Type": "application/octet-stream"}),
    "/image": reply(200, b"\x89PNG", {"Content-Type": "image/png"}),
    "/video": reply(200, CV, {"Content-Type": "video/mp4; codecs=json"}),
    "/empty": reply(200),
    "/large": reply(200, b"", {"Content-Length": str(MAX_SOURCE_BYTES + 1)}, sized=False),
    "/missing": reply(404),
    "/away": reply(302, b"", {"Location": "http://127.0.0.1/"}),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsServer]:
    with TlsServer(tmp_path_factory.mktemp("tls"), ANSWERS, "127.0.0.1").running() as one:
        yield one


@pytest.fixture
def online(tmp_path: Path, server: TlsServer) -> Iterator[Installation]:
    """An installation whose web is the server."""
    server.asked.clear()
    one = Installation(tmp_path, http=server.client())
    yield one
    one.close()


def test_a_job_is_made_from_what_a_public_address_holds(online: Installation) -> None:
    job = online.completed(file_url=f"{SITE}/cv/sample.resume.json?download=1")
    assert job.status == JobStatus.COMPLETED
    assert job.run.source is not None
    assert online.files.get(job.id, job.run.source) == CV
    assert (job.file_name, job.mime_type) == ("sample.resume.json", "application/json")
    assert job.file_url == f"{SITE}/cv/sample.resume.json?download=1"


def test_the_name_and_type_that_the_caller_tells_go_before_those_found(
    online: Installation,
) -> None:
    job = online.create(
        file_url=f"{SITE}/untyped", file_name="richard.json", media_type="application/json"
    )
    assert (job.file_name, job.mime_type) == ("richard.json", "application/json")


def test_the_wire_takes_an_address_in_place_of_the_document(online: Installation) -> None:
    address = f"{SITE}/cv/sample.resume.json"
    reply = online.app.call("createJob", OWNER, {"fileUrl": address, "features": []})
    assert reply["fileName"] == "sample.resume.json"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "content"),
        ({"content": b"# Ann", "file_url": f"{SITE}/untyped"}, "fileUrl"),
        ({"content": b""}, "content"),
        ({"file_url": f"{SITE}/{'x' * 2000}"}, "fileUrl"),
    ],
    ids=["neither", "both", "empty", "long"],
)
def test_a_job_is_made_from_one_document_or_one_address(
    online: Installation, server: TlsServer, given: dict[str, object], field: str
) -> None:
    error = refusal(online.app.jobs.create, OWNER, **given)
    assert (error.code, error.details["field"]) == (Code.INVALID_ARGUMENT, field)
    assert server.asked == []


def test_a_repeat_is_answered_without_fetching_again(
    online: Installation, server: TlsServer
) -> None:
    """A client that retries must not fail because the page has changed or is away."""
    first = online.create(file_url=f"{SITE}/changing", key="mine")
    assert online.create(file_url=f"{SITE}/changing", key="mine") == first
    assert len(server.asked) == 1
    error = refusal(online.create, file_url=f"{SITE}/untyped", key="mine")
    assert (error.code, error.reason) == (Code.ALREADY_EXISTS, "key-reused")
    assert refusal(online.create, content=b"# Ann", key="mine").reason == "key-reused"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("image", Code.INVALID_ARGUMENT),
        ("video", Code.INVALID_ARGUMENT),
        ("empty", Code.INVALID_ARGUMENT),
        ("large", Code.INVALID_ARGUMENT),
        ("away", Code.INVALID_ARGUMENT),
        ("missing", Code.NOT_FOUND),
        ("unanswered", Code.UNAVAILABLE),
    ],
)
def test_what_cannot_be_fetched_makes_no_job_and_names_the_field(
    online: Installation, path: str, code: Code
) -> None:
    error = refusal(online.create, file_url=f"{SITE}/{path}?token=s3cret")
    assert (error.code, error.details["field"]) == (code, "fileUrl")
    assert error.message.startswith("fileUrl: ")
    assert error.message.count("fileUrl") == 1
    assert "s3cret" not in f"{error.message} {error.details} {error.reason}"
    assert HOST not in error.message
    assert online.documents() == []
    assert online.stored_files() == []


def test_there_are_no_uploads_in_an_embedded_installation(online: Installation) -> None:
    error = refusal(online.create, file_url=f"gs://bucket/{OWN}")
    assert (error.code, error.reason) == (Code.FAILED_PRECONDITION, "no-uploads")
    assert error.details["field"] == "fileUrl"


class Bucket(LocalFiles):
    """Files with uploads: what is asked for is remembered."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.asked: list[tuple[str, str]] = []

    def uploaded(self, bucket: str, path: str, limit: int) -> Fetched:
        self.asked.append((bucket, path))
        return Fetched(CV, "application/json")


class NoWeb:
    def fetch(self, url: str, limit: int) -> Fetched:
        raise AssertionError("the web was asked")


def quoted(path: str) -> str:
    return path.replace("/", "%2F")


@pytest.mark.parametrize(
    "url",
    [
        f"gs://bucket/{OWN}",
        f"{DOWNLOAD}{quoted(OWN)}?alt=media&token=abc",
        f"{DOWNLOAD}{quoted(OWN)}",
        f"http://localhost:9199/v0/b/bucket/o/{quoted(OWN)}?alt=media&token=abc",
        f"http://127.0.0.1:9199/v0/b/bucket/o/{quoted(OWN)}?alt=media",
        f"HTTPS://FirebaseStorage.GoogleAPIs.com./v0/b/bucket/o/{quoted(OWN)}",
    ],
)
def test_an_upload_of_ones_own_is_read_whatever_form_its_address_has(
    tmp_path: Path, url: str
) -> None:
    bucket = Bucket(tmp_path)
    assert Sources(bucket, NoWeb()).fetched(OWNER, url).content == CV
    assert bucket.asked == [("bucket", OWN)]
    assert (name_at(url), own_upload("ann", url)) == ("cv.pdf", OWN)


@pytest.mark.parametrize(
    "path",
    [
        "users/bob/uploads/one/cv.pdf",
        "users/ann/generated/one/cv.html",
        "users/ann/uploads",
        "users/ann/uploads/",
        "users/ann/uploads/../../bob/uploads/cv.pdf",
        "users/ann/uploads/./cv.pdf",
        "users/ann/uploads//cv.pdf",
        "/users/ann/uploads/one/cv.pdf",
        "users/ann2/uploads/one/cv.pdf",
        "Users/ann/uploads/one/cv.pdf",
        "content/job/hash",
        "",
    ],
)
def test_an_object_of_anyone_else_or_of_another_place_is_refused(tmp_path: Path, path: str) -> None:
    bucket = Bucket(tmp_path)
    for url in (f"gs://bucket/{path}", f"{DOWNLOAD}{quoted(path)}?alt=media&token=abc"):
        error = refusal(Sources(bucket, NoWeb()).fetched, OWNER, url)
        assert (error.code, error.details["field"]) == (Code.INVALID_ARGUMENT, "fileUrl")
    assert bucket.asked == []


def test_names_of_objects_are_unquoted_once(tmp_path: Path) -> None:
    bucket = Bucket(tmp_path)
    twice = quoted("users/ann/uploads/one/") + "a%252F..%252Fb.pdf"
    Sources(bucket, NoWeb()).fetched(OWNER, DOWNLOAD + twice)
    assert bucket.asked == [("bucket", "users/ann/uploads/one/a%2F..%2Fb.pdf")]
    climbing = quoted("users/ann/uploads/") + "%2e%2e%2f%2e%2e%2fbob%2fuploads%2fcv.pdf"
    error = refusal(Sources(bucket, NoWeb()).fetched, OWNER, DOWNLOAD + climbing)
    assert error.code == Code.INVALID_ARGUMENT


@pytest.mark.parametrize(
    "url",
    [
        "https://firebasestorage.googleapis.com/v0/b/bucket/o",
        "https://firebasestorage.googleapis.com/",
        f"{DOWNLOAD}users/ann/uploads/one/cv.pdf",
        f"{DOWNLOAD}{quoted('users/ann/uploads/one/')}cv%0A.pdf",
        "http://localhost:9199/other",
        "https://127.0.0.1/cv.pdf",
        "https://[::1",
    ],
)
def test_an_address_of_storage_that_names_no_object_is_refused(tmp_path: Path, url: str) -> None:
    error = refusal(Sources(Bucket(tmp_path), NoWeb()).fetched, OWNER, url)
    assert (error.code, error.details["field"]) == (Code.INVALID_ARGUMENT, "fileUrl")


def test_other_addresses_are_none_of_storage() -> None:
    for url in ("", "https://example.com/v0/b/bucket/o/x", "https://firebasestorage.example.com/"):
        assert upload_place(url) is None


def test_an_upload_is_deleted_with_its_job(tmp_path: Path) -> None:
    """W3."""

    class Uploads(Bucket):
        removed: list[str] = []  # noqa: RUF012 - of this test alone

        def unpublish(self, path: str) -> None:
            self.removed.append(path)
            super().unpublish(path)

    uploads = Uploads(tmp_path / "bucket")
    with_uploads(tmp_path, uploads)
    assert uploads.removed[-1:] == [OWN]


def with_uploads(folder: Path, files: Files) -> None:
    one = Installation(folder, files=files)
    try:
        job = one.completed(file_url=f"gs://bucket/{OWN}")
        one.app.jobs.delete(OWNER, job.id)
    finally:
        one.close()


def test_nobody_else_sees_what_was_made_from_an_address(online: Installation) -> None:
    job = online.create(file_url=f"{SITE}/untyped")
    with pytest.raises(WorkflowError) as caught:
        online.app.jobs.get(Caller("bob", "acme"), job.id)
    assert caught.value.code == Code.NOT_FOUND
