"""Plain text as lines: indentation, marks of lists, ruled headings, wide blanks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from .layout import LayoutLine
from .line_pieces import check_lines, line_of, mark_length
from .spans import Span

COLUMN = 5.0
"""Points that a character takes, as in letters of one width of about 8 points."""
TAB = 8
"""Columns between tab stops."""

_LONGEST_HEADING = 60
_NEAR = 10
"""Columns by which an underline may differ from its text; a longer one is a line across."""
_LONGEST_RULED = 240
"""Characters that a heading with a rule beside it has at most, the rule counted."""
_LONGEST_ROW = 1_000
_LONGEST_STYLED = 20_000
"""Characters of a row in which marks of links and strong words are looked for."""
_DRAWN = r"=\-_~*#─━═"
_RULE = re.compile(rf"(?:[{_DRAWN}+|:.│┃║┼╔╗╚╝╠╣┌┐└┘├┤] ?){{3,}}")
_LEVEL_ONE = frozenset("=#*━═")
_RULED = re.compile(
    rf"[{_DRAWN}]{{2,}}\s*(?P<within>[^\s{_DRAWN}].*?)\s*[{_DRAWN}]{{2,}}"
    rf"|(?P<before>[^\s{_DRAWN}].*?)\s*[{_DRAWN}]{{10,}}"
)
_HASHED = re.compile(r"(?P<hashes>#{1,6})\s+(?P<text>.*?)\s*#*")
_BARRED = re.compile(r"[|│┃║]\s*(.*?)\s*[|│┃║]")
_BAR = re.compile(r"\s*[|│┃║]\s*")
_INLINE = re.compile(
    r"\[(?P<label>[^\[\]]{1,200})\]\((?P<url>(?:https?://|mailto:)[^\s()]{1,500})\)"
    r"|\*\*(?P<strong>[^\s*](?:[^*]{0,500}[^\s*])?)\*\*"
)


def read_plain_lines(text: str) -> list[LayoutLine]:
    """The lines of a plain text; form feeds begin pages.

    A line is a heading where a rule stands under it or beside it, or number signs before
    it: of level 1 if drawn with = * or #, else of level 2. Links and strong words in the
    manner of Markdown count as such. `left` and `right` hold columns of COLUMN points, so
    that a full line can be told from one that ends early.

    Raises `invalid-argument` with reason `too-complex` if there are too many lines.
    """
    check_lines(text.count("\n"))
    pages = text.split("\f")
    reader = _TextReader()
    for page, rows in enumerate(pages, 1):
        for row in rows.split("\n"):
            reader.read(row, page if len(pages) > 1 else 0)
    return reader.lines


@dataclass
class _TextReader:
    """Collects lines; `items` holds the indents of the list items around.

    `gap` counts blank lines since the last line; `above` holds the last two rows.
    """

    lines: list[LayoutLine] = field(default_factory=list)
    number: int = 0
    gap: int = 0
    items: list[int] = field(default_factory=list)
    above: tuple[str, str] = ("", "")
    marked: bool = False

    def read(self, row: str, page: int) -> None:
        """Reads the next row of the text."""
        self.number += 1
        bare = row.strip()
        if not any(map(str.isalnum, bare)) and (not bare or _RULE.fullmatch(bare)):
            self._blank(bare)
        elif mark_length(f"{bare} a") >= len(bare) + 1:
            self.marked = True
        else:
            self._add(row, page)
        self.above = (self.above[1], bare)

    def _blank(self, rule: str) -> None:
        if rule and self._is_underlined(rule):
            level = 1 if rule[0] in _LEVEL_ONE else 2
            self.lines[-1] = replace(self.lines[-1], level=level, depth=0)
        else:
            self.gap += 1

    def _is_underlined(self, rule: str) -> bool:
        """Whether a rule makes a heading of the row above it, and does not just part."""
        before, heading = self.above
        if not _may_head(heading) or self.gap:
            return False
        alone = not any(map(str.isalnum, before))
        return alone or abs(len(rule) - len(heading)) <= _NEAR

    def _add(self, row: str, page: int) -> None:
        text, level = _unruled(row.strip())
        indent = _indent(row)
        line = line_of(_styled(text))
        depth = 0 if level else self._depth(indent, marked=bool(line.depth) or self.marked)
        self.lines.append(
            replace(
                line,
                number=self.number,
                page=page,
                left=indent * COLUMN,
                right=len(row.rstrip().expandtabs(TAB)) * COLUMN,
                gap=float(self.gap),
                level=level,
                depth=depth,
            )
        )
        self.gap, self.marked = 0, False

    def _depth(self, indent: int, *, marked: bool) -> int:
        while self.items and self.items[-1] >= indent:
            self.items.pop()
        if not marked:
            return 0
        self.items.append(indent)
        return len(self.items)


def _indent(row: str) -> int:
    expanded = row.expandtabs(TAB)
    return len(expanded) - len(expanded.lstrip())


def _may_head(text: str) -> bool:
    """Whether a row is short and no sentence, list item, table row or contact line."""
    if not text or len(text) > _LONGEST_HEADING or text.endswith((".", ",", ";", ":")):
        return False
    cells = _BARRED.fullmatch(text)
    crowded = "@" in text or "://" in text or sum(map(str.isdigit, text)) > 4
    return not (crowded or mark_length(text) or (cells and _BAR.search(cells[1])))


def _unruled(text: str) -> tuple[str, int]:
    """A heading without the rule beside it and with its level, else the text and 0."""
    if len(text) > _LONGEST_RULED:
        return text, 0
    if found := _HASHED.fullmatch(text):
        return found["text"], len(found["hashes"])
    found = _RULED.fullmatch(text)
    inside = found and (found["within"] or found["before"])
    if not inside or len(inside) > _LONGEST_HEADING:
        return text, 0
    return inside, 1 if text[-1] in _LEVEL_ONE else 2


def _styled(text: str) -> Iterator[Span]:
    """The spans of a row; the cells of a table row stand apart."""
    if len(text) <= _LONGEST_ROW and (cells := _BARRED.fullmatch(text)):
        text = _BAR.sub("\t", cells[1])
    at = 0
    for found in _INLINE.finditer(text[:_LONGEST_STYLED]):
        yield Span(text[at : found.start()])
        label = found["label"] or found["strong"]
        bare = label.removeprefix("**").removesuffix("**")
        strong = found["strong"] is not None or bare != label
        yield Span(bare, strong=strong, url=found["url"] or "")
        at = found.end()
    yield Span(text[at:])
