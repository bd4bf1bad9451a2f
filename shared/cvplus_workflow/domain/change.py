"""What a decision reads and what it wants: references, writes, effects.

`decide(reader) -> Change` is pure. It owns the documents that its reader hands it:
they are private copies, so it may alter them in place and put them back.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct

Document = TypeVar("Document", bound=Struct)
Result = TypeVar("Result")


class Ref(Struct, Generic[Document], frozen=True):
    """A document's address: a slash-separated path, and the type that lives there."""

    path: str
    type: type[Document]


LARGEST_DOCUMENT = 1_000_000
"""Bytes of the largest document that every back end takes; Firestore's own limit is 1 MiB."""


class Put(Struct, frozen=True):
    """Write `document` at `ref`, whether or not one is there."""

    ref: Ref[Any]
    document: Struct


class Delete(Struct, frozen=True):
    """Remove the document at `ref`, if there is one."""

    ref: Ref[Any]


Write = Put | Delete


class EffectKind(StrEnum):
    """What a relay does with an effect."""

    DISPATCH = "dispatch"
    PUBLISH = "publish"
    DELIVER = "deliver"


class Effect(Struct, frozen=True, rename="camel", omit_defaults=True, gc=False):
    """Something to do after the commit that decided it, once for each key.

    It holds keys, not payloads: whoever relays it reads the state for the rest.
    `key` is job/run/subject/effect, never the attempt. For a dispatch, `queue` is the
    step class, `rank` the priority and `not_before` the schedule time. `run` is the run that
    decided it, which may not be the latest when it is relayed.
    """

    key: str
    kind: EffectKind
    job_id: str
    run: int
    name: str = ""
    queue: str = ""
    rank: int = 0
    not_before: datetime | None = None


class Change(Struct, Generic[Result], frozen=True):
    """A decision: writes to commit together, effects to relay after it, and the answer."""

    result: Result
    writes: tuple[Write, ...] = ()
    effects: tuple[Effect, ...] = ()


class Reader(Protocol):
    """What a decision may look at: documents by address, and the store's time."""

    @property
    def now(self) -> datetime:
        """The store's read time, in UTC."""
        ...

    def get(self, ref: Ref[Document]) -> Document | None:
        """A private copy of the document at `ref`, or None where there is none."""
        ...


Decide = Callable[[Reader], Change[Result]]


class Cursor(Struct, frozen=True):
    """A place in an ordered listing: the order field's value, then the path."""

    at: datetime
    path: str


class Query(Struct, frozen=True):
    """Candidates, each to be read again by `get` before anything is decided on it.

    `equal` holds field-value pairs. Results are ordered by `order_by`, then by path,
    and start behind `after`; ascending listings end at `until`, that time included.
    """

    collection: str
    order_by: str
    equal: tuple[tuple[str, str], ...] = ()
    descending: bool = False
    after: Cursor | None = None
    until: datetime | None = None
    limit: int = 100
