"""The one shape of every decision about a job: load, alter, record the command, put back."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from msgspec import Struct

from .attempts import Attempt
from .change import Change, Effect, Reader, Write
from .documents import Job, job_ref, put_job
from .jobs import job_not_found
from .moves import refresh
from .outbox import drop_effects
from .protocol import claimed_by, remembered

Alter = Callable[[Job, datetime, str], Sequence[Write] | None]
"""Alters the job in place, given the time and the command's id.

Answers the documents to write beside the job; None if there was nothing to alter.
Raises to commit nothing.
"""


class Altered(Struct, frozen=True):
    """What a command did: the job as committed, the attempts it claimed, effects to relay."""

    job: Job
    claimed: list[Attempt]
    effects: tuple[Effect, ...]


def alter_job(
    reader: Reader, job_id: str, command: str, alter: Alter, relayed: Collection[str] = ()
) -> Change[Altered]:
    """Decide `alter` on a job under a command id, acknowledging `relayed` effects with it.

    A job that remembers the command answers what the command did, and writes nothing.
    Raises not-found.
    """
    job = reader.get(job_ref(job_id))
    if job is None:
        raise job_not_found(job_id)
    if remembered(job, command):
        return Change(Altered(job, claimed_by(job, command), tuple(job.run.effects)))
    known = [effect.key for effect in job.run.effects]
    acknowledged = bool(relayed) and drop_effects(job, relayed)
    documents = alter(job, reader.now, command)
    if documents is None and not acknowledged:
        return Change(Altered(job, [], ()))
    if documents is None:
        refresh(job, reader.now)
    fresh = tuple([effect for effect in job.run.effects if effect.key not in known])
    altered = Altered(job, claimed_by(job, command), fresh)
    return Change(altered, (*put_job(job), *(documents or ())), fresh)


def acknowledge_only(job: Job, now: datetime, command: str) -> None:
    """An alteration that only lets its commit acknowledge relayed effects."""
