"""Retry and replay, `doctor --repair`, backup and restore, interrupts (J3, J7, J10, A4, W3)."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import apsw
import pytest

from cvplus_workflow.app import LOCAL_CALLER
from cvplus_workflow.embedded import backup
from cvplus_workflow.embedded.files import LocalFiles
from cvplus_workflow.embedded.presence import Presence
from cvplus_workflow.ports import Task
from cvplus_workflow.settings import Settings
from cvplus_workflow.upkeep import Finding, back_up, findings, restore
from cvplus_workflow.worker import Worker, drain
from tests.e2e.faults import CV, PATIENCE_S, SMALL, Folder, until
from tests.workloads import ManualClock

UNREADABLE = b"%PDF-1.4 not a CV"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def alter(folder: Folder, statement: str) -> None:
    """Do to the database what no command does."""
    connection = apsw.Connection(str(folder.data / "workflow.db"))
    connection.execute(statement)
    assert connection.changes()
    connection.close()


# Pause, retry, replay


def test_a_paused_job_rests_until_it_is_resumed(folder: Folder) -> None:
    job = folder.add()
    assert "is paused" in folder.give("jobs", "pause", job)
    folder.give("worker", "--once")
    assert [found.status for found in folder.jobs()] == ["paused"]
    folder.give("jobs", "resume", job, "--out", "out")
    assert [found.status for found in folder.jobs()] == ["completed"]


def test_retry_opens_the_next_run_of_a_job_that_failed_and_of_no_other(folder: Folder) -> None:
    failed = folder.add(UNREADABLE)
    folder.drain()
    folder.give("jobs", "retry", failed, "--out", "out", code=2)
    (job,) = folder.jobs()
    assert (job.run.number, job.status) == (2, "failed")
    waiting = folder.add()
    assert "pending, not failed or cancelled" in folder.give("jobs", "retry", waiting, code=2)


def test_retry_from_a_step_runs_it_and_its_followers_again(folder: Folder) -> None:
    job = folder.add()
    folder.drain()
    folder.give("jobs", "retry", job, "--from", "assemble", "--out", "out")
    (found,) = folder.jobs()
    again = {e.step for e in found.run.history if e.event == "completed" and e.run == 2}
    assert again == {"assemble", "quality"}
    assert (folder.place / "out/cv.html").exists()
    assert "no step nope" in folder.give("jobs", "retry", job, "--from", "nope", code=2)


def test_replay_works_off_the_dead_letters_and_nothing_else(folder: Folder) -> None:
    failed, other, paused = folder.add(UNREADABLE), folder.add(UNREADABLE), folder.add()
    with folder.app() as app:
        app.call("updateJobStatus", LOCAL_CALLER, {"jobId": paused, "status": "paused"})
        drain(app)
    assert "or give --all" in folder.give("jobs", "replay", code=2)
    assert "not failed" in folder.give("jobs", "replay", failed, paused, code=2)
    assert {job.run.number for job in folder.jobs()} == {1}
    told = folder.give("jobs", "replay", failed, code=1)
    assert failed in told
    assert other not in told
    told = folder.give("jobs", "replay", "--all", code=1)
    assert failed in told
    assert other in told
    runs = {job.id: job.run.number for job in folder.jobs()}
    assert runs == {failed: 3, other: 2, paused: 1}


def test_replay_completes_a_job_whose_cause_is_gone(folder: Folder) -> None:
    job = folder.add()
    alter(folder, "UPDATE contents SET folder = 'aside'")
    folder.drain()
    assert [found.status for found in folder.jobs()] == ["failed"]
    alter(folder, f"UPDATE contents SET folder = '{job}'")
    assert "completed" in folder.give("jobs", "replay", "--all")
    assert [found.status for found in folder.jobs()] == ["completed"]


# doctor --repair


def told(found: Sequence[Finding]) -> dict[str, tuple[int, int | None]]:
    return {one.what: (one.count, one.left) for one in found}


def leave_what_a_crash_leaves(folder: Folder, clock: ManualClock) -> None:
    """One of each thing that can be repaired."""
    clock.time = clock.time.replace(year=2020)
    with folder.app(clock=clock) as app:
        job = app.jobs.create(LOCAL_CALLER, content=SMALL, features=[])
        app.tasks.take(("standard",), 1)
        app.presence.name = "dead"
        app.tasks.dispatch([Task("lost", "no-such-job", "light", 0)])
        files = LocalFiles(folder.data / "files")
        files.put("never-accepted", b"a CV", "text/plain")
        files.put(job.id, b"a CV", "text/plain")
        app.files.put("never-made", b"a CV", "text/plain")
        other = app.jobs.create(LOCAL_CALLER, content=SMALL, features=[])
        app.tasks.cancel([effect.name for effect in other.run.effects])
    (folder.data / "workers/dead.lock").touch(mode=0o600)
    content = folder.data / "files/content"
    for path in (content / ".unfinished-abc", *content.rglob("*")):
        path.touch(mode=0o600)
        os.utime(path, (0, 0))
    (content / ".unfinished-young").touch(mode=0o600)
    (folder.data / "signing.key").chmod(0o644)


def test_doctor_reports_what_a_crash_left_and_repairs_it_on_demand(folder: Folder) -> None:
    leave_what_a_crash_leaves(folder, ManualClock())
    found = told(findings(folder.settings, repair=False))
    everything = {
        "tasks held by workers that died": 1,
        "jobs past their deadline": 2,
        "jobs with effects that were not relayed": 1,
        "tasks of jobs that do not exist": 1,
        "lock files of workers that died": 2,
        "unfinished files": 1,
        "contents that no job has owned for a day": 1,
        "folders of content that no job has owned for a day": 1,
        "files and folders open to others": 1,
    }
    assert found == {what: (count, None) for what, count in everything.items()}
    assert told(findings(folder.settings, repair=False)) == found, "reporting changed something"
    report = folder.give("doctor")
    assert report.count("`doctor --repair` gets them") == len(everything)

    repaired = told(findings(folder.settings, repair=True))
    assert {what: left for what, (_, left) in repaired.items()} == dict.fromkeys(everything, 0)
    assert findings(folder.settings, repair=False) == []
    content = folder.data / "files/content"
    (job,) = content.glob("[!.]*")
    assert job.name in [each.id for each in folder.jobs()]
    assert (content / ".unfinished-young").exists()
    folder.drain()
    assert [job.status for job in folder.jobs()] == ["completed", "completed"]


def test_the_command_tells_what_it_repaired_and_then_has_nothing_left(folder: Folder) -> None:
    """J7, J10"""
    leave_what_a_crash_leaves(folder, ManualClock())
    told = folder.give("doctor", "--repair").splitlines()
    repairs = [line.removeprefix("repair").strip() for line in told if line.startswith("repair")]
    assert repairs == [
        "tasks held by workers that died: 1 found, released",
        "jobs past their deadline: 2 found, swept",
        "jobs with effects that were not relayed: 1 found, relayed",
        "tasks of jobs that do not exist: 1 found, removed",
        "contents that no job has owned for a day: 1 found, removed",
        "lock files of workers that died: 2 found, removed",
        "unfinished files: 1 found, removed",
        "folders of content that no job has owned for a day: 1 found, removed",
        "files and folders open to others: 1 found, closed",
    ]
    checks = [line for line in told if not line.startswith("repair")]
    assert checks
    assert all(line.startswith("ok ") for line in checks)
    again = folder.give("doctor", "--repair")
    assert "repair" not in again
    assert again.splitlines() == checks


def test_a_job_that_waits_for_a_step_of_another_version_is_told(folder: Folder) -> None:
    """J7. A newer release made the job, and this one lacks what it is planned with."""
    folder.add()
    assert "waited for, all here" in folder.give("doctor")
    connection = apsw.Connection(str(folder.data / "workflow.db"))
    connection.execute(
        "UPDATE documents SET body = replace(body, ?, ?)",
        ('{"id":"assemble","version":1', '{"id":"assemble","version":9'),
    )
    connection.close()
    told = folder.give("doctor", code=1)
    assert "bad   steps" in told
    assert "Jobs wait for steps that this version lacks: assemble 9." in told


def test_content_that_a_job_may_yet_be_made_of_stays(folder: Folder) -> None:
    folder.add()
    LocalFiles(folder.data / "files").put("soon", b"a CV", "text/plain")
    stored = folder.data / "files/content/soon"
    for path in (stored, *stored.iterdir()):
        os.utime(path, (0, 0))
    LocalFiles(folder.data / "files").put("soon", b"a CV", "text/plain")
    assert findings(folder.settings, repair=True) == []
    assert len(list(stored.iterdir())) == 1


def test_the_lock_and_the_tasks_of_a_living_worker_stay(folder: Folder) -> None:
    folder.add()
    with folder.app() as app:
        taken = app.tasks.take(("standard",), 1)
        assert taken
        assert findings(folder.settings, repair=True) == []
        with folder.app() as other:
            assert other.tasks.release_dead() == 0
            assert len(list((folder.data / "workers").iterdir())) == 2


def test_a_start_removes_the_locks_of_the_dead(tmp_path: Path) -> None:
    (tmp_path / "dead.lock").touch()
    first = Presence(tmp_path, "first")
    second = Presence(tmp_path, "second")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first.lock", "second.lock"]
    assert second.dead(["first", "dead"]) == ["dead"]
    first.close()
    second.close()


def test_a_data_folder_is_for_its_owner_alone_whatever_the_umask(folder: Folder) -> None:
    old = os.umask(0)
    try:
        folder.add()
        with folder.app() as app:
            drain(app)
            assert findings(folder.settings, repair=False) == []
    finally:
        os.umask(old)


# Backup and restore


def events_in(database: Path) -> int:
    connection = apsw.Connection(str(database))
    try:
        return len(connection.execute("SELECT 1 FROM events").fetchall())
    finally:
        connection.close()


def test_a_backup_of_running_work_is_restored_and_completes_with_the_same_results(
    folder: Folder, tmp_path: Path
) -> None:
    with folder.app() as app:
        features = app.features.runnable()
    jobs = [folder.add(CV.read_bytes(), features) for _ in range(8)]
    worker = folder.start("worker")
    assert until(lambda: events_in(folder.database) > 0)
    back_up(folder.settings, tmp_path / "backup")
    worker.send_signal(signal.SIGTERM)
    worker.communicate(timeout=PATIENCE_S)
    folder.drain()

    other = Folder(tmp_path / "elsewhere")
    restore(other.settings, tmp_path / "backup")
    states = {job.status.value for job in other.jobs()}
    assert "completed" in states
    assert len(states) > 1, "the backup was made too late to prove anything"
    assert findings(other.settings, repair=False) != [], "nothing was under way"
    other.drain()
    with folder.app() as here, other.app() as there:
        for job in jobs:
            assert there.jobs.get(LOCAL_CALLER, job).status == "completed"
            request = {"jobId": job}
            results = [app.call("getJobResult", LOCAL_CALLER, request) for app in (here, there)]
            assert results[0] == results[1]
            pages = [app.jobs.file(LOCAL_CALLER, job, "cv.html") for app in (here, there)]
            assert pages[0] == pages[1]
    assert findings(other.settings, repair=False) == []
    for path in (other.data, *other.data.rglob("*")):
        assert not path.stat().st_mode & 0o077, path


def test_what_is_committed_while_a_backup_begins_is_in_it_with_its_files(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, copy_database = folder.add(), backup._copy_database

    def after_a_commit(source: Path, target: Path) -> None:
        folder.drain()
        copy_database(source, target)

    monkeypatch.setattr(backup, "_copy_database", after_a_commit)
    back_up(folder.settings, tmp_path / "backup")
    other = Folder(tmp_path / "elsewhere")
    restore(other.settings, tmp_path / "backup")
    with other.app() as app:
        assert app.jobs.get(LOCAL_CALLER, job).status == "completed"
        assert app.jobs.file(LOCAL_CALLER, job, "cv.pdf").startswith(b"%PDF")


def test_nothing_is_overwritten_by_a_backup_or_a_restore(folder: Folder, tmp_path: Path) -> None:
    folder.add()
    made, kept = tmp_path / "made", tmp_path / "kept"
    assert "no backup" in folder.give("restore", tmp_path, code=2)
    folder.give("backup", made)
    folder.give("restore", made, "--data", tmp_path / "again")
    kept.mkdir()
    (kept / "letter.txt").write_text("Dear Ada")
    assert "not empty" in folder.give("backup", kept, code=2)
    assert "not empty" in folder.give("restore", made, code=2)
    assert "not empty" in folder.give("restore", made, "--data", kept, code=2)
    assert [path.name for path in kept.iterdir()] == ["letter.txt"]
    assert len(folder.jobs()) == 1
    assert not list(tmp_path.glob(".*"))


# Ending


TELLS_WHEN_IMPORTS_BEGIN = """
import sys
from cvplus_workflow.__main__ import main

