"""The state machines of jobs and steps, as tables; diagrams are drawn from them.

Statuses of jobs and features are those that the web app knows; a step's state is
finer and internal.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from ..errors import Code, WorkflowError


class JobStatus(StrEnum):
    """The status that the web app reads, plus cancelled and paused."""

    PENDING = "pending"
    PROCESSING = "processing"
    PARSED = "parsed"
    ANALYZED = "analyzed"
    GENERATING = "generating"
    COMPLETED = "completed"
    IMPROVED = "improved"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PAUSED = "paused"


class StepState(StrEnum):
    """Where a step stands in its job's current run."""

    PENDING = "pending"
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    COMPLETED = "completed"
    FAILED = "failed"
    REFUSED = "refused"
    BLOCKED = "blocked"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class FeatureStatus(StrEnum):
    """The web app's words for a feature."""

    PENDING = "pending"
    PROCESSING = "processing"
    RETRYING = "retrying"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"


_J = JobStatus
_ENDS = {_J.FAILED, _J.CANCELLED}
JOB_MOVES: Mapping[JobStatus, frozenset[JobStatus]] = {
    _J.PENDING: frozenset({_J.PROCESSING, _J.PAUSED, *_ENDS}),
    _J.PROCESSING: frozenset(
        {_J.PARSED, _J.ANALYZED, _J.GENERATING, _J.COMPLETED, _J.PAUSED, *_ENDS}
    ),
    _J.PARSED: frozenset({_J.ANALYZED, _J.GENERATING, _J.PAUSED, *_ENDS}),
    _J.ANALYZED: frozenset({_J.GENERATING, _J.COMPLETED, _J.PAUSED, *_ENDS}),
    _J.GENERATING: frozenset({_J.COMPLETED, _J.PAUSED, *_ENDS}),
    _J.PAUSED: frozenset(
        {_J.PENDING, _J.PROCESSING, _J.PARSED, _J.ANALYZED, _J.GENERATING, *_ENDS}
    ),
    _J.COMPLETED: frozenset({_J.IMPROVED}),
    _J.IMPROVED: frozenset(),
    _J.FAILED: frozenset(),
    _J.CANCELLED: frozenset(),
}
"""Legal moves of a job within one run."""

ENDED_JOBS = frozenset({_J.COMPLETED, _J.IMPROVED, _J.FAILED, _J.CANCELLED})
"""Statuses in which a run is over; only a new run leads out of them."""

_S = StepState
STEP_MOVES: Mapping[StepState, frozenset[StepState]] = {
    _S.PENDING: frozenset(
        {_S.QUEUED, _S.RUNNING, _S.WAITING, _S.REFUSED, _S.BLOCKED, _S.SKIPPED, _S.CANCELLED}
    ),
    _S.QUEUED: frozenset({_S.QUEUED, _S.RUNNING, _S.FAILED, _S.REFUSED, _S.SKIPPED, _S.CANCELLED}),
    _S.RUNNING: frozenset(
        {
            _S.RUNNING,
            _S.QUEUED,
            _S.WAITING,
            _S.COMPLETED,
            _S.FAILED,
            _S.REFUSED,
            _S.SKIPPED,
            _S.CANCELLED,
        }
    ),
    _S.WAITING: frozenset(
        {_S.QUEUED, _S.COMPLETED, _S.FAILED, _S.REFUSED, _S.SKIPPED, _S.CANCELLED}
    ),
    _S.COMPLETED: frozenset(),
    _S.FAILED: frozenset(),
    _S.REFUSED: frozenset(),
    _S.BLOCKED: frozenset(),
    _S.SKIPPED: frozenset(),
    _S.CANCELLED: frozenset(),
}
"""Legal moves of a step within one run; running to running is a superseded attempt."""

ENDED_STEPS = frozenset(state for state, moves in STEP_MOVES.items() if not moves)
"""States in which a step is over for this run."""

CARRIED_STEPS = frozenset({_S.QUEUED, _S.RUNNING})
"""States in which a task carries the step."""

UNDELIVERED_STEPS = ENDED_STEPS - {_S.COMPLETED}
"""States in which a step is over and has no output."""

FEATURE_STATUS: Mapping[StepState, FeatureStatus] = {
    _S.PENDING: FeatureStatus.PENDING,
    _S.QUEUED: FeatureStatus.PENDING,
    _S.RUNNING: FeatureStatus.PROCESSING,
    _S.WAITING: FeatureStatus.PROCESSING,
    _S.COMPLETED: FeatureStatus.COMPLETED,
    _S.FAILED: FeatureStatus.FAILED,
    _S.REFUSED: FeatureStatus.SKIPPED,
    _S.BLOCKED: FeatureStatus.SKIPPED,
    _S.SKIPPED: FeatureStatus.SKIPPED,
    _S.CANCELLED: FeatureStatus.SKIPPED,
}
"""A step's state in the web app's words; a queued step that failed before is `retrying`."""

State = TypeVar("State", bound=StrEnum)


def check_move(
    subject: str, moves: Mapping[State, frozenset[State]], old: State, new: State
) -> None:
    """Raise failed-precondition, naming both states, unless `moves` allows old to new."""
    if new not in moves[old]:
        raise WorkflowError(
            Code.FAILED_PRECONDITION,
            f"{subject} is {old} and cannot become {new}.",
            reason="illegal-move",
            details={"from": old.value, "to": new.value},
        )


def state_diagram(moves: Mapping[State, frozenset[State]]) -> str:
    """The table as a Mermaid state diagram, in the table's own order."""
    lines = ["stateDiagram-v2"]
    for old, news in moves.items():
        lines += [f"    {old} --> {new}" for new in type(old) if new in news]
        if not news:
            lines.append(f"    {old} --> [*]")
    return "\n".join(lines)
