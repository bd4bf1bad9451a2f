"""What every Store does: decisions are atomic, isolated, durable and counted once.

Rows J1, J5, J6 and J7 rest on it.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec import Struct

from cvplus_workflow.domain import protocol
from cvplus_workflow.domain.attempts import Attempt, Invocation
from cvplus_workflow.domain.change import LARGEST_DOCUMENT, Change, Delete, Put, Reader, Ref
from cvplus_workflow.domain.decision import alter_job
from cvplus_workflow.domain.documents import Job, job_ref, put_job
from cvplus_workflow.domain.queue import StepClass
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.ports import Command, Store
from tests.contract.back_ends import BackEnd, CutLine
from tests.contract.counting import Count, at, increment
from tests.contract.firebase_back_end import FirebaseBackEnd
from tests.workloads import JobScene

WRITERS = 16


class Note(Struct):
    """A document of any size."""

    text: str
    tenant: str = "acme"


class Odd(Struct):
    """A document that nothing can store."""

    value: Any


def put(store: Store, path: str, value: int) -> None:
    store.transact(lambda _: Change(None, (Put(at(path), Count(value)),)), f"put-{path}-{value}")


def read(store: Store, path: str) -> int | None:
    found = store.get(at(path))
    return found.value if found else None


def together(work: Callable[[int], object], count: int = WRITERS) -> list[Any]:
    """Run `work` in so many threads that begin at the same time."""
    start = threading.Barrier(count)

    def one(number: int) -> object:
        start.wait(10)
        return work(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def test_a_decision_commits_all_its_writes_and_answers_its_result(back_end: BackEnd) -> None:
    change = Change("answer", (Put(at("c/1"), Count(1)), Put(at("c/2"), Count(2))))
    assert back_end.store.transact(lambda _: change, "id") == "answer"
    assert (read(back_end.store, "c/1"), read(back_end.store, "c/2")) == (1, 2)


def test_a_decision_that_raises_has_written_nothing(back_end: BackEnd) -> None:
    def decide(reader: Reader) -> Change[None]:
        increment("c/1")(reader)
        raise WorkflowError(Code.FAILED_PRECONDITION, "No.", reason="just-so")

    with pytest.raises(WorkflowError) as caught:
        back_end.store.transact(decide, "id")
    assert (caught.value.code, caught.value.reason) == (Code.FAILED_PRECONDITION, "just-so")
    assert read(back_end.store, "c/1") is None


def test_a_document_that_is_not_there_is_none_and_a_deleted_one_too(back_end: BackEnd) -> None:
    assert read(back_end.store, "c/1") is None
    put(back_end.store, "c/1", 1)
    back_end.store.transact(lambda _: Change(None, (Delete(at("c/1")),)), "delete")
    back_end.store.transact(lambda _: Change(None, (Delete(at("c/1")),)), "again")
    assert read(back_end.store, "c/1") is None


def test_what_a_reader_hands_out_is_a_private_copy(back_end: BackEnd) -> None:
    put(back_end.store, "c/1", 1)

    def decide(reader: Reader) -> Change[int]:
        mine = reader.get(at("c/1"))
        assert mine is not None
        mine.value = 99
        other = reader.get(at("c/1"))
        return Change(other.value if other else 0)

    assert back_end.store.transact(decide, "id") == 1
    assert read(back_end.store, "c/1") == 1


def test_a_command_sees_the_writes_of_those_before_it(back_end: BackEnd) -> None:
    commands = [Command(increment("c/1"), f"id{number}") for number in range(5)]
    assert back_end.store.transact_all(commands) == [1, 2, 3, 4, 5]


def test_a_command_of_one_try_never_hides_what_others_wrote_meanwhile(back_end: BackEnd) -> None:
    """Where that is contention it is dropped; where decisions queue, it is made upon theirs."""
    tries = []

    def decide(reader: Reader) -> Change[int]:
        count = reader.get(at("c/1"))
        tries.append(reader.now)
        if len(tries) == 1:
            with ThreadPoolExecutor(1) as other:
                other.submit(put, back_end.store, "c/1", 10).result(20)
        value = 1 + (count.value if count else 0)
        return Change(value, (Put(at("c/1"), Count(value)),))

    (answer,) = back_end.store.transact_all([Command(decide, "tick", once=True)])
    if isinstance(back_end, FirebaseBackEnd):
        assert isinstance(answer, WorkflowError)
        assert (answer.code, len(tries), read(back_end.store, "c/1")) == (Code.ABORTED, 1, 10)
    else:
        assert (answer, read(back_end.store, "c/1")) == (11, 11)


def test_one_of_many_that_fails_does_not_take_the_others_with_it(back_end: BackEnd) -> None:
    def refuse(_: Reader) -> Change[None]:
        raise WorkflowError(Code.ABORTED, "No.", reason="just-so")

    def too_large(_: Reader) -> Change[None]:
        return Change(None, (Put(Ref("n/1", Note), Note("x" * 2 * LARGEST_DOCUMENT)),))

    decisions: list[Any] = [increment("c/1"), refuse, too_large, increment("c/1")]
    commands = [Command(decide, f"id{index}") for index, decide in enumerate(decisions)]
    first, refused, large, last = back_end.store.transact_all(commands)
    assert (first, last) == (1, 2)
    assert isinstance(refused, WorkflowError)
    assert refused.reason == "just-so"
    assert isinstance(large, WorkflowError)
    assert read(back_end.store, "c/1") == 2


def test_two_decisions_that_read_both_and_write_one_each_are_in_some_order(
    back_end: BackEnd,
) -> None:
    """Write skew: each goes off duty only if the other is on."""

    def go_off(own: str, other: str) -> Callable[[Reader], Change[bool]]:
        def decide(reader: Reader) -> Change[bool]:
            partner = reader.get(at(other))
            if partner is None or not partner.value:
                return Change(False)
            return Change(True, (Put(at(own), Count(0)),))

        return decide

    for turn in range(10):
        names = (f"duty{turn}/a", f"duty{turn}/b")
        for name in names:
            put(back_end.store, name, 1)
        went = together(
            lambda n, names=names: back_end.store.transact(  # type: ignore[misc]
                go_off(names[n], names[1 - n]), f"{names[n]}"
            ),
            2,
        )
        assert sorted(went) == [False, True]
        assert sum(read(back_end.store, name) or 0 for name in names) == 1


def test_of_many_that_create_what_is_absent_exactly_one_wins(back_end: BackEnd) -> None:
    def create(number: int) -> bool:
        def decide(reader: Reader) -> Change[bool]:
            if reader.get(at("c/new")):
                return Change(False)
            return Change(True, (Put(at("c/new"), Count(number)),))

        return back_end.store.transact(decide, f"create{number}")

    won = together(create)
    assert won.count(True) == 1
    assert read(back_end.store, "c/new") == won.index(True)


def test_what_was_absent_when_it_was_read_is_absent_when_the_decision_commits(
    back_end: BackEnd,
) -> None:
    """What is only read, and is not there, can be altered by nobody meanwhile either."""
    found = list[int | None]()

    def write_beside(reader: Reader) -> Change[int]:
        there = reader.get(at("c/read"))
        found.append(there.value if there else None)
        if len(found) == 1:
            other = threading.Thread(target=put, args=(back_end.store, "c/read", 7))
            other.start()
            other.join(10)
        value = found[-1] or 0
        return Change(value, (Put(at("c/written"), Count(value)),))

    assert back_end.store.transact(write_beside, "id") == 7
    assert found == [None, 7]
    assert read(back_end.store, "c/written") == 7


def test_sixteen_writers_of_one_document_are_all_counted(back_end: BackEnd) -> None:
    def count(writer: int) -> None:
        for number in range(5):
            back_end.store.transact(increment("c/1"), f"{writer}-{number}")

    together(count)
    assert read(back_end.store, "c/1") == WRITERS * 5


def test_the_read_time_never_goes_back_though_the_clock_does(back_end: BackEnd) -> None:
    times = []
    for number, seconds in enumerate([0, 5, -60, 1, 30, 120]):
        back_end.clock.advance(seconds)
        times.append(back_end.store.transact(lambda reader: Change(reader.now), f"id{number}"))
    assert times == sorted(times)
    assert times[-1] > times[0]
    assert all(time.utcoffset() is not None for time in times)


def test_a_document_over_the_limit_is_refused_by_name_and_nothing_written(
    back_end: BackEnd,
) -> None:
    def store_note(length: int, *others: Put) -> None:
        note = Put(Ref("notes/1", Note), Note("x" * length))
        back_end.store.transact(lambda _: Change(None, (*others, note)), f"note{length}")

    store_note(LARGEST_DOCUMENT - 1_000)
    with pytest.raises(WorkflowError, match="notes/1") as caught:
        store_note(LARGEST_DOCUMENT, Put(at("c/beside"), Count(1)))
    assert caught.value.code == Code.INVALID_ARGUMENT
    assert read(back_end.store, "c/beside") is None


def test_a_document_that_cannot_be_stored_is_refused_and_nothing_written(
    back_end: BackEnd,
) -> None:
    writes = (Put(at("c/beside"), Count(1)), Put(Ref("odd/1", Odd), Odd(object())))
    with pytest.raises(WorkflowError, match="odd/1") as caught:
        back_end.store.transact(lambda _: Change(None, writes), "id")
    assert caught.value.code == Code.INVALID_ARGUMENT
    assert read(back_end.store, "c/beside") is None
    put(back_end.store, "c/after", 1)


def test_what_was_answered_is_there_after_reopening(back_end: BackEnd) -> None:
    back_end.store.transact(increment("c/1"), "one")
    back_end.reopen()
    assert back_end.store.transact(increment("c/1"), "two") == 2


def test_a_tree_is_deleted_whole_and_nothing_beside_it(back_end: BackEnd) -> None:
    below = ["jobs/a", "jobs/a/outputs/1", "jobs/a/history/1"]
    beside = ["jobs/ab", "jobs/a-b", "jobs/a0", "jobs/A", "b/x/jobs/a", "other/a"]
    for path in (*below, *beside):
        put(back_end.store, path, 1)
    assert back_end.store.delete_tree("jobs/a") == len(below)
    assert [read(back_end.store, path) for path in below] == [None] * len(below)
    assert [read(back_end.store, path) for path in beside] == [1] * len(beside)
    assert back_end.store.delete_tree("jobs/a") == 0


@pytest.mark.parametrize("many", [False, True])
def test_a_command_whose_acknowledgement_was_lost_can_be_sent_again(
    back_end: BackEnd, many: bool
) -> None:
    """Committed, then unavailable: the second sending answers what the first one did."""
    job = JobScene().job
    back_end.store.transact(lambda _: Change(None, put_job(job)), "create")
    invocation = Invocation(job.run.effects[0].name, StepClass.LIGHT, timedelta(0))

    def claim(claimed: Job, now: datetime, command: str) -> tuple[()] | None:
        return () if protocol.claim(claimed, invocation, now, command) else None

    def send() -> Any:
        command = Command(lambda reader: alter_job(reader, job.id, "the-id", claim), "the-id")
        if many:
            return line.transact_all([command])[0]
        return line.transact(command.decide, command.id)

    line = CutLine(back_end.store)
    with pytest.raises(WorkflowError) as caught:
        send()
    assert caught.value.retryable
    committed = back_end.store.get(job_ref(job.id))
    again = send()
    assert again.claimed == [Attempt("parse", 1)]
    assert again.job == back_end.store.get(job_ref(job.id)) == committed


def test_a_decision_that_breaks_the_leader_is_answered_to_nobody_as_done(
    back_end: BackEnd,
) -> None:
    """An interrupt in one thread's decision must not pass for a commit in another's."""

    class Interrupted(BaseException):
        pass

    def interrupt(_: Reader) -> Change[None]:
        raise Interrupted

    def send(number: int) -> int | None:
        decide: Callable[[Reader], Change[Any]] = interrupt if number == 0 else increment("c/1")
        try:
            answer: int | None = back_end.store.transact(decide, f"id{number}")
        except (WorkflowError, Interrupted):
            return None
        return answer

    answers = together(send)
    done = [answer for answer in answers if answer is not None]
    assert sorted(done) == list(range(1, len(done) + 1))
    assert (read(back_end.store, "c/1") or 0) == len(done)
