"""Sections that are lists: skills, languages, interests."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..cv import Interest, Language
from .blocks import Block
from .dates import find_dated
from .draft import Reading
from .entries import Entry, entries_of, item_text, one_line, row_text
from .entry_words import LEVELS
from .section_names import kind_of
from .spans import TAB, Line, Span, joined
from .text import folded

GENERAL = "general"
_LISTED = re.compile(r"[,;•·|\n]\s*(?![^()]*\))")
_GROUP = re.compile(
    r"^([^:,;()]{1,60}?)\s*:\s+(?=\S)|^([^:,;()]{1,60}?)\s+[–—]\s+(?=\S)", re.DOTALL
)
_LEVEL = re.compile(r"^(.+?)\s*\(([^()]+)\)$")
_LANGUAGE = re.compile(
    r"^(?P<name>[^\W\d]+(?:[ -][^\W\d]+){0,2})"
    r"(?:\s*\((?P<a>[^()]+)\)|\s*[:|,\t]\s*(?P<b>.+)|\s+[–—-]\s+(?P<c>.+))?$",
    re.DOTALL,
)
_PROSE = 7
_FULL = 60
"""Letters from which on a list item is likely an entry of its own."""


def parted(texts: Iterable[str]) -> list[str]:
    """Texts at their commas, semicolons and bullets, but not within brackets.

    Prose stays whole: a sentence, or parts of more than a few words.
    """
    return [part for text in texts for part in _parts(text)]


def _parts(text: str) -> list[str]:
    parts = [part.strip() for part in _LISTED.split(text)]
    parts = [part for part in parts if any(map(str.isalnum, part))]
    longest = max((len(part.split()) for part in parts), default=0)
    prose = longest > (_PROSE if not text.rstrip().endswith((".", "!")) else _PROSE - 2)
    if prose:
        return [text.strip()]
    return [*parts[:-1], parts[-1].removesuffix(".")] if parts else []


def texts_of(blocks: Iterable[Block]) -> Iterator[tuple[int, str, list[str]]]:
    """The line, the text and the inner items of each item, paragraph, term and row.

    The header row of a table names its columns: `leave_headers` reports it.
    """
    for block in blocks:
        if block.kind in {"list", "quote", "table", "body", "definition"}:
            yield from texts_of(block.children)
        elif block.kind == "terms":
            yield from _terms(block)
        elif block.kind == "item":
            inner = [child for child in block.children if child.kind == "list"]
            own = "\n".join(item_text(child) for child in block.children if child.kind != "list")
            yield block.line, own, [item_text(item) for each in inner for item in each.children]
        elif block.kind == "row":
            yield block.line, row_text(block), []
        elif block.kind not in {"rule", "header"}:
            yield from ((line.number, line.plain(), []) for line in _unwrapped(block.lines))


def leave_headers(blocks: Iterable[Block], reading: Reading) -> None:
    """Reports the header rows of tables as left over."""
    for block in (child for table in blocks if table.kind == "table" for child in table.children):
        if block.kind == "header":
            reading.leave_line(block.line, " ".join(map(row_text, block.children)))


def _terms(block: Block) -> Iterator[tuple[int, str, list[str]]]:
    title, line, inner = "", block.line, list[str]()
    for child in block.children:
        if child.kind == "term":
            if title:
                yield line, title, inner
            title, line, inner = joined(child.lines), child.line, []
        else:
            inner.append(item_text(child))
    if title:
        yield line, title, inner


def _unwrapped(lines: list[Line]) -> list[Line]:
    """Lines of a paragraph; a line that begins no new group continues the one before."""
    result: list[Line] = []
    for line in lines:
        new = not result or result[-1].hard or _GROUP.match(line.text.strip())
        if new:
            result.append(line)
        else:
            spans = (*result[-1].spans, replace(line.spans[0], text=" ", url=""), *line.spans)
            result[-1] = replace(result[-1], spans=spans, hard=line.hard)
    return result


def read_skills(blocks: list[Block], reading: Reading) -> None:
    """Skills by group: a heading, a label before a colon, a term, or none."""
    heading = GENERAL
    leave_headers(blocks, reading)
    for block in blocks:
        if block.kind == "heading":
            heading = block.text.rstrip(":")
            reading.cv.skills.setdefault(heading, [])
            continue
        for _, text, inner in texts_of([block]):
            _read_skill(text, inner, heading, reading)
    if not reading.cv.skills.get(heading, [""]):
        reading.cv.skills[heading] = []


def _read_skill(text: str, inner: list[str], heading: str, reading: Reading) -> None:
    match = _row_group(text) or _GROUP.match(text)
    if inner:
        group, listed = text.rstrip(":"), inner
    elif match and folded(text[match.end() :]) in LEVELS:
        group, listed = heading, [match[1] or match[2]]
        reading.cv.skill_levels[listed[0]] = text[match.end() :].strip()
    elif match:
        group, listed = (match[1] or match[2]).strip(), [text[match.end() :]]
    else:
        group, listed = heading, [text]
    skills = [_levelled(skill, reading) for skill in parted(listed)]
    reading.cv.skills.setdefault(group, []).extend(skills)


def _row_group(text: str) -> re.Match[str] | None:
    return re.match(r"^([^|]{1,60}?)\s+(\|)\s+(?=[^|]+$)", text)


def _levelled(skill: str, reading: Reading) -> str:
    """The skill, its level in brackets taken off if it is a known one."""
    match = _LEVEL.match(skill)
    if match is None or folded(match[2]) not in LEVELS:
        return skill
    reading.cv.skill_levels[match[1]] = match[2]
    return match[1]


def read_languages(blocks: list[Block], reading: Reading) -> None:
    """Human languages with their levels; what reads as neither is left over."""
    leave_headers(blocks, reading)
    for number, text, inner in texts_of(blocks):
        parts = [text] if inner or (_LANGUAGE.match(text) and ":" in text) else _parts(text)
        for part in parts:
            language = language_of(part.rstrip(":"))
            if language is None:
                reading.leave_line(number, "\n".join([part, *inner]))
            else:
                language.level = language.level or "; ".join(inner)
                reading.cv.languages.append(language)


def language_of(text: str) -> Language | None:
    """A language with its level after a dash, a colon or in brackets, or None."""
    match = _LANGUAGE.match(text.strip())
    if match is None:
        return None
    level = match["a"] or match["b"] or match["c"] or ""
    return Language(name=match["name"], level=level.strip())


def languages_apart(blocks: list[Block], reading: Reading) -> list[Block]:
    """Takes the languages out of items such as "Human languages:" with an inner list.

    Only an item that states a level is taken: the rest of such a list stays.
    """
    return [_items_apart(block, reading) if block.kind == "list" else block for block in blocks]


def _items_apart(block: Block, reading: Reading) -> Block:
    items = []
    for item in block.children:
        own = " ".join(item_text(child) for child in item.children if child.kind != "list")
        listed = kind_of(own) == "languages"
        items.append(_without_languages(item, reading) if listed else item)
    return replace(block, children=items)


def _without_languages(item: Block, reading: Reading) -> Block:
    children = []
    for child in item.children:
        kept = [inner for inner in child.children if not _takes_language(inner, reading)]
        children.append(replace(child, children=kept))
    return replace(item, children=[each for each in children if each.lines or each.children])


def _takes_language(item: Block, reading: Reading) -> bool:
    language = language_of(item_text(item)) if item.kind == "item" else None
    if language is None or not language.level:
        return False
    reading.cv.languages.append(language)
    return True


def read_interests(blocks: list[Block], reading: Reading) -> None:
    """Interests: a name, keywords after a colon, and a description below."""
    for block in blocks:
        for item in block.children if block.kind == "list" else [block]:
            reading.cv.interests += _interests(item)


def _interests(item: Block) -> list[Interest]:
    own = [child for child in item.children if child.kind != "list"] or [item]
    lines = [line for child in own for line in child.all_lines()]
    nested = [child for child in item.children if child.kind == "list"]
    inner = [item_text(each) for child in nested for each in child.children]
    if not lines:
        return []
    first, rest = lines[0].plain(), lines[1:]
    if TAB in first:
        name, _, text = first.partition(TAB)
        return [Interest(name=name.rstrip(": "), description=joined([Line((Span(text),)), *rest]))]
    match = _GROUP.match(first)
    if match or inner or (rest and len(first.split()) <= 3 and "," not in first):
        name = (match[1] or match[2]) if match else first.rstrip(":")
        keywords = parted([first[match.end() :]] if match else []) + inner
        return [Interest(name=name.strip(), keywords=keywords, description=joined(rest))]
    return [Interest(name=part) for part in _parts(joined(lines))]


def one_each(blocks: list[Block]) -> list[Entry]:
    """Entries where each bullet or paragraph without a head is one of its own.

    So is each bullet below a head that has no date: that names a group of them.
    """
    entries: list[Entry] = []
    for entry in entries_of(blocks):
        grouped = not entry.dated and any(_lists_entries(block) for block in entry.body)
        entries += [entry] if entry.head and not grouped else _each_apart(entry)
    return entries


def _lists_entries(block: Block) -> bool:
    """Whether most items of a list are long or dated, as entries are and details are not."""
    texts = [item_text(item) for item in block.children] if block.kind == "list" else []
    full = sum(len(text) > _FULL or find_dated(text) is not None for text in texts)
    return full * 2 > len(texts)


def _each_apart(entry: Entry) -> list[Entry]:
    result = []
    for block in entry.body:
        for item in block.children if block.kind == "list" else [block]:
            own = item.children[0] if item.children else item
            head = [replace(line, hard=False) for line in own.lines]
            lines = [one_line(head)] if head else []
            result.append(Entry(item.line, lines, item.children[1:], parent=entry.head))
    return result
