"""The real clock and the real source of randomness."""

import random
import secrets
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """See `ports.Clock`."""
        return datetime.now(UTC)


class SystemEntropy:
    """The operating system's randomness for ids; a fast generator for jitter."""

    def token(self) -> str:
        """See `ports.Entropy`."""
        return secrets.token_hex(16)

    def fraction(self) -> float:
        """See `ports.Entropy`."""
        return random.random()  # noqa: S311 - spreads retries, guards nothing
