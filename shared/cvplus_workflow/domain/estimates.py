"""How long steps take: measured where there are enough samples, estimated before."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import floor
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from .documents import Job
from .features import StepSpec
from .plan import path_seconds
from .states import ENDED_STEPS, StepState

MIN_SAMPLES = 5
"""Durations of a step that must be known before they replace its shipped estimate."""

ESTIMATE_SPREAD = 2.0
"""A shipped estimate was never measured: its interval is from half to twice of it."""


class Measured(Struct, frozen=True):
    """`count` measured durations of a step, in seconds: 10th percentile, median and 90th."""

    count: int
    low_s: float
    typical_s: float
    high_s: float


Measurements = Mapping[tuple[str, int], Measured]
"""What was measured, by step id and version."""

UNMEASURED: Measurements = MappingProxyType({})
"""No measurement at all: every duration is a shipped estimate."""


class Expectation(Struct, frozen=True):
    """How many seconds a step is expected to take; `samples` is 0 for a shipped estimate."""

    low_s: float
    typical_s: float
    high_s: float
    samples: int = 0


def measure(jobs: Iterable[Job]) -> dict[tuple[str, int], Measured]:
    """The durations of the completed steps of `jobs`, by step id and version.

    A step's duration is that of its last attempt (`Step.seconds`); a step that never ran counts
    for nothing. A percentile p of n sorted values
    lies at place p * (n - 1), interpolated linearly between its two neighbours (method 7
    of Hyndman and Fan, "Sample quantiles in statistical packages", 1996).
    """
    found: dict[tuple[str, int], list[float]] = {}
    for job in jobs:
        for name, seconds in _durations(job):
            version = job.run.definition.specs[name].version
            found.setdefault((name, version), []).append(seconds)
    return {step: _measured(sorted(seconds)) for step, seconds in found.items()}


def _durations(job: Job) -> Iterable[tuple[str, float]]:
    for name, step in job.run.steps.items():
        if step.state is StepState.COMPLETED and step.seconds is not None:
            yield name, step.seconds


def _measured(seconds: Sequence[float]) -> Measured:
    low, typical, high = (percentile(seconds, share) for share in (0.1, 0.5, 0.9))
    return Measured(len(seconds), low, typical, high)


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` of the sorted, non-empty `ordered` lies; see `measure`."""
    place = share * (len(ordered) - 1)
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def expectation(spec: StepSpec, measured: Measurements) -> Expectation:
    """What `spec` is expected to take; nothing for a step without a body."""
    if bodiless(spec):
        return Expectation(0.0, 0.0, 0.0)
    known = measured.get((spec.id, spec.version))
    if known is not None and known.count >= MIN_SAMPLES:
        return Expectation(known.low_s, known.typical_s, known.high_s, known.count)
    estimate = spec.estimate_s
    return Expectation(estimate / ESTIMATE_SPREAD, estimate, estimate * ESTIMATE_SPREAD)


def bodiless(spec: StepSpec) -> bool:
    """Whether `spec` is a wait, or a feature that is refused because nothing can run it."""
    return spec.wait_s > 0 or spec.version == 0


def with_measured(specs: Mapping[str, StepSpec], measured: Measurements) -> dict[str, StepSpec]:
    """`specs` with the median as their estimate wherever there are enough samples."""
    if not measured:
        return dict(specs)
    return {
        name: replace(spec, estimate_s=expected.typical_s) if expected.samples else spec
        for name, spec in specs.items()
        for expected in (expectation(spec, measured),)
    }


class Remaining(Struct, frozen=True):
    """Seconds until a job ends, to the millisecond; `estimated` until all of it is measured.

    The ends are what the job takes if every open step takes its own low or high duration;
    so it rarely ends outside of them, but they are no percentiles of whole jobs.
    """

    low_s: float
    typical_s: float
    high_s: float
    estimated: bool


def remaining(job: Job, now: datetime, measured: Measurements) -> Remaining:
    """What is left of `job` at `now`.

    The longest path through the open steps, or the sum of them over the steps that may run
    at a time, whichever is longer. A running step counts what remains of it, never less
    than nothing. Waiting for a worker or for another try is not counted.
    """
    specs = job.run.definition.specs
    left = {
        name: _left(job, name, now, expectation(spec, measured)) for name, spec in specs.items()
    }
    return Remaining(
        low_s=_duration(job, {name: each.low_s for name, each in left.items()}),
        typical_s=_duration(job, {name: each.typical_s for name, each in left.items()}),
        high_s=_duration(job, {name: each.high_s for name, each in left.items()}),
        estimated=any(
            not left[name].samples and not bodiless(specs[name])
            for name, step in job.run.steps.items()
            if step.state not in ENDED_STEPS
        ),
    )


def _left(job: Job, name: str, now: datetime, whole: Expectation) -> Expectation:
    step, elapsed = job.run.steps[name], 0.0
    if step.state in ENDED_STEPS:
        return Expectation(0.0, 0.0, 0.0)
    if step.state is StepState.RUNNING and step.started_at is not None:
        elapsed = max(0.0, (now - step.started_at).total_seconds())
    low, typical, high = (
        max(0.0, seconds - elapsed) for seconds in (whole.low_s, whole.typical_s, whole.high_s)
    )
    return Expectation(low, typical, high, whole.samples)


def _duration(job: Job, seconds: Mapping[str, float]) -> float:
    definition = job.run.definition
    longest = max(path_seconds(definition.specs, seconds).values(), default=0.0)
    return round(max(longest, sum(seconds.values()) / definition.parallel), 3)
