"""HTML as lines: what a page shows, block by block in the order of its source.

Style sheets are not read: what stands beside what is known for tables, lists of terms
and asides alone.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from ...errors import Code, WorkflowError
from .columns import Columns, is_label_of, row_columns
from .html_marks import (
    BLOCKS,
    SPACED,
    UNSEEN,
    heading_level,
    is_hidden,
    link_label,
    picture_text,
    restyled,
    stands_apart,
)
from .layout import LayoutLine
from .line_pieces import check_lines, line_of
from .spans import Span
from .text import cleaned, decoded, letters, words

if TYPE_CHECKING:
    from lxml.etree import _Element

DEEPEST = 100
"""Levels of nesting that are read; pages of site builders need about forty."""

_HEAD = 4096
"""Bytes in which a page states its encoding; HTML demands it in the first 1024."""
_CHARSET = re.compile(rb"<meta\b[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_SPACES = re.compile(r"[ \t\n\r\f]+")
_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_CELLS = frozenset({"td", "th"})


def read_html_lines(text: str) -> list[LayoutLine]:
    """The lines that a page shows, and last its title if the page shows little of it.

    Raises `invalid-argument` with reason `too-deep` if elements are nested deeper than
    DEEPEST, `too-complex` if there are too many lines, and `damaged` if nothing can be
    made of the text.
    """
    root = _parsed(text)
    builder = _PageReader()
    builder.read(root, Span(""), 0)
    builder.end_line()
    title = root.xpath("string(/html/head/title)")
    shown = words("\n".join(line.text for line in builder.columns.all_lines))
    if letters(words(title) - shown) > letters(words(title)) / 2:
        builder.columns.set_apart([line_of([Span(title)])])
    return builder.columns.numbered()


def decoded_html(content: bytes) -> str:
    """The text of an HTML file: by byte order mark, as UTF-8, or as its `meta` tag says.

    A page that is valid UTF-8 is read as such whatever it says: a program that saved it
    again may have left an old tag. Without a tag it is read as any text.
    """
    stated = _CHARSET.search(content[:_HEAD])
    if stated is None or content.startswith(_MARKS) or _is_utf8(content):
        return decoded(content)
    try:
        return cleaned(content.decode(stated[1].decode("ascii"), errors="replace"))
    except LookupError:
        return decoded(content)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _parsed(text: str) -> "_Element":
    from lxml import etree, html

    parser = html.HTMLParser(
        encoding="utf-8", huge_tree=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise WorkflowError(
            Code.INVALID_ARGUMENT, "The page is damaged. Save it again.", reason="damaged"
        ) from error
    return root


class _PageReader:
    """Collects the text of elements into lines.

    `_depth` counts the lists around, `_item` is the depth that the next line has as the
    first of its item, `_gap` the blank space above it in line heights, and `_ended` counts
    the lines so far.
    """

    def __init__(self) -> None:
        self.columns = Columns()
        self._spans: list[Span] = []
        self._level = 0
        self._depth = 0
        self._item = 0
        self._gap = 0.0
        self._ended = 0
        self._kept_blanks = False

    def read(self, element: "_Element", style: Span, deep: int = 0) -> None:
        """Reads an element; `style` is that of the text around it."""
        if deep > DEEPEST:
            raise _too_deep()
        name = element.tag
        if not isinstance(name, str) or name in UNSEEN or is_hidden(element):
            return
        inside = restyled(style, element)
        if name in BLOCKS or heading_level(element):
            self._block(element, inside, deep)
        elif name == "br":
            self.end_line()
        elif name == "img":
            self._spans.append(replace(inside, text=picture_text(element)))
        elif name == "a":
            self._link(element, inside, deep)
        else:
            self._content(element, inside, deep)

    def end_line(self) -> None:
        """Ends the line that is being read, if it has any text."""
        line = line_of(self._spans)
        self._spans = []
        if not line.spans:
            return
        if self._level and self._item:
            self._depth, self._item = self._depth - 1, 0
        depth = 0 if self._level else self._item or line.depth
        self.columns.add(replace(line, level=self._level, depth=depth, gap=self._gap))
        self._item, self._gap = 0, 0.0
        self._ended += 1
        check_lines(self._ended)

    def _block(self, element: "_Element", style: Span, deep: int) -> None:
        self.end_line()
        inner_list = self._depth > 0 and element.tag in _LISTS
        space = 1.0 if element.tag in SPACED and not inner_list else 0.0
        self._gap = max(self._gap, space)
        self._whole(element, style, deep)
        self.end_line()
        self._gap = max(self._gap, space)

    def _whole(self, element: "_Element", style: Span, deep: int) -> None:
        """Reads what a block holds, by what kind of block it is."""
        name = element.tag
        if name == "tr":
            self._row([each for each in element if each.tag in _CELLS], style, deep)
        elif name == "dl":
            self._terms(element, style, deep)
        elif name == "aside":
            for region in self._apart([element], style, deep).regions:
                self.columns.set_apart(region)
        else:
            self._nested(element, style, deep)

    def _nested(self, element: "_Element", style: Span, deep: int) -> None:
        """Reads a heading, list, item or text, whose kind what is inside it depends on."""
        name, outer = element.tag, (self._level, self._depth, self._kept_blanks)
        self._level = heading_level(element) or self._level
        self._depth += name in _LISTS
        self._item = max(self._depth, 1) if name == "li" else self._item
        self._kept_blanks = self._kept_blanks or name == "pre"
        self._content(element, style, deep)
        self.end_line()
        self._level, depth, self._kept_blanks = outer
        self._depth = depth if name in _LISTS or name == "li" else self._depth

    def _content(self, element: "_Element", style: Span, deep: int) -> None:
        self._text(element.text, style)
        before = None
        for each in element:
            if each.tag not in BLOCKS and stands_apart(before, each):
                self._spans.append(Span("\t"))
            self.read(each, style, deep + 1)
            self._text(each.tail, style)
            before = each

    def _text(self, text: str | None, style: Span) -> None:
        if not self._kept_blanks:
            self._spans.append(replace(style, text=_SPACES.sub(" ", text or "")))
            return
        for at, row in enumerate((text or "").splitlines() or [""]):
            if at:
                self.end_line()
            self._spans.append(replace(style, text=row))

    def _link(self, anchor: "_Element", style: Span, deep: int) -> None:
        """Reads a link; one without words shows where it leads."""
        lines, spans = self._ended, len(self._spans)
        self._content(anchor, style, deep)
        worded = any(span.text.strip() for span in self._spans[spans:])
        if style.url and not worded and self._ended == lines:
            self._spans.append(replace(style, text=f" {link_label(anchor)} "))

    def _apart(self, elements: "Iterable[_Element]", style: Span, deep: int) -> Columns:
        """The lines of some elements, not yet put into the page."""
        outer, self.columns = self.columns, Columns()
        for each in elements:
            self._nested(each, restyled(style, each), deep + 1)
        inner, self.columns = self.columns, outer
        return inner

    def _row(self, elements: "Iterable[_Element]", style: Span, deep: int) -> None:
        gap, cells = self._gap, []
        for each in elements:
            self._gap = gap
            cells.append(self._apart([] if is_hidden(each) else [each], style, deep))
        self.columns.extend(row_columns(cells))

    def _terms(self, element: "_Element", style: Span, deep: int) -> None:
        """Reads a list of terms, each with its definitions beside it."""
        terms: list[_Element] = []
        definitions: list[_Element] = []
        for each in element.xpath("./dt | ./dd | ./div/dt | ./div/dd"):
            if each.tag == "dt" and definitions:
                self._term(terms, definitions, style, deep)
                terms, definitions = [], []
            (terms if each.tag == "dt" else definitions).append(each)
        self._term(terms, definitions, style, deep)

    def _term(
        self, terms: "list[_Element]", definitions: "list[_Element]", style: Span, deep: int
    ) -> None:
        cells = [self._apart(each, style, deep) for each in (terms, definitions)]
        if is_label_of(*cells):
            self.columns.extend(row_columns(cells))
        else:
            for cell in cells:
                self.columns.extend(cell)


def _too_deep() -> WorkflowError:
    return WorkflowError(
        Code.INVALID_ARGUMENT,
        f"The page is nested more than {DEEPEST} levels deep.",
        reason="too-deep",
    )
