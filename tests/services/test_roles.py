"""Who may read a job and who may change it: the same as `firestore.rules` says (J4, M1)."""

from typing import Any

import pytest

from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.jobs import Caller
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.operations import OPERATIONS, JobRequest
from tests.services.installation import Installation
from tests.workloads import FEATURES, OWNER

MORE: dict[str, dict[str, Any]] = {
    "updateJobStatus": {"status": "paused"},
    "rerunJob": {"step": "assemble"},
    "orchestrateFeatures": {"features": []},
    "updateFeatureStatus": {"featureId": FEATURES[0], "status": "skipped"},
}
READING = {
    "getJob",
    "getJobProgress",
    "getJobResult",
    "getFeatureProgress",
    "debugJobProcessing",
    "debugFeatureOrchestration",
}
OF_A_JOB = {name for name, row in OPERATIONS.items() if issubclass(row.request, JobRequest)}
CHANGING = OF_A_JOB - READING

REVIEWER = Caller("rea", "acme", frozenset({"user", "reviewer"}))
STRANGERS = [
    Caller("bob", "acme"),
    Caller("ann", "other"),
    Caller("rea", "other", frozenset({"user", "reviewer", "operator", "service"})),
]
TRUSTED = [OWNER, Caller("olga", "acme", frozenset({"user", "operator"}))]


def call(installation: Installation, name: str, caller: Caller, job: Job) -> Any:
    return installation.app.call(name, caller, {"jobId": job.id, **MORE.get(name, {})})


def code_of(installation: Installation, name: str, caller: Caller, job: Job) -> Code:
    with pytest.raises(WorkflowError) as caught:
        call(installation, name, caller, job)
    return caught.value.code


def _name(caller: Caller) -> str:
    return f"{caller.uid}@{caller.tenant}"


@pytest.mark.parametrize("name", sorted(READING))
def test_owner_reviewer_and_operator_read_a_job(installation: Installation, name: str) -> None:
    job = installation.completed()
    for caller in (*TRUSTED, REVIEWER):
        assert call(installation, name, caller, job) is not None


@pytest.mark.parametrize("name", sorted(CHANGING))
def test_a_reviewer_changes_no_job(installation: Installation, name: str) -> None:
    job = installation.completed()
    assert code_of(installation, name, REVIEWER, job) == Code.PERMISSION_DENIED
    assert installation.get(job.id) == job


@pytest.mark.parametrize("caller", STRANGERS, ids=_name)
@pytest.mark.parametrize("name", sorted(OF_A_JOB))
def test_for_anyone_else_there_is_no_such_job(
    installation: Installation, name: str, caller: Caller
) -> None:
    job = installation.completed()
    assert code_of(installation, name, caller, job) == Code.NOT_FOUND
    assert installation.get(job.id) == job


@pytest.mark.parametrize("caller", TRUSTED, ids=_name)
def test_owner_and_operator_change_a_job(installation: Installation, caller: Caller) -> None:
    job = installation.create()
    assert call(installation, "updateJobStatus", caller, job)["status"] == "paused"
    assert call(installation, "cancelJob", caller, job)["status"] == "cancelled"
    assert call(installation, "deleteJob", caller, job) is None


def test_a_reviewer_lists_only_jobs_of_their_own(installation: Installation) -> None:
    installation.create()
    assert installation.app.call("getJobHistory", REVIEWER, None) == []
