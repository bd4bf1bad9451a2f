"""Every function that is deployed, called on the emulators for what it is for (J1 to J9, F, M1)."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from cvplus_workflow.domain.states import JobStatus, StepState
from cvplus_workflow.firebase.clients import bucket_client
from cvplus_workflow.firebase.emulators import environment
from tests.e2e.faults import until

from .cloud import SOON, Cloud
from .delegated import CALLBACKS, SKILLS, Delegated
from .test_rules import REQUEST, Firestore
from .test_stream import events, stream
from .web import RICHARD, User, new_job, unsigned_token

pytestmark = pytest.mark.xdist_group("emulated")

ANN = User("ann", "everything")
OLGA = User("olga", "everything", ["user", "operator"])
TIMELINE = "interactive-timeline"
LIGHT, STANDARD, HEAVY = "runLightSteps", "runStandardSteps", "runHeavySteps"


class Calls:
    """Calls functions, and remembers which."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.names: set[str] = set()

    def call(self, name: str, user: User = ANN, /, **data: object) -> Any:
        """What the operation `name` answers."""
        self.names.add(name)
        reply = self.cloud.call(name, data, user)
        assert reply.http == 200, reply
        return reply.result

    def refused(self, name: str, user: User = ANN, /, **data: object) -> str:
        """The status with which the operation `name` refuses."""
        self.names.add(name)
        reply = self.cloud.call(name, data, user)
        assert reply.http != 200
        return reply.status

    def carry(self, function: str = "") -> list[str]:
        """Deliver tasks until none is due; answers the functions that got them.

        They go to the functions that they are meant for, or all to `function`.
        """
        got: list[str] = []
        while tasks := self.cloud.take():
            got += [self._deliver(task.http_request, function) for task in tasks]
            self.cloud.done(tasks)
        return got

    def _deliver(self, request: Any, function: str) -> str:
        name = function or request.url.rpartition("/")[2]
        data = json.loads(request.body)["data"]
        queue = re.fullmatch(r"run(\w+)Steps", name)
        assert queue is not None
        body = json.dumps({"data": {**data, "queue": queue[1].lower()}})
        status, answer = self.cloud.web.send(name, body)
        assert (status, json.loads(answer)) == (200, {"result": None})
        self.names.add(name)
        return name


def test_every_function_is_called_and_does_what_it_is_for(
    cloud: Cloud, functions: Mapping[str, Callable[..., Any]]
) -> None:
    assert until(cloud.stack.queues.is_empty, SOON)
    calls = Calls(cloud)
    with cloud.held_tasks():
        job = _made_paused_cancelled_and_gone_on_with(calls)
        _planned_and_chosen(calls, job)
        _followed_while_a_feature_is_skipped(calls, job)
        _delivered_run_again_and_deleted(calls, job)
        _adopted_by_the_id_of_a_page(calls)
        _switched_off_and_on(calls)
        _carried_as_heavy(calls)
        _swept(calls)
    _answered_by_a_service(calls)
    assert calls.names == set(functions)


def _made_paused_cancelled_and_gone_on_with(calls: Calls) -> str:
    """J1, J2, J3, J5: until the choice of features."""
    made = calls.call("createJob", **new_job(features=None))
    job: str = made["id"]
    assert (made["status"], made["progress"], made["selectedFeatures"]) == ("pending", 0, [])
    assert calls.call("updateJobStatus", jobId=job, status="paused")["status"] == "paused"
    calls.carry()
    assert calls.call("getJob", jobId=job)["status"] == "paused"
    assert calls.call("updateJobStatus", jobId=job, status="processing")["status"] == "pending"
    assert calls.call("cancelJob", jobId=job)["status"] == "cancelled"
    calls.carry()
    assert calls.call("getJob", jobId=job)["status"] == "cancelled"
    assert calls.call("processJob", jobId=job)["status"] == "pending"
    assert calls.carry() == [STANDARD]
    assert calls.call("getJob", jobId=job)["status"] == "analyzed"
    assert calls.call("getJobProgress", jobId=job)["run"] == 2
    return job


def _planned_and_chosen(calls: Calls, job: str) -> None:
    """F1, F8, F10: what could run is told beforehand, and then chosen."""
    features = [SKILLS, "language-proficiency"]
    report = calls.call("handleFeatureDependencies", features=features)
    assert report == {
        "missing": [],
        "cycles": [],
        "conflicts": [],
        "phases": [["parse"], [SKILLS], ["language-proficiency"]],
    }
    order = calls.call("optimizeFeatureSequence", features=features)
    assert [step["id"] for step in order["steps"]][:3] == ["parse", *features]
    assert order["criticalPath"][0] == "parse"
    chosen = calls.call("orchestrateFeatures", jobId=job, features=[SKILLS, TIMELINE])
    assert (chosen["status"], chosen["selectedFeatures"]) == ("generating", [SKILLS, TIMELINE])


