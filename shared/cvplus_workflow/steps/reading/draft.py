"""What a reader hands back, and the draft that readers of headed documents fill."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import BaseModel

from ..cv import ParsedCv, SectionHeading, Unplaced


@dataclass
class Reading:
    """A CV as read: its fields, the text that fits none, and all text of the source.

    `source_text` is what the document says, without markup, so that what was placed
    can be counted; `language` is a language tag only if the document states one.
    `places` says where a line stands, by its number, where that is not "line 12".
    """

    cv: ParsedCv = field(default_factory=ParsedCv)
    unplaced: list[Unplaced] = field(default_factory=list)
    source_text: str = ""
    language: str = ""
    places: dict[int, str] = field(default_factory=dict)

    def leave(self, where: str, text: str) -> None:
        """Reports text that fits no field, once; `where` is a JSON path or "line 12"."""
        left = Unplaced(where=where, text=text.strip())
        if any(map(str.isalnum, text)) and left not in self.unplaced[-20:]:
            self.unplaced.append(left)

    def leave_line(self, number: int, text: str) -> None:
        """Reports text of a source line that fits no field."""
        self.leave(self.places.get(number, f"line {number}"), text)

    def open_section(self, kind: str, title: str = "") -> None:
        """Records a section in the document's order."""
        self.cv.sections.append(SectionHeading(kind=kind, title=title))


def texts_of(value: object) -> Iterable[str]:
    """All texts of a model and the models in it, keys of its dictionaries included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from texts_of(getattr(value, name))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from (key, *texts_of(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)
