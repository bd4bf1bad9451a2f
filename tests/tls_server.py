"""A web server with TLS on this machine, under a certificate made for it."""

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cvplus_workflow.outbound import PublicHttp

HOST = "cv.example.test"

Answer = Callable[[BaseHTTPRequestHandler], None]
"""Answers one request."""


class TlsServer:
    """Answers by path; `asked` are the requests that came, as host, path and headers."""

    def __init__(self, folder: Path, answers: Mapping[str, Answer], address: str) -> None:
        self.certificate = folder / "certificate.pem"
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self._server = ThreadingHTTPServer((address, 0), self._handler(answers))
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.port = int(self._server.server_address[1])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_certificate(folder, self.certificate))
        # The handshake is left to the thread of the connection, which may never finish it.
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )

    def trust(self) -> ssl.SSLContext:
        """A client's context that believes this server."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def client(self) -> PublicHttp:
        """A client for which every host is this server, and no other machine is there."""
        here = [ip_address("127.0.0.1")]
        return PublicHttp(lambda _: here, lambda each: each in here, self.trust, self.port)

    @contextmanager
    def running(self) -> Iterator["TlsServer"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join(10)

    def _handler(self, answers: Mapping[str, Answer]) -> type[BaseHTTPRequestHandler]:
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                asked.append((self.headers["Host"], self.path, dict(self.headers)))
                self.close_connection = True
                try:
                    answers[self.path.partition("?")[0]](self)
                except OSError:
                    return

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
                return

        return Handler


def reply(
    status: int, body: bytes = b"", headers: Mapping[str, str] | None = None, *, sized: bool = True
) -> Answer:
    """An answer that is sent at once."""
    given = {"Content-Type": "text/plain", **(headers or {})}

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in given.items():
            request.send_header(name, value)
        if sized:
            request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


def _certificate(folder: Path, public: Path) -> Path:
    """A self-made certificate of `HOST`, and with its key the file of a server."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    names = [x509.DNSName(HOST), x509.IPAddress(ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    whole = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    whole.write_bytes(private + public.read_bytes())
    return whole
