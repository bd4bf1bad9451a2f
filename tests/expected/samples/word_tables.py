"""A Word CV whose text stands in tables, a text box, a header and linked words."""

from io import BytesIO
from typing import Any

_SCHEMAS = "http://schemas.openxmlformats.org"
_MICROSOFT = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
_NAMESPACES = (
    f'xmlns:w="{_SCHEMAS}/wordprocessingml/2006/main" '
    f'xmlns:mc="{_SCHEMAS}/markup-compatibility/2006" '
    f'xmlns:wp="{_SCHEMAS}/drawingml/2006/wordprocessingDrawing" '
    f'xmlns:a="{_SCHEMAS}/drawingml/2006/main" '
    f'xmlns:wps="{_MICROSOFT}" xmlns:v="urn:schemas-microsoft-com:vml"'
)
_BOXED = (
    "<w:txbxContent><w:p><w:r><w:t>Available from June, anywhere in Europe.</w:t></w:r></w:p>"
    "</w:txbxContent>"
)
_TEXT_BOX = (
    f"<w:p {_NAMESPACES}><w:r><mc:AlternateContent>"
    '<mc:Choice Requires="wps"><w:drawing><wp:inline><a:graphic>'
    f'<a:graphicData uri="{_MICROSOFT}"><wps:wsp><wps:txbx>{_BOXED}</wps:txbx></wps:wsp>'
    "</a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>"
    f"<mc:Fallback><w:pict><v:shape><v:textbox>{_BOXED}</v:textbox></v:shape></w:pict>"
    "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
)
"""A text box as Word writes it: once for itself, once more for programs of old."""

_POSTS = (
    ("2016 – 2021", "Night Librarian, Lindworm Library, Lisbon", "Moved the catalogue to MARC 21"),
    ("Feb 2012 – Dec 2015", "Archivist, Guild of Mapmakers, Porto", "Digitised 9,000 sea charts"),
)
_STUDIES = (("2008 – 2011", "BA History, University of Coimbra"),)
_SKILLS = (("Catalogues", "MARC 21, Dublin Core"), ("Tools", "Koha, Omeka"))


def tables_docx() -> bytes:
    """The document, complete: header with contact, tables, and a text box."""
    from docx import Document

    document = Document()
    document.sections[0].header.paragraphs[0].text = "ines.loureiro@example.org | +351 21 555 0123"
    document.add_heading("Inês Loureiro", 0)
    document.add_paragraph("Librarian")
    _headed(document, "Experience", [(when, f"{what}\n{done}") for when, what, done in _POSTS])
    document.element.body.insert(len(document.element.body) - 1, _text_box())
    _headed(document, "Education", _STUDIES)
    _headed(document, "Skills", _SKILLS)
    stored = BytesIO()
    document.save(stored)
    return stored.getvalue()


def _headed(document: Any, heading: str, rows: Any) -> None:
    """A heading, and below it a table with one row each."""
    document.add_heading(heading, 1)
    table = document.add_table(rows=0, cols=2)
    for left, right in rows:
        cells = table.add_row().cells
        cells[0].text, (cells[1].text, *more) = left, right.split("\n")
        for text in more:
            cells[1].add_paragraph(text, style="List Bullet")


def _text_box() -> Any:
    from docx.oxml import parse_xml

    return parse_xml(_TEXT_BOX)
