"""What a document says, taken from it by other means than the product's own readers."""

import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import PurePath
from typing import Any
from xml.etree import ElementTree

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PARTS = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_NOISE = re.compile(r"meta|design|locale|locale_catalog|settings|rendercv_settings|[_$].*")
_SILENT = frozenset({"script", "style", "title", "template", "noscript"})
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr", "source", "col"})


def text_of(name: str, content: bytes) -> str:
    """The words of a document by the suffix of its name, one line a paragraph or value.

    PDF by PDFium; Word by its XML, text boxes and headers included; HTML and data by
    parsers of the standard library and PyYAML; other files are their own text.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix == ".pdf":
        return _pdf(content)
    if suffix == ".docx":
        return "\n".join(_docx(content))
    text = content.decode("utf-8-sig", errors="replace")
    if suffix in {".json", ".yaml", ".yml"}:
        return "\n".join(_values(_loaded(suffix, text)))
    return _html(text) if suffix in {".html", ".htm"} else text


def letters(text: str) -> str:
    """The letters and digits of a text, ligatures taken apart, nothing else."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text)))


def _pdf(content: bytes) -> str:
    from pypdfium2 import PdfDocument

    pages = PdfDocument(content)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in pages)
    finally:
        pages.close()


def _docx(content: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for part in sorted(filter(_PARTS.fullmatch, archive.namelist())):
            yield from _paragraphs(ElementTree.fromstring(archive.read(part)))


def _paragraphs(element: ElementTree.Element) -> Iterator[str]:
    """Each paragraph's text; what old programs would show instead is not said twice."""
    own: list[str] = []
    inner: list[ElementTree.Element] = []
    _collect(element, own, inner)
    yield "".join(own)
    for each in inner:
        yield from _paragraphs(each)


def _collect(
    element: ElementTree.Element, own: list[str], inner: list[ElementTree.Element]
) -> None:
    for child in element:
        if child.tag == f"{_WORD}p":
            inner.append(child)
        elif child.tag == f"{_WORD}t":
            own.append(child.text or "")
        elif child.tag in {f"{_WORD}tab", f"{_WORD}br"}:
            own.append("\n")
        elif child.tag != _FALLBACK:
            _collect(child, own, inner)


def _loaded(suffix: str, text: str) -> Any:
    if suffix == ".json":
        return json.loads(text, parse_int=str, parse_float=str)
    import yaml

    return yaml.load(text, Loader=yaml.BaseLoader)


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not _NOISE.fullmatch(key):
                yield from _values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner)
    elif value is not None:
        yield str(value).lower() if isinstance(value, bool) else str(value)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        self.parts.append("\n" if tag not in _VOID or tag == "br" else "")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(self._silent - (tag in _SILENT), 0)
        self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append("" if self._silent else data.replace("\n", " "))


def _html(text: str) -> str:
    words = _Words()
    words.feed(text)
    return "".join(words.parts)
