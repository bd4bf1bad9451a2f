"""A job whose document a page has made: a request, until `processCV` adopts it (J1, J2, J4).

On Firestore and Cloud Storage as they are emulated, under `firestore.rules`.
"""

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cvplus_workflow.app import App
from cvplus_workflow.domain.jobs import MAX_SOURCE_BYTES, Caller
from cvplus_workflow.domain.sources import Fetched
from cvplus_workflow.embedded.signer import LocalSigner
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.firebase.store import FirestoreStore
from cvplus_workflow.steps.runner import StepRunner
from tests.contract.firebase_back_end import FirebaseBackEnd
from tests.emulation import firestore_host
from tests.services.installation import QUEUES
from tests.workloads import FEATURES, Script, SeededEntropy, job10

from .test_rules import OWNER, WHOLE_REQUEST, Firestore
from .web import ROOT, User, unsigned_token

ADA, BOB = Caller("ada", "acme"), Caller("bob", "acme")
PAGE = User("ada", "acme")
CV = (ROOT / "examples" / "richard" / "sample.resume.json").read_bytes()
KEPT = ("isUrl", "fileUrl", "mimeType", "fileName", "quickCreate", "userInstructions", "settings")


class World:
    """The system on emulators, a page's view of it, and a web of one document."""

    def __init__(self, folder: Path) -> None:
        self.back_end = FirebaseBackEnd(folder)
        self.project = self.back_end.project
        self.meanwhile: Callable[[], object] = lambda: None
        self.documents = Firestore(firestore_host(), self.project)
        self.documents.load((ROOT / "firestore.rules").read_text(encoding="utf-8"))
        steps = Script().registry(job10())
        self._runner = StepRunner(steps)
        self.app = App(
            self.back_end.store,
            self.back_end.dispatcher,
            self.back_end.publisher,
            self.back_end.files,
            self.back_end.clock,
            SeededEntropy(),
            self._runner,
            LocalSigner(folder / "signing.key"),
            steps,
            self,
        )

    def fetch(self, url: str, limit: int) -> Fetched:
        self.meanwhile()
        return Fetched(CV, "application/json")

    def upload(
        self, path: str, content: bytes = CV, kind: str = "application/json", packed: str = ""
    ) -> str:
        """Put an object into the bucket, `packed` in an encoding of HTTP's; its address."""
        bucket = self.back_end.bucket
        blob = bucket.blob(path)
        blob.content_encoding = packed or None
        blob.upload_from_string(content, kind)
        return f"gs://{bucket.name}/{path}"

    def request(self, job_id: str, user: User = PAGE, **changes: Any) -> dict[str, Any]:
        """Make a job's document as a page does."""
        fields = {**WHOLE_REQUEST, "userId": user.uid, **changes}
        token = unsigned_token(user, self.project)
        assert self.documents.create_with(f"jobs/{job_id}", fields, token) == 200
        return fields

    def call(self, name: str, caller: Caller = ADA, **data: object) -> Any:
        return self.app.call(name, caller, data)

    def refused(self, name: str, caller: Caller = ADA, **data: object) -> WorkflowError:
        with pytest.raises(WorkflowError) as caught:
            self.call(name, caller, **data)
        return caught.value

    def stored(self, job_id: str) -> dict[str, Any]:
        store = self.back_end.store
        assert isinstance(store, FirestoreStore)
        return store.snapshot(f"jobs/{job_id}").to_dict() or {}

    def drain(self) -> None:
        while tasks := self.back_end.take(QUEUES):
            self.back_end.finish(self.app.queue.execute(tasks))

    def close(self) -> None:
        self._runner.close()
        self.back_end.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    one = World(tmp_path_factory.mktemp("world"))
    yield one
    one.close()


def test_a_request_is_no_job_before_it_is_adopted(world: World) -> None:
    world.request("early")
    for name in ("getJob", "cancelJob", "processJob", "getJobProgress", "deleteJob"):
        assert world.refused(name, jobId="early").code == Code.NOT_FOUND
    assert world.call("getJobHistory") == []
    assert world.app.queue.sweep() == 0
    assert "run" not in world.stored("early")


