"""The command line as a user meets it: commands on real CVs, each in a process of its own.

Rows J1, J2, J4, J5, J9, F1 and D `job-processing`.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import pypdfium2
import pytest

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.jobs import described
from cvplus_workflow.settings import Settings
from tests.e2e.kill_trials import COMMAND, PATIENCE_S

EXAMPLES = Path(__file__).parents[2] / "examples"
CV = EXAMPLES / "jane/resume.md"


SMALL = "# Ada Byron\n\n## Skills\n\nEngines, Notes\n"


class Here:
    """A working directory with a data folder, and commands given in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "CVPLUS_DATA": str(folder / "data"), "COLUMNS": "80"}

    def start(self, *words: str | Path, **options: Any) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [COMMAND, *map(str, words)],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=options.pop("stdout", subprocess.PIPE),
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def give(self, *words: str | Path, code: int = 0) -> str:
        """Give a command that must end with `code`; answers its standard output, then errors."""
        process = self.start(*words)
        out, errors = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == code, out + errors
        assert "Traceback" not in errors
        return out + errors

    @contextmanager
    def app(self) -> Iterator[EmbeddedApp]:
        """The data folder, without the cost of a command."""
        app = EmbeddedApp(Settings(data=self.folder / "data"))
        try:
            yield app
        finally:
            app.close()

    def jobs(self) -> list[Job]:
        with self.app() as app:
            return app.jobs.history(LOCAL_CALLER, limit=100)

    def add_job(self, features: list[str] | None) -> str:
        """A job that nobody works on yet."""
        with self.app() as app:
            content = SMALL.encode()
            return app.jobs.create(
                LOCAL_CALLER, content=content, file_name="cv.md", features=features
            ).id

    def small_cv(self, name: str = "small.md") -> Path:
        path = self.folder / name
        path.write_text(SMALL)
        return path


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Here:
    """One data folder for the module, with one finished job, whose results are in `first`."""
    made = Here(tmp_path_factory.mktemp("cli"))
    (made.folder / "first.txt").write_text(made.give("run", CV, "--out", "first"))
    return made


def first_job(here: Here) -> str:
    job: str = json.loads((here.folder / "first/result.json").read_text())["jobId"]
    return job


