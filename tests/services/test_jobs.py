"""Jobs through their service: made once, listed, paused, gone on with, deleted (J1 to J6, W3)."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from cvplus_workflow.domain.change import Decide
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.features import JOB_DESCRIPTION, StepSpec
from cvplus_workflow.domain.jobs import Caller
from cvplus_workflow.domain.states import JobStatus, StepState
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.ports import Store
from cvplus_workflow.services.outputs import Outputs
from tests.services.installation import QUEUES, Installation
from tests.workloads import FEATURES, OWNER, job10

STRANGERS = [
    Caller("bob", "acme"),
    Caller("ann", "other"),
    Caller("bob", "other", frozenset({"operator", "service"})),
]


def refusal(call: Any, *arguments: Any, **named: Any) -> WorkflowError:
    with pytest.raises(WorkflowError) as caught:
        call(*arguments, **named)
    return caught.value


def test_the_same_key_from_sixteen_threads_makes_one_job(installation: Installation) -> None:
    """J1."""
    start = threading.Barrier(16)

    def create(_: int) -> Job:
        start.wait(10)
        return installation.create(key="mine")

    with ThreadPoolExecutor(16) as threads:
        jobs = list(threads.map(create, range(16)))
    assert len({(job.id, *job.run.commands) for job in jobs}) == 1
    assert installation.documents() == [f"jobs/{jobs[0].id}"]
    assert len(installation.tasks.take(QUEUES, 100)) == 1
    assert len(installation.stored_files()) == 1


def test_the_same_key_later_answers_the_job_as_it_is_by_then(installation: Installation) -> None:
    job = installation.completed(key="mine")
    assert installation.create(key="mine") == job
    assert job.status == JobStatus.COMPLETED


def test_without_a_key_the_same_cv_twice_is_two_jobs(installation: Installation) -> None:
    assert installation.create().id != installation.create().id


VACANCY = "Wir suchen eine Bibliothekarin. " * 1_000


def read_by(step: str) -> dict[str, StepSpec]:
    """The catalogue with one step that reads the job description."""
    specs = job10()
    return {**specs, step: replace(specs[step], reads=(JOB_DESCRIPTION,))}


def test_a_step_that_reads_the_job_description_is_given_it_and_no_other_step_is(
    tmp_path: Path,
) -> None:
    """F12: the text is a file of the job, so that the job document stays small."""
    installation = Installation(tmp_path, read_by(FEATURES[0]))
    job = installation.create(
        job_description=VACANCY, target_role=" Librarian ", public_url="https://ann.example"
    )
    outputs, specs = Outputs(installation.store, installation.files), job.run.definition.specs
    first, other = (outputs.given(job, specs[name], {}) for name in FEATURES[:2])
    given = [msgspec.json.decode(each)["job"] for each in (first, other)]
    installation.close()
    assert [settings.get("jobDescription") for settings in given] == [VACANCY, None]
    assert {(settings["role"], settings["url"]) for settings in given} == {
        ("Librarian", "https://ann.example")
    }
    assert outputs.files(job, specs[FEATURES[0]]) == {}
    assert len(msgspec.json.encode(job)) < 20_000


def test_a_step_gets_no_job_description_where_the_job_has_none(tmp_path: Path) -> None:
    installation = Installation(tmp_path, read_by(FEATURES[0]))
    job = installation.create()
    outputs = Outputs(installation.store, installation.files)
    given = outputs.given(job, job.run.definition.specs[FEATURES[0]], {})
    installation.close()
    assert "jobDescription" not in msgspec.json.decode(given)["job"]


def test_the_job_description_goes_when_its_job_is_deleted(installation: Installation) -> None:
    """W3"""
    job = installation.completed(job_description=VACANCY)
    assert len(installation.stored_files()) > 1
    installation.app.jobs.delete(OWNER, job.id)
    assert installation.stored_files() == []


def test_two_callers_may_use_the_same_key(installation: Installation) -> None:
    ids = {installation.create(caller, key="k").id for caller in (OWNER, *STRANGERS[:2])}
    assert len(ids) == 3


@pytest.mark.parametrize(
    "other",
    [
        {"content": b"# Bob"},
        {"features": []},
        {"paper": "letter"},
        {"template_id": "modern-professional"},
        {"job_description": "We seek a librarian."},
        {"target_role": "Librarian"},
        {"public_url": "https://ann.example"},
    ],
    ids=str,
)
def test_a_key_with_other_parameters_is_refused_and_leaves_no_file(
    installation: Installation, other: dict[str, Any]
) -> None:
    job = installation.create(key="mine")
    files = installation.stored_files()
    error = refusal(installation.create, key="mine", **other)
    assert (error.code, error.reason) == (Code.ALREADY_EXISTS, "key-reused")
    assert installation.stored_files() == files
    assert installation.get(job.id) == job


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"content": b""}, "content"),
        ({"features": ["zodiac-sign"]}, "features"),
        ({"template_id": "zodiac"}, "template"),
    ],
)
def test_a_request_that_is_refused_names_its_field_and_leaves_nothing(
    installation: Installation, wrong: dict[str, Any], field: str
) -> None:
    error = refusal(installation.create, **wrong)
    assert error.code == Code.INVALID_ARGUMENT
    assert field in str(error.details["field"])
    assert installation.documents() == installation.stored_files() == []
    assert installation.tasks.take(QUEUES, 100) == []


def test_the_history_is_paged_newest_first_and_holds_ones_own_jobs_only(
    installation: Installation,
) -> None:
    """J6."""
    ids = []
    for number in range(5):
        ids.append(installation.create().id)
        installation.clock.advance(number % 2)
        installation.create(STRANGERS[0])
    pages: list[list[Job]] = []
    after = None
    while (page := installation.app.jobs.history(OWNER, limit=2, after=after)) and len(pages) < 9:
        pages.append(page)
        after = page[-1].id
    found = [job for page in pages for job in page]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(job.id for job in found) == sorted(ids)
    times = [job.created_at for job in found]
    assert times == sorted(times, reverse=True)


def test_the_history_goes_on_behind_a_job_of_ones_own_only(installation: Installation) -> None:
    """J6, I9: nor does it tell an operator, who may read others' jobs, where these stand."""
    job = installation.completed()
    for caller in (*STRANGERS, Caller("bob", "acme", frozenset({"operator"}))):
        refused = refusal(installation.app.jobs.history, caller, after=job.id)
        missing = refusal(installation.app.jobs.history, caller, after="missing")
        assert refused.code == missing.code == Code.NOT_FOUND
        assert refused.message == missing.message.replace("missing", job.id)


