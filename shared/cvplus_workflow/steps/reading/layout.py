"""Lines as a page shows them: what the readers of PDF, Word, HTML and text hand over."""

from dataclasses import dataclass

from .spans import Span


@dataclass(frozen=True)
class LayoutLine:
    """One line of a page, bullet mark removed, with what its look says about it.

    `size` is the size of its letters and `left`, `right` and `top` are its place on the
    page, all in points; 0 where the format does not say. `gap` is the blank space above
    it in line heights (0 for the next line of a paragraph). `level` is a heading's level
    where the format states it, else 0. `depth` is 1 for the first line of a list item, 2
    for one in an inner list, and so on, else 0. `breaks` are positions in the text where
    a wide blank or a table cell begins a part that stands apart. Lines of one column,
    sidebar, text box or table share a `region`; regions come in reading order. `page`
    and `number` count from 1 and say where the line stands. `apart` is "running" for what
    repeats at the edges of pages and for page numbers, and "hidden" for text that nobody
    sees; such lines stand in regions of their own after all others, else it is "".
    """

    spans: tuple[Span, ...]
    number: int = 0
    page: int = 0
    region: int = 0
    size: float = 0.0
    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    gap: float = 0.0
    level: int = 0
    depth: int = 0
    breaks: tuple[int, ...] = ()
    apart: str = ""

    @property
    def text(self) -> str:
        """The words alone, without link targets."""
        return "".join(span.text for span in self.spans)
