"""Jobs on Firestore, Cloud Tasks, Pub/Sub and Cloud Storage, through the functions alone."""

import base64
import json
import threading

import pytest

from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.states import FeatureStatus, JobStatus, StepState
from cvplus_workflow.ports import StepAnswer, StepCall
from tests.e2e.faults import until

from .cloud import ADA, SOON, Cloud, carried, carry_all
from .web import ROOT, User

pytestmark = pytest.mark.xdist_group("emulated")

ENDLESS = b"# A CV\n\n" + b"[" * 3_000_000
"""Takes the Markdown reader longer than it may: every bracket might open a link."""

SKILLS, TIMELINE = "skills-visualization", "interactive-timeline"
STANDARD = "runStandardSteps"


def _cv(path: str, kind: str) -> dict[str, str]:
    cv = ROOT / "examples" / path
    content = base64.b64encode(cv.read_bytes()).decode()
    return {"content": content, "fileName": cv.name, "mediaType": kind}


CVS = {
    "Jane Q. Fullstacker": _cv("jane/resume.pdf", "application/pdf"),
    "Richard Hendriks": _cv("richard/sample.resume.json", "application/json"),
}


@pytest.mark.parametrize("name", CVS)
def test_a_real_cv_becomes_a_page_in_the_bucket(cloud: Cloud, name: str) -> None:
    """J1, J9, F1"""
    job = cloud.create(**CVS[name])
    assert cloud.ended(job).status is JobStatus.COMPLETED, cloud.job(job).error
    page = cloud.files.published(f"users/ada/generated/{job}/cv.html").decode()
    assert name in page
    assert cloud.files.published(f"users/ada/generated/{job}/cv.pdf").startswith(b"%PDF")
    progress = cloud.call("getJobProgress", {"jobId": job}).result
    assert (progress["status"], progress["progress"]) == ("completed", 100)
    assert job in {item["id"] for item in cloud.call("getJobHistory", None).result}


def test_the_history_goes_on_behind_the_last_job_of_a_page(cloud: Cloud) -> None:
    """J6"""
    with cloud.held_tasks():
        older, newer = cloud.create(), cloud.create()
    newest, *_ = cloud.call("getJobHistory", {"limit": 1}).result
    (after,) = cloud.call("getJobHistory", {"limit": 1, "after": newest["id"]}).result
    assert (newest["id"], after["id"]) == (newer, older)
    assert cloud.call("getJobHistory", {"after": newer}, User("eve")).status == "NOT_FOUND"
    assert {cloud.ended(job).status for job in (older, newer)} == {JobStatus.COMPLETED}


def test_a_stranger_finds_no_job_there(cloud: Cloud) -> None:
    """I9"""
    with cloud.held_tasks():
        job = cloud.create()
    for stranger in (User("eve", "other"), User("bob", "acme"), User("ada")):
        for name in ("getJob", "cancelJob", "getJobResult", "deleteJob"):
            assert cloud.call(name, {"jobId": job}, stranger).status == "NOT_FOUND"
    assert cloud.ended(job).status is JobStatus.COMPLETED


def test_cancelling_a_job_ends_the_body_that_runs_for_it(cloud: Cloud) -> None:
    """J5"""
    content = base64.b64encode(ENDLESS).decode()
    job = cloud.create(content=content, fileName="a.md", mediaType="text/markdown")
    assert until(lambda: _state(cloud.job(job), "parse") is StepState.RUNNING, SOON)
    assert cloud.call("cancelJob", {"jobId": job}).result["status"] == "cancelled"
    # The task ends with the body, which by itself takes until its timeout.
    timeout_s = cloud.job(job).run.definition.specs["parse"].timeout_s
    assert until(cloud.stack.queues.is_empty, timeout_s / 4)
    assert cloud.job(job).status is JobStatus.CANCELLED


