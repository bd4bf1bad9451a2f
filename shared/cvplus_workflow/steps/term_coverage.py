"""How far a CV names the terms of a vacancy, and where.

A term is present where one of its names stands; partial where a text has at least half
of its words, or a word similar to it; else missing. It says what the CV's text has,
never what the person can do.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from pydantic import Field

from .contract import Model
from .cv import ParsedCv
from .cv_passages import Passage, passages_of
from .stop_words import STOP_WORDS
from .term_matching import Token, name_tokens, same_word, similar_words, tokens_of
from .terms import Term, places_of

Presence = Literal["present", "partial", "missing"]

_SHARE: dict[Presence, float] = {"present": 1.0, "partial": 0.5, "missing": 0.0}

_LISTED_ONLY = frozenset({"skills", "interests", "personalInfo"})


class Place(Model):
    """Where a term stands: the section by its name in `cv`, the entry from 1, and how often."""

    section: str
    entry: int = 0
    count: int


class TermCoverage(Model):
    """A term: how important it is (3 listed as a skill, 2 in the title or required, 1 said).

    `mentions` counts it in the job description, `count` in the CV. `found` are words of
    the CV that make a term partial, `advice` what to do about it.
    """

    term: str
    presence: Presence
    importance: int
    mentions: int = 0
    count: int = 0
    places: list[Place] = Field(default_factory=list)
    found: list[str] = Field(default_factory=list)
    advice: str = ""


class _Text(NamedTuple):
    passage: Passage
    tokens: tuple[Token, ...]


def coverage_of(cv: ParsedCv, terms: Iterable[Term]) -> list[TermCoverage]:
    """Each term with what the CV's text has of it."""
    texts = [_Text(passage, tokens_of(passage.text)) for passage in passages_of(cv)]
    return [_covered(term, texts) for term in terms]


def covered_share(coverage: Sequence[TermCoverage]) -> float:
    """The share of the terms that is covered, by importance; a partial term counts half."""
    total = sum(each.importance for each in coverage)
    got = sum(each.importance * _SHARE[each.presence] for each in coverage)
    return got / total if total else 0.0


def _covered(term: Term, texts: Sequence[_Text]) -> TermCoverage:
    places = list(_places(term, texts))
    found = [] if places else _parts(term, texts)
    presence: Presence = "present" if places else "partial" if found else "missing"
    return TermCoverage(
        term=term.name,
        presence=presence,
        importance=term.importance,
        mentions=term.mentions,
        count=sum(place.count for place in places),
        places=places,
        found=found,
        advice=_advice(presence, places),
    )


def _places(term: Term, texts: Sequence[_Text]) -> Iterator[Place]:
    for (section, entry), group in groupby(texts, lambda text: text.passage[:2]):
        count = sum(places_of(term, text.tokens) for text in group)
        if count:
            yield Place(section=section, entry=entry, count=count)


def _parts(term: Term, texts: Sequence[_Text]) -> list[str]:
    """Words of the text that has most of the term's words; empty if that is less than half."""
    wanted = [token for token in name_tokens(term.name) if token.folded not in STOP_WORDS]
    if not wanted:
        return []
    best = max((_alike(wanted, text.tokens) for text in texts), key=len, default=[])
    return best if 2 * len(best) >= len(wanted) else []


def _alike(wanted: Sequence[Token], tokens: Sequence[Token]) -> list[str]:
    """For each word of a term, the first word of a text that is its form or similar to it."""
    several = len(wanted) > 1
    found = (next((t.text for t in tokens if _similar(one, t, several)), "") for one in wanted)
    return [text for text in found if text]


def _similar(wanted: Token, there: Token, several: bool) -> bool:
    if several and len(wanted.text) > 2 and same_word(wanted.folded, there.folded):
        return True
    return similar_words(wanted.folded, there.folded)


def _advice(presence: Presence, places: Sequence[Place]) -> str:
    if presence == "missing":
        return "If you have it, say where you used it; if not, leave it out."
    if presence == "partial":
        return "If this is what you mean, write it as the vacancy does."
    if all(place.section in _LISTED_ONLY for place in places):
        return "It is only listed; name the work in which you used it, if there is any."
    return ""
