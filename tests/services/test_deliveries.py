"""Finished pages delivered to their fixed places, each by the run that made it (J7, J9)."""

from pathlib import Path

from cvplus_workflow.domain.documents import StoredFile
from cvplus_workflow.domain.outbox import RELAY_GRACE
from cvplus_workflow.domain.states import JobStatus, StepState
from cvplus_workflow.embedded.files import LocalFiles
from cvplus_workflow.errors import Code, WorkflowError
from tests.services.installation import Installation, away, states
from tests.workloads import OWNER


class FullFor(LocalFiles):
    """A disk that takes no copy of one job's files."""

    job = ""

    def publish(self, path: str, folder: str, file: StoredFile, generation: int) -> None:
        if folder == self.job:
            raise WorkflowError(Code.RESOURCE_EXHAUSTED, "Full.", reason="disk-full")
        super().publish(path, folder, file, generation)


def test_a_delivery_that_fails_keeps_back_its_own_event_and_nobody_elses(tmp_path: Path) -> None:
    """J7. Until the sweep delivers it nobody hears that the job is over."""
    files = FullFor(tmp_path / "files")
    installation = Installation(tmp_path, files=files)
    jobs = [installation.create(content=b"# %d" % number) for number in range(3)]
    files.job = jobs[1].id
    installation.drain()
    assert installation.received() == [f"{jobs[n].id}/1/job/completed" for n in (0, 2)]
    installation.clock.advance(RELAY_GRACE.total_seconds() + 1)
    files.job = ""
    assert installation.app.queue.sweep() == 1
    assert installation.received()[2:] == [f"{jobs[1].id}/1/job/completed"]
    assert installation.app.queue.recover() == 0
    installation.close()


class FullAtFirst(LocalFiles):
    """A disk that takes no copy until it is told to, and knows under which run copies came."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.full = True
        self.generations: list[int] = []

    def publish(self, path: str, folder: str, file: StoredFile, generation: int) -> None:
        if self.full:
            raise WorkflowError(Code.RESOURCE_EXHAUSTED, "Full.", reason="disk-full")
        self.generations.append(generation)
        super().publish(path, folder, file, generation)


def test_a_late_delivery_does_not_publish_what_a_later_run_made(tmp_path: Path) -> None:
    """J7. The page of run 2 is not out before run 2 has ended well."""
    files = FullAtFirst(tmp_path / "files")
    installation = Installation(tmp_path, files=files)
    job = installation.completed()
    path = f"users/{job.user_id}/generated/{job.id}/cv.html"
    installation.script.errors = {"quality": [away()]}
    installation.script.page = b"<p>Another.</p>"
    installation.app.jobs.rerun(OWNER, job.id, "assemble")
    installation.drain()
    assert states(installation.get(job.id))["assemble"] == StepState.COMPLETED
    files.full = False
    installation.app.queue.recover()
    assert (files.generations, files.published(path)) == ([1], b"<p>Synthetic.</p>")
    installation.clock.advance(5)
    installation.drain()
    assert (files.generations, files.published(path)) == ([1, 2], b"<p>Another.</p>")
    assert installation.get(job.id).run.effects == []
    installation.close()


def test_a_page_whose_delivery_failed_is_delivered_though_a_later_run_fails(tmp_path: Path) -> None:
    """J9. Run 2 has assembled another page, and its check fails for good."""
    files = FullAtFirst(tmp_path / "files")
    installation = Installation(tmp_path, files=files)
    job = installation.completed()
    page = job.generated_cv
    installation.script.errors = {"quality": [WorkflowError(Code.INVALID_ARGUMENT, "Unfit.")]}
    installation.script.page = b"<p>Another.</p>"
    installation.app.jobs.rerun(OWNER, job.id, "assemble")
    installation.drain()
    failed = installation.get(job.id)
    assert (failed.status, failed.generated_cv == page) == (JobStatus.FAILED, False)
    files.full = False
    installation.app.queue.recover()
    path = f"users/{job.user_id}/generated/{job.id}/cv.html"
    assert installation.files.published(path) == b"<p>Synthetic.</p>"
    done = installation.get(job.id)
    assert (done.run.effects, done.run.undelivered) == ([], None)
    installation.close()
