"""Cloud Storage on this machine: gcp-storage-emulator, in threads of this process.

That package is for development only, and there is no official emulator. It ignores
`ifGenerationMatch`, by which the service refuses an upload with 412; it is taught here.
"""

import importlib
import logging
import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from ..errors import Code, WorkflowError

PACKAGE = "gcp-storage-emulator"

_lock = threading.Lock()


class StorageServer:
    """A server that keeps everything in memory; `host` is what STORAGE_EMULATOR_HOST wants."""

    def __init__(self, port: int = 0) -> None:
        logging.getLogger("gcp_storage_emulator").setLevel(logging.ERROR)
        handlers, server = _module("handlers.objects"), _module("server")
        _teach_preconditions(handlers)
        self._server = server.create_server("127.0.0.1", port, in_memory=True)
        self._server._api.daemon = True
        self._server.start()
        self.host = f"http://127.0.0.1:{self._server._api._httpd.server_address[1]}"

    def stop(self) -> None:
        """Answer nobody any more, and forget everything."""
        self._server.stop()


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


def _teach_preconditions(objects: Any) -> None:
    upload = objects._multipart_upload
    if not hasattr(upload, "preconditions"):
        objects._multipart_upload = _checking(upload)


def _checking(upload: Callable[..., Any]) -> Callable[..., Any]:
    def checked(request: Any, response: Any, storage: Any) -> Any:
        wanted = request.query.get("ifGenerationMatch", [""])[0]
        with _lock:
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
