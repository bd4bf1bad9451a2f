"""Who calls: the tokens of Firebase Auth and of App Check, and what they stand for."""

import functools
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

import firebase_admin  # type: ignore[import-untyped]
from firebase_functions.https_fn import AuthData
from flask import Request

from cvplus_workflow.callables import bearer_token, is_caller_name
from cvplus_workflow.errors import Code, WorkflowError

if TYPE_CHECKING:
    from cvplus_workflow.app import Caller

APP_CHECK = "X-Firebase-AppCheck"
"""The header with which Firebase's clients prove from which app they call."""

Checked = TypeVar("Checked")


def wants_app_check(environment: Mapping[str, str]) -> bool:
    """Whether requests without a valid App Check token are refused: CVPLUS_APP_CHECK."""
    return environment.get("CVPLUS_APP_CHECK", "").lower() not in ("", "0", "false", "no")


def caller_from(request: Request, *, app_check: bool) -> "Caller":
    """Who sends `request`, which with `app_check` has to come from an app of the project.

    Raises unauthenticated for a token that is missing or not valid, and unavailable while
    the keys to check one can't be fetched.
    """
    caller = caller_of(_auth(request))
    if app_check:
        _check_app(request)
    return caller


def caller_of(auth: AuthData | None) -> "Caller":
    """Who a verified token stands for; raises unauthenticated without one.

    Claims: `tenant` (without it each user is a tenant of their own) and `roles` (a list;
    without it `user`). A claim of another type grants nothing.
    """
    from cvplus_workflow.app import ROLES, Caller

    if auth is None or not auth.uid:
        raise _unauthenticated("Sign in first.", "no-token")
    if not is_caller_name(auth.uid):
        raise _unauthenticated("The token's user id is not a name.", "bad-uid")
    tenant = auth.token.get("tenant", auth.uid)
    if not is_caller_name(tenant):
        raise _unauthenticated("The token's tenant claim is not a name.", "bad-tenant")
    claim = auth.token.get("roles", ["user"])
    granted = claim if isinstance(claim, list) else []
    return Caller(auth.uid, tenant, frozenset(role for role in ROLES if role in granted))


def _auth(request: Request) -> AuthData | None:
    """What the request's ID token says; None without one."""
    token = bearer_token(request)
    if not token:
        return None
    from firebase_admin import auth

    bad, project = _unauthenticated("The token is not valid.", "bad-token"), identity()
    claims = _checked(lambda: auth.verify_id_token(token, project), bad)
    return AuthData(uid=claims["uid"], token=claims)


def _check_app(request: Request) -> None:
    token = request.headers.get(APP_CHECK)
    if not token:
        raise _unauthenticated("The app has to send an App Check token.", "no-app-check")
    from firebase_admin import app_check

    bad = _unauthenticated("The App Check token is not valid.", "bad-app-check")
    project = identity()
    _checked(lambda: app_check.verify_token(token, project), bad)


def _checked(check: Callable[[], Checked], bad: WorkflowError) -> Checked:
    """What `check` answers; raises `bad` if the token is, unavailable if that can't be told.

    The text of neither error is passed on or logged: it may quote the token.
    """
    from firebase_admin import auth, exceptions
    from jwt import PyJWKClientConnectionError, PyJWKClientError

    try:
        return check()
    except (auth.CertificateFetchError, PyJWKClientConnectionError):
        raise WorkflowError(
            Code.UNAVAILABLE, "Tokens can't be checked just now.", reason="keys-unavailable"
        ) from None
    except (ValueError, exceptions.FirebaseError, PyJWKClientError):
        raise bad from None


_starting = threading.Lock()

_made = functools.cache(firebase_admin.initialize_app)


def identity() -> firebase_admin.App:
    """The project in whose name tokens are checked.

    Made by one thread while the others wait, since making it a second time is an error.
    """
    with _starting:
        return _made()


def _unauthenticated(message: str, reason: str) -> WorkflowError:
    return WorkflowError(Code.UNAUTHENTICATED, message, reason=reason)