def pdf_text(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    return " ".join(" ".join(pages).split())


def test_run_writes_the_cv_and_tells_a_line_a_step_and_where_the_results_are(here: Here) -> None:
    told = (here.folder / "first.txt").read_text()
    assert sorted(path.name for path in (here.folder / "first").iterdir()) == [
        "career.ics",
        "cv.html",
        "cv.pdf",
        "qr-code.png",
        "result.json",
    ]
    assert re.search(r"^job [0-9a-f]{32}$", told, re.MULTILINE)
    for step in ("Reading the CV", "Charting the skills", "Assembling the CV"):
        assert re.search(rf"^completed  {step} +\d+\.\d\d s$", told, re.MULTILINE)
    assert "cv.pdf          first/cv.pdf" in told
    assert "\x1b" not in told, "no terminal, so no colours"
    assert (here.folder / "first/cv.pdf").read_bytes().startswith(b"%PDF")


def test_the_same_cv_twice_is_two_jobs_in_two_folders_even_at_once(here: Here) -> None:
    before, cv = len(here.jobs()), here.small_cv()
    both = [here.start("run", cv, "--features", "none") for _ in range(2)]
    assert [process.communicate(timeout=PATIENCE_S)[1] for process in both] == ["", ""]
    assert [process.returncode for process in both] == [0, 0]
    assert len(here.jobs()) == before + 2
    assert (here.folder / "small-cv/cv.html").exists()
    assert (here.folder / "small-cv-2/cv.html").exists()


def test_the_same_key_is_the_same_job_and_refused_with_other_parameters(here: Here) -> None:
    words = ("run", here.small_cv(), "--features", "none", "--key", "k1")
    here.give(*words, "--out", "keyed")
    before = len(here.jobs())
    here.give(*words, "--out", "keyed-again")
    assert len(here.jobs()) == before
    html = [(here.folder / name / "cv.html").read_bytes() for name in ("keyed", "keyed-again")]
    assert html[0] == html[1]
    refused = here.give(*words, "--paper", "letter", code=2)
    assert "--key k1: already used" in refused


def test_an_edited_result_corrects_the_parse_in_the_page_and_in_the_pdf(here: Here) -> None:
    text = (here.folder / "first/result.json").read_text()
    result = json.loads(text)
    result["cv"]["personalInfo"]["name"] = "Zoë Quillfeather"
    result["cv"]["experience"][0]["company"] = "Brightwater Observatory"
    edited = here.folder / "edited result.json"
    edited.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")
    here.give("run", edited, "--out", "corrected")
    html = (here.folder / "corrected/cv.html").read_text()
    pdf = pdf_text(here.folder / "corrected/cv.pdf")
    for word in ("Zoë Quillfeather", "Brightwater Observatory"):
        assert word in html
        assert word in pdf


def test_what_the_cv_is_for_is_kept_with_the_job(here: Here) -> None:
    """F12: a vacancy as a file, the title of the post, the address of the CV."""
    vacancy = here.folder / "vacancy.txt"
    vacancy.write_text("Wir suchen eine Bibliothekarin.", encoding="utf-16")
    aim = ("--job-description", vacancy, "--role", "Librarian", "--url", "https://ada.example")
    words = ("run", here.small_cv(), "--features", "none", "--key", "aimed")
    here.give(*words, *aim, "--out", "aimed")
    (job,) = [job for job in here.jobs() if job.run.definition.role]
    definition = job.run.definition
    assert (definition.role, definition.url) == ("Librarian", "https://ada.example")
    assert definition.job_description == described("Wir suchen eine Bibliothekarin.")
    assert definition.job_description is not None
    with here.app() as app:
        stored = app.files.get(job.id, definition.job_description)
    assert stored.decode() == "Wir suchen eine Bibliothekarin."
    assert "already used" in here.give(*words, *aim[:2], code=2)


def test_a_report_on_the_vacancy_is_told_and_never_stands_on_the_page(here: Here) -> None:
    """F12: with `all` and no vacancy the job completes, and the feature says what it lacks."""
    vacancy = EXAMPLES / "richard/sample.job.json"
    told = here.give("run", CV, "--job-description", vacancy, "--out", "compared")
    assert re.search(r"^ats score +\d+ of 100, with a job description$", told, re.MULTILINE)
    assert re.search(r"^terms missing +SQL, MongoDB", told, re.MULTILINE)
    assert "MongoDB" not in (here.folder / "compared/cv.html").read_text()
    first = (here.folder / "first.txt").read_text()
    assert re.search(r"left out +keyword-enhancement: There is no job description", first)
    assert re.search(r"^ats score +\d+ of 100, without a job description$", first, re.MULTILINE)


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--job-description", "absent.txt", "absent.txt: No such file or directory"),
        ("--job-description", ".", "Is a directory"),
        ("--job-description", b"", "is empty"),
        ("--job-description", b"- \n", "it has no words"),
        ("--job-description", b"x" * 50_001, "is larger than 50 kB"),
        ("--job-description", b"%PDF-1.7 \xe2\xe3", "is not a text file in UTF-8"),
        ("--job-description", b'{"title": ', "is not readable JSON"),
        ("--url", "ada.example", "an absolute address"),
        ("--url", "https://ada:pw@ada.example", "without a user name or password"),
        ("--role", "a" * 201, "at most 200"),
        ("--role", "--", "one line with the title of a post"),
    ],
)
def test_a_wrong_aim_is_bad_input_that_names_the_option(
    here: Here, option: str, value: str | bytes, told: str
) -> None:
    """J1"""
    before = len(here.jobs())
    if isinstance(value, bytes):
        path = here.folder / ("aim.json" if b"{" in value else "aim.txt")
        path.write_bytes(value)
        value = str(path)
    output = here.give("run", here.small_cv(), "--features", "none", option, value, code=2)
    assert f"Error: {option}: " in output
    assert told in output
    assert len(here.jobs()) == before


