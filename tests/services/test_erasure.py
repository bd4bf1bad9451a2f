"""W3: what a person deletes is gone from the data folder, and its key is used up."""

from pathlib import Path

import pytest

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.settings import Settings
from cvplus_workflow.worker import drain

WORDS = [f"zyzzyva{number:04d}" for number in range(400)]
CV = ("# Ann Example\n\n## Experience\n\n" + "\n".join(f"- {word}" for word in WORDS)).encode()


def _found(folder: Path) -> set[str]:
    """The CV's words that some file of the data folder still holds."""
    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return {word for word in WORDS if word.encode() in content}


def test_nothing_of_a_deleted_cv_stays_in_the_data_folder(tmp_path: Path) -> None:
    app = EmbeddedApp(Settings(data=tmp_path))
    job = app.jobs.create(LOCAL_CALLER, content=CV, file_name="cv.md", features=[])
    drain(app)
    assert len(_found(tmp_path)) == len(WORDS)
    app.jobs.delete(LOCAL_CALLER, job.id)
    app.close()
    assert _found(tmp_path) == set()


def test_the_key_of_a_deleted_job_is_used_up(tmp_path: Path) -> None:
    app = EmbeddedApp(Settings(data=tmp_path))
    try:
        job = app.jobs.create(LOCAL_CALLER, content=CV, file_name="cv.md", features=[], key="k")
        drain(app)
        app.jobs.delete(LOCAL_CALLER, job.id)
        with pytest.raises(WorkflowError) as caught:
            app.jobs.create(LOCAL_CALLER, content=CV, file_name="cv.md", features=[], key="k")
    finally:
        app.close()
    assert caught.value.code is Code.ALREADY_EXISTS
    assert caught.value.details["field"] == "key"


def test_a_folder_with_other_files_is_neither_used_nor_closed(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    tmp_path.chmod(0o755)
    with pytest.raises(WorkflowError) as caught:
        EmbeddedApp(Settings(data=tmp_path))
    assert caught.value.details["field"] == "data"
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
