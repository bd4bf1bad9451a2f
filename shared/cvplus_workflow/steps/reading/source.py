"""The document to be read, and which format it is in."""

import re
from functools import cached_property
from pathlib import PurePosixPath

from ...errors import WorkflowError
from .json_values import JsonValue, load
from .text import decoded

_MAGIC = (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff")
_HTML = re.compile(r"\s*<(?:!doctype html|html|\?xml)\b", re.IGNORECASE)
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+\S|^\S.*\n(?:={3,}|-{3,})\s*$", re.MULTILINE)
MARKDOWN_SUFFIXES = frozenset({".md", ".markdown", ".mkd", ".mdown", ".mkdn"})
MARKDOWN_TYPES = frozenset({"text/markdown", "text/x-markdown"})


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
        """Its JSON value, None if it is none; named JSON must be readable."""
        if not (self.is_text and self.text.lstrip().startswith(("{", "["))):
            return None
        try:
            return load(self.text)
        except WorkflowError:
            if self.named_json or not self.named_markdown:
                raise
            return None

    @property
    def named_markdown(self) -> bool:
        """Whether its name or media type says Markdown."""
        return self.suffix in MARKDOWN_SUFFIXES or self.media_type in MARKDOWN_TYPES

    @property
    def is_markdown(self) -> bool:
        """Whether it is Markdown: by name, or by headings if its name says nothing."""
        if not self.is_text or self.named_json or _HTML.match(self.text) or self.json is not None:
            return False
        nameless = not self.suffix and self.media_type in {"", "application/octet-stream"}
        return self.named_markdown or (nameless and bool(_HEADING.search(self.text)))
