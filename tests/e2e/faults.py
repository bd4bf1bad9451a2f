"""Commands on a data folder of their own, for the tests of real faults and of repair."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.settings import Settings
from cvplus_workflow.worker import drain

PATIENCE_S = 120.0
CV = Path(__file__).parents[2] / "examples/jane/resume.md"
SMALL = b"# Ada Byron\n\n## Skills\n\nEngines, Notes\n"
COMMAND = [sys.executable, "-m", "cvplus_workflow"]


class Folder:
    """A data folder, with the commands and the system on it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.data = place / "data"
        self.settings = Settings(data=self.data)
        self.database = self.data / "workflow.db"

    def start(self, *words: str | Path, **options: Any) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*COMMAND, *map(str, words)],
            cwd=self.place,
            env={**os.environ, "CVPLUS_DATA": str(self.data), "COLUMNS": "200"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def give(self, *words: str | Path, code: int = 0, **options: Any) -> str:
        """Give a command that must end with `code`, without a traceback; answers its output."""
        process = self.start(*words, **options)
        out, errors = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == code, out + errors
        assert "Traceback" not in out + errors
        return out + errors

    @contextmanager
    def app(self, **ports: Any) -> Iterator[EmbeddedApp]:
        app = EmbeddedApp(self.settings, **ports)
        try:
            yield app
        finally:
            app.close()

    def add(self, content: bytes = SMALL, features: list[str] | None = None) -> str:
        """A job that nobody works on yet."""
        with self.app() as app:
            return app.jobs.create(
                LOCAL_CALLER, content=content, file_name="cv.md", features=features or []
            ).id

    def drain(self) -> None:
        with self.app() as app:
            drain(app)

    def jobs(self) -> list[Job]:
        with self.app() as app:
            return app.jobs.history(LOCAL_CALLER, limit=100)


def until(holds: Callable[[], bool], seconds: float = PATIENCE_S) -> bool:
    """Whether `holds` comes true in time, however long each look takes."""
    pause, end = threading.Event(), time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        pause.wait(0.01)
    return True


def gone(process: int) -> bool:
    """Whether a process, a child of somebody else, is no more, or waits to be reaped."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"
