"""Features: chosen, checked for dependencies, followed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from ..domain.change import Write
from ..domain.documents import Job
from ..domain.features import StepSpec, feature_ids
from ..domain.jobs import Caller, choose_features
from ..domain.plan import PlanReport, available, examine
from .commit import JobCommits


class FeatureService:
    """What a caller may do with the features of a job."""

    def __init__(self, commits: JobCommits, catalogue: Mapping[str, StepSpec]) -> None:
        self._commits = commits
        self._catalogue = catalogue

    def orchestrate(self, caller: Caller, job_id: str, features: Sequence[str]) -> Job:
        """Choose the features of a job that waits, or will wait, for the choice.

        Raises invalid-argument for unknown features and unsound plans,
        failed-precondition once the choice is over, not-found for others' jobs.
        """
        chosen = feature_ids(features)

        def alter(job: Job, now: datetime, command: str) -> Sequence[Write] | None:
            return () if choose_features(job, chosen, self._catalogue, now, command) else None

        return self._commits.alter(caller, job_id, alter)

    def dependencies(self, _caller: Caller, features: Sequence[str]) -> PlanReport:
        """What is missing, cyclic or in conflict among `features`, and their phases."""
        specs = {spec.id: spec for spec in available(self._catalogue, feature_ids(features))}
        known = {"parse": self._catalogue["parse"], **specs}
        return examine(known)

    def runnable(self) -> list[str]:
        """The features that this installation can run, by id."""
        return [spec.id for spec in self._catalogue.values() if spec.feature]
