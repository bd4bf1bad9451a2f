"""Sample documents in binary formats, made anew by whoever reads them."""

from collections.abc import Callable, Mapping

from .printed import academic_pdf, sidebar_pdf
from .word_tables import tables_docx

MADE: Mapping[str, Callable[[], bytes]] = {
    "samples/academic.pdf": academic_pdf,
    "samples/sidebar.pdf": sidebar_pdf,
    "samples/tables.docx": tables_docx,
}
"""What makes each document, by the source that an expected result names."""
