"""Synthetic work for tests and benchmarks: a clock, randomness, steps, jobs, documents in memory.

`job10` is parse, then seven independent features, then assemble, then quality; `chain10`
is the same ten in a row. Every step answers about 1 kB.
"""

import random
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from cvplus_workflow.domain import protocol
from cvplus_workflow.domain.attempts import Attempt, Failure, Invocation, Outcome, Success
from cvplus_workflow.domain.change import Change, Decide, Document, EffectKind, Ref, Result
from cvplus_workflow.domain.decision import Alter, Altered, acknowledge_only, alter_job
from cvplus_workflow.domain.documents import (
    Job,
    Output,
    Step,
    StepError,
    job_ref,
    put_job,
    stored_file,
)
from cvplus_workflow.domain.features import StepSpec
from cvplus_workflow.domain.jobs import Caller, NewJob, new_job
from cvplus_workflow.domain.plan import job_plan
from cvplus_workflow.domain.queue import LIMITS, Priority, StepClass
from cvplus_workflow.domain.states import StepState
from cvplus_workflow.domain.templates import find_template
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps.contract import Model, Produced, ProducedFile, StepInput
from cvplus_workflow.steps.contract import Step as RegisteredStep
from cvplus_workflow.steps.registry import Registry

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
OWNER = Caller("ann", "acme")

FEATURES = (
    "ats-optimization",
    "keyword-enhancement",
    "achievements-showcase",
    "embed-qr-code",
    "language-proficiency",
    "social-media-links",
    "contact-form",
)


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, time: datetime = START) -> None:
        self.time = time

    def now(self) -> datetime:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class SeededEntropy:
    """Ids and fractions that a seed decides."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)

    def token(self) -> str:
        return f"{self._random.getrandbits(128):032x}"

    def fraction(self) -> float:
        return self._random.random()


def spec(step: str, **settings: Any) -> StepSpec:
    """A light step, version 1; `settings` as `StepSpec` has them."""
    return StepSpec(id=step, version=1, label=f"Doing {step}", **settings)


def feature(step: str, *, needs: Sequence[str] = (), **settings: Any) -> StepSpec:
    """A light feature that needs the parsed CV, and whatever else is named."""
    return spec(step, feature=True, needs=("parse", *needs), **settings)


def catalogue(*features: StepSpec, **settings: Any) -> dict[str, StepSpec]:
    """A catalogue of the pipeline's steps, `settings` applied to each, and `features`."""
    steps = (
        spec("parse", reads=("source",), **settings),
        *features,
        spec("assemble", needs=("parse",), **settings),
        spec("quality", needs=("parse", "assemble"), **settings),
    )
    return {step.id: step for step in steps}


def job10(**settings: Any) -> dict[str, StepSpec]:
    """The catalogue of `job10`."""
    return catalogue(*(feature(name, **settings) for name in FEATURES), **settings)


def chain10(**settings: Any) -> dict[str, StepSpec]:
    """The catalogue of `chain10`: each feature needs the one before it."""
    pairs = zip(FEATURES, ("", *FEATURES), strict=False)
    links = [feature(name, needs=(before,) if before else (), **settings) for name, before in pairs]
    return catalogue(*links, **settings)


class Text(Model):
    """What a synthetic step answers."""

    text: str
    cv: dict[str, str] | None = None


class Script:
    """What synthetic steps do, by step: something first, then errors to raise, then a text of
    some size; and what was asked of them."""

    def __init__(self, *, size: int = 1_000) -> None:
        self.errors: dict[str, list[WorkflowError]] = {}
        self.sizes: dict[str, int] = {}
        self.before: dict[str, Callable[[StepInput], object]] = {}
        self.calls: Counter[str] = Counter()
        self.given: dict[str, StepInput] = {}
        self.size = size
        self.page = b"<p>Synthetic.</p>"

    def body(self, step: str) -> Callable[[StepInput], Produced]:
        """The body of `step`."""

        def run(given: StepInput) -> Produced:
            self.calls[step] += 1
            self.given[step] = given
            if step in self.before:
                self.before[step](given)
            if self.errors.get(step):
                raise self.errors[step].pop(0)
            cv = {"summary": "Synthetic."} if step == "parse" else None
            page = {"cv.html": ProducedFile("text/html", self.page)}
            output = Text(text="x" * self.sizes.get(step, self.size), cv=cv)
            return Produced(output, page if step == "assemble" else {})

        return run

    def registry(self, specs: Mapping[str, StepSpec]) -> Registry:
        """Steps for `specs` that follow this script."""
        return {
            (name, one.version): RegisteredStep(one, StepInput, Text, self.body(name))
            for name, one in specs.items()
        }


class Ledger:
    """Documents in memory: each decision gets private copies, and writes only if it returns."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.documents: dict[str, bytes] = {}
        self.commits = 0

    @property
    def now(self) -> datetime:
        return self._clock.now()

    def get(self, ref: Ref[Document]) -> Document | None:
        body = self.documents.get(ref.path)
        return None if body is None else msgspec.json.decode(body, type=ref.type)

    def commit(self, decide: Decide[Result]) -> Result:
        change: Change[Result] = decide(self)
        for write in change.writes:
            document: Struct = write.document  # type: ignore[union-attr]
            self.documents[write.ref.path] = msgspec.json.encode(document)
        self.commits += bool(change.writes)
        return change.result


def output(text: str = "done") -> tuple[Output, Raw]:
    """A step's output and its body."""
    body = msgspec.json.encode({"text": text})
    return Output(stored_file(body, "").hash, inline=Raw(body)), Raw(body)


