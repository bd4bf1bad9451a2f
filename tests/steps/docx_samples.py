"""DOCX files of the kinds that CVs come in, made from the example CV of Jane.

Each function returns the bytes of one document. Boxes, fields and revisions, for which
python-docx has no calls, are written as the XML that Word saves.
"""

import json
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

EXAMPLES = Path(__file__).parents[2] / "examples"
_SPACES = nsdecls("w", "r", "wp", "a") + (
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
)


@cache
def jane() -> dict[str, Any]:
    """The example CV whose words the samples hold."""
    loaded: dict[str, Any] = json.loads((EXAMPLES / "jane" / "resume.json").read_text("utf-8"))
    return loaded


def saved(document: Any) -> bytes:
    """The bytes of a python-docx document."""
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _element(xml: str, name: str = "p") -> Any:
    """A paragraph, or another block called `name`, of raw content."""
    return parse_xml(f"<w:{name} {_SPACES}>{xml}</w:{name}>")


def body_of(*paragraphs: str) -> bytes:
    """A document of paragraphs, each given as the XML inside it."""
    document = Document()
    for xml in paragraphs:
        document.element.body.insert(-1, _element(xml))
    return saved(document)


def run(text: str, properties: str = "") -> str:
    """The XML of a run."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def _post_lines(post: dict[str, Any]) -> tuple[str, str]:
    period = f"{post['startDate']} – {post.get('endDate', 'Present')}"
    return f"{post['position']}, {post['company']}", period


def headed() -> bytes:
    """A plain document: title, headings and bullets by style, posts with tabs before dates."""
    document = Document()
    document.add_paragraph(jane()["basics"]["name"], style="Title")
    document.add_paragraph(f"{jane()['basics']['email']} | {jane()['basics']['phone']}")
    document.add_paragraph("Experience", style="Heading 1")
    for post in jane()["work"]:
        document.add_paragraph("\t".join(_post_lines(post)), style="Heading 2")
        for highlight in post["highlights"]:
            document.add_paragraph(highlight, style="List Bullet")
        document.add_paragraph("An inner item", style="List Bullet 2")
    return saved(document)


def german() -> bytes:
    """Headings as German Word saves them for itself: ids "berschrift1" and no built-in name."""
    document = Document()
    for level in (1, 2):
        style = document.styles[f"Heading {level}"]
        style.element.set(_w("styleId"), f"berschrift{level}")
        style.element.find(_w("name")).set(_w("val"), f"Überschrift {level}")
        for outline in list(style.element.iter(_w("outlineLvl"))):
            outline.getparent().remove(outline)
    for text, style in (("Berufserfahrung", "berschrift1"), ("Area 52", "berschrift2")):
        document.element.body.insert(
            -1, _element(f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>{run(text)}')
        )
    return saved(document)


def _w(name: str) -> str:
    return "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}" + name


def two_columns() -> bytes:
    """Word's layout of two columns: a table with a sidebar and a main cell."""
    document = Document()
    side, main = document.add_table(rows=1, cols=2).rows[0].cells
    side.text = "Contact"
    for text in (jane()["basics"]["email"], jane()["basics"]["phone"], "Skills"):
        side.add_paragraph(text)
    for skill in jane()["skills"]:
        side.add_paragraph(skill["name"], style="List Bullet")
    main.text = jane()["basics"]["name"]
    main.add_paragraph("Experience")
    for post in jane()["work"]:
        for text in _post_lines(post):
            main.add_paragraph(text)
    document.add_paragraph("References on request")
    return saved(document)


def dates_beside() -> bytes:
    """A table of dates with posts beside them, and a label with a value."""
    document = Document()
    table = document.add_table(rows=0, cols=2)
    for post in jane()["work"]:
        title, period = _post_lines(post)
        left, right = table.add_row().cells
        left.text, right.text = period, title
        right.add_paragraph(post["summary"])
        for highlight in post["highlights"]:
            right.add_paragraph(highlight, style="List Bullet")
    left, right = table.add_row().cells
    left.text, right.text = "Driving licence", "B"
    return saved(document)


def boxes() -> bytes:
    """Text boxes: a name above all, a banner in the text, a sidebar, in both notations."""
    summary = _anchored(jane()["basics"]["name"], jane()["basics"]["label"])
    side = _anchored("Skills", *(skill["name"] for skill in jane()["skills"]))
    return body_of(
        f"<w:r>{summary}</w:r>",
        f"<w:r>{_anchored('Experience')}</w:r>",
        run("Head Code Ninja, Area 52"),
        f"<w:r>{side}</w:r>",
        run("Managed a 5-person development team"),
    )


def sidebar() -> bytes:
    """A sidebar with sections in a box that hangs on the first paragraph."""
    box = _anchored("Skills", "Node.js", "Angular.js")
    return body_of(f"<w:r>{box}</w:r>{run(jane()['basics']['name'])}", run("Senior Developer"))


