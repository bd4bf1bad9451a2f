"""What crashes and deletions may leave in a data folder: found, and removed on demand."""

import shutil
import stat
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw

from ..domain.documents import job_ref
from .engine import Engine, storage_errors
from .files import UNFINISHED
from .presence import living
from .store import SqliteStore
from .times import microseconds

UNFINISHED_AFTER = timedelta(hours=1)
"""A file that is still being written is younger."""

UNOWNED_AFTER = timedelta(days=1)
"""Content is stored before the commit of its job, which comes within seconds, or never."""

_HELD = "SELECT name, holder FROM tasks WHERE holder IS NOT NULL"
_OWNERLESS = """SELECT name FROM tasks WHERE holder IS NULL AND NOT EXISTS
    (SELECT 1 FROM documents
        WHERE path = 'jobs/' || json_extract(CAST(tasks.body AS TEXT), '$.job_id'))"""

_UNOWNED = """FROM contents WHERE stored_at < ? AND NOT EXISTS
    (SELECT 1 FROM documents WHERE path = 'jobs/' || contents.folder)"""

_ASIDE = ".unowned-"


def held_by_dead(folder: Path, engine: Engine) -> list[str]:
    """The tasks that workers hold which do not live any more."""
    with storage_errors():
        held = [(str(name), str(holder)) for name, holder in engine.read().execute(_HELD)]
    alive = living(folder / "workers", {holder for _, holder in held})
    return [name for name, holder in held if holder not in alive]


def queued_tasks(engine: Engine) -> set[str]:
    """All tasks that are queued or held."""
    with storage_errors():
        return {str(name) for (name,) in engine.read().execute("SELECT name FROM tasks")}


def ownerless_tasks(engine: Engine) -> list[str]:
    """The tasks of jobs that do not exist any more."""
    with storage_errors():
        return [str(name) for (name,) in engine.read().execute(_OWNERLESS)]


def unfinished_files(folder: Path, now: datetime) -> list[Path]:
    """Files whose writer died before it gave them their name."""
    limit = now - UNFINISHED_AFTER
    files = [*(folder / "files").rglob(f"{UNFINISHED}*"), *folder.glob(".signing.key.*")]
    return [path for path in files if path.is_file() and _written(path) < limit]


def remove_files(paths: Iterable[Path]) -> None:
    """Remove `paths`, whether or not they are still there."""
    for path in paths:
        path.unlink(missing_ok=True)


def unowned_content(folder: Path, store: SqliteStore, now: datetime) -> list[Path]:
    """Content folders, untouched for a day, of jobs that were never accepted or are deleted."""
    limit = now - UNOWNED_AFTER
    owners = sorted(_folders(folder / "files/content"))
    old = [owner for owner in owners if _last_written(owner) < limit]
    return [owner for owner in old if store.get(job_ref(owner.name)) is None]


def unowned_contents(engine: Engine, now: datetime) -> int:
    """How many small contents in the database are a day old and belong to no job."""
    with storage_errors():
        rows = engine.read().execute(f"SELECT 1 {_UNOWNED}", (microseconds(now - UNOWNED_AFTER),))
        return len(rows.fetchall())


def remove_unowned_contents(engine: Engine, now: datetime) -> None:
    """Remove them; a job takes none into use within the one commit."""

    def work(cursor: apsw.Cursor, _now: datetime) -> None:
        cursor.execute(f"DELETE {_UNOWNED}", (microseconds(now - UNOWNED_AFTER),))

    engine.submit([work])


def remove_unowned(paths: Iterable[Path], store: SqliteStore, now: datetime) -> None:
    """Remove content folders, unless a job takes one into use at this very moment.

    Each is moved aside first: whoever stores content there afterwards writes it anew, and
    what was touched or named before that moves back.
    """
    for path in paths:
        aside = path.with_name(f"{_ASIDE}{path.name.removeprefix(_ASIDE)}")
        path.rename(aside)
        used = store.get(job_ref(path.name)) is not None
        if (used or _last_written(aside) >= now - UNOWNED_AFTER) and not path.exists():
            aside.rename(path)
        else:
            shutil.rmtree(aside)


def open_to_others(folder: Path) -> list[Path]:
    """Files and folders of the data folder that others than its owner may use."""
    paths = [folder, *folder.rglob("*")]
    return [path for path in paths if not path.is_symlink() and _mode(path) & 0o077]


def make_private(paths: Iterable[Path]) -> None:
    """Take from `paths` all permissions of others."""
    for path in paths:
        path.chmod(0o700 if path.is_dir() else 0o600)


def _folders(parent: Path) -> Iterator[Path]:
    return (path for path in parent.glob("*") if path.is_dir())


def _last_written(folder: Path) -> datetime:
    return max(_written(path) for path in (folder, *folder.rglob("*")))


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return 0
