"""Committing decisions about jobs, and relaying what they decided."""

import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from ..domain.change import Change, Effect, EffectKind, Put, Write
from ..domain.decision import Alter, Altered, acknowledge_only, alter_job
from ..domain.documents import DeletedJob, Job, deleted_ref, job_ref
from ..domain.jobs import Caller, alterable_job, visible_job
from ..domain.states import ENDED_JOBS
from ..errors import WorkflowError
from ..ports import Command, Dispatcher, Entropy, Event, Files, Publisher, Store, Task
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

        A relay that fails leaves its effects in the outbox, where the sweep finds them, so
        the failure is logged and the commit stands. A dispatch is acknowledged by the claim.
        """
        done: set[str] = set()
        fresh = [(item.job, item.effects) for item in altered if item.effects]
        tasks = [_task(effect) for _, effects in fresh for effect in _of(effects, _DISPATCH)]
        try:
            if tasks:
                self._dispatcher.dispatch(tasks)
            for job, effects in fresh:
                done |= self._relay_rest(job, effects)
        except WorkflowError as error:
            log.warning("relay failed: %s", error.reason)
        return done

    def _relay_rest(self, job: Job, effects: Sequence[Effect]) -> set[str]:
        deliveries = list(_of(effects, EffectKind.DELIVER))
        published = list(_of(effects, EffectKind.PUBLISH))
        if deliveries and job.generated_cv:
            for name, file in job.generated_cv.files.items():
                self.files.publish(published_path(job, name), job.id, file, deliveries[-1].run)
        if published:
            self._publisher.publish([_event(job, effect) for effect in published])
        return {effect.key for effect in (*deliveries, *published)}


_DISPATCH = EffectKind.DISPATCH


def _of(effects: Iterable[Effect], kind: EffectKind) -> Iterable[Effect]:
    return (effect for effect in effects if effect.kind == kind)


def _task(effect: Effect) -> Task:
    return Task(effect.name, effect.job_id, effect.queue, effect.rank, effect.not_before)


def _event(job: Job, effect: Effect) -> Event:
    return Event(effect.key, f"job.{effect.name}", job.id, job.tenant, effect.run)


def published_path(job: Job, name: str) -> str:
    """Where the web app fetches a finished file from."""
    return f"users/{job.user_id}/generated/{job.id}/{name}"
