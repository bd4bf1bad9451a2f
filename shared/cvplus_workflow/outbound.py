"""The Http port: documents from public https addresses, and from nowhere else.

An address comes from a stranger, so it must not reach what only this machine can reach
(server-side request forgery, CWE-918). A host is resolved once; every address that it has
must be public, and the connection is made to that very address, under the host's name for
TLS. A redirect is a further address, held to the same.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing, contextmanager
from http.client import HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from .domain.sources import MAX_ADDRESS_LENGTH, Fetched
from .errors import Code, WorkflowError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from urllib3 import BaseHTTPResponse
    from urllib3.util import Url

PORT = 443
TOTAL_SECONDS = 20.0
"""How long a document may take, all redirects included."""

CONNECT_SECONDS = 5.0
MAX_REDIRECTS = 3

Address = IPv4Address | IPv6Address
Resolve = Callable[[str], Sequence[Address]]

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_CARRIES_IPV4 = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))
"""Teredo and 6to4 lead on to an IPv4 address, which may be private."""

_RELAYS = ip_network("192.88.99.0/24")
"""The anycast relays of 6to4 (RFC 7526)."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MISSING = frozenset({404, 410})
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "gzip", "User-Agent": "cvplus-workflow"}


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet.

    None that is private, shared (CGNAT), loopback, link-local, multicast or reserved is,
    by the registries of IANA (RFC 6890), nor one of IPv6 that carries one of IPv4.
    """
    if isinstance(address, IPv6Address):
        carries = any(address in network for network in _CARRIES_IPV4)
        return address in _GLOBAL_UNICAST and address.is_global and not carries
    return address.is_global and not address.is_multicast and address not in _RELAYS


def resolved(host: str) -> Sequence[Address]:
    """The addresses of a host; none if it has none."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        # Labels that are empty or too long are refused by the codec before anybody is asked.
        return []
    return [ip_address(str(place[0]).partition("%")[0]) for *_, place in found]


