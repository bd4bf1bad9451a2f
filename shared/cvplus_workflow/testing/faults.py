"""Which fault strikes where: drawn from the seed before anything runs, so that it can be shrunk."""

import random
from collections.abc import Collection

from msgspec import Struct

PLACES = {
    "commit": ("crash-before", "crash-after", "contention", "lost-answer"),
    "dispatch": ("task-lost", "task-doubled", "task-delayed"),
    "publish": ("publish-fails", "event-doubled", "event-late"),
    "file": ("file-fails",),
    "copy": ("copy-stalls", "copy-fails"),
    "service": ("never-answers", "answers-late", "answers-twice"),
    "call": ("crash-at-call",),
    "web": ("web-fails", "web-times-out", "web-late"),
    "body": ("fails", "refuses", "times-out", "slow", "stall", "crash", "nonsense"),
}
_REACH = {
    "commit": 40,
    "dispatch": 12,
    "publish": 4,
    "file": 6,
    "copy": 2,
    "service": 4,
    "call": 250,
    "body": 25,
    "web": 4,
}
"""How many calls of a kind a seed usually has; faults beyond it would never strike."""

_WEIGHTS = {
    "commit": 8,
    "dispatch": 4,
    "publish": 2,
    "file": 1,
    "copy": 5,
    "service": 3,
    "call": 2,
    "body": 5,
}
BURST = 4
"""Refusals in a burst of contention."""


class Fault(Struct, frozen=True):
    """At the `number`th call of kind `place`, `kind` happens."""

    place: str
    number: int
    kind: str


def draw(chance: random.Random, count: int) -> list[Fault]:
    """`count` faults at random places."""
    places = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=count)
    return [_at(place, chance) for place in places]


def draw_web(chance: random.Random, count: int) -> list[Fault]:
    """`count` faults of servers that documents are fetched from."""
    return [_at("web", chance) for _ in range(count)]


def _at(place: str, chance: random.Random) -> Fault:
    return Fault(place, chance.randrange(_REACH[place]), chance.choice(PLACES[place]))


class Faults:
    """Counts the calls of each kind and answers what happens at them."""

    def __init__(self, faults: Collection[Fault]) -> None:
        self._planned: dict[tuple[str, int], Fault] = {}
        self._struck: set[Fault] = set()
        self._counts = dict.fromkeys(PLACES, 0)
        self.over = False
        self.kinds: set[str] = set()
        for fault in faults:
            for extra in range(BURST if fault.kind == "contention" else 1):
                self._planned[(fault.place, fault.number + extra)] = fault

    @property
    def struck(self) -> int:
        """How many faults have struck; a burst of contention is one."""
        return len(self._struck)

    def at(self, place: str) -> str:
        """The fault that strikes at this call, or an empty text."""
        number = self._counts[place]
        self._counts[place] = number + 1
        fault = None if self.over else self._planned.get((place, number))
        if fault is None:
            return ""
        self._struck.add(fault)
        self.kinds.add(fault.kind)
        return fault.kind
