"""Any order of claims, late outcomes, sweeps and commands keeps the protocol's invariants.

A run's terminal state is final; no commit under an old attempt; dependencies in order;
unfinished business has a deadline; one effect a key; history agrees with state.
"""

from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cvplus_workflow.domain import choices, protocol
from cvplus_workflow.domain.attempts import Attempt, HandedOver, Invocation, Outcome
from cvplus_workflow.domain.decision import Altered, acknowledge_only
from cvplus_workflow.domain.documents import Entry, HistoryDocument, history_ref
from cvplus_workflow.domain.queue import StepClass
from cvplus_workflow.domain.states import (
    ENDED_JOBS,
    ENDED_STEPS,
    UNDELIVERED_STEPS,
    JobStatus,
    StepState,
)
from cvplus_workflow.errors import Code, WorkflowError
from tests.workloads import FEATURES, JobScene, catalogue, failure, feature, quiet, success

A, B, C, D = FEATURES[:4]
SPECS = catalogue(
    feature(A),
    feature(B, after=(A,), step_class=StepClass.HEAVY),
    feature(C, needs=(B,)),
    feature(D, max_attempts=2, timeout_s=30),
)
REFUSALS = (Code.FAILED_PRECONDITION, Code.INVALID_ARGUMENT)
CODES = (Code.UNAVAILABLE, Code.FAILED_PRECONDITION, Code.DATA_LOSS)


def whole_history(scene: JobScene) -> list[Entry]:
    entries: list[Entry] = []
    for number in range(1, scene.job.run.spilled + 1):
        document = scene.ledger.get(history_ref("job1", number))
        assert isinstance(document, HistoryDocument)
        entries += document.entries
    return entries + scene.job.run.history


