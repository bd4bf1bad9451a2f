"""Opening a PDF: what cannot be read is refused with a typed error before any parsing."""

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ...errors import Code, WorkflowError

MOST_PAGES = 50
"""Pages of the longest document that is read; long academic CVs have about thirty."""

MOST_GLYPHS = 300_000
"""Glyphs of the fullest document that is read; a dense page has about six thousand."""

LARGEST_UNPACKED = 200 * 1024 * 1024
"""Bytes that all compressed streams of a document may come to when unpacked."""

_DEEPEST_PACKING = 3
_PIECE = 1024 * 1024
_STREAM = re.compile(rb"stream\r?\n")
# Error codes of FPDF_GetLastError (fpdfview.h).
_PASSWORD, _SECURITY = 4, 5


def refused(reason: str, message: str) -> WorkflowError:
    """`invalid-argument` for a PDF that cannot be read, saying what to do."""
    return WorkflowError(Code.INVALID_ARGUMENT, message, reason=reason)


@contextmanager
def opened(content: bytes) -> Iterator[Any]:
    """The document, open in PDFium; an empty user password is tried by itself.

    Raises `invalid-argument` with reason `not-pdf`, `encrypted`, `damaged`,
    `too-many-pages` or `too-complex`.
    """
    import pypdfium2 as pdfium

    if b"%PDF-" not in content[:1024]:
        raise refused("not-pdf", "This is no PDF file. Please upload the CV as a PDF.")
    _require_bounded(content)
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        raise _unopened(error) from None
    try:
        _require_pages(len(document))
        yield document
    except pdfium.PdfiumError:
        raise _damaged() from None
    finally:
        document.close()


def _unopened(error: Exception) -> WorkflowError:
    if getattr(error, "err_code", None) in {_PASSWORD, _SECURITY}:
        return refused(
            "encrypted",
            "The PDF is protected by a password. Please upload a copy without one.",
        )
    return _damaged()


def _damaged() -> WorkflowError:
    return refused(
        "damaged", "The PDF is damaged and cannot be read. Please export it again and upload it."
    )


def _require_pages(count: int) -> None:
    if count == 0:
        raise _damaged()
    if count > MOST_PAGES:
        raise refused(
            "too-many-pages",
            f"The PDF has {count} pages, more than the {MOST_PAGES} that are read. "
            "Please upload the CV alone.",
        )


def require_glyphs(count: int) -> None:
    """Raises `invalid-argument` (`too-complex`) if there are more than `MOST_GLYPHS`."""
    if count > MOST_GLYPHS:
        raise refused(
            "too-complex",
            f"The PDF has more than {MOST_GLYPHS} letters, too many for a CV. "
            "Please upload the CV alone.",
        )


def _require_bounded(content: bytes) -> None:
    left = LARGEST_UNPACKED
    for match in _STREAM.finditer(content):
        left -= _unpacked_size(content, match.end(), left, _DEEPEST_PACKING)
        if left < 0:
            raise refused(
                "too-complex",
                "The PDF unpacks to more data than any CV needs. Please export it again.",
            )


def _unpacked_size(content: bytes, start: int, limit: int, levels: int) -> int:
    """Bytes that a zlib stream at `start` unpacks to, its inner packing too; 0 if none is there.

    Stops soon after `limit`.
    """
    if content[start : start + 1] not in {b"\x78", b"\x68", b"\x58", b"\x48"} or levels == 0:
        return 0
    unpacker, size, first = zlib.decompressobj(), 0, b""
    piece: bytes | memoryview = memoryview(content)[start:]
    try:
        while size <= limit and not unpacker.eof:
            unpacked = unpacker.decompress(piece, _PIECE)
            piece = unpacker.unconsumed_tail
            first = first or unpacked
            size += len(unpacked)
            if not unpacked:
                break
    except zlib.error:
        # What is damaged from here on unpacks to no more; PDFium judges the document.
        return size
    return size + _unpacked_size(first, 0, limit - size, levels - 1)
