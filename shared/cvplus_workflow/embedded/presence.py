"""Who is alive: each worker process holds an OS lock that dies with it."""

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path

from .files import locked


class Presence:
    """This process's lock under `folder`, and the means to test others'."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        remove_stale_locks(folder)
        # Under the folder's lock: a file that is not locked yet looks stale to others.
        with locked(folder):
            lock = os.open(_path(folder, name), os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._lock: int | None = lock

    def dead(self, names: list[str]) -> list[str]:
        """Those of `names` that no living process holds."""
        others = [name for name in names if name != self.name]
        return [name for name in others if not _is_held(_path(self._folder, name))]

    def close(self) -> None:
        """Leave: the lock is released and its file removed; doing so twice is doing so once."""
        if self._lock is not None:
            _path(self._folder, self.name).unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = None


def living(folder: Path, names: Iterable[str]) -> set[str]:
    """Those of `names` that a living process holds in `folder`; changes nothing."""
    return {name for name in names if _is_held(_path(folder, name))}


def stale_locks(folder: Path) -> list[Path]:
    """The lock files in `folder` that dead processes left behind."""
    if not folder.is_dir():
        return []
    with locked(folder):
        return [path for path in sorted(folder.glob("*.lock")) if not _is_held(path)]


def remove_stale_locks(folder: Path) -> None:
    """Remove what dead processes left behind; tasks that they hold can be told without it."""
    if not folder.is_dir():
        return
    with locked(folder):
        for path in folder.glob("*.lock"):
            if not _is_held(path):
                path.unlink(missing_ok=True)


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}.lock"


def _is_held(path: Path) -> bool:
    try:
        lock = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        # Shared, so that two processes which look at once do not take each other for the owner.
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False
