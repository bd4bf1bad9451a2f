"""The soak's site on emulators: the deployed functions in a process of their own."""

import base64
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError

from benchmarks.embedded_load.machine import descendants
from benchmarks.embedded_load.real_cvs import RealCv
from tests.functions.cloud import Cloud
from tests.functions.web import RICHARD

from cvplus_workflow.domain.change import Query
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.emulate import HOST_MODULE, Stack

from .mix import BROKEN, Kind, free_features

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = "functions"
TRIES = 20
"""How often a call is tried whose process was killed; a person's browser does the same."""

_FAR = datetime(9999, 1, 1, tzinfo=UTC)


class EmulatedSite:
    """Makes jobs over HTTP; kills the functions process. A light job has no features.

    There is one functions process, so it is killed in the first half alone: the memory
    over the second half is that of one life.
    """

    watched = FUNCTIONS
    kills_to_the_end = False

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._output = (folder / "functions.log").open("wb")
        self._stack = Stack(ROOT, "demo-soak", output=self._output)
        self._stack.start()
        self._cloud = Cloud(self._stack, folder / "functions.log")

    def create(self, kind: Kind, key: str, cv: RealCv) -> str:
        """Make a job and answer its id."""
        light = RealCv(RICHARD.name, RICHARD.read_bytes())
        document = {Kind.LIGHT: light, Kind.BROKEN: BROKEN}.get(kind, cv)
        data: dict[str, object] = {
            "content": base64.b64encode(document.content).decode(),
            "fileName": document.file_name,
            "features": [] if kind is Kind.LIGHT else free_features(),
            "key": key,
        }
        return str(self._call("createJob", data)["id"])

    def cancel(self, job_id: str) -> None:
        """Cancel a job, or fail to because it has ended."""
        self._call("cancelJob", {"jobId": job_id})

    def kill(self) -> None:
        """Kill the functions process with SIGKILL, and start another."""
        self._stack.kill_functions()
        self._stack.start_functions()

    def processes(self) -> dict[str, int]:
        """What to sample, by name; the emulators and this process hold what is stored."""
        found = {"soak and stand-ins": os.getpid()}
        for process in descendants(os.getpid()):
            words = _command(process)
            if HOST_MODULE.lower() in words:
                found[FUNCTIONS] = process
            elif words.partition(" ")[0].endswith("java"):
                found["Firestore emulator" if "firestore" in words else "Pub/Sub"] = process
        return found

    def unfinished(self, limit: int) -> int:
        """How many jobs have something left to do, at most `limit`."""
        query = Query("jobs", order_by="run.deadline", until=_FAR, limit=limit)
        return len(self._cloud.store.query(query, Job))

    def job(self, job_id: str) -> Job:
        """A job as it is stored."""
        return self._cloud.job(job_id)

    def end_events(self) -> list[str] | None:
        """Unknown: Pub/Sub delivers at least once, so a second one would tell nothing."""
        return None

    def disk_mb(self) -> float:
        """Nothing: the emulators keep everything in memory."""
        return 0.0

    def close(self) -> None:
        """End everything."""
        self._cloud.close()
        self._stack.stop()
        self._output.close()

    def _call(self, name: str, data: dict[str, object]) -> Any:
        for _ in range(TRIES):
            try:
                reply = self._cloud.call(name, data)
            except (URLError, OSError, ValueError):
                time.sleep(0.5)
                continue
            if reply.http == 200:
                return reply.result
            if reply.status == "FAILED_PRECONDITION":
                return {}
            print(f"{name}: {reply.status} {reply.message}", file=sys.stderr)
            time.sleep(0.5)
        raise SystemExit(f"{name} was refused {TRIES} times.")


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode().lower()
    except (FileNotFoundError, ProcessLookupError):
        return ""
