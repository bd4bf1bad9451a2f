"""A commit that fails for a while is tried again until its time is over (J7)."""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import apsw
import pytest
from google.api_core.exceptions import (
    Aborted,
    InvalidArgument,
    ResourceExhausted,
    ServiceUnavailable,
)
from google.auth.exceptions import TransportError

from cvplus_workflow.domain.change import Change, Put, Reader
from cvplus_workflow.embedded import engine as engine_module
from cvplus_workflow.embedded.engine import Engine
from cvplus_workflow.embedded.store import SqliteStore
from cvplus_workflow.errors import Code, StorageError, WorkflowError
from cvplus_workflow.firebase.clients import FIRESTORE, firestore_client
from cvplus_workflow.firebase.emulators import environment
from cvplus_workflow.firebase.store import FIRST_WAIT_S, LONGEST_WAIT_S, TRIES, FirestoreStore
from cvplus_workflow.ports import Command
from tests.contract.counting import Count, at, increment
from tests.emulation import firestore_host
from tests.workloads import ManualClock, SeededEntropy

pytestmark = pytest.mark.xdist_group("emulated")

PLACE = "counts/one"
_numbers = count(1)


class BadLine:
    """The Firestore service behind a line that fails: each call takes the next fault, if any.

    Commits whose fault is in `after_commits` are made, and their answer is lost.
    """

    def __init__(self, service: Any) -> None:
        self._service = service
        self.reads, self.commits, self.after_commits = (deque[Exception]() for _ in range(3))
        self.asked = 0

    def commit(self, **call: Any) -> Any:
        self.asked += 1
        _fail(self.commits)
        answer = self._service.commit(**call)
        _fail(self.after_commits)
        return answer

    def batch_get_documents(self, **call: Any) -> Any:
        _fail(self.reads)
        return self._service.batch_get_documents(**call)


def _fail(faults: deque[Exception]) -> None:
    if faults:
        raise faults.popleft()


class Cloud:
    """A store on the emulator, behind a bad line; its pauses let its clock go on."""

    def __init__(self) -> None:
        self.clock, self.pauses = ManualClock(), list[float]()
        project = f"demo-retries-{os.getpid()}-{next(_numbers)}"
        with environment({FIRESTORE: firestore_host()}):
            self.client = firestore_client(project)
        self.line = BadLine(self.client._firestore_api)
        self.client._firestore_api_internal = self.line
        self.store = FirestoreStore(self.client, self.clock, SeededEntropy(1), self._pause)

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.clock.advance(seconds)

    def send(self, decide: Callable[[Reader], Change[Any]], seconds: float | None = 60) -> Any:
        """The answer to a command that is tried for so long."""
        until = None if seconds is None else self.clock.now() + timedelta(seconds=seconds)
        return self.store.transact_all([Command(decide, "id", until)])[0]


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    one = Cloud()
    yield one
    one.client.close()


def once(name: str) -> Callable[[Reader], Change[str]]:
    """Count one more under a command's id; if that was done, answer the same again."""

    def decide(reader: Reader) -> Change[str]:
        done, found = reader.get(at(f"done/{name}")), reader.get(at(PLACE))
        if done is not None:
            return Change(f"counted {done.value}")
        value = found.value + 1 if found else 1
        writes = (Put(at(PLACE), Count(value)), Put(at(f"done/{name}"), Count(value)))
        return Change(f"counted {value}", writes)

    return decide


@pytest.mark.parametrize("seconds", [60, None])
def test_a_commit_whose_answer_was_lost_is_sent_again_and_made_once(
    cloud: Cloud, seconds: float | None
) -> None:
    cloud.line.after_commits.append(ServiceUnavailable("away"))
    assert cloud.send(once("mine"), seconds) == "counted 1"
    assert cloud.store.get(at(PLACE)) == Count(1)
    assert cloud.line.asked == 1


AWAY = [ServiceUnavailable("away"), ResourceExhausted("quota"), TransportError(), OSError()]


@pytest.mark.parametrize("fault", AWAY, ids=lambda fault: type(fault).__name__)
def test_what_cannot_be_read_or_committed_for_a_while_is_tried_again(
    cloud: Cloud, fault: Exception
) -> None:
    cloud.line.reads.extend([fault, fault])
    cloud.line.commits.extend([fault, fault])
    assert cloud.send(increment(PLACE)) == 1
    assert len(cloud.pauses) == 4


def test_a_command_is_tried_for_longer_than_tries_while_its_lease_lasts(cloud: Cloud) -> None:
    cloud.line.commits.extend([Aborted("busy")] * TRIES * 2)
    assert cloud.send(increment(PLACE), 600) == 1


