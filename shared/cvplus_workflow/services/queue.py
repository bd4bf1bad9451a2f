"""Executing tasks: claim, run, commit, go on; and sweeping what is overdue."""

import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Raw, Struct, field

from ..domain import protocol
from ..domain.advance import LEASE_MARGIN
from ..domain.attempts import Attempt, Failure, HandedOver, Invocation, Outcome, Success
from ..domain.change import Cursor, Query, Write
from ..domain.decision import Altered, acknowledge_only
from ..domain.documents import Job, StepError, job_ref
from ..domain.queue import LIMITS, StepClass
from ..errors import Code, StorageError, WorkflowError
from ..ports import Clock, Command, Report, Runner, StepAnswer, StepCall, StepHandedOver, Task
from .commit import JobCommits
from .flags import Flags
from .outputs import Outputs

log = logging.getLogger("cvplus_workflow")

_FAR = datetime(9999, 1, 1, tzinfo=UTC)


class _Carried(Struct):
    """A task under way: what its last commit left to do, and what it knows already.

    `ends_at` is when its invocation must have ended, by this worker's clock.
    """

    task: Task
    queue: StepClass
    ends_at: datetime
    altered: Altered | None = None
    relayed: set[str] = field(default_factory=set)
    bodies: dict[str, Raw] = field(default_factory=dict)
    begun: datetime | None = None

    @property
    def attempts(self) -> list[Attempt]:
        return self.altered.claimed if self.altered else []


