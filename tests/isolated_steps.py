"""Steps for child processes: each tells the process that ran it, and some misbehave.

Children are told this module's name, so what they run is known here and there alike.
"""

import hashlib
import os
import resource
import signal
from collections.abc import Callable
from typing import Any

from cvplus_workflow.domain.features import StepSpec
from cvplus_workflow.domain.queue import StepClass
from cvplus_workflow.steps.contract import Model, Produced, Step, StepInput
from tests.workloads import catalogue, feature

KNOWN = f"{__name__}:STEPS"

QUICK, ENDLESS = "contact-form", "generate-podcast"
GREEDY, LARGE, SPENT = "video-introduction", "portfolio-gallery", "embed-qr-code"
TELLING = "personality-insights"

_kept: list[bytes] = []


class Process(Model):
    """Which process ran the body, and at how many seconds of processor time it would end."""

    pid: int
    processor_limit: int
    cv: dict[str, str] | None = None


def _quick(_given: StepInput) -> Produced:
    limit, _ = resource.getrlimit(resource.RLIMIT_CPU)
    return Produced(Process(pid=os.getpid(), processor_limit=limit, cv={}))


def _endless(_given: StepInput) -> Produced:
    while True:
        hashlib.sha256(bytes(1_000)).digest()


def _greedy(_given: StepInput) -> Produced:
    while True:
        _kept.append(bytes(16 << 20))


def _large(given: StepInput) -> Produced:
    """Leaves the process with so much memory that it takes a while to die."""
    _kept.append(b"x" * (300 << 20))
    return _quick(given)


def _spent(given: StepInput) -> Produced:
    """Ends as the system ends a process that has used up its processor time."""
    signal.raise_signal(signal.SIGXCPU)
    return _quick(given)


def _telling(given: StepInput) -> Produced:
    """Reports its progress, and not sparingly."""
    for percent in (0, 20, 20, 10, 60, 200):
        given.report(percent)
    return _quick(given)


_BODIES: dict[str, Callable[[StepInput], Produced]] = {
    ENDLESS: _endless,
    GREEDY: _greedy,
    LARGE: _large,
    SPENT: _spent,
    TELLING: _telling,
}


def isolated(name: str, **settings: Any) -> StepSpec:
    """A feature of class standard whose body runs in a child."""
    return feature(name, step_class=StepClass.STANDARD, isolated=True, **settings)


SPECS = catalogue(
    isolated(QUICK),
    isolated(ENDLESS, timeout_s=1, max_attempts=1),
    *map(isolated, (GREEDY, LARGE, SPENT, TELLING)),
)
STEPS = {
    (name, 1): Step(spec, StepInput, Process, _BODIES.get(name, _quick))
    for name, spec in SPECS.items()
}
