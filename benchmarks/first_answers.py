"""First answers: from the start of an instance to its answer, on the emulators.

    python benchmarks/first_answers.py
    python benchmarks/first_answers.py --json --runs 9

Each figure is of a new process of functions-framework with one function, as the platform
starts it; what it asks for is on the emulators of this machine. *Listens* is when it takes
connections, *answers* when its first request is answered; both in seconds of the clock, so
the machine has to be quiet. Needs the emulators. Takes two minutes.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.functions.web import ROOT, User, new_job, unsigned_token

from cvplus_workflow.emulate import Stack
from cvplus_workflow.errors import WorkflowError
from cvplus_workflow.firebase.dispatcher import queues

PROJECT = "demo-cold"
USER = User("ada", "ada", ["user"])
POLL_S = 0.005
"""How often a starting instance is tried."""

LONGEST_S = 60.0

Times = dict[str, list[tuple[float, float]]]
"""By function: when each of its instances listened, and when it answered."""


class Instances:
    """Starts an instance for each request, and notes its times."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.times: Times = {}

    def call(self, name: str, data: dict[str, Any]) -> Any:
        """What the callable `name` answers to Ada."""
        token = unsigned_token(USER, PROJECT)
        body = json.dumps({"data": data}).encode()
        return json.loads(self.send(name, body, {"Authorization": f"Bearer {token}"}))["result"]

    def send(self, name: str, body: bytes, headers: dict[str, str] | None = None) -> bytes:
        """What the function `name` answers."""
        port = _free_port()
        kind = {"Content-Type": "application/json", **(headers or {})}
        request = Request(f"http://127.0.0.1:{port}/", body, kind, method="POST")
        begin = time.perf_counter()
        instance = self._start(name, port)
        try:
            _wait_for(port, begin + LONGEST_S)
            listens = time.perf_counter() - begin
            with urlopen(request, timeout=LONGEST_S) as response:
                answer: bytes = response.read()
            self.times.setdefault(name, []).append((listens, time.perf_counter() - begin))
        finally:
            instance.terminate()
            instance.wait(LONGEST_S)
        return answer

    def _start(self, name: str, port: int) -> subprocess.Popen[bytes]:
        source = str(ROOT / "functions" / "main.py")
        place = ["--source", source, "--target", name, "--host", "127.0.0.1", "--port", str(port)]
        return subprocess.Popen(
            [sys.executable, "-m", "functions_framework", *place],
            env={
                **os.environ,
                **self._stack.environment,
                "FUNCTION_TARGET": name,
                "CVPLUS_DATA": "",
                "PYTHONPATH": str(ROOT / "shared"),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def main() -> None:
    arguments = _arguments()
    try:
        times = measured(arguments.runs)
    except WorkflowError as error:
        sys.exit(error.message)
    found = {name: _figures(each) for name, each in times.items()}
    if arguments.json:
        print(json.dumps({"runs": arguments.runs, "functions": found}, indent=2))
    else:
        _show(found)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--runs", type=int, default=5, help="instances a function (5)")
    return parser.parse_args()


def measured(runs: int) -> Times:
    """The times of `runs` instances of each function, after one more that warms the disk."""
    with Stack(ROOT, PROJECT, sweep_s=None) as stack:
        stack.stop_deliveries()
        stack.kill_functions()
        _one_round(stack, Instances(stack))
        instances = Instances(stack)
        for _ in range(runs):
            _one_round(stack, instances)
    return instances.times


def _one_round(stack: Stack, instances: Instances) -> None:
    """A job made, read, and its document parsed, each by an instance of its own."""
    job = instances.call("createJob", new_job())["id"]
    (task, *_) = stack.queues.take(queues(), 100)
    instances.send("runStandardSteps", task.http_request.body)
    instances.call("getJob", {"jobId": job})
    instances.call("getJobHistory", {})
    instances.send("sweep", b"{}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def _wait_for(port: int, until: float) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.perf_counter() > until:
                raise
            time.sleep(POLL_S)
        else:
            return


def _figures(times: list[tuple[float, float]]) -> dict[str, float]:
    folds: dict[str, Callable[[list[float]], float]] = {
        "best": min,
        "median": statistics.median,
        "worst": max,
    }
    return {
        f"{what}_s_{fold}": round(folds[fold]([each[place] for each in times]), 3)
        for place, what in enumerate(("listens", "answers"))
        for fold in folds
    }


def _show(found: dict[str, dict[str, float]]) -> None:
    print(f"{'seconds':18}listens: best   median    worst  answers: best   median    worst")
    for name, figures in found.items():
        listens, answers = list(figures.values())[:3], list(figures.values())[3:]
        print(f"{name:18}     {_row(listens)}      {_row(answers)}")


def _row(values: list[float]) -> str:
    return " ".join(f"{value:8.3f}" for value in values)


if __name__ == "__main__":
    main()
