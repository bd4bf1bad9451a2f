"""Automation: what time alone brings about."""

import logging
from typing import TYPE_CHECKING

from edge import schedule

if TYPE_CHECKING:
    from cvplus_workflow.app import App

log = logging.getLogger("cvplus_workflow")

BATCH, BATCHES = 100, 20
"""Jobs repaired at a time, and how often in a row; what is left is for the next minute."""


def _sweep(app: "App") -> None:
    for _ in range(BATCHES):
        if app.queue.sweep(BATCH) < BATCH:
            return


def _tick(app: "App") -> None:
    """Watch the sweep: an alert on this line tells that jobs wait for it in vain."""
    overdue = app.overdue()
    if overdue:
        log.error("%d jobs are overdue: the sweep does not keep up", overdue)


sweep = schedule("sweep", "every 1 minutes", _sweep)
tick = schedule("tick", "every 5 minutes", _tick)
