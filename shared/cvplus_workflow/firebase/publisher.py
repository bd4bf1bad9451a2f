"""The Publisher on Pub/Sub."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from google.pubsub_v1.types import PubsubMessage

from ..ports import Event
from .rpc import TIMEOUT_S, service_errors

if TYPE_CHECKING:
    from google.pubsub_v1 import PublisherClient

TOPIC = "cvplus-job-events"
"""Where events of jobs are published."""


class PubSubPublisher:
    """Events as JSON; the key, an attribute, tells receivers a repeat.

    Pub/Sub itself does not know keys, so whoever listens keeps an inbox of them.
    """

    def __init__(self, client: "PublisherClient", project: str, topic: str = TOPIC) -> None:
        self.publishes = 0
        self._client = client
        self._topic = f"projects/{project}/topics/{topic}"

    def publish(self, events: Sequence[Event]) -> None:
        """See `ports.Publisher`."""
        if not events:
            return
        with service_errors("Pub/Sub"):
            messages = [_message(event) for event in events]
            self._client.publish(topic=self._topic, messages=messages, timeout=TIMEOUT_S)
        self.publishes += len(events)


def _message(event: Event) -> PubsubMessage:
    attributes = {"key": event.key, "name": event.name, "tenant": event.tenant}
    return PubsubMessage(data=msgspec.json.encode(event), attributes=attributes)


def event_of(data: bytes) -> Event:
    """The event that a message carries; raises `msgspec.MsgspecError` if it carries none."""
    return msgspec.json.decode(data, type=Event)
