"""The first step: reads a CV document into `ParsedCv`.

Every word of the document goes to a field or is reported as unplaced with where it
stands. `FORMATS` lists the readers; a further format is a further row.
"""

from collections.abc import Callable
from typing import NamedTuple

from ..domain.features import StepSpec
from ..domain.jobs import MAX_SOURCE_BYTES
from ..domain.queue import StepClass
from ..errors import Code, WorkflowError, refusal
from .contract import Model, Produced, StepInput
from .cv import ParsedCv, Unplaced
from .reading.draft import Reading, texts_of
from .reading.json_resume import is_json_resume, read_json_resume
from .reading.layout_document import read_layout
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
    timeout_s=120,
    estimate_s=0.3,
)


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


class Format(NamedTuple):
    """A readable format: its name, what it is called, and its test and reader."""

    name: str
    label: str
    recognises: Callable[[Source], bool]
    read: Callable[[Source], Reading]


def _fresh(source: Source) -> Reading:
    from .reading.fresh_resume import read_fresh

    return read_fresh(source.json)


def _yaml(source: Source) -> Reading:
    from .reading.fresh_resume import is_fresh, read_fresh
    from .reading.rendercv import is_rendercv, read_rendercv

    if is_rendercv(source.data):
        return read_rendercv(source.data)
    return (read_fresh if is_fresh(source.data) else read_json_resume)(source.data)


def _is_fresh(source: Source) -> bool:
    from .reading.fresh_resume import is_fresh

    return is_fresh(source.json)


def _is_yaml(source: Source) -> bool:
    from .reading.fresh_resume import is_fresh
    from .reading.rendercv import is_rendercv

    known = is_rendercv(source.data) or is_fresh(source.yaml) or is_json_resume(source.yaml)
    return source.data is not None and known


def _pdf(source: Source) -> Reading:
    from .reading.pdf_lines import read_pdf_lines

    return read_layout(read_pdf_lines(source.content))


def _docx(source: Source) -> Reading:
    from .reading.docx_lines import read_docx_lines

    return read_layout(read_docx_lines(source.content))


def _html(source: Source) -> Reading:
    from .reading.html_lines import decoded_html, read_html_lines

    return read_layout(read_html_lines(decoded_html(source.content)))


def _text(source: Source) -> Reading:
    from .reading.plain_lines import read_plain_lines

    return read_layout(read_plain_lines(source.text))


FORMATS = (
    Format("result", "result.json", lambda s: is_result(s.json), lambda s: read_result(s.json)),
    Format("fresh", "FRESH", _is_fresh, _fresh),
    Format(
        "json-resume",
        "JSON Resume",
        lambda source: is_json_resume(source.json),
        lambda source: read_json_resume(source.json),
    ),
    Format("yaml", "YAML", _is_yaml, _yaml),
    Format("pdf", "PDF", lambda source: source.is_pdf, _pdf),
    Format("docx", "Word (DOCX)", lambda source: source.is_word, _docx),
    Format("html", "HTML", lambda source: source.is_html, _html),
    Format("markdown", "Markdown", lambda s: s.is_markdown, lambda s: read_markdown(s.text)),
    Format("text", "plain text", lambda source: source.is_plain, _text),
)
"""All formats, most particular first; the first that recognises a document reads it."""


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


__all__ = ["FORMATS", "SPEC", "Input", "Output", "run", "texts_of"]
