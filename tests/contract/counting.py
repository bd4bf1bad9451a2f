"""A document that counts; and, run as a program, a process that counts on a database file."""

import sys
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from cvplus_workflow.domain.change import Change, Put, Reader, Ref
from cvplus_workflow.embedded.engine import Engine
from cvplus_workflow.embedded.store import SqliteStore
from cvplus_workflow.embedded.system import SystemClock


class Count(Struct):
    """A number."""

    value: int
    tenant: str = "acme"


def at(path: str) -> Ref[Count]:
    """The count at `path`."""
    return Ref(path, Count)


def increment(path: str) -> Callable[[Reader], Change[int]]:
    """Count one more at `path`; answers the new number."""

    def decide(reader: Reader) -> Change[int]:
        found = reader.get(at(path))
        value = (found.value if found else 0) + 1
        return Change(value, (Put(at(path), Count(value)),))

    return decide


def main() -> None:
    """Arguments: the database file, and how often to count."""
    engine = Engine(Path(sys.argv[1]), SystemClock())
    store = SqliteStore(engine)
    for number in range(int(sys.argv[2])):
        store.transact(increment("counts/one"), f"{sys.argv[3]}-{number}")
    engine.close()


if __name__ == "__main__":
    main()
