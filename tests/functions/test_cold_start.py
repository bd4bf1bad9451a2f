"""What an instance loads before it answers: all that its function needs, and nothing else."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

from cvplus_workflow.steps.registry import BUILT_IN

from .web import FUNCTIONS, ROOT

EDGE = {
    *("firebase_admin", "firebase_functions", "flask", "functions_framework", "google.auth"),
    *("cloudevents", "cryptography", "flask_cors", "httpx", "requests"),
}
"""What firebase-functions loads, whatever is declared with it."""

FIRESTORE = {"google.cloud.firestore", "google.api_core", "grpc"}
SYSTEM = {*FIRESTORE, "msgspec", "pydantic", "pydantic_settings"}
"""What a request's system is made of; every request reads or writes documents."""

UNUSED = {
    *("google.cloud.tasks", "google.cloud.storage", "google.pubsub_v1", "google.cloud.pubsub"),
    *("apsw", "babel", "fontTools", "icalendar", "lxml", "markdown_it", "mdit_py_plugins", "nh3"),
    *("phonenumbers", "plutoprint", "pypdfium2", "rapidfuzz", "rendercv_fonts", "segno"),
    *("tinyhtml5", "typer"),
}
"""What some step, adapter or host uses, and loads when it does."""

WATCHED = EDGE | SYSTEM | UNUSED

STEPS = {"registry", "contract", "sanitise", "body", "child", "runner"}
"""Modules of `steps/` without which none is planned or run."""

NOWHERE = "127.0.0.1:9"
ENVIRONMENT = {
    "PATH": os.defpath,
    "FIRESTORE_EMULATOR_HOST": NOWHERE,
    "CLOUD_TASKS_EMULATOR_HOST": NOWHERE,
    "GOOGLE_CLOUD_PROJECT": "demo-cold",
    "CVPLUS_BUCKET": "demo-cold.firebasestorage.app",
    "METADATA_SERVER_DETECTION": "none",
}
"""Lets clients be made without credentials; they call nothing when they are made."""

COLD_START = """
import json, sys
import main
start = sorted(sys.modules)
import edge
edge.started_app()
print(json.dumps([start, sorted(sys.modules)]))
"""

AREAS = {
    "runLightSteps": {"steps"},
    "runStandardSteps": {"steps"},
    "sweep": {"steps", "automation"},
    "onServiceCallback": {"steps", "automation", "integrations"},
    "streamJob": {"steps", "automation", "integrations", "monitoring"},
    "getJob": {"steps", "automation", "integrations", "monitoring", "features", "jobs"},
    "createJob": {"steps", "automation", "integrations", "monitoring", "features", "jobs"},
}
"""A function of each kind, and the modules of `triggers/` up to its own."""


def printed(code: str, *arguments: str, **environment: str) -> str:
    """What `code` prints in a fresh interpreter in `functions/`."""
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=FUNCTIONS,
        env={**ENVIRONMENT, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()[-1]


def loaded(code: str, *arguments: str) -> set[str]:
    """The modules that are loaded once `code` has run."""
    code += "\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    return set(json.loads(printed(code, *arguments)))


@cache
def cold_starts() -> dict[str, list[set[str]]]:
    """The modules of an instance of each function: after its import, and with its system."""

    def start(name: str) -> list[set[str]]:
        stages = json.loads(printed(COLD_START, FUNCTION_TARGET=name))
        return [set(stage) for stage in stages]

    with ThreadPoolExecutor(2) as threads:
        return dict(zip(AREAS, threads.map(start, AREAS), strict=True))


def watched(modules: Iterable[str]) -> set[str]:
    """Those packages among `WATCHED` of which something is loaded."""
    return {name for name in WATCHED if name in set(modules)}


def ours(modules: Iterable[str], package: str) -> set[str]:
    """The modules right inside one of our packages."""
    inside = (name.removeprefix(f"{package}.") for name in modules if name != package)
    return {name.split(".")[0] for name in inside if f"{package}.{name}" in modules}


@pytest.mark.parametrize("name", AREAS)
def test_an_instance_starts_with_the_edge_alone(name: str) -> None:
    start, _ = cold_starts()[name]
    assert watched(start) == EDGE
    assert ours(start, "cvplus_workflow") == {"callables", "errors", "origins"}
    assert ours(start, "triggers") == AREAS[name]


@pytest.mark.parametrize("name", AREAS)
def test_the_first_request_adds_firestore_and_no_other_client_or_library(name: str) -> None:
    _, system = cold_starts()[name]
    assert watched(system) == EDGE | SYSTEM
    assert ours(system, "cvplus_workflow.steps") == STEPS
    assert ours(system, "cvplus_workflow.embedded") == {"system"}
    hosts = {"cli", "console", "emulate", "health", "outbound", "server", "upkeep", "worker"}
    assert not hosts & ours(system, "cvplus_workflow")


def test_reading_a_task_loads_no_client_of_cloud_tasks() -> None:
    found = loaded("from cvplus_workflow.firebase.dispatcher import task_of")
    assert not {"google.cloud.tasks", "google.cloud.tasks_v2"} & found


RUN_PARSE = """
import sys
from pathlib import Path
from cvplus_workflow.steps.body import run_body
from cvplus_workflow.steps.registry import BUILT_IN, find_step
from cvplus_workflow.ports import StepCall

cv = Path(sys.argv[1])
given = b'{"job": {"template": "modern", "fileName": "%s"}}' % cv.name.encode()
call = StepCall("parse", 1, given, {"source": cv.read_bytes()}, 60)
assert b"personalInfo" in run_body(find_step(BUILT_IN, "parse", 1), call).body
"""


@pytest.mark.parametrize(
    ("cv", "library"), [("jane/resume.md", "markdown_it"), ("richard/sample.resume.json", None)]
)
def test_a_child_loads_the_step_that_it_runs_and_the_library_of_its_document(
    cv: str, library: str | None
) -> None:
    found = loaded(RUN_PARSE, str(ROOT / "examples" / cv))
    others = {name.replace("-", "_") for name, _ in BUILT_IN} - {"parse"}
    assert "parse" in ours(found, "cvplus_workflow.steps")
    assert not others & ours(found, "cvplus_workflow.steps")
    assert watched(found) & UNUSED == ({library, "mdit_py_plugins"} if library else set())


def test_whoever_checks_an_output_loads_no_reader_of_documents() -> None:
    found = loaded(
        "from cvplus_workflow.steps.registry import BUILT_IN\n"
        "[step.output_model for step in BUILT_IN.values()]"
    )
    assert watched(found) & UNUSED == set()
    assert not {"formats", "layout_document", "markdown"} & ours(
        found, "cvplus_workflow.steps.reading"
    )


def test_every_row_of_the_registry_leads_to_a_step() -> None:
    for (name, version), step in BUILT_IN.items():
        assert (step.spec.id, step.spec.version) == (name, version)
        assert step.input_model.__module__.startswith("cvplus_workflow.steps.")
        assert step.output_model.__name__ == "Output"
        assert step.run.__module__ == f"cvplus_workflow.steps.{name.replace('-', '_')}"


LIST_JOBS = """
import sys
from cvplus_workflow.cli import commands
commands(["jobs", "list", "--data", sys.argv[1]], standalone_mode=False)
"""


def test_listing_jobs_loads_the_database_and_no_step(tmp_path: Path) -> None:
    found = loaded(LIST_JOBS, str(tmp_path / "data"))
    assert watched(found) & (EDGE | UNUSED) == {"apsw", "typer"}
    assert ours(found, "cvplus_workflow.steps") == STEPS
    assert "werkzeug" not in found