class Told:
    def find_spec(self, name, *_):
        if name == "cvplus_workflow.cli":
            print("begun", flush=True)

sys.meta_path.insert(0, Told())
main()
"""


@pytest.mark.parametrize("number", range(8))
def test_an_interrupt_at_any_instant_of_the_start_shows_no_traceback(
    folder: Folder, number: int
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", TELLS_WHEN_IMPORTS_BEGIN, "worker", "--data", str(folder.data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    threading.Event().wait(number * 0.08)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert "Traceback" not in errors
    assert process.returncode in (0, 130), errors


def test_stopping_a_worker_waits_so_long_in_total(folder: Folder) -> None:
    begun, over = threading.Event(), threading.Event()

    class Stuck(Worker):
        def _work(self, _queue: str, _limit: int) -> None:
            begun.set()
            over.wait(PATIENCE_S)

    with folder.app() as app:
        worker = Stuck(app, slots=20)
        worker.start()
        assert begun.wait(PATIENCE_S)
        begin = time.monotonic()
        worker.stop(0.5)
        seconds = time.monotonic() - begin
        over.set()
        # For each of its threads in turn it would be over 10 s.
        assert seconds < 5
        worker.stop(PATIENCE_S)


def test_an_empty_variable_means_the_default_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CVPLUS_DATA", raising=False)
    default = Settings().data
    monkeypatch.setenv("CVPLUS_DATA", "")
    assert Settings().data == default
    assert default.is_absolute()
