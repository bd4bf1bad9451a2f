"""Checks of a page as an HTML document."""

from collections import Counter
from collections.abc import Iterator

from .page_tree import Node, PageTree
from .verdict import MAX_NAMED, Check, required


def validity_checks(page: PageTree) -> Iterator[Check]:
    """Parse errors, ids used twice, links and figures without a name, language and title."""
    nodes = list(page.root.walk())
    yield _errors(page.errors)
    ids = Counter(node.attributes["id"] for node in nodes if "id" in node.attributes)
    twice = sum(count > 1 for count in ids.values())
    reason = f"Ids that stand more than once: {twice} of {len(ids)}."
    yield required("ids-unique", ok=not twice, reason=reason)
    links = [node for node in nodes if node.tag == "a" and "href" in node.attributes]
    yield _named("links-named", "Links", links)
    yield _named("figures-named", "Figures", list(filter(_is_figure, nodes)))
    title = next((node for node in nodes if node.tag == "title"), None)
    stated = title is not None and bool("".join(map(str, title.content)).strip())
    has = "has a" if stated else "has no"
    yield required("page-title", ok=stated, reason=f"The page {has} title.")
    named = "names its" if page.root.attributes.get("lang") else "names no"
    yield required("language", ok=named == "names its", reason=f"The page {named} language.")


def _errors(codes: list[str]) -> Check:
    kinds = Counter(codes).most_common(MAX_NAMED)
    listed = ", ".join(f"{code} {count}" for code, count in kinds)
    reason = f"HTML parse errors: {len(codes)}{f' ({listed})' if listed else ''}."
    return required("html-valid", ok=not codes, reason=reason)


def _named(check_id: str, what: str, nodes: list[Node]) -> Check:
    bare = sum(not _has_name(node) for node in nodes)
    reason = f"{what} without a name: {bare} of {len(nodes)}."
    return required(check_id, ok=not bare, reason=reason)


def _is_figure(node: Node) -> bool:
    return node.tag == "svg" and node.attributes.get("role") == "img"


def _has_name(node: Node) -> bool:
    """Whether a screen reader has something to say for it: text, label, or a picture's text."""
    if node.text().strip() and node.tag != "svg":
        return True
    attributes = node.attributes
    labels = (attributes.get(name, "") for name in ("aria-label", "aria-labelledby", "title"))
    if any(label.strip() for label in labels):
        return True
    inside = (child for child in node.walk() if child is not node)
    return any(_tells(child) for child in inside)


def _tells(node: Node) -> bool:
    if node.tag == "title":
        return bool("".join(map(str, node.content)).strip())
    label = node.attributes.get("alt" if node.tag == "img" else "aria-label", "")
    return bool(label.strip())