def test_a_refused_feature_is_a_warning_and_an_error_with_strict(here: Here) -> None:
    words = ("run", here.small_cv(), "--features", "availability-calendar", "--key", "refused")
    told = here.give(*words, "--out", "refused")
    assert re.search(r"left out +availability-calendar: is not available", told)
    here.give(*words, "--out", "refused-strictly", "--strict", code=1)
    assert (here.folder / "refused-strictly/cv.html").exists()


def test_json_prints_one_document_and_tells_the_rest_on_standard_error(here: Here) -> None:
    process = here.start("jobs", "resume", first_job(here), "--out", "as-json", "--json")
    out, errors = process.communicate(timeout=PATIENCE_S)
    document = json.loads(out)
    assert document["status"] == "completed"
    assert document["out"] == "as-json"
    assert "Reading the CV" in errors


def test_a_document_that_cannot_be_read_is_bad_input_and_its_job_is_kept(here: Here) -> None:
    picture = here.folder / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    told = here.give("run", picture, code=2)
    assert "Error: picture.png: " in told
    assert "Supported formats" in told
    (command,) = re.findall(r"cvplus-workflow (jobs delete \w+)", told)
    assert "is deleted" in here.give(*command.split(), "--yes")


def replace_content(here: Here, job: str, text: str) -> None:
    connection = apsw.Connection(str(here.folder / "data/workflow.db"))
    values = (text.encode(), job)
    connection.execute("UPDATE contents SET body = ? WHERE folder = ?", values)
    assert connection.changes() == 1
    connection.close()


def test_a_failed_job_tells_why_and_the_command_to_go_on(here: Here) -> None:
    """J7: what made it fail is repaired, and the command that it told completes it."""
    job = here.add_job([])
    replace_content(here, job, "damaged")
    told = here.give("jobs", "resume", job, "--out", "failed", code=1)
    assert re.search(r"Error: The job is failed. File \w+ is damaged.", told)
    assert not (here.folder / "failed").exists()
    (command,) = re.findall(r"cvplus-workflow (jobs resume \w+)", told)
    replace_content(here, job, SMALL)
    here.give(*command.split(), "--out", "failed")
    assert (here.folder / "failed/cv.html").exists()


def test_a_choice_left_for_later_is_made_by_resume(here: Here) -> None:
    waits = here.give("run", CV, "--features", "later")
    (job,) = re.findall(r"jobs resume (\w+) --features all", waits)
    here.give("jobs", "resume", job, "--features", "skills-visualization", "--out", "chosen")
    result = json.loads((here.folder / "chosen/result.json").read_text())
    assert [feature["id"] for feature in result["features"]] == ["skills-visualization"]


def test_an_interrupt_keeps_the_job_and_tells_how_to_resume_it(here: Here) -> None:
    process = here.start("run", CV, "--out", "interrupted")
    assert process.stdout is not None
    line = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130, out + errors
    assert "Traceback" not in errors
    assert not (here.folder / "interrupted").exists()
    (command,) = re.findall(r"cvplus-workflow (jobs resume \w+)", out)
    assert command.split()[-1] == line.split()[-1]
    here.give(*command.split(), "--out", "interrupted")
    assert (here.folder / "interrupted/cv.pdf").exists()


def test_a_run_whose_output_nobody_reads_writes_its_results_all_the_same(here: Here) -> None:
    reading, writing = os.pipe()
    words = ("run", here.small_cv(), "--features", "none", "--out", "unread")
    process = here.start(*words, stdout=writing)
    os.close(writing)
    os.close(reading)
    errors = process.communicate(timeout=PATIENCE_S)[1]
    assert process.returncode == 0
    assert errors == ""
    assert (here.folder / "unread/result.json").exists()


@pytest.mark.parametrize("name", ["Lebenslauf von Jürgen.md", "new\nline \x1b[31m.md"])
def test_any_file_name_will_do(here: Here, name: str) -> None:
    told = here.give("run", here.small_cv(name), "--features", "none")
    assert "\x1b" not in told
    (line,) = [line for line in told.splitlines() if line.startswith("cv.html")]
    assert (here.folder / line.split(maxsplit=1)[1]).exists()
    assert here.jobs()[0].file_name.isprintable()


