"""Google's clients, made for the real services or for emulators.

Firestore's and Cloud Storage's clients look for their emulator in the environment
themselves (FIRESTORE_EMULATOR_HOST, STORAGE_EMULATOR_HOST); the others are told here. A
client of an emulator needs no credentials.
"""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from google.auth.credentials import AnonymousCredentials

if TYPE_CHECKING:
    from google.cloud.firestore import Client
    from google.cloud.storage import Bucket
    from google.cloud.tasks_v2 import CloudTasksClient
    from google.pubsub_v1 import PublisherClient

FIRESTORE, PUBSUB, TASKS, STORAGE = (
    "FIRESTORE_EMULATOR_HOST",
    "PUBSUB_EMULATOR_HOST",
    "CLOUD_TASKS_EMULATOR_HOST",
    "STORAGE_EMULATOR_HOST",
)


def firestore_client(project: str) -> "Client":
    """Firestore of `project`."""
    from google.cloud.firestore import Client

    return Client(project=project, **_anonymous(FIRESTORE))


def bucket_client(project: str, bucket: str) -> "Bucket":
    """A bucket of Cloud Storage."""
    from google.cloud.storage import Client

    return Client(project=project, **_anonymous(STORAGE)).bucket(bucket)


def publisher_client(environment: Mapping[str, str] = os.environ) -> "PublisherClient":
    """Pub/Sub, for publishing."""
    from google.pubsub_v1 import PublisherClient
    from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

    host = environment.get(PUBSUB)
    return (
        PublisherClient(transport=_plain(PublisherGrpcTransport, host))
        if host
        else PublisherClient()
    )


def tasks_client(environment: Mapping[str, str] = os.environ) -> "CloudTasksClient":
    """Cloud Tasks."""
    from google.cloud.tasks_v2 import CloudTasksClient
    from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

    host = environment.get(TASKS)
    return (
        CloudTasksClient(transport=_plain(CloudTasksGrpcTransport, host))
        if host
        else CloudTasksClient()
    )


def emulates_tasks(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether tasks go to an emulator, which asks nobody for a token."""
    return TASKS in environment


def _anonymous(variable: str) -> dict[str, Any]:
    if variable not in os.environ:
        return {}
    return {"credentials": AnonymousCredentials()}  # type: ignore[no-untyped-call]


def _plain(transport: Any, host: str) -> Any:
    import grpc

    return transport(channel=grpc.insecure_channel(host))
