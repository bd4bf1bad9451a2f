"""Real bodies under observation: deterministic, fit outputs, proper errors, or a violation."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from traceback import extract_tb
from typing import Any

import msgspec
from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from ..errors import Code, WorkflowError
from ..ports import StepCall, StepReply
from ..steps.body import run_body, validated
from ..steps.contract import Produced, Step
from ..steps.registry import Registry, find_step
from .world import ViolationError

Answer = StepReply | WorkflowError

ANSWERED = "answered"
"""What is counted of a body that answers; of one that raises, its error's reason is."""

_REASON = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

_QUOTABLE = re.compile(r"(?=.{12,}).*[ @].*", re.DOTALL)
"""Text that a message repeats only if it quotes its input: long, and words or an address."""


class WatchedBodies:
    """Runs the bodies of a user's own steps, and of the built-in ones that they build on.

    What an own body answers to an input is remembered for as long as this object lives;
    the same input must be answered in the same way whenever it comes again. A built-in body
    is run once for each input. `counts` tells how the own bodies came out, by step.
    """

    def __init__(self, steps: Registry, own: Iterable[tuple[str, int]]) -> None:
        self._steps = steps
        self._own = frozenset(own)
        self._known: dict[str, Answer] = {}
        self._built_in: dict[str, Answer] = {}
        self.counts: dict[str, Counter[str]] = {step: Counter() for step, _ in sorted(self._own)}

    def forgetful(self) -> "WatchedBodies":
        """The same bodies, without what the own ones answered before."""
        fresh = WatchedBodies(self._steps, self._own)
        fresh._built_in = self._built_in
        return fresh

    def has(self, call: StepCall) -> bool:
        """Whether the body of this call is run."""
        return (call.step, call.version) in self._steps

    def answer(self, call: StepCall) -> Answer:
        """Run it; raises `ViolationError` naming what the body must not do."""
        step = find_step(self._steps, call.step, call.version)
        own = (call.step, call.version) in self._own
        name = _input_name(call, own)
        if not own:
            return self._built_in.get(name) or self._built_in.setdefault(name, _plain(step, call))
        known = self._known.get(name)
        answer = _examined(step, call)
        self.counts[call.step][_word(answer)] += 1
        if known is None:
            known = self._known.setdefault(name, _examined(step, call))
        changed = _difference(answer, known)
        if changed:
            raise ViolationError(
                f"{call.step} is not deterministic: for the same input it answers {changed}"
            )
        return answer


def _plain(step: Step, call: StepCall) -> Answer:
    try:
        return validated(step, run_body(step, call))
    except WorkflowError as error:
        return error


def _examined(step: Step, call: StepCall) -> Answer:
    """What the body answers; its answer, or its error, must be proper."""
    wrong: list[str] = []
    body = _watched(step, call, wrong)
    try:
        answer: Answer = validated(step, run_body(body, call))
    except WorkflowError as error:
        if not wrong and error.reason in ("invalid-input", "invalid-output"):
            fields = ", ".join(map(str, error.details.get("fields", ())))  # type: ignore[call-overload]
            what = error.reason.removeprefix("invalid-")
            wrong.append(f"the {what} of {step.spec.id} does not fit its {what} model: {fields}")
        answer = error
    if wrong and wrong[0]:
        raise ViolationError(wrong[0])
    return answer


def _watched(step: Step, call: StepCall, wrong: list[str]) -> Step:
    """The step with a body that adds to `wrong` what is wrong with what it does.

    An error that it may raise adds an empty text.
    """

    def run(given: object) -> Produced:
        try:
            produced = step.run(given)
        except SystemExit as error:
            wrong.append(f"{step.spec.id} ends the process{_place(error)}")
            raise RuntimeError from None
        except Exception as error:
            wrong.append(_wrong(step.spec.id, error, call))
            raise
        improper = _improper_product(step, produced)
        if improper:
            wrong.append(improper)
            raise RuntimeError
        return produced

    return Step(step.spec, step.input_model, step.output_model, run)


