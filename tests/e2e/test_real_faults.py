"""Real faults on the embedded back end: kills in a loop, a full disk, damage, orphans (J7, J10)."""

import hashlib
import os
import random
import resource
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import apsw
import msgspec
import pytest

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.errors import Code, StorageError, WorkflowError
from cvplus_workflow.ports import StepCall
from cvplus_workflow.steps.child import write_frame
from cvplus_workflow.upkeep import back_up, findings
from cvplus_workflow.worker import drain, recover
from tests.e2e.faults import CV, PATIENCE_S, SMALL, Folder, gone, until
from tests.e2e.kill_trials import children_of, is_step_child
from tests.services.test_stop_needless import ENDLESS

WORKERS, JOBS, KILLS, SEED = 3, 6, 16, 3_016


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A folder with a finished job and one that waits, which nobody has open."""
    made = Folder(tmp_path_factory.mktemp("finished"))
    made.add()
    with made.app() as app:
        drain(app)
    made.add()
    return made


def copied(source: Folder, place: Path) -> Folder:
    subprocess.run(["cp", "-a", str(source.data), str(place / "data")], check=True)
    return Folder(place)


def rows(app: EmbeddedApp, statement: str) -> list[tuple[object, ...]]:
    return list(app.engine.read().execute(statement))


# Kills


def commits_seen(database: Path) -> Callable[[], int]:
    """Counts the commits of other processes, as far as they are seen apart."""
    connection = apsw.Connection(str(database))
    connection.set_busy_timeout(20_000)
    seen = [connection.pragma("data_version")]

    def look() -> int:
        version = connection.pragma("data_version")
        if version != seen[-1]:
            seen.append(version)
        return len(seen) - 1

    return look


def test_workers_killed_in_a_loop_lose_and_double_nothing(folder: Folder) -> None:
    with folder.app() as app:
        features = app.features.runnable()
    jobs = [folder.add(CV.read_bytes(), features) for _ in range(JOBS)]
    commits, chance = commits_seen(folder.database), random.Random(SEED)
    workers = [folder.start("worker") for _ in range(WORKERS)]
    kills = 0
    try:
        while kills < KILLS:
            target = commits() + 1 + chance.randrange(3)
            if not until(lambda: commits() >= target, 15):  # noqa: B023 - used at once
                break
            victim = chance.randrange(WORKERS)
            workers[victim].kill()
            workers[victim].communicate()
            kills += 1
            workers[victim] = folder.start("worker")
        assert kills >= 15
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()
    folder.give("worker", "--once")
    with folder.app() as app:
        drain(app)
        assert rows(app, "SELECT name FROM tasks") == []
        for job_id in jobs:
            job = app.jobs.get(LOCAL_CALLER, job_id)
            ends = Counter((e.run, e.step) for e in job.run.history if e.event == "completed")
            assert job.status == "completed", job_id
            done = [name for name, step in job.run.steps.items() if step.state == "completed"]
            assert ends == {(1, name): 1 for name in done}
            assert job.run.deadline is None
            assert not job.run.effects
        events = [(event.job_id, event.name) for _, event in app.events.events(limit=1_000)]
        lost = [
            job_id
            for job_id in jobs
            if any(e.event == "lost" for e in app.jobs.get(LOCAL_CALLER, job_id).run.history)
        ]
        expected = [(job_id, "job.completed") for job_id in jobs]
        expected += [(job_id, "job.recovered") for job_id in lost]
        assert sorted(events) == sorted(expected)
    assert folder.give("doctor").count("ok ") == 8


@pytest.mark.skipif(sys.platform != "linux", reason="children are found in /proc")
def test_a_child_in_an_endless_body_ends_with_its_killed_parent(folder: Folder) -> None:
    folder.add(ENDLESS)
    worker = folder.start("worker")
    assert until(lambda: bool(children_of(worker.pid)))
    assert until(lambda: sum(map(cpu_seconds, children_of(worker.pid))) > 1.0)
    children = children_of(worker.pid)
    worker.kill()
    worker.communicate()
    try:
        assert until(lambda: all(map(gone, children)), 5)
    finally:
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)


def cpu_seconds(process: int) -> float:
    with suppress(OSError):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) / os.sysconf("SC_CLK_TCK")
    return 0.0


CHILD_WITHOUT_PARENT = """
import sys
from cvplus_workflow.steps import child
child.ALARM_MARGIN_S = -0.5
child.die_with_parent = lambda parent: None
sys.argv[1:] = ["512", "0", "cvplus_workflow.steps.registry:BUILT_IN"]
child.main()
"""


def test_a_child_ends_itself_when_nobody_does_at_its_timeout() -> None:

    given = b'{"job": {"template": "modern", "fileName": "a.md"}, "outputs": {}}'
    call = StepCall("parse", 1, given, {"source": ENDLESS}, 1)
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD_WITHOUT_PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin is not None
    write_frame(child.stdin, msgspec.msgpack.encode(call))  # type: ignore[arg-type]
    try:
        assert child.wait(PATIENCE_S / 4) == -signal.SIGALRM
    finally:
        child.kill()
        child.communicate()


def test_a_warm_child_that_died_between_calls_is_not_used(folder: Folder) -> None:
    first, second = folder.add(), folder.add()
    with folder.app() as app:
        recover(app)
        tasks = app.tasks.take(("standard", "light", "heavy"), 1)
        app.queue.execute(tasks)
        children = list(filter(is_step_child, children_of(os.getpid())))
        assert children
        for child in children:
            os.kill(child, signal.SIGKILL)
        assert until(lambda: not set(children) & set(children_of(os.getpid())))
        drain(app)
        for job_id in (first, second):
            job = app.jobs.get(LOCAL_CALLER, job_id)
            assert [step.failures for step in job.run.steps.values()] == [0] * len(job.run.steps)


# A full disk


def limit_files(process: int, size: int) -> None:
    """Let `process` write no file beyond `size` bytes; the hard limit stays as it is."""
    _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (size, hard))


@pytest.mark.skipif(sys.platform != "linux", reason="needs prlimit")
def test_a_worker_whose_disk_is_full_says_so_and_ends_and_the_next_completes_the_jobs(
    folder: Folder,
) -> None:
    folder.add()
    worker = folder.start("worker")
    assert worker.stderr is not None
    assert worker.stderr.readline().startswith("Working")
    limit_files(worker.pid, 0)
    folder.add()
    _, errors = worker.communicate(timeout=PATIENCE_S)
    assert worker.returncode == 1, errors
    assert "the disk is full" in errors or "File too large" in errors
    assert "Traceback" not in errors
    assert len(errors.splitlines()) < 10, "it tried again and again"
    folder.give("worker", "--once")
    assert [job.status for job in folder.jobs()] == ["completed", "completed"]
    assert {step.failures for job in folder.jobs() for step in job.run.steps.values()} == {0}


@pytest.mark.parametrize("size", [0, 9_000, 60_000, 200_000])
def test_a_run_on_a_full_disk_says_so_and_loses_no_job_it_accepted(
    folder: Folder, size: int
) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))

    process = folder.start("run", CV, "--out", folder.place / "out", preexec_fn=full)
    out, errors = process.communicate(timeout=PATIENCE_S)
    assert "Traceback" not in errors
    assert process.returncode in (1, 2), out + errors
    accepted = "job " in out
    folder.give("worker", "--once")
    found = [job.status for job in folder.jobs()]
    assert found == ["completed"] * len(found)
    assert len(found) >= accepted


def fill(app: EmbeddedApp) -> None:
    for number in range(100):
        app.jobs.create(LOCAL_CALLER, content=SMALL, key=f"{number}")


def test_a_full_database_refuses_new_jobs_and_keeps_those_it_has(folder: Folder) -> None:
    kept = folder.add()
    with folder.app() as app:
        writer = app.engine._writer
        writer.pragma("max_page_count", writer.pragma("page_count"))
        with pytest.raises(StorageError) as caught:
            fill(app)
        assert (caught.value.code, caught.value.reason) == (Code.RESOURCE_EXHAUSTED, "disk-full")
        writer.pragma("max_page_count", 1_000_000)
        drain(app)
        jobs = app.jobs.history(LOCAL_CALLER, limit=100)
        assert kept in {job.id for job in jobs}
        assert {job.status for job in jobs} == {"completed", "analyzed"}


def test_a_file_that_the_disk_does_not_take_is_no_failure_of_the_step(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Large enough that what is made of it does not lie in the database.
    job = folder.add(SMALL + b"\n\nShe wrote programs for engines. " * 4_000)
    with folder.app() as app:

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr("cvplus_workflow.embedded.files.os.fsync", full)
            with pytest.raises(StorageError, match="No space left"):
                drain(app)
    with folder.app() as app:
        drain(app)
        found = app.jobs.get(LOCAL_CALLER, job)
    assert found.status == "completed"
    assert {step.failures for step in found.run.steps.values()} == {0}


# A damaged database


def truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


def emptied(_: bytes) -> bytes:
    return b""


def beheaded(content: bytes) -> bytes:
    return b"\xff" * 100 + content[100:]


def holed(content: bytes) -> bytes:
    return content[:4096] + b"\xff" * (len(content) // 2) + content[4096 + len(content) // 2 :]


DAMAGES = [truncated, emptied, beheaded, holed]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_database_is_told_and_not_touched(
    finished: Folder, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    folder = copied(finished, tmp_path)
    folder.database.write_bytes(damage(folder.database.read_bytes()))
    before = hashlib.sha256(folder.database.read_bytes()).digest()
    assert "Restore a backup" in folder.give("jobs", "list", code=1)
    told = folder.give("doctor", code=1)
    assert "Restore a backup" in told
    assert "cvplus-workflow restore" in told
    for look in (
        lambda: findings(folder.settings, repair=True),
        lambda: back_up(folder.settings, folder.place / "backup"),
        folder.drain,
    ):
        with pytest.raises(StorageError) as caught:
            look()
        assert (caught.value.code, caught.value.reason) == (Code.DATA_LOSS, "database-damaged")
    assert not (folder.place / "backup").exists()
    assert hashlib.sha256(folder.database.read_bytes()).digest() == before


def test_a_database_that_is_gone_is_told_and_not_begun_anew(
    finished: Folder, tmp_path: Path
) -> None:
    folder = copied(finished, tmp_path)
    folder.database.unlink()
    assert "gone or empty" in folder.give("jobs", "list", code=1)
    assert not folder.database.exists()


@pytest.mark.parametrize("seed", range(40))
def test_flipped_bytes_never_end_in_anything_but_our_own_error(
    finished: Folder, tmp_path: Path, seed: int
) -> None:
    folder, chance = copied(finished, tmp_path), random.Random(seed)
    content = bytearray(folder.database.read_bytes())
    for _ in range(chance.choice([1, 10, 1_000])):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    folder.database.write_bytes(content)
    with suppress(WorkflowError), folder.app() as app:
        for job in app.jobs.history(LOCAL_CALLER):
            app.call("getJobProgress", LOCAL_CALLER, {"jobId": job.id})
            app.call("getJobResult", LOCAL_CALLER, {"jobId": job.id})
        app.events.events()
        app.tasks.next_due()
        app.tasks.release_dead()
        app.tasks.take(("light", "standard", "heavy"), 10)
        app.queue.sweep()


def any_job(connection: apsw.Connection) -> str:
    """The id of one of the jobs there."""
    found = connection.execute("SELECT substr(path, 6) FROM documents WHERE user_id IS NOT NULL")
    return str(next(found)[0])


@pytest.mark.parametrize("table", ["tasks", "events", "documents"])
def test_a_row_that_cannot_be_read_is_damage_and_its_text_is_not_shown(
    finished: Folder, tmp_path: Path, table: str
) -> None:
    folder = copied(finished, tmp_path)
    connection = apsw.Connection(str(folder.database))
    job_id = any_job(connection)
    connection.execute(f"UPDATE {table} SET body = CAST('{{Ada Byron' AS BLOB)")
    connection.close()
    looks: dict[str, Callable[[EmbeddedApp], object]] = {
        "tasks": lambda app: app.tasks.take(("standard",), 1),
        "events": lambda app: app.events.events(),
        "documents": lambda app: app.jobs.get(LOCAL_CALLER, job_id),
    }
    with folder.app() as app, pytest.raises(WorkflowError) as caught:
        looks[table](app)
    assert caught.value.code == Code.DATA_LOSS
    assert "Ada" not in str(caught.value)


def test_a_job_that_cannot_be_read_is_left_out_of_listings_and_told_by_doctor(
    finished: Folder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = copied(finished, tmp_path)
    connection = apsw.Connection(str(folder.database))
    job_id = any_job(connection)
    damage = "UPDATE documents SET body = CAST('{Ada Byron' AS BLOB) WHERE path = ?"
    connection.execute(damage, (f"jobs/{job_id}",))
    connection.close()
    with folder.app() as app:
        assert job_id not in [job.id for job in app.jobs.history(LOCAL_CALLER)]
    assert f"jobs/{job_id}" in caplog.text
    assert "Ada" not in caplog.text
    assert "The database is damaged." in folder.give("doctor", code=1)
    assert "The database is damaged." in folder.give("doctor", "--repair", code=1)


def test_doctor_finds_damaged_content_on_the_disk_and_in_the_database(
    finished: Folder, tmp_path: Path
) -> None:
    folder = copied(finished, tmp_path)
    with folder.app() as app:
        file = app.files.put("job1", b"x" * 100_000, "text/html")
    path = folder.data / "files/content/job1" / file.hash
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert f"{file.hash} is damaged" in folder.give("doctor", code=1)
    path.unlink()
    assert "is damaged" not in folder.give("doctor")
    connection = apsw.Connection(str(folder.database))
    connection.execute("UPDATE contents SET body = x'00'")
    connection.close()
    assert "is damaged" in folder.give("doctor", code=1)
