"""Flags and kill switches as whoever starts something reads them: seldom, and beforehand."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from ..domain.change import Document, Ref
from ..domain.documents import flags_ref, switches_ref
from ..domain.flags import (
    INSTALLATION,
    NONE_THROWN,
    FlagSet,
    KillSwitches,
    Subject,
    resolved,
)
from ..errors import StorageError, WorkflowError
from ..ports import Clock, Store

log = logging.getLogger("cvplus_workflow")

KEPT_FOR = timedelta(seconds=10)
"""How long what was read is used before it is read again."""

TENANTS_KEPT = 1_000
"""Documents that are remembered; with more, all are read again."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Flags:
    """The flags of all tenants, each document read at most every 10 s.

    They are read outside of any commit, so that no claim has to verify them. Threads may
    share it: two that find a document outdated both read it, and either answer is good.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._last: dict[str, tuple[datetime, Struct | None]] = {}

    def switches(self) -> KillSwitches:
        """The kill switches, as they stood at most 10 s ago.

        If they cannot be read, those that were read last: a store that is away commits no
        claim either.
        """
        try:
            return self._recent(switches_ref()) or NONE_THROWN
        except StorageError:
            raise
        except WorkflowError as error:
            log.warning("kill switches cannot be read: %s", error.reason)
            last = self._last.get(switches_ref().path, (None, None))[1]
            return last if isinstance(last, KillSwitches) else NONE_THROWN

    def sets(self, tenant: str) -> list[FlagSet]:
        """The flags that jobs of `tenant` are resolved by, as they stood at most 10 s ago."""
        tenants = dict.fromkeys((tenant, INSTALLATION))
        found = [self._recent(flags_ref(each)) for each in tenants]
        return [each for each in found if each is not None]

    def resolved(self, subject: Subject, features: Iterable[str]) -> dict[str, str]:
        """The variants, by feature, of those that have a flag.

        Raises failed-precondition naming the features that are off for `subject`.
        """
        return resolved(self.sets(subject.tenant), subject, features)

    def forget(self) -> None:
        """Read all again: this process has just changed something."""
        self._last = {path: (_LONG_AGO, known) for path, (_, known) in self._last.items()}

    def _recent(self, ref: Ref[Document]) -> Document | None:
        now, last = self._clock.now(), self._last.get(ref.path)
        # A clock that went back must not keep an old document for longer.
        if last is None or not last[0] <= now < last[0] + KEPT_FOR:
            last = (now, self._store.get(ref))
            if len(self._last) >= TENANTS_KEPT:
                self._last.clear()
            self._last[ref.path] = last
        return last[1]  # type: ignore[return-value]