def success(attempt: Attempt, text: str = "done") -> Success:
    """The good outcome of an attempt."""
    return Success(attempt, *output(text))


def failure(
    attempt: Attempt, code: Code = Code.UNAVAILABLE, reason: str = "away", jitter: float = 0.5
) -> Failure:
    """The bad outcome of an attempt."""
    return Failure(attempt, StepError(code, reason, f"It was {reason}."), jitter)


class JobScene:
    """One job on a ledger, driven by hand through the protocol."""

    def __init__(
        self,
        specs: Mapping[str, StepSpec] | None = None,
        features: Sequence[str] | str | None = "all",
    ) -> None:
        self.catalogue = dict(specs if specs is not None else job10())
        if features == "all":
            features = [one.id for one in self.catalogue.values() if one.feature]
        self.clock = ManualClock()
        self.ledger = Ledger(self.clock)
        self.commands = 0
        chosen = features if not isinstance(features, str) else [features]
        new = new_job(
            "job1", OWNER, request(chosen), job_plan(self.catalogue, chosen), START, "create"
        )
        self.ledger.commit(lambda reader: Change(None, put_job(new)))

    @property
    def job(self) -> Job:
        job = self.ledger.get(job_ref("job1"))
        assert job is not None
        return job

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def step(self, name: str) -> Step:
        return self.job.run.steps[name]

    def states(self) -> dict[str, StepState]:
        return {name: step.state for name, step in self.job.run.steps.items()}

    def alter(
        self, alter: Alter, command: str | None = None, relayed: Collection[str] = ()
    ) -> Altered:
        self.commands += 1
        name = command or f"command{self.commands}"
        return self.ledger.commit(lambda reader: alter_job(reader, "job1", name, alter, relayed))

    def tasks(self) -> list[str]:
        """The tasks that carry queued steps, in plan order."""
        steps = self.job.run.steps.values()
        return list(dict.fromkeys(s.task for s in steps if s.state == StepState.QUEUED))

    def invocation(self, task: str, seconds: float | None = None) -> Invocation:
        """An execution of `task` that begins now; by default with its class's time."""
        specs, steps = self.job.run.definition.specs, self.job.run.steps
        classes = [specs[n].step_class for n, s in steps.items() if s.task == task]
        queue = classes[0] if classes else StepClass.LIGHT
        limit = LIMITS[queue].timeout_s if seconds is None else seconds
        self.since = self.now
        return Invocation(task, queue, timedelta(seconds=limit))

    def claim(
        self, task: str | None = None, *, seconds: float | None = None, command: str | None = None
    ) -> list[Attempt]:
        """Deliver a task, the first queued one by default."""
        name = task or self.tasks()[0]
        self.held = self.invocation(name, seconds)
        return self.alter(
            lambda job, now, cmd: () if protocol.claim(job, self.held, now, cmd) else None, command
        ).claimed

    def settle(self, *outcomes: Outcome, command: str | None = None) -> list[Attempt]:
        """Commit outcomes under the last delivery; answers what it claimed to go on with."""
        left = max(timedelta(0), self.held.left - (self.now - self.since))
        held = replace(self.held, left=left)
        return self.alter(
            lambda job, now, cmd: protocol.settle(job, outcomes, held, now, cmd), command
        ).claimed

    def cancel(self) -> Job:
        return self.alter(quiet(lambda job, now, _: protocol.cancel(job, now))).job

    def pause(self) -> Job:
        return self.alter(quiet(lambda job, now, _: protocol.pause(job, now))).job

    def resume(self) -> Job:
        return self.alter(quiet(protocol.resume)).job

    def reopen(self) -> Job:
        return self.alter(quiet(protocol.reopen)).job

    def sweep(self, jitter: float = 0.5) -> Altered:
        return self.alter(
            lambda job, now, cmd: () if protocol.sweep(job, now, cmd, jitter) else None
        )

    def acknowledgeable(self) -> tuple[str, ...]:
        """The effects that a relay acknowledges; a dispatch is acknowledged by its claim."""
        effects = self.job.run.effects
        return tuple(effect.key for effect in effects if effect.kind != EffectKind.DISPATCH)

    def acknowledge(self) -> None:
        self.alter(acknowledge_only, relayed=self.acknowledgeable())

    def work(self, *, until: Callable[["JobScene"], bool] | None = None) -> None:
        """Deliver and succeed, with nothing going wrong, until nothing is queued."""
        while self.tasks() and not (until and until(self)):
            claimed = self.claim()
            while claimed:
                claimed = self.settle(*map(success, claimed))


def quiet(alteration: Callable[[Job, datetime, str], object]) -> Alter:
    """An alteration that writes nothing beside the job."""

    def alter(job: Job, now: datetime, command: str) -> tuple[()]:
        alteration(job, now, command)
        return ()

    return alter


def request(features: Sequence[str] | None, content: bytes = b"# Ann") -> NewJob:
    """What a job of `features` is made from."""
    source = stored_file(content, "text/markdown")
    template = find_template("modern")
    return NewJob("cv.md", "text/markdown", source, template, "a4", Priority.NORMAL, features)
