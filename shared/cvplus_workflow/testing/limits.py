"""Limits of what a document holds, lowered in some seeds so that jobs of a seed reach them."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..domain import documents
from ..services import outputs
from . import store

NARROW_EVERY = 3
"""Every so many seeds history spills early, and large outputs become files."""

NARROW = (
    (documents, "HISTORY_KEPT", 40),
    (documents, "SPILL", 20),
    (outputs, "DOCUMENT_LIMIT", 8_000),
    (store, "LARGEST_DOCUMENT", 12_000),
)
"""Module, name and value of each lower limit."""


@contextmanager
def limits_of(seed: int) -> Iterator[None]:
    """The limits under which a seed is run."""
    narrow = NARROW if seed % NARROW_EVERY == 0 else ()
    usual = [(module, name, getattr(module, name)) for module, name, _ in narrow]
    for module, name, limit in narrow:
        setattr(module, name, limit)
    try:
        yield
    finally:
        for module, name, limit in usual:
            setattr(module, name, limit)
