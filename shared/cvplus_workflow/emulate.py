"""The deployed system on this machine: emulators, queues, and a process with all functions.

Firestore and Pub/Sub are the official emulators, Cloud Tasks and Cloud Storage stand-ins in
this process, and a clock here calls what Cloud Scheduler would. The functions run in a
child process, which can be killed and started again: whatever it had in hand comes again.
"""

import contextlib
import logging
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import IO
from urllib.request import Request, urlopen

from msgspec import Struct

from .domain.queue import StepClass
from .embedded.system import SystemClock
from .errors import Code, WorkflowError
from .firebase.clients import FIRESTORE, PUBSUB, STORAGE, TASKS, bucket_client
from .firebase.dispatcher import queues
from .firebase.emulated_storage import StorageServer
from .firebase.emulated_tasks import TaskDelivery, TaskQueues, TaskServer
from .firebase.emulated_topics import push_topics
from .firebase.emulators import (
    START_SECONDS,
    checked_port,
    environment,
    start_firestore,
    start_pubsub,
)

log = logging.getLogger("cvplus_workflow")

REGION = "us-central1"

AUTH_HOST = "127.0.0.1:9099"
"""Where the emulator of Firebase Auth usually is. That it is named lets functions believe
unsigned tokens; it need not run."""

HOST_MODULE = f"{__package__}.firebase.functions_host"
"""What the functions process runs."""

PUSHES = {"cvplus-service-callbacks": "onServiceCallback", "cvplus-job-events": "onJobEvent"}
"""Topics, and the functions that their messages are pushed to."""

TOGETHER = {StepClass.LIGHT: 4, StepClass.STANDARD: 2, StepClass.HEAVY: 1}
"""Tasks of each class that are delivered at a time."""

SWEEP_SECONDS = 5.0
"""How often the clock calls the sweep; deployed it is once a minute."""

TICK_SECONDS = 300.0
CALL_SECONDS = 300
"""How long a scheduled function may take."""


_LOOK_SECONDS = 0.1


class Ports(Struct, frozen=True):
    """The ports to listen on; 0 is any free one."""

    functions: int = 0
    firestore: int = 0
    pubsub: int = 0
    storage: int = 0


