"""Documents by address: from the caller's own uploads, or from the public web."""

import re
from urllib.parse import unquote, urlsplit

from ..domain.jobs import MAX_SOURCE_BYTES, Caller
from ..domain.sources import Fetched, check_fetched
from ..errors import WorkflowError, invalid
from ..ports import Files, Http

_STORAGE_HOSTS = frozenset({"firebasestorage.googleapis.com", "localhost", "127.0.0.1"})
"""Where download addresses of Firebase Storage point, and of its emulator."""

_DOWNLOAD = re.compile(r"/v0/b/(?P<bucket>[^/]+)/o/(?P<path>[^/]+)")
"""The path of a download address (https://firebase.google.com/docs/storage/web/download-files)."""

MAX_NAME_LENGTH = 255
"""Characters of a document's name that are kept."""


class Sources:
    """Fetches the document that a caller names by its address."""

    def __init__(self, files: Files, http: Http) -> None:
        self._files = files
        self._http = http

    def fetched(self, caller: Caller, url: str) -> Fetched:
        """The document at `url`.

        That is `gs://bucket/users/{uid}/uploads/…` or the download address of such an
        upload, which must be the caller's own, or else a public https address. Every error
        names the field `fileUrl`: invalid-argument for an address that may not be asked or
        a document that is none, not-found, unavailable or deadline-exceeded.
        """
        try:
            found = self._found(caller, url)
            check_fetched(found, MAX_SOURCE_BYTES)
        except WorkflowError as error:
            raise _naming_the_field(error) from None
        return found

    def _found(self, caller: Caller, url: str) -> Fetched:
        place = upload_place(url)
        if place is None:
            return self._http.fetch(url, MAX_SOURCE_BYTES)
        bucket, path = place
        if not _is_own(path, caller.uid):
            raise invalid("fileUrl", "must lie under your own uploads")
        return self._files.uploaded(bucket, path, MAX_SOURCE_BYTES)


def upload_place(url: str) -> tuple[str, str] | None:
    """The bucket and path that `url` names, None if it is no address of Cloud Storage.

    Raises invalid-argument for one that cannot be read.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        raise invalid("fileUrl", "is no address") from None
    if parts.scheme == "gs":
        return parts.netloc, url.removeprefix("gs://").partition("/")[2]
    if host not in _STORAGE_HOSTS:
        return None
    found = _DOWNLOAD.fullmatch(parts.path)
    if found is None:
        raise invalid("fileUrl", "is no download address of an upload")
    return unquote(found["bucket"]), unquote(found["path"])


def name_at(url: str) -> str:
    """The name that an address gives its document, "" if it gives none."""
    place = upload_place(url)
    path = unquote(urlsplit(url).path) if place is None else place[1]
    name = path.rpartition("/")[2]
    return name if name.isprintable() and len(name) <= MAX_NAME_LENGTH else ""


def own_upload(uid: str, url: str) -> str | None:
    """The path of the user's upload that `url` names, None if it names none."""
    place = upload_place(url)
    return place[1] if place is not None and _is_own(place[1], uid) else None


def _is_own(path: str, uid: str) -> bool:
    """Whether `path` is plain and below the user's uploads."""
    names = path.split("/")
    plain = all(name not in ("", ".", "..") and name.isprintable() for name in names)
    return plain and len(names) > 3 and names[:3] == ["users", uid, "uploads"]


def _naming_the_field(error: WorkflowError) -> WorkflowError:
    message = error.message.removeprefix("fileUrl: ")
    details = {**error.details, "field": "fileUrl"}
    return WorkflowError(error.code, f"fileUrl: {message}", reason=error.reason, details=details)