def test_a_file_name_that_is_no_text_will_do(here: Here) -> None:
    cv = os.fsencode(here.folder) + b"/caf\xe9.md"
    with open(cv, "wb") as file:  # noqa: PTH123 - a name of bytes
        file.write(b"# Ada Byron\n")
    here.give("run", os.fsdecode(cv), "--features", "none", "--out", "cafe")
    assert (here.folder / "cafe/cv.html").exists()


def test_jobs_list_never_shortens_an_id_in_a_pipe(here: Here) -> None:
    lines = here.give("jobs", "list").splitlines()
    assert lines[0].split() == ["job", "status", "progress", "made", "file"]
    assert len(lines) > 1
    assert all(re.match(r"[0-9a-f]{32}  \w+ +\d+ %  ", line) for line in lines[1:])


def test_jobs_list_tells_how_to_see_the_next_page(tmp_path: Path) -> None:
    """J6: a page after the other, by the command that each is told."""
    here = Here(tmp_path)
    made = [here.add_job([]) for _ in range(5)]
    seen: list[list[str]] = []
    command = ["jobs", "list", "--limit", "2", "--status", "pending"]
    while command:
        page, _, told = here.give(*command).partition("There are more:\n  cvplus-workflow ")
        seen.append([line.split()[0] for line in page.splitlines()[1:]])
        command = shlex.split(told)
        assert len(seen) < 4
    assert seen == [made[:2:-1], made[2:0:-1], made[:1]]


def test_debug_tells_what_happened_and_why(here: Here) -> None:
    """D `job-processing`."""
    told = here.give("debug", "job-processing", first_job(here))
    assert re.search(r"^ +0\.\d+ s  run 1  parse +was queued$", told, re.MULTILINE)
    assert re.search(r"s  run 1  job +completed$", told, re.MULTILINE)


def test_show_tells_each_step(here: Here) -> None:
    told = here.give("jobs", "show", first_job(here))
    assert "completed, 100 %" in told
    assert re.search(r"^completed  Assembling the CV", told, re.MULTILINE)


def test_a_worker_beside_a_run_on_the_same_folder_may_take_its_job(here: Here) -> None:
    worker = here.start("worker")
    assert worker.stderr is not None
    assert worker.stderr.readline() == "Working. Ctrl-C ends.\n"
    told = here.give("run", CV, "--out", "beside-a-worker")
    assert re.search(r"^completed  Checking the result", told, re.MULTILINE)
    assert (here.folder / "beside-a-worker/cv.pdf").exists()
    worker.send_signal(signal.SIGTERM)
    errors = worker.communicate(timeout=PATIENCE_S)[1]
    assert worker.returncode == 0
    assert errors == ""


def test_worker_once_does_what_is_due_and_ends(here: Here) -> None:
    job = here.add_job([])
    here.give("worker", "--once")
    (done,) = [found for found in here.jobs() if found.id == job]
    assert done.status == "completed"


def test_doctor_finds_a_sound_installation_sound(here: Here) -> None:
    told = here.give("doctor")
    assert "bad" not in told
    for name in ("pipelines", "templates", "rendering", "sqlite", "database", "folder"):
        assert re.search(rf"^ok +{name} ", told, re.MULTILINE)


def test_on_a_terminal_the_progress_moves_and_is_coloured_unless_no_color_is_set(
    here: Here, tmp_path: Path
) -> None:
    recorder = shutil.which("script")
    if recorder is None:
        pytest.skip("`script` makes the terminal")

    def seen(name: str, **environment: str) -> str:
        command = f"{COMMAND} run '{here.small_cv()}' --features none --out '{tmp_path / name}'"
        terminal = {**here.environment, "TERM": "xterm-256color", **environment}
        terminal.pop("NO_COLOR", None) if not environment else None
        done = subprocess.run(
            [recorder, "-qec", command, "/dev/null"],
            env=terminal,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=PATIENCE_S,
        )
        return done.stdout.decode()

    moving = seen("moving")
    assert "\x1b[32m✓" in moving
    assert "━" in moving
    plain = seen("plain", NO_COLOR="1")
    assert "\x1b" not in plain
    assert "completed  Reading the CV" in plain
