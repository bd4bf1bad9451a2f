"""The protocol broken on purpose, one rule at a time: the simulation must notice each."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from msgspec.structs import replace

from cvplus_workflow.domain import (
    advance,
    attempts,
    choices,
    decision,
    documents,
    moves,
    outbox,
    protocol,
)
from cvplus_workflow.domain.change import Effect, EffectKind
from cvplus_workflow.domain.features import StepSpec
from cvplus_workflow.domain.flags import KillSwitches, variant_of
from cvplus_workflow.domain.states import ENDED_STEPS, StepState
from cvplus_workflow.ports import StepCall, StepReply, task_of
from cvplus_workflow.services import commit, flags, jobs, outputs, queue
from cvplus_workflow.testing import limits, ports, runner, store

Patch = tuple[object, str, Any]
MUTANTS: dict[str, tuple[str, Callable[[], list[Patch]]]] = {}


def mutant(rule: str) -> Callable[[Callable[[], list[Patch]]], Callable[[], list[Patch]]]:
    """Register a mutant under its function's name; `rule` says which rule it breaks."""

    def register(patches: Callable[[], list[Patch]]) -> Callable[[], list[Patch]]:
        MUTANTS[patches.__name__.replace("_", "-")] = (rule, patches)
        return patches

    return register


@contextmanager
def applied(name: str) -> Iterator[None]:
    """The protocol with mutant `name` in place."""
    patches = [patch.object(*item) for item in MUTANTS[name][1]()]
    for item in patches:
        item.start()
    try:
        yield
    finally:
        for item in reversed(patches):
            item.stop()


@mutant("a commit under an old attempt is refused")
def no_fence() -> list[Patch]:
    def holds(job: documents.Job, attempt: attempts.Attempt) -> bool:
        step = job.run.steps.get(attempt.step)
        return step is not None and step.state in advance.ATTEMPTED

    return [(protocol, "holds", holds)]


@mutant("what a body did that nobody claimed is of no use once somebody has claimed its step")
def unclaimed_commits() -> list[Patch]:
    take_up = protocol.take_up

    def takes_up(*given: Any) -> bool:
        take_up(*given)
        return True

    return [(protocol, "take_up", takes_up)]


@mutant("the terminal state of a run is final: what was cancelled cannot commit")
def cancelled_commits() -> list[Patch]:
    def holds(job: documents.Job, attempt: attempts.Attempt) -> bool:
        step = job.run.steps.get(attempt.step)
        if step is None or step.attempt != attempt.number:
            return False
        if step.state is StepState.CANCELLED:
            step.state = StepState.RUNNING
        return step.state in advance.ATTEMPTED

    return [(protocol, "holds", holds)]


@mutant("an effect has a key that does not change from try to try")
def no_key() -> list[Patch]:
    counter = iter(range(10**9))
    relay = commit.JobCommits.relay

    def fresh(effect: Effect) -> Effect:
        if effect.kind is EffectKind.DISPATCH:
            return effect
        return replace(effect, key=f"{effect.key}/{next(counter)}")

    def relays(self: commit.JobCommits, altered: Iterable[decision.Altered]) -> set[str]:
        items = list(altered)
        relay(self, [replace(item, effects=tuple(map(fresh, item.effects))) for item in items])
        effects = [effect for item in items for effect in item.effects]
        return {effect.key for effect in effects if effect.kind is not EffectKind.DISPATCH}

    return [(commit.JobCommits, "relay", relays)]


@mutant("an event tells of the run that it was decided in")
def event_of_the_latest_run() -> list[Patch]:
    event = commit._event

    def latest(job: documents.Job, effect: Effect) -> Any:
        return replace(event(job, effect), run=job.run.number)

    return [(commit, "_event", latest)]


@mutant("the key of an effect does not contain the attempt")
def key_with_attempt() -> list[Patch]:
    call = queue.QueueService._call

    def attempted(self: queue.QueueService, item: Any, job: documents.Job, attempt: Any) -> Any:
        made = call(self, item, job, attempt)
        if isinstance(made, StepCall):
            return replace(made, key=f"{made.key}#{attempt.number}")
        return made

    return [(queue.QueueService, "_call", attempted)]


@mutant("what is overdue is swept")
def no_sweep() -> list[Patch]:
    return [(queue.QueueService, "sweep", lambda _self, limit=100: 0)]


@mutant("a command that is sent again is recognised by its id")
def no_command_id() -> list[Patch]:
    def never(job: documents.Job, command: str) -> bool:
        job.run.commands = [command]
        return False

    return [(decision, "remembered", never)]


