"""What `firebase deploy` would upload is whole: it runs where nothing else is.

A clean checkout is packaged by the commands that `firebase.json` names; what the deployer
would upload goes into an empty folder, is installed there as Google's builder does it, and
answers discovery and makes a CV with nothing of this repository on its path.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import yaml
from firebase_functions.private.serving import functions_as_yaml

from cvplus_workflow.operations import OPERATIONS
from tests.layout.tree import PACKAGE, ROOT, kept_files, name_of

from .web import PROJECT, RICHARD

pytestmark = pytest.mark.xdist_group("packaging")

(CONFIGURATION,) = json.loads((ROOT / "firebase.json").read_text(encoding="utf-8"))["functions"]

ALWAYS_IGNORED = ["firebase-debug.log", "firebase-debug.*.log", ".runtimeconfig.json"]
"""What the deployer leaves out whatever `firebase.json` says."""

LEFT_OUT = ["venv/bin/python", "__pycache__/main.pyc", "firebase-debug.log", ".env.cvplus"]
"""Files of a functions folder in use that must not be uploaded."""

NEEDED = ("Makefile", "README.md", "LICENSE", "pyproject.toml", "constraints.txt", "firebase.json")
START_SECONDS = 30.0


def _make(folder: Path, command: str, *arguments: str) -> None:
    """Run a command of `firebase.json` there, in the Python of these tests."""
    words = [*command.split(), f"DEPLOYED_PYTHON={sys.executable}", *arguments]
    ended = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=300)
    if "connection broken" in ended.stderr:
        pytest.skip("the package index cannot be reached")
    assert ended.returncode == 0, ended.stderr


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is in the repository and a deployment needs, packaged."""
    folder = tmp_path_factory.mktemp("checkout")
    for path in kept_files():
        name = name_of(path)
        if name in NEEDED or name.startswith(("functions/", "shared/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / name)
    _make(folder, CONFIGURATION["predeploy"][0])
    return folder


def _is_ignored(path: Path) -> bool:
    """As the deployer has it: a pattern without a slash is matched with the last part."""
    patterns = [*CONFIGURATION["ignore"], *ALWAYS_IGNORED]
    assert not [pattern for pattern in patterns if "/" in pattern]
    return any(fnmatch(path.name, pattern) for pattern in patterns)


def _uploaded(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if _is_ignored(path):
            continue
        if path.is_dir():
            yield from _uploaded(path)
        else:
            yield path


@pytest.fixture(scope="module")
def upload(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what is uploaded, and nothing else."""
    source, folder = checkout / CONFIGURATION["source"], tmp_path_factory.mktemp("upload")
    for name in LEFT_OUT:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text("not for upload")
    for path in _uploaded(source):
        target = folder / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return folder


@pytest.fixture(scope="module")
def installed(checkout: Path, upload: Path) -> Iterator[Path]:
    """The folder with an environment in which its requirements are installed, and they alone."""
    _make(checkout, CONFIGURATION["predeploy"][1], f"FUNCTIONS={upload}")
    yield upload
    # It is large, and pytest keeps the folders of its last runs.
    shutil.rmtree(upload / "venv")


def _environment(**more: str) -> dict[str, str]:
    """Nothing of this process's own: no import path, no data folder."""
    return {"PATH": os.defpath, "GCLOUD_PROJECT": PROJECT, "NO_COLOR": "1", **more}


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(checkout: Path) -> None:
    (wheel,) = (checkout / "functions").glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    kept = {path for path in kept_files() if PACKAGE in path.parents}
    assert packed == {path.relative_to(PACKAGE.parent).as_posix() for path in kept}
    assert {"cvplus_workflow/py.typed", "cvplus_workflow/steps/templates/cv.html.jinja"} <= packed


@pytest.mark.usefixtures("upload")
def test_what_is_uploaded_is_the_folder_the_wheel_and_the_pinned_versions(checkout: Path) -> None:
    source = checkout / CONFIGURATION["source"]
    kept = {name_of(path) for path in kept_files() if ROOT / "functions" in path.parents}
    wheel, *others = (name_of(ROOT / "functions" / path.name) for path in source.glob("*.whl"))
    assert others == []
    found = {path.relative_to(checkout).as_posix() for path in _uploaded(source)}
    assert found == kept | {wheel, "functions/constraints.txt"}


def test_the_package_is_found_in_the_environment_alone(installed: Path) -> None:
    code = "import cvplus_workflow, sys; print(cvplus_workflow.__file__, *sys.path, sep='\\n')"
    ended = subprocess.run(
        [installed / "venv" / "bin" / "python", "-c", code],
        cwd=installed,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    module, *path = ended.stdout.splitlines()
    assert Path(module).is_relative_to(installed / "venv")
    assert [entry for entry in path if Path(entry).is_relative_to(ROOT) and entry] == []


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _answer(url: str, process: subprocess.Popen[bytes]) -> str:
    """What is at `url` once the process listens."""
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            with urlopen(url, timeout=START_SECONDS) as response:
                text: str = response.read().decode()
                return text
        except URLError:
            assert process.poll() is None, "discovery ended without an answer"
            assert time.monotonic() < end, "discovery does not listen"
            time.sleep(0.05)


@pytest.fixture(scope="module")
def discovered(installed: Path) -> Any:
    """What the deployer would be told of the upload."""
    port = _free_port()
    process = subprocess.Popen(
        [installed / "venv" / "bin" / "python", "-m", "firebase_functions.private.serving"],
        cwd=installed,
        env=_environment(ADMIN_PORT=str(port)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        return yaml.safe_load(_answer(f"http://127.0.0.1:{port}/__/functions.yaml", process))
    finally:
        process.kill()
        process.wait()


def test_the_upload_is_discovered_whole(
    discovered: Any, functions: Mapping[str, Callable[..., Any]]
) -> None:
    """J1, I9: every function, each with memory, time, concurrency, trigger, secrets, account."""
    assert OPERATIONS.keys() <= discovered["endpoints"].keys()
    assert discovered == yaml.safe_load(functions_as_yaml(dict(functions)))


def test_functions_run_as_an_account_of_their_own(discovered: Any) -> None:
    """Q6: the project's default account may do everything."""
    accounts = {each["serviceAccountEmail"] for each in discovered["endpoints"].values()}
    assert accounts == {f"cvplus-functions@{PROJECT}.iam.gserviceaccount.com"}


DEPLOYED_EVENT = """
import base64, json
from functions_framework import create_app

event = {"name": "job.failed", "key": "j/1/job/failed"}
message = {"data": base64.b64encode(json.dumps(event).encode()).decode(), "messageId": "1"}
kind = "google.cloud.pubsub.topic.v1.messagePublished"
headers = {"ce-id": "1", "ce-source": "//pubsub", "ce-specversion": "1.0", "ce-type": kind}
client = create_app("onJobEvent", "main.py", "cloudevent").test_client()
assert client.post("/", json={"message": message}, headers=headers).status_code == 200
"""


@pytest.mark.parametrize("with_execution_id", ["true", "false"])
def test_a_deployed_instance_logs_the_events_that_alerts_wait_for(
    installed: Path, with_execution_id: str
) -> None:
    """J7: a dead letter that nobody is told of is a lost job; the runtime prints warnings alone."""
    ended = subprocess.run(
        [installed / "venv" / "bin" / "python", "-c", DEPLOYED_EVENT],
        cwd=installed,
        env=_environment(K_SERVICE="onjobevent", LOG_EXECUTION_ID=with_execution_id),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    assert "event job.failed of run j/1/job/failed" in ended.stderr + ended.stdout


def test_the_upload_makes_a_finished_cv(installed: Path, tmp_path: Path) -> None:
    """J9: fonts, templates and data files are in what is deployed."""
    shutil.copy(RICHARD, tmp_path)
    command = installed / "venv" / "bin" / "cvplus-workflow"
    arguments = ["run", RICHARD.name, "--data", "data", "--out", "out", "--features", "all"]
    ended = subprocess.run(
        [command, *arguments],
        cwd=tmp_path,
        env=_environment(HOME=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    page = (tmp_path / "out" / "cv.html").read_text(encoding="utf-8")
    name = json.loads(RICHARD.read_text(encoding="utf-8"))["basics"]["name"]
    assert name in re.sub(r"<[^>]+>", "", page)
    pdf = (tmp_path / "out" / "cv.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert b"/FontFile" in pdf
