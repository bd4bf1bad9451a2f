"""Files on Cloud Storage: content under `content/`, copies at the paths that clients fetch."""

import hashlib
import re
from posixpath import normpath
from typing import TYPE_CHECKING

from google.api_core import exceptions

from ..domain.documents import StoredFile, stored_file
from ..domain.sources import Fetched
from ..errors import Code, WorkflowError
from .rpc import TIMEOUT_S, service_errors

if TYPE_CHECKING:
    from google.api_core.retry import Retry
    from google.cloud.storage import Blob, Bucket

CONTENT = "content"
"""The folder that no client reads: content by owner and hash."""

TRIES = 20
"""Tries to replace a copy that others are replacing at the same time."""

_RUN = "run"
_HASH = re.compile(r"[0-9a-f]{64}")


class CloudFiles:
    """Content and copies in one bucket.

    A copy carries the run that it is of as metadata. It is replaced under the
    precondition that the object is still the one whose run was read.
    """

    def __init__(self, bucket: "Bucket") -> None:
        self._bucket = bucket

    def put(self, folder: str, content: bytes, media_type: str) -> StoredFile:
        """See `ports.Files`."""
        file = stored_file(content, media_type)
        blob = self._blob(f"{CONTENT}/{_inside(folder)}/{file.hash}")
        with service_errors("Cloud Storage"):
            try:
                blob.upload_from_string(
                    content, media_type, if_generation_match=0, timeout=TIMEOUT_S, retry=_retry()
                )
            except exceptions.PreconditionFailed:
                return file
        return file

    def get(self, folder: str, file: StoredFile) -> bytes:
        """See `ports.Files`."""
        if not _HASH.fullmatch(file.hash):
            raise WorkflowError(Code.INVALID_ARGUMENT, "That is no hash.", reason="bad-path")
        content = self._read(f"{CONTENT}/{_inside(folder)}/{file.hash}", file.hash)
        if hashlib.sha256(content).hexdigest() != file.hash:
            raise WorkflowError(
                Code.DATA_LOSS, f"File {file.hash} is damaged.", reason="file-damaged"
            )
        return content

    def publish(self, path: str, folder: str, file: StoredFile, generation: int) -> None:
        """See `ports.Files`; raises aborted if others replace the copy all the time."""
        name, content = _inside(path), self.get(folder, file)
        with service_errors("Cloud Storage"):
            for _ in range(TRIES):
                if self._replaced(name, content, file.media_type, generation):
                    return
        raise WorkflowError(
            Code.ABORTED, "The copy is being replaced by too many at once.", reason="contention"
        )

    def published(self, path: str) -> bytes:
        """See `ports.Files`."""
        return self._read(_inside(path), path.rpartition("/")[2])

    def unpublish(self, path: str) -> None:
        """See `ports.Files`."""
        self._delete(self._blob(_inside(path)))

    def delete_folder(self, folder: str) -> None:
        """See `ports.Files`."""
        with service_errors("Cloud Storage"):
            found = list(self._bucket.list_blobs(prefix=f"{CONTENT}/{_inside(folder)}/"))
        for blob in found:
            self._delete(blob)

    def uploaded(self, bucket: str, path: str, limit: int) -> Fetched:
        """See `ports.Files`."""
        with service_errors("Cloud Storage"):
            blob = None
            if bucket == self._bucket.name:
                blob = self._bucket.get_blob(_inside(path), timeout=TIMEOUT_S, retry=_retry())
        if blob is None:
            raise WorkflowError(
                Code.NOT_FOUND, "there is no such upload", reason="upload-not-found"
            )
        if (blob.size or 0) > limit:
            raise WorkflowError(
                Code.INVALID_ARGUMENT,
                f"the document has more than {limit} bytes",
                reason="document-too-large",
            )
        if blob.content_encoding:
            # Unpacking has no limit: a few kilobytes could fill the memory.
            raise WorkflowError(
                Code.INVALID_ARGUMENT, "the document is packed", reason="document-packed"
            )
        return Fetched(self._read(path, "there", raw=True), blob.content_type or "")

    def _replaced(self, name: str, content: bytes, media_type: str, run: int) -> bool:
        """Whether the copy is that of `run` or a later one; False if another came between."""
        there = self._bucket.get_blob(name, timeout=TIMEOUT_S, retry=_retry())
        if there is not None and _run_of(there) > run:
            return True
        blob = self._blob(name)
        blob.metadata = {_RUN: str(run)}
        blob.cache_control = "private, no-cache"
        try:
            blob.upload_from_string(
                content,
                media_type,
                if_generation_match=0 if there is None else there.generation,
                timeout=TIMEOUT_S,
                retry=_retry(),
            )
        except exceptions.PreconditionFailed:
            return False
        return True

    def _read(self, name: str, shown: str, *, raw: bool = False) -> bytes:
        """The content of an object; `raw` is as it is stored, never unpacked."""
        with service_errors("Cloud Storage"):
            try:
                content: bytes = self._blob(name).download_as_bytes(
                    raw_download=raw, timeout=TIMEOUT_S, retry=_retry()
                )
            except exceptions.NotFound:
                raise WorkflowError(
                    Code.NOT_FOUND, f"There is no file {shown}.", reason="file-not-found"
                ) from None
        return content

    def _delete(self, blob: "Blob") -> None:
        with service_errors("Cloud Storage"):
            try:
                blob.delete(timeout=TIMEOUT_S, retry=_retry())
            except exceptions.NotFound:
                return

    def _blob(self, name: str) -> "Blob":
        return self._bucket.blob(name)


def _retry() -> "Retry":
    """The client's own tries end with the time of one call: the step's are the domain's."""
    from google.cloud.storage.retry import DEFAULT_RETRY

    retry: Retry = DEFAULT_RETRY.with_timeout(TIMEOUT_S)
    return retry


def _run_of(blob: "Blob") -> int:
    text = (blob.metadata or {}).get(_RUN, "")
    return int(text) if text.isdecimal() else 0


def _inside(path: str) -> str:
    """`path` as it is; raises invalid-argument unless it is plain and relative."""
    if not path or path != normpath(path) or path.startswith(("/", "..")) or path == ".":
        raise WorkflowError(Code.INVALID_ARGUMENT, "The path leaves its folder.", reason="bad-path")
    return path
