"""JSON documents: loading them without loss, and taking values out of them.

Numbers stay as written: they are loaded as their text. A repeated key is kept beside
the first one, so nothing that a document says is dropped by loading it.
"""

import json
import re
from collections.abc import Iterator
from typing import TypeAlias

from ...errors import Code, WorkflowError, invalid
from .markdown_blocks import plain_markdown
from .text import cleaned, shortened

JsonValue: TypeAlias = "str | bool | list[JsonValue] | dict[str, JsonValue] | None"

_MARKED = re.compile(r"\*\*\S|__\S|\[[^\[\]]+\]\([^()\s]+|(?<!\w)[*_]\S[^*_\n]*\S[*_](?!\w)")
_LONGEST_PATH = 400
_LONGEST_PROSE = 10_000


def load(text: str) -> JsonValue:
    """The value of a JSON document.

    Raises `invalid-argument`, reason `malformed-json` with line and column, or
    `too-deep` beyond the parser's depth.
    """
    try:
        loaded: JsonValue = json.JSONDecoder(
            object_pairs_hook=object_of, parse_int=str, parse_float=str, strict=False
        ).decode(text)
    except json.JSONDecodeError as error:
        raise WorkflowError(
            Code.INVALID_ARGUMENT,
            f"The file is not valid JSON: line {error.lineno}, column {error.colno}.",
            reason="malformed-json",
            details={"line": error.lineno, "column": error.colno},
        ) from None
    except RecursionError:
        raise WorkflowError(
            Code.INVALID_ARGUMENT, "The JSON is nested too deeply.", reason="too-deep"
        ) from None
    return loaded


def object_of(pairs: "list[tuple[str, JsonValue]]") -> "dict[str, JsonValue]":
    """An object from its keys and values; a repeated key is kept as "key #2"."""
    result: dict[str, JsonValue] = {}
    counts: dict[str, int] = {}
    for key, value in pairs:
        counts[key] = counts.get(key, 0) + 1
        result[key if counts[key] == 1 else f"{key} #{counts[key]}"] = value
    return result


def scalar_text(value: JsonValue) -> str | None:
    """The text of a string, number, boolean or null (""); None for lists and objects."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return cleaned(value).strip()
    return "" if value is None else None


def is_noise(key: str) -> bool:
    """Keys that hold layout or bookkeeping: `meta` and what starts with "_" or "$"."""
    return key.startswith(("_", "$")) or key == "meta"


def leaves(path: str, value: JsonValue) -> Iterator[tuple[str, str]]:
    """Each path and text of the scalars within `value`, in order, noise keys left out."""
    pending = [(path, value)]
    while pending:
        at, each = pending.pop()
        text = scalar_text(each)
        if text:
            yield at, text
        elif isinstance(each, list):
            pending += reversed([(f"{at}[{i}]", inner) for i, inner in enumerate(each)])
        elif isinstance(each, dict):
            inner = [(_below(at, key), below) for key, below in each.items() if not is_noise(key)]
            pending += reversed(inner)


def _below(path: str, key: str) -> str:
    key = shortened(cleaned(key)).replace("\n", " ")
    joined = f"{path}.{key}" if path else key
    return joined if len(joined) <= _LONGEST_PATH else "…" + joined[1 - _LONGEST_PATH :]


def prose(text: str) -> str:
    """Prose of a JSON CV: inline Markdown, which such CVs often carry, becomes plain text.

    Texts beyond any prose stay as they are: reading their marks would take too long.
    """
    if len(text) > _LONGEST_PROSE:
        return text
    return plain_markdown(text) if _MARKED.search(text) else text


class JsonObject:
    """An object being read. What is taken is placed; the rest is reported by `left`."""

    def __init__(self, path: str, value: JsonValue) -> None:
        if not isinstance(value, dict):
            raise invalid(path or "document", "must be an object")
        self.path = path
        self._value = dict(value)

    @property
    def keys(self) -> list[str]:
        """The keys not yet taken, in the document's order."""
        return [key for key in self._value if not is_noise(key)]

    def at(self, key: str) -> str:
        """The path of a key."""
        return _below(self.path, key)

    def take(self, key: str) -> JsonValue:
        """Takes the raw value of a key; None if there is none."""
        return self._value.pop(key, None)

    def put(self, key: str, value: JsonValue) -> None:
        """Puts back what proved unfit, so that `left` reports it."""
        self._value[key] = value

    def text(self, *keys: str) -> str:
        """Takes the text of the first of `keys` that has one, and others if they repeat it."""
        found = ""
        for key in keys:
            text = self._text_of(key)
            if text and found in {"", text}:
                found = text
                del self._value[key]
        return found

    def _text_of(self, key: str) -> str:
        value = self._value.get(key)
        if isinstance(value, list):
            texts = [scalar_text(each) for each in value]
            return "\n".join(text for text in texts if text) if None not in texts else ""
        return scalar_text(value) or ""

    def prose(self, *keys: str) -> str:
        """Takes all texts of `keys` as paragraphs, without inline Markdown marks."""
        parts = [prose(self.text(key)) for key in keys]
        return "\n\n".join(part for part in parts if part)

    def texts(self, *keys: str) -> list[str]:
        """Takes a list of texts; a single text is a list of one, other values are left."""
        result: list[str] = []
        for key in keys:
            value = self._value.get(key)
            listed = value if isinstance(value, list) else [value]
            unfit: list[JsonValue] = [each for each in listed if scalar_text(each) is None]
            result += [text for each in listed if (text := scalar_text(each))]
            if unfit:
                self._value[key] = unfit
            else:
                self._value.pop(key, None)
        return result

    def flag(self, key: str) -> bool:
        """Takes a truth value: whether it is true; anything else is left."""
        text = scalar_text(self._value.get(key))
        if text in {"true", "false"}:
            del self._value[key]
        return text == "true"

    def left(self) -> Iterator[tuple[str, str]]:
        """Paths and texts of everything that was not taken."""
        for key in self.keys:
            yield from leaves(self.at(key), self._value[key])
