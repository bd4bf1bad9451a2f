"""Restate: its server, a service and a client in Node, each a process of its own.

The server keeps its defaults of durability: every record is synced to the disk before it
is acknowledged (`rocksdb-disable-wal-fsync` is false). One node, so nothing is replicated.
"""

import argparse
import json
import os
import platform
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from benchmarks.peers.work import serve

HERE = Path(__file__).parent
START_S, START_POLL_S = 60.0, 0.02
PORTS = ("node", "ingress", "admin", "service")
SYSTEMS = {"x86_64": "linux-x64", "aarch64": "linux-arm64"}
COUNT = "SELECT count(*) AS jobs FROM sys_invocation WHERE completion_result = 'success'"

CONFIGURATION = """
node-name = "peers"
base-dir = "{folder}/server"
bind-address = "127.0.0.1:{node}"
listen-mode = "tcp"
default-num-partitions = {partitions}
disable-telemetry = true
log-filter = "error"
[ingress]
bind-address = "127.0.0.1:{ingress}"
[admin]
bind-address = "127.0.0.1:{admin}"
disable-web-ui = true
"""


class RestatePeer:
    """`workers` is `inflight-N-partitions-M`: requests at a time, partitions of the log."""

    def __init__(self, given: argparse.Namespace) -> None:
        _, in_flight, _, partitions = given.workers.split("-")
        self._in_flight, self._shape = int(in_flight), given.shape
        ports = _ports(given.folder / "ports.json")
        self._admin = f"http://127.0.0.1:{ports['admin']}"
        configuration = given.folder / "server.toml"
        text = CONFIGURATION.format(folder=given.folder, partitions=partitions, **ports)
        configuration.write_text(text)
        log = [str(given.bodies)] if given.bodies else []
        with (given.folder / "log").open("ab") as output:
            _start([_server(), "--no-logo", "--config-file", str(configuration)], output)
            _start([_node(), "service.mjs", str(ports["service"]), *log], output)
        self._register(f"http://127.0.0.1:{ports['service']}")
        self._client = _client(f"http://127.0.0.1:{ports['ingress']}")

    def batch(self, jobs: list[str]) -> None:
        self._post(f"/jobs/{self._shape}", jobs)

    def accept(self, jobs: list[str]) -> None:
        self._post(f"/jobs/{self._shape}/send", jobs)

    def completed(self) -> int:
        try:
            return int(self._ask("/query", {"query": COUNT})["rows"][0]["jobs"])
        except urllib.error.HTTPError:
            return 0  # The partitions are not up yet.

    def _register(self, service: str) -> None:
        end = time.monotonic() + START_S
        while True:
            try:
                self._ask("/deployments", {"uri": service})
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(START_POLL_S)
            else:
                return

    def _ask(self, path: str, body: dict[str, Any]) -> Any:
        headers = {"content-type": "application/json", "accept": "application/json"}
        request = urllib.request.Request(self._admin + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=START_S) as answer:
            return json.loads(answer.read())

    def _post(self, path: str, jobs: list[str]) -> None:
        assert self._client.stdin is not None
        assert self._client.stdout is not None
        order = {"path": path, "jobs": jobs, "inFlight": self._in_flight}
        self._client.stdin.write(json.dumps(order) + "\n")
        self._client.stdin.flush()
        if not self._client.stdout.readline():
            raise RuntimeError("The client ended: Restate refused a job.")


def _server() -> str:
    system = SYSTEMS[platform.machine()]
    package = HERE / "node_modules" / "@restatedev" / f"restate-server-{system}"
    return str(package / "bin" / "restate-server")


def _node() -> str:
    return shutil.which("node") or "node"


def _start(command: list[str], output: Any) -> None:
    quiet = {**os.environ, "NODE_ENV": "production", "RESTATE_LOGGING": "ERROR"}
    subprocess.Popen(command, cwd=HERE / "restate", stdout=output, stderr=output, env=quiet)


def _client(ingress: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [_node(), "client.mjs", ingress],
        cwd=HERE / "restate",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _ports(kept: Path) -> dict[str, int]:
    """Free ports, and the same ones again when the worker comes back."""
    if not kept.exists():
        sockets = {name: socket.create_server(("127.0.0.1", 0)) for name in PORTS}
        found = {name: each.getsockname()[1] for name, each in sockets.items()}
        for each in sockets.values():
            each.close()
        kept.write_text(json.dumps(found))
    ports: dict[str, int] = json.loads(kept.read_text())
    return ports


if __name__ == "__main__":
    serve(RestatePeer)
