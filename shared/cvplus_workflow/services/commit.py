"""Committing decisions about jobs, and relaying what they decided."""

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from ..domain import protocol
from ..domain.attempts import Attempt
from ..domain.change import Change, Effect, EffectKind, Put, Write
from ..domain.decision import Alter, Altered, acknowledge_only, alter_job
from ..domain.documents import DeletedJob, Job, deleted_ref, finished_by, job_ref
from ..domain.jobs import Caller, alterable_job, visible_job
from ..domain.states import ENDED_JOBS
from ..errors import Code, WorkflowError, unwrapped
from ..ports import Command, Dispatcher, Entropy, Event, Files, Publisher, Store, task_of
from .sources import own_upload

log = logging.getLogger("cvplus_workflow")


class JobCommits:
    """The way in which every service alters jobs: one commit, then the relay of its effects."""

    def __init__(
        self,
        store: Store,
        dispatcher: Dispatcher,
        publisher: Publisher,
        files: Files,
        entropy: Entropy,
    ) -> None:
        self.store = store
        self.files = files
        self.entropy = entropy
        self._dispatcher = dispatcher
        self._publisher = publisher

    def read(self, caller: Caller, job_id: str) -> Job:
        """The job, if the caller may read it; raises not-found otherwise."""
        return visible_job(self.store.get(job_ref(job_id)), caller, job_id)

    def alter(self, caller: Caller, job_id: str, alter: Alter) -> Job:
        """Commit `alter` on the caller's job and relay its effects.

        Raises not-found, or permission-denied for a job that the caller may only read.
        """

        def checked(job: Job, now: datetime, command: str) -> Sequence[Write] | None:
            alterable_job(job, caller, job_id)
            return alter(job, now, command)

        return self.settle(job_id, checked)

    def settle(self, job_id: str, alter: Alter) -> Job:
        """Commit `alter` on the authority of the protocol itself, and relay its effects."""
        altered = self._transact(job_id, alter)
        relayed = self.relay([altered])
        if relayed and altered.job.status in ENDED_JOBS:
            # No later commit would carry the acknowledgement of a job that has ended.
            altered = self._transact(job_id, acknowledge_only, relayed)
        return altered.job

    def _transact(self, job_id: str, alter: Alter, relayed: Collection[str] = ()) -> Altered:
        command = self.command(job_id, alter, relayed)
        altered: Altered = self.store.transact(command.decide, command.id)
        return altered

    def command(
        self,
        job_id: str,
        alter: Alter,
        relayed: Collection[str] = (),
        until: datetime | None = None,
    ) -> Command:
        """`alter` as a command with a fresh id; its decision answers `Altered`."""
        token = self.entropy.token()
        return Command(
            lambda reader: alter_job(reader, job_id, token, alter, relayed), token, until
        )

    def tick(self, job_id: str, attempt: Attempt, percent: int) -> None:
        """Show how much of an attempt's work is done: one try, dropped where others commit.

        Raises not-found, unavailable.
        """

        def alter(job: Job, now: datetime, _command: str) -> Sequence[Write] | None:
            return () if protocol.tick(job, attempt, percent, now) else None

        command = replace(self.command(job_id, alter), once=True)
        try:
            unwrapped(self.store.transact_all([command])[0])
        except WorkflowError as error:
            if error.code != Code.ABORTED:
                raise
            log.debug("a tick of %s was dropped: %s", job_id, error.reason)

    def erase(self, job: Job) -> None:
        """Delete a job, all below it and its files; files first, so that a repeat can finish.

        The upload that it was made from goes with them. The content goes before its copies:
        nobody can publish it again in between.
        """
        self.files.delete_folder(job.id)
        for name in job.generated_cv.files if job.generated_cv else ():
            self.files.unpublish(published_path(job, name))
        upload = own_upload(job.user_id, job.file_url)
        if upload is not None:
            self.files.unpublish(upload)
        mark = Put(deleted_ref(job.id), DeletedJob(job.tenant))
        self.store.transact(lambda _reader: Change(None, (mark,)), self.entropy.token())
        self.store.delete_tree(job_ref(job.id).path)

    def relay(self, altered: Iterable[Altered]) -> set[str]:
        """Relay the effects of commits; returns the keys that a next commit may acknowledge.

        What fails stays in the outbox, where the sweep finds it, so the failure is logged
        and the commit stands. A dispatch is acknowledged by the claim.
        """
        fresh = [(item.job, effect) for item in altered for effect in item.effects]
        if not fresh:
            return set()
        tasks = [task_of(effect) for _, effect in _of(fresh, EffectKind.DISPATCH)]
        if tasks:
            _relayed(lambda: self._dispatcher.dispatch(tasks))
        deliveries = _of(fresh, EffectKind.DELIVER)
        done = {e.key for job, e in deliveries if _relayed(partial(self._deliver, job, e))}
        # Whoever hears that a job is over finds its files delivered.
        undelivered = {effect.job_id for _, effect in deliveries if effect.key not in done}
        published = _of(fresh, EffectKind.PUBLISH)
        events = [_event(job, e) for job, e in published if job.id not in undelivered]
        if events and _relayed(lambda: self._publisher.publish(events)):
            done.update(event.key for event in events)
        return done

    def _deliver(self, job: Job, effect: Effect) -> None:
        """Copy what `effect`'s run finished, unless a later one has finished another page."""
        finished = finished_by(job, effect.run)
        if finished is None:
            return
        for name, file in finished.files.items():
            self.files.publish(published_path(job, name), job.id, file, effect.run)


def _relayed(relay: Callable[[], None]) -> bool:
    try:
        relay()
    except WorkflowError as error:
        log.warning("relay failed: %s", error.reason)
        return False
    return True


def _of(fresh: Sequence[tuple[Job, Effect]], kind: EffectKind) -> list[tuple[Job, Effect]]:
    return [each for each in fresh if each[1].kind is kind]


def _event(job: Job, effect: Effect) -> Event:
    return Event(effect.key, f"job.{effect.name}", job.id, job.tenant, effect.run)


def published_path(job: Job, name: str) -> str:
    """Where the web app fetches a finished file from."""
    return f"users/{job.user_id}/generated/{job.id}/{name}"
