"""The finished CV in a real browser, on a phone and on a desktop (J9, and the look of F3)."""

import fcntl
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.settings import Settings
from cvplus_workflow.worker import drain

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
MODULES = HERE / "node_modules"
SECONDS = 120

CVS = ("richard/sample.resume.json", "jane/resume.md", "johnny/resume.md")
TEMPLATES = ("modern", "creative-showcase")
FEATURES = ("skills-visualization", "interactive-timeline")

BAD_PAGE = """<!doctype html><html><title>Bad</title><body style="background: #fff">
<p style="width: 2000px; color: #ddd">Wide and faint.</p><img src="http://127.0.0.1:9/pixel.png">
<script>console.error("broken")</script></body></html>"""


@pytest.fixture(scope="module")
def node() -> str:
    """Node's path. Without it or the packages there is no browser, which CI does not forgive."""
    lacking = what_is_lacking()
    if lacking and os.environ.get("CI") == "true":
        pytest.fail(lacking)
    if lacking:
        pytest.skip(lacking)
    return str(shutil.which("node"))


def what_is_lacking() -> str:
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        return "the packaged browser is for Linux on x86-64"
    if shutil.which("node") is None:
        return "node is not installed"
    if not (MODULES / "puppeteer-core").is_dir():
        return "tests/browser/node_modules is missing: run make setup"
    return ""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[EmbeddedApp]:
    with_data = EmbeddedApp(Settings(data=tmp_path / "data"))
    yield with_data
    with_data.close()


def finished(app: EmbeddedApp, folder: Path) -> list[Path]:
    """The HTML of every CV in every template, made by real jobs."""
    jobs = {}
    for cv, template in product(CVS, TEMPLATES):
        source = EXAMPLES / cv
        job = app.jobs.create(
            LOCAL_CALLER,
            content=source.read_bytes(),
            file_name=source.name,
            features=FEATURES,
            template_id=template,
        )
        jobs[job.id] = folder / f"{source.parent.name}-{template}.html"
    drain(app)
    for job_id, path in jobs.items():
        path.write_bytes(app.jobs.file(LOCAL_CALLER, job_id, "cv.html"))
    return list(jobs.values())


def checked(node: str, paths: Sequence[Path]) -> list[dict[str, Any]]:
    """What the browser finds on the pages; one process at a time, as the first unpacks it."""
    with (MODULES / ".browser-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(
            [node, str(HERE / "check_page.mjs"), *map(str, paths)],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    pages: list[dict[str, Any]] = json.loads(done.stdout)["pages"]
    return pages


def test_finished_cvs_fit_every_screen_and_everyone_and_load_nothing(
    node: str, app: EmbeddedApp, tmp_path: Path
) -> None:
    paths = finished(app, tmp_path)
    pages = checked(node, paths)
    assert [(page["file"], page["width"]) for page in pages] == [
        (str(path), width) for path in paths for width in (360, 1200)
    ]
    for page in pages:
        where = (Path(page["file"]).name, page["width"])
        assert page["letters"] > 1_000, where
        assert (page["overflow"], page["wide"]) == (0, []), where
        assert page["errors"] == [], where
        assert page["requests"] == [], where
        assert page["fontsNotLoaded"] == 0, where
        assert page["violations"] == [], where
        assert {"color-contrast", "svg-img-alt", "link-name"} <= set(page["passes"]), where


def test_what_is_wrong_with_a_page_is_found(node: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.html"
    path.write_text(BAD_PAGE)
    for page in checked(node, [path]):
        assert page["overflow"] > 0
        assert "p.null" in page["wide"]
        assert "broken" in page["errors"]
        assert page["requests"] == ["http://127.0.0.1:9/pixel.png"]
        assert {"color-contrast", "html-has-lang", "image-alt"} <= {
            violation["id"] for violation in page["violations"]
        }
