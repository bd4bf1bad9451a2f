"""Where a command's results go: a folder of the user's choice, in which nothing is overwritten."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import WorkflowError, invalid


@dataclass(frozen=True)
class Destination:
    """The folder `out`, or one named after the document `stem` in the working directory.

    With `force`, results that are there already are replaced.
    """

    out: Path | None
    stem: str
    force: bool = False

    def check(self) -> None:
        """Raise invalid-argument if results cannot go there, before any work is done."""
        if self.out is None:
            _require_writable(Path())
            return
        if self.out.exists() and not self.out.is_dir():
            raise invalid("--out", f"{self.out} is not a folder")
        _require_writable(self.out)
        if not self.force and self.out.exists() and any(self.out.iterdir()):
            raise _occupied(self.out)

    def write(self, contents: Mapping[str, bytes]) -> Path:
        """Write files, each complete or absent, and answer their folder.

        Raises invalid-argument if another process wrote there meanwhile, or the folder
        cannot be written.
        """
        try:
            folder = self._made()
            for name, content in contents.items():
                _place(folder / name, content, self.force)
        except OSError as error:
            raise _unusable(self.out or Path(), error) from error
        return folder

    def _made(self) -> Path:
        """The folder; one of our own name is always new, so that two commands never share it."""
        if self.out is not None:
            self.out.mkdir(parents=True, exist_ok=True)
            return self.out
        return next(folder for folder in self._names() if _is_new(folder))

    def _names(self) -> Iterator[Path]:
        yield Path(f"{self.stem}-cv")
        number = 2
        while True:
            yield Path(f"{self.stem}-cv-{number}")
            number += 1


def _is_new(folder: Path) -> bool:
    """Make `folder`; False if there is something of this name."""
    try:
        folder.mkdir()
    except FileExistsError:
        return False
    return True


def _place(target: Path, content: bytes, force: bool) -> None:
    """Write beside `target` and rename; the name is taken first, so that nobody's is lost."""
    if not force:
        try:
            target.touch(exist_ok=False)
        except FileExistsError:
            raise _occupied(target.parent) from None
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    beside.write_bytes(content)
    beside.replace(target)


def _require_writable(folder: Path) -> None:
    existing = folder.absolute()
    while not existing.exists():
        existing = existing.parent
    if not existing.is_dir():
        raise invalid("--out", f"{existing} is not a folder")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise invalid("--out", f"{existing} cannot be written")


def _occupied(folder: Path) -> WorkflowError:
    return invalid("--out", f"{folder} is not empty; choose another folder or add --force")


def _unusable(folder: Path, error: OSError) -> WorkflowError:
    return invalid("--out", f"{folder} cannot be written: {os.strerror(error.errno or 0)}")
