"""Every query that a service issues has its index in `firestore.indexes.json`.

The Firestore emulator does not enforce composite indexes, so nothing else would tell.
"""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.domain.change import Query
from cvplus_workflow.settings import Settings

from .web import ROOT

SERVICES = ROOT / "shared" / "cvplus_workflow" / "services"
INDEXES = json.loads((ROOT / "firestore.indexes.json").read_text(encoding="utf-8"))

Place = tuple[str, str]
"""A module of the services, and a function in it."""


@pytest.fixture
def issued(tmp_path: Path) -> Iterator[list[tuple[Place, Query]]]:
    """Every query that the services issue, and where it was made."""
    app = EmbeddedApp(Settings(data=tmp_path))
    found: list[tuple[Place, Query]] = []
    answer = app.store.query

    def record(query: Query, kind: Any) -> Any:
        code = sys._getframe(1).f_code
        found.append(((Path(code.co_filename).name, code.co_name), query))
        return answer(query, kind)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app.store, "query", record)
        app.call("getJobHistory", LOCAL_CALLER, None)
        app.call("getJobHistory", LOCAL_CALLER, {"status": "completed"})
        app.call("handleFeatureDependencies", LOCAL_CALLER, {"features": []})
        app.queue.sweep()
        app.queue.recover()
        yield found
    app.close()


def _places() -> set[Place]:
    """The functions of the services in which a query is made."""
    return {
        (path.name, function.name)
        for path in SERVICES.glob("*.py")
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Query"
    }


def test_every_query_of_the_services_is_tried_here(issued: list[tuple[Place, Query]]) -> None:
    assert {place for place, _ in issued} == _places()


def test_every_query_has_its_index(issued: list[tuple[Place, Query]]) -> None:
    missing = [(place, query) for place, query in issued if not _indexed(query)]
    assert missing == []


def test_every_index_has_its_query(issued: list[tuple[Place, Query]]) -> None:
    """An index that no query needs costs a write each time."""
    needed = [_needed(query) for _, query in issued]
    assert [index for index in _composite() if index not in needed] == []
    assert [index for index in _single() if index not in needed] == []


Index = tuple[str, frozenset[str], tuple[str, str]]
"""Collection, fields compared for equality, the field and direction of the order."""


def _needed(query: Query) -> Index:
    equal = frozenset(field for field, _ in query.equal)
    direction = "DESCENDING" if query.descending else "ASCENDING"
    return (query.collection, equal, (query.order_by, direction))


def _indexed(query: Query) -> bool:
    return _needed(query) in [*_composite(), *_single()]


def _composite() -> list[Index]:
    return [
        (
            index["collectionGroup"],
            frozenset(field["fieldPath"] for field in index["fields"][:-1]),
            (index["fields"][-1]["fieldPath"], index["fields"][-1]["order"]),
        )
        for index in INDEXES["indexes"]
    ]


def _single() -> list[Index]:
    return [
        (override["collectionGroup"], frozenset(), (override["fieldPath"], index["order"]))
        for override in INDEXES["fieldOverrides"]
        for index in override["indexes"]
    ]
