"""A page as the tree that a browser makes of it, with the errors that it meets."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_UNSEEN = frozenset({"head", "script", "style", "template", "title", "desc", "metadata"})


@dataclass(eq=False)
class Node:
    """An element: its name without name space, attributes, and what it holds in order."""

    tag: str
    attributes: dict[str, str]
    parent: "Node | None" = None
    content: list["Node | str"] = field(default_factory=list)

    @property
    def classes(self) -> frozenset[str]:
        """The names in its `class`."""
        return frozenset(self.attributes.get("class", "").split())

    @property
    def children(self) -> list["Node"]:
        """The elements in it."""
        return [each for each in self.content if isinstance(each, Node)]

    def walk(self) -> Iterator["Node"]:
        """It and all elements below, in document order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.children)

    def text(self) -> str:
        """Text in it that is shown, without that of `title`, `style` and the like."""
        if self.tag in _UNSEEN:
            return ""
        return "".join(each if isinstance(each, str) else each.text() for each in self.content)


@dataclass(frozen=True)
class PageTree:
    """The root element, and the codes of parse errors as the HTML standard names them."""

    root: Node
    errors: list[str]


def page_tree(html: str) -> PageTree:
    """`html` read by the algorithm of the HTML standard (https://html.spec.whatwg.org)."""
    from tinyhtml5.parser import HTMLParser

    parser = HTMLParser(namespace_html_elements=False)
    root = parser.parse(html)
    return PageTree(_node(root, None), [code for _, code, _ in parser.errors])


def _node(element: Any, parent: Node | None) -> Node:
    attributes = {_local(name): value for name, value in element.attrib.items()}
    node = Node(_local(element.tag), attributes, parent)
    if element.text:
        node.content.append(element.text)
    for child in element:
        if isinstance(child.tag, str):
            node.content.append(_node(child, node))
        if child.tail:
            node.content.append(child.tail)
    return node


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]
