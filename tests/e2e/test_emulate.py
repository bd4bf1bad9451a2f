"""`cvplus-workflow emulate`: the deployed system on one machine, started and stopped cleanly."""

import os
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cvplus_workflow.emulate import Stack
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.firebase.emulators import find_jar
from tests.functions.web import ROOT, Remote, User, new_job

from .faults import COMMAND, PATIENCE_S, gone, until
from .kill_trials import children_of

ADA = User("ada")
ANY_PORTS = [
    word
    for name in ("--port", "--firestore-port", "--pubsub-port", "--storage-port")
    for word in (name, "0")
]


@pytest.fixture(scope="module", autouse=True)
def _emulators() -> None:
    try:
        find_jar("firestore")
    except WorkflowError as error:
        pytest.skip(error.message)


def test_of_several_emulators_in_the_cache_the_newest_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I9: by its number, in which 9 comes before 19."""
    cache = tmp_path / ".cache" / "firebase" / "emulators"
    cache.mkdir(parents=True)
    for version in ("1.9.8", "1.19.8", "1.2.1"):
        (cache / f"cloud-firestore-emulator-{version}.jar").touch()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    assert find_jar("firestore").name == "cloud-firestore-emulator-1.19.8.jar"


def _start(*words: str | Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*COMMAND, "emulate", *map(str, words)],
        # A data folder that cannot be made: these functions are not to use it.
        env={**os.environ, "COLUMNS": "80", "CVPLUS_DATA": "/proc/none"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


class Emulated:
    """A running command, and what it told."""

    def __init__(self) -> None:
        self.process = _start(ROOT, *ANY_PORTS)
        timer = threading.Timer(PATIENCE_S, self.process.kill)
        timer.start()
        self.told = ""
        for line in self.process.stdout or ():
            self.told += line
            if "Ctrl-C ends" in line:
                break
        timer.cancel()
        self.children = children_of(self.process.pid)

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        self.told += self.process.communicate(timeout=PATIENCE_S)[0]
        return self.process.returncode

    @property
    def hosts(self) -> list[tuple[str, int]]:
        found = re.findall(r"^[a-z ]+ (?:http://)?(127\.0\.0\.1):(\d+)", self.told, re.MULTILINE)
        return [(host, int(port)) for host, port in found]


@pytest.fixture
def emulated() -> Iterator[Emulated]:
    made = Emulated()
    yield made
    if made.process.poll() is None:
        made.end(signal.SIGTERM)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_job_runs_to_its_end_and_an_interrupt_ends_everything(
    emulated: Emulated, number: int
) -> None:
    """J1"""
    url = re.search(r"^functions +(\S+)$", emulated.told, re.MULTILINE)
    assert url is not None, emulated.told
    assert f"export CVPLUS_FUNCTIONS_URL={url[1]}\n" in emulated.told
    web = Remote(url[1])
    job = {"jobId": web.call("createJob", new_job(), ADA).result["id"]}
    assert until(lambda: web.call("getJob", job, ADA).result["status"] == "completed")
    assert len(emulated.hosts) == 5
    assert all(map(_listens, emulated.hosts))
    assert len(emulated.children) == 3
    assert emulated.end(number) == 0
    assert "Traceback" not in emulated.told
    assert not any(map(_listens, emulated.hosts))
    assert all(map(gone, emulated.children))


def test_nothing_outlives_a_command_that_is_killed(emulated: Emulated) -> None:
    assert len(emulated.children) == 3
    emulated.process.kill()
    emulated.process.communicate()
    assert until(lambda: all(map(gone, emulated.children)))
    assert until(lambda: not any(map(_listens, emulated.hosts)))


def test_a_functions_process_that_ends_is_told(emulated: Emulated) -> None:
    (functions,) = [child for child in emulated.children if b"functions_host" in _words(child)]
    os.kill(functions, signal.SIGKILL)
    told = emulated.process.communicate(timeout=PATIENCE_S)[0]
    assert emulated.process.returncode == 1
    assert "The functions process has ended" in told
    assert all(map(gone, emulated.children))


@pytest.mark.parametrize("option", ANY_PORTS[::2])
def test_a_port_that_is_taken_is_named_and_nothing_stays(option: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        at = ANY_PORTS.index(option)
        words = [*ANY_PORTS[:at], option, port, *ANY_PORTS[at + 2 :]]
        process = _start(ROOT, *words)
        told = process.communicate(timeout=PATIENCE_S)[0]
    assert (process.returncode, told.strip()) == (2, f"Error: Port {port} is taken.")


def test_a_folder_without_functions_is_refused(tmp_path: Path) -> None:
    process = _start(tmp_path, *ANY_PORTS)
    told = process.communicate(timeout=PATIENCE_S)[0]
    assert process.returncode == 2
    assert "functions" in told


def test_functions_that_cannot_be_imported_are_told_and_nothing_stays(tmp_path: Path) -> None:
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "main.py").write_text("raise SystemExit(1)\n")
    (tmp_path / "firestore.rules").write_text((ROOT / "firestore.rules").read_text())
    stack = Stack(tmp_path, sweep_s=None)
    before = children_of(os.getpid())
    with pytest.raises(WorkflowError) as raised:
        stack.start()
    assert raised.value.code is Code.UNAVAILABLE
    assert all(map(gone, set(children_of(os.getpid())) - set(before)))


def test_the_clock_calls_the_sweep(tmp_path: Path) -> None:
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "main.py").write_text(CALLED)
    (tmp_path / "firestore.rules").write_text((ROOT / "firestore.rules").read_text())
    called = tmp_path / "called"
    with Stack(tmp_path, sweep_s=0.05):
        assert until(called.exists)


CALLED = """
from pathlib import Path

class Endpoint:
    eventTrigger = None

def sweep(request):
    (Path(__file__).parents[1] / "called").touch()
    return ""

sweep.__firebase_endpoint__ = Endpoint
"""


def _listens(address: tuple[str, int]) -> bool:
    with socket.socket() as one:
        return one.connect_ex(address) == 0


def _words(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()
