"""All readers of documents, and which of them reads one."""

from collections.abc import Callable
from typing import NamedTuple

from .draft import Reading
from .json_resume import is_json_resume, read_json_resume
from .layout_document import read_layout
from .markdown import read_markdown
from .result_file import is_result, read_result
from .source import Source


class Format(NamedTuple):
    """A readable format: its name, what it is called, and its test and reader."""

    name: str
    label: str
    recognises: Callable[[Source], bool]
    read: Callable[[Source], Reading]


def _fresh(source: Source) -> Reading:
    from .fresh_resume import read_fresh

    return read_fresh(source.json)


def _yaml(source: Source) -> Reading:
    from .fresh_resume import is_fresh, read_fresh
    from .rendercv import is_rendercv, read_rendercv

    if is_rendercv(source.data):
        return read_rendercv(source.data)
    return (read_fresh if is_fresh(source.data) else read_json_resume)(source.data)


def _is_fresh(source: Source) -> bool:
    from .fresh_resume import is_fresh

    return is_fresh(source.json)


def _is_yaml(source: Source) -> bool:
    from .fresh_resume import is_fresh
    from .rendercv import is_rendercv

    known = is_rendercv(source.data) or is_fresh(source.yaml) or is_json_resume(source.yaml)
    return source.data is not None and known


def _pdf(source: Source) -> Reading:
    from .pdf_lines import read_pdf_lines

    return read_layout(read_pdf_lines(source.content))


def _docx(source: Source) -> Reading:
    from .docx_lines import read_docx_lines

    return read_layout(read_docx_lines(source.content))


def _html(source: Source) -> Reading:
    from .html_lines import decoded_html, read_html_lines

    return read_layout(read_html_lines(decoded_html(source.content)))


def _text(source: Source) -> Reading:
    from .plain_lines import read_plain_lines

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