def _followed_while_a_feature_is_skipped(calls: Calls, job: str) -> None:
    """F4, F5, J4, D, M1"""
    plan = calls.call("debugFeatureOrchestration", jobId=job)
    assert {step["id"] for step in plan["steps"] if step["state"] == "queued"} == {SKILLS, TIMELINE}
    assert (plan["run"], plan["carried"]) == (2, 2)
    calls.call("updateFeatureStatus", jobId=job, featureId=TIMELINE, status="skipped")
    assert _features(calls, job) == {SKILLS: "pending", TIMELINE: "skipped"}
    assert calls.carry() == [LIGHT, STANDARD]
    assert _features(calls, job) == {SKILLS: "completed", TIMELINE: "skipped"}
    progress = calls.call("getJobProgress", jobId=job)
    assert (progress["status"], progress["progress"]) == ("completed", 100)
    calls.names.add("streamJob")
    status, body = stream(calls.cloud, job, ANN)
    assert (status, [each["event"] for each in events(body)]) == (200, ["progress", "end"])
    told = calls.call("debugJobProcessing", jobId=job)
    assert [moment["run"] for moment in told] == sorted(moment["run"] for moment in told)
    assert {"cancelled", "completed"} <= {
        word for moment in told if moment["subject"] == "job" for word in moment["text"].split()
    }


def _features(calls: Calls, job: str) -> dict[str, str]:
    return {each["id"]: each["status"] for each in calls.call("getFeatureProgress", jobId=job)}


def _delivered_run_again_and_deleted(calls: Calls, job: str) -> None:
    """J6, J7, J9, W3"""
    result = calls.call("getJobResult", jobId=job)
    assert "Richard Hendriks" in str(result)
    assert calls.refused("getJobResult", User("bob", "everything"), jobId=job) == "NOT_FOUND"
    assert calls.call("rerunJob", jobId=job, step="assemble")["status"] == "generating"
    # The new run takes up what was skipped in the old one, too.
    assert calls.carry() == [LIGHT, STANDARD]
    assert _features(calls, job) == {SKILLS: "completed", TIMELINE: "completed"}
    (listed,) = calls.call("getJobHistory", status="completed")
    assert (listed["id"], listed["progress"]) == (job, 100)
    assert calls.call("getJobProgress", jobId=job)["run"] == 3
    assert calls.call("deleteJob", jobId=job) is None
    assert calls.call("getJobHistory") == []
    assert calls.refused("getJob", jobId=job) == "NOT_FOUND"


def _adopted_by_the_id_of_a_page(calls: Calls) -> None:
    """J1: the page makes the document, uploads, and calls."""
    stack, job = calls.cloud.stack, "page-made"
    with environment(stack.environment):
        bucket = bucket_client(stack.project, stack.bucket)
    path = "users/ann/uploads/page-made/cv.json"
    bucket.blob(path).upload_from_string(RICHARD.read_bytes(), "application/json")
    documents = Firestore(stack.hosts["FIRESTORE_EMULATOR_HOST"], stack.project)
    token = unsigned_token(ANN, stack.project)
    assert documents.create_with(f"jobs/{job}", {**REQUEST, "userId": "ann"}, token) == 200
    address = f"gs://{stack.bucket}/{path}"
    asked = {"jobId": job, "fileUrl": address, "features": []}
    assert calls.call("processCV", **asked)["parsedData"] is None
    assert calls.carry() == [STANDARD]
    answer = calls.call("processCV", **asked)
    assert (answer["jobId"], answer["status"], answer["progress"]) == (job, "completed", 100)
    assert answer["parsedData"]["personalInfo"]["name"] == "Richard Hendriks"


def _switched_off_and_on(calls: Calls) -> None:
    """F11"""
    wanted = new_job(features=[TIMELINE])
    assert calls.refused("setFlag", ANN, flagId=TIMELINE, on=False) == "PERMISSION_DENIED"
    calls.call("setFlag", OLGA, flagId=TIMELINE, on=False)
    (flag,) = calls.call("listFlags", OLGA)
    assert (flag["id"], flag["on"], flag["changedBy"]) == (TIMELINE, False, OLGA.uid)
    assert calls.refused("createJob", **wanted) == "FAILED_PRECONDITION"
    calls.call("setFlag", OLGA, flagId=TIMELINE, on=True)
    job = calls.call("createJob", **wanted)["id"]
    assert calls.carry() == [STANDARD]
    assert _features(calls, job) == {TIMELINE: "completed"}


def _carried_as_heavy(calls: Calls) -> None:
    """No built-in step is heavy; a function with more memory and time takes any other as well."""
    job = calls.call("createJob", **new_job())["id"]
    assert calls.carry(HEAVY) == [HEAVY]
    assert calls.cloud.job(job).status is JobStatus.COMPLETED


def _swept(calls: Calls) -> None:
    """J7"""
    cloud = calls.cloud
    job = calls.call("createJob", **new_job(features=[]))["id"]
    cloud.done(cloud.take())
    cloud.make_overdue(job, timedelta(minutes=10))
    for name in ("sweep", "tick"):
        told = cloud.log().count("jobs are overdue")
        cloud.stack.run_scheduled(name)
        calls.names.add(name)
    assert cloud.log().count("jobs are overdue") == told
    assert calls.carry() == [STANDARD]
    assert cloud.job(job).status is JobStatus.COMPLETED


def _answered_by_a_service(calls: Calls) -> None:
    """F4: an answer by message lets the job end, which is an event."""
    cloud, delegated = calls.cloud, Delegated(calls.cloud)
    cloud.publish(CALLBACKS, json.dumps(delegated.answer()).encode())
    assert cloud.ended(delegated.id).run.steps[SKILLS].state is StepState.COMPLETED
    calls.names.add("onServiceCallback")
    assert until(lambda: f"run {delegated.id}/1/job/completed" in cloud.log(), SOON)
    calls.names.add("onJobEvent")
