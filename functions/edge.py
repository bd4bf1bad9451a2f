"""The edge: what every function has in common, once.

The form of a request, errors, CORS, and which back end answers; `callers.py` tells who
calls. The wire format is that of Firebase callable functions: `POST {"data": …}`, answered
by `{"result": …}` or `{"error": {"status", "message", "details"}}`
(https://firebase.google.com/docs/functions/callable-reference). Tasks come in the same
form from Cloud Tasks, messages from Pub/Sub as CloudEvents, ticks from Cloud Scheduler;
those three are called by the platform alone, which checks who calls.
"""

import base64
import functools
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from firebase_functions import https_fn, pubsub_fn, scheduler_fn, tasks_fn
from firebase_functions.options import (
    CorsOptions,
    MemoryOption,
    RateLimits,
    RetryConfig,
    SupportedRegion,
)
from firebase_functions.params import SecretParam
from flask import Request, Response, jsonify, make_response

from callers import caller_from, wants_app_check
from cvplus_workflow.callables import data_of
from cvplus_workflow.errors import Code, WorkflowError, invalid
from cvplus_workflow.origins import ORIGINS
from production import in_production

if TYPE_CHECKING:
    from cvplus_workflow.app import App

log = logging.getLogger("cvplus_workflow")

REGION = SupportedRegion.US_CENTRAL1
"""Where the web app looks for functions."""

RUNTIME_ACCOUNT = "cvplus-functions"
"""The service account that functions run as; without one they would run as the project's
default account, which may do everything."""


def runtime_account(environment: Mapping[str, str]) -> str | None:
    """The address of `RUNTIME_ACCOUNT` in the project that is deployed to; None without one.

    Discovery is given the project in GCLOUD_PROJECT, and none of the variables of `.env`.
    """
    project = environment.get("GCLOUD_PROJECT") or environment.get("GOOGLE_CLOUD_PROJECT")
    return f"{RUNTIME_ACCOUNT}@{project}.iam.gserviceaccount.com" if project else None


_PLACE: dict[str, Any] = {"region": REGION, "service_account": runtime_account(os.environ)}
"""What all functions have in common."""

_CORS = CorsOptions(cors_origins=ORIGINS, cors_methods=["POST"])
_STREAM_CORS = CorsOptions(cors_origins=ORIGINS, cors_methods=["GET"])

STREAM_SECONDS = 3_300.0
"""How long a stream goes on at most; its listener comes back with the last event id."""

STREAM_READS_EVERY = 1.0
"""Seconds between two looks at a job that is streamed: one read each."""

SIGNING_KEY = SecretParam(
    "CVPLUS_SIGNING_KEY",
    description="The key under the tokens of callbacks: 32 random characters or more.",
)
"""The secret that signs; only functions that make or check callbacks are given it."""

STOP_SECONDS = 5.0
"""How often an instance that runs steps looks whether they are still wanted: one read each."""

TASK_RETRIES = RetryConfig(
    max_attempts=100, min_backoff_seconds=1, max_backoff_seconds=60, max_doublings=6
)
"""How Cloud Tasks repeats a delivery that was not answered with success.

Retries of steps are not its business: those are decisions, stored before the answer.
"""

Function = Callable[[Request], Response]
"""What is deployed."""

EventFunction = Callable[["Message"], None]
"""What is deployed for messages."""

Result = TypeVar("Result")


class Message(Protocol):
    """A Pub/Sub message as a CloudEvent: `data` is `{"message": {"data": base64, …}, …}`."""

    @property
    def data(self) -> Any:
        """The event's body, parsed."""
        ...


def operation(
    name: str,
    *,
    memory: MemoryOption = MemoryOption.MB_256,
    concurrency: int | None = None,
    secrets: list[SecretParam] | None = None,
) -> Function:
    """The function that answers the operation `name` of `operations.py`.

    `concurrency` is how many requests an instance takes at a time; None is the
    platform's own number.
    """

    app_check = wants_app_check(os.environ)

    def call(request: Request) -> Response:
        data = data_of(request)
        caller = caller_from(request, app_check=app_check)
        return jsonify(result=started_app().call(name, caller, data))

    def answer(request: Request) -> Response:
        return _answered(name, lambda: call(request))

    answer.__name__ = name
    # The platform is told of a callable; but firebase-functions' own handling would answer
    # malformed JSON by 500 and keys that can't be fetched by 401, and logs what it refuses.
    declared = https_fn.on_call(
        **_PLACE,
        memory=memory,
        concurrency=concurrency,
        timeout_sec=60,
        secrets=secrets,
    )(cast(Any, answer))
    return functools.update_wrapper(https_fn.on_request(cors=_CORS)(answer), declared)


