"""Emulators that tests share: started once a test process, at first use, and stopped with it.

A missing one skips the test, but for CI=true, where it is a failure.
"""

import atexit
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.firebase.emulated_storage import StorageServer
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
    return StorageServer().host


def _kept(start: Callable[[], Emulator]) -> str:
    try:
        emulator = start()
    except WorkflowError as error:
        if error.code == Code.FAILED_PRECONDITION:
            pytest.skip(error.message)
        raise
    atexit.register(emulator.stop)
    return emulator.host
