"""What a soak asks for: kinds of jobs, and what has to become of each."""

import random
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from benchmarks.embedded_load.real_cvs import RealCv

from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.features import PRIVACY_MODE
from cvplus_workflow.domain.states import ENDED_JOBS, JobStatus
from cvplus_workflow.steps.registry import BUILT_IN, latest


class Kind(StrEnum):
    """A light job, a real CV with all free features, one that can't be read, one cancelled."""

    LIGHT = "light"
    REAL = "real"
    BROKEN = "broken"
    CANCELLED = "cancelled"


WEIGHTS = {Kind.LIGHT: 80, Kind.REAL: 10, Kind.BROKEN: 5, Kind.CANCELLED: 5}

BROKEN = RealCv("broken.pdf", b"%PDF-1.7\nThis is no document.\n")

ENDS: Mapping[Kind, frozenset[JobStatus]] = {
    Kind.LIGHT: frozenset({JobStatus.COMPLETED}),
    Kind.REAL: frozenset({JobStatus.COMPLETED}),
    Kind.BROKEN: frozenset({JobStatus.FAILED}),
    # The cancelling may come after the end.
    Kind.CANCELLED: frozenset({JobStatus.CANCELLED, JobStatus.COMPLETED}),
}
"""The ends that a job of each kind may have."""


def drawn(chance: random.Random) -> Kind:
    """The next job's kind."""
    return chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]


def free_features() -> list[str]:
    """All features that run here, but for the one that only who names it gets."""
    specs = latest(BUILT_IN).values()
    return [spec.id for spec in specs if spec.feature and spec.id != PRIVACY_MODE]


def faults(kind: Kind, job: Job) -> list[str]:
    """What is wrong with a job at the end of a soak: `lost`, `doubled`, `unfinished`, an end."""
    completed = Counter((e.run, e.step) for e in job.run.history if e.event == "completed")
    found = []
    if job.status not in ENDED_JOBS:
        found.append("lost")
    elif job.status not in ENDS[kind]:
        found.append(f"{kind} {job.status}")
    if max(completed.values(), default=0) > 1:
        found.append("doubled")
    if job.run.effects or job.run.deadline is not None:
        found.append("unfinished")
    return found
