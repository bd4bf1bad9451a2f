"""Bad input ends with exit code 2 and a line that names it; nothing ends with a traceback."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import cvplus_workflow
from cvplus_workflow import cli
from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.settings import Settings

CV = Path(__file__).parents[2] / "examples/jane/resume.md"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with the data folder `data` in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CVPLUS_DATA", str(tmp_path / "data"))
    return tmp_path


def give(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.commands, [str(word) for word in words])


def assert_named(result: Result, *names: str, code: int = 2) -> None:
    assert result.exit_code == code, result.output
    assert result.stderr.count("Error: ") == 1
    for name in names:
        assert name in result.stderr


def make_files(folder: Path) -> None:
    (folder / "empty.md").touch()
    (folder / "folder").mkdir()
    (folder / "loop.md").symlink_to("loop.md")
    with (folder / "large.md").open("wb") as file:
        file.truncate(10 * 1024 * 1024 + 1)


@pytest.mark.parametrize(
    ("cv", "why"),
    [
        ("absent.md", "absent.md: No such file"),
        ("folder", "folder: Is a directory"),
        ("loop.md", "loop.md: "),
        ("empty.md", "empty.md is empty"),
        ("large.md", "large.md is larger than 10 MB"),
        ("/dev/zero", "/dev/zero is larger than 10 MB"),
    ],
)
def test_a_cv_that_cannot_be_taken_is_named_before_anything_is_made(
    folder: Path, cv: str, why: str
) -> None:
    make_files(folder)
    assert_named(give("run", cv), "CV: ", why)
    assert not (folder / "data").exists()


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["--features", "skills-visualization,hologram"], ["features: ", "hologram"]),
        (["--features", ""], ["--features: "]),
        (["--features", " , "], ["--features: "]),
        (["--template", "baroque"], ["--template baroque: "]),
        (["--paper", "a5"], ["--paper: 'a5'"]),
        (["--out", str(CV)], ["--out: ", "resume.md is not a folder"]),
        (["--out", f"{CV}/below"], ["--out: ", "resume.md is not a folder"]),
        (["--data", str(CV)], ["data: ", str(CV)]),
        (["--data", f"{CV}/below"], ["data: ", str(CV)]),
    ],
)
def test_an_option_that_cannot_be_used_is_named_and_makes_no_job(
    folder: Path, words: list[str], names: list[str]
) -> None:
    assert_named(give("run", CV, *words), *names)
    assert give("jobs", "list", "--json").stdout == "[]\n"
    assert sorted(path.name for path in folder.iterdir()) == ["data"]


def test_results_in_out_are_not_overwritten_and_make_no_job(folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "out/mine.txt").write_text("mine")
    assert_named(give("run", CV, "--out", "out"), "--out: out is not empty")
    assert not (folder / "data").exists()
    assert [path.name for path in (folder / "out").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    "words",
    [
        ["jobs", "show", "nothing"],
        ["jobs", "resume", "nothing"],
        ["jobs", "cancel", "nothing"],
        ["jobs", "delete", "nothing", "--yes"],
        ["debug", "job-processing", "nothing"],
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_job_that_does_not_exist_is_named(words: list[str]) -> None:
    assert_named(give(*words), "Job not found: nothing")


@pytest.mark.parametrize(
    "words",
    [
        ["frobnicate"],
        ["run"],
        ["run", str(CV), "--speed", "9"],
        ["jobs"],
        ["jobs", "list", "--limit", "0"],
        ["jobs", "list", "--status", "sleeping"],
    ],
)
@pytest.mark.usefixtures("folder")
def test_wrong_usage_ends_with_2(words: list[str]) -> None:
    assert give(*words).exit_code == 2


def test_the_version_is_told() -> None:
    assert give("--version").stdout == f"{cvplus_workflow.__version__}\n"


def test_a_damaged_database_is_told_and_ends_with_1(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data/workflow.db").write_bytes(b"no database" * 1000)
    assert_named(give("jobs", "list"), "database is damaged", code=1)
    assert_named(give("run", CV), "database is damaged", code=1)
    told = give("doctor")
    assert told.exit_code == 1
    assert "bad   database" in told.stdout


def test_something_that_is_no_folder_inside_the_data_folder_is_named(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data/workers").touch()
    assert_named(give("jobs", "list"), "--data: ", "data cannot be used")


def accepted(folder: Path) -> str:
    app = EmbeddedApp(Settings(data=folder / "data"))
    try:
        return app.jobs.create(LOCAL_CALLER, content=CV.read_bytes(), file_name="cv.md").id
    finally:
        app.close()


def test_an_open_job_is_not_deleted_and_a_deletion_is_asked_about(folder: Path) -> None:
    job = accepted(folder)
    assert_named(give("jobs", "delete", job, "--yes"), "cancel it before")
    assert give("jobs", "cancel", job).exit_code == 0
    assert give("jobs", "delete", job).exit_code == 1
    assert give("jobs", "show", job).exit_code == 0
    assert give("jobs", "delete", job, "--yes").exit_code == 0
    assert give("jobs", "show", job).exit_code == 2


def test_a_choice_of_features_is_not_put_off_twice(folder: Path) -> None:
    job = accepted(folder)
    assert_named(give("jobs", "resume", job, "--features", "later"), "--features: ")


def test_whatever_happens_the_user_gets_one_line_and_no_text_of_a_cv(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise ZeroDivisionError("Jane Fullstacker, 30 years old")

    monkeypatch.setattr(cli, "commands", fails)
    monkeypatch.setattr(sys, "argv", ["cvplus-workflow"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 70
    told = capsys.readouterr().err
    assert "ZeroDivisionError" in told
    assert "doctor" in told
    assert "Jane" not in told
    assert told.count("\n") == 1
