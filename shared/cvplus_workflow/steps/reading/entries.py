"""Entries of a section: where one begins, its head lines and its body."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from .blocks import Block
from .dates import find_dated
from .entry_words import ENTRY_LABELS, names_role
from .spans import Line, joined
from .text import folded

_LONGEST_HEAD = 140
_LONGEST_META = 100
_LABELLED = re.compile(r"^\W*([^\W\d][\w .\-]{0,30}?)\s*:\s+(?=\S)")


@dataclass
class Entry:
    """One entry: the lines of its head, the blocks of its body, its first source line.

    `level` is the heading's level, or 9 for an entry without a heading. `parent` holds
    the head of the entry above it: an organisation over several posts there. `over`
    is set of an entry that is only that.
    """

    line: int
    head: list[Line] = field(default_factory=list)
    body: list[Block] = field(default_factory=list)
    level: int = 9
    origin: str = ""
    parent: list[Line] = field(default_factory=list)
    over: bool = False

    @property
    def dated(self) -> bool:
        """Whether its head states a date."""
        return any(find_dated(line.text) for line in self.head)


@dataclass
class _Found:
    """The entries found so far, the last one with a heading, and whether any has a date."""

    entries: list[Entry] = field(default_factory=list)
    heading: Entry | None = None
    dated: bool = False

    @property
    def in_list(self) -> bool:
        """Whether the last entry is an item of a list."""
        return bool(self.entries) and self.entries[-1].origin == "list"

    def add(self, leads: list[Entry]) -> None:
        """Adds entries that a block begins."""
        self.entries += leads
        self.dated = self.dated or any(entry.dated for entry in leads)
        self.heading = next((e for e in leads if e.origin == "heading"), self.heading)


def entries_of(blocks: Iterable[Block]) -> list[Entry]:
    """The entries of a section; text before the first one is an entry without a head."""
    found = _Found()
    for block in blocks:
        leads = _leads(block, found)
        found.add(leads)
        if leads or block.kind == "rule":
            continue
        if not found.entries:
            found.entries.append(Entry(block.line))
        found.entries[-1].body.append(block)
    return [_with_meta(entry) for entry in _nested(found.entries)]


def _leads(block: Block, found: _Found) -> list[Entry]:
    """The entries that `block` begins, if it begins any."""
    if block.kind == "heading":
        return [Entry(block.line, list(block.lines), level=block.level, origin="heading")]
    if block.kind == "terms" and found.heading is None:
        return list(_of_terms(block))
    if block.kind == "list" and (not found.entries or found.in_list):
        return [_of_item(item) for item in block.children] if _items_lead(block) else []
    if block.kind == "paragraph" and block.lines and _paragraph_leads(block, found):
        return [_of_paragraph(block, block.line)]
    return []


def _paragraph_leads(block: Block, found: _Found) -> bool:
    first = block.lines[0]
    if len(first.text) > _LONGEST_HEAD or found.in_list:
        return False
    dated = find_dated(first.text) is not None
    if found.heading:
        return dated and not found.heading.dated and not first.text.rstrip().endswith(".")
    if found.dated and not dated:
        return False
    return dated or first.strong or _opens_strong(first)


def _opens_strong(line: Line) -> bool:
    opening = line.spans[0].strong or bool(line.spans[0].url and line.spans[0].text.strip())
    return opening and len(line.text) <= _LONGEST_META and not line.text.rstrip().endswith(".")


def _items_lead(block: Block) -> bool:
    firsts = [line for item in block.children for line in list(item.all_lines())[:1]]
    return any(find_dated(line.text) or _opens_strong(line) for line in firsts)


def _of_item(item: Block) -> Entry:
    first, *others = item.children or [item]
    entry = replace(_of_paragraph(first, item.line), origin="list")
    entry.body += others
    return entry


def _of_paragraph(block: Block, line: int) -> Entry:
    """The first line leads; others are its body until they prove to be part of the head."""
    if block.kind != "paragraph" or not block.lines:
        return Entry(line, body=[block])
    rest = replace(block, line=line + 1, lines=block.lines[1:])
    body = [rest] if rest.lines else []
    return Entry(line, block.lines[:1], body, origin="paragraph")


def _of_terms(block: Block) -> Iterator[Entry]:
    """One entry a term; a term that is only a date shares its head with the definition."""
    for child in block.children:
        if child.kind == "term":
            entry = Entry(child.line, list(child.lines), origin="term")
            yield entry
        elif _only_date(entry.head) and not entry.body and child.children:
            first, *others = child.children
            entry.head.append(one_line(first.lines))
            entry.body += others
        else:
            entry.body.append(child)


def _only_date(lines: list[Line]) -> bool:
    found = find_dated(lines[0].text) if len(lines) == 1 else None
    return found is not None and not lines[0].without(found.start, found.end).trimmed().text


def one_line(lines: Iterable[Line]) -> Line:
    """Wrapped lines as one."""
    spans = []
    listed = list(lines)
    for line in listed:
        spans += [*line.spans, replace(line.spans[-1], text=" ", url="")]
    return Line(tuple(spans), listed[0].number if listed else 0)


def _nested(entries: list[Entry]) -> list[Entry]:
    """Gives deeper entries the head above them; an entry that is only that goes."""
    result: list[Entry] = []
    above: list[Entry] = []
    for at, entry in enumerate(entries):
        above = [each for each in above if each.level < entry.level]
        if above and (above[-1].over or not above[-1].dated):
            entry.parent = [*above[-1].parent, *above[-1].head]
        following = entries[at + 1] if at + 1 < len(entries) else None
        if entry.origin == "heading":
            above.append(entry)
        entry.over = _only_over(entry, following)
        if not (entry.over and following):
            result.append(entry)
        else:
            following.body = [*entry.body, *following.body]
    return result


def _only_over(entry: Entry, following: Entry | None) -> bool:
    deeper = following is not None and following.level > entry.level
    if following is None or entry.origin != "heading" or not deeper:
        return False
    return not entry.dated or (following.dated and not entry.body)


def _with_meta(entry: Entry) -> Entry:
    """Moves lines that state dates, or a role alone, from the body's start to the head."""
    for _ in range(2):
        first = entry.body[0] if entry.body else None
        if first is None or first.kind != "paragraph" or not first.lines or not entry.head:
            break
        if not _is_meta(first.lines[0], entry):
            break
        entry.head.append(first.lines[0])
        rest = replace(first, line=first.line + 1, lines=first.lines[1:])
        entry.body = ([rest] if rest.lines else []) + entry.body[1:]
    return entry


