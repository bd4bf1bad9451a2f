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


class Listener:
    """Ada, who listens to a job, event by event, behind the event `last`."""

    def __init__(self, cloud: Cloud, job_id: str, last: str = "") -> None:
        place = urlsplit(cloud.stack.url)
        self._connection = HTTPConnection(place.netloc, timeout=SOON)
        token = unsigned_token(ADA, cloud.stack.project)
        headers = {"Authorization": f"Bearer {token}", "Last-Event-ID": last}
        self._connection.request("GET", f"{place.path}streamJob?jobId={job_id}", headers=headers)
        self._answer = self._connection.getresponse()

    def next(self) -> dict[str, str]:
        """The next event; waits for it."""
        lines: list[str] = []
        while not lines or lines[0].startswith(":"):
            lines = []
            while line := self._answer.readline().decode().rstrip("\n"):
                lines.append(line)
        return dict(line.split(": ", 1) for line in lines)

    def leave(self) -> None:
        self._answer.close()
        self._connection.close()


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


def test_who_comes_back_in_the_middle_of_a_job_is_told_what_is_new_and_nothing_twice(
    cloud: Cloud,
) -> None:
    with cloud.held_tasks():
        job = cloud.create(features=None)
        listener = Listener(cloud, job)
        seen = listener.next()
        listener.leave()
        assert json.loads(seen["data"])["status"] == "pending"
        back = Listener(cloud, job, seen["id"])
        cloud.call("updateJobStatus", {"jobId": job, "status": "paused"})
        # Had the state that was seen been told again, it would have come before this one.
        paused = back.next()
        back.leave()
        assert (paused["event"], json.loads(paused["data"])["status"]) == ("progress", "paused")
        assert int(paused["id"]) > int(seen["id"])
        cloud.call("updateJobStatus", {"jobId": job, "status": "processing"})
        late = Listener(cloud, job, paused["id"])
        assert json.loads(late.next()["data"])["status"] == "pending"
        cloud.call("cancelJob", {"jobId": job})
        end = [late.next(), late.next()]
        late.leave()
    assert [each["event"] for each in end] == ["progress", "end"]
    assert json.loads(end[0]["data"])["status"] == "cancelled"


@pytest.mark.parametrize(
    ("user", "status"), [(None, 401), (User("eve", "other"), 404), (User("bob", "acme"), 404)]
)
def test_nobody_else_is_told(cloud: Cloud, user: User | None, status: int) -> None:
    answered, body = stream(cloud, cloud.create(), user)
    assert answered == status
    assert set(json.loads(body)["error"]) >= {"status", "message"}