def test_the_history_can_be_of_one_status_only(installation: Installation) -> None:
    done = installation.completed()
    installation.create()
    listed = installation.app.jobs.history(OWNER, status=JobStatus.COMPLETED)
    assert [job.id for job in listed] == [done.id]
    assert installation.app.jobs.history(STRANGERS[1]) == []


@pytest.mark.parametrize("stranger", STRANGERS, ids=["user", "tenant", "operator"])
def test_a_stranger_is_told_of_no_job_by_any_method(
    installation: Installation, stranger: Caller
) -> None:
    """I9."""
    job = installation.completed()
    jobs, before = installation.app.jobs, installation.get(job.id)
    for call, *arguments in (
        (jobs.get,),
        (jobs.process,),
        (jobs.cancel,),
        (jobs.set_status, JobStatus.PAUSED),
        (jobs.rerun, "parse"),
        (jobs.result,),
        (jobs.file, "cv.html"),
        (jobs.delete,),
        (installation.app.features.orchestrate, []),
        (installation.app.monitoring.progress,),
        (installation.app.monitoring.timeline,),
    ):
        error = refusal(call, stranger, job.id, *arguments)
        absent = refusal(call, stranger, "nothing", *arguments)
        assert error.code == Code.NOT_FOUND
        assert error.message.replace(job.id, "nothing") == absent.message
    assert installation.get(job.id) == before


def test_deleting_removes_documents_files_and_copies(installation: Installation) -> None:
    """W3."""
    installation.script.sizes = {"ats-optimization": 5_000}
    job, kept = installation.completed(), installation.completed(content=b"# Bea")
    assert any(job.id in path for path in installation.stored_files() if "published" in path)
    assert any(path.startswith(f"jobs/{job.id}/outputs/") for path in installation.documents())
    installation.app.jobs.delete(OWNER, job.id)
    left = [path for path in installation.documents() if job.id in path]
    assert left == [f"deletedJobs/{job.id}"]
    assert not [path for path in installation.stored_files() if job.id in path]
    assert installation.app.jobs.file(OWNER, kept.id, "cv.html")
    assert refusal(installation.get, job.id).code == Code.NOT_FOUND


