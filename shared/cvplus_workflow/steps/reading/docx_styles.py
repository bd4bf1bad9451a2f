"""Looks of a DOCX document: what its styles and lists say of paragraphs and runs.

A property stands in the run or paragraph itself, in its character style, its paragraph
style, the styles that these are based on, or the document's defaults; the first that
states it holds (ECMA-376 part 1, 17.7.2).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .docx_package import Package, attribute, child, local
from .text import folded

if TYPE_CHECKING:
    from lxml.etree import _Element

TWIPS = 20
"""Twentieths of a point, in which spacing and indents are given."""
_PLAIN_SIZE = 10.0
"""Points of a letter where nothing states a size (17.3.2.38)."""
_DEEPEST = 20
_LINE_PARTS = 100 / 12
"""Hundredths of a line a point, in which spacing may be given."""
_BODY_OUTLINE = 9
_ON = frozenset({"1", "true", "on"})
_OFF = frozenset({"0", "false", "off"})
_HEADING = re.compile(
    r"(?:heading|(?:ue|u)?berschrift|titre|titulo|ttulo|titolo|kop|naglowek|nagwek|rubrik)"
    r"[ _-]?([1-9])"
)
_LIST = re.compile(r"list (?:bullet|number) ([2-5])")
_TITLES = frozenset({"title", "titel", "titre", "titulo", "titolo", "tytul"})


@dataclass(frozen=True)
class ParagraphLook:
    """A paragraph's look: heading level, depth in a list, spacing and indent in points.

    `close` if it keeps no space to a neighbour of the same `style`.
    """

    style: str = ""
    title: bool = False
    level: int = 0
    depth: int = 0
    before: float = 0.0
    after: float = 0.0
    left: float = 0.0
    size: float = _PLAIN_SIZE
    close: bool = False


@dataclass(frozen=True)
class RunLook:
    """A run's look; `hidden` text shows nowhere, `caps` shows as capitals."""

    strong: bool = False
    emphasis: bool = False
    hidden: bool = False
    caps: bool = False
    size: float = _PLAIN_SIZE
    font: str = ""


class Styles:
    """The styles and lists of a document; `plain_size` is that of its plain letters."""

    def __init__(self, package: Package) -> None:
        root = _linked_root(package, "styles")
        defaults = child(root, "docDefaults")
        self._default_run = child(defaults, "rPrDefault", "rPr")
        self._default_paragraph = child(defaults, "pPrDefault", "pPr")
        self._styles = {attribute(each, "styleId"): each for each in inner(root, "style")}
        self._plain = next(filter(self._is_plain, self._styles), "")
        self._chains: dict[str, tuple[_Element, ...]] = {}
        self._lists = _lists(_linked_root(package, "numbering"), self)
        self.plain_size = self.run(None, self._plain).size

    def _is_plain(self, name: str) -> bool:
        style = self._styles[name]
        return attribute(style, "type") == "paragraph" and attribute(style, "default") in _ON

    def _chain(self, name: str) -> "tuple[_Element, ...]":
        """A style and those that it is based on."""
        if name not in self._chains:
            self._chains[name] = tuple(self._based(name))
        return self._chains[name]

    def _based(self, name: str) -> "Iterator[_Element]":
        for _ in range(_DEEPEST):
            style = self._styles.get(name)
            if style is None:
                return
            yield style
            name = attribute(child(style, "basedOn"))

    def paragraph(self, properties: "_Element | None") -> ParagraphLook:
        """The look of a paragraph with these properties (pPr, None if it has none)."""
        name = attribute(child(properties, "pStyle")) or self._plain
        chain = self._chain(name)
        stated = [properties, *(child(each, "pPr") for each in chain), self._default_paragraph]
        level = _level(stated, chain)
        listed = self._list_level(stated, name)
        return ParagraphLook(
            style=name,
            title=any(_name(each) in _TITLES for each in chain),
            level=level,
            depth=0 if level or listed is None else max(listed.depth, _named_depth(chain)),
            before=_points(stated, "spacing", "before", "beforeLines"),
            after=_points(stated, "spacing", "after", "afterLines"),
            left=_indent(stated, listed),
            size=self.run(child(properties, "rPr"), name).size,
            close=_is_on(_first(stated, "contextualSpacing")),
        )

    def list_properties(self, style: str) -> "_Element | None":
        """What a numbering style refers to."""
        return _first([child(each, "pPr") for each in self._chain(style)], "numPr")

    def _list_level(self, stated: "Sequence[_Element | None]", style: str) -> "ListLevel | None":
        """The list level that a paragraph is an item of."""
        numbers = [each for each in (child(of, "numPr") for of in stated) if each is not None]
        levels = self._lists.get(attribute(_first(numbers, "numId")), {})
        depth = attribute(_first(numbers, "ilvl"))
        linked = (at for at, each in levels.items() if each.style == style)
        found = levels.get(depth or next(linked, "0"))
        return found if found and found.marked else None

    def run(self, properties: "_Element | None", paragraph_style: str) -> RunLook:
        """The look of a run with these properties (rPr) in a paragraph of that style."""
        chain = (
            *self._chain(attribute(child(properties, "rStyle"))),
            *self._chain(paragraph_style),
        )
        stated = [properties, *(child(each, "rPr") for each in chain), self._default_run]
        fonts = _first(stated, "rFonts")
        return RunLook(
            strong=_is_on(_first(stated, "b")),
            emphasis=_is_on(_first(stated, "i")),
            hidden=_is_on(_first(stated, "vanish")) or _is_on(child(properties, "webHidden")),
            caps=_is_on(_first(stated, "caps")),
            size=_number(attribute(_first(stated, "sz"))) / 2 or _PLAIN_SIZE,
            font=attribute(fonts, "ascii") or attribute(fonts, "hAnsi"),
        )


