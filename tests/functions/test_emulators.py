"""An emulator is the process that was started for it, whoever else answers at its port."""

import socket
import sys
from pathlib import Path

import pytest

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.firebase.emulators import Emulator, free_port

IDLE = "import time; time.sleep(600)"
SERVER = "import socket; kept = socket.create_server(('{}', {})); " + IDLE

linux = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="This needs Linux.")


def _start(program: str, port: int) -> Emulator:
    return Emulator("Test", [sys.executable, "-c", program], port)


@linux
def test_somebody_elses_listener_is_not_taken_for_the_emulator() -> None:
    """The port was free when it was looked at. Pub/Sub's own does not end either, then."""
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        with pytest.raises(WorkflowError) as raised:
            _start(IDLE, port)
    assert (raised.value.code, raised.value.reason) == (Code.FAILED_PRECONDITION, "port-taken")
    assert str(port) in raised.value.message


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", ""])
def test_its_own_listener_is(address: str) -> None:
    port = free_port()
    _start(SERVER.format(address, port), port).stop()


def test_a_program_that_ends_did_not_start() -> None:
    with pytest.raises(WorkflowError) as raised:
        _start("", free_port())
    assert (raised.value.code, raised.value.reason) == (Code.UNAVAILABLE, "emulator-start")
