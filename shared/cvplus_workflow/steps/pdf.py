"""A PDF from a self-contained HTML page, by PlutoPrint."""

import re
import zlib
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

from ..errors import Code, WorkflowError

# A transparent image of one pixel. The renderer prints the address of what it could not
# load, so every refused resource is answered by this and no log gets text of a CV.
_NOTHING = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJg"
    "gg=="
)

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_SHOWN_TEXT = re.compile(rb"[)>\]]\s*T[jJ]\b")


@dataclass(frozen=True)
class PrintedPage:
    """A finished PDF and its number of pages."""

    content: bytes
    pages: int


def printed(html: str, *, title: str, paper: Literal["a4", "letter"]) -> PrintedPage:
    """`html` as a PDF of this title.

    Nothing but data URLs is loaded. The file carries no time, so equal pages give equal
    bytes. Raises internal (`blank-pdf`) if a page with text came out without any.
    """
    import plutoprint

    size = plutoprint.PAGE_SIZE_A4 if paper == "a4" else plutoprint.PAGE_SIZE_LETTER
    book = plutoprint.Book(size, plutoprint.PAGE_MARGINS_NONE, plutoprint.MEDIA_TYPE_PRINT)
    book.custom_resource_fetcher = _refusing_fetcher()
    book.load_html(html)
    book.set_metadata(plutoprint.PDF_METADATA_TITLE, title)
    book.set_metadata(plutoprint.PDF_METADATA_CREATION_DATE, "")
    stream = BytesIO()
    book.write_to_pdf_stream(stream)
    content = stream.getvalue()
    if not shows_text(content):
        raise WorkflowError(Code.INTERNAL, "The PDF came out without any text.", reason="blank-pdf")
    return PrintedPage(content, book.get_page_count())


def shows_text(pdf: bytes) -> bool:
    """Whether any content stream shows a string (operators Tj and TJ, ISO 32000-1, 9.4.3)."""
    return any(_SHOWN_TEXT.search(stream) for stream in _streams(pdf))


def _streams(pdf: bytes) -> Iterator[bytes]:
    """The decompressed streams of a PDF; those in another encoding are left out."""
    for match in _STREAM.finditer(pdf):
        with suppress(zlib.error):
            yield zlib.decompressobj().decompress(match[1])


def _refusing_fetcher() -> Any:
    """A fetcher that loads nothing; data URLs never reach it."""
    import plutoprint

    class RefusingFetcher(plutoprint.ResourceFetcher):
        def fetch_url(self, url: str) -> plutoprint.ResourceData:
            return plutoprint.ResourceData(_NOTHING, "image/png", "")

    return RefusingFetcher()
