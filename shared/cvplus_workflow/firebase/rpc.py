"""Errors of Google's clients as ours, mapped once for all adapters."""

from collections.abc import Iterator
from contextlib import contextmanager

from google.api_core import exceptions
from google.auth.exceptions import GoogleAuthError

from ..errors import Code, StorageError, WorkflowError

CONTENDED = (
    exceptions.FailedPrecondition,
    exceptions.Aborted,
    exceptions.AlreadyExists,
    exceptions.NotFound,
)
"""How Firestore refuses a commit whose preconditions no longer hold."""

TIMEOUT_S = 10.0
"""Seconds that one call may take; whoever calls decides whether it is tried again."""

_CODES: tuple[tuple[type[Exception], Code, str], ...] = (
    (exceptions.InvalidArgument, Code.INVALID_ARGUMENT, "document-unfit"),
    (exceptions.Forbidden, Code.INTERNAL, "not-permitted"),
    (exceptions.Unauthorized, Code.INTERNAL, "not-permitted"),
    (exceptions.ResourceExhausted, Code.RESOURCE_EXHAUSTED, "service-quota"),
)


@contextmanager
def service_errors(service: str) -> Iterator[None]:
    """Raise errors of Google's clients as `WorkflowError`: unavailable if nothing else fits.

    A service that is away, or refuses for now, is a `StorageError`: no step's fault.
    The message names the service and the kind of error; the client's own text may quote
    a document, so it is left out.
    """
    try:
        yield
    except (exceptions.GoogleAPIError, GoogleAuthError, OSError) as error:
        kind = type(error).__name__
        found = (item for item in _CODES if isinstance(error, item[0]))
        _, code, reason = next(found, (Exception, Code.UNAVAILABLE, "service-away"))
        away = code in (Code.UNAVAILABLE, Code.RESOURCE_EXHAUSTED)
        raised = StorageError if away else WorkflowError
        raise raised(code, f"{service} answered {kind}.", reason=reason) from error
