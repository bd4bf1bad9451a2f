"""Running many seeds: no log lines, and a garbage collector that comes now and then."""

import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

COLLECTED_EVERY = 16
"""Seeds after which their garbage is collected; those that hold their invariants leave none."""


@contextmanager
def undisturbed() -> Iterator[Callable[[], object]]:
    """Run seeds within it, and call what it gives after each of them.

    A violation holds the frames that it came through, and they hold it.
    """
    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    collects, seeds = gc.isenabled(), count(1)

    def collect() -> None:
        if next(seeds) % COLLECTED_EVERY == 0:
            gc.collect(0)

    gc.freeze()
    gc.disable()
    try:
        yield collect
    finally:
        if collects:
            gc.enable()
        gc.unfreeze()
        logging.disable(disabled)
