"""The documents that this process has read or written just now, for its next decision on each.

A decision on such a document needs no reading: the commit demands that it still is what it
was, as of all that is read. So a document here that is out of date costs one refused commit.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from google.cloud.firestore_v1._helpers import decode_dict
from google.cloud.firestore_v1.base_document import DocumentSnapshot

from ..ports import Clock
from .documents import plain_time

if TYPE_CHECKING:
    from google.cloud.firestore import Client
    from google.cloud.firestore_v1.types import Document as FirestoreDocument

    Snapshot = DocumentSnapshot[Any]

KEPT_FOR = timedelta(seconds=10)
"""After this others have probably altered it."""

MOST_KEPT = 32
"""Documents that are kept; they may have up to 1 MB each, but jobs have a few kB."""


class Seen(NamedTuple):
    """What stands somewhere, and Firestore's time at which it does."""

    snapshot: "Snapshot"
    at: datetime


class _Kept(NamedTuple):
    snapshot: "Callable[[], Snapshot]"
    at: datetime
    kept_at: datetime


class Recent:
    """Documents by path, each to be taken once; safe for threads."""

    def __init__(self, client: "Client", clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def keep_read(self, path: str, snapshot: "Snapshot") -> None:
        """Keep what was read at `path`."""
        self._keep(path, lambda: snapshot, plain_time(snapshot.read_time))

    def keep_written(
        self, path: str, document: "FirestoreDocument", update_time: Any, at: Any
    ) -> None:
        """Keep the `document` that was committed at `path`, at Firestore's time `at`.

        Its `update_time` is an earlier one if the commit did not alter it.
        """
        read = partial(self._as_read, path, document, update_time)
        self._keep(path, read, plain_time(at))

    def take(self, path: str) -> Seen | None:
        """What stands at `path` as far as is known, to be proven by the commit; None if unknown.

        It is as old as it may be by this process's clock, so its time goes on with that.
        """
        with self._lock:
            kept = self._kept.pop(path, None)
        if kept is None:
            return None
        age = self._clock.now() - kept.kept_at
        if not timedelta() <= age <= KEPT_FOR:
            return None
        return Seen(kept.snapshot(), kept.at + age)

    def _keep(self, path: str, snapshot: "Callable[[], Snapshot]", at: datetime) -> None:
        kept = _Kept(snapshot, at, self._clock.now())
        with self._lock:
            self._kept.pop(path, None)
            self._kept[path] = kept
            if len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]

    def _as_read(self, path: str, document: "FirestoreDocument", update_time: Any) -> "Snapshot":
        """What the client would answer for a document that it wrote."""
        return DocumentSnapshot(
            self._client.document(path),
            decode_dict(document.fields, self._client),
            exists=True,
            read_time=None,
            create_time=None,
            update_time=update_time,
        )
