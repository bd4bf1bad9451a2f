"""The Runner: light bodies in this process, isolated ones in warm child processes.

A thread cannot be stopped and a CPU-bound one slows every commit beside it, so whatever
is heavy or reads untrusted input runs in a child with limits, killed at its timeout.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import BinaryIO, cast

import msgspec

from ..domain.queue import LIMITS, StepClass
from ..errors import Code, WorkflowError
from ..ports import Report, StepAnswer, StepCall, StepReply, unheard
from .body import OUT_OF_MEMORY, run_body, validated
from .child import ChildError, ChildReply, ChildTick, read_frame, write_frame
from .registry import BUILT_IN, Registry, find_step

LARGEST_LIGHT = 200_000
"""Bytes of input up to which a light body runs in this process; above, it is isolated too."""

CALLS_PER_CHILD = 500
"""A child is replaced after so many calls, so that nothing leaks for ever."""

BUILT_IN_NAME = f"{__package__}.registry:BUILT_IN"
"""Where a child finds the built-in steps."""


class StepRunner:
    """Runs step bodies; safe for threads. Close it to end its children.

    `seconds` is the stopwatch that measures them, and how long they wait for a free place;
    without one nobody does. `known` names the registry of its children, as `module:NAME`:
    all that `steps` has isolated must be in it, and the built-in ones of `steps`.
    """

    def __init__(
        self,
        steps: Registry,
        slots: int | None = None,
        seconds: Callable[[], float] | None = None,
        known: str = BUILT_IN_NAME,
    ) -> None:
        self._steps = steps
        self._seconds = seconds
        self._now = seconds or (lambda: 0.0)
        self._known = known
        self._idle: dict[StepClass, list[_Child]] = {step_class: [] for step_class in StepClass}
        self._lock = threading.Lock()
        self._active: dict[tuple[str, int], _Child] = {}
        self._closed = False
        self._threads = ThreadPoolExecutor(slots or max(2, os.cpu_count() or 1))

    def run(self, calls: Sequence[StepCall], report: Report = unheard) -> list[StepAnswer]:
        """See `ports.Runner`."""
        asked = self._now()
        isolated = {
            index: self._threads.submit(self._run_one, call, asked, report)
            for index, call in enumerate(calls)
            if self._is_isolated(call)
        }
        return [
            isolated[index].result() if index in isolated else self._run_one(call, asked, report)
            for index, call in enumerate(calls)
        ]

    def check(self, step: str, version: int, body: bytes) -> StepReply:
        """See `ports.Runner`."""
        return validated(find_step(self._steps, step, version), StepReply(body, {}))

    def close(self) -> None:
        """End all children."""
        with self._lock:
            self._closed = True
            children = [child for idle in self._idle.values() for child in idle]
            children += self._active.values()
        for child in children:
            child.kill()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def active(self) -> list[tuple[str, int]]:
        """See `ports.Runner`."""
        with self._lock:
            return list(self._active)

    def stop(self, calls: Collection[tuple[str, int]]) -> None:
        """See `ports.Runner`."""
        with self._lock:
            for call in calls:
                if call in self._active:
                    self._active[call].end()

    def _is_isolated(self, call: StepCall) -> bool:
        step = self._steps.get((call.step, call.version))
        if step is None or step.spec.isolated:
            return step is not None
        # Of light steps a child is sure to know the built-in ones alone.
        shipped = BUILT_IN.get((call.step, call.version)) is step
        return shipped and _size(call) > LARGEST_LIGHT

    def _run_one(self, call: StepCall, asked: float, report: Report) -> StepReply | WorkflowError:
        begin = self._now()
        try:
            step = find_step(self._steps, call.step, call.version)
            if self._is_isolated(call):
                reply = validated(step, self._in_child(step.spec.step_class, call, asked, report))
            else:
                reply = run_body(step, call)
        except WorkflowError as error:
            return error
        seconds = round(self._now() - begin, 6) if self._seconds else None
        return StepReply(reply.body, reply.files, seconds)

    def _in_child(
        self, step_class: StepClass, call: StepCall, asked: float, report: Report
    ) -> StepReply:
        seconds = self._seconds_for(call, asked)
        child = self._take(step_class)
        with self._lock:
            self._active[(call.key, call.attempt)] = child
        try:
            answer = child.ask(call, seconds, report)
        except BaseException:
            child.kill()
            raise
        finally:
            with self._lock:
                self._active.pop((call.key, call.attempt), None)
        self._give_back(step_class, child)
        if isinstance(answer, ChildError):
            raise WorkflowError(answer.code, answer.message, reason=answer.reason)
        return answer.reply

    def _seconds_for(self, call: StepCall, asked: float) -> float:
        """How long the body may run, now that it is its turn: never on past its lease."""
        if call.within_s is None:
            return call.timeout_s
        left = call.within_s - (self._now() - asked)
        if left <= 0:
            raise _no_turn(call)
        return min(call.timeout_s, left)

    def _take(self, step_class: StepClass) -> "_Child":
        """An idle child that still lives, or a new one."""
        while True:
            with self._lock:
                child = self._idle[step_class].pop() if self._idle[step_class] else None
            if child is None:
                return _Child(step_class, self._known)
            if child.lives():
                return child
            child.kill()

    def _give_back(self, step_class: StepClass, child: "_Child") -> None:
        with self._lock:
            if not self._closed and child.is_fit and child.calls < CALLS_PER_CHILD:
                self._idle[step_class].append(child)
                return
        child.kill()


_Said = ChildTick | ChildReply | ChildError
_SAID: msgspec.msgpack.Decoder[_Said] = msgspec.msgpack.Decoder(_Said)


class _Child:
    """One child process, used by one thread at a time.

    It imports from where this process does, and takes nothing else of its environment.
    `is_fit` says whether it may serve another call.
    """

    def __init__(self, step_class: StepClass, known: str) -> None:
        self.calls = 0
        self.is_fit = True
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [
                sys.executable,
                "-s",
                "-P",
                "-m",
                f"{__package__}.child",
                str(LIMITS[step_class].memory_mib),
                str(os.getpid()),
                known,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": _import_path()},
            start_new_session=True,
        )

    def ask(
        self, call: StepCall, seconds: float, report: Report = unheard
    ) -> ChildReply | ChildError:
        """Run `call`; raises deadline-exceeded after `seconds`, unavailable if the child dies."""
        self.calls += 1
        timed_out = threading.Event()
        timer = threading.Timer(seconds, self._overrun, [timed_out])
        timer.start()
        try:
            self._send(msgspec.msgpack.encode(call))
            while isinstance(said := self._hear(), ChildTick):
                report(call, said.percent)
        finally:
            timer.cancel()
            # It may be about to kill: a child is not given back before that is decided.
            timer.join()
        if said is None:
            raise _timeout(call, seconds) if timed_out.is_set() else self._death(call)
        if isinstance(said, ChildError) and said.reason == OUT_OF_MEMORY:
            self.is_fit = False
        return said

    def _send(self, frame: bytes) -> None:
        # A child that cannot be told anything has nothing to say either: that is what counts.
        with suppress(OSError, ValueError):
            write_frame(cast(BinaryIO, self._process.stdin), frame)

    def _hear(self) -> _Said | None:
        """What the child says next; None if it has ended, or says what it never would."""
        try:
            frame = read_frame(cast(BinaryIO, self._process.stdout))
            return None if frame is None else _SAID.decode(frame)
        except (OSError, ValueError, msgspec.MsgspecError):
            return None

    def end(self) -> None:
        """End the process; whoever waits for its answer closes what it leaves."""
        self.is_fit = False
        self._process.kill()

    def _overrun(self, timed_out: threading.Event) -> None:
        timed_out.set()
        self.end()

    def _death(self, call: StepCall) -> WorkflowError:
        self._process.kill()
        return _spent(call) if self._process.wait() == -signal.SIGXCPU else _death(call)

    def lives(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()


def _import_path() -> str:
    return os.pathsep.join(path for path in sys.path if path)


def _size(call: StepCall) -> int:
    return len(call.given) + sum(map(len, call.files.values()))


def _timeout(call: StepCall, seconds: float) -> WorkflowError:
    return WorkflowError(
        Code.DEADLINE_EXCEEDED,
        f"{call.step} had a timeout after {seconds:g} s.",
        reason="step-timeout",
    )


def _no_turn(call: StepCall) -> WorkflowError:
    return WorkflowError(
        Code.DEADLINE_EXCEEDED,
        f"{call.step} waited for its turn for as long as it might have run.",
        reason="no-turn",
    )


def _spent(call: StepCall) -> WorkflowError:
    return WorkflowError(
        Code.DEADLINE_EXCEEDED,
        f"{call.step} used more than {call.timeout_s} s of processor time.",
        reason="cpu-limit",
    )


def _death(call: StepCall) -> WorkflowError:
    return WorkflowError(
        Code.UNAVAILABLE, f"The process that ran {call.step} ended.", reason="child-died"
    )
