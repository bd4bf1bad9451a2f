"""The edge: what every function has in common, once.

Who calls, the form of a request, errors, CORS, and which back end answers. The wire
format is that of Firebase callable functions: `POST {"data": …}`, answered by
`{"result": …}` or `{"error": {"status", "message", "details"}}`
(https://firebase.google.com/docs/functions/callable-reference).
"""

import functools
import logging
import os
import threading
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import firebase_admin  # type: ignore[import-untyped]
from firebase_functions import https_fn
from firebase_functions.options import CorsOptions, MemoryOption, SupportedRegion
from flask import Request, Response, jsonify, make_response
from werkzeug.exceptions import RequestEntityTooLarge

from cvplus_workflow.errors import Code, WorkflowError, invalid

if TYPE_CHECKING:
    from cvplus_workflow.app import App, Caller

log = logging.getLogger("cvplus_workflow")

REGION = SupportedRegion.US_CENTRAL1
"""Where the web app looks for functions."""

MAX_REQUEST_BYTES = 16 * 1024 * 1024
"""The longest body taken: a CV of 10 MiB grows by a third as base64."""

ROLES = frozenset({"user", "reviewer", "operator", "service"})

_SITES = (
    "getmycv-ai.web.app",
    "getmycv-ai.firebaseapp.com",
    "cvplus.web.app",
    "cvplus.firebaseapp.com",
    "cvplus.ai",
    "www.cvplus.ai",
    "huggingface.co",
)
_DEVELOPMENT_PORTS = (3000, 3001, 3002, 5000, 5001, 5173, 5174, 7860, 8080, 9000)

ORIGINS = [f"https://{site}" for site in _SITES] + [
    f"http://{host}:{port}" for host in ("localhost", "127.0.0.1") for port in _DEVELOPMENT_PORTS
]
"""The web pages that may call."""

_CORS = CorsOptions(cors_origins=ORIGINS, cors_methods=["POST"])

Function = Callable[[Request], Response]
"""What is deployed."""


def operation(
    name: str,
    *,
    memory: MemoryOption = MemoryOption.MB_256,
    concurrency: int | None = None,
) -> Function:
    """The function that answers the operation `name` of `operations.py`.

    `concurrency` is how many requests an instance takes at a time; None is the
    platform's own number.
    """

    def answer(request: https_fn.CallableRequest[Any]) -> Any:
        try:
            caller = caller_of(request.auth)
            with _starting:
                app = the_app()
            return app.call(name, caller, request.data)
        except Exception as error:  # noqa: BLE001 - every error ends here, and none is swallowed
            raise https_error(name, error) from None

    answer.__name__ = name
    on_call = https_fn.on_call(
        region=REGION, memory=memory, concurrency=concurrency, timeout_sec=60, cors=_CORS
    )
    function = cast(Function, on_call(answer))

    @https_fn.on_request(cors=_CORS)
    def checked(request: Request) -> Response:
        try:
            check_form(request)
        except WorkflowError as error:
            return _malformed(error)
        _identity()
        return function(request)

    return functools.update_wrapper(checked, function)


def deployed(area: ModuleType) -> dict[str, Function]:
    """The functions that a module of `triggers/` declares, by the name they are called by."""
    members = vars(area).values()
    return {item.__name__: item for item in members if hasattr(item, "__firebase_endpoint__")}


def check_form(request: Request) -> None:
    """Raise invalid-argument unless `request` has the form of a callable.

    firebase-functions would answer malformed JSON by 500, and logs the fields that it
    did not expect, with their text.
    """
    request.max_content_length = MAX_REQUEST_BYTES
    if request.method != "POST" or request.mimetype != "application/json":
        raise invalid("request", "must be a POST of application/json")
    try:
        body = request.get_json(silent=True)
    except RequestEntityTooLarge:
        raise invalid("request", f"over {MAX_REQUEST_BYTES} bytes") from None
    except RecursionError:
        raise invalid("request", "nested too deeply") from None
    if not isinstance(body, dict) or set(body) != {"data"}:
        raise invalid("request", 'the body must be JSON of the form {"data": …}')
    if not isinstance(body["data"], dict | None):
        raise invalid("data", "must be an object or null")


def caller_of(auth: https_fn.AuthData | None) -> "Caller":
    """Who a verified token stands for; raises unauthenticated without one.

    Claims: `tenant` (without it each user is a tenant of their own) and `roles` (a list;
    without it `user`). A claim of another type grants nothing.
    """
    from cvplus_workflow.app import Caller

    if auth is None or not auth.uid:
        raise WorkflowError(Code.UNAUTHENTICATED, "Sign in first.", reason="no-token")
    tenant = auth.token.get("tenant", auth.uid)
    if not isinstance(tenant, str) or not tenant:
        raise WorkflowError(
            Code.UNAUTHENTICATED, "The token's tenant claim is not a name.", reason="bad-tenant"
        )
    claim = auth.token.get("roles", ["user"])
    granted = claim if isinstance(claim, list) else []
    return Caller(auth.uid, tenant, frozenset(role for role in ROLES if role in granted))


def https_error(name: str, error: Exception) -> https_fn.HttpsError:
    """`error` as the caller of the operation `name` may see it.

    Ours keep code, message and details, with the reason among them. Of any other only
    the type is logged, and nothing told: its text may hold a person's data.
    """
    if isinstance(error, WorkflowError):
        code = https_fn.FunctionsErrorCode(error.code.value)
        return https_fn.HttpsError(code, error.message, _details(error))
    log.error("%s crashed: %s", name, type(error).__name__)
    return https_fn.HttpsError(
        https_fn.FunctionsErrorCode.INTERNAL,
        "Something went wrong on our side.",
        {"reason": "crash"},
    )


def in_production(environment: Mapping[str, str]) -> bool:
    """Whether this is a deployed instance; the emulator sets both variables."""
    return "K_SERVICE" in environment and "FUNCTIONS_EMULATOR" not in environment


def refuse_emulators(environment: Mapping[str, str]) -> None:
    """Raise failed-precondition in production if an emulator is configured.

    With FIREBASE_AUTH_EMULATOR_HOST set, firebase-admin believes unsigned tokens.
    """
    found = sorted(name for name in environment if name.endswith("_EMULATOR_HOST"))
    if found and in_production(environment):
        raise WorkflowError(
            Code.FAILED_PRECONDITION,
            f"An emulator is configured in production. Unset {', '.join(found)}.",
            reason="emulator-in-production",
        )


_starting = threading.Lock()


@functools.cache
def the_app() -> "App":
    """The system behind the functions, one for each process.

    That is the embedded one on the folder that CVPLUS_DATA names, for development and
    tests. Raises unimplemented where there is no such folder, and in production, where
    a function's disk does not last.
    """
    # Loaded here because discovery, and a request refused for its form, need neither.
    from cvplus_workflow.app import EmbeddedApp
    from cvplus_workflow.settings import Settings

    settings = Settings()
    if in_production(os.environ) or "data" not in settings.model_fields_set:
        raise WorkflowError(
            Code.UNIMPLEMENTED,
            "The Firestore back end is not part of this version. For development, set "
            "CVPLUS_DATA to a folder; in production it is refused, as a function's disk "
            "does not last.",
            reason="no-back-end",
        )
    return EmbeddedApp(settings)


_identity = functools.cache(firebase_admin.initialize_app)


def _details(error: WorkflowError) -> dict[str, object]:
    return {"reason": error.reason, **error.details}


def _malformed(error: WorkflowError) -> Response:
    body = {"status": "INVALID_ARGUMENT", "message": error.message, "details": _details(error)}
    return make_response(jsonify(error=body), 400)