@mutant("an effect is relayed after the commit that decided it")
def dispatch_before_commit() -> list[Patch]:
    command = commit.JobCommits.command

    def eager(self: commit.JobCommits, job_id: str, alter: Any, *more: Any) -> Any:
        def relays(job: documents.Job, now: Any, token: str) -> Any:
            documents_to_write = alter(job, now, token)
            effects = [e for e in job.run.effects if e.kind is EffectKind.DISPATCH]
            self._dispatcher.dispatch([task_of(effect) for effect in effects])
            return documents_to_write

        return command(self, job_id, relays, *more)

    return [(commit.JobCommits, "command", eager)]


@mutant("an output is validated before it is committed")
def commit_before_validation() -> list[Patch]:
    return [(runner, "validated", lambda _step, reply: reply)]


@mutant("a lease ends after the invocation, not under it")
def lease_shorter_than_the_step() -> list[Patch]:
    return [(advance, "LEASE_MARGIN", timedelta(seconds=-300))]


@mutant("a lease ends by the clock of the store, not by that of a worker")
def lease_by_the_workers_clock() -> list[Patch]:
    carry, run_step = queue.QueueService._carry, advance.run_step
    ends: dict[str, Any] = {}

    def carries(self: queue.QueueService, task: Any) -> Any:
        item = carry(self, task)
        ends[task.name] = item.ends_at
        return item

    def runs(
        job: documents.Job, name: str, now: Any, command: str, invocation: attempts.Invocation
    ) -> None:
        run_step(job, name, now, command, invocation)
        job.run.steps[name].until = ends[invocation.task] + advance.LEASE_MARGIN

    return [
        (queue.QueueService, "_carry", carries),
        (advance, "run_step", runs),
        (protocol, "run_step", runs),
    ]


@mutant("retries have one owner: the domain")
def retry_in_the_transport() -> list[Patch]:
    run = runner.SimulatedRunner.run

    def twice(self: runner.SimulatedRunner, calls: list[StepCall], *report: Any) -> list[Any]:
        replies = run(self, calls, *report)
        failed = [
            call
            for call, reply in zip(calls, replies, strict=True)
            if not isinstance(reply, StepReply)
        ]
        if failed:
            again = iter(run(self, failed, *report))
            replies = [r if isinstance(r, StepReply) else next(again) for r in replies]
        return replies

    return [(runner.SimulatedRunner, "run", twice)]


@mutant("what is queued has its task dispatched by the same commit")
def wake_lost() -> list[Patch]:
    add = outbox._add

    def forgets(job: documents.Job, effect: Effect, now: Any) -> None:
        if effect.kind is not EffectKind.DISPATCH or job.run.tasks < 2:
            add(job, effect, now)

    return [(outbox, "_add", forgets)]


@mutant("every document read is verified in the commit")
def unverified_read() -> list[Patch]:
    return [(store.SimulatedStore, "_verified", lambda _self, _reader: True)]


@mutant("a copy at a fixed path never goes back to an older run")
def file_not_fenced() -> list[Patch]:
    return [(ports.SimulatedFiles, "keeps", lambda _self, _path, _generation: True)]


@mutant("a job keeps the versions of the steps that it was made with")
def snapshot_not_kept() -> list[Patch]:
    def newest(_job: documents.Job, plan: Mapping[str, StepSpec]) -> StepSpec:
        return plan["assemble"]

    return [(choices, "_assembling", newest)]


@mutant("a delivery brings what its own run finished")
def delivery_of_a_later_run() -> list[Patch]:
    def delivers(self: commit.JobCommits, job: documents.Job, effect: Effect) -> None:
        for name, file in job.generated_cv.files.items() if job.generated_cv else ():
            path = commit.published_path(job, name)
            self.files.publish(path, job.id, file, effect.run)

    return [(commit.JobCommits, "_deliver", delivers)]


@mutant("a step starts after its soft dependencies have ended")
def soft_dependency_ignored() -> list[Patch]:
    def unblocked(steps: dict[str, documents.Step], spec: StepSpec) -> bool:
        return all(steps[need].state is StepState.COMPLETED for need in spec.needs)

    return [(advance, "_unblocked", unblocked)]


@mutant("no more steps run at once than the job allows")
def parallelism_ignored() -> list[Patch]:
    return [(advance, "_carried", lambda _job: 0)]


@mutant("unfinished business has a deadline: an effect that is not relayed, too")
def effect_without_deadline() -> list[Patch]:
    def silent(job: documents.Job, effect: Effect, _now: Any) -> None:
        job.run.effects.append(effect)

    return [(outbox, "_add", silent)]


@mutant("a wait has a deadline")
def wait_without_deadline() -> list[Patch]:
    refresh = moves.refresh

    def forgets(job: documents.Job, now: Any) -> None:
        refresh(job, now)
        if all(
            s.state in ENDED_STEPS or s.state is StepState.WAITING for s in job.run.steps.values()
        ):
            job.run.deadline = None

    return [(protocol, "refresh", forgets), (advance, "refresh", forgets)]


