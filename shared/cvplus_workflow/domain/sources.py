"""Where a CV's document comes from: given with the request, or found at an address."""

from msgspec import Struct

from ..errors import invalid

DOCUMENT_TYPES = frozenset(
    {
        "application/json",
        "application/msword",
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/x-yaml",
        "application/yaml",
        "text/csv",
        "text/html",
        "text/markdown",
        "text/plain",
        "text/x-markdown",
        "text/x-yaml",
        "text/yaml",
    }
)
"""Media types of the documents that are taken; `storage.rules` has the same."""

DOCUMENT_SUFFIXES = frozenset(
    {"csv", "doc", "docx", "htm", "html", "json", "markdown", "md", "pdf", "txt", "yaml", "yml"}
)
"""How the names of such documents end, where no type is told; `storage.rules` has the same."""

MAX_ADDRESS_LENGTH = 2_000
"""Characters of the longest address that a document is fetched from."""

_UNTYPED = frozenset({"", "application/octet-stream", "binary/octet-stream"})


class Fetched(Struct, frozen=True):
    """A document as it was found at an address; without a media type if none was told."""

    content: bytes
    media_type: str = ""


def check_choice(content: bytes | None, file_url: str) -> None:
    """Raise invalid-argument unless a document is given, or else the address of one."""
    if content is None and not file_url:
        raise invalid("content", "give the document, or its address as fileUrl")
    if content is not None and file_url:
        raise invalid("fileUrl", "give the document, or its address, not both")
    if len(file_url) > MAX_ADDRESS_LENGTH:
        raise invalid("fileUrl", f"{len(file_url)} characters, at most {MAX_ADDRESS_LENGTH}")


def check_fetched(found: Fetched, limit: int) -> None:
    """Raise invalid-argument unless what was found can be a CV of at most `limit` bytes."""
    if not found.content:
        raise invalid("fileUrl", "the document is empty")
    if len(found.content) > limit:
        raise invalid("fileUrl", f"the document has more than {limit} bytes")
    kind = found.media_type.partition(";")[0].strip().lower()
    if kind not in DOCUMENT_TYPES | _UNTYPED:
        raise invalid("fileUrl", "what is found there is no document of a type that is read")
