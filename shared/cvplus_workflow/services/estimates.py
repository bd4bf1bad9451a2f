"""How long steps took of late, for the order of plans and for remaining times."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from ..domain.change import Query
from ..domain.documents import Job
from ..domain.estimates import Measurements, measure, with_measured
from ..domain.features import StepSpec
from ..domain.plan import job_plan
from ..domain.states import JobStatus
from ..ports import Clock, Store

RECENT_JOBS = 50
"""The latest completed jobs that are measured."""

KEPT_FOR = timedelta(minutes=1)
"""How long a measurement is used before the jobs are read again."""


TENANTS_KEPT = 1_000
"""Tenants whose measurements are remembered; with more, all are read again."""


class StepEstimates:
    """What the job documents tell of durations, read at most once a minute.

    Threads may share it: two that find it outdated at the same time both read, and either
    answer is good.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._last: dict[str, tuple[datetime, Measurements]] = {}

    def measured(self, tenant: str) -> Measurements:
        """Durations of a tenant's jobs by step id and version; raises what the store raises."""
        now, last = self._clock.now(), self._last.get(tenant)
        # A clock that went back must not keep an old measurement for longer.
        if last is None or not timedelta(0) <= now - last[0] < KEPT_FOR:
            last = (now, measure(self._recent(tenant)))
            self._keep(tenant, last)
        return last[1]

    def applied(self, catalogue: Mapping[str, StepSpec], tenant: str) -> dict[str, StepSpec]:
        """`catalogue` with measured estimates, so that plans put the critical path first."""
        return with_measured(catalogue, self.measured(tenant))

    def _keep(self, tenant: str, measured: tuple[datetime, Measurements]) -> None:
        if len(self._last) >= TENANTS_KEPT:
            self._last.clear()
        self._last[tenant] = measured

    def _recent(self, tenant: str) -> list[Job]:
        completed = (("tenant", tenant), ("status", JobStatus.COMPLETED.value))
        query = Query("jobs", "createdAt", completed, descending=True, limit=RECENT_JOBS)
        return self._store.query(query, Job)


PLANS_KEPT = 1_000
"""Choices of features whose plans are remembered; with more, all are made again."""


class Plans:
    """Plans of new jobs: a choice of features is planned once, as long as its estimates stand.

    Threads may share it, as they may share the estimates.
    """

    def __init__(self, catalogue: Mapping[str, StepSpec], estimates: StepEstimates) -> None:
        self._catalogue = catalogue
        self._estimates = estimates
        self._made: dict[
            tuple[str, tuple[str, ...] | None], tuple[Measurements, dict[str, StepSpec]]
        ] = {}

    def plan(self, tenant: str, features: Sequence[str] | None) -> dict[str, StepSpec]:
        """The plan of a job; see `domain.plan.job_plan`, also for what it raises."""
        measured = self._estimates.measured(tenant)
        choice = (tenant, None if features is None else tuple(features))
        made = self._made.get(choice)
        if made is None or made[0] is not measured:
            plan = job_plan(with_measured(self._catalogue, measured), features)
            if len(self._made) >= PLANS_KEPT:
                self._made.clear()
            made = self._made[choice] = (measured, plan)
        return dict(made[1])
