"""Files on the local disk: private, durable before they are named."""

import errno
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..domain.documents import StoredFile, stored_file
from ..domain.sources import Fetched
from ..errors import Code, StorageError, WorkflowError

UNFINISHED = ".unfinished-"
"""How the names of files begin that are still being written, or were when a process died."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class LocalFiles:
    """Content under `root/content/{folder}/{hash}`, copies under `root/published/`."""

    def __init__(self, root: Path) -> None:
        self._content = root / "content"
        self._published = root / "published"
        for folder in (self._content, self._published):
            _make_private(folder)

    def put(self, folder: str, content: bytes, media_type: str) -> StoredFile:
        """See `ports.Files`."""
        file = stored_file(content, media_type)
        target = _inside(self._content, folder) / file.hash
        if not _touched(target):
            write_durably(target, content)
        return file

    def get(self, folder: str, file: StoredFile) -> bytes:
        """See `ports.Files`."""
        path = _inside(_inside(self._content, folder), file.hash)
        return require_whole(_read(path), file)

    def publish(self, path: str, folder: str, file: StoredFile, generation: int) -> None:
        """See `ports.Files`."""
        target = _inside(self._published, path)
        mark = target.with_name(f".{target.name}.generation")
        with _file_errors("written"):
            _make_private(target.parent)
            with locked(target.parent):
                if _generation(mark) > generation:
                    return
                content = self.get(folder, file)
                # The mark first: after a crash between the two nothing older may pass.
                write_durably(mark, str(generation).encode())
                write_durably(target, content)

    def published(self, path: str) -> bytes:
        """See `ports.Files`."""
        return _read(_inside(self._published, path))

    def unpublish(self, path: str) -> None:
        """See `ports.Files`."""
        target = _inside(self._published, path)
        if not target.parent.is_dir():
            return
        with _file_errors("removed"), locked(target.parent):
            for name in (target.name, f".{target.name}.generation"):
                target.with_name(name).unlink(missing_ok=True)

    def delete_folder(self, folder: str) -> None:
        """See `ports.Files`."""
        target = _inside(self._content, folder)
        with _file_errors("removed"):
            if target.exists():
                shutil.rmtree(target)

    def uploaded(self, bucket: str, path: str, limit: int) -> Fetched:
        """See `ports.Files`; nobody uploads to the local disk."""
        raise WorkflowError(
            Code.FAILED_PRECONDITION,
            "there are no uploads in this installation; send the document itself",
            reason="no-uploads",
        )


def require_inside(path: str) -> None:
    """Raise invalid-argument for a relative path that may lead out of its folder."""
    if "\0" in path or not {"", ".", ".."}.isdisjoint(path.split("/")):
        raise WorkflowError(Code.INVALID_ARGUMENT, "The path leaves its folder.", reason="bad-path")


def require_whole(content: bytes, file: StoredFile) -> bytes:
    """`content`; raises data-loss if it is not what `file` names."""
    if hashlib.sha256(content).hexdigest() != file.hash:
        raise WorkflowError(Code.DATA_LOSS, f"File {file.hash} is damaged.", reason="file-damaged")
    return content


def _inside(root: Path, path: str) -> Path:
    require_inside(path)
    return root / path


def _read(path: Path) -> bytes:
    with _file_errors("read"):
        try:
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise WorkflowError(
                Code.NOT_FOUND, f"There is no file {path.name}.", reason="file-not-found"
            ) from None


def _touched(target: Path) -> bool:
    """Whether `target` is there; if so its time is now, so that it does not look left behind."""
    try:
        os.utime(target)
    except OSError:
        return False
    return True


def _generation(mark: Path) -> int:
    """The generation that `mark` tells; 0 if there is none, or none that can be read."""
    text = mark.read_text(errors="replace") if mark.exists() else ""
    return int(text) if text.isdecimal() else 0


def write_durably(target: Path, content: bytes) -> None:
    """Write beside, sync, rename, sync the folder: complete or absent, even after a crash.

    Raises `StorageError`, resource-exhausted where there is no space.
    """
    with _file_errors("written"):
        _make_private(target.parent)
        _replace(target, content)
        _sync(target.parent)


@contextmanager
def _file_errors(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in _FULL
        raise StorageError(
            Code.RESOURCE_EXHAUSTED if full else Code.UNAVAILABLE,
            f"A file cannot be {what}: {os.strerror(error.errno or 0)}.",
            reason="disk-full" if full else f"file-not-{what}",
        ) from error


def _replace(target: Path, content: bytes) -> None:
    folder = target.parent
    with tempfile.NamedTemporaryFile(dir=folder, prefix=UNFINISHED, delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(target)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise


def _make_private(folder: Path) -> None:
    """Make `folder` and what is missing above it, all for their owner alone."""
    if not folder.is_dir():
        _make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold `folder` against every other process that asks for it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
