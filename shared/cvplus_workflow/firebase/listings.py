"""What Firestore finds for a query: page after page, in order, as far as it is asked for."""

from collections.abc import Iterator
from heapq import merge
from typing import TYPE_CHECKING, Any

from google.cloud.firestore_v1.base_query import FieldFilter

from ..domain.change import Query
from .documents import SHARDED, SHARDS
from .rpc import TIMEOUT_S
from .tally import Tally

if TYPE_CHECKING:
    from google.cloud.firestore import Client
    from google.cloud.firestore_v1.base_document import DocumentSnapshot
    from google.cloud.firestore_v1.query import Query as FirestoreQuery

    Snapshot = DocumentSnapshot[Any]


def listing(client: "Client", tally: Tally, query: Query) -> "Iterator[Snapshot]":
    """All that `query` finds, beyond its limit if more is asked for; `tally` counts what it costs.

    Of a sharded listing each shard is asked for its part of the limit at a time, since what
    comes first may lie in any of them.
    """
    if query.order_by != SHARDED:
        return _pages(_asked(client, query), query.limit, tally)
    size = -(-query.limit // SHARDS)
    all_shards = _asked(client, query)
    shards = [
        _pages(all_shards.where(filter=FieldFilter("shard", "==", shard)), size, tally)
        for shard in range(SHARDS)
    ]
    return merge(*shards, key=lambda found: (found.get(SHARDED), found.id))


def _asked(client: "Client", query: Query) -> "FirestoreQuery":
    direction = "DESCENDING" if query.descending else "ASCENDING"
    asked = client.collection(query.collection).order_by(query.order_by, direction=direction)
    asked = asked.order_by("__name__", direction=direction)
    for field, value in query.equal:
        asked = asked.where(filter=FieldFilter(field, "==", value))
    if query.until is not None:
        asked = asked.where(filter=FieldFilter(query.order_by, "<=", query.until))
    if query.after is not None:
        asked = asked.start_after([query.after.at, client.document(query.after.path)])
    return asked


def _pages(asked: "FirestoreQuery", size: int, tally: Tally) -> "Iterator[Snapshot]":
    """What is found, `size` documents at a time; a query that finds none is billed as a read."""
    page: list[Snapshot] | None = None
    while page is None or len(page) == size:
        following = asked.start_after(page[-1]) if page else asked
        page = list(following.limit(size).stream(timeout=TIMEOUT_S))
        tally.add(queries=1, reads=max(1, len(page)))
        yield from page
