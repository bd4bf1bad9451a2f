"""Emulators that tests share: started once a test process, at first use, and stopped with it.

A missing one skips the test, but for CI=true, where it is a failure.
"""

import atexit
import threading
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.firebase.emulators import Emulator, start_firestore, start_pubsub

ROOT = Path(__file__).resolve().parents[1]


@cache
def firestore_host() -> str:
    """The address of a Firestore emulator with our rules."""
    return _kept(lambda: start_firestore("demo-tests", ROOT / "firestore.rules"))


@cache
def pubsub_host() -> str:
    """The address of a Pub/Sub emulator."""
    return _kept(start_pubsub)


@cache
def storage_host() -> str:
    """The address of a Cloud Storage emulator that keeps everything in memory."""
    from gcp_storage_emulator import server

    _teach_preconditions()
    emulator = server.create_server("127.0.0.1", 0, in_memory=True)
    emulator._api.daemon = True
    emulator.start()
    return f"http://127.0.0.1:{emulator._api._httpd.server_address[1]}"


def _kept(start: Callable[[], Emulator]) -> str:
    try:
        emulator = start()
    except WorkflowError as error:
        if error.code == Code.FAILED_PRECONDITION:
            pytest.skip(error.message)
        raise
    atexit.register(emulator.stop)
    return emulator.host


def _teach_preconditions() -> None:
    """The emulator ignores `ifGenerationMatch`; the service refuses uploads by it with 412."""
    from gcp_storage_emulator.exceptions import NotFound
    from gcp_storage_emulator.handlers import objects

    lock, upload = threading.Lock(), objects._multipart_upload

    def checked(request: Any, response: Any, storage: Any) -> Any:
        wanted = request.query.get("ifGenerationMatch", [""])[0]
        with lock:
            if wanted and wanted != generation(request, storage):
                response.status = HTTPStatus.PRECONDITION_FAILED
                return response.json({"error": {"code": 412, "message": "conditionNotMet"}})
            return upload(request, response, storage)

    def generation(request: Any, storage: Any) -> str:
        try:
            found = storage.get_file_obj(
                request.params["bucket_name"], request.data["meta"]["name"]
            )
        except NotFound:
            return "0"
        return str(found["generation"])

    objects._multipart_upload = checked
