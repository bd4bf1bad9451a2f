"""Where terms stand in a text: tokens, names in any spelling, inflected and similar words.

Two words are the same if they are equal without case and accents, or if one is the other
with an ending and RapidFuzz's ratio (the normalised indel similarity, 0 to 100) is at
least `SAME`. Names of one or two letters ("R", "Go")
must match in case, and so must those of `CASED`, since they are ordinary words otherwise.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from .reading.text import folded

SAME = 89.0
"""Ratio from which two words are forms of one: "database" and "databases" are (94)."""

SIMILAR = 75.0
"""Ratio from which words that begin alike are shown as similar, for the person to judge."""

BEGINNING = 4
"""Letters that similar words share at their beginning."""

INFLECTED_LENGTH = 5
"""Letters of the shortest word that is compared by similarity."""

CASED_LENGTH = 2
"""Characters of the longest name that must match in case whatever it is."""

_LISTED = """
    assembly bash cad cam dart excel express helm lambda lean looker lua node oracle outlook perl
    pos rest ruby rust sap sas sem sketch soap spring swift unity word
    """
CASED = frozenset(_LISTED.split())
"""Longer names that are ordinary words in one of the seven languages."""

_TOKEN = re.compile(r"[^\W_]+(?:\+\+|#)?")
_JOINING = frozenset("-&'’.")
_ENDING = frozenset(".!?:;\n•")


class Token(NamedTuple):
    """A word or number; `joined` by a hyphen or the like, `begins` a sentence, before a `stop`."""

    text: str
    folded: str
    joined: bool
    begins: bool
    stop: bool


def tokens_of(text: str) -> tuple[Token, ...]:
    """The words and numbers of a text; C++ and C# are words."""
    found = list(_TOKEN.finditer(text))
    return tuple(
        Token(
            match[0],
            _spelling(match[0]),
            _is_joined(text, match),
            _begins(text, match.start()),
            _stops(text, match.end()),
        )
        for match in found
    )


def _is_joined(text: str, match: re.Match[str]) -> bool:
    before, after = (
        text[max(0, match.start() - 2) : match.start()],
        text[match.end() : match.end() + 2],
    )
    left = len(before) == 2 and before[1] in _JOINING and before[0].isalnum()
    return left or (len(after) == 2 and after[0] in _JOINING and after[1].isalnum())


def _begins(text: str, start: int) -> bool:
    before = text[max(0, start - 5) : start].rstrip(" \t\"'“„«(")
    return not before or before[-1] in _ENDING


def _stops(text: str, end: int) -> bool:
    after = text[end : end + 5].lstrip(" \t")[:2]
    return not after or after[0] in ",;:()!?\n•|–—" or (after[0] == "." and not after[1:].isalnum())


@lru_cache(maxsize=16_384)
def _spelling(word: str) -> str:
    """A word folded; British and American spellings are one, plurals in -ies singular."""
    word = folded(word)
    word = re.sub(r"(?<=\w{4})ies$", "y", word)
    word = re.sub(r"(?<=\w{3})is(?=(?:e|es|ed|er|ers|ing|ation|ations)$)", "iz", word)
    return re.sub(r"(?<=\w{2})our(?=s?$|ed$|ing$|al$)", "or", word)


@lru_cache(maxsize=2048)
def name_tokens(name: str) -> tuple[Token, ...]:
    """The tokens of a name."""
    return tokens_of(name)


def occurrences(name: str, tokens: Sequence[Token]) -> Iterator[int]:
    """Where in `tokens` a name begins, places that overlap once."""
    wanted, free = name_tokens(name), 0
    if not wanted:
        return
    size, begin = len(wanted), wanted[0].folded[:2]
    for at in range(len(tokens) - size + 1):
        # Words that begin otherwise are not forms of one word; most end here.
        likely = at >= free and tokens[at].folded.startswith(begin)
        if likely and _stands(wanted, tokens[at : at + size]):
            yield at
            free = at + size


def _stands(wanted: Sequence[Token], there: Sequence[Token]) -> bool:
    """Whether `there` are the words `wanted`, with nothing that parts them."""
    if not all(same_word(one.folded, two.folded) for one, two in zip(wanted, there, strict=True)):
        return False
    if len(wanted) > 1:
        return not any(token.stop for token in there[:-1])
    return _stands_alone(wanted[0], there[0])


def _stands_alone(wanted: Token, there: Token) -> bool:
    """Whether a name of one word is meant, not an ordinary word or a part of another name."""
    if len(wanted.text) <= CASED_LENGTH:
        return there.text == wanted.text and not there.joined
    if wanted.folded not in CASED:
        return True
    if wanted.text.isupper():
        return there.text == wanted.text
    return there.text[0].isupper() and (not there.begins or there.stop)


def same_word(one: str, other: str) -> bool:
    """Whether two folded words are the same or forms of one word."""
    longer = one.startswith(other) or other.startswith(one)
    return one == other or (longer and _ratio(one, other) >= SAME)


def similar_words(one: str, other: str) -> bool:
    """Whether two folded words look related, as "coordinating" and "coordinated" do."""
    return one[:BEGINNING] == other[:BEGINNING] and _ratio(one, other) >= SIMILAR


def _ratio(one: str, other: str) -> float:
    """How similar two folded words are, 0 to 100; 0 for short ones and names with digits."""
    if min(len(one), len(other)) < INFLECTED_LENGTH or not (one.isalpha() and other.isalpha()):
        return 0.0
    return _similarity(one, other)


@lru_cache(maxsize=16_384)
def _similarity(one: str, other: str) -> float:
    from rapidfuzz import fuzz

    return float(fuzz.ratio(one, other))
