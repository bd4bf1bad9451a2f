"""A DOCX file as a package of XML parts (ECMA-376 part 2), opened with limits.

Only XML parts that hold text or styles are unpacked. Names of elements and attributes
are compared without their namespace, so that both the transitional and the strict
variant of the format are read.
"""

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from ...errors import Code, WorkflowError

if TYPE_CHECKING:
    from lxml.etree import _Element

LARGEST = 100 * 1024 * 1024
"""Bytes that all parts of a package may unpack to."""
LARGEST_PART = 25 * 1024 * 1024
"""Bytes that one XML part may unpack to; the text of a long CV takes under one megabyte."""
MOST_ENTRIES = 2_000
DENSEST = 250
"""How many times larger than packed an XML part over a megabyte may be."""

_COMPOUND = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK"
_PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_NOT_WORD = "This document can't be read. Save it as DOCX or PDF."
_OTHER_FORMATS = (
    (b"{\\rtf", "RTF documents can't be read. Save it as DOCX or PDF."),
    (_COMPOUND, "Documents of old Office programs can't be read. Save it as DOCX or PDF."),
)


class Link(NamedTuple):
    """A relationship of a part: the last word of its type, its target, whether outside."""

    kind: str
    target: str
    external: bool


def local(element: "_Element") -> str:
    """An element's name without its namespace, "" for a comment or the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: "_Element | None", name: str = "val") -> str:
    """The attribute called `name` in whatever namespace, or ""."""
    if element is None:
        return ""
    found = (value for key, value in element.items() if key.rpartition("}")[2] == name)
    return str(next(found, ""))


def child(element: "_Element | None", *path: str) -> "_Element | None":
    """The first inner element under the names of `path`, one a level, if there is one."""
    for name in path:
        if element is None:
            return None
        element = next((each for each in element if local(each) == name), None)
    return element


class Package:
    """The parts of a DOCX file by name, and how they link to each other."""

    def __init__(self, content: bytes) -> None:
        """Opens the package.

        Raises `invalid-argument` with reason `unsupported-format`, `encrypted`,
        `damaged` or `zip-bomb`.
        """
        _check_kind(content)
        try:
            self._zip = zipfile.ZipFile(BytesIO(content))
            entries = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise damaged() from error
        _check_entries(entries)
        self._entries = {each.filename.replace("\\", "/").lstrip("/"): each for each in entries}
        self._left = LARGEST
        self._parts: dict[str, _Element] = {}
        self.main, self.root = self._main_part()

    def _main_part(self) -> "tuple[str, _Element]":
        links = self.links("").values()
        named = (each.target for each in links if each.kind == "officeDocument")
        main = next(named, "word/document.xml")
        if main not in self._entries:
            raise _unreadable() if self._foreign() else damaged()
        part = self.part(main)
        if part is None or local(part) != "document":
            raise _unreadable()
        return main, part

    def _foreign(self) -> bool:
        """Whether it is a sound archive of something else."""
        return not any(name.startswith("word/") for name in self._entries)

    def part(self, name: str) -> "_Element | None":
        """The root element of a part, None if there is no such part."""
        if name not in self._entries:
            return None
        if name not in self._parts:
            self._parts[name] = _parsed(self._unpacked(self._entries[name]))
        return self._parts[name]

    def _unpacked(self, entry: zipfile.ZipInfo) -> bytes:
        limit = min(self._left, LARGEST_PART)
        try:
            with self._zip.open(entry) as stream:
                content = stream.read(limit + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
            raise damaged() from error
        _check_unpacked(entry, len(content), limit)
        self._left -= len(content)
        return content

    def links(self, part: str) -> dict[str, Link]:
        """The relationships of a part by id; those of the package itself for ""."""
        folder, name = posixpath.split(part)
        root = self.part(posixpath.join(folder, "_rels", f"{name}.rels"))
        found = {}
        for each in [] if root is None else root:
            external = attribute(each, "TargetMode") == "External"
            target = attribute(each, "Target")
            inner = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            kind = attribute(each, "Type").rpartition("/")[2]
            found[attribute(each, "Id")] = Link(kind, target if external else inner, external)
        return found

    @cached_property
    def main_links(self) -> dict[str, Link]:
        """The relationships of the main part by id."""
        return self.links(self.main)

    def linked(self, kind: str) -> Iterator[str]:
        """Names of the parts that the main part links to as `kind`."""
        links = self.main_links.values()
        return (each.target for each in links if each.kind == kind and not each.external)


def _check_kind(content: bytes) -> None:
    if content.startswith(_COMPOUND) and "EncryptedPackage".encode("utf-16-le") in content:
        raise _encrypted()
    for magic, message in _OTHER_FORMATS:
        if content.startswith(magic):
            raise _rejected("unsupported-format", message)
    if not content.startswith(_ZIP):
        raise damaged()


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if any(each.flag_bits & 1 for each in entries):
        raise _encrypted()
    if len(entries) > MOST_ENTRIES:
        raise _bomb(f"has more than {MOST_ENTRIES:,} parts")
    if sum(each.file_size for each in entries) > LARGEST:
        raise _bomb(f"unpacks to more than {LARGEST // 1024**2} MB")
    if any(each.compress_type not in _PACKINGS for each in entries):
        raise damaged()


def _check_unpacked(entry: zipfile.ZipInfo, size: int, limit: int) -> None:
    if size > limit:
        raise _bomb("has a part that unpacks to more than can be read")
    if size > 1024**2 and size > DENSEST * max(entry.compress_size, 1):
        raise _bomb(f"unpacks to more than {DENSEST} times its size")


def _parsed(content: bytes) -> "_Element":
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise damaged() from error
    if root.getroottree().docinfo.doctype:
        raise damaged()
    return root


def damaged() -> WorkflowError:
    """The refusal of a file that is broken."""
    return _rejected("damaged", "The document is damaged. Save it again as DOCX or PDF.")


def _encrypted() -> WorkflowError:
    return _rejected("encrypted", "The document has a password. Save it without one.")


def _unreadable() -> WorkflowError:
    return _rejected("unsupported-format", _NOT_WORD)


def _bomb(what: str) -> WorkflowError:
    return _rejected("zip-bomb", f"The document {what}.")


def _rejected(reason: str, message: str) -> WorkflowError:
    return WorkflowError(Code.INVALID_ARGUMENT, message, reason=reason)
