"""The document to be read, and which format it is in."""

import re
from functools import cached_property
from pathlib import PurePosixPath

from ...errors import WorkflowError
from .json_values import JsonValue, load
from .text import decoded

_ZIP = b"PK\x03\x04"
_OLDER_WORD = (b"\xd0\xcf\x11\xe0", b"{\\rtf")
_MAGIC = (b"%PDF-", _ZIP, *_OLDER_WORD, b"\x89PNG", b"\xff\xd8\xff")
_HTML = re.compile(r"\s*<(?:!doctype html|html|\?xml)\b", re.IGNORECASE)
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+\S|^\S.*\n(?:={3,}|-{3,})\s*$", re.MULTILINE)
MARKDOWN_SUFFIXES = frozenset({".md", ".markdown", ".mkd", ".mdown", ".mkdn"})
MARKDOWN_TYPES = frozenset({"text/markdown", "text/x-markdown"})
_HTML_NAMES = frozenset({".html", ".htm", ".xhtml", "text/html", "application/xhtml+xml"})
_YAML_NAMES = frozenset(
    {".yaml", ".yml", "application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"}
)
_TEXT_NAMES = frozenset({".txt", ".text", ".asc", "text/plain"})
_NAMELESS = frozenset({"", "application/octet-stream"})


class Source:
    """A document's bytes with the name and media type that it came with."""

    def __init__(self, content: bytes, file_name: str = "", media_type: str = "") -> None:
        self.content = content
        self.suffix = PurePosixPath(file_name.replace("\\", "/")).suffix.lower()
        self.media_type = media_type.partition(";")[0].strip().lower()

    @property
    def is_text(self) -> bool:
        """Whether it lacks the first bytes of the binary formats that CVs come in."""
        start = self.content[:1024].lstrip()
        return not start.startswith(_MAGIC) and b"%PDF-" not in start

    @cached_property
    def text(self) -> str:
        """Its text, decoded and cleaned."""
        return decoded(self.content)

    @property
    def named_json(self) -> bool:
        """Whether its name or media type says JSON."""
        return self.suffix == ".json" or self.media_type.endswith("json")

    @cached_property
    def json(self) -> JsonValue:
        """Its JSON value, None if it is none; JSON by name, or without one, must be readable."""
        if not (self.is_text and self.text.lstrip().startswith(("{", "["))):
            return None
        try:
            return load(self.text)
        except WorkflowError:
            if self.named_json or self._nameless:
                raise
            return None

    @cached_property
    def yaml(self) -> JsonValue:
        """The value of a document that is named YAML, None of any other."""
        if not (self.is_text and self._named(_YAML_NAMES)):
            return None
        from .yaml_cv import load_yaml

        return load_yaml(self.text)

    @property
    def data(self) -> JsonValue:
        """Its JSON or YAML value, None if it has none."""
        return self.yaml if self.json is None else self.json

    @property
    def is_pdf(self) -> bool:
        """Whether its first bytes are those of a PDF."""
        return b"%PDF-" in self.content[:1024]

    @property
    def is_word(self) -> bool:
        """Whether a word processor made it: a ZIP archive, which a DOCX is, or an older file.

        The reader refuses what is no DOCX, and says what to save it as.
        """
        return self.content.startswith((_ZIP, *_OLDER_WORD))

    @property
    def is_html(self) -> bool:
        """Whether it is HTML: by its beginning, or by name."""
        return self.is_text and (bool(_HTML.match(self.text)) or self._named(_HTML_NAMES))

    @property
    def is_plain(self) -> bool:
        """Whether it is text without marks: by name, or for want of a name that says more."""
        readable = self.is_text and b"\0" not in self.content.replace(b"\0\0", b"")
        return readable and self.data is None and (self._named(_TEXT_NAMES) or self._nameless)

    @property
    def _nameless(self) -> bool:
        return not self.suffix and self.media_type in _NAMELESS

    def _named(self, names: frozenset[str]) -> bool:
        """Whether its suffix is one of `names`, or without a suffix its media type is."""
        return self.suffix in names or (not self.suffix and self.media_type in names)

    @property
    def named_markdown(self) -> bool:
        """Whether its name or media type says Markdown."""
        return self.suffix in MARKDOWN_SUFFIXES or self.media_type in MARKDOWN_TYPES

    @property
    def is_markdown(self) -> bool:
        """Whether it is Markdown: by name, or by headings if its name says nothing."""
        if not self.is_text or self.named_json or _HTML.match(self.text) or self.json is not None:
            return False
        return self.named_markdown or (self._nameless and bool(_HEADING.search(self.text)))
