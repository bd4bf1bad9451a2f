"""The stand-in for Cloud Storage: who goes away before the answer is no fault to be told (J10)."""

import socket
import struct
import threading
from urllib.request import Request, urlopen

import pytest

from cvplus_workflow.firebase.emulated_storage import StorageServer
from tests.e2e.faults import until

LARGE = b"x" * 8_000_000
"""More than a socket holds, so that the server is still writing when its client goes."""

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: to close is to reset the connection at once."""


def test_a_client_that_goes_away_leaves_no_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    server = StorageServer()
    others = set(threading.enumerate())
    try:
        upload = f"{server.host}/upload/storage/v1/b/bucket/o?uploadType=media&name=large"
        kind = {"Content-Type": "application/json"}
        bucket = f"{server.host}/storage/v1/b"
        urlopen(Request(bucket, b'{"name": "bucket"}', kind, method="POST")).close()
        urlopen(Request(upload, LARGE, {"Content-Type": "text/plain"}, method="POST")).close()
        host, port = server.host.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            client.sendall(b"GET /download/storage/v1/b/bucket/o/large?alt=media HTTP/1.0\r\n\r\n")
            assert client.recv(10).startswith(b"HTTP")
        assert until(lambda: set(threading.enumerate()) <= others, 20)
    finally:
        server.stop()
    assert capfd.readouterr().err == ""
