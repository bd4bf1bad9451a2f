"""Documents as Firestore keeps them.

Times are timestamps, for the web app's listener reads them as such. JSON that only we
read is kept as bytes, because Firestore forbids lists in lists and sorts the keys of
maps; what the web app reads of it is kept as a map. The order of a job's steps, which
is the order in which they start, is kept beside them.
"""

import re
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from google.cloud.firestore_v1.types import Write
from msgspec import Raw, Struct

from ..domain.change import LARGEST_DOCUMENT, Document, Ref
from ..domain.documents import Job
from ..errors import Code, WorkflowError

SHARDS = 16
"""Over so many shards the sweep's index is spread: times that only grow are a hot spot."""

SHARDED = "run.deadline"
"""The order that is read shard by shard; the field `shard` stands beside it."""

_MIRRORED = ("parsedData",)
"""Raw fields that the web app reads as maps; with a name that no map takes they stay bytes."""

LONGEST_NAME = 1_500
"""Bytes of the longest name in a map (https://firebase.google.com/docs/firestore/quotas)."""

_RESERVED = re.compile(r"__.*__", re.DOTALL)
"""Names that Firestore keeps for itself."""

_SIZE = msgspec.json.Encoder().encode


def encoded(ref: Ref[Any], document: Struct) -> dict[str, Any]:
    """`document` as Firestore's values; raises invalid-argument if it can't be stored."""
    try:
        size = len(_SIZE(document))
        fields: dict[str, Any] = msgspec.to_builtins(
            document, builtin_types=(datetime, bytes), enc_hook=_raw_bytes
        )
    except (TypeError, ValueError, OverflowError, NotImplementedError, msgspec.MsgspecError):
        raise _unfit(ref, "cannot be encoded", "document-unfit") from None
    if size > LARGEST_DOCUMENT:
        raise _unfit(ref, f"has {size} bytes, at most {LARGEST_DOCUMENT}", "too-large")
    for name in _MIRRORED:
        mirrored = msgspec.json.decode(fields[name]) if name in fields else None
        if name in fields and _has_storable_names(mirrored):
            fields[name] = mirrored
    return fields | _beside(ref, fields)


def decoded(ref_type: type[Document], fields: dict[str, Any]) -> Document:
    """The document that `encoded` made `fields` of; raises data-loss if it is damaged."""
    try:
        for name in _MIRRORED:
            if name in fields and not isinstance(fields[name], bytes):
                fields[name] = _SIZE(fields[name])
        _restore_order(fields)
        return msgspec.convert(_plain(fields), ref_type)
    except (msgspec.MsgspecError, KeyError, TypeError) as error:
        raise WorkflowError(
            Code.DATA_LOSS, "A stored document cannot be read.", reason="document-damaged"
        ) from error


def written(name: str, fields: Mapping[str, Any]) -> Write:
    """The write that puts `fields`, as `encoded` makes them, at a document's full `name`.

    The client's own function makes an object with checks of every value, which takes
    several times as long as all the rest of a commit does here.
    """
    raw = Write.pb()()
    raw.update.name = name
    for field, value in fields.items():
        _fill(raw.update.fields[field], value)
    write: Write = Write.wrap(raw)
    return write


def awaits_adoption(kind: type[Struct], fields: Mapping[str, Any]) -> bool:
    """Whether a job is asked for, and what stands there is a client's request for one."""
    return kind is Job and "run" not in fields


def shard_of(path: str) -> int:
    """The shard of the document at `path`, the same for ever."""
    return zlib.crc32(path.encode()) % SHARDS


def _beside(ref: Ref[Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """What Firestore needs beside a job: its shard, and the order of its steps."""
    run = fields.get("run")
    if not isinstance(run, dict) or "steps" not in run:
        return {}
    return {"shard": shard_of(ref.path), "run": {**run, "order": list(run["steps"])}}


def _restore_order(fields: dict[str, Any]) -> None:
    fields.pop("shard", None)
    run = fields.get("run")
    if isinstance(run, dict) and "order" in run:
        order = run.pop("order")
        definition = run["definition"]
        definition["specs"] = {name: definition["specs"][name] for name in order}
        run["steps"] = {name: run["steps"][name] for name in order}


_SCALARS = {
    bool: "boolean_value",
    int: "integer_value",
    float: "double_value",
    str: "string_value",
    bytes: "bytes_value",
}


def _fill(target: Any, value: Any) -> None:
    """Set a protocol buffer of a value to `value`; its empty kinds are set, too."""
    kind = type(value)
    if kind in _SCALARS:
        setattr(target, _SCALARS[kind], value)
    elif kind is dict:
        target.map_value.SetInParent()
        for name, inner in value.items():
            _fill(target.map_value.fields[name], inner)
    elif kind in (list, tuple):
        target.array_value.SetInParent()
        for inner in value:
            _fill(target.array_value.values.add(), inner)
    elif value is None:
        target.null_value = 0
    else:
        target.timestamp_value.FromDatetime(value)


def _has_storable_names(value: Any) -> bool:
    """Whether Firestore takes every name in `value`; a CV may have any text for a heading."""
    if isinstance(value, dict):
        return all(map(_is_storable, value)) and all(map(_has_storable_names, value.values()))
    return not isinstance(value, list) or all(map(_has_storable_names, value))


def _is_storable(name: str) -> bool:
    return 0 < len(name.encode()) <= LONGEST_NAME and _RESERVED.fullmatch(name) is None


def _raw_bytes(value: Any) -> bytes:
    if isinstance(value, Raw):
        return bytes(value)
    raise NotImplementedError


def plain_time(time: datetime) -> datetime:
    """A timestamp of Firestore's client, which is a class of its own, as a plain time in UTC."""
    clock = (time.hour, time.minute, time.second, time.microsecond)
    return datetime(time.year, time.month, time.day, *clock, tzinfo=UTC)


def _plain(value: Any) -> Any:
    """What Firestore's client answers in the types that `msgspec.convert` takes."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return plain_time(value)
    return Raw(value) if isinstance(value, bytes) else value


def _unfit(ref: Ref[Any], what: str, reason: str) -> WorkflowError:
    return WorkflowError(Code.INVALID_ARGUMENT, f"The document {ref.path} {what}.", reason=reason)
