"""The Signer for deployed functions: HMAC-SHA256 with a key from a secret."""

import hmac

from ..errors import Code, WorkflowError

SHORTEST_KEY = 32
"""Characters that a key has at least."""


class SecretSigner:
    """Signs with `key`; without one everything works but what has to be signed."""

    def __init__(self, key: str) -> None:
        self._key = key

    def sign(self, text: str) -> str:
        """See `ports.Signer`; raises internal without a key that is long enough."""
        if len(self._key) < SHORTEST_KEY:
            raise WorkflowError(
                Code.INTERNAL,
                f"The secret CVPLUS_SIGNING_KEY is missing or under {SHORTEST_KEY} characters.",
                reason="signing-key-missing",
            )
        return hmac.digest(self._key.encode(), text.encode(), "sha256").hex()
