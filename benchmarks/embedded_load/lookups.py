"""What an installation does beside steps, timed: opening, listing, showing, sweeping."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from cvplus_workflow.app import LOCAL_CALLER
from cvplus_workflow.embedded.system import SystemClock
from cvplus_workflow.services.estimates import StepEstimates
from cvplus_workflow.worker import recover

from .synthetic import Shape, open_app

TRIES = 9


def measure_lookups(folder: Path, shape: Shape) -> dict[str, float]:
    """Milliseconds, the median of some tries, and the size of the database in MB.

    `start_ms` is opening the folder and taking over what was left behind, as a worker
    does; `estimates_ms` is reading how long steps took of late, done once a minute.
    """
    begin = time.perf_counter()
    app = open_app(folder, shape)
    recover(app)
    start_ms = (time.perf_counter() - begin) * 1000
    newest = app.jobs.history(LOCAL_CALLER, limit=1)[0].id
    figures = {
        "start_ms": round(start_ms, 3),
        "listing_ms": _median_ms(lambda: app.jobs.history(LOCAL_CALLER, limit=20)),
        "progress_ms": _median_ms(lambda: app.monitoring.progress(LOCAL_CALLER, newest)),
        "sweep_ms": _median_ms(app.queue.sweep),
        "estimates_ms": _median_ms(
            lambda: StepEstimates(app.store, SystemClock()).measured(LOCAL_CALLER.tenant)
        ),
        "database_mb": round(sum(p.stat().st_size for p in folder.glob("workflow.db*")) / 1e6, 1),
    }
    app.close()
    return figures


def _median_ms(action: Callable[[], object]) -> float:
    seconds = []
    for _ in range(TRIES):
        begin = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - begin)
    return round(statistics.median(seconds) * 1000, 3)
