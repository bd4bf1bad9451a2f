"""Content of the embedded system: small in the database, larger on the local disk."""

from datetime import datetime
from pathlib import Path

import apsw

from ..domain.documents import StoredFile, stored_file
from .engine import Engine, storage_errors
from .files import LocalFiles, require_inside, require_whole
from .times import microseconds

SMALL = 64_000
"""Bytes up to which content lies in the database. It is stored by a commit that others share,
where a file takes three syncs of its own; and up to about 100 kB SQLite reads and writes
content faster than a file system (https://sqlite.org/intern-v-extern-blob.html)."""

_PUT = (
    "INSERT INTO contents (folder, hash, stored_at, body) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (folder, hash) DO UPDATE SET stored_at = excluded.stored_at"
)
_GET = "SELECT body FROM contents WHERE folder = ? AND hash = ?"
_DELETE = "DELETE FROM contents WHERE folder = ?"


class EmbeddedFiles(LocalFiles):
    """As on the local disk; content of up to `SMALL` bytes is in the table `contents`."""

    def __init__(self, root: Path, engine: Engine) -> None:
        super().__init__(root)
        self._engine = engine

    def put(self, folder: str, content: bytes, media_type: str) -> StoredFile:
        """See `ports.Files`."""
        if len(content) > SMALL:
            return super().put(folder, content, media_type)
        require_inside(folder)
        file = stored_file(content, media_type)

        def work(cursor: apsw.Cursor, now: datetime) -> None:
            cursor.execute(_PUT, (folder, file.hash, microseconds(now), content))

        # The commit that names it makes it durable.
        self._engine.submit([work], durable=False)
        return file

    def get(self, folder: str, file: StoredFile) -> bytes:
        """See `ports.Files`."""
        if file.size > SMALL:
            return super().get(folder, file)
        with storage_errors():
            row = self._engine.read().execute(_GET, (folder, file.hash)).fetchone()
        # Older versions kept small content on the disk as well.
        return super().get(folder, file) if row is None else require_whole(bytes(row[0]), file)

    def delete_folder(self, folder: str) -> None:
        """See `ports.Files`."""
        require_inside(folder)

        def work(cursor: apsw.Cursor, _now: datetime) -> None:
            cursor.execute(_DELETE, (folder,))

        self._engine.submit([work])
        super().delete_folder(folder)