def test_a_page_has_its_request_adopted_and_its_job_run(world: World) -> None:
    """Form A: the document first, then the upload, then the call."""
    address = world.upload("users/ada/uploads/form-a/richard.json")
    asked = world.request("form-a", fileUrl=address, fileName="richard.json", mimeType="")
    made = world.stored("form-a")["createdAt"]
    reply = world.call("processCV", jobId="form-a", fileUrl=address, mimeType=None, isUrl=False)
    assert reply["success"] is True
    assert (reply["jobId"], reply["parsedData"]) == ("form-a", None)
    kept = world.stored("form-a")
    assert {name: kept.get(name) for name in ("fileUrl", "fileName", "settings")} == {
        name: asked[name] for name in ("fileUrl", "fileName", "settings")
    }
    assert (kept["quickCreate"], kept["userInstructions"]) == (True, "Keep it short.")
    assert kept["createdAt"] == made
    assert (kept["tenant"], kept["userId"], kept["status"]) == ("acme", "ada", "pending")
    assert kept["mimeType"] == "application/json"
    assert "run" in kept
    assert "shard" in kept
    world.drain()
    assert world.call("getJob", jobId="form-a")["status"] == "analyzed"


def test_what_the_call_does_not_tell_is_taken_from_the_document(world: World) -> None:
    address = world.upload("users/ada/uploads/told/cv.json")
    asked = world.request("told", fileUrl=address)
    world.call("processCV", jobId="told")
    kept = world.stored("told")
    assert {name: kept.get(name, False) for name in KEPT} == {name: asked[name] for name in KEPT}


def test_the_page_reads_its_job_and_changes_it_no_more(world: World) -> None:
    world.request("locked", fileUrl="https://example.com/cv.json", isUrl=True)
    token = unsigned_token(PAGE, world.project)
    place = "/jobs/locked?updateMask.fieldPaths=fileName"
    change = {"fields": {"fileName": {"stringValue": "other.pdf"}}}
    assert world.documents.send("PATCH", place, token, change) == 200
    world.call("processCV", jobId="locked")
    assert world.documents.send("GET", "/jobs/locked", token) == 200
    assert world.documents.send("PATCH", place, token, change) == 403
    assert world.stored("locked")["fileName"] == "other.pdf"


def test_a_repeat_answers_the_job_as_it_stands(world: World) -> None:
    world.request("again", fileUrl="https://example.com/cv.json")
    world.call("processCV", jobId="again", features=list(FEATURES))
    world.drain()
    before = world.stored("again")
    reply = world.call("processCV", jobId="again", features=list(FEATURES))
    assert (reply["status"], reply["progress"]) == ("completed", 100)
    assert world.stored("again") == before


def test_without_a_document_the_call_makes_one(world: World) -> None:
    """Form B: the id is the page's, the document is ours."""
    reply = world.call(
        "processCV",
        jobId="job_1767603600000_x7f3",
        fileUrl="https://example.com/cv/richard.json",
        mimeType="application/json",
        isUrl=True,
        fileName=None,
        fileSize=len(CV),
        features=list(FEATURES[:2]),
        jobDescription=None,
        templateId="modern",
        priority="high",
        metadata={"source": "page"},
    )
    kept = world.stored(reply["jobId"])
    assert (kept["userId"], kept["tenant"], kept["priority"]) == ("ada", "acme", "high")
    assert (kept["fileName"], kept["selectedFeatures"]) == ("richard.json", list(FEATURES[:2]))
    world.drain()
    assert world.call("getJob", jobId=reply["jobId"])["status"] == "completed"


def test_nobody_has_anothers_request_adopted(world: World) -> None:
    world.request("adas", fileUrl="https://example.com/cv.json")
    before = world.stored("adas")
    assert world.refused("processCV", BOB, jobId="adas").code == Code.NOT_FOUND
    assert world.stored("adas") == before
    world.call("processCV", jobId="adas")
    assert world.refused("processCV", BOB, jobId="adas").code == Code.NOT_FOUND
    other = Caller("ada", "other")
    assert world.refused("processCV", other, jobId="adas").code == Code.NOT_FOUND


def test_an_upload_of_anyone_else_is_not_read(world: World) -> None:
    address = world.upload("users/bob/uploads/one/cv.json")
    world.request("theft", fileUrl=address)
    error = world.refused("processCV", jobId="theft")
    assert (error.code, error.details["field"]) == (Code.INVALID_ARGUMENT, "fileUrl")
    assert "run" not in world.stored("theft")


