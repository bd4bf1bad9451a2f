"""Running one step body: its input validated, its output validated, its errors typed."""

from collections.abc import Callable

from pydantic import ValidationError

from ..errors import Code, WorkflowError
from ..ports import StepCall, StepReply
from .contract import Produced, Step

OUT_OF_MEMORY = "out-of-memory"
"""The reason of a body that took more memory than its class has."""


def run_body(
    step: Step, call: StepCall, listener: Callable[[int], None] | None = None
) -> StepReply:
    """Run `step` on `call`; raises only `WorkflowError`, without any text of the CV.

    `listener` hears what the body reports of its progress.
    """
    try:
        given = step.input_model.model_validate_json(call.given)
        given.files.update(call.files)
        if listener is not None:
            given.heard_by(listener)
        return _reply(step, step.run(given))
    except WorkflowError:
        raise
    except ValidationError as error:
        raise _misfit(step, "input", error) from None
    except MemoryError:
        raise WorkflowError(
            Code.RESOURCE_EXHAUSTED, f"{step.spec.id} ran out of memory.", reason=OUT_OF_MEMORY
        ) from None
    except Exception as error:  # noqa: BLE001 - a body may fail in any way; its text may quote the CV
        name = type(error).__name__
        raise WorkflowError(
            Code.INTERNAL, f"{step.spec.id} failed with {name}.", reason="step-crashed"
        ) from None


def _reply(step: Step, produced: Produced) -> StepReply:
    if not isinstance(produced.output, step.output_model):
        raise WorkflowError(
            Code.DATA_LOSS,
            f"{step.spec.id} answers another model than its own.",
            reason="invalid-output",
        )
    files = {name: (file.media_type, file.content) for name, file in produced.files.items()}
    return StepReply(_json(produced.output), files)


def validated(step: Step, reply: StepReply) -> StepReply:
    """A child's reply after its output passed the model here, where it will be trusted."""
    try:
        output = step.output_model.model_validate_json(reply.body)
    except ValidationError as error:
        raise _misfit(step, "output", error) from None
    return StepReply(_json(output), reply.files)


def _json(output: object) -> bytes:
    text: str = output.model_dump_json(by_alias=True, exclude_defaults=True)  # type: ignore[attr-defined]
    return text.encode()


def _misfit(step: Step, what: str, error: ValidationError) -> WorkflowError:
    places = [".".join(map(str, item["loc"])) for item in error.errors(include_input=False)[:5]]
    return WorkflowError(
        Code.DATA_LOSS,
        f"The {what} of {step.spec.id} does not fit its model.",
        reason=f"invalid-{what}",
        details={"fields": places},
    )
