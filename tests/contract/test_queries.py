"""What every Store's queries do: they find candidates in order, page by page (J6, J10)."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from cvplus_workflow.app import App
from cvplus_workflow.domain.change import Change, Cursor, Query
from cvplus_workflow.domain.documents import Job, job_ref, put_job
from cvplus_workflow.domain.jobs import new_job
from cvplus_workflow.domain.plan import job_plan
from cvplus_workflow.domain.states import JobStatus
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.firebase.signer import SecretSigner
from cvplus_workflow.steps.runner import StepRunner
from tests.contract.back_ends import BackEnd
from tests.workloads import OWNER, START, JobScene, SeededEntropy, job10, request

TEMPLATE = JobScene().job
OWNED = (("tenant", "acme"), ("userId", "ann"))


def minute(number: int) -> datetime:
    return START + timedelta(minutes=number)


def keep(
    back_end: BackEnd,
    job_id: str,
    created: int,
    *,
    uid: str = "ann",
    tenant: str = "acme",
    status: JobStatus = JobStatus.PENDING,
    deadline: datetime | None = None,
) -> None:
    run = replace(TEMPLATE.run, deadline=deadline)
    job = replace(
        TEMPLATE,
        id=job_id,
        user_id=uid,
        tenant=tenant,
        status=status,
        created_at=minute(created),
        run=run,
    )
    back_end.store.transact(lambda _: Change(None, put_job(job)), f"put-{job_id}-{status}")


def newest(
    back_end: BackEnd,
    equal: tuple[tuple[str, str], ...] = OWNED,
    limit: int = 100,
    after: Cursor | None = None,
) -> list[str]:
    query = Query("jobs", "createdAt", equal, descending=True, limit=limit, after=after)
    return [job.id for job in back_end.store.query(query, Job)]


def due(back_end: BackEnd, until: int, limit: int = 100, after: Cursor | None = None) -> list[str]:
    query = Query("jobs", "run.deadline", until=minute(until), limit=limit, after=after)
    return [job.id for job in back_end.store.query(query, Job)]


def test_jobs_come_newest_first_whatever_the_order_of_their_writing(back_end: BackEnd) -> None:
    for number in (3, 1, 4, 2):
        keep(back_end, f"job{number}", number)
    assert newest(back_end) == ["job4", "job3", "job2", "job1"]


def test_a_query_finds_only_what_equals_its_fields(back_end: BackEnd) -> None:
    keep(back_end, "mine", 1)
    keep(back_end, "bobs", 2, uid="bob")
    keep(back_end, "elsewhere", 3, tenant="other")
    keep(back_end, "failed", 4, status=JobStatus.FAILED)
    assert newest(back_end) == ["failed", "mine"]
    assert newest(back_end, (*OWNED, ("status", "failed"))) == ["failed"]
    assert newest(back_end, (*OWNED, ("status", "paused"))) == []


def test_a_query_follows_what_its_documents_become(back_end: BackEnd) -> None:
    keep(back_end, "one", 1, deadline=minute(5))
    keep(back_end, "one", 1, status=JobStatus.CANCELLED, deadline=None)
    assert newest(back_end, (*OWNED, ("status", "pending"))) == []
    assert newest(back_end, (*OWNED, ("status", "cancelled"))) == ["one"]
    assert due(back_end, 99) == []


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_hold_every_job_once_also_those_of_one_instant(back_end: BackEnd, size: int) -> None:
    for name in "abcdefg":
        keep(back_end, name, 1 if name in "bcde" else ord(name))
    found: list[str] = []
    after = None
    while (page := newest(back_end, limit=size, after=after)) and len(found) <= 7:
        assert len(page) <= size
        found += page
        last = back_end.store.get(job_ref(page[-1]))
        assert last is not None
        after = Cursor(last.created_at, f"jobs/{last.id}")
    assert found == newest(back_end)
    assert sorted(found) == list("abcdefg")


def test_the_sweep_finds_what_is_due_the_longest_overdue_first(back_end: BackEnd) -> None:
    keep(back_end, "later", 1, deadline=minute(9))
    keep(back_end, "now", 2, deadline=minute(5))
    keep(back_end, "overdue", 3, deadline=minute(2))
    keep(back_end, "never", 4)
    assert due(back_end, 5) == ["overdue", "now"]
    assert due(back_end, 5, limit=1) == ["overdue"]
    assert due(back_end, 9, after=Cursor(minute(2), "jobs/overdue")) == ["now", "later"]
    assert due(back_end, 1) == []


def test_a_backlog_comes_in_order_however_little_of_it_is_taken(back_end: BackEnd) -> None:
    overdue = [(number * 7 % 10, f"job{number}") for number in range(40)]
    for since, name in overdue:
        keep(back_end, name, 1, deadline=minute(since))
    in_order = [name for _, name in sorted(overdue)]
    for limit in (1, 5, 17, 39, 40, 100):
        assert due(back_end, 99, limit) == in_order[:limit]
    place = Cursor(minute(4), f"jobs/{in_order[18]}")
    assert due(back_end, 99, 9, place) == in_order[19:28]


def test_a_job_that_cannot_be_read_is_left_out_and_told_once(
    back_end: BackEnd, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(9):
        keep(back_end, f"job{number}", number, deadline=minute(number))
    damaged = ("job0", "job2", "job3", "job8")
    for job_id in damaged:
        back_end.damage_job(job_id)
    assert due(back_end, 99) == ["job1", "job4", "job5", "job6", "job7"]
    (told,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert all(f"jobs/{job_id}" in told for job_id in damaged)
    for limit in range(1, 6):
        assert due(back_end, 99, limit) == ["job1", "job4", "job5", "job6", "job7"][:limit]
    assert newest(back_end, limit=2) == ["job7", "job6"]
    with pytest.raises(WorkflowError) as caught:
        back_end.store.get(job_ref("job0"))
    assert caught.value.code == Code.DATA_LOSS


def test_a_job_that_cannot_be_read_keeps_the_sweep_from_no_other(back_end: BackEnd) -> None:
    runner = StepRunner({})
    app = App(
        back_end.store,
        back_end.dispatcher,
        back_end.publisher,
        back_end.files,
        back_end.clock,
        SeededEntropy(),
        runner,
        SecretSigner("k" * 32),
        {},
    )
    plan = job_plan(job10(), [])
    for job_id in ("first", "damaged", "last"):
        job = new_job(job_id, OWNER, request([]), plan, START, "create")
        back_end.store.transact(lambda _, job=job: Change(None, put_job(job)), job_id)  # type: ignore[misc]
    back_end.damage_job("damaged")
    back_end.clock.advance(3_600)
    assert app.overdue() == app.queue.sweep() == 2
    assert {task.job_id for task in back_end.take()} == {"first", "last"}
    runner.close()


def test_a_deleted_job_is_not_found_any_more(back_end: BackEnd) -> None:
    keep(back_end, "gone", 1, deadline=minute(1))
    back_end.store.delete_tree("jobs/gone")
    assert newest(back_end) == due(back_end, 99) == []
