"""Monitoring: progress and timelines of jobs."""

from ..domain.documents import history_ref
from ..domain.jobs import Caller
from ..domain.monitoring import JobProgress, Moment, job_progress, timeline
from ..ports import Clock
from .commit import JobCommits


class MonitoringService:
    """What can be told of jobs; it alters nothing."""

    def __init__(self, commits: JobCommits, clock: Clock) -> None:
        self._commits = commits
        self._clock = clock

    def progress(self, caller: Caller, job_id: str) -> JobProgress:
        """How far a job is; raises not-found for others' jobs."""
        return job_progress(self._commits.read(caller, job_id), self._clock.now())

    def timeline(self, caller: Caller, job_id: str) -> list[Moment]:
        """Everything that happened to a job, oldest first, its spilled history included."""
        job = self._commits.read(caller, job_id)
        entries = []
        for number in range(1, job.run.spilled + 1):
            document = self._commits.store.get(history_ref(job_id, number))
            entries += document.entries if document else []
        return timeline(job, entries + job.run.history)