def task_queue(
    name: str,
    *,
    memory: MemoryOption,
    timeout_s: int,
    concurrency: int,
    at_once: int,
) -> Function:
    """The function that runs the tasks of a queue of the same name.

    An instance runs `concurrency` of them at a time, all instances together `at_once`.
    It answers success once every decision of a task is stored, and for what is no task,
    since nothing would be better the next time; an error makes the task come again.
    """

    def run(request: https_fn.CallableRequest[Any]) -> None:
        if not _safely(name, lambda: _carry(name, request.data)):
            raise https_fn.HttpsError(
                https_fn.FunctionsErrorCode.UNAVAILABLE, "The task has to come again."
            )

    run.__name__ = name
    on_task = tasks_fn.on_task_dispatched(
        **_PLACE,
        memory=memory,
        timeout_sec=timeout_s,
        concurrency=concurrency,
        rate_limits=RateLimits(max_concurrent_dispatches=at_once),
        retry_config=TASK_RETRIES,
        secrets=[SIGNING_KEY],
    )
    function = cast(Callable[[Any], Function], on_task)(run)

    def checked(request: Request) -> Response:
        try:
            data_of(request)
        except WorkflowError as error:
            _log_dropped(name, error)
            return make_response(jsonify(result=None))
        return function(request)

    return functools.update_wrapper(checked, function)


def subscription(
    name: str,
    topic: str,
    take: Callable[[dict[str, Any]], None],
    *,
    secrets: list[SecretParam] | None = None,
) -> EventFunction:
    """The function that hands the JSON objects of a topic's messages to `take`.

    A message that can never be taken is logged and acknowledged; after any other error it
    comes again. firebase-functions' own reader fails on timestamps in nanoseconds and on
    messages without data, so it is not asked.
    """

    def received(event: Message) -> None:
        try:
            take(content_of(event))
        except Exception as error:  # noqa: BLE001 - every error ends here, and none is swallowed
            if isinstance(error, WorkflowError) and not error.retryable:
                _log_dropped(name, error)
                return
            raise https_error(name, error) from None

    received.__name__ = name
    on_message = pubsub_fn.on_message_published(
        topic=topic,
        **_PLACE,
        memory=MemoryOption.MB_256,
        timeout_sec=60,
        retry=True,
        secrets=secrets,
    )
    return functools.update_wrapper(received, on_message(cast(Any, received)))


def schedule(name: str, every: str, work: Callable[["App"], None]) -> Function:
    """The function that does `work` whenever Cloud Scheduler says, in its words: `every`.

    One at a time: the next call finds what this one left.
    """

    def run(_event: scheduler_fn.ScheduledEvent) -> None:
        _safely(name, lambda: work(started_app()))

    run.__name__ = name
    on_schedule = scheduler_fn.on_schedule(
        schedule=every,
        **_PLACE,
        memory=MemoryOption.MB_256,
        timeout_sec=300,
        concurrency=1,
        max_instances=1,
    )
    return cast(Callable[[Any], Function], on_schedule)(run)


