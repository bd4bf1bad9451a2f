"""Copies of a whole data folder, consistent while others work in it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from ..errors import Code, StorageError, WorkflowError, invalid
from .engine import DAMAGED, SCHEMA_VERSION, require_database, storage_errors
from .files import UNFINISHED, write_durably


def copy_data(source: Path, target: Path, *, database: str, key: str) -> int:
    """Copy the data folder `source` to `target`, which must be absent or empty.

    The database goes first, by SQLite's online backup, which sees one moment of it and
    lets others go on. The files come after it: content never changes and is written
    before the commit that names it, so whatever the copied database names is there.
    Answers the number of files. Raises invalid-argument for a `target` in use, data-loss
    for a damaged `source`; `target` appears complete or not at all.
    """
    require_database(source / database)
    with _appearing(target) as partial:
        _copy_database(source / database, partial / database)
        names = [Path(key), *_contents(source)]
        copied = [_copy_file(source / name, partial / name) for name in names]
    return sum(copied)


@contextmanager
def _appearing(target: Path) -> Iterator[Path]:
    """A folder beside `target` that takes its name at the end, or goes."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise invalid("folder", f"{target} is not empty; choose another one")
    partial = target.with_name(f".{target.name}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        yield partial
        partial.replace(target)
    except OSError as error:
        raise invalid("folder", f"{target} cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _copy_database(source: Path, target: Path) -> None:
    target.touch(mode=0o600)
    with storage_errors():
        origin = apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READWRITE)
        copy = apsw.Connection(str(target))
        try:
            with copy.backup("main", origin, "main") as backup:
                backup.step(-1)
            # One file, that can be read from wherever it is kept.
            copy.pragma("journal_mode", "delete")
            require_sound(copy)
        finally:
            copy.close()
            origin.close()


def require_sound(connection: apsw.Connection) -> None:
    """Raise data-loss for a damaged database, failed-precondition for one of a newer version."""
    with storage_errors():
        finding = connection.execute("PRAGMA quick_check(1)").fetchall()
        version = connection.pragma("user_version")
    if finding != [("ok",)] or not version:
        raise StorageError(Code.DATA_LOSS, DAMAGED, reason="database-damaged")
    if version > SCHEMA_VERSION:
        raise WorkflowError(
            Code.FAILED_PRECONDITION,
            f"The data folder was written by a newer version (schema {version}).",
            reason="newer-schema",
        )


def _contents(folder: Path) -> Iterator[Path]:
    """The finished files below `folder`, as relative paths."""
    for path in sorted((folder / "files").rglob("*")):
        if path.is_file() and not path.name.startswith(UNFINISHED):
            yield path.relative_to(folder)


def _copy_file(source: Path, target: Path) -> bool:
    """Copy durably; False if `source` is gone: its job was deleted meanwhile."""
    try:
        content = source.read_bytes()
    except FileNotFoundError:
        return False
    write_durably(target, content)
    return True
