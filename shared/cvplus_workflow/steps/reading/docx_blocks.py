"""Blocks of a DOCX part as lines: paragraphs, tables and text boxes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .columns import Columns, opens_section, row_columns
from .docx_boxes import Box, chosen
from .docx_package import Link, child, local
from .docx_runs import Break, Note, PageNumber, Piece, RunReader, Text
from .docx_styles import ParagraphLook, Styles
from .layout import LayoutLine
from .line_pieces import check_lines, line_of
from .spans import Span

if TYPE_CHECKING:
    from lxml.etree import _Element

LINE_HEIGHT = 1.2
"""Height of a line by the size of its letters."""
_ROW_HEIGHT = 12.0
"""Points that an empty row of a table takes."""
_UNREAD = frozenset({"del", "moveFrom", "sdtPr", "sdtEndPr", "tblPr", "tblGrid", "trPr", "tcPr"})
_HIDDEN_ROW = frozenset({"del", "hidden"})
_PAGE_LETTERS = 12
"""Letters that a line about page numbers has at most besides them ("Seite 1 von 2")."""


@dataclass
class _Above:
    """What stands above the next line: the last paragraph, and blank space in points."""

    previous: ParagraphLook | None = None
    space: float = 0.0

    def gap(self, look: ParagraphLook) -> float:
        """Points between the last line and a paragraph of this look."""
        before, last = look.before, self.previous
        close = last is not None and look.close and last.close and last.style == look.style
        return self.space + (0.0 if close else max(before, last.after if last else 0.0))

    @property
    def rest(self) -> float:
        """Points below the last line, if nothing follows in its cell."""
        return self.space + (self.previous.after if self.previous else 0.0)


class BlockReader:
    """Reads one part of a document.

    `leading` holds the floating text boxes that come before all text, `trailing` the
    others, `notes` the references to notes.
    """

    def __init__(self, styles: Styles, links: Mapping[str, Link]) -> None:
        self.leading: list[Columns] = []
        self.trailing: list[Columns] = []
        self.notes: list[Note] = []
        self._styles = styles
        self._runs = RunReader(styles, links)
        self._above = _Above()
        self._started = False
        self._ended = 0

    def read(self, container: "Iterable[_Element]") -> Columns:
        """The lines of the blocks inside `container`."""
        columns = Columns()
        for each in container:
            name = local(each)
            if name == "p":
                columns.extend(self._paragraph(each))
            elif name == "tbl":
                columns.extend(self._table(each))
            elif name == "AlternateContent":
                columns.extend(self.read(chosen(each)))
            elif name and name not in _UNREAD:
                columns.extend(self.read(each))
        return columns

    def _boxed(self, box: Box) -> Columns:
        """The lines of a text box."""
        if box.content is None:
            return Columns([[line_of([Span(box.words)])]])
        outer = self._above, self._started
        self._above = _Above()
        columns = self.read(box.content)
        self._above, self._started = outer
        return columns

    def _paragraph(self, paragraph: "_Element") -> Columns:
        look = self._styles.paragraph(child(paragraph, "pPr"))
        pieces = self._runs.pieces(paragraph, look.style)
        self.notes += [each for each in pieces if isinstance(each, Note)]
        columns = Columns()
        boxes = [each for each in pieces if isinstance(each, Box)]
        for box in sorted(boxes, key=lambda each: (each.top, each.left)):
            self._place(box, columns)
        self._add(pieces, look, columns)
        return columns

    def _place(self, box: Box, columns: Columns) -> None:
        """Puts a box where it stands if it is in line or holds one line, else apart."""
        inside = self._boxed(box)
        lines = inside.all_lines
        if not box.floats or len(lines) == 1:
            columns.extend(inside)
            self._started = self._started or bool(lines)
        else:
            late = self._started or any(map(opens_section, lines))
            (self.trailing if late else self.leading).append(inside)

    def _add(self, pieces: list[Piece], look: ParagraphLook, columns: Columns) -> None:
        """Adds the lines of a paragraph; a blank one is space above the next."""
        space = self._above.gap(look)
        for parted, row in _rows(pieces):
            line = self._line(row, look)
            if parted:
                columns.open()
            if line.spans and not _is_page_number(row, line):
                self._ended += 1
                check_lines(self._ended)
                columns.add(replace(line, gap=space / (LINE_HEIGHT * line.size)))
                space, self._started = 0.0, True
            else:
                space += LINE_HEIGHT * look.size
        self._above = _Above(look, space)

    def _line(self, pieces: Iterable[Piece], look: ParagraphLook) -> LayoutLine:
        """A line with the look of its paragraph and of most of its letters."""
        texts = [each for each in pieces if isinstance(each, Text) and each.span.text.strip()]
        sizes: Counter[float] = Counter()
        for span, run in texts:
            sizes[run.size] += len(span.text)
        line = line_of(each.span for each in pieces if isinstance(each, Text))
        level = 1 if look.title else look.level and look.level + 1
        line = replace(
            line,
            size=max(sizes, key=lambda size: sizes[size], default=look.size),
            left=look.left,
            level=level,
            depth=0 if level else look.depth or line.depth,
        )
        capitals = bool(texts) and all(run.caps for _, run in texts)
        return _capitals(line) if capitals and self._is_plain(line) else line

    def _is_plain(self, line: LayoutLine) -> bool:
        strong = any(span.strong for span in line.spans)
        return not (strong or line.level or line.depth or line.size > self._styles.plain_size)

    def _table(self, table: "_Element") -> Columns:
        columns = Columns()
        for row in _wrapped(table, "tr"):
            properties = child(row, "trPr")
            marks = set() if properties is None else {local(each) for each in properties}
            if not marks & _HIDDEN_ROW:
                columns.extend(self._row(row))
        return columns

    def _row(self, row: "_Element") -> Columns:
        above, rest = self._above, 0.0
        cells: list[Columns] = []
        for cell in _wrapped(row, "tc"):
            self._above = _Above(above.previous, above.space)
            cells.append(self.read(cell))
            if cells[-1].all_lines:
                rest = max(rest, self._above.rest)
        read = row_columns(cells)
        self._above = _Above(space=rest if read.all_lines else above.rest + _ROW_HEIGHT)
        return read


def _wrapped(element: "_Element", wanted: str) -> "Iterator[_Element]":
    """The rows of a table or cells of a row, inside content controls too."""
    for each in element:
        name = local(each)
        if name == wanted:
            yield each
        elif name and name not in _UNREAD:
            yield from _wrapped(each, wanted)


def _rows(pieces: Iterable[Piece]) -> Iterator[tuple[bool, list[Piece]]]:
    """Pieces by line, and whether the line begins a column."""
    parted: bool = False
    row: list[Piece] = []
    for each in pieces:
        if isinstance(each, Break):
            yield parted, row
            parted, row = each.column, []
        else:
            row.append(each)
    yield parted, row


def _capitals(line: LayoutLine) -> LayoutLine:
    """The line as capitals, which are all that sets it apart; else text stays as typed."""
    return replace(line, spans=tuple(replace(s, text=_upper(s.text)) for s in line.spans))


def _upper(text: str) -> str:
    """Capitals of the same length, so that breaks keep their places."""
    return "".join(each.upper() if len(each.upper()) == 1 else each for each in text)


def _is_page_number(pieces: Iterable[Piece], line: LayoutLine) -> bool:
    numbered = any(isinstance(each, PageNumber) for each in pieces)
    return numbered and sum(map(str.isalnum, line.text)) <= _PAGE_LETTERS