def test_a_request_that_changes_while_it_is_adopted_is_left_to_the_next_try(world: World) -> None:
    fields = world.request("moving", fileUrl="https://example.com/cv.json")
    changed = {**fields, "fileUrl": "https://example.com/other.json"}
    world.meanwhile = lambda: world.documents.put("jobs/moving", changed, OWNER)
    assert world.refused("processCV", jobId="moving").code == Code.ABORTED
    world.meanwhile = lambda: None
    assert "run" not in world.stored("moving")
    world.call("processCV", jobId="moving")
    assert world.stored("moving")["fileUrl"] == "https://example.com/other.json"


def test_an_id_is_used_up_by_a_job_that_is_deleted(world: World) -> None:
    address = world.upload("users/ada/uploads/short/cv.json")
    world.call("processCV", jobId="short", fileUrl=address)
    world.call("cancelJob", jobId="short")
    world.call("deleteJob", jobId="short")
    assert not world.back_end.bucket.blob("users/ada/uploads/short/cv.json").exists()
    error = world.refused("processCV", jobId="short", fileUrl="https://example.com/cv.json")
    assert (error.code, error.details["field"]) == (Code.ALREADY_EXISTS, "jobId")
    token = unsigned_token(PAGE, world.project)
    assert world.documents.create_with("jobs/short", WHOLE_REQUEST, token) == 403


def test_an_id_that_operations_choose_is_not_a_pages_to_choose(world: World) -> None:
    """So that nobody takes the id of somebody's key, or learns which jobs there are."""
    error = world.refused("processCV", jobId="0" * 32, fileUrl="https://example.com/cv.json")
    assert error.code == Code.NOT_FOUND


def test_without_an_address_there_is_nothing_to_process(world: World) -> None:
    world.request("bare", fileUrl="")
    for job_id in ("bare", "absent"):
        assert world.refused("processCV", jobId=job_id).code == Code.INVALID_ARGUMENT


@pytest.mark.parametrize(
    ("path", "bucket", "code"),
    [
        ("users/ada/uploads/up/missing.json", "", Code.NOT_FOUND),
        ("users/ada/uploads/up/cv.json", "another-bucket", Code.NOT_FOUND),
        ("users/ada/uploads/up/large.json", "", Code.INVALID_ARGUMENT),
        ("users/ada/uploads/up/empty.json", "", Code.INVALID_ARGUMENT),
        ("users/ada/uploads/up/photo.png", "", Code.INVALID_ARGUMENT),
    ],
)
def test_an_upload_that_is_no_document_makes_no_job(
    world: World, path: str, bucket: str, code: Code
) -> None:
    world.upload("users/ada/uploads/up/cv.json")
    world.upload("users/ada/uploads/up/large.json", b"x" * (MAX_SOURCE_BYTES + 1))
    world.upload("users/ada/uploads/up/empty.json", b"")
    world.upload("users/ada/uploads/up/photo.png", CV, "image/png")
    address = f"gs://{bucket or world.back_end.bucket.name}/{path}"
    error = world.refused("createJob", fileUrl=address)
    assert (error.code, error.details["field"]) == (code, "fileUrl")


def test_an_upload_that_unpacks_itself_is_refused_before_it_is_read(world: World) -> None:
    """F5: some kilobytes could unpack to gigabytes, which no limit of an upload would notice."""
    content = gzip.compress(bytes(MAX_SOURCE_BYTES * 10))
    address = world.upload("users/ada/uploads/up/bomb.json", content, packed="gzip")
    error = world.refused("createJob", fileUrl=address)
    assert (error.reason, error.details["field"]) == ("document-packed", "fileUrl")


def test_a_job_is_made_from_an_upload_by_its_download_address(world: World) -> None:
    world.upload("users/ada/uploads/dl/cv.json")
    place = "users%2Fada%2Fuploads%2Fdl%2Fcv.json"
    address = f"http://localhost:9199/v0/b/{world.back_end.bucket.name}/o/{place}?alt=media&token=x"
    reply = world.call("createJob", fileUrl=address)
    assert reply["fileName"] == "cv.json"
    assert world.stored(reply["id"])["mimeType"] == "application/json"
    assert world.stored(reply["id"])["createdAt"] < datetime.now(UTC)
