"""What the machine tells: memory of processes, commits, the file system below a folder."""

import os
import tempfile
import time
from pathlib import Path

import apsw

IN_MEMORY = frozenset({"tmpfs", "ramfs"})
"""File systems that no commit reaches a disk on."""


class Commits:
    """Counts the write transactions that connections opened from now on commit."""

    def __init__(self) -> None:
        self.count = 0
        apsw.connection_hooks.append(self._watch)

    def _watch(self, connection: apsw.Connection) -> None:
        connection.set_commit_hook(self._counted)

    def _counted(self) -> bool:
        self.count += 1
        return False


def file_system(folder: Path) -> str:
    """The type of the file system below `folder`, as proc(5) names it in /proc/mounts."""
    path, best, kind = folder.resolve(), -1, "unknown"
    for line in Path("/proc/mounts").read_text().splitlines():
        _, point, found, *_ = line.split()
        if path.is_relative_to(point) and len(point) >= best:
            best, kind = len(point), found
    return kind


def disk_folder() -> Path:
    """A folder for temporary data on a real disk; the system's own one may lie in memory."""
    for folder in (Path(tempfile.gettempdir()), Path("/var/tmp"), Path.cwd()):
        if folder.is_dir() and file_system(folder) not in IN_MEMORY:
            return folder
    raise SystemExit("There is no folder on a disk for the data; name one with --folder.")


def sync_ms(folder: Path, syncs: int = 50) -> float:
    """How long one sync of 4 KiB that were written anew takes below `folder`; the median, ms.

    Disks differ by a hundred times, and shared ones by that much from minute to minute.
    """
    with tempfile.TemporaryFile(dir=folder) as file:
        taken = sorted(_sync_s(file.fileno()) for _ in range(syncs))
    return round(taken[syncs // 2] * 1000, 3)


def _sync_s(file: int) -> float:
    os.pwrite(file, bytes(4096), 0)
    begin = time.perf_counter()
    os.fsync(file)
    return time.perf_counter() - begin


def peak_rss_mb(process: int | None = None) -> float:
    """The most memory that a process has had resident so far, in MB of 10^6 bytes.

    VmHWM of proc(5); unlike getrusage(2) it does not begin with that of the parent.
    """
    return _status_mb("VmHWM", process or os.getpid())


def rss_mb(process: int) -> float:
    """The memory that a process has resident now, in MB."""
    return _status_mb("VmRSS", process)


def _status_mb(name: str, process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return round(int(line.split()[1]) * 1024 / 1e6, 1)
    return 0.0


def descendants(process: int) -> list[int]:
    """The processes below `process`, at any depth."""
    found, pending = list[int](), [process]
    while pending:
        for task in Path(f"/proc/{pending.pop()}/task").glob("*/children"):
            try:
                children = [int(child) for child in task.read_text().split()]
            except (FileNotFoundError, ProcessLookupError):
                continue
            found += children
            pending += children
    return found
