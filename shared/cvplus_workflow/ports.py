"""What the services need from the outside: each an interface with two back ends.

Every adapter passes the same contract suite (`tests/contract`). Adapters raise only
`WorkflowError`.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from .domain.change import Decide, Document, Effect, Query, Ref, Result
from .domain.documents import StoredFile
from .domain.sources import Fetched
from .errors import WorkflowError


class Command(Struct, frozen=True):
    """A decision to be committed, and the id under which it is.

    A store that meets contention, or is away for a while, tries until `until`; without it, a
    fixed number of times or seconds. With `once` it gives up at the first.
    """

    decide: Decide[Any]
    id: str
    until: datetime | None = None
    once: bool = False


class Store(Protocol):
    """Documents, altered by decisions only; all that one decides commits together or not."""

    def transact(self, decide: Decide[Result], command_id: str) -> Result:
        """Commit `decide` and return its result once durable; its errors are raised as they are.

        `decide` may be called more than once; what is answered rests on documents that were
        current. Raises aborted when contention outlasts the retries, unavailable when the
        store is away so long, resource-exhausted when it takes no more, invalid-argument for
        a document that cannot be stored or is too large.
        """
        ...

    def transact_all(self, commands: Sequence[Command]) -> list[Any]:
        """Commit independent commands, sharing the cost; a result or an error for each.

        An error is returned in its place, as the `WorkflowError` it is.
        """
        ...

    def get(self, ref: Ref[Document]) -> Document | None:
        """The document at `ref`, outside any decision; raises data-loss if it cannot be read."""
        ...

    def query(self, query: Query, kind: type[Document]) -> list[Document]:
        """Candidates; each is read again by `get` in the decision that acts on it.

        One that cannot be read is left out, so that it keeps nobody from the others; the log
        tells its path.
        """
        ...

    def delete_tree(self, path: str) -> int:
        """Delete the document at `path` and all below it; returns how many."""
        ...


class Task(Struct, frozen=True):
    """A piece of work in a queue: a unique name, the job, and when and how urgently."""

    name: str
    job_id: str
    queue: str
    rank: int
    not_before: datetime | None = None


def task_of(effect: Effect) -> Task:
    """What a dispatch that a commit decided puts into the queue."""
    return Task(effect.name, effect.job_id, effect.queue, effect.rank, effect.not_before)


class Dispatcher(Protocol):
    """A queue a step class; delivers each task at least once, at or after its time."""

    def dispatch(self, tasks: Sequence[Task]) -> None:
        """Queue `tasks` durably; one whose name is queued already is dropped."""
        ...

    def cancel(self, names: Sequence[str]) -> None:
        """Take tasks back, as far as they are still queued."""
        ...


class Event(Struct, frozen=True, rename="camel"):
    """Something that happened to a job; `key` tells receivers a repeat."""

    key: str
    name: str
    job_id: str
    tenant: str
    run: int


class Publisher(Protocol):
    """Hands events to whoever listens, each at least once, in any order."""

    def publish(self, events: Sequence[Event]) -> None:
        """Publish durably; a key seen before is dropped where the back end can tell."""
        ...


class Files(Protocol):
    """Immutable content named by its SHA-256, kept by owner; and copies at fixed paths."""

    def put(self, folder: str, content: bytes, media_type: str) -> StoredFile:
        """Store `content` durably in `folder` and return its name; twice is once."""
        ...

    def get(self, folder: str, file: StoredFile) -> bytes:
        """The content; raises not-found, or data-loss if it does not match its name."""
        ...

    def publish(self, path: str, folder: str, file: StoredFile, generation: int) -> None:
        """Copy a file to a fixed `path`, unless a later generation is there already."""
        ...

    def published(self, path: str) -> bytes:
        """The copy at `path`; raises not-found where there is none."""
        ...

    def unpublish(self, path: str) -> None:
        """Remove the copy at `path`, if there is one."""
        ...

    def delete_folder(self, folder: str) -> None:
        """Delete everything in `folder`."""
        ...

    def uploaded(self, bucket: str, path: str, limit: int) -> Fetched:
        """What a client uploaded to `path` of `bucket`, at most `limit` bytes.

        Raises not-found where there is nothing, invalid-argument for more bytes,
        failed-precondition where clients upload nothing.
        """
        ...


class Http(Protocol):
    """The public web."""

    def fetch(self, url: str, limit: int) -> Fetched:
        """The document at a public https address, at most `limit` bytes, unpacked.

        Raises invalid-argument for an address that may not be asked or leads to one, and
        for more bytes; not-found, unavailable, or deadline-exceeded after 20 seconds.
        """
        ...


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> datetime:
        """The time in UTC."""
        ...


class Entropy(Protocol):
    """Where randomness and ids come from."""

    def token(self) -> str:
        """A fresh, unguessable id of 32 hexadecimal digits."""
        ...

    def fraction(self) -> float:
        """A random number in [0, 1)."""
        ...


class StepCall(Struct, frozen=True):
    """A step body to run: which, on what input (a JSON object), with which files.

    `key` is job/run/step, the same for every attempt: the base of effect keys. `within_s` is
    how many seconds after it was asked for it must have ended, for its lease ends soon after;
    `timeout_s` is how many its body may run.
    """

    step: str
    version: int
    given: bytes
    files: dict[str, bytes]
    timeout_s: int
    key: str = ""
    attempt: int = 0
    within_s: float | None = None


class StepReply(Struct, frozen=True):
    """What a step body produced: its output as JSON, validated, and its files.

    `seconds` is how long the body ran, None if nobody measured it.
    """

    body: bytes
    files: dict[str, tuple[str, bytes]]
    seconds: float | None = None


class StepHandedOver(Struct, frozen=True):
    """A service has taken a step's work and answers by callback within so many seconds.

    Not for light steps: they may run before they are claimed, and an answer that comes before
    the claim is refused, so that the service has to call again.
    """

    seconds: float


StepAnswer = StepReply | StepHandedOver | WorkflowError
"""How a call comes out; an error stands where its reply would."""


Report = Callable[[StepCall, int], None]
"""Hears, while the body of a call runs, how much of its work is done, in percent."""


def unheard(_call: StepCall, _percent: int) -> None:
    """The `Report` of who does not listen."""


class Signer(Protocol):
    """Signs short texts with a key that never leaves the back end."""

    def sign(self, text: str) -> str:
        """The signature of `text`, as hexadecimal digits."""
        ...


class Runner(Protocol):
    """Runs step bodies: light ones here, isolated ones in child processes with limits."""

    def run(self, calls: Sequence[StepCall], report: Report = unheard) -> list[StepAnswer]:
        """Run all, as parallel as they may be; an error takes the place of its reply.

        Errors are `WorkflowError`, deadline-exceeded for a body over its timeout. `report`
        hears isolated bodies, several at a time; what it raises ends the whole run.
        """
        ...

    def active(self) -> list[tuple[str, int]]:
        """The calls that can be stopped, by key and attempt."""
        ...

    def stop(self, calls: Collection[tuple[str, int]]) -> None:
        """End these calls at once; they come out as errors."""
        ...

    def check(self, step: str, version: int, body: bytes) -> StepReply:
        """A reply that came by callback, its body validated; raises data-loss if it is not fit."""
        ...
