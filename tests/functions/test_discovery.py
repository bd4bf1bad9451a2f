"""What a deployment would find in `functions/`."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml
from firebase_functions.private.serving import functions_as_yaml

from cvplus_workflow.domain.queue import LIMITS, StepClass
from cvplus_workflow.emulate import PUSHES
from cvplus_workflow.firebase.dispatcher import FUNCTIONS as TASK_FUNCTIONS
from cvplus_workflow.firebase.publisher import TOPIC
from cvplus_workflow.operations import OPERATIONS

from .web import ROOT

Functions = Mapping[str, Callable[..., Any]]


def _endpoint(functions: Functions, name: str) -> Any:
    return functions[name].__firebase_endpoint__  # type: ignore[attr-defined]


def test_the_callables_are_exactly_the_operations(functions: Functions) -> None:
    found = {name for name in functions if _endpoint(functions, name).callableTrigger is not None}
    assert found == set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_function_stands_in_the_module_of_its_area(name: str, edge: object) -> None:
    area = __import__("triggers." + OPERATIONS[name].area, fromlist=["*"])
    assert name in {getattr(item, "__name__", "") for item in vars(area).values()}


def test_every_function_is_where_the_web_app_looks(functions: Functions) -> None:
    assert {str(_endpoint(functions, name).region) for name in functions} == {"['us-central1']"}


@pytest.mark.parametrize("step_class", StepClass)
def test_each_step_class_has_a_queue_with_time_and_memory_for_its_steps(
    functions: Functions, step_class: StepClass
) -> None:
    """The process itself takes some 120 MiB beside a child that uses all that it may."""
    endpoint, limits = _endpoint(functions, TASK_FUNCTIONS[step_class]), LIMITS[step_class]
    assert endpoint.taskQueueTrigger is not None
    assert endpoint.timeoutSeconds == limits.timeout_s
    assert endpoint.availableMemoryMb >= limits.memory_mib + 200
    assert endpoint.taskQueueTrigger["retryConfig"]["maxAttempts"] > 20


@pytest.mark.parametrize("name", PUSHES.values())
def test_messages_are_taken_from_the_topics_that_are_published_to(
    functions: Functions, name: str
) -> None:
    trigger = _endpoint(functions, name).eventTrigger
    assert PUSHES[trigger["eventFilters"]["topic"]] == name
    assert trigger["retry"] is True
    assert TOPIC in PUSHES


def test_the_sweep_comes_every_minute(functions: Functions) -> None:
    """J7: what is overdue waits no longer than that."""
    schedules = {name: _endpoint(functions, name).scheduleTrigger for name in ("sweep", "tick")}
    assert schedules["sweep"]["schedule"] == "every 1 minutes"
    assert schedules["tick"]["schedule"] == "every 5 minutes"


def test_only_what_signs_is_given_the_key(functions: Functions) -> None:
    keys = "secretEnvironmentVariables"
    given = {name for name in functions if getattr(_endpoint(functions, name), keys, None)}
    assert given == {*TASK_FUNCTIONS.values(), "onServiceCallback", "updateFeatureStatus"}


def test_what_a_deployment_reads_names_every_function_and_the_secret(functions: Functions) -> None:
    manifest = yaml.safe_load(functions_as_yaml(dict(functions)))
    assert manifest["endpoints"].keys() == functions.keys()
    assert [each["name"] for each in manifest["params"]] == ["CVPLUS_SIGNING_KEY"]
    keys = manifest["endpoints"]["onServiceCallback"]["secretEnvironmentVariables"]
    assert keys == [{"key": "CVPLUS_SIGNING_KEY"}]


def test_every_function_has_a_row_in_the_documentation(functions: Functions) -> None:
    text = (ROOT / "docs" / "functions.md").read_text()
    rows = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| `")}
    for name in functions.keys() - set(OPERATIONS) | {"createJob"}:
        endpoint = _endpoint(functions, name)
        assert f"| {endpoint.availableMemoryMb} MiB | {endpoint.timeoutSeconds} s |" in rows[name]
