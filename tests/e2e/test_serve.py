"""The local web server: callables, streams, files, and who is let in (J1, J4, J9, M1, I9)."""

import base64
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from cvplus_workflow.app import LOCAL_CALLER, Caller, EmbeddedApp
from cvplus_workflow.firebase.emulators import free_port
from cvplus_workflow.server import Server
from cvplus_workflow.settings import Settings
from cvplus_workflow.worker import Worker
from tests.browser.test_pages import what_is_lacking
from tests.functions.accounts import CLIENT, node
from tests.workloads import ManualClock

from .faults import PATIENCE_S, until

ROOT = Path(__file__).parents[2]
RICHARD = ROOT / "examples" / "richard" / "sample.resume.json"
DAY = timedelta(days=1)


class Site:
    """A server with its app and worker, and requests to it."""

    def __init__(self, folder: Path) -> None:
        self.app = EmbeddedApp(Settings(data=folder))
        self.server = Server(self.app)
        self.worker = Worker(self.app)
        self.token = self.app.tokens.issue(LOCAL_CALLER, DAY)
        self.host = self.server.url.removeprefix("http://")
        self.server.start()
        self.worker.start()

    def close(self) -> None:
        self.worker.stop(5)
        self.server.stop()
        self.app.close()

    def send(
        self, method: str, path: str, body: str = "", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPConnection(self.host, timeout=20)
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {**sent, **named})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, dict(answer.headers), content

    def call(self, name: str, data: object, **headers: str) -> Any:
        _, _, body = self.send("POST", f"/p/r/{name}", json.dumps({"data": data}), **headers)
        return json.loads(body)

    def new_job(self) -> str:
        content = base64.b64encode(RICHARD.read_bytes()).decode()
        made = self.call("createJob", {"content": content, "features": ["skills-visualization"]})
        job_id: str = made["result"]["id"]
        return job_id

    def stream(self, job_id: str, last: str = "") -> list[dict[str, str]]:
        """The events of a job's stream, to its end."""
        status, headers, body = self.send(
            "GET", f"/p/r/streamJob?jobId={job_id}", Last_Event_ID=last
        )
        assert (status, headers["Content-Type"].partition(";")[0]) == (200, "text/event-stream")
        parts = [part for part in body.decode().split("\n\n") if part and part[0] != ":"]
        return [dict(line.split(": ", 1) for line in part.split("\n")) for part in parts]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    one = Site(tmp_path / "data")
    yield one
    one.close()


def test_a_stream_tells_progress_until_the_job_ends_and_goes_on_where_it_broke_off(
    site: Site,
) -> None:
    """M1: server-sent events, resumable by the last event id."""
    job_id = site.new_job()
    events = site.stream(job_id)
    told = [json.loads(each["data"]) for each in events if each["event"] == "progress"]
    assert told[-1]["status"] == "completed"
    assert [each["progress"] for each in told] == sorted(each["progress"] for each in told)
    assert events[-1]["event"] == "end"
    ids = [int(each["id"]) for each in events]
    assert ids == sorted(ids)
    # The end is acknowledged by one write more, which may come after the stream.
    assert until(lambda: site.app.jobs.get(LOCAL_CALLER, job_id).run.deadline is None)
    missed = site.stream(job_id, "1")
    assert [each["event"] for each in missed] == ["progress", "end"]
    again = site.stream(job_id, missed[-1]["id"])
    assert [each["event"] for each in again] == ["end"]


def test_the_finished_files_are_handed_out_to_who_may_see_the_job(site: Site) -> None:
    job_id = site.new_job()
    site.stream(job_id)
    status, headers, body = site.send("GET", f"/jobs/{job_id}/cv.html")
    assert (status, headers["Content-Disposition"]) == (200, "attachment")
    assert b"Richard" in body
    stranger = site.app.tokens.issue(Caller("eve", "eve"), DAY)
    status, _, _ = site.send("GET", f"/jobs/{job_id}/cv.html", Authorization=f"Bearer {stranger}")
    assert status == 404


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x.y.z", "Basic abc"])
def test_without_a_token_of_ours_nothing_is_answered(site: Site, header: str) -> None:
    """I9: neither calls, nor streams, nor files."""
    called = site.call("getJobHistory", None, Authorization=header)
    assert called["error"]["status"] == "UNAUTHENTICATED"
    for path in ("/p/r/streamJob?jobId=x", "/jobs/x/cv.html"):
        assert site.send("GET", path, Authorization=header)[0] == 401


