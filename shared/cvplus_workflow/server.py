"""All operations on this machine, at the paths and in the form that Firebase's client uses.

`POST /<project>/<region>/<operation>` takes `{"data": …}` and answers `{"result": …}` or
`{"error": {"status", "message", "details"}}`
(https://firebase.google.com/docs/functions/callable-reference).
`GET /<project>/<region>/streamJob?jobId=…` answers server-sent events, `GET
/jobs/<id>/<name>` a finished file. Every request but that for the page carries a token.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterable
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Request, Response

from .app import Caller, EmbeddedApp
from .callables import bearer_token, data_of
from .errors import Code, WorkflowError, invalid
from .origins import DEVELOPMENT_ORIGINS
from .streaming import progress_events

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

log = logging.getLogger("cvplus_workflow")

STREAM_SECONDS = 0.25
"""How often a stream looks whether its job has changed."""

STOP_SECONDS = 10.0
"""How long requests that are being answered may hold up the end."""

HTTP_PORT = 80

HTTP_STATUS = {
    Code.CANCELLED: 499,
    Code.UNKNOWN: 500,
    Code.INVALID_ARGUMENT: 400,
    Code.DEADLINE_EXCEEDED: 504,
    Code.NOT_FOUND: 404,
    Code.ALREADY_EXISTS: 409,
    Code.PERMISSION_DENIED: 403,
    Code.RESOURCE_EXHAUSTED: 429,
    Code.FAILED_PRECONDITION: 400,
    Code.ABORTED: 409,
    Code.OUT_OF_RANGE: 400,
    Code.UNIMPLEMENTED: 501,
    Code.INTERNAL: 500,
    Code.UNAVAILABLE: 503,
    Code.DATA_LOSS: 500,
    Code.UNAUTHENTICATED: 401,
}
"""HTTP statuses of callables, as google.rpc.Code documents them."""

_ROUTES = Map(
    [
        Rule("/", endpoint="page", methods=["GET"]),
        Rule("/healthz", endpoint="health", methods=["GET"]),
        Rule("/jobs/<job>/<name>", endpoint="file", methods=["GET"]),
        Rule("/<project>/<region>/streamJob", endpoint="stream", methods=["GET", "OPTIONS"]),
        Rule("/<project>/<region>/<operation>", endpoint="operation", methods=["POST", "OPTIONS"]),
    ]
)
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; connect-src 'self'; img-src blob: data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Server:
    """A web server on one address of this machine, in threads of its own."""

    def __init__(self, app: EmbeddedApp, host: str = "127.0.0.1", port: int = 0) -> None:
        self._app = app
        self._stopping = threading.Event()
        self._under_way = 0
        self._none_under_way = threading.Condition()
        self._server = _listening(host, port, self._answer)
        place, port = _in_address(host), self._server.port
        self._hosts = {_named(name, port) for name in (place, "localhost", "127.0.0.1")}
        self.url = f"http://{place}:{port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """End streams, finish what is being answered, and answer nobody any more.

        A client that takes its time is waited for no longer than `STOP_SECONDS`.
        """
        self._stopping.set()
        self._server.shutdown()
        self._thread.join()
        with self._none_under_way:
            self._none_under_way.wait_for(lambda: not self._under_way, STOP_SECONDS)
        self._server.server_close()

    def _answer(self, environ: dict[str, Any], start: "StartResponse") -> Iterable[bytes]:
        self._count(1)
        response = self._response(Request(environ))
        response.call_on_close(lambda: self._count(-1))
        return response(environ, start)

    def _count(self, change: int) -> None:
        with self._none_under_way:
            self._under_way += change
            self._none_under_way.notify_all()

    def _response(self, request: Request) -> Response:
        return _allowed(self._told(request), request.headers.get("Origin", ""))

    def _told(self, request: Request) -> Response:
        """What is answered, be it an error; pages of developers read those, too."""
        try:
            return self._routed(request)
        except WorkflowError as error:
            return _refusal(error)
        except HTTPException as error:
            return Response(error.name, status=error.code, mimetype="text/plain")
        except Exception as error:  # noqa: BLE001 - every error ends here, and none is swallowed
            # The traceback may quote a CV, so only the type is logged.
            log.error("a request crashed: %s", type(error).__name__)  # noqa: TRY400
            message = "Something went wrong on our side."
            return _refusal(WorkflowError(Code.INTERNAL, message, reason="crash"))

    def _routed(self, request: Request) -> Response:
        if request.host not in self._hosts:
            # A page elsewhere whose name was made to point here must not read what is here.
            raise invalid("Host", "this server has another name")
        endpoint, values = _ROUTES.bind_to_environ(request.environ).match()
        if request.method == "OPTIONS":
            return Response(status=204)
        answers: dict[str, Callable[..., Response]] = {
            "page": _page,
            "health": _health,
            "file": self._file,
            "stream": self._stream,
            "operation": self._operation,
        }
        return answers[endpoint](request, **values)

    def _operation(self, request: Request, operation: str, **_place: str) -> Response:
        caller = self._caller(request)
        return _json({"result": self._app.call(operation, caller, data_of(request))})

    def _stream(self, request: Request, **_place: str) -> Response:
        caller, job = self._caller(request), request.args.get("jobId", "")
        last = request.headers.get("Last-Event-ID", "")
        wait = self._stopping.wait
        events = progress_events(self._app, caller, job, last, wait, STREAM_SECONDS)
        first = next(events)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return Response(
            chain([first], events), mimetype="text/event-stream", headers=Headers(headers)
        )

    def _file(self, request: Request, job: str, name: str) -> Response:
        content = self._app.jobs.file(self._caller(request), job, name)
        headers = {"Content-Disposition": "attachment", "Cache-Control": "no-store"}
        return Response(content, mimetype="application/octet-stream", headers=Headers(headers))

    def _caller(self, request: Request) -> Caller:
        token = bearer_token(request)
        if not token:
            raise WorkflowError(
                Code.UNAUTHENTICATED, "The request carries no token.", reason="no-token"
            )
        return self._app.tokens.caller_of(token)


def _in_address(host: str) -> str:
    """`host` as an address has it: one of IPv6 stands in brackets (RFC 3986, 3.2.2)."""
    return f"[{host}]" if ":" in host else host


def _named(name: str, port: int) -> str:
    """What clients call a server by; they leave the port away that is HTTP's own."""
    return name if port == HTTP_PORT else f"{name}:{port}"


