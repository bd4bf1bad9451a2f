"""A job through the functions alone (J1, J4, J9), and who may do what with it."""

from collections.abc import Mapping

import pytest
from pydantic.fields import FieldInfo

from cvplus_workflow.app import EmbeddedApp
from cvplus_workflow.operations import OPERATIONS, Operation
from cvplus_workflow.worker import drain

from .web import User, Web, new_job

ADA = User("ada", "acme")
COLLEAGUE = User("bob", "acme")
STRANGER = User("eve", "other")
NAMESAKE = User("ada", "other")
LONER = User("ada")


@pytest.fixture
def job(web: Web, app: EmbeddedApp) -> str:
    """A job of Ada's that nobody has worked on yet."""
    made = web.call("createJob", new_job(), ADA)
    assert made.http == 200, made
    name: str = made.result["id"]
    return name


def test_a_cv_goes_in_and_a_finished_job_comes_out(web: Web, app: EmbeddedApp) -> None:
    made = web.call("createJob", new_job(), ADA)
    assert made.result["status"] == "pending"
    job = {"jobId": made.result["id"]}
    assert web.call("getJobProgress", job, ADA).result["status"] == "pending"

    drain(app)

    progress = web.call("getJobProgress", job, ADA).result
    assert (progress["status"], progress["progress"]) == ("completed", 100)
    assert {step["id"]: step["state"] for step in progress["steps"] if step["feature"]} == {
        "skills-visualization": "completed",
        "interactive-timeline": "completed",
    }
    result = web.call("getJobResult", job, ADA).result
    assert "Richard Hendriks" in str(result)
    assert [item["id"] for item in web.call("getJobHistory", None, ADA).result] == [job["jobId"]]
    assert web.call("deleteJob", job, ADA).http == 200
    assert web.call("getJob", job, ADA).status == "NOT_FOUND"


def test_null_is_taken_for_no_fields(web: Web, app: EmbeddedApp) -> None:
    assert web.call("getJobHistory", None, User("nobody")).result == []


def test_the_same_key_again_answers_the_same_job(web: Web, app: EmbeddedApp) -> None:
    """J1"""
    first, again = (web.call("createJob", new_job(key="k"), ADA).result["id"] for _ in "12")
    assert first == again
    other = web.call("createJob", new_job(key="k", paper="letter"), ADA)
    assert (other.http, other.status, other.details["field"]) == (409, "ALREADY_EXISTS", "key")