def _anchored(*lines: str) -> str:
    """A floating text box as Word saves it: DrawingML, and VML for old programs."""
    content = "".join(f"<w:p>{run(line)}</w:p>" for line in lines)
    box = f"<w:txbxContent>{content}</w:txbxContent>"
    return (
        '<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor>'
        '<wp:docPr id="1" name="Box"/><a:graphic><a:graphicData><wps:wsp>'
        f"<wps:txbx>{box}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor>"
        "</w:drawing></mc:Choice><mc:Fallback><w:pict>"
        f'<v:shape style="position:absolute"><v:textbox>{box}</v:textbox></v:shape>'
        "</w:pict></mc:Fallback></mc:AlternateContent>"
    )


def hand_made() -> bytes:
    """Bullets typed by hand and in Wingdings, and columns made with blanks."""
    wingdings = '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'
    return body_of(
        run("Area 52" + " " * 40 + "2013-09"),
        f"{run('•')}<w:r><w:tab/></w:r>{run('Managed it')}",
        run("- Accomplishment 2"),
        run("§", wingdings) + run(" Etc."),
        '<w:r><w:sym w:font="Symbol" w:char="F0B7"/><w:tab/><w:t>Last</w:t></w:r>',
        run("12. May 2013"),
    )


def with_links() -> bytes:
    """Links by relationship and by field."""
    document = Document()
    url = jane()["basics"]["website"]
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    link = document.part.relate_to(url, kind, is_external=True)
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK '
        '"mailto:jdoe@onecoolstartup.io" </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("Mail")}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    content = f'<w:hyperlink r:id="{link}">{run("Blog")}</w:hyperlink>{run(" and ")}{field}'
    document.element.body.insert(-1, _element(content + run(" end")))
    return saved(document)


def with_header() -> bytes:
    """A name in the header, a page number in the footer, a first page that has no own header."""
    document = Document()
    section = document.sections[0]
    section.header.paragraphs[0].text = jane()["basics"]["name"]
    section.first_page_header.paragraphs[0].text = "Never shown"
    section.different_first_page_header_footer = False
    other = document.add_section()
    other.header.is_linked_to_previous = False
    other.header.paragraphs[0].text = jane()["basics"]["name"]
    footer = section.footer.paragraphs[0]
    footer.add_run("Page ")
    footer._p.append(_element(run("1"), "fldSimple"))
    footer._p[-1].set(_w("instr"), " PAGE ")
    document.add_paragraph("Experience")
    return saved(document)


def with_note() -> bytes:
    """A footnote that the text refers to, and one that it does not."""
    content = body_of(
        run("Thesis") + '<w:r><w:footnoteReference w:id="2"/></w:r>', run("Other text")
    )
    notes = "".join(
        f'<w:footnote w:id="{n}"><w:p>{run(text)}</w:p></w:footnote>'
        for n, text in ((2, "Graded 1.0"), (3, "Never shown"))
    )
    with zipfile.ZipFile(BytesIO(content)) as package:
        links = package.read("word/_rels/document.xml.rels").decode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    link = f'<Relationship Id="n1" Type="{kind}" Target="footnotes.xml"/></Relationships>'
    return repacked(
        content,
        {
            "word/_rels/document.xml.rels": links.replace("</Relationships>", link).encode(),
            "word/footnotes.xml": f"<w:footnotes {_SPACES}>{notes}</w:footnotes>".encode(),
        },
    )


def strict(content: bytes) -> bytes:
    """A package in the strict variant of the format: other namespaces, same names."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    old = b"http://schemas.openxmlformats.org/"
    new = b"http://purl.oclc.org/ooxml/"
    changed = {
        name: part.replace(
            old + b"wordprocessingml/2006/main", new + b"wordprocessingml/main"
        ).replace(old + b"officeDocument/2006/", new + b"officeDocument/")
        for name, part in parts.items()
        if name.endswith((".xml", ".rels"))
    }
    return repacked(content, changed)


def tables(*rows: tuple[tuple[str, ...], ...]) -> bytes:
    """A table of rows of cells, each cell given as the texts of its paragraphs."""
    document = Document()
    table = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, (first, *others) in zip(table.add_row().cells, row, strict=True):
            cell.text = first
            for text in others:
                cell.add_paragraph(text)
    return saved(document)


def repacked(
    content: bytes, changed: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """A package with some parts changed or added."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(stream, "w", method) as new:
        parts = {name: old.read(name) for name in old.namelist()}
        for name, part in {**parts, **changed}.items():
            new.writestr(name, part)
    return stream.getvalue()


def workbook() -> bytes:
    """A sound ZIP archive that holds a spreadsheet."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("xl/workbook.xml", "<workbook/>")
    return stream.getvalue()


def compound(*streams: str) -> bytes:
    """A file with the first bytes of an OLE2 compound file and names of its streams."""
    names = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + names
