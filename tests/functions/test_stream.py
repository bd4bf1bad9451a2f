"""`streamJob` as deployed: a job's progress as server-sent events, on Firestore (M1)."""

import json
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from .cloud import ADA, SOON, Cloud
from .web import User, unsigned_token

pytestmark = pytest.mark.xdist_group("emulated")


def stream(cloud: Cloud, job_id: str, user: User | None, last: str = "") -> tuple[int, str]:
    """The HTTP status and the whole body, once the stream has ended."""
    place = urlsplit(cloud.stack.url)
    connection = HTTPConnection(place.netloc, timeout=SOON)
    headers = {"Last-Event-ID": last}
    if user is not None:
        headers["Authorization"] = f"Bearer {unsigned_token(user, cloud.stack.project)}"
    connection.request("GET", f"{place.path}streamJob?jobId={job_id}", headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def events(body: str) -> list[dict[str, str]]:
    parts = [part for part in body.split("\n\n") if part and part[0] != ":"]
    return [dict(line.split(": ", 1) for line in part.split("\n")) for part in parts]


def test_a_stream_ends_with_its_job_and_goes_on_behind_the_last_event(cloud: Cloud) -> None:
    job = cloud.create()
    status, body = stream(cloud, job, ADA)
    told = events(body)
    assert status == 200
    assert told[-1]["event"] == "end"
    last = json.loads(told[-2]["data"])
    assert (last["jobId"], last["status"], last["progress"]) == (job, "completed", 100)
    # The end is acknowledged by one write more, which may come after the stream.
    cloud.ended(job)
    _, once_more = stream(cloud, job, ADA, "1")
    missed = events(once_more)
    assert [each["event"] for each in missed] == ["progress", "end"]
    _, again = stream(cloud, job, ADA, missed[-1]["id"])
    assert [each["event"] for each in events(again)] == ["end"]


@pytest.mark.parametrize(
    ("user", "status"), [(None, 401), (User("eve", "other"), 404), (User("bob", "acme"), 404)]
)
def test_nobody_else_is_told(cloud: Cloud, user: User | None, status: int) -> None:
    answered, body = stream(cloud, cloud.create(), user)
    assert answered == status
    assert set(json.loads(body)["error"]) >= {"status", "message"}
