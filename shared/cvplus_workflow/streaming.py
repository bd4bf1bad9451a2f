"""A job's progress as server-sent events (HTML Living Standard, section 9.2).

Each event carries the whole progress, so nothing is lost by missing one. Its id is the
time of the job's last write in microseconds: a listener that comes back with the last id
that it saw gets the next event when there is something new.
"""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from .app import App, Caller
from .errors import WorkflowError

log = logging.getLogger("cvplus_workflow")

ENDED = ("completed", "failed", "cancelled")
"""Statuses after which a stream ends."""

QUIET_SECONDS = 15.0
"""After so long without an event a comment is sent, so that proxies keep the line open."""

Pause = Callable[[float], bool]
"""Waits so many seconds; True if the stream must end now."""


def progress_events(
    app: App, caller: Caller, job_id: str, last_id: str, pause: Pause, every_s: float
) -> Iterator[bytes]:
    """Events until the job has ended or `pause` says so, read anew `every_s` seconds.

    Call `next` once before answering: not-found and invalid arguments are raised there.
    Later errors end the stream: whoever comes back with the last id is told.
    """
    progress, quiet = _progress(app, caller, job_id), 0.0
    while True:
        event_id = _id(progress)
        if event_id != last_id:
            last_id, quiet = event_id, 0.0
            yield _event("progress", event_id, progress)
        if progress["status"] in ENDED:
            yield _event("end", event_id, {"status": progress["status"]})
            return
        if quiet == 0.0 or quiet >= QUIET_SECONDS:
            quiet = 0.0
            yield b": waiting\n\n"
        if pause(every_s):
            return
        quiet += every_s
        try:
            progress = _progress(app, caller, job_id)
        except WorkflowError as error:
            log.warning("a stream ended: %s", error.reason)
            return


def _progress(app: App, caller: Caller, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = app.call("getJobProgress", caller, {"jobId": job_id})
    return found


def _id(progress: dict[str, Any]) -> str:
    time = datetime.fromisoformat(progress["updatedAt"])
    return str(int(time.timestamp() * 1_000_000))


def _event(kind: str, event_id: str, data: dict[str, Any]) -> bytes:
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"id: {event_id}\nevent: {kind}\ndata: {body}\n\n".encode()
