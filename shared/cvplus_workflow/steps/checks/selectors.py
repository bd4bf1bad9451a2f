"""Selectors of style sheets: reading them, and whether an element is meant.

Read is what a page's own sheet uses: types, classes, ids, attributes, `:not()`, `:root`,
`:first-child`, `:last-child`, and the four combinators (Selectors Level 4,
https://www.w3.org/TR/selectors-4/). A selector with anything else means no element.
"""

import re
from dataclasses import dataclass, field

from .page_tree import Node

_PIECE = re.compile(
    r"""
    (?P<type>\*|[a-zA-Z][\w-]*)
    | \.(?P<class>-?[_a-zA-Z][\w-]*)
    | \#(?P<id>-?[_a-zA-Z][\w-]*)
    | \[\s*(?P<name>[\w-]+)\s*
        (?:(?P<how>[~|^$*]?=)\s*(?P<quote>["']?)(?P<value>[^"'\]]*)(?P=quote)\s*)?\]
    | :not\((?P<not>[^()]*)\)
    | :(?P<place>root|first-child|last-child)(?![\w(-])
    """,
    re.VERBOSE,
)
_COMBINATOR = re.compile(r"\s*([>+~])\s*|\s+")
Specificity = tuple[int, int, int]
"""How particular a selector is: its ids, its classes and attributes, its types."""


@dataclass
class Compound:
    """What one element must be: all of these."""

    tag: str = ""
    id: str = ""
    classes: set[str] = field(default_factory=set)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    excluded: list["Compound"] = field(default_factory=list)
    places: set[str] = field(default_factory=set)

    def means(self, node: Node) -> bool:
        """Whether `node` is all of it."""
        if self.tag and self.tag != node.tag.lower():
            return False
        if self.id and self.id != node.attributes.get("id"):
            return False
        return (
            self.classes <= node.classes
            and all(_has(node, *wanted) for wanted in self.attributes)
            and not any(each.means(node) for each in self.excluded)
            and all(_stands(node, place) for place in self.places)
        )

    @property
    def specificity(self) -> Specificity:
        """Its own, and that of the most particular one in each `:not()`."""
        inner = [each.specificity for each in self.excluded]
        ids, classes, types = (sum(column) for column in zip((0, 0, 0), *inner, strict=True))
        named = len(self.classes) + len(self.attributes) + len(self.places)
        return ids + bool(self.id), classes + named, types + bool(self.tag)


@dataclass(frozen=True)
class Selector:
    """Compounds from the right to the left, each with what binds it to the one before."""

    subject: Compound
    before: tuple[tuple[str, Compound], ...]

    @property
    def specificity(self) -> Specificity:
        """The sum of its compounds'."""
        parts = [self.subject.specificity, *(each.specificity for _, each in self.before)]
        ids, classes, types = (sum(column) for column in zip(*parts, strict=True))
        return ids, classes, types

    def means(self, node: Node) -> bool:
        """Whether `node` is its subject, standing where it must."""
        return self.subject.means(node) and _bound(node, self.before)


def selectors_in(text: str) -> list[Selector]:
    """The selectors of a rule's list that can be read here."""
    found = (_selector(part.strip()) for part in _split_list(text))
    return [selector for selector in found if selector is not None]


def _split_list(text: str) -> list[str]:
    """Split at commas outside of brackets."""
    return re.split(r",(?![^()]*\))(?![^\[\]]*\])", text)


def _selector(text: str) -> Selector | None:
    parts: list[tuple[str, Compound]] = []
    position, binding = 0, ""
    while position < len(text):
        compound, end = _compound(text, position)
        if compound is None:
            return None
        parts.append((binding, compound))
        match = _COMBINATOR.match(text, end)
        if match is None:
            position = end
            break
        binding, position = match[1] or " ", match.end()
    if not parts or position < len(text):
        return None
    return _from_the_right(parts)


def _from_the_right(parts: list[tuple[str, Compound]]) -> Selector:
    bindings = [binding for binding, _ in parts[1:]]
    left = [compound for _, compound in parts[:-1]]
    before = tuple(reversed(list(zip(bindings, left, strict=True))))
    return Selector(parts[-1][1], before)


def _compound(text: str, position: int) -> tuple[Compound | None, int]:
    compound, start = Compound(), position
    while match := _PIECE.match(text, position):
        if match["not"] is not None and not _exclude(compound, match["not"]):
            return None, position
        _add(compound, match)
        position = match.end()
    return (compound, position) if position > start else (None, position)


def _exclude(compound: Compound, text: str) -> bool:
    for part in text.split(","):
        inner, end = _compound(part.strip(), 0)
        if inner is None or end < len(part.strip()):
            return False
        compound.excluded.append(inner)
    return True


def _add(compound: Compound, match: re.Match[str]) -> None:
    if match["type"]:
        compound.tag = "" if match["type"] == "*" else match["type"].lower()
    elif match["class"]:
        compound.classes.add(match["class"])
    elif match["id"]:
        compound.id = match["id"]
    elif match["name"]:
        compound.attributes.append((match["name"], match["how"] or "", match["value"] or ""))
    elif match["place"]:
        compound.places.add(match["place"])


def _has(node: Node, name: str, how: str, wanted: str) -> bool:
    value = node.attributes.get(name)
    if value is None:
        return False
    return _fits(value, how, wanted)


def _fits(value: str, how: str, wanted: str) -> bool:
    if how in {"^=", "$=", "*="} and not wanted:
        return False
    return {
        "": True,
        "=": value == wanted,
        "~=": wanted in value.split(),
        "|=": value == wanted or value.startswith(f"{wanted}-"),
        "^=": value.startswith(wanted),
        "$=": value.endswith(wanted),
        "*=": wanted in value,
    }[how]


def _stands(node: Node, place: str) -> bool:
    if place == "root" or node.parent is None:
        return (place == "root") is (node.parent is None)
    children = node.parent.children
    return children[0 if place == "first-child" else -1] is node


def _bound(node: Node, before: tuple[tuple[str, Compound], ...]) -> bool:
    """Whether the elements that must stand before or above `node` do."""
    if not before:
        return True
    (binding, compound), further = before[0], before[1:]
    return any(
        compound.means(other) and _bound(other, further) for other in _reached(node, binding)
    )


def _reached(node: Node, binding: str) -> list[Node]:
    """The elements that a combinator leads to from `node`, the nearest first."""
    if node.parent is None:
        return []
    if binding == ">":
        return [node.parent]
    if binding == " ":
        return _above(node)
    siblings = node.parent.children
    earlier = siblings[: siblings.index(node)][::-1]
    return earlier[:1] if binding == "+" else earlier


def _above(node: Node) -> list[Node]:
    found = []
    parent = node.parent
    while parent is not None:
        found.append(parent)
        parent = parent.parent
    return found
