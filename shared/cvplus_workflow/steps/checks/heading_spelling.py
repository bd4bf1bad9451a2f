"""Spelling of headings: is one nearly, but not quite, a usual name of a CV section?

The names are those by which sections are recognised (`reading/work_headings.py` and
`reading/person_headings.py`). A heading is compared with the names in English and in
the language that most of the CV's headings are in.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from ..cv import ParsedCv
from ..reading.person_headings import PERSON_HEADINGS
from ..reading.section_names import kind_of
from ..reading.text import folded
from ..reading.work_headings import WORK_HEADINGS
from .verdict import Check, counted, warned

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pl", "pt")
"""The languages of the tables of section names, in their order; others stand after them.

A name that several languages share stands with the first, so often with English.
"""

SHORTEST = 5
"""Letters of a heading below which a slip can't be told from another word."""
LETTERS_PER_SLIP = 8
"""Letters of a word for each slip: two in sixteen letters, but one in any long enough."""


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that differ in these endings alone are forms of one word, not slips: "Interest".
_ENDINGS = {""} | _listed("""
    s es e n en er a o i y ie ies as os is us um ia ya ow ami ach ego ej ym ych ung ungen al ed
    ing ly ive or
    """)

# Right in a language that the tables lack, though near a name in one that they have.
_RIGHT_ELSEWHERE = _listed("""
    certificacoes educatie experienta formacio interesser kompetanse projekti proiecte
    publicatii publikace referencer referinte
    """)


def heading_checks(cv: ParsedCv) -> Iterator[Check]:
    """One warning for all headings that are nearly a usual name."""
    places = [f"heading {number}" for number in misspelled([s.title for s in cv.sections])]
    reason = counted("Headings that are nearly, but not quite, a usual name", places)
    yield warned("headings-spelled", ok=not places, reason=reason)


def misspelled(headings: Iterable[str]) -> list[int]:
    """The numbers, from 1, of the headings that are a slip away from a usual name."""
    written = list(headings)
    spoken = _languages(written)
    return [number for number, text in enumerate(written, 1) if _is_slip(text, spoken)]


def _languages(headings: Iterable[str]) -> frozenset[str]:
    """English, and the languages with most of the headings."""
    phrases = {_plain(folded(heading)) for heading in headings}
    found = {name: len(phrases & _phrases(name)) for name in LANGUAGES}
    most = max(found.values())
    return frozenset({"en"} | {name for name, hits in found.items() if most and hits == most})


@cache
def _phrases(language: str) -> frozenset[str]:
    return _row(LANGUAGES.index(language))


@cache
def _row(index: int) -> frozenset[str]:
    tables = (*WORK_HEADINGS.values(), *PERSON_HEADINGS.values())
    return frozenset(_plain(phrase) for rows in tables for phrase in rows[index].split("; "))


@cache
def _all_phrases() -> frozenset[str]:
    return frozenset().union(*map(_row, range(len(LANGUAGES) + 1)))


def _plain(phrase: str) -> str:
    """`phrase` as words alone: hyphens and apostrophes part them like spaces."""
    return " ".join(re.findall(r"\w+", phrase))


def _is_slip(heading: str, spoken: frozenset[str]) -> bool:
    phrase = _plain(folded(heading))
    if len(phrase) < SHORTEST or kind_of(heading) or _RIGHT_ELSEWHERE & set(phrase.split()):
        return False
    names = {name for language in spoken for name in _phrases(language)}
    near = any(_differ(phrase, name, _is_near_word) for name in names)
    return near and not any(_differ(phrase, name, _forms_of_one) for name in _all_phrases())


def _differ(phrase: str, name: str, how: Callable[[str, str], bool]) -> bool:
    """Whether the two have as many words, and those that differ do so in this way."""
    words, others = phrase.split(), name.split()
    if len(words) != len(others):
        return False
    return all(one == other or how(one, other) for one, other in zip(words, others, strict=True))


def _is_near_word(one: str, other: str) -> bool:
    """A slip is a letter more, less or other, or two swapped."""
    from rapidfuzz.distance import OSA

    shorter = min(len(one), len(other))
    allowed = max(1, shorter // LETTERS_PER_SLIP)
    if shorter < SHORTEST - 1 or abs(len(one) - len(other)) > allowed:
        return False
    return OSA.distance(one, other, score_cutoff=allowed) <= allowed


def _forms_of_one(one: str, other: str) -> bool:
    shared = 0
    while one[shared : shared + 1] == other[shared : shared + 1] != "":
        shared += 1
    return one[shared:] in _ENDINGS and other[shared:] in _ENDINGS