class ProtocolMachine(RuleBasedStateMachine):
    """Users, workers, the sweep and the clock, in whatever order hypothesis finds worst."""

    @initialize(chosen=st.sampled_from([(A, B, C, D), (A, "generate-podcast"), (), None]))
    def begin(self, chosen: tuple[str, ...] | None) -> None:
        self.scene = JobScene(SPECS, features=chosen)
        self.attempts: list[tuple[Attempt, Invocation]] = []
        self.tasks: list[str] = []
        self.effects: Counter[str] = Counter()
        self.ended: dict[int, bytes] = {}
        self.last = self.scene.job
        self.note(Altered(self.last, [], tuple(self.last.run.effects)))

    def note(self, altered: Altered) -> None:
        """Keep what a worker or a relay would hold after this commit."""
        self.effects.update(effect.key for effect in altered.effects)
        self.tasks += [e.name for e in altered.effects if e.kind == "dispatch"]

    def command(self, alter: Any, relayed: tuple[str, ...] = ()) -> Altered | None:
        """Commit; sent twice, as a client does that lost the answer. Refusals are answers."""
        name = f"machine{self.scene.commands}"
        try:
            first = self.scene.alter(alter, name, relayed)
        except WorkflowError as error:
            if error.code not in REFUSALS:
                raise
            return None
        documents = self.scene.ledger.documents.copy()
        if name in self.scene.job.run.commands:
            assert self.scene.alter(alter, name, relayed).claimed == first.claimed
        assert self.scene.ledger.documents == documents
        self.note(first)
        self.dependencies_are_kept()
        return first

    @precondition(lambda self: self.tasks)
    @rule(data=st.data(), seconds=st.sampled_from([5, 60, 2_000]))
    def deliver(self, data: st.DataObject, seconds: int) -> None:
        """A task comes: the first time, again, or long after it was replaced."""
        invocation = self.scene.invocation(data.draw(st.sampled_from(self.tasks)), seconds)
        altered = self.command(
            lambda job, now, cmd: () if protocol.claim(job, invocation, now, cmd) else None
        )
        if altered:
            self.attempts += [(attempt, invocation) for attempt in altered.claimed]

    @precondition(lambda self: self.attempts)
    @rule(data=st.data(), how=st.sampled_from(["good", "handed over", *CODES]))
    def answer(self, data: st.DataObject, how: Any) -> None:
        """A body ends, perhaps for the second time, perhaps long after it was superseded."""
        attempt, invocation = data.draw(st.sampled_from(self.attempts))
        outcome: Outcome = success(attempt)
        if how != "good":
            outcome = HandedOver(attempt, 100) if how == "handed over" else failure(attempt, how)
        before = self.scene.job
        altered = self.command(
            lambda job, now, cmd: protocol.settle(job, [outcome], invocation, now, cmd)
        )
        step = before.run.steps[attempt.step]
        under_way = step.state in (StepState.RUNNING, StepState.WAITING)
        holds = under_way and step.attempt == attempt.number
        if not holds or before.status in ENDED_JOBS:
            assert self.scene.job == before
        elif altered:
            self.attempts += [(claimed, invocation) for claimed in altered.claimed]

    @precondition(lambda self: self.scene.tasks())
    @rule(count=st.integers(1, 6))
    def honest_work(self, count: int) -> None:
        """A worker that does what is asked of it, so that jobs get on."""
        self.tasks = [*self.tasks, *self.scene.tasks()]
        invocation = self.scene.invocation(self.scene.tasks()[0])
        altered = self.command(
            lambda job, now, cmd: () if protocol.claim(job, invocation, now, cmd) else None
        )
        for _ in range(count):
            claimed = altered.claimed if altered else []
            outcomes = [success(attempt) for attempt in claimed]
            self.attempts += [(attempt, invocation) for attempt in claimed]
            altered = self.command(
                lambda job, now, cmd, outcomes=outcomes: protocol.settle(
                    job, outcomes, invocation, now, cmd
                )
            )

    @rule(to_deadline=st.booleans())
    def sweep(self, to_deadline: bool) -> None:
        deadline = self.scene.job.run.deadline
        if to_deadline and deadline is not None and deadline > self.scene.now:
            self.scene.clock.time = deadline
        self.command(lambda job, now, cmd: () if protocol.sweep(job, now, cmd, 0.5) else None)
        after = self.scene.job.run.deadline
        assert after is None or after > self.scene.now

    @rule(seconds=st.sampled_from([0, 1, 40, 3_000]))
    def wait(self, seconds: int) -> None:
        self.scene.clock.advance(seconds)

    @rule(order=st.sampled_from([protocol.cancel, protocol.pause]))
    def stop(self, order: Any) -> None:
        self.command(quiet(lambda job, now, _: order(job, now)))

    @rule()
    def resume(self) -> None:
        self.command(quiet(protocol.resume))

    @rule(first=st.sampled_from(["", "parse", A, B, "assemble"]))
    def reopen(self, first: str) -> None:
        self.command(quiet(lambda job, now, cmd: protocol.reopen(job, now, cmd, first)))

    @rule(name=st.sampled_from([A, B, D]))
    def skip(self, name: str) -> None:
        self.command(
            lambda job, now, cmd: () if choices.skip_feature(job, name, now, cmd) else None
        )

    @rule(chosen=st.sampled_from([(A, B, C), (C,), ()]))
    def choose(self, chosen: tuple[str, ...]) -> None:
        self.command(
            lambda job, now, cmd: (
                () if choices.choose_features(job, chosen, SPECS, now, cmd) else None
            )
        )

    @rule()
    def acknowledge(self) -> None:
        self.command(acknowledge_only, self.scene.acknowledgeable())

    @invariant()
    def a_terminal_state_is_final(self) -> None:
        job = self.scene.job
        outcome = repr((job.status, job.completed_at, self.scene.states())).encode()
        if job.status in ENDED_JOBS:
            assert self.ended.setdefault(job.run.number, outcome) == outcome
        else:
            assert job.run.number not in self.ended

    @invariant()
    def unfinished_business_has_a_deadline_and_finished_has_none(self) -> None:
        job = self.scene.job
        unfinished = job.status not in ENDED_JOBS or bool(job.run.effects)
        assert (job.run.deadline is not None) == unfinished

    @invariant()
    def dependencies_are_kept(self) -> None:
        steps, specs = self.scene.job.run.steps, self.scene.job.run.definition.specs
        for name, step in steps.items():
            under_way = step.state in (StepState.QUEUED, StepState.RUNNING)
            if under_way or (step.state == StepState.COMPLETED and name != "choice"):
                assert all(steps[n].state == StepState.COMPLETED for n in specs[name].needs), name
            if under_way:
                assert all(steps[n].state in ENDED_STEPS for n in specs[name].after), name

    @invariant()
    def only_what_completed_has_an_output(self) -> None:
        for name, step in self.scene.job.run.steps.items():
            assert (step.output is not None) == (
                step.state == StepState.COMPLETED and name != "choice"
            )

    @invariant()
    def an_effect_key_is_decided_once(self) -> None:
        assert {key for key, count in self.effects.items() if count > 1} == set()
        keys = [effect.key for effect in self.scene.job.run.effects]
        assert len(keys) == len(set(keys))

    @invariant()
    def history_agrees_with_state(self) -> None:
        job, told = self.scene.job, dict[str, str]()
        status = JobStatus.PENDING.value
        for entry in whole_history(self.scene):
            if entry.event == "run:opened":
                status = JobStatus.PENDING.value
            elif entry.event == "reset":
                told[entry.step] = StepState.PENDING.value
            elif entry.step and entry.event != "lost":
                told[entry.step] = entry.event
            elif not entry.step:
                status = entry.event.removeprefix("job:")
        pending = StepState.PENDING.value
        assert status == job.status
        assert {n: told.get(n, pending) for n in job.run.steps} == self.scene.states()

    @invariant()
    def a_job_ends_just_as_its_steps_do(self) -> None:
        job, states = self.scene.job, self.scene.states()
        if job.status in ENDED_JOBS:
            assert set(states.values()) <= ENDED_STEPS
        if job.status == JobStatus.COMPLETED:
            core = {"parse", "assemble", "quality"}
            assert not [n for n in core if states[n] in UNDELIVERED_STEPS]
            assert job.progress == 100

    @invariant()
    def time_progress_and_attempts_never_go_back(self) -> None:
        old, new = self.last, self.scene.job
        assert new == old or new.updated_at > old.updated_at
        assert new.run.number > old.run.number or new.progress >= old.progress
        for name, step in old.run.steps.items():
            assert new.run.steps[name].attempt >= step.attempt
        self.last = new

    def teardown(self) -> None:
        """Once nothing more goes wrong, the sweep and honest workers end any job."""
        scene = self.scene
        if scene.job.status == JobStatus.PAUSED:
            scene.resume()
        for _ in range(200):
            if scene.job.status in ENDED_JOBS:
                return
            scene.work()
            scene.acknowledge()
            if scene.job.run.deadline is not None:
                scene.clock.time = max(scene.now, scene.job.run.deadline)
            scene.sweep()
        raise AssertionError(f"stuck: {scene.job.status} {scene.states()}")


def test_the_invariants_hold_in_any_order_of_events() -> None:
    """J5, J7, J10."""
    run_state_machine_as_test(
        ProtocolMachine,
        settings=settings(
            max_examples=150, stateful_step_count=40, deadline=None, derandomize=True
        ),
    )