def _improper_product(step: Step, produced: object) -> str:
    """What keeps a body's product from being stored; nothing if all is well."""
    name, model = step.spec.id, step.output_model
    if not isinstance(produced, Produced):
        return f"{name} returns {type(produced).__name__}, not Produced"
    if not isinstance(produced.output, model):
        return f"{name} answers {type(produced.output).__name__}, not {model.__name__}"
    for file, content in produced.files.items():
        if not isinstance(getattr(content, "content", None), bytes):
            return f"{name} produces a file {file} that is no ProducedFile of bytes"
    try:
        model.model_validate(produced.output.model_dump(warnings=False))
        produced.output.model_dump_json(warnings="error")
    except ValidationError as error:
        return f"the output of {name} does not fit its output model: {_fields(error)}"
    except PydanticSerializationError:
        return f"the output of {name} does not fit its output model"
    return ""


def _wrong(step: str, error: Exception, call: StepCall) -> str:
    """What is wrong with an error that a body raises; nothing if it may raise it."""
    if isinstance(error, WorkflowError):
        return _improper(step, error, call)
    if isinstance(error, ValidationError):
        return f"{step} makes a value that does not fit {error.title}: {_fields(error)}"
    return f"{step} crashes with {type(error).__name__}{_place(error)}"


def _fields(error: ValidationError) -> str:
    found = error.errors(include_input=False, include_url=False)
    return ", ".join(".".join(map(str, item["loc"])) for item in found)


def _place(error: BaseException) -> str:
    """Where in the body's own module an error was raised, seen from where it was called."""
    _ours, *frames = extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename == frames[0].filename]
    return f" in {Path(own[-1].filename).name}, line {own[-1].lineno}" if own else ""


def _improper(step: str, error: WorkflowError, call: StepCall) -> str:
    """Whether programs can tell the error by its reason, and logs may keep its message."""
    if not _REASON.fullmatch(error.reason):
        return f"{step} raises an error whose reason is no kebab-case word: {error.reason!r}"
    if error.code == Code.FAILED_PRECONDITION and error.reason == error.code.value:
        return f"{step} refuses without a reason of its own"
    if not error.message.strip():
        return f"{step} raises {error.reason} without a message"
    if any(text in error.message for text in _texts(msgspec.json.decode(call.given)["outputs"])):
        return f"{step} raises {error.reason} with a message that quotes its input"
    return ""


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield from [value] if _QUOTABLE.fullmatch(value) else []
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _word(answer: Answer) -> str:
    return answer.reason if isinstance(answer, WorkflowError) else ANSWERED


def _difference(answer: Answer, other: Answer) -> str:
    """In what two answers differ, in names of fields and files only; nothing if they agree."""
    if isinstance(answer, WorkflowError) or isinstance(other, WorkflowError):
        words = [_said(each) for each in (other, answer)]
        return " and ".join(words) if words[0] != words[1] else ""
    if answer == other:
        return ""
    one, two = msgspec.json.decode(answer.body), msgspec.json.decode(other.body)
    fields = [name for name in {**two, **one} if one.get(name) != two.get(name)]
    names = {**other.files, **answer.files}
    files = [name for name in names if answer.files.get(name) != other.files.get(name)]
    told = [f"another {', '.join(fields)}" if fields else "", f"another file {', '.join(files)}"]
    return " and ".join(told[: 1 + bool(files)]).removeprefix(" and ") or "other bytes"


def _said(answer: Answer) -> str:
    if isinstance(answer, WorkflowError):
        return f"{answer.reason} ({answer.code})"
    return "an output"


def _input_name(call: StepCall, own: bool) -> str:
    """The same for calls with the same input."""
    given = msgspec.json.decode(call.given)
    if call.step == "parse" and not own:
        # The built-in step takes long, and the features of the job are nothing to it.
        given["job"].pop("features", None)
    digest = hashlib.blake2b(msgspec.json.encode(given), digest_size=16)
    for name, content in sorted(call.files.items()):
        digest.update(f"/{name}/{len(content)}/".encode())
        digest.update(content)
    return f"{call.step}/{call.version}/{digest.hexdigest()}"


def unanswered(counts: Mapping[str, Counter[str]]) -> list[str]:
    """What is told of steps that never answered, with the errors that they raised instead."""
    told = []
    for step, count in counts.items():
        if not count[ANSWERED]:
            reasons = ", ".join(sorted(+count))
            told.append(f"{step} never answers: {reasons or 'no job got as far as running it'}")
    return told
