"""What a job keeps of the final check (J8): its verdict, score, and ids of checks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from example_cvs import EXAMPLES
from msgspec import Raw

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.domain.documents import Job, QualityRecord, show_output
from cvplus_workflow.settings import Settings
from cvplus_workflow.worker import drain


@pytest.fixture
def app(tmp_path: Path) -> Iterator[EmbeddedApp]:
    with_data = EmbeddedApp(Settings(data=tmp_path / "data"))
    yield with_data
    with_data.close()


def made(app: EmbeddedApp, source: Path) -> Job:
    job = app.jobs.create(
        LOCAL_CALLER, content=source.read_bytes(), file_name=source.name, features=[]
    )
    assert job.run.quality is None
    drain(app)
    return app.jobs.get(LOCAL_CALLER, job.id)


def test_a_job_records_the_verdict_and_the_checks_that_were_not_passed(app: EmbeddedApp) -> None:
    job = made(app, EXAMPLES / "jane" / "resume.md")
    assert job.run.quality == QualityRecord("warn", 0.96, failed=[], warned=["dates-readable"])
    quality = app.call("getJobResult", LOCAL_CALLER, {"jobId": job.id})["quality"]
    assert (quality["verdict"], quality["score"]) == ("warn", 0.96)
    told = [check["id"] for check in quality["checks"] if check["verdict"] == "warn"]
    assert told == job.run.quality.warned


def test_a_page_made_anew_has_no_verdict_until_it_is_checked(app: EmbeddedApp) -> None:
    job = made(app, EXAMPLES / "richard" / "sample.resume.json")
    assert job.run.quality == QualityRecord("pass", 1.0)
    show_output(job, "assemble", Raw(b"{}"))
    assert job.run.quality is None
    app.jobs.rerun(LOCAL_CALLER, job.id, "assemble")
    drain(app)
    assert app.jobs.get(LOCAL_CALLER, job.id).run.quality == QualityRecord("pass", 1.0)