class QueueService:
    """Carries tasks to their end, wherever they come from."""

    def __init__(
        self,
        commits: JobCommits,
        outputs: Outputs,
        clock: Clock,
        runner: Runner,
        flags: Flags,
    ) -> None:
        self._commits = commits
        self._outputs = outputs
        self._clock = clock
        self._runner = runner
        self._flags = flags

    def execute(self, tasks: Sequence[Task]) -> list[str]:
        """Run what `tasks` carry, and the successors that fit, until nothing is left to do.

        Returns the names of the tasks whose decisions are all stored; the others must be
        delivered again.
        """
        items = [self._carry(task) for task in tasks]
        alive = [item for item in items if self._begins_unclaimed(item)]
        alive += self._commit([(item, self._claim(item)) for item in items if not item.begun])
        finished = []
        while alive:
            idle = [item for item in alive if not item.attempts]
            finished += [item.task.name for item in idle]
            self._acknowledge(idle)
            busy = [item for item in alive if item.attempts]
            outcomes = self._run(busy)
            alive = self._commit(
                [
                    (item, self._settle(item, done))
                    for item, done in zip(busy, outcomes, strict=True)
                ]
            )
        return finished

    def sweep(self, limit: int = 100) -> int:
        """Repair jobs whose deadline has passed; returns how many there were."""
        jobs = self._unfinished(self._clock.now(), limit)
        jitter = self._commits.entropy.fraction()

        def alter(job: Job, now: datetime, command: str) -> Sequence[Write] | None:
            return () if protocol.sweep(job, now, command, jitter) else None

        swept = self._transact_all([self._commits.command(job.id, alter) for job in jobs])
        self._relay_outboxes(each.job for each in swept)
        return len(jobs)

    def recover(self, page: int = 100) -> int:
        """Relay at once whatever is still in an outbox; returns how many jobs had something.

        For the start after a crash: the sweep does the same, but only after a grace.
        Receivers drop what they have already. `page` is how many jobs are held in memory.
        """
        found, after = 0, None
        while jobs := self._unfinished(_FAR, page, after):
            unrelayed = [job for job in jobs if job.run.effects]
            # What others have relayed meanwhile is relayed again, and its receiver drops it.
            self._relay_outboxes(unrelayed)
            found += len(unrelayed)
            after = Cursor(jobs[-1].run.deadline or _FAR, job_ref(jobs[-1].id).path)
        return found

    def stop_needless(self) -> int:
        """Stop bodies whose attempt cannot commit any more: cancelled, skipped, superseded."""
        needless = [call for call in self._runner.active() if not self._wanted(*call)]
        self._runner.stop(needless)
        return len(needless)

    def _wanted(self, key: str, number: int) -> bool:
        job_id, _, step = key.split("/")
        try:
            job = self._commits.store.get(job_ref(job_id))
        except StorageError:
            raise
        except WorkflowError:
            # A job that cannot be read ends nobody's worker; its own commit will tell.
            return True
        return job is not None and protocol.is_wanted(job, Attempt(step, number))

    def _unfinished(self, until: datetime, limit: int, after: Cursor | None = None) -> list[Job]:
        query = Query("jobs", order_by="run.deadline", until=until, limit=limit, after=after)
        return self._commits.store.query(query, Job)

    def _relay_outboxes(self, jobs: Iterable[Job]) -> None:
        """Relay all that `jobs` have in their outboxes, and acknowledge it."""
        altered = [Altered(job, [], tuple(job.run.effects)) for job in jobs]
        relayed = self._commits.relay(altered)
        self._transact_all(
            self._commits.command(each.job.id, acknowledge_only, relayed)
            for each in altered
            if any(effect.key in relayed for effect in each.effects)
        )

    def _transact_all(self, commands: Iterable[Command]) -> list[Altered]:
        """What the commands did that could be committed; the sweep comes again to the others."""
        sent = list(commands)
        results = self._commits.store.transact_all(sent) if sent else ()
        done = []
        for result in results:
            if isinstance(result, WorkflowError):
                log.warning("a commit failed, the sweep will repeat it: %s", result.reason)
            else:
                done.append(result)
        return done

    def _carry(self, task: Task) -> _Carried:
        queue = StepClass(task.queue)
        return _Carried(task, queue, self._clock.now() + timedelta(seconds=LIMITS[queue].timeout_s))

    def _invocation(self, item: _Carried) -> Invocation:
        left = max(timedelta(0), item.ends_at - self._clock.now())
        return Invocation(item.task.name, item.queue, left, self._flags.switches())

    def _begins_unclaimed(self, item: _Carried) -> bool:
        """Begin light steps that were never tried: the commit of their outcome claims them.

        They are short, so a lease would save little; when their task comes again meanwhile,
        their bodies run again and the first outcome is kept. A worker that dies in one is
        found out by the sweep, whose dispatch is claimed before it is run.
        """
        if item.queue is not StepClass.LIGHT:
            return False
        try:
            job = self._commits.store.get(job_ref(item.task.job_id))
        except StorageError:
            raise
        except WorkflowError:
            # The claim meets it again, and tells it of this task alone.
            return False
        attempts = protocol.untried(job, self._invocation(item)) if job else []
        if job is not None and attempts:
            item.altered = Altered(job, attempts, ())
            item.begun = max(self._clock.now(), job.updated_at)
        return item.begun is not None

    def _claim(self, item: _Carried) -> Command:
        invocation = self._invocation(item)

        def alter(job: Job, now: datetime, command: str) -> Sequence[Write] | None:
            return () if protocol.claim(job, invocation, now, command) else None

        return self._commits.command(item.task.job_id, alter)

    def _settle(self, item: _Carried, outcomes: Sequence[Outcome]) -> Command:
        invocation, begun, item.begun = self._invocation(item), item.begun, None
        run = item.altered.job.run.number if item.altered else 0

        def alter(job: Job, now: datetime, command: str) -> Sequence[Write] | None:
            kept = outcomes
            if begun is not None:
                since = min(begun, now)
                kept = [
                    outcome
                    for outcome in outcomes
                    if protocol.take_up(job, run, outcome.attempt, since, command, invocation)
                ]
            return protocol.settle(job, kept, invocation, now, command)

        # What is done need not be done again: its commit has as long as its lease.
        lease_end = item.ends_at + LEASE_MARGIN
        return self._commits.command(item.task.job_id, alter, item.relayed, lease_end)

    def _commit(self, items: Sequence[tuple[_Carried, Command]]) -> list[_Carried]:
        """Commit a command for each task; drops those whose commit failed, or whose job is gone."""
        results = self._commits.store.transact_all([command for _, command in items])
        alive = []
        for (item, _), result in zip(items, results, strict=True):
            if isinstance(result, WorkflowError):
                log.warning("task %s: %s", item.task.name, result.reason)
                if result.code != Code.NOT_FOUND:
                    continue
                self._commits.files.delete_folder(item.task.job_id)
                item.altered = None
            else:
                item.altered = result
            alive.append(item)
        self._relay(alive)
        return alive

    def _relay(self, items: Sequence[_Carried]) -> None:
        relayed = self._commits.relay([item.altered for item in items if item.altered])
        for item in items:
            keys = {effect.key for effect in item.altered.effects} if item.altered else set()
            item.relayed = keys & relayed

    def _acknowledge(self, items: Sequence[_Carried]) -> None:
        """Acknowledge what was relayed by tasks that have no further commit to do it in."""
        told = [item for item in items if item.relayed]
        if told:
            self._transact_all(
                self._commits.command(item.task.job_id, acknowledge_only, item.relayed)
                for item in told
            )

    def _run(self, items: Sequence[_Carried]) -> list[list[Outcome]]:
        """Run every claimed attempt of every task together; outcomes by task."""
        work = [
            (number, item, item.altered.job, attempt)
            for number, item in enumerate(items)
            if item.altered
            for attempt in item.altered.claimed
        ]
        calls = [self._call(item, job, attempt) for _, item, job, attempt in work]
        runnable = [call for call in calls if isinstance(call, StepCall)]
        replies = iter(self._runner.run(runnable, self._ticks()))
        outcomes: list[list[Outcome]] = [[] for _ in items]
        for (number, item, job, attempt), call in zip(work, calls, strict=True):
            reply = next(replies) if isinstance(call, StepCall) else call
            outcomes[number].append(self._outcome(item, job, attempt, reply))
        return outcomes

    def _ticks(self) -> Report:
        """Shows in their jobs what bodies report; what comes too soon is not even committed."""
        shown: dict[str, datetime] = {}

        def report(call: StepCall, percent: int) -> None:
            job_id, _, step = call.key.split("/")
            now = self._clock.now()
            if job_id in shown and now - shown[job_id] < protocol.TICK_EVERY:
                return
            shown[job_id] = now
            try:
                self._commits.tick(job_id, Attempt(step, call.attempt), percent)
            except WorkflowError as error:
                # The step goes on; whatever is wrong, its own commit will meet it.
                log.warning("a tick of %s failed: %s", call.key, error.reason)

        return report

    def _call(self, item: _Carried, job: Job, attempt: Attempt) -> StepCall | WorkflowError:
        spec = job.run.definition.specs[attempt.step]
        try:
            given = self._outputs.given(job, spec, item.bodies)
            files = self._outputs.files(job, spec)
        except StorageError:
            raise
        except WorkflowError as error:
            return error
        key = f"{job.id}/{job.run.number}/{spec.id}"
        within = (item.ends_at - self._clock.now()).total_seconds()
        return StepCall(
            spec.id, spec.version, given, files, spec.timeout_s, key, attempt.number, within
        )

    def _outcome(
        self,
        item: _Carried,
        job: Job,
        attempt: Attempt,
        reply: StepAnswer,
    ) -> Outcome:
        if isinstance(reply, WorkflowError):
            return self._failure(attempt, reply)
        if isinstance(reply, StepHandedOver):
            return HandedOver(attempt, reply.seconds)
        try:
            output, body = self._outputs.keep(job, reply)
        except StorageError:
            raise
        except WorkflowError as error:
            return self._failure(attempt, error)
        item.bodies[output.hash] = body
        return Success(attempt, output, body, reply.seconds)

    def _failure(self, attempt: Attempt, error: WorkflowError) -> Failure:
        kept = StepError(error.code, error.reason, error.message)
        return Failure(attempt, kept, self._commits.entropy.fraction())
