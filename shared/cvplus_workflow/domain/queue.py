"""Step classes and priorities: what a step may use, and who goes first."""

from enum import StrEnum

from msgspec import Struct


class StepClass(StrEnum):
    """How heavy a step is; each class has a queue of its own."""

    LIGHT = "light"
    STANDARD = "standard"
    HEAVY = "heavy"


class ClassLimits(Struct, frozen=True):
    """Memory in MiB, longest invocation in seconds, and steps claimed together."""

    memory_mib: int
    timeout_s: int
    together: int


LIMITS = {
    StepClass.LIGHT: ClassLimits(256, 60, 20),
    StepClass.STANDARD: ClassLimits(512, 300, 4),
    StepClass.HEAVY: ClassLimits(2048, 1800, 1),
}


class Priority(StrEnum):
    """The client's four priorities; the order of definition is the order of service."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the most urgent; queues serve lower ranks first."""
        return _RANKS[self]


_RANKS = {priority: rank for rank, priority in enumerate(Priority)}
