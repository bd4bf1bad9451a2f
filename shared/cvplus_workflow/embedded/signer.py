"""The Signer on the local disk: HMAC-SHA256 with a key in the data folder."""

import hmac
import os
import secrets
from pathlib import Path

from ..errors import Code, WorkflowError

KEY_BYTES = 32


class LocalSigner:
    """Makes its key at the first use; the file is readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        self._key = _read_or_make(path)

    def sign(self, text: str) -> str:
        """See `ports.Signer`."""
        return hmac.digest(self._key, text.encode(), "sha256").hex()


def _read_or_make(path: Path) -> bytes:
    """The key; of several processes that make one at the same time, the first wins."""
    if not path.exists():
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise WorkflowError(Code.DATA_LOSS, "The signing key is damaged.", reason="key-damaged")
    return key