def test_a_cv_of_the_largest_size_fits_into_a_request(web: Web, app: EmbeddedApp) -> None:
    largest = "IyMj" * (10 * 1024 * 1024 // 3)
    assert web.call("createJob", new_job(content=largest, features=[]), User("big")).http == 200


WITH_JOB = [item.name for item in OPERATIONS.values() if "job_id" in item.request.model_fields]

EXAMPLES = {
    "status": "cancelled",
    "features": ["skills-visualization"],
    "featureId": "skills-visualization",
    "step": "parse",
}
"""Values for required fields, by wire name; a new operation's fields are added here."""


def test_there_are_operations_on_jobs() -> None:
    assert len(WITH_JOB) >= 8


@pytest.mark.parametrize("user", [STRANGER, COLLEAGUE, NAMESAKE, LONER], ids=str)
@pytest.mark.parametrize("name", WITH_JOB)
def test_nobody_but_its_owner_finds_a_job(web: Web, job: str, name: str, user: User) -> None:
    before = web.call("getJob", {"jobId": job}, ADA)
    reply = web.call(name, _request(OPERATIONS[name], job), user)
    assert (reply.http, reply.status) == (404, "NOT_FOUND"), reply
    assert reply == _for_a_missing_job(web, name, user, job)
    assert web.call("getJob", {"jobId": job}, ADA) == before


def _for_a_missing_job(web: Web, name: str, user: User, job: str) -> object:
    """The same reply for a job that does not exist, its id replaced by `job`."""
    missing = "f" * 32
    reply = web.call(name, _request(OPERATIONS[name], missing), user)
    return type(reply)(
        reply.http,
        status=reply.status,
        message=reply.message.replace(missing, job),
        details={key: job if value == missing else value for key, value in reply.details.items()},
    )


def _request(operation: Operation, job: str) -> dict[str, object]:
    fields: Mapping[str, FieldInfo] = operation.request.model_fields
    names = [field.alias or name for name, field in fields.items() if field.is_required()]
    examples = {**EXAMPLES, "jobId": job}
    if operation.name == "updateFeatureStatus":
        examples["status"] = "skipped"
    return {name: examples[name] for name in names}


@pytest.mark.parametrize("name", OPERATIONS)
def test_without_a_token_nothing_is_answered(web: Web, app: EmbeddedApp, name: str) -> None:
    reply = web.call(name, {"jobId": "a", "unknown": 1}, None)
    assert (reply.http, reply.status) == (401, "UNAUTHENTICATED")


def test_the_history_is_the_callers_own(web: Web, job: str) -> None:
    """J6"""
    for user in (STRANGER, COLLEAGUE, NAMESAKE, LONER):
        assert web.call("getJobHistory", {}, user).result == []


def test_the_history_is_turned_page_by_page(web: Web, app: EmbeddedApp) -> None:
    """J6: by the id of the last job of the page before, beyond any limit."""
    reader = User("paging", "acme")
    made = [web.call("createJob", new_job(), reader).result["id"] for _ in range(5)]
    pages: list[list[str]] = []
    asked = {"limit": 2, "status": "pending"}
    while page := [job["id"] for job in web.call("getJobHistory", asked, reader).result]:
        pages.append(page)
        asked = {**asked, "after": page[-1]}
        assert len(pages) < 4
    assert pages == [made[:2:-1], made[2:0:-1], made[:1]]


def test_nobody_pages_on_behind_anothers_job(web: Web, job: str) -> None:
    """I9"""
    for user in (STRANGER, COLLEAGUE, NAMESAKE, LONER, User("op", "acme", ["user", "operator"])):
        reply = web.call("getJobHistory", {"after": job}, user)
        assert (reply.http, reply.status) == (404, "NOT_FOUND")
    assert web.call("getJobHistory", {"after": "../jobs"}, ADA).status == "INVALID_ARGUMENT"


def test_an_operator_sees_the_jobs_of_their_own_tenant_alone(web: Web, job: str) -> None:
    ours, theirs = (User("op", tenant, ["user", "operator"]) for tenant in ("acme", "other"))
    assert web.call("getJob", {"jobId": job}, ours).result["id"] == job
    assert web.call("getJob", {"jobId": job}, theirs).status == "NOT_FOUND"


@pytest.mark.parametrize("roles", [[], ["reviewer"], ["admin"], "user", {"user": True}])
def test_without_the_role_an_operation_is_denied(web: Web, job: str, roles: object) -> None:
    reply = web.call("getJob", {"jobId": job}, User("ada", "acme", roles))
    assert (reply.http, reply.status) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize("tenant", ["", 7, ["acme"], {}, "a/b", "..", "a\nb"])
def test_a_tenant_that_is_no_name_is_no_tenant(web: Web, job: str, tenant: object) -> None:
    reply = web.call("getJob", {"jobId": job}, User("ada", tenant))
    assert (reply.http, reply.status) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("uid", ["../../ada", "ada/generated", ".", "ada\n"])
def test_a_user_id_that_could_lead_to_anothers_files_is_no_user(
    web: Web, job: str, uid: str
) -> None:
    """I9: finished files stand below the user's id."""
    reply = web.call("getJob", {"jobId": job}, User(uid, "acme"))
    assert (reply.http, reply.status, reply.details["reason"]) == (
        401,
        "UNAUTHENTICATED",
        "bad-uid",
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"paper": "a3"}, "paper"),
        ({"content": "no base64!"}, "content"),
        ({"content": ""}, "content"),
        ({"content": 7}, "content"),
        ({"priority": "now"}, "priority"),
        ({"features": "all"}, "features"),
        ({"features": ["teleportation"]}, "features"),
        ({"templateId": "none-such"}, "templateId"),
        ({"fileName": "\ud800"}, "fileName"),
        ({"publicUrl": "ftp://example.org"}, "publicUrl"),
        ({"publicUrl": "https://ada:secret@example.org"}, "publicUrl"),
        ({"targetRole": "Web\nDeveloper"}, "targetRole"),
        ({"jobDescription": "é" * 25_001}, "jobDescription"),
        ({"jobDescription": "x" * 50_001}, "jobDescription"),
        ({"colour": "red"}, "colour"),
    ],
    ids=lambda value: str(ascii(value)),
)
def test_a_wrong_field_is_named(
    web: Web, app: EmbeddedApp, change: dict[str, object], field: str
) -> None:
    reply = web.call("createJob", new_job(**change), ADA)
    assert (reply.http, reply.status) == (400, "INVALID_ARGUMENT")
    assert reply.details["field"] == field
    assert field in reply.message


def test_an_unknown_feature_is_named(web: Web, app: EmbeddedApp) -> None:
    """F8"""
    data = {"features": ["teleportation", "skills-visualization"]}
    reply = web.call("handleFeatureDependencies", data, ADA)
    assert reply.status == "INVALID_ARGUMENT"
    assert "teleportation" in reply.message


def test_an_illegal_move_names_both_states(web: Web, job: str) -> None:
    """J3"""
    web.call("cancelJob", {"jobId": job}, ADA)
    reply = web.call("updateJobStatus", {"jobId": job, "status": "paused"}, ADA)
    assert (reply.http, reply.status) == (400, "FAILED_PRECONDITION")
    assert "cancelled" in reply.message
    assert "paused" in reply.message