def _is_meta(line: Line, entry: Entry) -> bool:
    text = line.text.strip()
    if len(text) > _LONGEST_META or text.endswith((".", ":")) or label_of(text)[0]:
        return False
    if find_dated(text) and not entry.dated:
        return True
    styled = (line.emphasis or line.strong) and entry.origin != "term"
    return styled and (names_role(text) or not entry.dated)


@dataclass
class Body:
    """An entry's text: paragraphs, bullets, and values under known labels."""

    paragraphs: list[str] = field(default_factory=list)
    bullets: list[str] = field(default_factory=list)
    labelled: dict[str, list[str]] = field(default_factory=dict)

    @property
    def description(self) -> str:
        """The paragraphs with empty lines between them."""
        return "\n\n".join(self.paragraphs)

    def value(self, name: str) -> str:
        """What stands under a label, or ""."""
        return ", ".join(self.labelled.get(name, []))


def body_of(blocks: Iterable[Block], labels: frozenset[str] = frozenset()) -> Body:
    """The text of body blocks; `labels` are the fields that the entry has."""
    body = Body()
    for block in blocks:
        _add(block, body, labels)
    return body


def _add(block: Block, body: Body, labels: frozenset[str]) -> None:
    if block.kind == "list":
        for item in block.children:
            _add_text(item_text(item), body.bullets, body, labels)
    elif block.kind in {"definition", "quote", "table", "body", "header", "terms"}:
        for child in block.children:
            _add(child, body, labels)
    elif block.kind == "row":
        body.bullets.append(row_text(block))
    elif block.kind != "rule":
        _add_text(block.text, body.paragraphs, body, labels)


def _add_text(text: str, plain: list[str], body: Body, labels: frozenset[str]) -> None:
    name, value = label_of(text)
    if name in labels:
        body.labelled.setdefault(name, []).append(value)
    elif text:
        plain.append(text)


def label_of(text: str) -> tuple[str, str]:
    """The field that a leading label names and the text after it; ("", text) without."""
    match = _LABELLED.match(text)
    name = ENTRY_LABELS.get(folded(match[1]), "") if match else ""
    return (name, text[match.end() :].strip()) if match and name else ("", text)


def item_text(item: Block) -> str:
    """A list item as text; inner items stand below it, one a line, after a dash."""
    parts = [joined(item.lines)] if item.lines else []
    for child in item.children:
        if child.kind == "list":
            parts += [f"– {item_text(inner)}" for inner in child.children]
        elif child.kind == "row":
            parts.append(row_text(child))
        else:
            parts.append(item_text(child))
    return "\n".join(part for part in parts if part)


def row_text(row: Block) -> str:
    """A table row as text, a bar between cells."""
    return " | ".join(text for text in map(item_text, row.children) if text)
