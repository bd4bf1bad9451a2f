"""The units of a section as blocks, the way that each kind of section is laid out."""

from collections.abc import Sequence
from dataclasses import replace

from .blocks import Block
from .entry_starts import Start, starts_of
from .flow import Unit, as_item, at_semicolons
from .rows import only_date, parts_of
from .spans import TAB, Line, without_tabs

_PIECES = {"experience": 2, "volunteer": 2, "education": 2}
LISTED = frozenset({"skills", "languages", "interests"})
"""Kinds of section in which a line is an item more often than part of a paragraph."""
_LISTS = frozenset({"skills", "languages", "interests", "achievements", "summary"})


def blocks_of_units(kind: str, units: Sequence[Unit]) -> list[Block]:
    """Blocks for the reader of sections of `kind`: heads of entries are headings."""
    if kind == "skills":
        return _skill_blocks(units)
    if kind in _LISTS:
        return _body(units, tabs=True)
    if kind == "publications":
        units = [as_item(unit) for unit in units]
    if kind in {"certifications", "awards"}:
        units = [part for unit in units for part in at_semicolons(unit)]
    blocks: list[Block] = []
    at = 0
    for start in starts_of(units, _PIECES.get(kind, 1)):
        blocks += [*_body(units[at : start.first]), _head(units, start)]
        at = start.end
    return blocks + _body(units[at:])


def _head(units: Sequence[Unit], start: Start) -> Block:
    lines = [unit.line for unit in units[start.first : start.end]]
    return Block("heading", lines[0].number, start.level, lines)


def _body(units: Sequence[Unit], *, tabs: bool = False) -> list[Block]:
    """Paragraphs, and lists with the lists inside them."""
    blocks: list[Block] = []
    trail: list[Block] = []
    for unit in units:
        if not unit.depth:
            trail = []
            blocks.append(_paragraph(unit, tabs=tabs))
            continue
        item = Block("item", unit.line.number, children=[_paragraph(unit, tabs=tabs)])
        del trail[unit.depth :]
        if not trail:
            trail.append(Block("list", unit.line.number))
            blocks.append(trail[0])
        while len(trail) < unit.depth and trail[-1].children:
            inner = Block("list", unit.line.number)
            trail[-1].children[-1].children.append(inner)
            trail.append(inner)
        trail[-1].children.append(item)
    return blocks


def _paragraph(unit: Unit, *, tabs: bool = False) -> Block:
    line = replace(unit.line, hard=True) if tabs else unit.plain
    return Block("paragraph", unit.line.number, lines=[line])


def _skill_blocks(units: Sequence[Unit]) -> list[Block]:
    """Groups under headings that stand out, labels in a column of their own, and lists."""
    blocks: list[Block] = []
    heads = _group_heads(units)
    for at, unit in enumerate(units):
        parts = parts_of(unit.line)
        if at in heads:
            blocks.append(Block("heading", unit.line.number, 3, [without_tabs(unit.line)]))
        elif len(parts) == 2 and _is_label(parts, units):
            blocks.append(_term(parts, unit.line.number))
        elif len(parts) > 1 and not only_date(parts[-1]):
            blocks += [_single(part, unit.line.number) for part in parts]
        else:
            blocks += _body([unit])
    return blocks


def _group_heads(units: Sequence[Unit]) -> set[int]:
    """Units that head a group of skills: strong or larger ones before plain ones."""
    heads = set()
    for at, unit in enumerate(units[:-1]):
        after = units[at + 1]
        heavier = (unit.look.strong, unit.look.size) > (after.look.strong, after.look.size + 0.6)
        plain = len(parts_of(unit.line)) == 1 and not unit.depth and "," not in unit.text
        if plain and len(unit.text) <= 60 and (heavier or (after.depth and ":" not in unit.text)):
            heads.add(at)
    return heads or _heads_of_lists(units)


def _heads_of_lists(units: Sequence[Unit]) -> set[int]:
    """Units of a few words that each stand above a list with commas, if all of them do."""
    few = [at for at, unit in enumerate(units) if not _is_list(unit) and not unit.depth]
    above = {at for at in few if at + 1 < len(units) and _is_list(units[at + 1])}
    return above if len(above) == len(few) else set()


def _is_list(unit: Unit) -> bool:
    return "," in unit.text or ":" in unit.text or TAB in unit.line.text


def _is_label(parts: Sequence[Line], units: Sequence[Unit]) -> bool:
    """Whether the first of two columns names the group that the second one lists."""
    labels = [each for unit in units if len(each := parts_of(unit.line)) == 2]
    listed = sum("," in second.text or second.text.count(" ") > 2 for _, second in labels)
    styled = parts[0].strong and not parts[1].strong
    return styled or parts[0].text.rstrip().endswith(":") or listed * 2 >= len(labels)


def _term(parts: Sequence[Line], number: int) -> Block:
    label, value = parts
    title = label.trimmed(" :")
    body = Block("definition", number, children=[Block("paragraph", number, lines=[value])])
    return Block("terms", number, children=[Block("term", number, lines=[title]), body])


def _single(part: Line, number: int) -> Block:
    return Block("paragraph", number, lines=[replace(part.trimmed(), hard=True)])
