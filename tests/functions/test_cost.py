"""What a job asks of the services that bill for it: exact, so that no change adds to it unseen."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec import structs

from cvplus_workflow.domain.change import Change, Decide, Put, Query, Reader
from cvplus_workflow.domain.documents import Job, put_job
from cvplus_workflow.firebase.clients import FIRESTORE, PUBSUB, STORAGE
from cvplus_workflow.firebase.documents import SHARDS
from cvplus_workflow.firebase.store import FirestoreStore
from cvplus_workflow.firebase.tally import Tally
from tests.contract.counting import Count, at, increment
from tests.emulation import firestore_host, pubsub_host, storage_host
from tests.functions.cost_cases import Cost, cases, cost_of
from tests.functions.metered import MeteredCloud
from tests.workloads import START, JobScene

pytestmark = pytest.mark.xdist_group("emulated")


def emulators() -> dict[str, str]:
    return {FIRESTORE: firestore_host(), PUBSUB: pubsub_host(), STORAGE: storage_host()}


@pytest.fixture(scope="module")
def costs() -> dict[str, Cost]:
    hosts = emulators()
    return {name: cost_of(case, hosts) for name, case in cases().items()}


def test_a_light_job_of_ten_steps_is_one_task_and_a_commit_for_each_wave(
    costs: dict[str, Cost],
) -> None:
    """J1. Made, four waves of steps, and the end acknowledged: a document each.

    That is the budget. The first wave is claimed by the commit of its outcome.
    """
    bill = costs["job10"].warm
    assert (bill.commits, bill.writes, bill.deletes, bill.contentions) == (6, 6, 0, 0)
    assert (bill.tasks, bill.task_calls, bill.deliveries) == (1, 1, 1)
    # A job that must not be there yet, and the job that the task begins with.
    assert (bill.reads, bill.queries) == (2, 0)


def test_it_publishes_one_event_and_stores_each_file_once(costs: dict[str, Cost]) -> None:
    """J1, J9. The document and the page are stored; the page's copy is made from its content."""
    bill = costs["job10"].warm
    assert (bill.published, bill.volume) == (1, 1_000)
    assert (bill.class_a, bill.class_b) == (3, 3)


def test_ten_steps_in_a_row_are_one_task_and_a_write_each(costs: dict[str, Cost]) -> None:
    """J1"""
    bill = costs["chain10"].warm
    assert (bill.writes, bill.reads, bill.tasks) == (10 + 2, 2, 1)


def test_a_real_cv_takes_at_most_a_read_a_write_and_a_task_a_step(costs: dict[str, Cost]) -> None:
    """J1, F1"""
    cost = costs["cv"]
    assert cost.warm.reads <= cost.steps
    assert cost.warm.writes <= cost.steps
    assert (cost.warm.tasks, cost.warm.contentions) == (1, 0)


def test_what_an_instance_remembers_saves_reads_and_nothing_else(costs: dict[str, Cost]) -> None:
    """J1"""
    for cost in costs.values():
        assert cost.cold.reads > cost.warm.reads
        assert (cost.cold.writes, cost.cold.tasks) == (cost.warm.writes, cost.warm.tasks)


@pytest.fixture
def cloud() -> Iterator[MeteredCloud]:
    one = MeteredCloud(emulators(), cases()["job10"].steps)
    yield one
    one.close()


def test_a_query_that_finds_nothing_is_counted_as_a_read(cloud: MeteredCloud) -> None:
    """J1. The sweep asks each of its shards."""
    with cloud.metered() as bills:
        assert cloud.app.queue.sweep() == 0
    assert (bills[0].queries, bills[0].reads, bills[0].writes) == (SHARDS, SHARDS, 0)


def putting(job: Job) -> Decide[None]:
    """The decision to store `job`."""
    return lambda _reader: Change(None, put_job(job))


def backlog(cloud: MeteredCloud, jobs: int) -> None:
    """So many jobs whose deadline has passed."""
    made = JobScene().job
    for number in range(jobs):
        run = structs.replace(made.run, deadline=START + timedelta(minutes=number))
        job = structs.replace(made, id=f"job{number}", run=run)
        cloud.store.transact(putting(job), job.id)


def test_a_query_that_fills_its_limit_is_counted_whole(cloud: MeteredCloud) -> None:
    """J1"""
    backlog(cloud, 5)
    for limit, reads in ((3, 3), (5, 5), (9, 5)):
        with cloud.metered() as bills:
            assert len(cloud.store.query(Query("jobs", "createdAt", limit=limit), Job)) == reads
        assert (bills[0].queries, bills[0].reads) == (1, reads)


def test_a_sweep_of_a_backlog_reads_little_more_than_it_takes(cloud: MeteredCloud) -> None:
    """J1. What comes first may lie in any shard, so each is asked for some, and some for more."""
    backlog(cloud, 5 * SHARDS)
    query = Query("jobs", "run.deadline", until=START + timedelta(1), limit=2 * SHARDS)
    with cloud.metered() as bills:
        found = cloud.store.query(query, Job)
    assert [job.id for job in found] == [f"job{number}" for number in range(2 * SHARDS)]
    assert bills[0].reads <= 4 * SHARDS


def test_what_is_only_verified_is_counted_as_it_is_billed(cloud: MeteredCloud) -> None:
    """J1. A document that was read is verified by a write, an absence by a delete."""
    cloud.store.transact(increment("counts/there"), "first")
    cloud.forget()

    def decide(reader: Reader) -> Change[None]:
        assert reader.get(at("counts/there"))
        assert reader.get(at("counts/absent")) is None
        return Change(None, (Put(at("counts/other"), Count(1)),))

    with cloud.metered() as bills:
        cloud.store.transact(decide, "second")
    bill = bills[0]
    assert (bill.commits, bill.reads, bill.writes, bill.deletes) == (1, 2, 2, 1)


def test_a_refused_commit_is_counted_as_contention_and_not_as_a_write(cloud: MeteredCloud) -> None:
    """J1"""
    other = cloud.new_store(FirestoreStore)

    def overtaken(reader: Reader) -> Change[int]:
        change = increment("counts/one")(reader)
        if change.result == 1:
            other.transact(increment("counts/one"), "other")
        return change

    with cloud.metered() as bills:
        assert cloud.store.transact(overtaken, "mine") == 2
    bill = bills[0]
    assert (bill.contentions, bill.commits, bill.writes, bill.reads) == (1, 1, 1, 2)


def test_threads_lose_no_count() -> None:
    """J1"""
    tally = Tally()

    def add() -> None:
        for _ in range(20_000):
            tally.add(reads=1)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tally.of("reads") == 80_000
