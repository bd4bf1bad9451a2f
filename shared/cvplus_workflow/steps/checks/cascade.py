"""The styles that a page's own sheets give to its elements.

Follows CSS Cascading and Inheritance Level 4 (https://www.w3.org/TR/css-cascade-4/) for
the few properties that decide how text is seen. Media rules for screens of any width
count, those for print alone don't; layers, imports and counters are not read.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .page_tree import Node
from .selectors import Selector, Specificity, selectors_in

INHERITED = frozenset({"color", "fill", "fill-opacity", "font-size", "font-weight", "visibility"})
READ = INHERITED | {"background", "background-color", "opacity", "display"}
"""The properties that are read, and those that pass from an element to what is in it."""

_PRESENTATION = frozenset({"fill", "fill-opacity", "opacity", "font-size", "font-weight"})
"""Attributes of SVG that state a property (SVG 2, 6.6); any rule of a sheet goes before them."""

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_BRACE = re.compile(r"[{};]")
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,([^()]*))?\)")

_DEFAULTS = """
html { color: #000; background-color: #fff; font-size: 16px; font-weight: 400; }
h1, h2, h3, h4, h5, h6, b, strong, th { font-weight: 700; }
h1 { font-size: 2em; } h2 { font-size: 1.5em; } h3 { font-size: 1.17em; }
h5, small { font-size: .83em; } h6 { font-size: .67em; }
a[href] { color: #0000ee; } mark { background-color: #ff0; color: #000; }
head, style, script, template, title, desc { display: none; }
"""
"""What browsers do by themselves (https://html.spec.whatwg.org, Rendering), as far as read."""

Declared = dict[str, str]
Rank = tuple[bool, int, Specificity, int]


@dataclass(frozen=True)
class Rule:
    """A selector with its declarations; `origin` is 0 for a browser's own, `order` its place."""

    selector: Selector
    declarations: Mapping[str, tuple[str, bool]]
    origin: int
    order: int


class Cascade:
    """The rules of sheets, asked element by element from the root down."""

    def __init__(self, *sheets: str) -> None:
        self._by_class: dict[str, list[Rule]] = defaultdict(list)
        self._by_tag: dict[str, list[Rule]] = defaultdict(list)
        rules = [*_rules(_DEFAULTS, 0), *_rules("\n".join(sheets), 1)]
        for rule in rules:
            subject = rule.selector.subject
            if subject.classes:
                self._by_class[min(subject.classes)].append(rule)
            else:
                self._by_tag[subject.tag].append(rule)

    def declared(self, node: Node, inherited: Mapping[str, str]) -> Declared:
        """What holds for `node`: declared for it, else inherited; variables put in."""
        stated = {name: value for name, value in inherited.items() if _passes_on(name)}
        shown = {n: v for n, v in node.attributes.items() if n in _PRESENTATION}
        own: dict[str, tuple[Rank, str]] = {}
        for rule in self._meaning(node):
            for name, (value, important) in rule.declarations.items():
                rank = (important, rule.origin, rule.selector.specificity, rule.order)
                if name not in own or rank >= own[name][0]:
                    own[name] = (rank, value)
        stated |= shown | {name: value for name, (_, value) in own.items()}
        stated |= {n: v for n, (v, _) in _declarations(node.attributes.get("style", "")).items()}
        return {name: _resolved(value, stated, inherited, name) for name, value in stated.items()}

    def _meaning(self, node: Node) -> Iterator[Rule]:
        candidates = [rule for name in node.classes for rule in self._by_class[name]]
        candidates += self._by_tag[node.tag.lower()] + self._by_tag[""]
        return (rule for rule in candidates if rule.selector.means(node))


def _passes_on(name: str) -> bool:
    return name in INHERITED or name.startswith("--")


def _resolved(value: str, stated: Declared, inherited: Mapping[str, str], name: str) -> str:
    """`value` with its variables put in, and `inherit` followed."""
    for _ in range(5):
        if not (match := _VARIABLE.search(value)):
            break
        put_in = stated.get(match[1], match[2] or "")
        value = value[: match.start()] + put_in.strip() + value[match.end() :]
    return inherited.get(name, "") if value == "inherit" else value


def _rules(css: str, origin: int) -> Iterator[Rule]:
    plain = _FONT_FACE.sub("", _COMMENT.sub("", css))
    for order, (prelude, body) in enumerate(_blocks(plain)):
        declarations = _declarations(body)
        if declarations:
            for selector in selectors_in(prelude):
                yield Rule(selector, declarations, origin, order)


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """Style rules as text before and between braces, those within media rules too."""
    start = 0
    while match := _BRACE.search(css, start):
        prelude, start = css[start : match.start()].strip(), match.end()
        if match[0] != "{":
            continue
        end = _closing(css, start)
        if not prelude.startswith("@"):
            yield prelude, css[start:end]
        elif prelude.startswith(("@media", "@supports")) and _is_for_screens(prelude):
            yield from _blocks(css[start:end])
        start = end + 1


def _closing(css: str, start: int) -> int:
    depth = 1
    for match in re.compile(r"[{}]").finditer(css, start):
        depth += 1 if match[0] == "{" else -1
        if not depth:
            return match.start()
    return len(css)


def _is_for_screens(prelude: str) -> bool:
    queries = prelude.removeprefix("@media").split(",")
    return any(not re.search(r"\bprint\b|\bspeech\b|\bdark\b", query) for query in queries)


def _declarations(body: str) -> dict[str, tuple[str, bool]]:
    """Declarations of what is read, each with whether it is important."""
    found = {}
    for part in body.split(";"):
        name, _, value = part.partition(":")
        name = name.strip()
        if name.startswith("--") or name.lower() in READ:
            plain, important, _ = value.partition("!important")
            found[name if name.startswith("--") else name.lower()] = (
                plain.strip(),
                bool(important),
            )
    return found
