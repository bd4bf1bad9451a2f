"""The finished CV in a real browser: phone, desktop, paper (J8, J9, and the look of F3, F12)."""

import fcntl
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.domain.features import PRIVACY_MODE
from cvplus_workflow.domain.templates import TEMPLATES
from cvplus_workflow.settings import Settings
from cvplus_workflow.steps.pdf import printed
from cvplus_workflow.steps.registry import BUILT_IN, latest
from cvplus_workflow.worker import drain

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
MODULES = HERE / "node_modules"
SECONDS = 300

VIEWS = ((360, "screen"), (1280, "screen"), (794, "print"))

NOT_CVS = {"resume-template.docx", "sample.job.json"}
CVS = (
    *sorted(
        path
        for path in EXAMPLES.rglob("*")
        if path.is_file() and path.parent.name != "licences" and path.name not in NOT_CVS
    ),
    HERE / "evidence.resume.json",
)
"""Every CV of the examples, and one that has something for every feature."""

FEATURES = [spec.id for spec in latest(BUILT_IN).values() if spec.feature]
SHOWING = [feature for feature in FEATURES if feature != PRIVACY_MODE]
WITHOUT_FRAGMENT = {"ats-optimization", "keyword-enhancement"}
"""Features that report to the CV's owner and show nothing to its readers."""
VACANCY = "We look for a developer with Python, SQL and JavaScript, who leads teams in German."

BAD_PAGE = """<!doctype html><html><title>Bad</title><body style="background: #fff">
<p style="width: 2000px; color: #ddd">Wide and faint.</p><img src="http://127.0.0.1:9/pixel.png">
<div class="cut" style="width: 90px; overflow: hidden"><p style="width: 99px">Cut off.</p></div>
<svg width="90" height="40"><text class="out" x="70" y="20">Outside</text>
<text class="under" x="5" y="20">Over</text><text x="9" y="22">Under</text></svg>
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


def finished(
    app: EmbeddedApp, folder: Path, cvs: Sequence[Path], features: Sequence[str]
) -> list[Path]:
    """The HTML and beside it the PDF of each CV, the templates in turn, made by real jobs."""
    jobs = {}
    for number, (source, template) in enumerate(zip(cvs, cycle(TEMPLATES), strict=False)):
        job = app.jobs.create(
            LOCAL_CALLER,
            content=source.read_bytes(),
            file_name=source.name,
            features=features,
            template_id=template,
            job_description=VACANCY,
            public_url="https://cv.example.org/someone",
        )
        jobs[job.id] = folder / f"{number}-{source.stem}-{template}.html"
    drain(app)
    for job_id, path in jobs.items():
        job = app.jobs.get(LOCAL_CALLER, job_id)
        assert job.status == "completed", (path.name, job.error)
        path.write_bytes(app.jobs.file(LOCAL_CALLER, job_id, "cv.html"))
        path.with_suffix(".pdf").write_bytes(app.jobs.file(LOCAL_CALLER, job_id, "cv.pdf"))
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


def assert_sound(pages: Sequence[dict[str, Any]], paths: Sequence[Path]) -> None:
    assert [(page["file"], page["width"], page["media"]) for page in pages] == [
        (str(path), *view) for path in paths for view in VIEWS
    ]
    for page in pages:
        where = (Path(page["file"]).name, page["width"], page["media"])
        assert page["letters"] > 500, where
        assert (page["overflow"], page["wide"], page["cut"]) == (0, [], []), where
        assert page["collisions"] == [], where
        assert page["errors"] == [], where
        assert page["requests"] == [], where
        assert page["fontsNotLoaded"] == 0, where
        assert page["violations"] == [], where
        assert "color-contrast" in page["passes"], where


def test_finished_cvs_with_every_feature_fit_every_screen_and_everyone_and_load_nothing(
    node: str, app: EmbeddedApp, tmp_path: Path
) -> None:
    paths = finished(app, tmp_path, CVS, SHOWING)
    assert_sound(checked(node, paths), paths)
    for path in paths:
        assert outside_paper(path.with_suffix(".pdf")) == [], path.name


def test_a_cv_with_something_for_every_feature_has_them_all(
    node: str, app: EmbeddedApp, tmp_path: Path
) -> None:
    (path,) = finished(app, tmp_path, CVS[-1:], SHOWING)
    shown = set(re.findall(r'data-feature="([^"]+)"', path.read_text()))
    assert set(SHOWING) - shown <= WITHOUT_FRAGMENT
    (page, *_) = checked(node, [path])
    assert {"color-contrast", "link-name", "svg-img-alt"} <= set(page["passes"])


def test_masked_cvs_are_as_sound(node: str, app: EmbeddedApp, tmp_path: Path) -> None:
    paths = finished(app, tmp_path, CVS[:1] + CVS[-1:], FEATURES)
    assert_sound(checked(node, paths), paths)


def outside_paper(path: Path) -> list[str]:
    """Letters of a PDF that stand in the margins, 16.5 mm wide and 5 mm high, by page.

    The printer shrinks a page that is too wide, and with it the margins of 18 mm.
    """
    import pypdfium2

    side, end = 16.5 / 25.4 * 72, 5 / 25.4 * 72
    found = []
    with pypdfium2.PdfDocument(path) as document:
        for number, page in enumerate(document, 1):
            width, height = page.get_size()
            text = page.get_textpage()
            boxes = [text.get_charbox(index) for index in range(text.count_chars())]
            found += [
                f"page {number}: {box}"
                for box in boxes
                if box[2] > box[0]
                and not (
                    side <= box[0]
                    and box[2] <= width - side
                    and end <= box[1]
                    and box[3] <= height - end
                )
            ]
            text.close()
    return found


def test_letters_outside_of_the_paper_are_found(tmp_path: Path) -> None:
    path = tmp_path / "wide.pdf"
    wide = f'<p style="margin: 18mm; white-space: nowrap">{"wide " * 40}</p>'
    path.write_bytes(printed(wide, title="Wide", paper="a4").content)
    found = outside_paper(path)
    assert len(found) > 10
    assert all(place.startswith("page 1: ") for place in found)
    path.write_bytes(printed(wide.replace("wide " * 40, "wide"), title="W", paper="a4").content)
    assert outside_paper(path) == []


def test_what_is_wrong_with_a_page_is_found(node: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.html"
    path.write_text(BAD_PAGE)
    for page in checked(node, [path]):
        assert page["overflow"] > 0
        assert "page: p.null" in page["wide"]
        assert page["cut"] == ["page: div.cut", "page: text.out"]
        assert page["collisions"] == ["page: text.under"]
        assert "broken" in page["errors"]
        assert page["requests"] == ["http://127.0.0.1:9/pixel.png"]
        assert {"color-contrast", "html-has-lang", "image-alt"} <= {
            violation["id"] for violation in page["violations"]
        }
