"""What a process has just read or written in Firestore it decides on without reading (J1, J7)."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from cvplus_workflow.domain.change import Change, Document, Put, Reader, Ref
from cvplus_workflow.domain.documents import Job, job_ref, put_job
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.firebase.clients import FIRESTORE, firestore_client
from cvplus_workflow.firebase.emulators import environment
from cvplus_workflow.firebase.recent import KEPT_FOR, MOST_KEPT
from cvplus_workflow.firebase.store import FirestoreStore
from tests.contract.counting import Count, at, increment
from tests.emulation import firestore_host
from tests.workloads import JobScene, ManualClock, SeededEntropy

pytestmark = pytest.mark.xdist_group("emulated")

PLACE = "counts/one"
_numbers = count(1)


class Instances:
    """Two processes' stores on the same documents."""

    def __init__(self) -> None:
        self.clock, self.pauses = ManualClock(), list[float]()
        with environment({FIRESTORE: firestore_host()}):
            self.client = firestore_client(f"demo-recent-{os.getpid()}-{next(_numbers)}")
        self.mine, self.other = (
            FirestoreStore(self.client, self.clock, SeededEntropy(), self.pauses.append)
            for _ in range(2)
        )

    def count(self, store: FirestoreStore) -> int:
        """One more; the new number."""
        return store.transact(increment(PLACE), "id")

    def reads(self) -> int:
        """How many documents this process has read."""
        return self.mine.usage.reads


@pytest.fixture
def instances() -> Iterator[Instances]:
    one = Instances()
    yield one
    one.client.close()


def found(store: FirestoreStore, ref: Ref[Document]) -> Any:
    """What a decision that writes something meets at `ref`."""
    first = list[Document | None]()

    def decide(reader: Reader) -> Change[None]:
        first.append(reader.get(ref))
        return Change(None, (Put(at("counts/beside"), Count(1)),))

    store.transact(decide, "id")
    assert len(first) == 1
    return first[0]


def test_what_was_written_is_decided_on_without_reading_it_again(instances: Instances) -> None:
    assert [instances.count(instances.mine) for _ in range(4)] == [1, 2, 3, 4]
    assert instances.reads() == 1
    assert instances.other.get(at(PLACE)) == Count(4)


def test_what_was_read_outside_of_a_decision_is_not_read_again_by_the_next(
    instances: Instances,
) -> None:
    assert instances.mine.get(at(PLACE)) is None
    assert instances.count(instances.mine) == 1
    assert instances.mine.get(at(PLACE)) == Count(1)
    assert instances.count(instances.mine) == 2
    assert instances.reads() == 2


def test_a_job_that_was_written_is_what_reading_it_would_give(instances: Instances) -> None:
    scene = JobScene()
    scene.work()
    instances.mine.transact(lambda _: Change(None, put_job(scene.job)), "create")
    known = found(instances.mine, job_ref(scene.job.id))
    assert instances.reads() == 0
    assert isinstance(known, Job)
    assert known == scene.job == found(instances.other, job_ref(scene.job.id))
    assert list(known.run.steps) == list(scene.job.run.steps)


def test_what_others_altered_meanwhile_is_read_at_once_and_counted(instances: Instances) -> None:
    instances.count(instances.mine)
    instances.count(instances.other)
    assert instances.count(instances.mine) == 3
    assert instances.reads() == 2
    assert (instances.mine.usage.contentions, instances.pauses) == (1, [])


@pytest.mark.parametrize("deleted", [False, True])
def test_what_others_deleted_or_made_meanwhile_is_read_again(
    instances: Instances, deleted: bool
) -> None:
    if deleted:
        instances.count(instances.mine)
        instances.other.delete_tree(PLACE)
        assert instances.count(instances.mine) == 1
    else:
        assert instances.mine.get(at(PLACE)) is None
        instances.count(instances.other)
        assert instances.count(instances.mine) == 2


def test_what_no_commit_proves_is_answered_from_reading_alone(instances: Instances) -> None:
    instances.count(instances.mine)
    instances.count(instances.other)
    assert instances.mine.transact(lambda reader: Change(reader.get(at(PLACE))), "id") == Count(2)


def test_a_refusal_is_that_of_what_is_read(instances: Instances) -> None:
    def refuse(reader: Reader) -> Change[None]:
        told = reader.get(at(PLACE))
        raise WorkflowError(Code.FAILED_PRECONDITION, f"It is {told and told.value}.")

    instances.count(instances.mine)
    instances.count(instances.other)
    with pytest.raises(WorkflowError, match="It is 2"):
        instances.mine.transact(refuse, "id")


def test_what_was_only_verified_is_read_whole_by_the_next_decision(instances: Instances) -> None:
    instances.count(instances.other)
    for _ in range(2):
        assert found(instances.mine, at(PLACE)) == Count(1)


@pytest.mark.parametrize("later", [KEPT_FOR + timedelta(0, 1), -timedelta(0, 1)])
def test_it_is_read_again_after_a_while_and_when_the_clock_went_back(
    instances: Instances, later: timedelta
) -> None:
    instances.count(instances.mine)
    instances.clock.advance(later.total_seconds())
    assert instances.count(instances.mine) == 2
    assert instances.reads() == 2


def test_only_so_many_are_kept(instances: Instances) -> None:
    for number in range(MOST_KEPT + 1):
        instances.mine.transact(increment(f"counts/{number}"), "id")
    begun = instances.reads()
    instances.mine.transact(increment("counts/1"), "id")
    assert instances.reads() == begun
    instances.mine.transact(increment("counts/0"), "id")
    assert instances.reads() == begun + 1


def test_its_time_is_that_of_the_commit_and_goes_on_with_the_clock(instances: Instances) -> None:
    times = list[datetime]()

    def decide(reader: Reader) -> Change[int]:
        change = increment(PLACE)(reader)
        times.append(reader.now)
        return change

    for _ in range(3):
        instances.mine.transact(decide, "id")
        instances.clock.advance(4)
    written = instances.client.document(PLACE).get().update_time
    assert instances.reads() == 1
    assert 4 <= (times[1] - times[0]).total_seconds() < 5
    assert 3 < (times[2] - written).total_seconds() < 4
