"""The child process of isolated steps: frames in, frames out, until its input ends.

A frame is four bytes of length, big-endian, and a MessagePack document.
"""

import math
import os
import resource
import signal
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO

import msgspec
from msgspec import Struct

from ..errors import Code, WorkflowError
from ..ports import StepCall, StepReply

if TYPE_CHECKING:
    from .registry import Registry

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that a process gets when the thread that started it ends."""

ALARM_MARGIN_S = 5.0
"""How long after a call's timeout, at which the parent kills, the child ends itself."""


class ChildError(Struct, frozen=True, tag="error"):
    """A `WorkflowError` on its way to the parent."""

    code: Code
    message: str
    reason: str


class ChildReply(Struct, frozen=True, tag="reply"):
    """A body's reply on its way to the parent."""

    reply: StepReply


class ChildTick(Struct, frozen=True, tag="tick"):
    """A body's progress on its way to the parent: a whole percentage, higher than the last."""

    percent: int


class _Progress:
    """What a body reports, as frames: at most a hundred, however often it does."""

    def __init__(self, replies: BinaryIO) -> None:
        self._replies = replies
        self._last = 0

    def heard(self, percent: float) -> None:
        whole = min(100, int(percent))
        if whole > self._last:
            self._last = whole
            write_frame(self._replies, msgspec.msgpack.encode(ChildTick(whole)))


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame's content; None at the end of the stream."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    size = int.from_bytes(head, "big")
    content = stream.read(size)
    return content if len(content) == size else None


def write_frame(stream: BinaryIO, content: bytes) -> None:
    """Write one frame and flush it."""
    stream.write(len(content).to_bytes(4, "big") + content)
    stream.flush()


def limit_resources(memory_mib: int) -> None:
    """Cap what this process may use: data memory, open files; no files written, no core."""
    resource.setrlimit(resource.RLIMIT_DATA, (memory_mib << 20, memory_mib << 20))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def die_with_parent(parent: int) -> None:
    """End at once when the process `parent` does, even in the middle of a body.

    By prctl(2), PR_SET_PDEATHSIG, where the system is Linux; elsewhere `limit_time` is
    what ends an orphan that does not look at its input.
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit()


def limit_time(seconds: float) -> None:
    """Let SIGALRM end this process after so many seconds; 0 takes that back."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def limit_processor(seconds: float | None) -> None:
    """Let SIGXCPU end this process once it has used so many more seconds of processor time.

    A body of one thread meets its timeout first; this is for one that has several. None
    takes the limit back.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = hard
    if seconds is not None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        soft = math.ceil(usage.ru_utime + usage.ru_stime + seconds)
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def named_registry(name: str) -> "Registry":
    """The steps that `name` stands for: a module and what they are called in it, `module:NAME`."""
    module, _, attribute = name.partition(":")
    found = getattr(import_module(module), attribute)
    if not isinstance(found, Mapping):
        raise TypeError(f"{name} is no registry of steps")
    return found


def _answer(steps: "Registry", frame: bytes, replies: BinaryIO) -> ChildReply | ChildError:
    from .body import run_body
    from .registry import find_step

    call = msgspec.msgpack.decode(frame, type=StepCall)
    limit_time(call.timeout_s + ALARM_MARGIN_S)
    limit_processor(call.timeout_s)
    try:
        step = find_step(steps, call.step, call.version)
        return ChildReply(run_body(step, call, _Progress(replies).heard))
    except WorkflowError as error:
        return ChildError(error.code, error.message, error.reason)
    finally:
        limit_processor(None)
        limit_time(0)


def main() -> None:
    """Serve calls; whatever libraries print goes to standard error, not among the frames.

    Arguments: the memory limit in MiB, the parent's process id, the name of the registry.
    """
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    die_with_parent(int(sys.argv[2]))
    limit_resources(int(sys.argv[1]))
    steps = named_registry(sys.argv[3])
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        write_frame(replies, msgspec.msgpack.encode(_answer(steps, frame, replies)))


if __name__ == "__main__":
    main()
