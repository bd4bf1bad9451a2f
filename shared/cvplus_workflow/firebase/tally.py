"""What the adapters count, for tests and benchmarks of what a job costs."""

import threading
from collections import Counter


class Tally:
    """Numbers by name; safe for threads, which would lose some of `number += 1`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: Counter[str] = Counter()

    def add(self, **numbers: int) -> None:
        """Add to each number that is named."""
        with self._lock:
            self._numbers.update(numbers)

    def of(self, name: str) -> int:
        """The number of that name, 0 before anything was added to it."""
        with self._lock:
            return self._numbers[name]

    def all(self) -> dict[str, int]:
        """All numbers as they are now."""
        with self._lock:
            return dict(self._numbers)
