"""What SQLite and the local disk add to the contract: processes, permissions, crashes."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from cvplus_workflow.embedded.engine import Engine
from cvplus_workflow.embedded.files import LocalFiles
from cvplus_workflow.embedded.store import SqliteStore
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.ports import Event, Task
from tests.contract.back_ends import SqliteBackEnd
from tests.contract.counting import at, increment
from tests.workloads import ManualClock

ROOT = Path(__file__).parents[2]
PLACE = "users/ann/cv.html"


def test_processes_that_open_one_new_file_at_once_are_all_counted(tmp_path: Path) -> None:
    for attempt in range(4):
        database, names = tmp_path / f"{attempt}.db", ("one", "two", "three")
        counters = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.contract.counting", database, "50", name], cwd=ROOT
            )
            for name in names
        ]
        assert [counter.wait(60) for counter in counters] == [0, 0, 0]
        engine = Engine(database, ManualClock())
        total = SqliteStore(engine).get(at("counts/one"))
        engine.close()
        assert total is not None
        assert total.value == 150


def test_what_others_commit_is_seen_at_once(tmp_path: Path) -> None:
    engines = [Engine(tmp_path / "workflow.db", ManualClock()) for _ in range(2)]
    stores = [SqliteStore(engine) for engine in engines]
    answers = [stores[number % 2].transact(increment("c/1"), f"id{number}") for number in range(6)]
    assert answers == [1, 2, 3, 4, 5, 6]
    for engine in engines:
        engine.close()


def test_a_commit_is_synced_in_a_write_ahead_log(tmp_path: Path) -> None:
    engine = Engine(tmp_path / "workflow.db", ManualClock())
    connection = engine.read().connection
    assert connection.pragma("journal_mode") == "wal"
    assert connection.pragma("synchronous") == 2
    engine.close()


class SyncsOfTheLog(apsw.VFS):
    """The operating system's file system, with a count of how often SQLite's log is synced."""

    def __init__(self) -> None:
        super().__init__("counting", base="unix", makedefault=True)
        self.count = 0

    def xOpen(self, name: apsw.URIFilename | str | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        vfs, is_log = self, bool(flags[0] & apsw.SQLITE_OPEN_WAL)

        class File(apsw.VFSFile):
            def xSync(self, flags: int) -> None:  # noqa: N802
                vfs.count += is_log
                super().xSync(flags)

        return File("unix", name, flags)


@pytest.fixture
def syncs() -> Iterator[SyncsOfTheLog]:
    counting = SyncsOfTheLog()
    yield counting
    counting.unregister()


def test_a_commit_waits_for_the_disk_unless_the_outbox_would_repeat_it(
    tmp_path: Path, syncs: SyncsOfTheLog
) -> None:
    """A commit of a decision is synced, with all that came before it, and no other is."""
    back_end = SqliteBackEnd(tmp_path)
    syncs.count = 0
    back_end.store.transact(increment("c/1"), "id1")
    assert syncs.count == 1
    back_end.files.put("job1", b"a CV", "text/html")
    back_end.dispatcher.dispatch([Task("one", "job1", "light", 0)])
    back_end.publisher.publish([Event("job1/1/job/x", "job.x", "job1", "acme", 1)])
    back_end.finish([task.name for task in back_end.take()])
    assert syncs.count == 1
    back_end.store.transact(increment("c/1"), "id2")
    assert syncs.count == 2
    back_end.files.delete_folder("job1")
    assert syncs.count == 3
    back_end.close()


def test_a_folder_of_the_first_version_gets_what_is_new_and_keeps_what_it_has(
    tmp_path: Path,
) -> None:
    """Its small content is on the disk."""
    engine = Engine(tmp_path / "workflow.db", ManualClock())
    SqliteStore(engine).transact(increment("c/1"), "id1")
    engine.submit([lambda cursor, _now: cursor.execute("DROP TABLE contents").fetchall()])
    engine.close()
    connection = apsw.Connection(str(tmp_path / "workflow.db"))
    connection.pragma("user_version", 1)
    connection.close()
    old = LocalFiles(tmp_path / "files").put("job1", b"a CV", "text/html")
    back_end = SqliteBackEnd(tmp_path)
    new = back_end.files.put("job1", b"another", "text/html")
    assert (back_end.files.get("job1", old), back_end.files.get("job1", new)) == (
        b"a CV",
        b"another",
    )
    assert back_end.store.transact(increment("c/1"), "id2") == 2
    back_end.files.delete_folder("job1")
    for file in (old, new):
        with pytest.raises(WorkflowError, match="no file"):
            back_end.files.get("job1", file)
    back_end.close()


def test_a_file_that_is_no_database_is_named_as_damaged(tmp_path: Path) -> None:
    (tmp_path / "workflow.db").write_bytes(b"not a database, but long enough" * 100)
    with pytest.raises(WorkflowError, match="Restore a backup") as caught:
        Engine(tmp_path / "workflow.db", ManualClock())
    assert caught.value.code == Code.DATA_LOSS


def test_a_folder_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "workflow.db"))
    connection.pragma("user_version", 99)
    connection.close()
    with pytest.raises(WorkflowError, match="newer version") as caught:
        Engine(tmp_path / "workflow.db", ManualClock())
    assert caught.value.reason == "newer-schema"


def test_the_next_task_is_due_when_it_may_be_taken(tmp_path: Path) -> None:
    back_end = SqliteBackEnd(tmp_path)
    tasks, now = back_end._tasks, back_end.clock.now()
    assert tasks.next_due() is None
    tasks.dispatch([Task("one", "job1", "light", 0, now + timedelta(seconds=9))])
    assert tasks.next_due() == now + timedelta(seconds=9)
    back_end.clock.advance(9)
    back_end.take()
    assert tasks.next_due() is None
    back_end.release(["one"])
    assert tasks.next_due() == back_end.clock.now() + timedelta(seconds=2)
    back_end.close()


def test_a_key_that_is_published_again_is_not_new_to_who_read_so_far(tmp_path: Path) -> None:
    back_end = SqliteBackEnd(tmp_path)
    event = Event("job1/1/job/completed", "job.completed", "job1", "acme", 1)
    back_end.publisher.publish([event])
    ((number, first),) = back_end._events.events()
    back_end.publisher.publish([event])
    assert first == event
    assert back_end._events.events(after=number) == []
    back_end.close()


def test_files_and_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        files = LocalFiles(tmp_path / "files")
        stored = files.put("a/b/job1", b"secret", "text/html")
        files.publish("users/ann/generated/job1/cv.html", "a/b/job1", stored, 1)
    finally:
        os.umask(old)
    paths = list((tmp_path / "files").rglob("*"))
    assert len(paths) > 8
    for path in (tmp_path / "files", *paths):
        expected = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == expected, path


class Crash(BaseException):
    """The process dies here."""


def crash_at(call: int, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Die at the `call`th use of `os.<name>`, as a kill does: no clean-up that is not a finally."""
    real: Callable[[int], None] = getattr(os, name)
    calls = 0

    def counted(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == call:
            raise Crash
        real(handle)

    monkeypatch.setattr(os, name, counted)


@pytest.mark.parametrize("call", [1, 2, 3, 4, 5])
def test_a_crash_while_publishing_lets_nothing_older_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    files = LocalFiles(tmp_path)
    old, new = (files.put("job1", content, "text/html") for content in (b"old", b"new"))
    files.publish(PLACE, "job1", old, 1)
    with monkeypatch.context() as patch:
        crash_at(call, patch, "fsync")
        try:
            files.publish(PLACE, "job1", new, 2)
        except Crash:
            pass
        else:
            assert call == 5
    seen = files.published(PLACE)
    files.publish(PLACE, "job1", old, 1)
    assert files.published(PLACE) == seen
    files.publish(PLACE, "job1", new, 2)
    assert files.published(PLACE) == b"new"


@pytest.mark.parametrize("call", [1, 2])
def test_a_crash_while_storing_leaves_no_half_file_behind_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    files = LocalFiles(tmp_path)
    with monkeypatch.context() as patch:
        crash_at(call, patch, "fsync")
        with pytest.raises(Crash):
            files.put("job1", b"the CV", "text/html")
    stored = files.put("job1", b"the CV", "text/html")
    assert files.get("job1", stored) == b"the CV"
    files.delete_folder("job1")
    assert list((tmp_path / "content").iterdir()) == []


def test_a_full_disk_is_said_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = LocalFiles(tmp_path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(WorkflowError, match="No space left on device") as caught:
            files.put("job1", b"the CV", "text/html")
    assert caught.value.code == Code.RESOURCE_EXHAUSTED
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