@mutant("what has spilled is written by the commit that names it")
def spilled_output_forgotten() -> list[Patch]:
    return [(protocol, "spilled_output", lambda _job, _output, _body: [])]


@mutant("a job's document stays small: large outputs stand elsewhere")
def outputs_all_inline() -> list[Patch]:
    return [(outputs, "INLINE_LIMIT", 10**9)]


@mutant("an output that no document can hold is a file")
def outputs_never_files() -> list[Patch]:
    kept = tuple(limit for limit in limits.NARROW if limit[1] != "DOCUMENT_LIMIT")
    return [(limits, "NARROW", kept)]


@mutant("spilled history stays as it was")
def spilled_history_written_over() -> list[Patch]:
    ref = documents.history_ref
    return [(documents, "history_ref", lambda job_id, _number: ref(job_id, 1))]


@mutant("a user that asks again under a key is given the job that is there")
def key_forgotten() -> list[Patch]:
    counter = iter(range(10**9))
    return [(jobs, "keyed_job_id", lambda _caller, key: f"{next(counter):08x}{key}")]


@mutant("a task that comes again supersedes the lease that it holds")
def no_supersede() -> list[Patch]:
    claim = protocol.claim

    def keeps_lease(
        job: documents.Job, invocation: attempts.Invocation, now: Any, command: str
    ) -> bool:
        steps = job.run.steps.values()
        if any(s.task == invocation.task and s.state is StepState.RUNNING for s in steps):
            for step in steps:
                if step.task == invocation.task and step.state is StepState.RUNNING:
                    step.command = command
            moves.refresh(job, now)
            return True
        return claim(job, invocation, now, command)

    return [(protocol, "claim", keeps_lease)]


@mutant("a commit of what is done is tried until its lease ends")
def commit_given_up() -> list[Patch]:
    command = commit.JobCommits.command

    def hurries(self: commit.JobCommits, job_id: str, alter: Any, *given: Any) -> Any:
        return command(self, job_id, alter, *given[:1])

    return [(commit.JobCommits, "command", hurries)]


@mutant("so is the commit of what was done unclaimed")
def unclaimed_given_up() -> list[Patch]:
    settle = queue.QueueService._settle

    def hurries(self: queue.QueueService, item: Any, outcomes: Any) -> Any:
        unclaimed = item.begun is not None
        command = settle(self, item, outcomes)
        return replace(command, until=None) if unclaimed else command

    return [(queue.QueueService, "_settle", hurries)]


@mutant("history is only ever added to")
def history_rewritten() -> list[Patch]:
    reopen = protocol.reopen

    def forgets(job: documents.Job, now: Any, command: str, first: str = "") -> None:
        job.run.history = job.run.history[:1]
        reopen(job, now, command, first)

    return [(protocol, "reopen", forgets)]


@mutant("within 10 s of a kill switch no step of its feature is claimed")
def kill_switch_ignored() -> list[Patch]:
    return [(KillSwitches, "off_for", lambda _self, _tenant: frozenset())]


@mutant("kill switches are read again after 10 s")
def kill_switch_cached_for_ever() -> list[Patch]:
    return [(flags, "KEPT_FOR", timedelta(days=1))]


@mutant("a kill switch stops the jobs of its tenant alone")
def kill_switch_of_all_tenants() -> list[Patch]:
    def off_for(self: KillSwitches, _tenant: str) -> frozenset[str]:
        return frozenset(switch.step for switch in self.thrown)

    return [(KillSwitches, "off_for", off_for)]


@mutant("a step that is held is looked at again")
def held_for_ever() -> list[Patch]:
    def holds(job: documents.Job, name: str, step: documents.Step, now: Any) -> None:
        if step.state is not StepState.QUEUED:
            moves.move_step(job, name, StepState.QUEUED, now)
        step.until, step.task = None, ""

    return [(protocol, "_hold", holds)]


@mutant("a job keeps the flags that it was resolved under")
def flags_read_live() -> list[Patch]:
    claim, switches = protocol.claim, flags.Flags.switches
    latest: list[flags.Flags] = []

    def seen(self: flags.Flags) -> KillSwitches:
        latest[:] = [self]
        return switches(self)

    def resolves(
        job: documents.Job, invocation: attempts.Invocation, now: Any, command: str
    ) -> bool:
        live = {
            flag.id: variant_of(flag, job.user_id)
            for each in latest[0].sets(job.tenant)
            for flag in each.flags.values()
            if flag.id in job.selected_features
        }
        job.run.definition = replace(job.run.definition, flags=live)
        return claim(job, invocation, now, command)

    return [(flags.Flags, "switches", seen), (protocol, "claim", resolves)]
