"""Where bodies run: they take their time, fail, stall past the lease, or answer nonsense."""

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Protocol
from zlib import crc32

from ..errors import Code, WorkflowError
from ..ports import Report, StepAnswer, StepCall, StepHandedOver, StepReply, unheard
from ..steps.body import validated
from ..steps.registry import Registry, find_step
from .faults import Faults
from .invariants import Witness
from .world import World

DELEGATED = frozenset({"generate-podcast", "video-introduction", "portfolio-gallery"})
"""Features that a CVPlus service makes, where they are stand-ins; it answers by callback."""

CALLBACK_SECONDS = 60.0

_PADS = tuple(
    f',"pad":"{"x" * size}"' if size else ""
    for size in (0, 3_000, 0, 0, 0, 0, 1_500, 0, 0, 0, 0, 13_000)
)
"""What outputs are padded with, one after the other."""

_written: dict[tuple[type, bytes], bytes] = {}
"""Fit outputs as their models write them: stand-ins make the same ones in every seed."""

_CODES = {
    "fails": Code.UNAVAILABLE,
    "refuses": Code.FAILED_PRECONDITION,
    "times-out": Code.DEADLINE_EXCEEDED,
}


class Bodies(Protocol):
    """The bodies that really run; those of all other steps are stand-ins."""

    def has(self, call: StepCall) -> bool:
        """Whether the body of this call is one of them."""
        ...

    def answer(self, call: StepCall) -> StepReply | WorkflowError:
        """Run it."""
        ...


class SimulatedRunner:
    """Runs the bodies of one installation; `lease` is the longest of its leases, in seconds."""

    def __init__(
        self,
        world: World,
        faults: Faults,
        witness: Witness,
        steps: Callable[[], Registry],
        bodies: Bodies,
        lease: float,
    ) -> None:
        self._world = world
        self._faults = faults
        self._witness = witness
        self._steps = steps
        self._bodies = bodies
        self._lease = lease
        self.answers: Callable[[StepCall, bytes], None] = lambda _call, _output: None

    def active(self) -> list[tuple[str, int]]:
        """See `ports.Runner`."""
        return []

    def stop(self, calls: Collection[tuple[str, int]]) -> None:
        """Nothing can be stopped."""

    def check(self, step: str, version: int, body: bytes) -> StepReply:
        """See `ports.Runner`."""
        return validated(find_step(self._steps(), step, version), StepReply(body, {}))

    def run(self, calls: Sequence[StepCall], report: Report = unheard) -> list[StepAnswer]:
        """See `ports.Runner`; nobody reports."""
        faults = [self._faults.at("body") for _ in calls]
        # The second of two at one attempt takes long, or not, so that either commits first.
        raced = any(map(self._witness.is_raced, calls)) and self._world.random.random() < 0.5
        tokens = [self._witness.begins(call) for call in calls]
        # What is lost with its worker has been done all the same, and is done again.
        made = [self._made(*item) for item in zip(calls, faults, strict=True)]
        self._world.sleep(self._world.random.random() * 3)
        if raced or "slow" in faults:
            self._world.tell("takes nearly all of its time")
            self._world.sleep(min(call.timeout_s for call in calls) - 4.0)
        if "stall" in faults and self._world.current is not None:
            self._world.tell("stalls")
            self._world.current.stalled = True
            self._world.sleep(self._lease + 190)
        if "crash" in faults:
            self._world.doom("in a body")
        self._world.point()
        return [self._reply(*item) for item in zip(calls, tokens, faults, made, strict=True)]

    def _made(self, call: StepCall, fault: str) -> StepReply | WorkflowError | None:
        """What a real body answers, unless its place is taken by a fault."""
        if fault in _CODES or fault == "nonsense" or not self._bodies.has(call):
            return None
        self._world.tell(f"runs {call.step}#{call.attempt} of {call.key[:4]}")
        answer = self._bodies.answer(call)
        told = answer.reason if isinstance(answer, WorkflowError) else crc32(answer.body)
        self._world.tell(f"{call.step}#{call.attempt} answers {told}")
        return answer

    def _reply(
        self, call: StepCall, token: int, fault: str, made: StepReply | WorkflowError | None
    ) -> StepAnswer:
        if isinstance(made, StepReply):
            self._witness.answered(token, made.body)
        if made is not None:
            return made
        if fault in _CODES:
            return WorkflowError(_CODES[fault], fault, reason=fault)
        if call.step in DELEGATED and not fault:
            self._ask_service(call, token)
            return StepHandedOver(CALLBACK_SECONDS)
        return self._stand_in(call, token, fault)

    def _stand_in(self, call: StepCall, token: int, fault: str) -> StepAnswer:
        text = _output(token)
        if fault == "nonsense":
            text = b"null" if self._bodies.has(call) else b'{"nonsense": 1}'
        else:
            self._witness.answered(token, text)
        files = {"cv.html": ("text/html", text)} if call.step == "assemble" else {}
        try:
            step = find_step(self._steps(), call.step, call.version)
            key = (step.output_model, text)
            body = _written.get(key) or validated(step, StepReply(text, {})).body
            if not fault:
                _written[key] = body
            return StepReply(body, files)
        except WorkflowError as error:
            # They would keep the frames of all callers, and these would keep the error.
            error.__context__ = None
            return error.with_traceback(None)

    def _ask_service(self, call: StepCall, token: int) -> None:
        fault = self._faults.at("service")
        if fault == "never-answers":
            self._world.tell(f"the service never answers for {call.step}")
            return
        self._witness.answered(token, _output(token))
        delays = [self._world.random.random() * (120 if fault == "answers-late" else 8)]
        delays += [delays[0] + 1] if fault == "answers-twice" else []
        for delay in delays:
            self._world.spawn("service", self._answering(call, token, delay), returns=True)

    def _answering(self, call: StepCall, token: int, delay: float) -> Callable[[], None]:
        def answer() -> None:
            self._world.sleep(delay)
            self.answers(call, _output(token))

        return answer


@lru_cache(maxsize=1024)
def _output(token: int) -> bytes:
    """A stand-in's output: the number of its execution, as its model writes it.

    Some are padded, so that they do not fit into the job's document, or into any.
    """
    return f'{{"token":{token}{_PADS[token % len(_PADS)]}}}'.encode()