class Meanwhile:
    """A store in which something happens just before the next commit."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.happens: Callable[[], object] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def transact(self, decide: Decide[Any], command_id: str) -> Any:
        happens, self.happens = self.happens, None
        if happens:
            happens()
        return self._store.transact(decide, command_id)


def test_a_key_whose_job_is_deleted_meanwhile_is_used_up(tmp_path: Path) -> None:
    """J1, W3. The first request is slow; its repeat has made the job, and it is deleted."""
    lines: list[Meanwhile] = []

    def line(store: Store) -> Any:
        lines.append(Meanwhile(store))
        return lines[0]

    installation = Installation(tmp_path, line=line)

    def repeated() -> None:
        job = installation.completed(key="mine")
        installation.app.jobs.delete(OWNER, job.id)

    lines[0].happens = repeated
    assert refusal(installation.create, key="mine").reason == "key-used-up"
    assert [path.split("/")[0] for path in installation.documents()] == ["deletedJobs"]
    installation.close()


def test_an_open_job_is_not_deleted(installation: Installation) -> None:
    job = installation.create()
    error = refusal(installation.app.jobs.delete, OWNER, job.id)
    assert (error.code, error.reason) == (Code.FAILED_PRECONDITION, "job-open")
    installation.app.jobs.cancel(OWNER, job.id)
    installation.app.jobs.delete(OWNER, job.id)
    assert installation.documents() == [f"deletedJobs/{job.id}"]
    assert installation.stored_files() == []


def test_a_deletion_that_was_cut_off_can_be_repeated(installation: Installation) -> None:
    job = installation.completed()
    installation.files.delete_folder(job.id)
    installation.app.jobs.delete(OWNER, job.id)
    assert installation.documents() == [f"deletedJobs/{job.id}"]
    assert installation.stored_files() == []


def test_cancelling_twice_is_once_and_a_completed_job_is_not_cancelled(
    installation: Installation,
) -> None:
    """J5."""
    job = installation.create()
    installation.app.jobs.cancel(OWNER, job.id)
    cancelled = installation.get(job.id)
    installation.app.jobs.cancel(OWNER, job.id)
    assert installation.get(job.id) == cancelled
    installation.drain()
    assert installation.get(job.id).status == JobStatus.CANCELLED
    assert installation.script.calls.total() == 0
    done = installation.completed(content=b"# Bea")
    error = refusal(installation.app.jobs.cancel, OWNER, done.id)
    assert error.details == {"from": "completed", "to": "cancelled"}


def test_only_a_job_that_has_ended_is_run_again(installation: Installation) -> None:
    """J7. A step is given, and its run is still open, or paused."""
    job = installation.create()
    jobs = installation.app.jobs
    for _ in range(2):
        with pytest.raises(WorkflowError) as raised:
            jobs.rerun(OWNER, job.id, "parse")
        assert (raised.value.code, raised.value.reason) == (
            Code.FAILED_PRECONDITION,
            "not-reopenable",
        )
        jobs.set_status(OWNER, job.id, JobStatus.PAUSED)
    assert installation.get(job.id).run.number == 1


def test_a_paused_job_runs_nothing_until_it_goes_on(installation: Installation) -> None:
    """J3."""
    job = installation.create()
    installation.app.jobs.set_status(OWNER, job.id, JobStatus.PAUSED)
    paused = installation.get(job.id)
    installation.app.jobs.set_status(OWNER, job.id, JobStatus.PAUSED)
    assert installation.get(job.id) == paused
    installation.drain()
    assert installation.script.calls.total() == 0
    installation.app.jobs.set_status(OWNER, job.id, JobStatus.PROCESSING)
    installation.drain()
    assert installation.get(job.id).status == JobStatus.COMPLETED
    assert set(installation.script.calls.values()) == {1}


@pytest.mark.parametrize("status", [JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.ANALYZED])
def test_a_caller_cannot_make_a_job_what_only_its_steps_make_it(
    installation: Installation, status: JobStatus
) -> None:
    job = installation.create()
    error = refusal(installation.app.jobs.set_status, OWNER, job.id, status)
    assert (error.code, error.reason) == (Code.FAILED_PRECONDITION, "illegal-move")


def test_going_on_after_a_failure_keeps_what_completed(installation: Installation) -> None:
    """J2, J7."""
    installation.script.errors = {"assemble": [WorkflowError(Code.DATA_LOSS, "Gone.")]}
    job = installation.completed()
    assert job.status == JobStatus.FAILED
    installation.app.jobs.process(OWNER, job.id)
    installation.drain()
    job = installation.get(job.id)
    assert (job.status, job.run.number) == (JobStatus.COMPLETED, 2)
    assert installation.script.calls == {
        **dict.fromkeys(("parse", *FEATURES), 1),
        "assemble": 2,
        "quality": 1,
    }


def test_going_on_with_a_queued_job_changes_nothing_and_with_a_completed_one_is_refused(
    installation: Installation,
) -> None:
    job = installation.create()
    installation.app.jobs.process(OWNER, job.id)
    assert installation.get(job.id) == job
    installation.drain()
    assert refusal(installation.app.jobs.process, OWNER, job.id).reason == "job-completed"


def test_a_result_holds_every_output_and_the_file_is_the_published_one(
    installation: Installation,
) -> None:
    """J9."""
    job = installation.completed()
    result = installation.app.jobs.result(OWNER, job.id)
    assert bytes(result.cv or b"") == b'{"summary":"Synthetic."}'
    assert [(f.id, f.state) for f in result.features] == [
        (name, StepState.COMPLETED) for name in FEATURES
    ]
    page = installation.app.jobs.file(OWNER, job.id, "cv.html")
    place = f"users/{OWNER.uid}/generated/{job.id}/cv.html"
    assert page == installation.files.published(place) == b"<p>Synthetic.</p>"


def test_a_file_that_is_not_there_yet_is_not_found(installation: Installation) -> None:
    job = installation.create()
    assert refusal(installation.app.jobs.file, OWNER, job.id, "cv.html").code == Code.NOT_FOUND
    installation.drain()
    missing = refusal(installation.app.jobs.file, OWNER, job.id, "../cv.html")
    assert missing.reason == "file-not-found"