class PublicHttp:
    """Fetches documents; safe for threads. The arguments are for tests alone."""

    def __init__(
        self,
        resolve: Resolve = resolved,
        allowed: Callable[[Address], bool] = is_public,
        trust: Callable[[], ssl.SSLContext] = ssl.create_default_context,
        port: int = PORT,
        seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._resolve = resolve
        self._allowed = allowed
        self._trust = trust
        self._port = port
        self._seconds = seconds

    def fetch(self, url: str, limit: int) -> Fetched:
        """See `ports.Http`."""
        timer = _Timer(self._seconds)
        for _ in range(MAX_REDIRECTS + 1):
            found = self._once(url, limit, timer)
            if isinstance(found, Fetched):
                return found
            url = found
        raise _refused("redirects too often", "too-many-redirects")

    def _once(self, url: str, limit: int, timer: "_Timer") -> Fetched | str:
        """The document at `url`, or the address that it redirects to."""
        place = _checked(url)
        host = _host_of(place)
        address = self._public_address(host, timer)
        with self._asked(host, address, place.request_uri, timer) as answer:
            if answer.status in _REDIRECTS:
                return _target(url, answer)
            return _document(answer, limit)

    def _public_address(self, host: str, timer: "_Timer") -> Address:
        found = sorted(
            _within(timer, lambda: self._resolve(host)), key=lambda address: address.version
        )
        if not found:
            raise WorkflowError(Code.NOT_FOUND, "its host is not known", reason="host-unknown")
        if not all(map(self._allowed, found)):
            raise _refused("must be on the public internet", "address-not-public")
        return found[0]

    @contextmanager
    def _asked(
        self, host: str, address: Address, target: str, timer: "_Timer"
    ) -> "Iterator[BaseHTTPResponse]":
        """The answer to one request, made to `address` under the name `host`."""
        from urllib3.connection import HTTPSConnection
        from urllib3.exceptions import HTTPError
        from urllib3.exceptions import TimeoutError as TimedOut

        context = self._trust()
        context.sslsocket_class = _timed_socket(timer)
        # Not a pool of connections: that would log the target of each request.
        connection = HTTPSConnection(
            str(address),
            self._port,
            timeout=min(CONNECT_SECONDS, timer.left()),
            ssl_context=context,
            server_hostname=host,
        )
        try:
            headers = {**_HEADERS, "Host": host}
            connection.request("GET", target, headers=headers, preload_content=False)
            with closing(connection.getresponse()) as answer:
                yield answer
        except (TimedOut, TimeoutError) as error:
            raise _late() from error
        except (HTTPError, HTTPException, OSError) as error:
            raise _failed(type(error).__name__) from error
        finally:
            connection.close()


class _Timer:
    """What is left of the time for a document."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left; raises deadline-exceeded if none are."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise _late()
        return left


def _timed_socket(timer: _Timer) -> type[ssl.SSLSocket]:
    """A socket on which all reading together ends in time, however slowly bytes come."""

    class TimedSocket(ssl.SSLSocket):
        def recv_into(self, *args: Any, **options: Any) -> int:
            self.settimeout(timer.left())
            return super().recv_into(*args, **options)

    return TimedSocket


def _within(timer: _Timer, resolve: Callable[[], Sequence[Address]]) -> Sequence[Address]:
    """What `resolve` answers; the system's resolver can't be told how long it may take."""
    answers: SimpleQueue[Sequence[Address]] = SimpleQueue()
    threading.Thread(target=lambda: answers.put(resolve()), daemon=True).start()
    try:
        return answers.get(timeout=timer.left())
    except Empty:
        raise _late() from None


def _checked(url: str) -> "Url":
    """`url` in its parts, normalised; raises invalid-argument unless it may be asked."""
    from urllib3.exceptions import LocationParseError
    from urllib3.util import parse_url

    if len(url) > MAX_ADDRESS_LENGTH or not url.isprintable() or "\\" in url:
        raise _refused("is no address", "bad-address")
    try:
        place = parse_url(url)
    except LocationParseError:
        raise _refused("is no address", "bad-address") from None
    if place.scheme != "https" or not place.host:
        raise _refused("must begin with https://", "not-https")
    if place.auth is not None:
        raise _refused("must hold no user name or password", "address-with-credentials")
    if place.port not in (None, PORT):
        raise _refused(f"must be on port {PORT}", "other-port")
    return place


def _host_of(place: "Url") -> str:
    return (place.host or "").strip("[]").rstrip(".")


def _target(url: str, answer: "BaseHTTPResponse") -> str:
    location = answer.headers.get("Location", "")
    if not location:
        raise _failed("redirect")
    return urljoin(url, location)


def _document(answer: "BaseHTTPResponse", limit: int) -> Fetched:
    """The body, which is read and unpacked no further than `limit`."""
    if answer.status in _MISSING:
        raise WorkflowError(Code.NOT_FOUND, "nothing is found there", reason="document-not-found")
    if answer.status != 200:
        raise _failed(str(answer.status))
    told = answer.headers.get("Content-Length", "")
    if told.isdecimal() and int(told) > limit:
        raise _too_large(limit)
    content = answer.read(limit + 1, decode_content=True)
    if len(content) > limit:
        raise _too_large(limit)
    return Fetched(content, answer.headers.get("Content-Type", ""))


def _refused(what: str, reason: str) -> WorkflowError:
    return WorkflowError(Code.INVALID_ARGUMENT, what, reason=reason)


def _too_large(limit: int) -> WorkflowError:
    return _refused(f"the document has more than {limit} bytes", "document-too-large")


def _late() -> WorkflowError:
    message = "the document did not come in time (timeout)"
    return WorkflowError(Code.DEADLINE_EXCEEDED, message, reason="fetch-timeout")


def _failed(what: str) -> WorkflowError:
    message = f"the document could not be fetched ({what})"
    return WorkflowError(Code.UNAVAILABLE, message, reason="fetch-failed")