@dataclass(frozen=True)
class ListLevel:
    """A level of a list: its depth from 1, its indent in points, the style it belongs to.

    `marked` unless its items show neither bullet nor number.
    """

    depth: int
    left: float | None
    style: str
    marked: bool


def _linked_root(package: Package, kind: str) -> "_Element | None":
    name = next(package.linked(kind), "")
    return package.part(name) if name else None


def inner(element: "_Element | None", name: str) -> "list[_Element]":
    """The elements called `name` right inside another."""
    return [] if element is None else [each for each in element if local(each) == name]


def _lists(root: "_Element | None", styles: Styles) -> dict[str, dict[str, ListLevel]]:
    """The levels of each list by its id."""
    abstract = {attribute(each, "abstractNumId"): each for each in inner(root, "abstractNum")}
    numbers = {attribute(each, "numId"): each for each in inner(root, "num")}
    found = {}
    for name, number in numbers.items():
        base = abstract.get(attribute(child(number, "abstractNumId")))
        linked = attribute(child(base, "numStyleLink"))
        if linked:
            other = attribute(child(styles.list_properties(linked), "numId"))
            base = abstract.get(attribute(child(numbers.get(other), "abstractNumId")))
        changed = [child(each, "lvl") for each in inner(number, "lvlOverride")]
        levels = [*inner(base, "lvl"), *(each for each in changed if each is not None)]
        found[name] = {attribute(each, "ilvl"): _list_level(each) for each in levels}
    return found


def _list_level(level: "_Element") -> ListLevel:
    properties = child(level, "pPr")
    left = None if child(properties, "ind") is None else _indent([properties], None)
    numbered = attribute(child(level, "numFmt")) not in {"none", "bullet"}
    mark = attribute(child(level, "lvlText")).strip()
    return ListLevel(
        depth=int(_number(attribute(level, "ilvl"))) + 1,
        left=left,
        style=attribute(child(level, "pStyle")),
        marked=numbered or bool(mark) or child(level, "lvlPicBulletId") is not None,
    )


def _first(stated: "Iterable[_Element | None]", name: str) -> "_Element | None":
    """The property called `name` where it is stated first."""
    return next((each for each in (child(of, name) for of in stated) if each is not None), None)


def _is_on(toggle: "_Element | None") -> bool:
    return toggle is not None and attribute(toggle) not in _OFF


def _number(text: str) -> float:
    return float(text) if re.fullmatch(r"-?\d{1,9}(?:\.\d{1,9})?", text) else 0.0


def _name(style: "_Element") -> str:
    return folded(attribute(child(style, "name")))


def _level(stated: "Sequence[_Element | None]", chain: "Sequence[_Element]") -> int:
    """A heading's level by its outline level or by the name of its style, else 0."""
    outline = attribute(_first(stated, "outlineLvl"))
    if outline:
        return int(_number(outline)) + 1 if _number(outline) < _BODY_OUTLINE else 0
    names = [name for each in chain for name in (_name(each), folded(attribute(each, "styleId")))]
    found = (_HEADING.fullmatch(name) for name in names)
    return next((int(each[1]) for each in found if each), 0)


def _named_depth(chain: "Sequence[_Element]") -> int:
    """The depth in the name of a built-in list style ("List Bullet 2"), else 0."""
    found = (_LIST.fullmatch(_name(each)) for each in chain)
    return next((int(each[1]) for each in found if each), 0)


def _points(stated: "Sequence[_Element | None]", name: str, *keys: str) -> float:
    """The first stated of some measures of a property, in points; lines are 12 points."""
    spacings = [each for each in (child(of, name) for of in stated) if each is not None]
    for spacing in spacings:
        for key in keys:
            if value := attribute(spacing, key):
                return _number(value) / (TWIPS if not key.endswith("Lines") else _LINE_PARTS)
    return 0.0


def _indent(stated: "Sequence[_Element | None]", listed: ListLevel | None) -> float:
    """The indent of a paragraph's first line, in points."""
    if listed and listed.left is not None and child(stated[0], "ind") is None:
        return listed.left
    left = _points(stated, "ind", "left", "start")
    return left + _points(stated, "ind", "firstLine") - _points(stated, "ind", "hanging")
