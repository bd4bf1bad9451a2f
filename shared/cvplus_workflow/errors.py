"""The one error type of the package, with a code from Firebase's set.

The codes are those of Firebase callable functions (the canonical gRPC status
codes in kebab-case), so an edge can hand them to a web client unchanged.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Code(StrEnum):
    """Firebase's error codes, without `ok`."""

    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    INVALID_ARGUMENT = "invalid-argument"
    DEADLINE_EXCEEDED = "deadline-exceeded"
    NOT_FOUND = "not-found"
    ALREADY_EXISTS = "already-exists"
    PERMISSION_DENIED = "permission-denied"
    RESOURCE_EXHAUSTED = "resource-exhausted"
    FAILED_PRECONDITION = "failed-precondition"
    ABORTED = "aborted"
    OUT_OF_RANGE = "out-of-range"
    UNIMPLEMENTED = "unimplemented"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"
    DATA_LOSS = "data-loss"
    UNAUTHENTICATED = "unauthenticated"


RETRYABLE = frozenset(
    {
        Code.DEADLINE_EXCEEDED,
        Code.RESOURCE_EXHAUSTED,
        Code.ABORTED,
        Code.UNAVAILABLE,
        Code.INTERNAL,
        Code.UNKNOWN,
    }
)
"""Codes after which the same call may succeed later."""


class WorkflowError(Exception):
    """What went wrong, fit to be shown to the caller.

    `reason` is a stable kebab-case word for programs, `details` names fields and
    ids. Neither of them, nor the message, ever carries text of a CV.
    """

    def __init__(
        self,
        code: Code,
        message: str,
        *,
        reason: str = "",
        details: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.reason = reason or code.value
        self.details = dict(details or {})

    @property
    def retryable(self) -> bool:
        """Whether the same call may succeed later."""
        return self.code in RETRYABLE


class StorageError(WorkflowError):
    """The back end's storage failed: neither the caller's fault nor a step's.

    Whatever was being done is undone and comes again; a worker that meets it ends.
    """


def invalid(field: str, message: str) -> WorkflowError:
    """A bad argument, naming the field that is wrong."""
    return WorkflowError(Code.INVALID_ARGUMENT, f"{field}: {message}", details={"field": field})


def refusal(reason: str, message: str) -> WorkflowError:
    """A step's honest refusal: its input is missing, so it has nothing real to produce."""
    return WorkflowError(Code.FAILED_PRECONDITION, message, reason=reason)


def unwrapped(answer: Any) -> Any:
    """An answer itself, or raise the error that stands in its place."""
    if not isinstance(answer, WorkflowError):
        return answer
    try:
        raise answer
    finally:
        # The error holds this frame: together they would keep all that was read alive.
        del answer