class Stack:
    """The whole system; `project_folder` holds `functions/` and `firestore.rules`.

    `auth_host` is where the emulator of Firebase Auth is, if there is one. `output` is where
    the functions process writes; None is standard error. `sweep_s` is how often the clock
    calls the sweep; with None there is no clock. Use it as a context manager, or `start` and
    `stop` it; it starts once.
    """

    def __init__(
        self,
        project_folder: Path,
        project: str = "demo-cvplus",
        ports: Ports | None = None,
        *,
        auth_host: str = AUTH_HOST,
        output: IO[bytes] | None = None,
        sweep_s: float | None = SWEEP_SECONDS,
    ) -> None:
        self.project = project
        self.bucket = f"{project}.firebasestorage.app"
        self.queues = TaskQueues(SystemClock())
        self.hosts: dict[str, str] = {"FIREBASE_AUTH_EMULATOR_HOST": auth_host}
        self._folder = project_folder
        self._ports = ports or Ports()
        self._output = output
        self._sweep_s = sweep_s
        self._signing_key = secrets.token_hex(32)
        self._listener: socket.socket
        self._done = threading.Event()
        self._clock: list[threading.Thread] = []
        self._functions: FunctionsProcess | None = None
        self._deliveries: list[TaskDelivery] = []
        self._stops = contextlib.ExitStack()

    def __enter__(self) -> "Stack":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """What the name of a function is added to."""
        port = self._listener.getsockname()[1]
        return f"http://127.0.0.1:{port}/{self.project}/{REGION}/"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the functions have, and whoever else works on this stack."""
        return {
            **self.hosts,
            "GOOGLE_CLOUD_PROJECT": self.project,
            "METADATA_SERVER_DETECTION": "none",
            "CVPLUS_BUCKET": self.bucket,
            "CVPLUS_REGION": REGION,
            "CVPLUS_FUNCTIONS_URL": self.url,
            "CVPLUS_SIGNING_KEY": self._signing_key,
        }

    def start(self) -> None:
        """Start everything, or nothing; raises failed-precondition for what is missing or taken."""
        functions = self._folder / "functions" / "main.py"
        if not functions.is_file():
            raise WorkflowError(
                Code.FAILED_PRECONDITION,
                f"There is no {functions}. Name the folder that holds firebase.json.",
                reason="functions-missing",
            )
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End all that was started here, the functions first."""
        self._stops.close()

    def start_functions(self) -> None:
        """Start the functions process and wait until it serves, at the address it always had."""
        folder, listener = self._folder / "functions", self._listener.fileno()
        self._functions = FunctionsProcess(folder, listener, self.environment, self._output)

    def kill_functions(self) -> None:
        """Kill the functions process, whatever it is doing; doing so twice is doing so once.

        What it has in hand fails; who calls meanwhile waits until it is started again.
        """
        if self._functions is not None:
            self._functions.kill()
            self._functions = None

    def start_deliveries(self) -> None:
        """Deliver tasks that are due to the functions."""
        self._deliveries = [
            TaskDelivery(self.queues, queues([step_class]), together)
            for step_class, together in TOGETHER.items()
        ]

    def stop_deliveries(self) -> None:
        """Deliver nothing more; waits for what is under way."""
        for delivery in self._deliveries:
            delivery.stop()
        self._deliveries = []

    def wait(self) -> None:
        """Wait while the functions run; raises unavailable when their process has ended."""
        if self._functions is not None:
            self._functions.wait()
        raise WorkflowError(
            Code.UNAVAILABLE, "The functions process has ended.", reason="functions-ended"
        )

    def run_scheduled(self, name: str) -> None:
        """Call a scheduled function as Cloud Scheduler does; raises unavailable if it fails."""
        request = Request(self.url + name, b"", method="POST")  # noqa: S310 - our own functions
        try:
            urlopen(request, timeout=CALL_SECONDS).close()  # noqa: S310
        except (OSError, HTTPException) as error:
            message = f"{name} failed: {type(error).__name__}."
            raise WorkflowError(Code.UNAVAILABLE, message, reason="schedule-failed") from error

    def _start(self) -> None:
        stops = self._stops
        self._listener = _listening(self._ports.functions)
        stops.callback(self._listener.close)
        storage = StorageServer(checked_port(self._ports.storage))
        stops.callback(storage.stop)
        rules = self._folder / "firestore.rules"
        firestore = start_firestore(self.project, rules, self._ports.firestore)
        stops.callback(firestore.stop)
        pubsub = start_pubsub(self._ports.pubsub)
        stops.callback(pubsub.stop)
        tasks = TaskServer(self.queues)
        stops.callback(tasks.stop)
        self.hosts |= {FIRESTORE: firestore.host, PUBSUB: pubsub.host}
        self.hosts |= {STORAGE: storage.host, TASKS: tasks.host}
        self._fill()
        stops.callback(self.stop_deliveries)
        stops.callback(self._join_clock)
        # First of all, because the deliveries and the clock wait for what they have in hand.
        stops.callback(self._listener.close)
        stops.callback(self.kill_functions)
        stops.callback(self._done.set)
        self.start_functions()
        self.start_deliveries()
        if self._sweep_s is not None:
            self._start_clock(self._sweep_s)

    def _fill(self) -> None:
        """Make what a deployment has: the bucket, the topics and who listens to them."""
        with environment(self.hosts):
            bucket_client(self.project, self.bucket).create()
        pushes = {topic: self.url + name for topic, name in PUSHES.items()}
        push_topics(self.hosts[PUBSUB], self.project, pushes)

    def _start_clock(self, sweep_s: float) -> None:
        calls = (("sweep", sweep_s), ("tick", TICK_SECONDS))
        self._clock = [threading.Thread(target=self._call_every, args=call) for call in calls]
        for thread in self._clock:
            thread.start()

    def _join_clock(self) -> None:
        for thread in self._clock:
            thread.join()

    def _call_every(self, name: str, seconds: float) -> None:
        while not self._done.wait(seconds):
            try:
                self.run_scheduled(name)
            except WorkflowError as error:
                if not self._done.is_set():
                    log.warning("%s", error.message)


def _listening(port: int) -> socket.socket:
    """A socket that listens on `port`, or a free one for 0; raises failed-precondition.

    The functions inherit it, so that the port stays theirs while they are started again.
    """
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise WorkflowError(
            Code.FAILED_PRECONDITION, f"Port {port} is taken.", reason="port-taken"
        ) from error


class FunctionsProcess:
    """The process that serves all functions in `folder`; it ends with this one.

    `listener` is the file descriptor of the socket that it serves.
    """

    def __init__(
        self, folder: Path, listener: int, variables: Mapping[str, str], output: IO[bytes] | None
    ) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-m", HOST_MODULE, str(folder), str(listener)],
            pass_fds=[listener],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            # A data folder of the user's would make the functions embedded ones.
            env={**os.environ, **variables, "CVPLUS_DATA": ""},
            start_new_session=True,
        )
        try:
            self._wait_until_it_listens()
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()
        self._process.communicate()

    def wait(self) -> None:
        """Wait until it has ended; looks now and then, so that no signal goes unnoticed."""
        while self._process.poll() is None:
            time.sleep(_LOOK_SECONDS)

    def _wait_until_it_listens(self) -> None:
        """The first line of its output tells that it does; no line, that it has ended."""
        timer = threading.Timer(START_SECONDS, self._process.kill)
        timer.start()
        line = self._process.stdout.readline() if self._process.stdout else b""
        timer.cancel()
        if not line:
            raise WorkflowError(
                Code.UNAVAILABLE, "The functions did not start.", reason="functions-start"
            )
