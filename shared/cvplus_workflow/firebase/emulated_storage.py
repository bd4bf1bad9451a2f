"""Cloud Storage on this machine: gcp-storage-emulator, in threads of this process.

That package is for development only, and there is no official emulator. Two things that the
services do are taught here:

- `ifGenerationMatch`, by which Cloud Storage refuses an upload with 412;
- the addresses of Firebase Storage, `/v0/b/{bucket}/o`, by which its client in a page uploads
  and reads (the form is that of npm `firebase`, `packages/storage/src/implementation/requests.ts`).
  Resumable uploads are missing. `storage.rules` is not asked: whoever reaches this may read
  and write everything.
"""

import importlib
import logging
import sys
import threading
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from typing import Any

from ..errors import Code, WorkflowError

PACKAGE = "gcp-storage-emulator"

_lock = threading.Lock()

_UPLOADS = r"^/v0/b/(?P<bucket_name>[-.\w]+)/o$"
_UPLOAD = r"^/v0/b/(?P<bucket_name>[-.\w]+)/o/(?P<object_id>.*[^/]+)$"
_PAGES_MAY = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "*, Authorization",
}
"""What lets a page of any origin in (https://fetch.spec.whatwg.org/#http-responses)."""

_Handler = Callable[[Any, Any, Any], Any]
"""Answers a request of the emulator's by its response, from its storage."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell what went wrong, but not that a client has gone: nobody waits for its answer."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class StorageServer:
    """A server that keeps everything in memory; `host` is what STORAGE_EMULATOR_HOST wants."""

    def __init__(self, port: int = 0) -> None:
        logging.getLogger("gcp_storage_emulator").setLevel(logging.ERROR)
        _teach()
        answer = partial(_request_handler(), _module("storage").Storage(use_memory_fs=True))
        # A browser holds connections open on which it asks nothing, so each has its thread.
        self._server = _Server(("127.0.0.1", port), answer)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.host = f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        """Answer nobody any more, and forget everything."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _module(name: str) -> Any:
    """A module of the emulator; raises failed-precondition where it is not installed."""
    try:
        return importlib.import_module(f"gcp_storage_emulator.{name}")
    except ModuleNotFoundError as error:
        raise WorkflowError(
            Code.FAILED_PRECONDITION,
            f"This needs the storage emulator: pip install {PACKAGE}",
            reason="emulator-missing",
        ) from error


def _request_handler() -> Any:
    server = _module("server")

    class WithPreflights(server.RequestHandler):  # type: ignore[misc, name-defined]
        def do_OPTIONS(self) -> None:  # noqa: N802 - so http.server looks for it
            server.Router(self).handle("OPTIONS")

    return WithPreflights


def _teach() -> None:
    """Change the emulator's handlers, once a process."""
    objects, server = _module("handlers.objects"), _module("server")
    with _lock:
        if not hasattr(objects._multipart_upload, "preconditions"):
            objects._multipart_upload = _checking(objects._multipart_upload)
            server.HANDLERS = tuple(
                (path, {method: _one_by_one(answer) for method, answer in answers.items()})
                for path, answers in (*_firebase_routes(objects), *server.HANDLERS)
            )


def _one_by_one(answer: _Handler) -> _Handler:
    """`answer`, never for two requests at once: what is kept is not made for threads."""

    def alone(request: Any, response: Any, storage: Any) -> Any:
        # Read before, because that waits for the client.
        _ = request.data
        with _lock:
            return answer(request, response, storage)

    return alone


def _checking(upload: _Handler) -> _Handler:
    def checked(request: Any, response: Any, storage: Any) -> Any:
        wanted = request.query.get("ifGenerationMatch", [""])[0]
        if wanted and wanted != _generation(request, storage):
            response.status = HTTPStatus.PRECONDITION_FAILED
            return response.json({"error": {"code": 412, "message": "conditionNotMet"}})
        return upload(request, response, storage)

    checked.preconditions = True  # type: ignore[attr-defined]
    return checked


def _generation(request: Any, storage: Any) -> str:
    missing = _module("exceptions").NotFound
    try:
        found = storage.get_file_obj(request.params["bucket_name"], request.data["meta"]["name"])
    except missing:
        return "0"
    return str(found["generation"])


def _firebase_routes(objects: Any) -> tuple[tuple[str, dict[str, _Handler]], ...]:
    """What Firebase's client asks for: metadata, content with `alt=media`, an upload."""

    def look(request: Any, response: Any, storage: Any) -> None:
        if request.query.get("alt") == ["media"]:
            objects.download(request, response, storage)
        else:
            _describe(request.params["object_id"], request, response, storage)

    def upload(request: Any, response: Any, storage: Any) -> None:
        objects._multipart_upload(request, response, storage)
        _describe(request.query["name"][0], request, response, storage)

    def preflight(request: Any, response: Any, storage: Any) -> None:
        response.status = HTTPStatus.NO_CONTENT

    return (
        (_UPLOADS, {"POST": _for_pages(upload), "OPTIONS": _for_pages(preflight)}),
        (_UPLOAD, {"GET": _for_pages(look), "OPTIONS": _for_pages(preflight)}),
    )


def _for_pages(answer: _Handler) -> _Handler:
    """`answer`, which a page of any origin may read; what is missing is answered by 404."""
    missing = _module("exceptions").NotFound

    def allowed(request: Any, response: Any, storage: Any) -> None:
        for name, value in _PAGES_MAY.items():
            response[name] = value
        try:
            answer(request, response, storage)
        except missing:
            response.status = HTTPStatus.NOT_FOUND
            response.json({"error": {"code": 404, "message": "Not Found."}})

    return allowed


def _describe(name: str, request: Any, response: Any, storage: Any) -> None:
    """Answer an object's metadata, and what Firebase adds: the token of its download address."""
    found = storage.get_file_obj(request.params["bucket_name"], name)
    response.json({**found, "downloadTokens": "any"})
