"""Monitoring: progress and timelines of jobs."""

from ..domain.documents import history_ref
from ..domain.jobs import Caller
from ..domain.monitoring import (
    FeatureProgress,
    JobProgress,
    Moment,
    feature_progress,
    job_progress,
    timeline,
)
from ..domain.orchestration import Orchestration, explain
from ..ports import Clock
from .commit import JobCommits
from .estimates import StepEstimates


class MonitoringService:
    """What can be told of jobs; it alters nothing."""

    def __init__(self, commits: JobCommits, clock: Clock, estimates: StepEstimates) -> None:
        self._commits = commits
        self._clock = clock
        self._estimates = estimates

    def progress(self, caller: Caller, job_id: str) -> JobProgress:
        """How far a job is; raises not-found for others' jobs."""
        job = self._commits.read(caller, job_id)
        return job_progress(job, self._clock.now(), self._estimates.measured(job.tenant))

    def features(self, caller: Caller, job_id: str) -> list[FeatureProgress]:
        """One row for each of a job's features; raises not-found for others' jobs."""
        return feature_progress(self._commits.read(caller, job_id), self._clock.now())

    def orchestration(self, caller: Caller, job_id: str) -> Orchestration:
        """A job's plan, and why each step is where it is; raises not-found for others' jobs."""
        job = self._commits.read(caller, job_id)
        return explain(job, self._clock.now(), self._estimates.measured(job.tenant))

    def timeline(self, caller: Caller, job_id: str) -> list[Moment]:
        """Everything that happened to a job, oldest first, its spilled history included."""
        job = self._commits.read(caller, job_id)
        entries = []
        for number in range(1, job.run.spilled + 1):
            document = self._commits.store.get(history_ref(job_id, number))
            entries += document.entries if document else []
        return timeline(job, entries + job.run.history)
