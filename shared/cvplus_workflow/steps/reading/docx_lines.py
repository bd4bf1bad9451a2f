"""DOCX as lines: the headers, the body with its text boxes, the notes and the footers."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from .columns import Columns
from .docx_blocks import BlockReader
from .docx_package import Package, attribute, child
from .docx_runs import Note
from .docx_styles import Styles, inner
from .layout import LayoutLine

if TYPE_CHECKING:
    from lxml.etree import _Element


def read_docx_lines(content: bytes) -> list[LayoutLine]:
    """The lines of a DOCX document as its reader sees them.

    Headers come first, notes and footers last. A text box that floats beside the text
    comes after it, but before it if it has no sections and comes before all text; one of
    a single line stands where it is.
    Deleted, hidden and unused text is left out, and so are numbers of pages.

    Raises `invalid-argument` with reason `unsupported-format`, `encrypted`, `damaged`,
    `zip-bomb` or `too-complex`.
    """
    package = Package(content)
    return _levelled(_DocumentReader(package, Styles(package)).columns().numbered())


def _levelled(lines: list[LayoutLine]) -> list[LayoutLine]:
    """Levels from 1: headings are one below the title only if the document has one."""
    if any(line.level == 1 for line in lines):
        return lines
    return [replace(line, level=max(line.level - 1, 0)) for line in lines]


class _DocumentReader:
    """Reads the parts of a document in order."""

    def __init__(self, package: Package, styles: Styles) -> None:
        self._package = package
        self._styles = styles
        self._body = child(package.root, "body")

    def columns(self) -> Columns:
        """All that the document shows."""
        body, notes = self._part(self._package.main, self._body)
        found = Columns()
        for part in (*self._shown("header"), body, self._notes(notes), *self._shown("footer")):
            for region in part.regions:
                found.set_apart(region)
        return found

    def _part(self, name: str, root: "_Element | None") -> tuple[Columns, list[Note]]:
        """The lines of a part in order, and the notes that it refers to."""
        reader = BlockReader(self._styles, self._package.links(name))
        text = Columns() if root is None else reader.read(root)
        found = Columns()
        for columns in (*reader.leading, text, *reader.trailing):
            for region in columns.regions:
                found.set_apart(region)
        return found, reader.notes

    def _shown(self, kind: str) -> Iterator[Columns]:
        """The headers or footers that some page shows, each text once."""
        seen: set[tuple[str, ...]] = set()
        for name in dict.fromkeys(self._references(kind)):
            columns, _ = self._part(name, self._package.part(name))
            texts = tuple(line.text for line in columns.all_lines)
            if texts not in seen:
                yield columns
            seen.add(texts)

    def _references(self, kind: str) -> Iterator[str]:
        """Names of the parts that sections show as headers or footers."""
        for section in self._sections():
            for each in inner(section, f"{kind}Reference"):
                link = self._package.main_links.get(attribute(each, "id"))
                if link and not link.external and self._is_used(section, attribute(each, "type")):
                    yield link.target

    def _sections(self) -> "Iterable[_Element]":
        return () if self._body is None else self._body.iter("{*}sectPr")

    def _is_used(self, section: "_Element", pages: str) -> bool:
        """Whether a section shows its header for first or even pages."""
        if pages == "first":
            return child(section, "titlePg") is not None
        return pages != "even" or child(self._settings, "evenAndOddHeaders") is not None

    @property
    def _settings(self) -> "_Element | None":
        name = next(self._package.linked("settings"), "")
        return self._package.part(name)

    def _notes(self, references: Iterable[Note]) -> Columns:
        """The notes that the body refers to, in the order of their marks."""
        found = Columns()
        for kind, name in dict.fromkeys(references):
            part = next(self._package.linked(kind), "")
            note = self._note(part, name)
            found.extend(self._part(part, note)[0])
        return found

    def _note(self, part: str, name: str) -> "_Element | None":
        root = self._package.part(part)
        notes = [] if root is None else list(root)
        return next((each for each in notes if attribute(each, "id") == name), None)
