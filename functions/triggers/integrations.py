"""Integrations: messages from CVPlus services, and events of jobs."""

import logging
from typing import Any

from edge import SIGNING_KEY, started_app, subscription

log = logging.getLogger("cvplus_workflow")

CALLBACKS = "cvplus-service-callbacks"
"""Where services answer by message: the request of `updateFeatureStatus`, with its callback."""

JOB_EVENTS = "cvplus-job-events"
"""Where events of jobs are published."""


def _take_callback(content: dict[str, Any]) -> None:
    started_app().take_callback(content)


def _log_event(content: dict[str, Any]) -> None:
    """An event of a job as a line of the log, for metrics and alerts; the key tells a repeat."""
    log.info("event %s of run %s", content.get("name"), content.get("key"))


on_service_callback = subscription(
    "onServiceCallback", CALLBACKS, _take_callback, secrets=[SIGNING_KEY]
)
on_job_event = subscription("onJobEvent", JOB_EVENTS, _log_event)
