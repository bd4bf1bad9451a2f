"""The Publisher on Pub/Sub."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from google.pubsub_v1.types import PubsubMessage

from ..ports import Event
from .rpc import TIMEOUT_S, service_errors
from .tally import Tally

if TYPE_CHECKING:
    from google.pubsub_v1 import PublisherClient

TOPIC = "cvplus-job-events"
"""Where events of jobs are published."""


LEAST_VOLUME = 1_000
"""Bytes that a request is billed for at least."""


class PubSubPublisher:
    """Events as JSON; the key, an attribute, tells receivers a repeat. Safe for threads.

    Pub/Sub itself does not know keys, so whoever listens keeps an inbox of them.
    """

    def __init__(self, client: "PublisherClient", project: str, topic: str = TOPIC) -> None:
        self._tally = Tally()
        self._client = client
        self._topic = f"projects/{project}/topics/{topic}"

    @property
    def publishes(self) -> int:
        """Events published until now."""
        return self._tally.of("events")

    @property
    def volume(self) -> int:
        """Bytes that publishing them is billed for."""
        return self._tally.of("volume")

    def publish(self, events: Sequence[Event]) -> None:
        """See `ports.Publisher`."""
        if not events:
            return
        with service_errors("Pub/Sub"):
            messages = [_message(event) for event in events]
            self._client.publish(topic=self._topic, messages=messages, timeout=TIMEOUT_S)
        size = sum(map(_size, messages))
        self._tally.add(events=len(events), volume=max(LEAST_VOLUME, size))


def _message(event: Event) -> PubsubMessage:
    attributes = {"key": event.key, "name": event.name, "tenant": event.tenant}
    return PubsubMessage(data=msgspec.json.encode(event), attributes=attributes)


def _size(message: PubsubMessage) -> int:
    """Bytes of a message, without the time and the id that the service adds."""
    attributes = sum(len(name) + len(value) for name, value in message.attributes.items())
    return len(message.data) + attributes


def event_of(data: bytes) -> Event:
    """The event that a message carries; raises `msgspec.MsgspecError` if it carries none."""
    return msgspec.json.decode(data, type=Event)
