"""The first step: reads a CV document into `ParsedCv`.

Every word of the document goes to a field or is reported as unplaced with where it
stands. `FORMATS` lists the readers; a further format is a further row.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from pydantic import BaseModel

from ..domain.features import StepSpec
from ..domain.queue import StepClass
from ..errors import Code, WorkflowError, refusal
from .contract import Model, Produced, StepInput
from .cv import ParsedCv, Unplaced
from .reading.draft import Reading
from .reading.json_resume import is_json_resume, read_json_resume
from .reading.markdown import read_markdown
from .reading.result_file import is_result, read_result
from .reading.source import Source
from .reading.text import letters, words

SPEC = StepSpec(
    id="parse",
    version=1,
    label="Reading the CV",
    step_class=StepClass.STANDARD,
    isolated=True,
    reads=("source",),
    timeout_s=60,
    estimate_s=0.3,
)

LARGEST = 10 * 1024 * 1024
"""Bytes of the largest document that is read; the upload has the same limit."""


class Input(StepInput):
    """The document as `files["source"]`; its name and media type are in `job`."""


class Output(Model):
    """The CV, and what of the document is not in it.

    `format` is json-resume, markdown or result. `language` is a language tag, only if
    the document states one. Characters count letters and digits of the document's
    words, and those of them that stand in `cv`.
    """

    cv: ParsedCv
    unplaced: list[Unplaced]
    format: str
    language: str = ""
    placed_characters: int
    total_characters: int


class Format(NamedTuple):
    """A readable format: its name, what it is called, and its test and reader."""

    name: str
    label: str
    recognises: Callable[[Source], bool]
    read: Callable[[Source], Reading]


FORMATS = (
    Format("result", "result.json", lambda s: is_result(s.json), lambda s: read_result(s.json)),
    Format(
        "json-resume",
        "JSON Resume",
        lambda source: is_json_resume(source.json),
        lambda source: read_json_resume(source.json),
    ),
    Format("markdown", "Markdown", lambda s: s.is_markdown, lambda s: read_markdown(s.text)),
)
"""All formats, most particular first; the first that recognises a document reads it."""


def run(given: Input) -> Produced:
    """Reads the document.

    Raises `failed-precondition` (`missing-source`) without a document, and
    `invalid-argument` with reason `too-large`, `empty`, `unsupported-format`,
    `malformed-json`, `too-deep` or `invalid-result`, or naming the wrong field.
    """
    if "source" not in given.files:
        raise refusal("missing-source", "There is no document to read.")
    source = Source(given.files["source"], given.job.file_name, given.job.media_type)
    _check_size(source)
    found = _format_of(source)
    return Produced(_output(found.name, found.read(source)))


def _check_size(source: Source) -> None:
    if len(source.content) > LARGEST:
        raise _rejected("too-large", f"The document is larger than {LARGEST // 1024**2} MB.")
    if source.is_text and not any(map(str.isalnum, source.text)):
        raise _rejected("empty", "The document has no text.")


def _format_of(source: Source) -> Format:
    found = next((each for each in FORMATS if each.recognises(source)), None)
    if found is None:
        supported = ", ".join(each.label for each in FORMATS)
        raise _rejected(
            "unsupported-format",
            f"This document can't be read. Supported formats: {supported}.",
        )
    return found


def _rejected(reason: str, message: str) -> WorkflowError:
    return WorkflowError(Code.INVALID_ARGUMENT, message, reason=reason)


def _output(name: str, reading: Reading) -> Output:
    total = words(reading.source_text)
    if not total:
        raise _rejected("empty", "The document has no text.")
    placed = words("\n".join(texts_of(reading.cv)))
    return Output(
        cv=reading.cv,
        unplaced=reading.unplaced,
        format=name,
        language=reading.language,
        placed_characters=letters(total & placed),
        total_characters=letters(total),
    )


def texts_of(value: object) -> Iterable[str]:
    """All texts of a model and the models in it, keys of its dictionaries included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from texts_of(getattr(value, name))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from (key, *texts_of(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)
