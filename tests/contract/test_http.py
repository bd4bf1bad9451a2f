"""The Http port: it fetches public documents over TLS, and is led nowhere else (J1)."""

import gzip
import itertools
import logging
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address

import pytest

from cvplus_workflow.domain.sources import Fetched
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.outbound import (
    MAX_REDIRECTS,
    Address,
    PublicHttp,
    Resolve,
    is_public,
    resolved,
)
from tests.tls_server import HOST, TlsServer, reply

HERE = ip_address("127.0.0.1")
LIMIT = 10_000
CV = b"# Ada\n\nEngineer"
SITE = f"https://{HOST}"
BOMB = gzip.compress(gzip.compress(bytes(2_000_000_000 // 64)))


def _chunked_for_ever(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    for _ in range(100_000):
        request.wfile.write(b"400\r\n" + b"x" * 1024 + b"\r\n")


def _dripping(start: bytes, drop: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    """Sends `drop` again and again, each time soon enough for a socket's own timeout."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(start)
        rest = threading.Event()
        for _ in range(200):
            request.wfile.write(drop)
            request.wfile.flush()
            rest.wait(0.05)

    return answer


def _to(place: str, status: int = 302) -> Callable[[BaseHTTPRequestHandler], None]:
    return reply(status, b"moved", {"Location": place})


ANSWERS = {
    "/cv.md": reply(200, CV, {"Content-Type": "text/markdown; charset=utf-8"}),
    "/packed": reply(200, gzip.compress(CV), {"Content-Encoding": "gzip"}),
    "/exact": reply(200, b"x" * LIMIT),
    "/over": reply(200, b"x" * (LIMIT + 1)),
    "/over-untold": reply(200, b"x" * (LIMIT + 1), sized=False),
    "/endless": _chunked_for_ever,
    "/bomb": reply(200, gzip.compress(bytes(200_000_000)), {"Content-Encoding": "gzip"}),
    "/bomb-in-bomb": reply(200, BOMB, {"Content-Encoding": "gzip, gzip"}),
    "/broken": reply(200, b"not packed", {"Content-Encoding": "gzip"}),
    "/short": reply(200, b"half", {"Content-Length": "9"}, sized=False),
    "/slow-body": _dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n", b"x"),
    "/slow-head": _dripping(b"HTTP/1.1 200 OK\r\n", b"X-More: yes\r\n"),
    "/slow-line": _dripping(b"HTTP/1.1 200 OK\r\nX-More: ", b"y"),
    "/gone": reply(410),
    "/missing": reply(404, b"no"),
    "/forbidden": reply(403, b"no"),
    "/down": reply(503, b"no"),
    "/partial": reply(206, b"half"),
    "/nowhere": reply(302),
    "/moved": _to("cv.md"),
    "/kept": _to(f"{SITE}/cv.md", 308),
    "/once": _to("/moved", 301),
    "/twice": _to("/once", 303),
    "/thrice": _to("/twice", 307),
    "/round": _to("/round"),
    "/inside": _to("https://inside.example.test/cv.md"),
    "/address": _to("https://169.254.169.254/latest/meta-data/"),
    "/plain": _to(f"http://{HOST}/cv.md"),
    "/file": _to("file:///etc/passwd"),
    "/other-port": _to(f"{SITE}:8443/cv.md"),
    "/named": _to(f"https://user:word@{HOST}/cv.md"),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsServer]:
    with TlsServer(tmp_path_factory.mktemp("tls"), ANSWERS, str(HERE)).running() as one:
        yield one


def names(host: str) -> Sequence[Address]:
    """The system's resolver knows none of these; an address as a host is itself."""
    known = {
        HOST: [str(HERE)],
        "inside.example.test": ["10.0.0.7"],
        "half.example.test": ["127.0.0.1", "10.0.0.7"],
        "other.example.test": ["127.0.0.1"],
    }
    return [ip_address(each) for each in known[host]] if host in known else resolved(host)


def here_or_public(address: Address) -> bool:
    return address == HERE or is_public(address)


def client(server: TlsServer, resolve: Resolve = names, seconds: float = 20) -> PublicHttp:
    return PublicHttp(resolve, here_or_public, server.trust, server.port, seconds)


def error_of(server: TlsServer, url: str, **options: float) -> WorkflowError:
    with pytest.raises(WorkflowError) as caught:
        client(server, **options).fetch(url, LIMIT)  # type: ignore[arg-type]
    return caught.value


def test_a_document_comes_with_its_media_type(server: TlsServer) -> None:
    found = client(server).fetch(f"{SITE}/cv.md?x=1#part", LIMIT)
    assert found == Fetched(CV, "text/markdown; charset=utf-8")
    assert client(server).fetch(f"{SITE}:443/packed", LIMIT).content == CV


def test_a_request_tells_nothing_but_the_name_of_the_host(server: TlsServer) -> None:
    server.asked.clear()
    client(server).fetch(f"{SITE}/cv.md", LIMIT)
    ((host, path, headers),) = server.asked
    assert (host, path) == (HOST, "/cv.md")
    assert headers.keys() == {"Host", "Accept", "Accept-Encoding", "User-Agent"}


@pytest.mark.parametrize("path", ["moved", "kept", "once", "twice"])
def test_up_to_three_redirects_are_followed(server: TlsServer, path: str) -> None:
    assert MAX_REDIRECTS == 3
    assert client(server).fetch(f"{SITE}/{path}", LIMIT).content == CV


@pytest.mark.parametrize("path", ["thrice", "round"])
def test_more_redirects_are_not(server: TlsServer, path: str) -> None:
    error = error_of(server, f"{SITE}/{path}")
    assert (error.code, error.reason) == (Code.INVALID_ARGUMENT, "too-many-redirects")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("inside", "address-not-public"),
        ("address", "address-not-public"),
        ("plain", "not-https"),
        ("file", "not-https"),
        ("other-port", "other-port"),
        ("named", "address-with-credentials"),
    ],
)
def test_a_redirect_is_held_to_the_same_as_the_address_itself(
    server: TlsServer, path: str, reason: str
) -> None:
    error = error_of(server, f"{SITE}/{path}")
    assert (error.code, error.reason) == (Code.INVALID_ARGUMENT, reason)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (f"http://{HOST}/cv.md", "not-https"),
        ("ftp://example.com/cv", "not-https"),
        ("file:///etc/passwd", "not-https"),
        ("cv.md", "not-https"),
        ("https://", "not-https"),
        ("https:///cv.md", "not-https"),
        (f"{SITE}:8443/", "other-port"),
        (f"{SITE}:80/", "other-port"),
        (f"https://user@{HOST}/", "address-with-credentials"),
        (f"https://user:word@{HOST}/", "address-with-credentials"),
        (f"https://:@{HOST}/", "address-with-credentials"),
        (f"{SITE}:port/", "bad-address"),
        (f"{SITE}/a\r\nX-Other: 1", "bad-address"),
        (f"https://{HOST}\\@example.com/", "bad-address"),
        (f"{SITE}/{'x' * 2000}", "bad-address"),
        ("https://[::1", "bad-address"),
    ],
)
def test_only_plain_https_addresses_are_asked(server: TlsServer, url: str, reason: str) -> None:
    server.asked.clear()
    error = error_of(server, url)
    assert (error.code, error.reason) == (Code.INVALID_ARGUMENT, reason)
    assert server.asked == []


NOT_PUBLIC = [
    *("127.0.0.2", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "100.127.255.255", "0.0.0.0", "192.0.0.1", "192.0.2.1"),
    *("198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "239.1.1.1"),
    *("240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:10.0.0.1", "::8.8.8.8"),
    *("fe80::1", "fec0::1", "fc00::1", "fd00::1", "ff02::1", "64:ff9b::a00:1", "64:ff9b:1::1"),
    *("2002:a00:1::1", "2001:0:4136:e378::1", "2001:db8::1", "100::1", "2001:2::1"),
]


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_no_address_that_is_not_public_is_connected_to(server: TlsServer, text: str) -> None:
    address = ip_address(text)
    assert not is_public(address)
    host = f"[{text}]" if address.version == 6 else text
    server.asked.clear()
    for url, resolve in (
        (f"https://{host}/cv.md", names),
        (f"{SITE}/cv.md", lambda _: [address]),
    ):
        with pytest.raises(WorkflowError) as caught:
            client(server, resolve).fetch(url, LIMIT)
        assert caught.value.reason == "address-not-public"
    assert server.asked == []


@pytest.mark.parametrize("text", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700::1111"])
def test_an_address_of_the_public_internet_is_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "localhost", "127.1"])
def test_other_spellings_of_this_machine_are_seen_through(server: TlsServer, host: str) -> None:
    http = PublicHttp(trust=server.trust, port=server.port)
    with pytest.raises(WorkflowError) as caught:
        http.fetch(f"https://{host}/cv.md", LIMIT)
    assert caught.value.reason in ("address-not-public", "host-unknown")


def test_a_host_with_one_private_address_among_others_is_not_asked(server: TlsServer) -> None:
    assert error_of(server, "https://half.example.test/").reason == "address-not-public"


def test_a_host_that_changes_its_address_is_asked_where_it_was_checked(server: TlsServer) -> None:
    """DNS rebinding: the name is looked up once, and never by the connection."""
    answers = itertools.chain([[HERE]], itertools.repeat([ip_address("10.0.0.7")]))
    looked_up: list[str] = []

    def rebinding(host: str) -> Sequence[Address]:
        looked_up.append(host)
        return next(answers)

    http = client(server, rebinding)
    assert http.fetch(f"{SITE}/cv.md", LIMIT).content == CV
    assert looked_up == [HOST]
    with pytest.raises(WorkflowError) as caught:
        http.fetch(f"{SITE}/cv.md", LIMIT)
    assert caught.value.reason == "address-not-public"


def test_a_redirect_to_a_name_that_is_rebound_is_looked_up_and_checked_again(
    server: TlsServer,
) -> None:
    answers = iter([[HERE], [ip_address("10.0.0.7")]])
    server.asked.clear()
    with pytest.raises(WorkflowError) as caught:
        client(server, lambda _: next(answers)).fetch(f"{SITE}/moved", LIMIT)
    assert caught.value.reason == "address-not-public"
    assert [path for _, path, _ in server.asked] == ["/moved"]


def test_a_server_has_to_prove_its_name(server: TlsServer) -> None:
    error = error_of(server, "https://other.example.test/cv.md")
    assert (error.code, error.reason) == (Code.UNAVAILABLE, "fetch-failed")
    with pytest.raises(WorkflowError) as caught:
        PublicHttp(names, here_or_public, port=server.port).fetch(f"{SITE}/cv.md", LIMIT)
    assert caught.value.reason == "fetch-failed"


def test_a_document_of_just_the_limit_is_taken(server: TlsServer) -> None:
    assert len(client(server).fetch(f"{SITE}/exact", LIMIT).content) == LIMIT


@pytest.mark.parametrize("path", ["over", "over-untold", "endless", "bomb", "bomb-in-bomb"])
def test_one_that_is_larger_is_refused_and_read_no_further(server: TlsServer, path: str) -> None:
    tracemalloc.start()
    error = error_of(server, f"{SITE}/{path}")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (error.code, error.reason) == (Code.INVALID_ARGUMENT, "document-too-large")
    assert peak < 20_000_000


@pytest.mark.parametrize("path", ["slow-body", "slow-head", "slow-line"])
def test_a_document_that_drips_ends_with_the_time_for_all_of_it(
    server: TlsServer, path: str
) -> None:
    start = time.monotonic()
    error = error_of(server, f"{SITE}/{path}", seconds=0.4)
    assert (error.code, error.reason) == (Code.DEADLINE_EXCEEDED, "fetch-timeout")
    assert time.monotonic() - start < 5


def test_a_resolver_that_does_not_answer_ends_with_the_time(server: TlsServer) -> None:
    answered = threading.Event()

    def stuck(_: str) -> Sequence[Address]:
        answered.wait(20)
        return []

    with pytest.raises(WorkflowError) as caught:
        client(server, stuck, 0.2).fetch(f"{SITE}/cv.md", LIMIT)
    answered.set()
    assert caught.value.reason == "fetch-timeout"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("gone", Code.NOT_FOUND),
        ("missing", Code.NOT_FOUND),
        ("forbidden", Code.UNAVAILABLE),
        ("down", Code.UNAVAILABLE),
        ("partial", Code.UNAVAILABLE),
        ("nowhere", Code.UNAVAILABLE),
        ("broken", Code.UNAVAILABLE),
        ("short", Code.UNAVAILABLE),
        ("unanswered", Code.UNAVAILABLE),
    ],
)
def test_any_other_answer_is_an_error_that_says_so(
    server: TlsServer, path: str, code: Code
) -> None:
    assert error_of(server, f"{SITE}/{path}").code == code


def test_a_host_without_an_address_is_not_found(server: TlsServer) -> None:
    with pytest.raises(WorkflowError) as caught:
        client(server, lambda _: []).fetch(f"{SITE}/cv.md", LIMIT)
    assert (caught.value.code, caught.value.reason) == (Code.NOT_FOUND, "host-unknown")


@pytest.mark.parametrize("host", [f"{'a' * 64}.example.test", "a..example.test"])
def test_a_host_that_no_resolver_takes_is_not_found_at_once(server: TlsServer, host: str) -> None:
    start = time.monotonic()
    error = error_of(server, f"https://{host}/cv.md")
    assert (error.code, error.reason) == (Code.NOT_FOUND, "host-unknown")
    assert time.monotonic() - start < 5


def test_neither_log_nor_error_tells_the_address(
    server: TlsServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        client(server).fetch(f"{SITE}/cv.md?token=s3cret", LIMIT)
        told = [error_of(server, f"{SITE}/{path}?token=s3cret").message for path in ANSWERS_BAD]
    assert "s3cret" not in caplog.text + "".join(told)
    assert HOST not in "".join(told)


ANSWERS_BAD = ("missing", "down", "broken", "round", "over")
