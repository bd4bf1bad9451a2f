"""The first step: reads a CV document into `ParsedCv`.

Every word of the document goes to a field or is reported as unplaced with where it
stands. `reading/formats.py` lists the readers, loaded when there is a document to read:
whoever checks the output needs none.
"""

from typing import TYPE_CHECKING

from ..domain.jobs import MAX_SOURCE_BYTES
from ..errors import Code, WorkflowError, refusal
from .contract import Model, Produced, StepInput
from .cv import ParsedCv, Unplaced
from .reading.draft import Reading, texts_of
from .reading.source import Source
from .reading.text import letters, words

if TYPE_CHECKING:
    from .reading.formats import Format


class Input(StepInput):
    """The document as `files["source"]`; its name and media type are in `job`."""


class Output(Model):
    """The CV, and what of the document is not in it.

    `format` is docx, fresh, html, json-resume, markdown, pdf, result, text or yaml (which
    holds a RenderCV, JSON Resume or FRESH document). `language` is a language tag, only
    if the document states one. Characters count letters and digits of the document's
    words, and those of them that stand in `cv`.
    """

    cv: ParsedCv
    unplaced: list[Unplaced]
    format: str
    language: str = ""
    placed_characters: int
    total_characters: int


def run(given: Input) -> Produced:
    """Reads the document.

    Raises `failed-precondition` (`missing-source`) without a document, and
    `invalid-argument` with reason `too-large`, `empty`, `unsupported-format`,
    `malformed-json`, `malformed-yaml`, `too-deep`, `invalid-result`, `encrypted`,
    `damaged`, `too-many-pages`, `too-complex` or `zip-bomb`, or naming the wrong field.
    """
    if "source" not in given.files:
        raise refusal("missing-source", "There is no document to read.")
    source = Source(given.files["source"], given.job.file_name, given.job.media_type)
    _check_size(source)
    found = _format_of(source)
    return Produced(_output(found.name, found.read(source)))


def _check_size(source: Source) -> None:
    if len(source.content) > MAX_SOURCE_BYTES:
        raise _rejected(
            "too-large", f"The document is larger than {MAX_SOURCE_BYTES // 1024**2} MB."
        )
    if source.is_text and not any(map(str.isalnum, source.text)):
        raise _rejected("empty", "The document has no text.")


def _format_of(source: Source) -> "Format":
    from .reading.formats import FORMATS

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


__all__ = ["Input", "Output", "run", "texts_of"]
