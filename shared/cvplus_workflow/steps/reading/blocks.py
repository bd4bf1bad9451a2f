"""Blocks: what every headed document is turned into before its sections are read."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from .spans import Line, joined


@dataclass
class Block:
    """A block of the document: its kind, first line (from 1), lines of text, inner blocks.

    Kinds are heading (with its level), paragraph, list, item, terms, term, definition,
    quote, table, row, cell, rule and front (matter).
    """

    kind: str
    line: int
    level: int = 0
    lines: list[Line] = field(default_factory=list)
    children: list["Block"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own lines as one text, links as "label (url)"."""
        return joined(self.lines)

    def all_lines(self) -> Iterator[Line]:
        """Its own lines and those of all inner blocks, in order."""
        yield from self.lines
        for child in self.children:
            yield from child.all_lines()
