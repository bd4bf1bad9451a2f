"""What a reader hands back, and the draft that readers of headed documents fill."""

from dataclasses import dataclass, field

from ..cv import ParsedCv, SectionHeading, Unplaced


@dataclass
class Reading:
    """A CV as read: its fields, the text that fits none, and all text of the source.

    `source_text` is what the document says, without markup, so that what was placed
    can be counted; `language` is a language tag only if the document states one.
    """

    cv: ParsedCv = field(default_factory=ParsedCv)
    unplaced: list[Unplaced] = field(default_factory=list)
    source_text: str = ""
    language: str = ""

    def leave(self, where: str, text: str) -> None:
        """Reports text that fits no field; `where` is a JSON path or "line 12"."""
        if any(map(str.isalnum, text)):
            self.unplaced.append(Unplaced(where=where, text=text.strip()))

    def leave_line(self, number: int, text: str) -> None:
        """Reports text of a source line that fits no field."""
        self.leave(f"line {number}", text)

    def open_section(self, kind: str, title: str = "") -> None:
        """Records a section in the document's order."""
        self.cv.sections.append(SectionHeading(kind=kind, title=title))
