"""YAML documents as JSON values in which each scalar is the text that was written.

YAML would read `no` as false, `010` as eight and `2020-01-01` as a date; of a CV these
are words. So no tag is followed and nothing but null is resolved. Aliases and merge
keys (https://yaml.org/type/merge.html) are followed as far as they stay small.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...errors import Code, WorkflowError
from .json_values import JsonValue, object_of

if TYPE_CHECKING:
    from yaml import YAMLError
    from yaml.events import Event, ScalarEvent

DEEPEST = 60
"""Levels of nesting that are read; a CV needs about eight."""
MOST_VALUES = 200_000
"""Values of the largest document that is read; a long CV has a thousand."""
MOST_REPEATED = 1_000_000
"""Characters and values that aliases may repeat: they can double at every line."""

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_MERGE = "<<"


def load_yaml(text: str) -> JsonValue:
    """The value of a YAML document; None if it is empty.

    Raises `invalid-argument`, reason `malformed-yaml` with line and column, `too-deep`
    beyond DEEPEST, or `too-large` beyond MOST_VALUES or MOST_REPEATED.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=loader):
            builder.add(event)
    except yaml.YAMLError as error:
        raise _malformed(*_position(error)) from None
    return builder.document


def _position(error: "YAMLError") -> tuple[int, int]:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _malformed(line: int, column: int) -> WorkflowError:
    return WorkflowError(
        Code.INVALID_ARGUMENT,
        f"The file is not valid YAML: line {line}, column {column}.",
        reason="malformed-yaml",
        details={"line": line, "column": column},
    )


def _refused(reason: str, message: str) -> WorkflowError:
    return WorkflowError(Code.INVALID_ARGUMENT, message, reason=reason)


@dataclass
class _Open:
    """A list or object that is being read; an object's keys and values alternate.

    `weight` counts its characters and values, those that aliases repeat included.
    """

    is_object: bool
    anchor: str | None
    items: list[JsonValue] = field(default_factory=list)
    weight: int = 1


class _Builder:
    """Builds the value of a document from the events of a YAML parser."""

    def __init__(self) -> None:
        self.document: JsonValue = None
        self._open: list[_Open] = []
        self._anchored: dict[str, tuple[JsonValue, int]] = {}
        self._values = 0
        self._repeated = 0

    def add(self, event: "Event") -> None:
        from yaml import events

        if isinstance(event, events.CollectionStartEvent):
            self._begin(_Open(isinstance(event, events.MappingStartEvent), event.anchor))
        elif isinstance(event, events.CollectionEndEvent):
            self._end(event)
        elif isinstance(event, events.ScalarEvent):
            self._put(_scalar(event), len(event.value) + 1, event, event.anchor)
        elif isinstance(event, events.AliasEvent):
            self._repeat(event)

    def _begin(self, opened: _Open) -> None:
        self._open.append(opened)
        if len(self._open) > DEEPEST:
            raise _refused("too-deep", f"The YAML is nested more than {DEEPEST} levels deep.")

    def _end(self, event: "Event") -> None:
        closed = self._open.pop()
        value: JsonValue = closed.items
        if closed.is_object:
            value = _object(closed.items, event)
        self._put(value, closed.weight, event, closed.anchor)

    def _repeat(self, event: "Event") -> None:
        """An alias stands for the value that its anchor marks, which must be complete."""
        if event.anchor not in self._anchored:
            raise _at(event)
        value, weight = self._anchored[event.anchor]
        self._repeated += weight
        if self._repeated > MOST_REPEATED:
            raise _refused("too-large", "The YAML's aliases repeat too much text.")
        self._put(value, weight, event, None)

    def _put(self, value: JsonValue, weight: int, event: "Event", anchor: str | None) -> None:
        self._values += 1
        if self._values > MOST_VALUES:
            raise _refused("too-large", "The YAML has more values than a CV can have.")
        if anchor:
            self._anchored[anchor] = (value, weight)
        if self._open:
            self._open[-1].items.append(value)
            self._open[-1].weight += weight
        elif self.document is None:
            self.document = value
        elif value is not None:
            raise _at(event)


def _at(event: "Event") -> WorkflowError:
    return _malformed(event.start_mark.line + 1, event.start_mark.column + 1)


def _scalar(event: "ScalarEvent") -> str | None:
    """The text as written; None for a null that is neither quoted nor tagged."""
    untagged = event.implicit[0]
    return None if untagged and event.value in _NULLS else str(event.value)


def _object(items: list[JsonValue], event: "Event") -> JsonValue:
    """An object of alternating keys and values; repeated keys are kept beside the first."""
    own: list[tuple[str, JsonValue]] = []
    merged: list[dict[str, JsonValue]] = []
    for key, value in zip(items[::2], items[1::2], strict=True):
        if key is not None and not isinstance(key, str):
            raise _at(event)
        sources = value if isinstance(value, list) else [value]
        objects = [each for each in sources if isinstance(each, dict)]
        if key == _MERGE and len(objects) == len(sources):
            merged += objects
        else:
            own.append((key or "", value))
    result = object_of(own)
    for each in merged:
        result = {**each, **result}
    return result