def test_a_feature_skipped_while_it_runs_stays_skipped(cloud: Cloud) -> None:
    """F4"""
    ran = []

    def skip(call: StepCall) -> StepAnswer | None:
        ran.append(call.step)
        if call.step == SKILLS:
            asked = {"jobId": job, "featureId": SKILLS, "status": "skipped"}
            assert cloud.call("updateFeatureStatus", asked).http == 200
        return None

    with cloud.held_tasks(), cloud.other_instance(skip) as other:
        job = cloud.create()
        carry_all(cloud, other)
    assert SKILLS in ran
    done = cloud.ended(job)
    assert done.status is JobStatus.COMPLETED
    assert done.enhanced_features[SKILLS].status is FeatureStatus.SKIPPED
    assert done.generated_cv is not None
    assert done.generated_cv.features == [TIMELINE]


def test_a_task_that_is_delivered_again_changes_nothing(cloud: Cloud) -> None:
    """J7"""
    with cloud.held_tasks():
        job = cloud.create()
        seen = []
        while tasks := cloud.take():
            seen += tasks
            threads = [threading.Thread(target=cloud.deliver, args=(task,)) for task in tasks * 2]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            cloud.done(tasks)
        before = cloud.ended(job)
        assert [cloud.deliver(task) for task in seen] == [200] * len(seen)
    assert before.status is JobStatus.COMPLETED
    assert cloud.job(job) == before
    ends = [entry.step for entry in before.run.history if entry.event == "completed" and entry.step]
    assert len(ends) == len(set(ends))


def test_a_task_lost_with_its_instance_is_taken_over_at_once(cloud: Cloud) -> None:
    """J7"""

    class PowerCut(BaseException):
        pass

    def cut(call: StepCall) -> StepAnswer | None:
        raise PowerCut

    with cloud.held_tasks():
        job = cloud.create()
        (task,) = cloud.take()
        with cloud.other_instance(cut) as other, pytest.raises(PowerCut):
            other.carry(carried(task))
        assert _state(cloud.job(job), "parse") is StepState.RUNNING
        assert cloud.deliver(task) == 200
        cloud.done([task])
    done = cloud.ended(job)
    assert done.status is JobStatus.COMPLETED
    assert done.run.steps["parse"].attempt == 2


def test_killing_the_functions_loses_no_job(cloud: Cloud) -> None:
    """J7"""
    jobs = [cloud.create() for _ in range(4)]
    cloud.stack.kill_functions()
    cloud.stack.start_functions()
    for job in jobs:
        assert cloud.ended(job).status is JobStatus.COMPLETED


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"null",
        b'{"data": null}',
        b'{"data": {}}',
        b'{"name": "a", "jobId": "b", "queue": "standard", "rank": 0}',
        b'{"data": {"name": 1, "job_id": "b", "queue": "standard", "rank": 0}}',
        b'{"data": {"name": "a", "job_id": "b", "queue": "none-such", "rank": 0}}',
        b'{"data": ' + b"[" * 100_000,
    ],
    ids=lambda body: str(body[:60]),
)
def test_what_is_no_task_is_answered_with_success_since_it_never_will_be(
    cloud: Cloud, body: bytes
) -> None:
    assert cloud.web.send(STANDARD, body)[0] == 200


def test_a_task_of_a_deleted_job_is_done(cloud: Cloud) -> None:
    """W3"""
    with cloud.held_tasks():
        job = cloud.create()
        (task,) = cloud.take()
        cloud.call("cancelJob", {"jobId": job}, ADA)
        assert cloud.call("deleteJob", {"jobId": job}, ADA).http == 200
        assert cloud.deliver(task) == 200
        cloud.done([task])
        assert cloud.take() == []
    assert cloud.call("getJob", {"jobId": job}).status == "NOT_FOUND"


def test_malformed_json_is_an_invalid_argument_there_too(cloud: Cloud) -> None:
    status, body = cloud.web.send("getJobHistory", b"{")
    assert (status, json.loads(body)["error"]["status"]) == (400, "INVALID_ARGUMENT")


def _state(job: Job, step: str) -> StepState:
    return job.run.steps[step].state
