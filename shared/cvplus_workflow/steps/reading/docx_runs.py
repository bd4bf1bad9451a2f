"""What a DOCX paragraph consists of: runs of text, links, fields, breaks, boxes, notes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from .docx_boxes import Box, boxes_in, chosen
from .docx_package import Link, attribute, child, local
from .docx_styles import RunLook, Styles
from .spans import Span
from .text import cleaned

if TYPE_CHECKING:
    from lxml.etree import _Element

_UNREAD = frozenset(
    {"del", "moveFrom", "pPr", "rPr", "sdtPr", "sdtEndPr", "smartTagPr", "customXmlPr"}
    | {"fldData", "rt", "rubyPr", "oMathParaPr", "ctrlPr", "delText", "delInstrText"}
)
_DRAWN = frozenset({"drawing", "pict", "object"})
_RUN_WRAPS = frozenset({"ruby", "rubyBase"})
"""Elements inside a run that hold runs."""
_NOTES = frozenset({"footnoteReference", "endnoteReference"})
_PAGE_FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES"})
_FIELD_NAME = re.compile(r"\s*(\w+)")
_TARGET = re.compile(r'\s*HYPERLINK\s+(?:"([^"]*)"|([^\s\\]\S*))', re.IGNORECASE)
_SYMBOL_FONT = re.compile(r"wingdings|webdings", re.IGNORECASE)
_PRIVATE = 0xF000
_SYMBOLS = range(0x21, 0x100)


class Text(NamedTuple):
    """A piece of text in one style, and its look."""

    span: Span
    look: RunLook


class Break(NamedTuple):
    """The end of a line; of a column too if `column`."""

    column: bool = False


class Note(NamedTuple):
    """A reference to a footnote or endnote: footnotes or endnotes, and its id."""

    kind: str
    name: str


class PageNumber(NamedTuple):
    """A field that shows the number of the page or of all pages."""


Piece = Text | Break | Note | Box | PageNumber


@dataclass
class _Field:
    """A field that is open: its instruction, and whether its result has begun."""

    instruction: str = ""
    shown: bool = False

    @property
    def name(self) -> str:
        found = _FIELD_NAME.match(self.instruction)
        return found[1].upper() if found else ""

    @property
    def url(self) -> str:
        found = _TARGET.match(self.instruction)
        return cleaned(found[1] or found[2] or "").strip() if found else ""


@dataclass
class RunReader:
    """Reads the paragraphs of one part; fields may run on over paragraphs."""

    styles: Styles
    links: Mapping[str, Link]
    fields: list[_Field] = field(default_factory=list)

    def pieces(self, paragraph: "_Element", style: str) -> list[Piece]:
        """The pieces of a paragraph whose style has the id `style`."""
        found = list(self._inside(paragraph, style, ""))
        # An instruction ends with its paragraph; a field left open would hide the rest.
        self.fields = [each for each in self.fields if each.shown]
        return found

    def _inside(self, element: "_Element", style: str, url: str) -> Iterator[Piece]:
        for each in element:
            name = local(each)
            if name == "r":
                yield from self._run(each, style, url)
            elif name == "hyperlink":
                yield from self._linked(each, style)
            elif name == "fldSimple":
                yield from self._simple_field(each, style, url)
            elif name == "AlternateContent":
                yield from self._inside(chosen(each), style, url)
            elif name and name not in _UNREAD:
                yield from self._inside(each, style, url)

    def _linked(self, element: "_Element", style: str) -> Iterator[Piece]:
        url = self._target(element)
        pieces = list(self._inside(element, style, url))
        worded = any(isinstance(each, Text) and each.span.text.strip() for each in pieces)
        if url and not worded and any(local(each) in _DRAWN for each in element.iter()):
            yield Text(Span(url, url=url), RunLook())
        yield from pieces

    def _target(self, element: "_Element", name: str = "id") -> str:
        """The address that a link's relationship names, "" if it leads into the document."""
        link = self.links.get(attribute(element, name))
        if link is None or not link.external:
            return ""
        anchor = attribute(element, "anchor")
        return cleaned(f"{link.target}#{anchor}" if anchor else link.target).strip()

    def _simple_field(self, element: "_Element", style: str, url: str) -> Iterator[Piece]:
        opened = _Field(attribute(element, "instr"), shown=True)
        self.fields.append(opened)
        yield from self._inside(element, style, url)
        self.fields = [each for each in self.fields if each is not opened]

    def _run(self, run: "_Element", style: str, url: str) -> Iterator[Piece]:
        look = self.styles.run(child(run, "rPr"), style)
        for each in run:
            name = local(each)
            if name == "fldChar":
                self._turn(attribute(each, "fldCharType"))
            elif name == "instrText" and self.fields and not self.fields[-1].shown:
                self.fields[-1].instruction += each.text or ""
            elif name in _RUN_WRAPS:
                yield from self._inside(each, style, url)
            elif not look.hidden and all(opened.shown for opened in self.fields):
                yield from self._shown(each, name, style, url, look)

    def _turn(self, kind: str) -> None:
        """A mark that begins a field, its result or what comes after it."""
        if kind == "begin":
            self.fields.append(_Field())
        elif kind == "separate" and self.fields:
            self.fields[-1].shown = True
        elif kind == "end" and self.fields:
            self.fields.pop()

    def _shown(
        self, each: "_Element", name: str, style: str, url: str, look: RunLook
    ) -> Iterator[Piece]:
        if name in {"br", "cr"}:
            yield Break(attribute(each, "type") == "column")
        elif name in _NOTES:
            yield Note(f"{name.removesuffix('Reference')}s", attribute(each, "id"))
        elif name in _DRAWN:
            yield from self._drawn(each)
        elif name == "AlternateContent":
            for inside in chosen(each):
                yield from self._shown(inside, local(inside), style, url, look)
        elif any(opened.name in _PAGE_FIELDS for opened in self.fields):
            yield PageNumber()
        elif text := _text(each, name, look.font):
            yield self._styled(text, url, look)

    def _styled(self, text: str, url: str, look: RunLook) -> Text:
        targets = (opened.url for opened in reversed(self.fields))
        target = url or next(filter(None, targets), "")
        return Text(Span(text, look.strong, look.emphasis, target), look)

    def _drawn(self, element: "_Element") -> Iterator[Piece]:
        """The boxes of a drawing, and the address that a picture leads to."""
        pictured = (each for each in element.iter() if local(each) == "hlinkClick")
        for url in dict.fromkeys(self._target(each) for each in pictured):
            if url:
                yield Text(Span(url, url=url), RunLook())
        yield from boxes_in(element)


def _text(element: "_Element", name: str, font: str) -> str:
    if name == "t":
        text = element.text or ""
        return "".join(map(_symbol, text)) if _SYMBOL_FONT.match(font) else text
    if name == "sym":
        code = attribute(element, "char")
        return chr(int(code, 16)) if re.fullmatch(r"[0-9A-Fa-f]{4}", code) else ""
    return {"tab": "\t", "ptab": "\t", "noBreakHyphen": "-"}.get(name, "")


def _symbol(character: str) -> str:
    """A character of a symbol font at the place where such fonts keep it in Unicode."""
    code = ord(character)
    return chr(code + _PRIVATE) if code in _SYMBOLS else character
