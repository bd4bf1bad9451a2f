"""Attempts of steps: who runs them, and how they come out."""

from datetime import timedelta

from msgspec import Raw, Struct

from .documents import Output, StepError
from .flags import NONE_THROWN, KillSwitches
from .queue import StepClass


class Invocation(Struct, frozen=True):
    """One execution of a task: its name, class and how much is left of its time.

    What is left is told as a duration, so that leases depend on the store's clock alone; a
    decision that is made again later makes the lease longer, never shorter than the
    invocation. `switches` are the kill switches as they were seen before the decision.
    """

    task: str
    queue: StepClass
    left: timedelta
    switches: KillSwitches = NONE_THROWN


class Attempt(Struct, frozen=True, gc=False):
    """A claimed run of a step; `number` is the fence."""

    step: str
    number: int


class Success(Struct, frozen=True):
    """An attempt's valid output, its body, and how many seconds it took, if that is known."""

    attempt: Attempt
    output: Output
    body: Raw
    seconds: float | None = None


class Failure(Struct, frozen=True):
    """An attempt's error; `jitter` in [0, 1) spreads the retry."""

    attempt: Attempt
    error: StepError
    jitter: float


class HandedOver(Struct, frozen=True):
    """A service has taken the work and will answer by callback, within so many seconds."""

    attempt: Attempt
    seconds: float


Outcome = Success | Failure | HandedOver
