"""The plan of every statement that an installation runs: does any look at more than it needs?"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.domain.states import JobStatus
from cvplus_workflow.worker import drain

from .loads import create
from .synthetic import Shape, open_app

COSTLY = ("SCAN documents", "SCAN tasks", "SCAN events", "USE TEMP B-TREE")
"""What tells in a plan that its cost grows with the rows of a table."""


def statements(folder: Path, shape: Shape, jobs: int = 5) -> dict[str, list[str]]:
    """Every statement of jobs that are made, worked off, listed, shown, swept and deleted;
    with the lines of its plan on the database as it then is."""
    with _traced() as seen:
        app = open_app(folder, shape)
        _use(app, shape, jobs)
    connection = app.engine.read().connection
    plans = {statement: _plan(connection, statement, seen[statement]) for statement in sorted(seen)}
    app.close()
    return plans


def costly(plans: dict[str, list[str]]) -> dict[str, list[str]]:
    """Those whose cost grows with the rows of a table."""
    found = {
        statement: [line for line in lines if line.startswith(COSTLY)]
        for statement, lines in plans.items()
    }
    return {statement: lines for statement, lines in found.items() if lines}


@contextmanager
def _traced() -> Iterator[dict[str, Any]]:
    """The statements that connections opened meanwhile run, with values that they ran with.

    A plan may depend on them: an index of some rows serves a query for these.
    """
    seen: dict[str, Any] = {}

    def trace(_cursor: apsw.Cursor, statement: str, values: Any) -> bool:
        seen[" ".join(statement.split())] = values
        return True

    def watch(connection: apsw.Connection) -> None:
        connection.exec_trace = trace

    apsw.connection_hooks.append(watch)
    try:
        yield seen
    finally:
        apsw.connection_hooks.remove(watch)


def _use(app: EmbeddedApp, shape: Shape, jobs: int) -> None:
    """Do what hosts do, so that every statement of theirs is run."""
    ids = create(app, shape, jobs)
    app.jobs.set_status(LOCAL_CALLER, ids[0], JobStatus.PAUSED)
    app.jobs.set_status(LOCAL_CALLER, ids[0], JobStatus.PROCESSING)
    drain(app)
    page = app.jobs.history(LOCAL_CALLER, limit=2)
    app.jobs.history(LOCAL_CALLER, status=JobStatus.COMPLETED, limit=2)
    app.monitoring.progress(LOCAL_CALLER, page[0].id)
    app.events.events(limit=2)
    app.tasks.next_due()
    app.tasks.release_dead()
    app.queue.sweep()
    app.overdue()
    app.jobs.delete(LOCAL_CALLER, ids[0])


def _plan(connection: apsw.Connection, statement: str, values: Any) -> list[str]:
    if statement.split()[0].upper() in ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "CREATE"):
        return []
    rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
    return [str(row[3]) for row in rows]