def _listening(host: str, port: int, answer: Callable[..., Any]) -> BaseWSGIServer:
    try:
        return make_server(host, port, answer, threaded=True)
    except (OSError, SystemExit) as error:
        raise WorkflowError(
            Code.FAILED_PRECONDITION, f"Port {port} of {host} cannot be used.", reason="port-taken"
        ) from error


def _page(_request: Request) -> Response:
    page = files("cvplus_workflow").joinpath("console/index.html").read_bytes()
    return Response(page, mimetype="text/html", headers=Headers(_PAGE_HEADERS))


def _health(_request: Request) -> Response:
    return _json({"status": "ok"})


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body), status=status, mimetype="application/json")


def _refusal(error: WorkflowError) -> Response:
    details = {"reason": error.reason, **error.details}
    status = error.code.value.upper().replace("-", "_")
    body = {"status": status, "message": error.message, "details": details}
    return _json({"error": body}, HTTP_STATUS[error.code])


def _allowed(response: Response, origin: str) -> Response:
    """`response`, readable by pages of the web app's developers."""
    if origin in DEVELOPMENT_ORIGINS:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = (
            "Authorization, Content-Type, Last-Event-ID, Firebase-Instance-ID-Token"
        )
        response.headers["Vary"] = "Origin"
    return response
