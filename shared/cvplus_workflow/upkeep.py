"""Looking after a data folder: what is left to repair, backing up, restoring."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from msgspec import Struct

from .app import DATABASE, SIGNING_KEY, EmbeddedApp
from .domain.change import EffectKind, Query
from .domain.documents import Job
from .embedded import leftovers
from .embedded.backup import copy_data
from .embedded.engine import Engine, require_database
from .embedded.presence import remove_stale_locks, stale_locks
from .embedded.store import SqliteStore
from .embedded.system import SystemClock
from .errors import Code, WorkflowError
from .ports import Clock
from .settings import Settings

MOST_JOBS = 10_000
"""Jobs with unfinished business that one look considers."""


_FAR = datetime(9999, 1, 1, tzinfo=UTC)


class Finding(Struct, frozen=True):
    """Something that may be repaired: how many of what, and how many were left afterwards."""

    count: int
    what: str
    done: str
    left: int | None = None

    def told(self) -> str:
        """One line: what was found, and what was or would be done."""
        found = f"{self.what}: {self.count} found"
        if self.left is None:
            return f"{found}; `doctor --repair` gets them {self.done}"
        rest = f", {self.left} left" if self.left else ""
        return f"{found}, {self.done}{rest}"


class _Repair(Struct, frozen=True):
    what: str
    done: str
    find: Callable[[], int]
    repair: Callable[[EmbeddedApp], object]


def findings(settings: Settings, *, repair: bool, clock: Clock | None = None) -> list[Finding]:
    """What is to be repaired in the data folder; with `repair`, it is.

    Raises what the database raises. A folder without a database has nothing to repair.
    """
    folder, clock = settings.data, clock or SystemClock()
    if (folder / SIGNING_KEY).exists():
        require_database(folder / DATABASE)
    if not (folder / DATABASE).exists():
        return []
    engine = Engine(folder / DATABASE, clock)
    try:
        todo = [(item, item.find()) for item in _repairs(folder, engine, clock.now())]
        found = [(item, count) for item, count in todo if count]
        if not repair:
            return [Finding(count, item.what, item.done) for item, count in found]
        _do([item for item, _ in found], settings, clock)
        return [Finding(count, item.what, item.done, item.find()) for item, count in found]
    finally:
        engine.close()


def back_up(settings: Settings, target: Path) -> int:
    """Copy the data folder to `target`, absent or empty, while workers may go on.

    Answers the number of files. Raises not-found without a data folder, data-loss for a
    damaged one.
    """
    if not settings.data.is_dir():
        raise WorkflowError(Code.NOT_FOUND, f"There is no data folder {settings.data}.")
    return copy_data(settings.data, target, database=DATABASE, key=SIGNING_KEY)


def restore(settings: Settings, source: Path) -> int:
    """Copy the backup `source` to the data folder, which must be absent or empty.

    Answers the number of files. Raises not-found if `source` holds no backup, data-loss
    for a damaged one.
    """
    if not (source / DATABASE).is_file():
        raise WorkflowError(Code.NOT_FOUND, f"There is no backup in {source}.")
    return copy_data(source, settings.data, database=DATABASE, key=SIGNING_KEY)


def _do(repairs: list[_Repair], settings: Settings, clock: Clock) -> None:
    if repairs:
        app = EmbeddedApp(settings, clock=clock)
        try:
            for item in repairs:
                item.repair(app)
        finally:
            app.close()


def _repairs(folder: Path, engine: Engine, now: datetime) -> list[_Repair]:
    """All that can be repaired, in this order."""
    store = SqliteStore(engine)
    return [*_database_repairs(folder, engine, store, now), *_file_repairs(folder, store, now)]


def _database_repairs(
    folder: Path, engine: Engine, store: SqliteStore, now: datetime
) -> list[_Repair]:
    return [
        _Repair(
            "tasks held by workers that died",
            "released",
            lambda: len(leftovers.held_by_dead(folder, engine)),
            lambda app: app.tasks.release_dead(),
        ),
        _Repair(
            "jobs past their deadline",
            "swept",
            lambda: len(_unfinished(store, now)),
            lambda app: app.queue.sweep(MOST_JOBS),
        ),
        _Repair(
            "jobs with effects that were not relayed",
            "relayed",
            lambda: len(_unrelayed(engine, store)),
            lambda app: app.queue.recover(),
        ),
        _Repair(
            "tasks of jobs that do not exist",
            "removed",
            lambda: len(leftovers.ownerless_tasks(engine)),
            lambda app: app.tasks.cancel(leftovers.ownerless_tasks(engine)),
        ),
        _Repair(
            "contents that no job has owned for a day",
            "removed",
            lambda: leftovers.unowned_contents(engine, now),
            lambda app: leftovers.remove_unowned_contents(app.engine, now),
        ),
    ]


def _unfinished(store: SqliteStore, until: datetime) -> list[Job]:
    query = Query("jobs", order_by="run.deadline", until=until, limit=MOST_JOBS)
    return store.query(query, Job)


def _unrelayed(engine: Engine, store: SqliteStore) -> list[Job]:
    """Jobs with an effect in their outbox; a dispatch stays there while its task is queued."""
    queued = leftovers.queued_tasks(engine)
    return [
        job
        for job in _unfinished(store, _FAR)
        if any(e.kind is not EffectKind.DISPATCH or e.name not in queued for e in job.run.effects)
    ]


def _file_repairs(folder: Path, store: SqliteStore, now: datetime) -> list[_Repair]:
    unfinished = partial(leftovers.unfinished_files, folder, now)
    unowned = partial(leftovers.unowned_content, folder, store, now)
    exposed = partial(leftovers.open_to_others, folder)
    workers = folder / "workers"
    return [
        _Repair(
            "lock files of workers that died",
            "removed",
            lambda: len(stale_locks(workers)),
            lambda _: remove_stale_locks(workers),
        ),
        _Repair(
            "unfinished files",
            "removed",
            lambda: len(unfinished()),
            lambda _: leftovers.remove_files(unfinished()),
        ),
        _Repair(
            "folders of content that no job has owned for a day",
            "removed",
            lambda: len(unowned()),
            lambda app: leftovers.remove_unowned(unowned(), app.store, now),
        ),
        _Repair(
            "files and folders open to others",
            "closed",
            lambda: len(exposed()),
            lambda _: leftovers.make_private(exposed()),
        ),
    ]
