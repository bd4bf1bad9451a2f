"""What must hold after every commit, and at the end of every seed."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from functools import lru_cache

from msgspec import Raw, Struct

from ..domain import documents
from ..domain.change import EffectKind
from ..domain.documents import (
    Entry,
    HistoryDocument,
    Job,
    Step,
    StoredFile,
    history_ref,
    stored_file,
)
from ..domain.exposures import EXPOSED
from ..domain.flags import INSTALLATION, SWITCHED_OFF, KillSwitches
from ..domain.states import ENDED_JOBS, ENDED_STEPS, JobStatus, StepState
from ..errors import RETRYABLE
from ..ports import Event, StepCall, Task
from .world import Actor, World

S = StepState

SWITCH_SEEN = 10.0
"""Seconds after which every worker knows of a kill switch."""

COMMIT_TIME = 6.0
"""Seconds that the commits may take that were made of what a worker knew."""


LEASE_SLACK = timedelta(seconds=40)
"""By how much clocks that drift disagree about the end of a lease, and what its claim took."""

UNCLAIMED_TIME = 30.0
"""Seconds that a body which nobody has claimed surely has for its commit, from its start."""

_MISSING = ("file-missing", "output-missing")
"""Reasons of errors that tell of something that a commit has named and nobody finds."""


@lru_cache(maxsize=1024)
def _named(body: bytes) -> str:
    """The hash of an output; stand-ins make the same ones in every seed."""
    return stored_file(body, "").hash


class _Execution(Struct):
    """A body that began: whose, in which run, for which attempt, when, and whether claimed.

    `done` once it has made a fit output.
    """

    job: str
    run: int
    step: str
    attempt: int
    claimed: bool
    began: float
    done: bool = False


class Witness:
    """Sees every commit, dispatch, publication and execution, and objects."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.jobs: dict[str, Job] = {}
        self._accepted: dict[int, str] = {}
        self.inbox: dict[tuple[str, int, str], set[str]] = {}
        self.commits = 0
        self.under_way = 0
        self._keys: set[str] = set()
        self._tasks: set[str] = set()
        self._executions: list[_Execution] = []
        self._answers: dict[tuple[str, int, str, str], set[tuple[int, bool]]] = {}
        self._executed: set[tuple[str, int]] = set()
        self._runs: dict[tuple[str, str, int], Actor | None] = {}
        self._claimants: dict[tuple[str, str, int], Actor | None] = {}
        self._asked: dict[tuple[str, str, str], str] = {}
        self._copies: dict[str, int] = {}
        self._ends: dict[tuple[str, int], JobStatus] = {}
        self._thrown: dict[tuple[str, str], float] = {}
        self._ever_thrown: set[tuple[str, str]] = set()
        self._served: set[str] = set()
        self._past: dict[str, list[Entry]] = {}
        self._finished: dict[tuple[str, int], Mapping[str, StoredFile]] = {}

    def serves(self, content: bytes) -> None:
        """A server answers a fetch with `content`."""
        self._served.add(stored_file(content, "").hash)

    def switched(self, switches: KillSwitches) -> None:
        """Kill switches are thrown or lifted."""
        now, before = self.world.seconds, self._thrown
        thrown = [(switch.tenant, switch.step) for switch in switches.thrown]
        self._thrown = {each: before.get(each, now) for each in thrown}
        self._ever_thrown.update(thrown)
        self.world.tell(f"switches off {thrown}")

    def is_raced(self, call: StepCall) -> bool:
        """Whether another worker that lives has begun the same attempt."""
        actor = self._runs.get((call.key.partition("/")[0], call.step, call.attempt))
        return actor is not None and actor.alive and actor is not self.world.current

    def begins(self, call: StepCall) -> int:
        """A body starts; the number under which it does."""
        job, run, _ = call.key.split("/")
        # A light step may begin before it is claimed; of its outcomes one is kept.
        claimed = self._claimants.get((job, call.step, call.attempt)) is self.world.current
        if claimed and (call.key, call.attempt) in self._executed:
            self._object(f"attempt {call.attempt} of {call.key} is executed twice")
        if claimed:
            self._executed.add((call.key, call.attempt))
        step = call.step
        if self._asked.setdefault((job, run, step), call.key) != call.key:
            self._object(f"{step} is asked for under another key: {call.key}")
        self._executions.append(
            _Execution(job, int(run), step, call.attempt, claimed, self.world.seconds)
        )
        self._runs[(job, step, call.attempt)] = self.world.current
        return len(self._executions) - 1

    def answered(self, execution: int, body: bytes) -> None:
        """The body that began under the number `execution` has made a fit output."""
        made = self._executions[execution]
        made.done = True
        key = (made.job, made.run, made.step, _named(body))
        self._answers.setdefault(key, set()).add((made.attempt, made.claimed))

    def accepts(self, number: int, job_id: str) -> None:
        """A user is told the job that was made for the `number`th key, perhaps again."""
        if self._accepted.setdefault(number, job_id) != job_id:
            self._object(f"{job_id} is made under a key that has a job")

    def dispatched(self, task: Task) -> None:
        """A task goes out; the commit that decided it must have come first."""
        if task.name not in self._tasks:
            self._object(f"task {task.name} is dispatched before it is committed")

    def published(self, event: Event) -> None:
        """An event arrives; the receiver's inbox drops keys that it knows."""
        if event.key not in self._keys:
            self._object(f"event {event.key} is published before it is committed")
        keys = self.inbox.setdefault((event.job_id, event.run, event.name), set())
        keys.add(event.key)
        if len(keys) > 1:
            self._object(f"{event.name} of run {event.run} took effect twice: {sorted(keys)}")

    def copied(self, path: str, generation: int, file: StoredFile) -> None:
        """A copy at a fixed path is replaced by what the run of its generation finished."""
        *_, job_id, name = path.split("/")
        if self._finished.get((job_id, generation), {}).get(name) != file:
            self._object(f"the copy at {path} is not of its generation, {generation}")
        if generation < self._copies.get(path, 0):
            self._object(f"the copy at {path} goes back to generation {generation}")
        self._copies[path] = generation

    def spilled(self, path: str, document: HistoryDocument) -> None:
        """The oldest history of a job moves to a document of its own, for good."""
        if path in self._past:
            self._object(f"spilled history is written over at {path}")
        self._past[path] = document.entries
        self.world.tell(f"spills {len(document.entries)} entries")

    def history(self, job: Job) -> list[Entry]:
        """All that is told of a job, what has spilled first."""
        paths = [history_ref(job.id, n + 1).path for n in range(job.run.spilled)]
        lost = [path for path in paths if path not in self._past]
        if lost:
            self._object(f"there is no history at {lost}")
        return [*(entry for path in paths for entry in self._past[path]), *job.run.history]

    def given_up(self, jobs: Collection[str]) -> None:
        """A commit about `jobs` is given up; what is done is tried as long as its lease lasts."""
        if self.world.jumped:
            return
        for made in self._executions:
            key = (made.job, made.step, made.attempt)
            if made.done and made.job in jobs and self._runs[key] is self.world.current:
                self._check_lease_over(made)

    def _check_lease_over(self, done: _Execution) -> None:
        run = self.jobs[done.job].run
        step = run.steps.get(done.step, Step())
        now = (run.number, step.state, step.attempt)
        if now == (done.run, S.RUNNING, done.attempt) and step.until:
            leased = step.until - self.world.now() > LEASE_SLACK
        else:
            fresh = self.world.seconds - done.began < UNCLAIMED_TIME
            leased = fresh and now == (done.run, S.QUEUED, done.attempt - 1)
        if leased:
            self._object(f"{done.step} is done, and given up within its lease")

    def command_committed(self, times: int) -> None:
        """A command has been committed so many times; resending it must not do it again."""
        if times > 1:
            self._object(f"one command took effect {times} times")

    def committed(self, job: Job) -> None:
        """A job is committed."""
        self.commits += 1
        old = self.jobs.get(job.id)
        changed = _changed(old, job)
        told = [f"{name}:{step.state}#{step.attempt}" for name, _, step in changed]
        self.world.tell(f"commits {job.id[:4]} {job.status} {' '.join(told)}")
        if old is not None:
            self._check_run(old, job)
        started = False
        for name, before, step in changed:
            started = started or step.state is S.RUNNING
            self._check_step(old, job, name, before or Step(), step)
        if started:
            self._check_parallelism(job)
        self._check_business(job)
        self.jobs[job.id] = job

    def at_end(self) -> None:
        """Everything has come to rest."""
        known = set(self._accepted.values())
        for job_id in known - self.jobs.keys():
            self._object(f"job {job_id} is lost")
        for job in self.jobs.values():
            if job.id not in known:
                self._object(f"{job.id} is made, and nobody is told of it")
            self._check_rest(job)
            _check_history(self, job)
            self._check_source(job)

    def _check_source(self, job: Job) -> None:
        source = job.run.source
        if source is None or (job.file_url and source.hash not in self._served):
            self._object(f"{job.id} is made of a document that nobody gave")

    def _check_run(self, old: Job, job: Job) -> None:
        before, after = old.run.history, job.run.history
        kept = after[len(before) - 1 : len(before)] == before[-1:]
        if job.run.spilled == old.run.spilled and not kept:
            self._object(f"history of {job.id} is rewritten")
        if len(after) > documents.HISTORY_KEPT:
            self._object(f"history of {job.id} does not spill")
        if (
            old.status in ENDED_JOBS
            and old.run.number == job.run.number
            and job.status != old.status
        ):
            self._object(f"{job.id} was {old.status} and is {job.status} in the same run")
        if job.run.number < old.run.number:
            self._object(f"{job.id} goes back to run {job.run.number}")
        if job.run.definition is not old.run.definition:
            self._check_snapshot(old, job)
        if job.run.source is not old.run.source and job.run.source != old.run.source:
            self._object(f"{job.id} is made of another document than before")

    def _check_snapshot(self, old: Job, job: Job) -> None:
        """A choice of features adds flags and steps; those that are there stay as they are."""
        specs = job.run.definition.specs
        for name, spec in old.run.definition.specs.items():
            if name in specs and specs[name].version != spec.version:
                self._object(f"{name} of {job.id} becomes version {specs[name].version}")
        before, after = old.run.definition.flags, job.run.definition.flags
        changed = [flag for flag, variant in before.items() if after.get(flag) != variant]
        added = [flag for flag in after if flag not in before]
        if changed or any(flag in old.enhanced_features for flag in added):
            self._object(f"{job.id} has other flags than it was resolved under")

    def _check_switch(self, job: Job, name: str, before: Step, step: Step) -> None:
        """A switch that everybody has seen lets no step start, and nobody else ends one."""
        switches = ((INSTALLATION, name), (job.tenant, name))
        started = step.state is S.RUNNING and step.attempt > before.attempt
        if started and not self.world.jumped and any(map(self._long_thrown, switches)):
            self._object(f"{name} starts although its kill switch is thrown")
        stopped = step.error is not None and step.error.reason == SWITCHED_OFF
        if stopped and not self._ever_thrown.intersection(switches):
            self._object(f"{name} is switched off by nobody")

    def _long_thrown(self, switch: tuple[str, str]) -> bool:
        since = self._thrown.get(switch, self.world.seconds)
        return self.world.seconds - since > SWITCH_SEEN + COMMIT_TIME

    def _check_parallelism(self, job: Job) -> None:
        running = len([step for step in job.run.steps.values() if step.state is S.RUNNING])
        if running > job.run.definition.parallel:
            self._object(f"{job.id} has {running} steps running at once")

    def _check_step(self, old: Job | None, job: Job, name: str, before: Step, step: Step) -> None:
        new_run = old is not None and old.run.number != job.run.number
        if step.attempt < before.attempt:
            self._object(f"{name} goes back to attempt {step.attempt}")
        if before.state in ENDED_STEPS and step.state is not before.state and not new_run:
            self._object(f"{name} was {before.state} and is {step.state} in the same run")
        if step.state is S.RUNNING and step.attempt > before.attempt:
            self._claimants[(job.id, name, step.attempt)] = self.world.current
            self._check_order(job, name)
        if self._ever_thrown:
            self._check_switch(job, name, before, step)
        if step.state is S.COMPLETED and before.state is not S.COMPLETED:
            self._check_fence(job, name, before, step)
        if step.state is S.QUEUED and job.status is not JobStatus.PAUSED:
            self._check_wake(job, name, step)
        if step.failures > before.failures or step.losses > before.losses:
            self._check_trouble(job, name, before, step)

    def _check_order(self, job: Job, name: str) -> None:
        spec = job.run.definition.specs[name]
        steps = job.run.steps
        missing = [need for need in spec.needs if steps[need].state is not S.COMPLETED]
        missing += [soft for soft in spec.after if steps[soft].state not in ENDED_STEPS]
        if missing:
            self._object(f"{name} starts before {missing}")

    def _check_fence(self, job: Job, name: str, before: Step, step: Step) -> None:
        """What is committed is of this run and attempt; of its claimant, if it was claimed."""
        if job.run.definition.specs[name].wait_s or step.output is None:
            return
        inline = step.output.inline
        if isinstance(inline, Raw) and len(inline) > documents.INLINE_LIMIT:
            self._object(f"{len(inline)} bytes of {name} stand in the job's document")
        made = self._answers.get((job.id, job.run.number, name, step.output.hash))
        if made is None:
            self._object(f"{name} completed with an output that does not fit its model")
        elif (step.attempt, True) not in made:
            # A service answers for its key, whoever asked it.
            called_back = self.world.current is not None and self.world.current.name == "service"
            taken_up = before.state is S.QUEUED or called_back
            if not taken_up or (step.attempt, False) not in made:
                self._object(f"{name} commits attempt {max(made)[0]}, its fence is {step.attempt}")

    def _check_trouble(self, job: Job, name: str, before: Step, step: Step) -> None:
        if step.failures > before.failures:
            self._check_retry(job, name, step)
        if before.state is S.RUNNING and step.losses > before.losses:
            self._check_loss(job, name, before)

    def _check_retry(self, job: Job, name: str, step: Step) -> None:
        """An error is tried again as long as its code and the step's spec say so."""
        tries = job.run.definition.specs[name].max_attempts
        if step.error is not None and step.error.reason in _MISSING:
            self._object(f"{name} is not given what it reads: {step.error.message}")
        lasting = step.error is not None and step.error.code not in RETRYABLE
        if step.state is S.QUEUED and (lasting or step.failures >= tries):
            self._object(f"{name} is tried again after {step.failures} of {tries} tries")
        if step.state in (S.FAILED, S.REFUSED) and not lasting and step.failures < tries:
            self._object(f"{name} is given up after {step.failures} of {tries} tries")

    def _check_wake(self, job: Job, name: str, step: Step) -> None:
        tasks = {effect.name for effect in job.run.effects if effect.kind is EffectKind.DISPATCH}
        if step.task not in tasks:
            self._object(f"{name} is queued without a dispatch")

    def _check_loss(self, job: Job, name: str, before: Step) -> None:
        """The sweep takes a step only from a worker that is dead, stalled or out of time.

        A second delivery of the same task may supersede a living worker: nobody can tell.
        """
        swept = self.world.current is not None and self.world.current.name == "sweeper"
        actor = self._runs.get((job.id, name, before.attempt))
        living = actor is not None and actor.alive and not actor.stalled
        if swept and living and not self.world.jumped:
            self._object(f"{name} is taken from a living worker within its lease")

    def _check_business(self, job: Job) -> None:
        for effect in job.run.effects:
            self._keys.add(effect.key)
            if effect.kind is EffectKind.DISPATCH:
                self._tasks.add(effect.name)
            elif effect.kind is EffectKind.DELIVER and job.generated_cv is not None:
                self._finished.setdefault((job.id, effect.run), job.generated_cv.files)
        unfinished = job.status not in ENDED_JOBS or bool(job.run.effects)
        if unfinished and job.run.deadline is None:
            self._object(f"{job.id} is unfinished and has no deadline")
        if not unfinished and job.run.deadline is not None:
            self._object(f"{job.id} is finished and has a deadline")

    def _check_rest(self, job: Job) -> None:
        if job.status in ENDED_JOBS:
            if job.run.effects:
                self._object(f"{job.id} still has effects to relay")
            word = "completed" if job.status is JobStatus.IMPROVED else job.status.value
            if not self.inbox.get((job.id, job.run.number, f"job.{word}")):
                self._object(f"nobody was told that {job.id} {word}")
        elif job.status not in (JobStatus.PAUSED, JobStatus.ANALYZED):
            self._object(f"{job.id} is stuck at {job.status}")

    def _object(self, text: str) -> None:
        self.world.object(text)


_UNTOLD = (None, "reset")


def _check_history(witness: Witness, job: Job) -> None:
    """The states that history tells are the states that the steps have."""
    told: dict[str, str] = {}
    history = witness.history(job)
    exposures = [entry.step for entry in history if entry.event == EXPOSED]
    if exposures != list(job.run.definition.flags):
        witness._object(f"{job.id} tells other exposures than it has flags: {exposures}")
    for entry in history:
        if entry.event == "run:opened":
            continue
        if entry.step and entry.event not in ("lost", EXPOSED):
            told[entry.step] = entry.event
    for name, step in job.run.steps.items():
        expected = _UNTOLD if step.state is S.PENDING else (step.state,)
        if told.get(name) not in expected:
            witness._object(f"history tells {told.get(name)} of {name}, which is {step.state}")


def _changed(old: Job | None, job: Job) -> list[tuple[str, Step | None, Step]]:
    """The steps whose state or attempt is new: name, before, after."""
    before = old.run.steps if old is not None else {}
    return [
        (name, was, step)
        for name, step in job.run.steps.items()
        if (was := before.get(name)) is None
        or was.state is not step.state
        or was.attempt != step.attempt
    ]
