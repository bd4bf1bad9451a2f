"""Topics of the Pub/Sub emulator that push to functions, as a deployment makes them."""

from collections.abc import Mapping

from google.pubsub_v1 import SubscriberClient
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport
from google.pubsub_v1.types import PushConfig

from .clients import PUBSUB, publisher_client

ACK_SECONDS = 60
"""How long a push may take before it comes again."""


def push_topics(host: str, project: str, pushes: Mapping[str, str]) -> None:
    """Make topics on the emulator at `host`; messages of each are pushed to its address."""
    import grpc

    publisher = publisher_client({PUBSUB: host})
    channel = grpc.insecure_channel(host)
    subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
    for topic, url in pushes.items():
        name = f"projects/{project}/topics/{topic}"
        publisher.create_topic(name=name)
        subscriber.create_subscription(
            name=f"projects/{project}/subscriptions/{topic}-push",
            topic=name,
            push_config=PushConfig(push_endpoint=url),
            ack_deadline_seconds=ACK_SECONDS,
        )
    channel.close()
