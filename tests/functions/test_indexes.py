"""`firestore.indexes.json` holds the indexes of the queries that are issued, and no other.

The Firestore emulator does not enforce indexes, so nothing else would tell. The queries
are those that the services ask of a store, in the form in which the store on Firestore
sends them.
"""

import ast
import inspect
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.firestore import Client
from google.cloud.firestore_v1.query import Query as SentQuery
from google.cloud.firestore_v1.types import StructuredQuery
from msgspec import Struct

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.domain import documents
from cvplus_workflow.domain.change import Query, Ref
from cvplus_workflow.embedded.system import SystemClock, SystemEntropy
from cvplus_workflow.firebase.store import FirestoreStore
from cvplus_workflow.settings import Settings
from tests.layout.tree import PACKAGE, product_modules

from .web import ROOT

INDEXES = json.loads((ROOT / "firestore.indexes.json").read_text(encoding="utf-8"))

Place = tuple[str, str]
"""A module, and a function in it."""

LOCAL = PACKAGE / "upkeep.py"
"""Its queries are of embedded installations alone, which have indexes of their own."""


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[Place, Query]]]:
    """Every query that the services issue, and where it was made."""
    app = EmbeddedApp(Settings(data=tmp_path_factory.mktemp("data")))
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
        job = app.jobs.create(LOCAL_CALLER, content=b"# Ann").id
        app.call("getJobHistory", LOCAL_CALLER, {"after": job})
        app.call("handleFeatureDependencies", LOCAL_CALLER, {"features": []})
        app.overdue()
        app.queue.sweep()
        app.queue.recover()
        yield found
    app.close()


@pytest.fixture(scope="module")
def sent(issued: list[tuple[Place, Query]]) -> list[StructuredQuery]:
    """What Firestore is asked for them."""
    client = Client(project="demo-indexes", credentials=AnonymousCredentials())
    store = FirestoreStore(client, SystemClock(), SystemEntropy())
    found: list[StructuredQuery] = []

    def record(query: SentQuery, **_options: object) -> Iterator[Any]:
        found.append(query._to_protobuf())
        return iter(())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SentQuery, "stream", record)
        for _, query in issued:
            store.query(query, Struct)
    return found


def _places() -> set[Place]:
    """The functions of the product in which a query is made."""
    return {
        (path.name, function.name)
        for path, module in product_modules().items()
        if path != LOCAL
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Query"
    }


def test_every_query_of_the_product_is_tried_here(issued: list[tuple[Place, Query]]) -> None:
    assert {place for place, _ in issued} == _places()


def test_the_indexes_are_those_that_the_queries_need(sent: list[StructuredQuery]) -> None:
    """An index that no query needs costs a write each time; a query without one fails."""
    needed = {_needed(query) for query in sent}
    composite = {index for index in needed if len(index[1]) + len(index[2]) > 1}
    assert set(_composite()) == composite
    assert set(_single()) == needed - composite
    assert len(_composite()) == len(composite)


def test_the_sweep_is_spread_over_shards(sent: list[StructuredQuery]) -> None:
    """Deadlines only grow, and an index that all jobs write at its end is a hot spot."""
    swept = {_needed(query) for query in sent if "run.deadline" in str(query)}
    assert swept == {("jobs", frozenset({"shard"}), (("run.deadline", "ASCENDING"),))}


def collections_of_the_domain() -> set[str]:
    """Every collection that the domain has documents in."""
    functions = inspect.getmembers(documents, inspect.isfunction)
    made = [_reference(each) for _, each in functions if _makes_a_reference(each)]
    return {ref.path.split("/")[-2] for ref in made}


def _makes_a_reference(function: Callable[..., Any]) -> bool:
    answer = get_type_hints(function).get("return")
    return getattr(answer, "__origin__", None) is Ref


def _reference(function: Callable[..., Any]) -> Ref[Any]:
    wanted = list(get_type_hints(function).values())[:-1]
    ref: Ref[Any] = function(*(kind(1) for kind in wanted))
    return ref


def test_no_other_module_of_the_product_makes_references() -> None:
    """Else their collections would be missed here."""
    makers = {
        path.name
        for path, module in product_modules().items()
        for call in ast.walk(module)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Ref"
    }
    assert makers == {"documents.py"}


def test_every_collection_has_its_single_field_indexes_off_but_those_that_are_needed() -> None:
    """By default each field of a document has two, and each costs a write."""
    off = {
        override["collectionGroup"]
        for override in INDEXES["fieldOverrides"]
        if override["fieldPath"] == "*" and override["indexes"] == []
    }
    assert {"jobs", "outputs", "history", "deletedJobs"} <= collections_of_the_domain()
    assert off == collections_of_the_domain()


Order = tuple[str, str]
"""A field, and the direction in which it is sorted."""

Index = tuple[str, frozenset[str], tuple[Order, ...]]
"""Collection, the fields compared for equality, and the sort order after them.

An index ends with the document's name in the direction of its last field, so that the
name is not among them (https://firebase.google.com/docs/firestore/query-data/index-overview).
"""


def _needed(query: StructuredQuery) -> Index:
    (source,) = query.from_
    assert not source.all_descendants
    filters = _filters(query)
    equal = frozenset(field for field, operator in filters if operator == "EQUAL")
    orders = tuple((order.field.field_path, order.direction.name) for order in query.order_by)
    *fields, (last, direction) = orders
    assert last == "__name__"
    assert fields[-1][1] == direction
    ranges = {field for field, operator in filters if operator != "EQUAL"}
    assert ranges <= {fields[0][0]}
    return (source.collection_id, equal, tuple(fields))


def _filters(query: StructuredQuery) -> list[tuple[str, str]]:
    """The fields that a query compares, and how."""
    asked = query.where
    parts = asked.composite_filter.filters if "composite_filter" in asked else [asked]
    plain = [part.field_filter for part in parts if "field_filter" in part]
    return [(each.field.field_path, each.op.name) for each in plain]


def _composite() -> list[Index]:
    return [
        (
            index["collectionGroup"],
            frozenset(field["fieldPath"] for field in index["fields"][:-1]),
            ((index["fields"][-1]["fieldPath"], index["fields"][-1]["order"]),),
        )
        for index in INDEXES["indexes"]
        if index["queryScope"] == "COLLECTION"
    ]


def _single() -> list[Index]:
    return [
        (override["collectionGroup"], frozenset(), ((override["fieldPath"], index["order"]),))
        for override in INDEXES["fieldOverrides"]
        for index in override["indexes"]
    ]
