"""The official emulators of Firestore and Pub/Sub: found, started on free ports, stopped.

They are Java programs that come with the Google Cloud SDK; firebase-tools keeps the same
ones in its cache. Only processes that were started here are ever stopped.
"""

import contextlib
import os
import re
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..errors import Code, WorkflowError

FIRESTORE_CLASS = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
"""The entry of the Firestore emulator; its jar has no Main-Class."""

START_SECONDS = 60.0
"""How long an emulator may take until it listens; usually less than two seconds."""

_JAVA = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Duser.language=en")
_WATCHED = 'exec 3<&0; (read -r _ <&3; kill -KILL 0) & exec "$@" 3<&- </dev/null'
"""A shell's words: become the command, and kill its process group when standard input ends."""

_SOCKETS = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
"""Where Linux lists its sockets."""

_LISTENING = "0A"
"""The state of a socket that listens, in those lists."""

_PLACES = {
    "firestore": (
        "platform/cloud-firestore-emulator/cloud-firestore-emulator.jar",
        "cloud-firestore-emulator-*.jar",
    ),
    "pubsub": (
        "platform/pubsub-emulator/lib/cloud-pubsub-emulator-*-all.jar",
        "pubsub-emulator-*/pubsub-emulator/lib/cloud-pubsub-emulator-*-all.jar",
    ),
}
"""Where each one is: under the SDK's root, and in the cache of firebase-tools."""


class Emulator:
    """A running emulator; `host` is what its `…_EMULATOR_HOST` variable wants.

    It ends with this process, however that ends. Raises unavailable if it does not start, and
    failed-precondition if somebody else has its port.
    """

    def __init__(self, name: str, command: list[str], port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self._name = name
        self._process = subprocess.Popen(  # noqa: S603 - our own command line
            ["/bin/sh", "-c", _WATCHED, name, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            self._wait_until_it_listens(port)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()
        self._process.communicate()

    def _wait_until_it_listens(self, port: int) -> None:
        end = time.monotonic() + START_SECONDS
        while not _listens(port):
            if self._process.poll() is not None or time.monotonic() > end:
                raise WorkflowError(
                    Code.UNAVAILABLE,
                    f"The {self._name} emulator did not start. Is Java 17 or newer installed?",
                    reason="emulator-start",
                )
            time.sleep(0.05)
        # Somebody may have taken the port between the look at it and the start.
        if self._process.poll() is not None or not _holds(self._process.pid, port):
            raise _taken(port)


def start_firestore(project: str, rules: Path, port: int = 0) -> Emulator:
    """A Firestore emulator with `rules`, on `port` or a free one; raises as `find_jar`."""
    port = checked_port(port)
    place = ["--host", "127.0.0.1", "--port", str(port)]
    options = ["--rules", str(rules), "--project_id", project]
    jar = str(find_jar("firestore"))
    command = [find_java(), *_JAVA, "-cp", jar, FIRESTORE_CLASS, *place, *options]
    return Emulator("Firestore", command, port)


def start_pubsub(port: int = 0) -> Emulator:
    """A Pub/Sub emulator, on `port` or a free one; raises as `find_jar`."""
    port = checked_port(port)
    place = ["--host=127.0.0.1", f"--port={port}"]
    jar = str(find_jar("pubsub"))
    return Emulator("Pub/Sub", [find_java(), *_JAVA, "-jar", jar, *place], port)


def find_java() -> str:
    """The Java program; raises failed-precondition without one."""
    found = shutil.which("java")
    if found is None:
        raise _missing("Java 17 or newer", "java-missing")
    return found


def find_jar(name: str) -> Path:
    """The jar of an emulator, `firestore` or `pubsub`: the SDK's, else the newest in the cache.

    Raises failed-precondition without one.
    """
    in_sdk, in_cache = _PLACES[name]
    found = [*_matches(_sdk_roots(), in_sdk), *_matches([_cache()], in_cache)]
    if not found:
        what = f"the {name} emulator (gcloud components install, or npm firebase-tools)"
        raise _missing(what, "emulator-missing")
    return found[0]


def free_port() -> int:
    """A port that nobody listens on now.

    It is none of those that systems give to outgoing connections (from 32768 on Linux), one
    of which could take it before who asked for it does.
    """
    while True:
        # Not from `random`, which tests seed: two of them would take the same port.
        port = 20_000 + secrets.randbelow(12_768)
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port


@contextlib.contextmanager
def environment(values: dict[str, str]) -> Iterator[None]:
    """These environment variables, and afterwards what was there before."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def checked_port(port: int) -> int:
    """`port`, or a free one for 0; raises failed-precondition if somebody listens on it."""
    if port and _listens(port):
        raise _taken(port)
    return port or free_port()


def _listens(port: int) -> bool:
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex(("127.0.0.1", port)) == 0


def _holds(pid: int, port: int) -> bool:
    """Whether the process `pid` is one that listens on `port`.

    Only Linux can be asked; elsewhere a process that lives is believed to.
    """
    if not _SOCKETS[0].exists():
        return True
    listening = {
        f"socket:[{inode}]"
        for table in _SOCKETS
        if table.exists()
        for inode in _listeners(table.read_text(), port)
    }
    return not listening.isdisjoint(_open_files(pid))


def _listeners(table: str, port: int) -> Iterator[str]:
    """The inodes of the sockets in a table of Linux's that listen on `port`."""
    for line in table.splitlines()[1:]:
        _, local, _, state, *rest = line.split()
        if state == _LISTENING and int(local.rpartition(":")[2], 16) == port:
            yield rest[5]


def _open_files(pid: int) -> Iterator[str]:
    # A file that is closed meanwhile is no longer open; a process that has ended has none.
    with contextlib.suppress(OSError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                yield str(link.readlink())


def _matches(roots: Iterable[Path], pattern: str) -> list[Path]:
    return [
        path for root in roots for path in sorted(root.glob(pattern), key=_version, reverse=True)
    ]


def _version(jar: Path) -> list[int]:
    """The numbers in a path, by which 1.19 comes after 1.9."""
    return [int(number) for number in re.findall(r"\d+", str(jar))]


def _sdk_roots() -> list[Path]:
    gcloud = shutil.which("gcloud")
    return [] if gcloud is None else [Path(gcloud).resolve().parents[1]]


def _cache() -> Path:
    return Path.home() / ".cache" / "firebase" / "emulators"


def _taken(port: int) -> WorkflowError:
    return WorkflowError(Code.FAILED_PRECONDITION, f"Port {port} is taken.", reason="port-taken")


def _missing(what: str, reason: str) -> WorkflowError:
    return WorkflowError(Code.FAILED_PRECONDITION, f"This needs {what}.", reason=reason)
