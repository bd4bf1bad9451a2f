"""Decisions on SQLite are made before the database is locked, and hold when they commit."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import apsw
import pytest

from cvplus_workflow.domain.change import Change, Decide, Delete, Put, Reader
from cvplus_workflow.embedded.engine import Engine
from cvplus_workflow.embedded.store import SqliteStore
from cvplus_workflow.errors import Code, WorkflowError
from tests.contract.counting import Count, at, increment
from tests.workloads import ManualClock

PLACE = "counts/one"


class Processes(NamedTuple):
    """What two processes have of one database."""

    one: SqliteStore
    other: SqliteStore
    database: Path

    def first(self, decide: Decide[int], meanwhile: Callable[[], object]) -> Decide[int]:
        """`decide`, and `meanwhile` after its first reading, as of another process."""
        times = list[Reader]()

        def interrupted(reader: Reader) -> Change[int]:
            times.append(reader)
            reader.get(at(PLACE))
            if len(times) == 1:
                meanwhile()
            return decide(reader)

        return interrupted


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    database = tmp_path / "workflow.db"
    engines = [Engine(database, ManualClock()) for _ in range(2)]
    yield Processes(SqliteStore(engines[0]), SqliteStore(engines[1]), database)
    for engine in engines:
        engine.close()


def count(store: SqliteStore) -> int:
    """One more; the new number."""
    return store.transact(increment(PLACE), "id")


def test_what_another_process_committed_meanwhile_is_counted(processes: Processes) -> None:
    count(processes.one)
    decide = processes.first(increment(PLACE), lambda: count(processes.other))
    assert processes.one.transact(decide, "id") == 3


def test_what_another_process_made_meanwhile_is_not_overwritten(processes: Processes) -> None:
    decide = processes.first(increment(PLACE), lambda: count(processes.other))
    assert processes.one.transact(decide, "id") == 2


def test_what_another_process_deleted_meanwhile_is_absent(processes: Processes) -> None:
    count(processes.one)
    gone = Change(0, (Delete(at(PLACE)),))
    decide = processes.first(
        increment(PLACE), lambda: processes.other.transact(lambda _reader: gone, "delete")
    )
    assert processes.one.transact(decide, "id") == 1


def test_a_refusal_of_what_has_changed_meanwhile_is_decided_again(processes: Processes) -> None:
    def refuse_nothing(reader: Reader) -> Change[int]:
        if reader.get(at(PLACE)) is None:
            raise WorkflowError(Code.NOT_FOUND, "Nothing is counted.", reason="nothing")
        return increment(PLACE)(reader)

    decide = processes.first(refuse_nothing, lambda: count(processes.other))
    assert processes.one.transact(decide, "id") == 2


def test_a_decision_reads_the_same_document_twice_as_the_same(processes: Processes) -> None:
    count(processes.one)
    read = list[tuple[Count | None, Count | None]]()

    def twice(reader: Reader) -> Change[int]:
        before = reader.get(at(PLACE))
        if not read:
            count(processes.other)
        read.append((before, reader.get(at(PLACE))))
        return Change(len(read))

    assert processes.one.transact(twice, "id") == 2
    assert read == [(Count(1), Count(1)), (Count(2), Count(2))]


def test_what_a_decision_altered_without_writing_it_is_not_in_its_next_reading(
    processes: Processes,
) -> None:
    count(processes.one)

    def alters(reader: Reader) -> Change[int]:
        mine = reader.get(at(PLACE))
        again = reader.get(at(PLACE))
        assert mine is not None
        assert again is not None
        mine.value = 7
        return Change(again.value, (Put(at("counts/other"), mine),))

    assert processes.one.transact(alters, "id") == 1


def test_a_decision_is_made_while_another_process_commits(processes: Processes) -> None:
    committing = apsw.Connection(str(processes.database))
    committing.execute("BEGIN IMMEDIATE")
    decided = threading.Event()

    def decide(reader: Reader) -> Change[int]:
        change = increment(PLACE)(reader)
        decided.set()
        return change

    answers = list[int]()
    thread = threading.Thread(
        target=lambda: answers.append(processes.one.transact(decide, "id")), daemon=True
    )
    thread.start()
    assert decided.wait(10)
    assert answers == []
    committing.execute("ROLLBACK")
    thread.join(10)
    assert answers == [1]
