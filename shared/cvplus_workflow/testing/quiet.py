"""Running many seeds: no log lines, and a garbage collector that comes once a seed."""

import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def undisturbed() -> Iterator[Callable[[], object]]:
    """Run seeds within it, and call what it gives after each of them.

    Greenlets make cycles; collecting the young ones after each seed keeps memory small.
    """
    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    collects = gc.isenabled()
    gc.freeze()
    gc.disable()
    try:
        yield lambda: gc.collect(0)
    finally:
        if collects:
            gc.enable()
        gc.unfreeze()
        logging.disable(disabled)