def test_a_token_ends_with_its_time_and_is_good_for_its_own_installation_only(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    app = EmbeddedApp(Settings(data=tmp_path / "one"), clock=clock)
    other = EmbeddedApp(Settings(data=tmp_path / "other"), clock=clock)
    caller = Caller("ann", "acme", frozenset({"user", "reviewer"}))
    token = app.tokens.issue(caller, DAY)
    assert app.tokens.caller_of(token) == caller
    with pytest.raises(Exception, match="not valid"):
        other.tokens.caller_of(token)
    clock.advance(DAY.total_seconds())
    with pytest.raises(Exception, match="expired"):
        app.tokens.caller_of(token)
    app.close()
    other.close()


@pytest.mark.parametrize(
    ("body", "field"),
    [("{", "request"), ("[]", "request"), ('{"data": 3}', "data"), ('{"x": 1}', "request")],
)
def test_a_malformed_request_is_an_invalid_argument(site: Site, body: str, field: str) -> None:
    status, _, content = site.send("POST", "/p/r/getJob", body)
    error = json.loads(content)["error"]
    assert (status, error["status"]) == (400, "INVALID_ARGUMENT")
    assert error["details"]["field"] == field


def test_a_wrong_field_is_named_and_an_unknown_operation_is_not_found(site: Site) -> None:
    wrong = site.call("getJob", {"jobId": "a/b"})["error"]
    assert (wrong["status"], wrong["details"]["field"]) == ("INVALID_ARGUMENT", "jobId")
    assert site.call("noSuchThing", {})["error"]["status"] == "NOT_FOUND"


def test_a_stream_of_a_job_that_is_not_there_is_an_error_and_no_stream(site: Site) -> None:
    status, headers, _ = site.send("GET", "/p/r/streamJob?jobId=unknown")
    assert (status, headers["Content-Type"]) == (404, "application/json")


def test_a_stream_ends_in_order_when_its_job_is_deleted(site: Site) -> None:
    """M1: and who comes back for more is told that there is no such job."""
    made = site.app.jobs.create(LOCAL_CALLER, content=RICHARD.read_bytes(), features=None)
    assert until(lambda: site.app.jobs.get(LOCAL_CALLER, made.id).status == "analyzed")
    deletion = threading.Timer(1, lambda: site.app.store.delete_tree(f"jobs/{made.id}"))
    deletion.start()
    told = site.stream(made.id)
    deletion.join()
    # One more may tell that the relay of "analyzed" was acknowledged meanwhile.
    assert {each["event"] for each in told} == {"progress"}
    assert site.send("GET", f"/p/r/streamJob?jobId={made.id}")[0] == 404


def test_a_name_that_was_made_to_point_here_is_not_answered(site: Site) -> None:
    """DNS rebinding: a foreign page's own host name, resolved to this machine."""
    assert site.send("GET", "/", Host="evil.example")[0] == 400
    assert site.send("GET", "/")[0] == 200


def test_pages_of_developers_may_call_and_others_may_not(site: Site) -> None:
    ours, foreign = "http://localhost:3000", "https://evil.example"
    _, headers, _ = site.send("OPTIONS", "/p/r/getJob", Origin=ours)
    assert headers["Access-Control-Allow-Origin"] == ours
    _, headers, _ = site.send("OPTIONS", "/p/r/getJob", Origin=foreign)
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("path", ["/p/r/getJob", "/p/r/noSuchThing", "/nowhere"])
def test_pages_of_developers_may_read_why_they_were_refused(site: Site, path: str) -> None:
    """I9: without the permission a browser tells its page of a failed request, and no more."""
    for origin, told in (("http://localhost:3000", True), ("https://evil.example", False)):
        status, headers, _ = site.send(
            "POST", path, '{"data": {"jobId": "unknown"}}', Origin=origin
        )
        assert status >= 400
        assert ("Access-Control-Allow-Origin" in headers) is told


def test_stopping_finishes_what_is_being_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I9"""
    site, asked, answers = Site(tmp_path), threading.Event(), list[Any]()
    answered = site.app.call

    def slow(*request: Any) -> Any:
        asked.set()
        threading.Event().wait(2)
        return answered(*request)

    monkeypatch.setattr(site.app, "call", slow)
    client = threading.Thread(target=lambda: answers.append(site.call("getJobHistory", {})))
    client.start()
    assert asked.wait(PATIENCE_S)
    site.server.stop()
    client.join(0.4)
    assert answers == [{"result": []}]
    site.worker.stop(5)
    site.app.close()


def test_an_address_of_ipv6_is_answered_by_its_name(tmp_path: Path) -> None:
    """I9"""
    app = EmbeddedApp(Settings(data=tmp_path))
    server = Server(app, "::1")
    server.start()
    with urlopen(f"{server.url}/healthz", timeout=PATIENCE_S) as answer:
        assert answer.status == 200
    server.stop()
    app.close()


def test_on_the_port_of_http_clients_leave_it_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I9"""
    port = free_port()
    monkeypatch.setattr("cvplus_workflow.server.HTTP_PORT", port)
    app = EmbeddedApp(Settings(data=tmp_path))
    server = Server(app, port=port)
    server.start()
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    connection.request("GET", "/healthz", headers={"Host": "127.0.0.1"})
    assert connection.getresponse().status == 200
    connection.close()
    server.stop()
    app.close()


def test_stopping_ends_open_streams(site: Site) -> None:
    made = site.app.jobs.create(LOCAL_CALLER, content=RICHARD.read_bytes(), features=None)
    connection = HTTPConnection(site.host, timeout=PATIENCE_S)
    headers = {"Authorization": f"Bearer {site.token}"}
    connection.request("GET", f"/p/r/streamJob?jobId={made.id}", headers=headers)
    answer, ended = connection.getresponse(), threading.Event()

    def listen() -> None:
        answer.read()
        ended.set()

    listener = threading.Thread(target=listen)
    listener.start()
    assert until(lambda: site.app.jobs.get(LOCAL_CALLER, made.id).status == "analyzed")
    assert not ended.is_set()
    site.server.stop()
    listener.join(10)
    assert ended.is_set()
    connection.close()


def test_the_client_of_firebase_makes_a_job_and_follows_it_to_its_end(site: Site) -> None:
    """J1, J4: npm `firebase`, at the path that it uses itself."""
    done = subprocess.run(
        [node(), "client.mjs", site.server.url, "demo-cvplus", site.token, str(RICHARD)],
        cwd=CLIENT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["status"], told["progress"]) == ("completed", 100)
    assert told["refusal"]["code"] == "functions/not-found"
    assert told["refusal"]["details"]["reason"] == "job-not-found"


def run_in_browser(site: Site, width: int) -> dict[str, Any]:
    if lacking := what_is_lacking():
        pytest.skip(lacking)
    link = f"{site.server.url}/#{site.token}"
    done = subprocess.run(
        [node(), "console_page.mjs", link, str(RICHARD), str(width)],
        cwd=CLIENT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_takes_a_cv_shows_its_progress_and_offers_the_results(
    site: Site, width: int
) -> None:
    """J1, J4, J9: in a real browser, on a phone and on a desktop."""
    told = run_in_browser(site, width)
    assert sorted(told["files"]) == ["cv.html", "cv.pdf"]
    assert "completed" in told["row"]
    assert "sample.resume.json" in told["row"]
    assert not told["overflow"]
    assert told["errors"] == told["axe"] == []


def test_the_command_prints_its_link_and_ends_in_order(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cvplus_workflow", "serve", "--port", "0"]
    words = [*command, "--data", str(tmp_path / "data")]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        link = process.stdout.readline().strip()
        url, _, token = link.partition("/#")
        connection = HTTPConnection(url.removeprefix("http://"), timeout=20)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection.request("POST", "/p/r/getJobHistory", '{"data": null}', headers)
        assert json.loads(connection.getresponse().read()) == {"result": []}
        connection.close()
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
    assert (process.returncode, told) == (0, "")


@pytest.mark.parametrize("words", [("",), ("../eve",), ("eve", "--tenant", "a/b")])
def test_no_token_is_made_for_what_is_no_name(tmp_path: Path, words: tuple[str, ...]) -> None:
    """I9"""
    command = [sys.executable, "-m", "cvplus_workflow", "token", *words, "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
