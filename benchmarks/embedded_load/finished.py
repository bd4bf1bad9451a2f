"""Fills an installation with finished jobs, quickly: copies of ones that really ran.

A few jobs are run; their documents and events are stored again under new ids, through the
store and the publisher, each some seconds older than the last. Their files are not copied:
nothing that is done for other jobs looks at them.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.domain.change import Change, Decide
from cvplus_workflow.domain.documents import Job, put_job
from cvplus_workflow.ports import Command, Event
from cvplus_workflow.worker import drain

from .loads import create, verified
from .synthetic import Shape, open_app

ORIGINALS = 20
BATCH = 500
"""Jobs stored in one commit."""

APART = timedelta(seconds=30)
"""Between the creation of one copy and the next older one."""


def fill(folder: Path, shape: Shape, jobs: int) -> None:
    """Let `folder` hold `jobs` more finished jobs of `shape`."""
    app = open_app(folder, shape)
    ids = create(app, shape, min(jobs, ORIGINALS))
    drain(app)
    originals = [app.jobs.get(LOCAL_CALLER, job_id) for job_id in ids]
    for begin in range(len(ids), jobs, BATCH):
        numbers = range(begin, min(begin + BATCH, jobs))
        _store(app, [_copy(originals[number % len(ids)], number) for number in numbers])
    app.close()
    verified(folder, shape, ids)


def _copy(job: Job, number: int) -> Job:
    """`job` under a new id, which lies among the others as a random one does."""
    name = hashlib.sha256(str(number).encode()).hexdigest()[: len(job.id)]
    return replace(job, id=name, created_at=job.created_at - number * APART)


def _store(app: EmbeddedApp, jobs: Sequence[Job]) -> None:
    app.store.transact_all([Command(_put(job), job.id) for job in jobs])
    app.events.publish([_event(job) for job in jobs])


def _put(job: Job) -> Decide[None]:
    return lambda _reader: Change(None, put_job(job))


def _event(job: Job) -> Event:
    number, name = job.run.number, job.status.value
    return Event(f"{job.id}/{number}/job/{name}", f"job.{name}", job.id, job.tenant, number)
