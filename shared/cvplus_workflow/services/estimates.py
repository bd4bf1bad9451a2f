"""How long steps took of late, for the order of plans and for remaining times."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from ..domain.change import Query
from ..domain.documents import Job
from ..domain.estimates import Measurements, measure, with_measured
from ..domain.features import StepSpec
from ..domain.states import JobStatus
from ..ports import Clock, Store

RECENT_JOBS = 50
"""The latest completed jobs that are measured."""

KEPT_FOR = timedelta(minutes=1)
"""How long a measurement is used before the jobs are read again."""


class StepEstimates:
    """What the job documents tell of durations, read at most once a minute.

    Threads may share it: two that find it outdated at the same time both read, and either
    answer is good.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._last: tuple[datetime, Measurements] | None = None

    def measured(self) -> Measurements:
        """Durations by step id and version; raises what the store raises."""
        now, last = self._clock.now(), self._last
        # A clock that went back must not keep an old measurement for longer.
        if last is None or not timedelta(0) <= now - last[0] < KEPT_FOR:
            last = self._last = (now, measure(self._recent()))
        return last[1]

    def applied(self, catalogue: Mapping[str, StepSpec]) -> dict[str, StepSpec]:
        """`catalogue` with measured estimates, so that plans put the critical path first."""
        return with_measured(catalogue, self.measured())

    def _recent(self) -> list[Job]:
        # The one query over all tenants: the jobs are dropped here, and only numbers
        # that name steps, never a job or a person, leave this class.
        completed = (("status", JobStatus.COMPLETED.value),)
        query = Query("jobs", "createdAt", completed, descending=True, limit=RECENT_JOBS)
        return self._store.query(query, Job)