def content_of(event: Message) -> dict[str, Any]:
    """The JSON object that a message carries; raises invalid-argument if it carries none."""
    try:
        content = json.loads(base64.b64decode(event.data["message"]["data"], validate=True))
    except (KeyError, TypeError, ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise invalid("message", "carries no JSON object")
    return content


def job_stream(name: str) -> Function:
    """The function that streams a job's progress as server-sent events: GET, `?jobId=…`.

    The token comes in the header, as with callables; `Last-Event-ID` says where to go on.
    """

    app_check = wants_app_check(os.environ)

    def stream(request: Request) -> Response:
        return _answered(name, lambda: _streamed(request, app_check=app_check))

    stream.__name__ = name
    on_request = https_fn.on_request(
        **_PLACE, memory=MemoryOption.MB_256, timeout_sec=3600, cors=_STREAM_CORS
    )
    return on_request(stream)


def _streamed(request: Request, *, app_check: bool) -> Response:
    from cvplus_workflow.streaming import progress_events

    if request.method != "GET":
        raise invalid("request", "must be a GET")
    caller = caller_from(request, app_check=app_check)
    job_id = request.args.get("jobId", "")
    last, end = request.headers.get("Last-Event-ID", ""), time.monotonic() + STREAM_SECONDS

    def pause(seconds: float) -> bool:
        time.sleep(seconds)
        return time.monotonic() > end

    events = progress_events(started_app(), caller, job_id, last, pause, STREAM_READS_EVERY)
    first = next(events)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Response(chain([first], events), mimetype="text/event-stream", headers=headers)


def deployed(area: ModuleType) -> dict[str, Function]:
    """The functions that a module of `triggers/` declares, by the name they are called by."""
    members = vars(area).values()
    return {item.__name__: item for item in members if hasattr(item, "__firebase_endpoint__")}


def https_error(name: str, error: Exception) -> https_fn.HttpsError:
    """`error` as the caller of the operation `name` may see it.

    Ours keep code, message and details, with the reason among them; those that are no
    fault of the caller are logged. Of any other error only the type is logged, and nothing
    told: its text may hold a person's data.
    """
    if isinstance(error, WorkflowError):
        if error.retryable or error.code == Code.DATA_LOSS:
            log.error("%s failed: %s", name, error.reason)
        code = https_fn.FunctionsErrorCode(error.code.value)
        return https_fn.HttpsError(code, error.message, _details(error))
    log.error("%s crashed: %s", name, type(error).__name__)
    return https_fn.HttpsError(
        https_fn.FunctionsErrorCode.INTERNAL,
        "Something went wrong on our side.",
        {"reason": "crash"},
    )


_starting = threading.Lock()


@functools.cache
def the_app() -> "App":
    """The system behind the functions, one for each process.

    On Firebase; or embedded on the folder that CVPLUS_DATA names, for development and
    tests. Raises failed-precondition for a folder in production, where a function's disk
    does not last.
    """
    # Loaded here because discovery, and a request refused for its form, need neither.
    from cvplus_workflow.app import EmbeddedApp, FirebaseApp
    from cvplus_workflow.settings import FirebaseSettings, Settings

    if not os.environ.get("CVPLUS_DATA"):
        return FirebaseApp(FirebaseSettings())
    if in_production(os.environ):
        raise WorkflowError(
            Code.FAILED_PRECONDITION,
            "CVPLUS_DATA is set in production, where a function's disk does not last. Unset it.",
            reason="embedded-in-production",
        )
    return EmbeddedApp(Settings())


def started_app() -> "App":
    """`the_app`, made by one thread while the others wait."""
    with _starting:
        return the_app()


def _carry(name: str, data: Any) -> bool:
    app = started_app()
    try:
        with _stopping_needless(app):
            return app.carry(data)
    except WorkflowError as error:
        if error.code != Code.INVALID_ARGUMENT:
            raise
        _log_dropped(name, error)
        return True


@contextmanager
def _stopping_needless(app: "App") -> Iterator[None]:
    """Meanwhile, stop bodies whose step was cancelled or skipped."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(STOP_SECONDS):
            try:
                app.queue.stop_needless()
            except WorkflowError as error:
                log.warning("looking for needless steps failed: %s", error.reason)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _safely(name: str, work: Callable[[], Result]) -> Result:
    """What `work` answers; whatever it raises becomes what a caller may see."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - every error ends here, and none is swallowed
        raise https_error(name, error) from None


def _answered(name: str, work: Callable[[], Response]) -> Response:
    """The response that `work` makes, or the one that tells its error."""
    try:
        return _safely(name, work)
    except https_fn.HttpsError as error:
        return make_response(jsonify(error=error._as_dict()), error._http_error_code.status)


def _log_dropped(name: str, error: WorkflowError) -> None:
    log.error("%s dropped what can never be taken: %s", name, error.reason)


def _details(error: WorkflowError) -> dict[str, object]:
    return {"reason": error.reason, **error.details}