@pytest.mark.parametrize("where", ["reads", "commits"])
def test_it_is_given_up_when_its_time_is_over(cloud: Cloud, where: str) -> None:
    getattr(cloud.line, where).extend([ServiceUnavailable("away")] * 100)
    begun = cloud.clock.now()
    answer = cloud.send(increment(PLACE), 7)
    assert isinstance(answer, StorageError)
    assert (answer.code, answer.reason) == (Code.UNAVAILABLE, "service-away")
    assert timedelta(seconds=7) <= cloud.clock.now() - begun <= timedelta(seconds=9)
    getattr(cloud.line, where).clear()
    assert cloud.store.get(at(PLACE)) is None


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (ServiceUnavailable("away"), Code.UNAVAILABLE),
        (ResourceExhausted("quota"), Code.RESOURCE_EXHAUSTED),
        (TransportError(), Code.UNAVAILABLE),
        (Aborted("busy"), Code.ABORTED),
    ],
    ids=lambda value: type(value).__name__,
)
def test_without_a_time_it_is_given_up_after_a_number_of_tries(
    cloud: Cloud, fault: Exception, code: Code
) -> None:
    cloud.line.commits.extend([fault] * TRIES)
    with pytest.raises(WorkflowError) as caught:
        cloud.store.transact(increment(PLACE), "id")
    assert caught.value.code == code
    assert cloud.line.asked == TRIES
    assert cloud.send(increment(PLACE)) == 1


def test_what_will_never_be_taken_is_not_tried_again(cloud: Cloud) -> None:
    cloud.line.commits.append(InvalidArgument("no"))
    answer = cloud.send(increment(PLACE))
    assert isinstance(answer, WorkflowError)
    assert (answer.code, cloud.line.asked) == (Code.INVALID_ARGUMENT, 1)


def test_waits_are_drawn_between_nothing_and_a_bound_that_doubles(cloud: Cloud) -> None:
    """Full jitter: those that were refused together do not come again together."""
    drawn = []
    for seed in (1, 2):
        cloud.store._entropy, cloud.pauses = SeededEntropy(seed), []
        cloud.line.commits.extend([Aborted("busy")] * (TRIES - 1))
        cloud.store.transact(increment(f"counts/{seed}"), "id")
        drawn.append(cloud.pauses)
    bounds = [min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**number) for number in range(1, TRIES)]
    for waits in drawn:
        assert all(0 <= wait <= bound for wait, bound in zip(waits, bounds, strict=True))
        parts = [wait / bound for wait, bound in zip(waits, bounds, strict=True)]
        assert max(parts) - min(parts) > 0.5
    assert not set(drawn[0]) & set(drawn[1])


class TickingClock(ManualClock):
    """A second later at each look, and at certain seconds something happens."""

    def __init__(self, events: Mapping[int, Callable[[], object]]) -> None:
        super().__init__()
        self._events = {
            super(TickingClock, self).now() + timedelta(0, s): e for s, e in events.items()
        }

    def now(self) -> datetime:
        self.advance(1)
        self._events.get(super().now(), lambda: None)()
        return super().now()


class Busy:
    """A store on a database that another connection has locked, until it is let go."""

    def __init__(self, database: Path, events: Mapping[int, Callable[[], object]]) -> None:
        self.clock = TickingClock(events)
        self.engine = Engine(database, self.clock)
        self.store = SqliteStore(self.engine)
        self.other = apsw.Connection(str(database))
        self.other.execute("BEGIN IMMEDIATE")
        self.begun = ManualClock().now()

    def let_go(self) -> None:
        self.other.execute("ROLLBACK")

    def send(self, *seconds: int | None) -> list[Any]:
        """Commands that are tried until these seconds."""
        untils = [None if each is None else self.begun + timedelta(0, each) for each in seconds]
        return self.store.transact_all(
            [Command(increment(f"counts/{each}"), "id", until) for each, until in enumerate(untils)]
        )

    def close(self) -> None:
        self.other.close()
        self.engine.close()


@pytest.fixture
def busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Busy]:
    monkeypatch.setattr(engine_module, "BUSY_MS", 1)
    one = Busy(tmp_path / "workflow.db", {20: lambda: one.let_go()})
    yield one
    one.close()


def test_a_locked_database_is_tried_while_the_lease_lasts(busy: Busy) -> None:
    assert busy.send(40, 60) == [1, 1]


@pytest.mark.parametrize("seconds", [None, 10])
def test_a_locked_database_is_given_up_when_the_time_is_over(
    busy: Busy, seconds: int | None
) -> None:
    with pytest.raises(StorageError) as caught:
        busy.send(seconds)
    assert (caught.value.code, caught.value.reason) == (Code.UNAVAILABLE, "database-busy")
    assert busy.clock.now() - busy.begun < timedelta(seconds=19)
    assert busy.store.get(at("counts/0")) is None


def test_who_has_no_time_does_not_wait_for_who_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one leads while the other comes, and the database stays locked until that is answered."""
    monkeypatch.setattr(engine_module, "BUSY_MS", 1)
    answered, reasons, in_time = threading.Event(), list[str](), list[bool]()

    def comes() -> None:
        with pytest.raises(StorageError) as caught:
            one.store.transact(increment("counts/mine"), "id")
        reasons.append(caught.value.reason)
        answered.set()

    def let_go() -> None:
        in_time.append(answered.wait(20))
        one.let_go()

    other = threading.Thread(target=comes)
    one = Busy(tmp_path / "workflow.db", {100: other.start, 5_000: let_go})
    assert one.send(10_000) == [1]
    other.join(20)
    assert (reasons, in_time) == (["database-busy"], [True])
    one.close()


def test_what_has_time_left_is_committed_though_others_were_given_up(busy: Busy) -> None:
    with pytest.raises(StorageError):
        busy.send(40, None)
    assert busy.store.get(at("counts/0")) == Count(1)
    assert busy.store.get(at("counts/1")) is None
