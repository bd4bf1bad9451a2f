"""What the monitoring service tells of a job (J4, F5, M1)."""

from cvplus_workflow.domain.documents import HISTORY_KEPT
from cvplus_workflow.domain.states import JobStatus
from tests.services.installation import Installation
from tests.workloads import FEATURES, OWNER


def test_progress_is_none_at_first_and_whole_at_the_end(installation: Installation) -> None:
    job = installation.create()
    first = installation.app.monitoring.progress(OWNER, job.id)
    installation.drain()
    last = installation.app.monitoring.progress(OWNER, job.id)
    assert (first.progress, first.status) == (0, JobStatus.PENDING)
    assert (last.progress, last.status) == (100, JobStatus.COMPLETED)
    assert {row.id for row in last.steps if row.feature} == set(FEATURES)
    assert first.eta_seconds is not None
    assert last.eta_seconds is None


def test_the_timeline_of_a_long_life_is_whole_and_in_order(installation: Installation) -> None:
    job = installation.create()
    turns = HISTORY_KEPT
    for _ in range(turns):
        installation.clock.advance(1)
        installation.app.jobs.set_status(OWNER, job.id, JobStatus.PAUSED)
        installation.app.jobs.set_status(OWNER, job.id, JobStatus.PROCESSING)
    assert installation.get(job.id).run.spilled >= 2
    moments = installation.app.monitoring.timeline(OWNER, job.id)
    assert [moment.text for moment in moments].count("was paused") == turns
    assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)
    assert moments[0].text == "was queued"


def test_telling_changes_nothing(installation: Installation) -> None:
    job = installation.completed()
    installation.app.monitoring.progress(OWNER, job.id)
    installation.app.monitoring.timeline(OWNER, job.id)
    assert installation.get(job.id) == job
