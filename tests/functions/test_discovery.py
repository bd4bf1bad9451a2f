"""What a deployment would find in `functions/`."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from cvplus_workflow.operations import OPERATIONS

from .web import FUNCTIONS

Functions = Mapping[str, Callable[..., Any]]


def test_the_functions_are_exactly_the_operations(functions: Functions) -> None:
    assert set(functions) == set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_function_stands_in_the_module_of_its_area(name: str, edge: object) -> None:
    area = __import__("triggers." + OPERATIONS[name].area, fromlist=["*"])
    assert name in {getattr(item, "__name__", "") for item in vars(area).values()}


def test_every_function_is_a_callable_where_the_web_app_looks(functions: Functions) -> None:
    for function in functions.values():
        endpoint = function.__firebase_endpoint__  # type: ignore[attr-defined]
        assert endpoint.callableTrigger is not None
        assert endpoint.region == ["us-central1"]


HEAVY = (
    *("google.cloud.firestore", "google.cloud.tasks", "google.cloud.pubsub"),
    *("google.cloud.storage", "grpc", "apsw", "plutoprint", "fontTools", "nh3", "markdown_it"),
)


def test_a_cold_start_loads_no_client_and_no_step_library() -> None:
    probe = f"import main, sys; print([m for m in {HEAVY} if m in sys.modules])"
    ended = subprocess.run(
        [sys.executable, "-c", probe],
        cwd=FUNCTIONS,
        env={"PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ended.stdout.strip() == "[]"
