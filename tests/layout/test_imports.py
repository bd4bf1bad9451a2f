"""Import rules that import-linter can't state: allow-lists, and what may load at start."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.layout.tree import (
    PACKAGE,
    ROOT,
    imported_at_start,
    imports_in,
    modules,
    name_of,
    product_modules,
)

PURE = {
    "base64",
    "bisect",
    "collections",
    "dataclasses",
    "datetime",
    "enum",
    "fractions",
    "functools",
    "graphlib",
    "hashlib",
    "hmac",
    "html",
    "itertools",
    "json",
    "math",
    "operator",
    "re",
    "statistics",
    "string",
    "types",
    "typing",
    "unicodedata",
    "zoneinfo",
}
"""Standard library that neither reads a clock, a random source or the environment, nor does IO."""

CLOCK_READERS = {"now", "today", "utcnow"}
"""Methods of `datetime` and `date` that read the clock."""

LIGHT = {"msgspec", "pydantic", "pydantic_core"}
"""What a step may load before it runs; its own libraries come with its first call."""

GOOGLE = ("google", "firebase_admin", "firebase_functions", "flask", "functions_framework")

HOSTS_MAY_IMPORT = {"app", "callables", "operations", "errors", "origins", "settings", "streaming"}


def _absolute_roots(module: ast.Module) -> set[str]:
    return {name.split(".")[0] for level, name in imports_in(module) if level == 0}


def _in(area: str) -> list[Path]:
    found = [path for path in product_modules() if PACKAGE / area in (path, *path.parents)]
    assert found, f"no modules in {area}"
    return found


@pytest.mark.parametrize("path", _in("domain"), ids=name_of)
def test_the_domain_imports_only_msgspec_and_pure_standard_library(path: Path) -> None:
    assert _absolute_roots(product_modules()[path]) <= PURE | {"msgspec"}


@pytest.mark.parametrize("path", [*_in("domain"), *_in("services"), *_in("steps")], ids=name_of)
def test_no_rule_service_or_step_reads_the_clock(path: Path) -> None:
    read = [
        node.func.attr
        for node in ast.walk(product_modules()[path])
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("datetime", "date")
        and node.func.attr in CLOCK_READERS
    ]
    assert read == []


@pytest.mark.parametrize("path", [*_in("services"), *_in("steps")], ids=name_of)
def test_time_and_randomness_come_from_ports_alone(path: Path) -> None:
    assert not _absolute_roots(product_modules()[path]) & {"time", "random", "secrets", "uuid"}


@pytest.mark.parametrize("path", _in("steps"), ids=name_of)
def test_a_step_module_loads_its_own_libraries_only_when_it_runs(path: Path) -> None:
    at_start = {name.split(".")[0] for name in imported_at_start(product_modules()[path])}
    assert at_start - set(sys.stdlib_module_names) <= LIGHT


def test_all_of_the_package_imports_its_own_modules_relatively() -> None:
    absolute = [
        name_of(path)
        for path, module in product_modules().items()
        if PACKAGE in path.parents and "cvplus_workflow" in _absolute_roots(module)
    ]
    assert absolute == []


def test_functions_reach_the_system_through_app_and_operations() -> None:
    deep = [
        f"{name_of(path)}: {name}"
        for path, module in product_modules().items()
        if ROOT / "functions" in path.parents
        for _, name in imports_in(module)
        if name.startswith("cvplus_workflow.") and name.split(".")[1] not in HOSTS_MAY_IMPORT
    ]
    assert deep == []


def test_the_product_never_imports_its_tests() -> None:
    ours = {"tests", "benchmarks", "docs", "hypothesis", "pytest"}
    wrong = [
        name_of(path)
        for path, module in product_modules().items()
        if _absolute_roots(module) & ours
    ]
    assert wrong == []


def test_every_module_parses_on_the_oldest_python_that_is_promised() -> None:
    for path in modules():
        ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 11))


A_WHOLE_JOB = """
import sys
from pathlib import Path

import cvplus_workflow.cli
from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.errors import WorkflowError
from cvplus_workflow.settings import Settings
from cvplus_workflow.steps.body import run_body
from cvplus_workflow.steps.registry import BUILT_IN, find_step
from cvplus_workflow.worker import drain

class BodiesHere:
    def run(self, calls, report):
        return [self.answer(call) for call in calls]

    def answer(self, call):
        try:
            return run_body(find_step(BUILT_IN, call.step, call.version), call)
        except WorkflowError as error:
            return error

cv = Path(sys.argv[1])
app = EmbeddedApp(Settings(data=Path(sys.argv[2])), runner=BodiesHere())
job = app.jobs.create(
    LOCAL_CALLER, content=cv.read_bytes(), file_name=cv.name, features=app.features.runnable()
)
drain(app)
assert app.jobs.get(LOCAL_CALLER, job.id).status == "completed"
app.close()
print(*sys.modules)
"""


def _loaded_by(code: str, *arguments: str) -> set[str]:
    command = [sys.executable, "-c", code, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    return set(ended.stdout.split()) - _loaded_by_python_itself()


@cache
def _loaded_by_python_itself() -> set[str]:
    """Path files of some distributions make empty namespaces such as `google` at start."""
    command = [sys.executable, "-c", "import sys; print(*sys.modules)"]
    bare = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return set(bare.stdout.split())


def _of(loaded: set[str], names: tuple[str, ...]) -> set[str]:
    return {each for each in loaded if each.split(".")[0] in names}


def test_a_whole_embedded_job_loads_nothing_of_google(tmp_path: Path) -> None:
    cv = ROOT / "examples" / "richard" / "sample.resume.json"
    loaded = _loaded_by(A_WHOLE_JOB, str(cv), str(tmp_path / "data"))
    assert {"apsw", "plutoprint", "cvplus_workflow.steps.pdf"} <= loaded
    assert _of(loaded, GOOGLE) == set()


def test_the_command_line_starts_without_the_libraries_of_steps() -> None:
    loaded = _loaded_by("import sys, cvplus_workflow.cli; print(*sys.modules)")
    heavy = ("fontTools", "jinja2", "markdown_it", "nh3", "plutoprint", "rendercv_fonts")
    assert "cvplus_workflow.steps.registry" in loaded
    assert _of(loaded, heavy) == set()
    assert _of(loaded, GOOGLE) == set()
