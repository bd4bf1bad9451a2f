"""Who is alive: each worker process holds an OS lock that dies with it."""

import fcntl
import os
from pathlib import Path


class Presence:
    """This process's lock under `folder`, and the means to test others'."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self._path(name), os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._lock: int | None = lock

    def dead(self, names: list[str]) -> list[str]:
        """Those of `names` that no living process holds."""
        return [name for name in names if name != self.name and not self._held(name)]

    def close(self) -> None:
        """Leave: the lock is released and its file removed; doing so twice is doing so once."""
        if self._lock is not None:
            self._path(self.name).unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = None

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.lock"

    def _held(self, name: str) -> bool:
        try:
            lock = os.open(self._path(name), os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        self._path(name).unlink(missing_ok=True)
        return False
