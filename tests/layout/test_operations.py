"""Every row of `operations.py` is whole: a method that says what it does, models, a test."""

import ast
import inspect
import re

import pytest

from cvplus_workflow.app import App, EmbeddedApp
from cvplus_workflow.operations import OPERATIONS, Operation, Reply, Wire
from cvplus_workflow.settings import Settings
from tests.layout.tree import ROOT, modules, texts

HERE = ROOT / "tests" / "layout"
ROWS = OPERATIONS.values()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> "EmbeddedApp":
    """The services as they are put together."""
    app = EmbeddedApp(Settings(data=tmp_path_factory.mktemp("data")))
    app.close()
    return app


def _test_bodies() -> str:
    """The text of all test functions, their helpers and tables, this folder's excepted."""
    kept = [path for path in modules() if ROOT / "tests" in path.parents]
    return "\n".join(texts()[path] for path in kept if HERE not in path.parents)


TESTS = _test_bodies()


def _by_name(row: Operation) -> str:
    return row.name


@pytest.mark.parametrize("row", ROWS, ids=_by_name)
def test_an_operation_has_a_service_method_with_a_docstring(row: Operation, app: App) -> None:
    method = getattr(getattr(app, row.area), row.method)
    assert inspect.getdoc(method)


@pytest.mark.parametrize("row", ROWS, ids=_by_name)
def test_the_service_method_takes_what_the_request_has(row: Operation, app: App) -> None:
    taken = inspect.signature(getattr(getattr(app, row.area), row.method)).parameters
    caller, *others = taken.values()
    assert caller.name.lstrip("_") == "caller"
    assert row.request.model_fields.keys() <= {each.name for each in others}
    needed = {each.name for each in others if each.default is inspect.Parameter.empty}
    assert needed <= row.request.model_fields.keys()


@pytest.mark.parametrize("row", ROWS, ids=_by_name)
def test_an_operation_has_a_test(row: Operation) -> None:
    wire = re.escape(row.name)
    method = rf"\b{row.area}\.{row.method}\("
    called = re.search(rf"[\"'`]{wire}[\"'`]|{method}", TESTS) is not None
    assert called, f"no test calls {row.name}"


@pytest.mark.parametrize("row", ROWS, ids=_by_name)
def test_an_operation_names_its_row_in_camel_case_with_strict_requests(row: Operation) -> None:
    assert re.fullmatch(r"[A-Z]\d*", row.row)
    assert re.fullmatch(r"[a-z]+([A-Z]+[a-z]*)*", row.name)
    assert row.request.model_config.get("extra") == "forbid"
    assert issubclass(row.request, Wire)
    assert not issubclass(row.response, Wire)


def test_every_request_and_reply_is_part_of_an_operation() -> None:
    source = ROOT / "shared" / "cvplus_workflow" / "operations.py"
    named = {
        node.id
        for node in ast.walk(modules()[source])
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    models = {
        node.name
        for node in modules()[source].body
        if isinstance(node, ast.ClassDef) and node.name not in (Wire.__name__, Reply.__name__)
    }
    assert models - {"Operation"} <= named
