"""A result that this software wrote before, read as a CV again."""

from pydantic import ValidationError

from ...errors import Code, WorkflowError
from .. import cv as cv_models
from ..contract import Model
from ..cv import ParsedCv
from .draft import Reading
from .json_values import JsonValue, leaves
from .text import cleaned, shortened


def is_result(document: JsonValue) -> bool:
    """Whether a document has the keys of a written result."""
    return isinstance(document, dict) and {"schemaVersion", "cv"} <= document.keys()


def read_result(document: JsonValue) -> Reading:
    """Reads the `cv` of a written result.

    Raises `invalid-argument` naming the first wrong field, never its value.
    """
    value = document.get("cv") if isinstance(document, dict) else None
    try:
        cv = ParsedCv.model_validate(_cleaned(value))
    except ValidationError as error:
        path = _path(error)
        raise WorkflowError(
            Code.INVALID_ARGUMENT,
            f"{path}: {_problem(error)}",
            reason="invalid-result",
            details={"field": path},
        ) from None
    return Reading(cv, source_text="\n".join(text for _, text in leaves("", value)))


def _cleaned(value: JsonValue, depth: int = 0) -> JsonValue:
    """Cleans texts as deep as the model goes; deeper values are wrong anyway."""
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, list) and depth < 10:
        return [_cleaned(each, depth + 1) for each in value]
    if isinstance(value, dict) and depth < 10:
        return {cleaned(key): _cleaned(each, depth + 1) for key, each in value.items()}
    return value


def _problem(error: ValidationError) -> str:
    """What is wrong, in pydantic's words for the kind of error: they hold no value."""
    return str(error.errors(include_input=False, include_url=False)[0]["type"]).replace("_", " ")


def _path(error: ValidationError) -> str:
    """The path of the first wrong field; keys that are text of the CV are masked."""
    first = error.errors(include_input=False, include_url=False)[0]
    path, unknown = "cv", first["type"] == "extra_forbidden"
    for at, part in enumerate(first["loc"]):
        if isinstance(part, int):
            path += f"[{part}]"
        elif part in _FIELDS or (unknown and at == len(first["loc"]) - 1):
            path += "." + shortened(part)
        else:
            path += "[key]"
    return path


_FIELDS = {
    field.alias or name
    for model in vars(cv_models).values()
    if isinstance(model, type) and issubclass(model, Model)
    for name, field in model.model_fields.items()
}
