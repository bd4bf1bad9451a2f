"""The order in which steps run, and why: of features, and of a job as it stands."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from .documents import Job, Step
from .estimates import Measurements, expectation, with_measured
from .features import StepSpec
from .monitoring import attempt_seconds
from .plan import critical_path, examine, job_plan
from .states import CARRIED_STEPS, ENDED_STEPS, JobStatus, StepState


class ExpectedStep(Struct, frozen=True, rename="camel"):
    """A step's place in an order; `samples` is 0 where its seconds are a shipped estimate."""

    id: str
    phase: int
    critical: bool
    expected_seconds: float
    samples: int


class FeatureSequence(Struct, frozen=True, rename="camel"):
    """Steps in the order in which they start, and the critical path through them."""

    steps: list[ExpectedStep]
    critical_path: list[str]
    critical_seconds: float


def sequence(
    catalogue: Mapping[str, StepSpec], features: Sequence[str], measured: Measurements
) -> FeatureSequence:
    """The order of a job of `features`: in each phase the longest path behind it first.

    Raises invalid-argument for an unsound plan.
    """
    specs = job_plan(with_measured(catalogue, measured), features)
    expected = {name: expectation(spec, measured) for name, spec in specs.items()}
    seconds = {name: each.typical_s for name, each in expected.items()}
    critical = critical_path(specs, seconds)
    return FeatureSequence(
        steps=[
            ExpectedStep(
                id=name,
                phase=number,
                critical=name in critical,
                expected_seconds=round(seconds[name], 4),
                samples=expected[name].samples,
            )
            for number, phase in enumerate(examine(specs).phases, 1)
            for name in phase
        ],
        critical_path=critical,
        critical_seconds=round(sum(seconds[name] for name in critical), 3),
    )


class PlannedStep(Struct, frozen=True, rename="camel"):
    """One step of a plan, and `why` it is where it is.

    `needs` are hard dependencies, `after` soft ones. `expected_seconds` is the median of
    `samples` measured durations, or the shipped estimate where `samples` is 0.
    `seconds` are those of the last attempt.
    """

    id: str
    label: str
    state: StepState
    attempt: int
    phase: int
    needs: list[str]
    after: list[str]
    critical: bool
    expected_seconds: float
    samples: int
    seconds: float | None
    why: str


class Orchestration(Struct, frozen=True, rename="camel"):
    """The plan of a job: its phases in order, the critical path, and every step.

    At most `parallel` steps are queued or running at a time; `carried` are now.
    `critical_seconds` is what the whole critical path is expected to take.
    """

    job_id: str
    status: JobStatus
    run: int
    parallel: int
    carried: int
    phases: list[list[str]]
    critical_path: list[str]
    critical_seconds: float
    steps: list[PlannedStep]


def explain(job: Job, now: datetime, measured: Measurements) -> Orchestration:
    """The plan of `job` at `now`; expected durations from what was `measured`."""
    specs, steps = job.run.definition.specs, job.run.steps
    phases = examine(specs).phases
    expected = {name: expectation(spec, measured) for name, spec in specs.items()}
    seconds = {name: each.typical_s for name, each in expected.items()}
    critical = critical_path(specs, seconds)
    return Orchestration(
        job_id=job.id,
        status=job.status,
        run=job.run.number,
        parallel=job.run.definition.parallel,
        carried=sum(step.state in CARRIED_STEPS for step in steps.values()),
        phases=phases,
        critical_path=critical,
        critical_seconds=round(sum(seconds[name] for name in critical), 3),
        steps=[
            PlannedStep(
                id=name,
                label=specs[name].label,
                state=steps[name].state,
                attempt=steps[name].attempt,
                phase=number,
                needs=list(specs[name].needs),
                after=list(specs[name].after),
                critical=name in critical,
                expected_seconds=round(seconds[name], 4),
                samples=expected[name].samples,
                seconds=attempt_seconds(steps[name], now),
                why=_why(job, name, specs[name], steps[name]),
            )
            for number, phase in enumerate(phases, 1)
            for name in phase
        ],
    )


_SKIPPED = {"by-user": "skipped at a user's request", "not-chosen": "not chosen any more"}


def _why(job: Job, name: str, spec: StepSpec, step: Step) -> str:
    """Why a step waits, or has no result; nothing for one that runs or completed."""
    if step.state is StepState.PENDING:
        return _why_pending(job, spec)
    if step.state is StepState.WAITING:
        return f"waits for: {spec.cause or 'callback'}"
    if step.state is StepState.QUEUED:
        return _why_queued(job, step)
    if step.state is StepState.SKIPPED:
        codes = [e.code for e in job.run.history if (e.step, e.event) == (name, "skipped")]
        return _SKIPPED.get(codes[-1] if codes else "", "skipped")
    if step.state is StepState.CANCELLED:
        return f"the job was {job.status} first"
    return step.error.message if step.error and step.state in ENDED_STEPS else ""


def _why_pending(job: Job, spec: StepSpec) -> str:
    steps = job.run.steps
    needed = [name for name in spec.needs if steps[name].state is not StepState.COMPLETED]
    before = [name for name in spec.after if steps[name].state not in ENDED_STEPS]
    awaited = list(dict.fromkeys((*needed, *before)))
    if awaited:
        return f"waits for {', '.join(awaited)}"
    if job.status is JobStatus.PAUSED:
        return "the job is paused"
    return f"waits for one of the job's {job.run.definition.parallel} places"


def _why_queued(job: Job, step: Step) -> str:
    if job.status is JobStatus.PAUSED:
        return "the job is paused"
    if step.error is not None:
        return f"will be tried again: {step.error.reason}"
    return "waits for a worker" if not step.losses else "its worker was lost; waits for another"
