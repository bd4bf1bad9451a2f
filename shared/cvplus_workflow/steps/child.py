"""The child process of isolated steps: frames in, frames out, until its input ends.

A frame is four bytes of length, big-endian, and a MessagePack document.
"""

import os
import resource
import sys
from typing import BinaryIO

import msgspec
from msgspec import Struct

from ..errors import Code, WorkflowError
from ..ports import StepCall, StepReply


class ChildError(Struct, frozen=True, tag="error"):
    """A `WorkflowError` on its way to the parent."""

    code: Code
    message: str
    reason: str


class ChildReply(Struct, frozen=True, tag="reply"):
    """A body's reply on its way to the parent."""

    reply: StepReply


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


def _answer(frame: bytes) -> ChildReply | ChildError:
    from .body import run_body
    from .registry import BUILT_IN, find_step

    call = msgspec.msgpack.decode(frame, type=StepCall)
    try:
        return ChildReply(run_body(find_step(BUILT_IN, call.step, call.version), call))
    except WorkflowError as error:
        return ChildError(error.code, error.message, error.reason)


def main() -> None:
    """Serve calls; whatever libraries print goes to standard error, not among the frames."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    limit_resources(int(sys.argv[1]))
    from . import registry  # noqa: F401 - warm before the first call

    while (frame := read_frame(sys.stdin.buffer)) is not None:
        write_frame(replies, msgspec.msgpack.encode(_answer(frame)))


if __name__ == "__main__":
    main()
