"""Words that are cut at the end of a line, put together again."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from .layout import LayoutLine
from .spans import Line

SOFT_HYPHEN = "\u00ad"

_CUT = re.compile(r"([^\W\d_]{2,})([-\u2010\u00ad])$")
_REST = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*[^\w\s]*")
_WORDS = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_FIRST_HALVES = """
    all anti back best client co cost cross custom data decision detail double end error event ex
    extra fast first four five front full german half hand hands hard high in inter job key large
    last lead long low machine market mid mission multi near new next non object off on one open
    out over part peer post pre problem product project quick real result right risk second self
    semi server service short single six small state sub task team test third three time top
    two under up user value web well work world
"""
_SECOND_HALVES = """
    and aware backed based bound building by centered centred centric class compliant critical
    cut day defined depth driven edge effective efficient end ended facing first fit flow focused
    free friendly functional grade hand house in intensive language learning level like line
    linear long made management minded month of off on only oriented out paced party performance
    place platform proof quality ready related round scale sector service side sided site source
    speaking specific stack stakeholder standing step stop style team tech term the thinking
    threaded tier time to trained up user wide winning year
"""
_KEEPS_BEFORE = frozenset(_FIRST_HALVES.split())
_KEEPS_AFTER = frozenset(_SECOND_HALVES.split())


def with_whole_words(lines: Sequence[LayoutLine]) -> list[LayoutLine]:
    """The lines with the second half of each cut word moved up to its first half."""
    known = _words(lines)
    result = list(lines)
    for at in range(len(result) - 1):
        cut = _CUT.search(result[at].text)
        rest = _REST.match(result[at + 1].text)
        if cut and rest and _belong_together(result[at], result[at + 1]):
            keep = 0 if _is_one_word(cut, rest[0], known) else 1
            result[at], result[at + 1] = _pulled(result[at], result[at + 1], rest.end(), keep)
    return [_without_soft_hyphens(line) for line in result if line.text.strip()]


def _words(lines: Iterable[LayoutLine]) -> frozenset[str]:
    """All words of the lines, compounds whole; halves of cut ones at line ends are left out."""
    found: set[str] = set()
    for line in lines:
        words = _WORDS.findall(line.text.rstrip("-\u2010\u00ad"))
        whole = words[:-1] if _CUT.search(line.text) else words
        found.update(each.casefold().replace("\u2010", "-") for each in whole)
    return frozenset(found)


def _belong_together(line: LayoutLine, following: LayoutLine) -> bool:
    same = line.region == following.region and following.depth == 0 and not line.breaks
    return same and following.text[:1].islower() and 0.8 < _ratio(line, following) < 1.25


def _ratio(line: LayoutLine, following: LayoutLine) -> float:
    return (line.size or 1.0) / (following.size or 1.0)


def _is_one_word(cut: "re.Match[str]", rest: str, known: frozenset[str]) -> bool:
    """Whether the hyphen only cuts a word, rather than joining two."""
    match = _WORDS.match(rest)
    first, second = cut[1].casefold(), match[0].casefold() if match else ""
    if cut[2] == SOFT_HYPHEN or first + second in known:
        return True
    if f"{first}-{second}" in known or first in _KEEPS_BEFORE:
        return False
    both = first in known and second in known and min(len(first), len(second)) > 3
    return not (second.partition("-")[0] in _KEEPS_AFTER or both)


def _pulled(
    line: LayoutLine, following: LayoutLine, length: int, keep: int
) -> tuple[LayoutLine, LayoutLine]:
    upper, lower = Line(line.spans), Line(following.spans)
    head = upper.sliced(0, len(upper.text) - 1 + keep)
    tail = lower.sliced(0, length)
    left = lower.sliced(length, len(lower.text))
    blank = len(left.text) - len(left.text.lstrip())
    gone = length + blank
    return (
        replace(line, spans=head.spans + tail.spans),
        replace(
            following,
            spans=left.sliced(blank, len(left.text)).spans,
            breaks=tuple(at - gone for at in following.breaks if at > gone),
        ),
    )


def _without_soft_hyphens(line: LayoutLine) -> LayoutLine:
    if SOFT_HYPHEN not in line.text:
        return line
    spans = tuple(replace(each, text=each.text.replace(SOFT_HYPHEN, "")) for each in line.spans)
    moved = tuple(at - line.text[:at].count(SOFT_HYPHEN) for at in line.breaks)
    return replace(line, spans=spans, breaks=moved)
