"""The terms of a vacancy: what a reader, or a program, would look for in a CV.

Rules, no model. In this order, and at most `MOST_TERMS`:

1. skills that the description lists as such,
2. the title of the post: the skills in it, else its words,
3. names of the vocabulary (`skill_words.py`),
4. names by their form: with digits, inner capitals, or two to five capitals,
5. phrases of up to three words in what is required, cut at words of grammar and words
   that most vacancies have (after RAKE: Rose, Engel, Cramer, Cowley, "Automatic keyword
   extraction from individual documents", in Text Mining, 2010, chapter 1),
6. such phrases that the description has at least twice.

A phrase is left out where a term found before says the same, or a part of it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from .skill_words import SKILLS
from .stop_words import STOP_WORDS, VACANCY_WORDS
from .term_matching import Token, name_tokens, occurrences, tokens_of
from .vacancy import Vacancy, VacancyLine

MOST_TERMS = 40
"""Terms looked for; a longer list would be read by nobody."""

_MOST_FOUND = 3 * MOST_TERMS
"""Where the search ends, so that its time stays bounded."""

LONGEST_PHRASE = 3
"""Words of a phrase that is no known name."""

_LONGEST_NAME = 8
"""Words of the longest name in the vocabulary, or more."""

SHORTEST_WORD = 4
"""Letters of a single word that is taken without being a known name."""

MUST, WANTED, SAID = 3, 2, 1
"""Importance: listed as a skill; in the title or required; merely said."""

_NOT_NAMES = """
    gmbh ag kg se ltd llc inc plc sa sas srl spa bv nv sp zoo eu uk us usa uae eea eeo cv faq asap
    ceo cto cfo coo vp m/w/d tbd n/a pto ok id kr fte dei hq am pm mwd wmd mfd jd eg ie etc nb ps
    """
_NO_NAMES = frozenset(_NOT_NAMES.split())
_NAME = re.compile(r"[A-Z]{2,5}|(?=\w*[A-Z])(?=\w*\d)\w{2,}|[A-Za-z]+[a-z][A-Z]\w*|\w+(?:\+\+|#)")


@dataclass(frozen=True)
class Term:
    """What to look for: its name as given, all its names, its importance, how often it is said.

    `skill` is its usual name, if the vocabulary has it.
    """

    name: str
    names: tuple[str, ...]
    importance: int
    mentions: int = 0
    skill: str = ""


def wanted_terms(vacancy: Vacancy) -> list[Term]:
    """The terms of a vacancy, the most important first, then in the order of their finding."""
    lines = [(line, tokens_of(line.text)) for line in vacancy.lines]
    found = _Found({token.folded for token in tokens_of(vacancy.organisation)})
    for name in vacancy.stated:
        found.add(name, MUST)
    for name in _title_terms(vacancy.title):
        found.add(name, WANTED)
    for rule in (_vocabulary, _formed, _required_phrases):
        for line, tokens in lines:
            for name in rule(line, tokens):
                found.add(name, WANTED if line.required else SAID)
    for name in _frequent([tokens for _, tokens in lines]):
        found.add(name, SAID)
    counted = [_counted(term, [tokens for _, tokens in lines]) for term in found.terms]
    return sorted(counted, key=lambda term: -term.importance)[:MOST_TERMS]


def title_terms(title: str) -> list[Term]:
    """The title of a post as a term and, if it has several words, each of its words."""
    found = _Found(set())
    whole = " ".join(token.text for token in tokens_of(title))
    terms = [Term(title, (title,), WANTED)] if whole else []
    for token in tokens_of(title):
        if len(name_tokens(title)) > 1 and token.folded not in STOP_WORDS:
            found.add(token.text, WANTED)
    return terms + found.terms


class _Found:
    """The terms found so far."""

    def __init__(self, excluded: set[str]) -> None:
        self.terms: list[Term] = []
        self._excluded = excluded

    def add(self, name: str, importance: int) -> None:
        """Add a term, unless one says the same or a part of it; the higher importance stays."""
        tokens = name_tokens(name)
        if not tokens or all(token.folded in self._excluded for token in tokens):
            return
        if len(self.terms) == _MOST_FOUND:
            return
        known = known_skill(name)
        for index, term in enumerate(self.terms):
            if self._overlaps(term, name, known):
                if term.importance < importance and (term.skill == known or term.name == name):
                    self.terms[index] = replace(term, importance=importance)
                return
        names = (name, *SKILLS.get(known, ()))
        self.terms.append(Term(name, names, importance, skill=known))

    @staticmethod
    def _overlaps(term: Term, name: str, known: str) -> bool:
        if known:
            return known == term.skill
        holds = any(any(True for _ in occurrences(each, name_tokens(name))) for each in term.names)
        within = any(True for _ in occurrences(name, name_tokens(term.name)))
        return holds or within


@cache
def _skill_index() -> dict[str, list[tuple[str, str]]]:
    """Names of the vocabulary and their usual names, by the first word, folded."""
    index: dict[str, list[tuple[str, str]]] = {}
    for usual, names in SKILLS.items():
        for name in names:
            index.setdefault(name_tokens(name)[0].folded, []).append((name, usual))
    return index


def known_skill(name: str) -> str:
    """The usual name of a skill of the vocabulary, "" if it has none of this name."""
    tokens = name_tokens(name)
    if not tokens:
        return ""
    for listed, usual in _skill_index().get(tokens[0].folded, ()):
        if [token.folded for token in name_tokens(listed)] == [token.folded for token in tokens]:
            return usual
    return ""


def _vocabulary(_line: VacancyLine, tokens: tuple[Token, ...]) -> Iterator[str]:
    at = 0
    while at < len(tokens):
        name = _longest_skill(tokens[at : at + _LONGEST_NAME])
        if name:
            yield name
        at += max(1, len(name_tokens(name)))


def _longest_skill(tokens: tuple[Token, ...]) -> str:
    listed = _skill_index().get(tokens[0].folded, ())
    standing = [name for name, _ in listed if next(occurrences(name, tokens), -1) == 0]
    return max(standing, key=lambda name: len(name_tokens(name)), default="")


def _formed(line: VacancyLine, tokens: tuple[Token, ...]) -> Iterator[str]:
    if line.text.isupper():
        return
    for token in tokens:
        if _NAME.fullmatch(token.text) and token.folded not in _NO_NAMES and not token.joined:
            yield token.text


def _title_terms(title: str) -> Iterator[str]:
    tokens = tokens_of(title)
    skills = list(_vocabulary(VacancyLine(title, True), tokens))
    yield from skills or _phrases(tokens)


def _required_phrases(line: VacancyLine, tokens: tuple[Token, ...]) -> Iterator[str]:
    if line.required:
        yield from _phrases(tokens)


def _phrases(tokens: tuple[Token, ...]) -> Iterator[str]:
    """Runs of words between words of grammar, of vacancies, numbers and punctuation."""
    run: list[Token] = []
    for token in tokens:
        content = _is_content(token)
        if content:
            run.append(token)
        if run and (not content or token.stop):
            yield from _phrase(run)
            run = []
    yield from _phrase(run)


def _is_content(token: Token) -> bool:
    common = token.folded in STOP_WORDS or token.folded in VACANCY_WORDS
    return not common and not token.text.isdigit() and len(token.text) > 1


def _phrase(run: list[Token]) -> Iterator[str]:
    long_enough = len(run) > 1 or (run and len(run[0].text) >= SHORTEST_WORD)
    if long_enough and len(run) <= LONGEST_PHRASE:
        yield " ".join(token.text for token in run)


def _frequent(lines: Iterable[tuple[Token, ...]]) -> Iterator[str]:
    counted: Counter[str] = Counter()
    written: dict[str, str] = {}
    for tokens in lines:
        for phrase in _phrases(tokens):
            key = " ".join(token.folded for token in name_tokens(phrase))
            counted[key] += 1
            written.setdefault(key, phrase)
    yield from (written[key] for key, count in counted.most_common() if count > 1)


def _counted(term: Term, lines: Iterable[tuple[Token, ...]]) -> Term:
    mentions = sum(places_of(term, tokens) for tokens in lines)
    return replace(term, mentions=mentions)


def places_of(term: Term, tokens: tuple[Token, ...]) -> int:
    """How many places of a text name a term, by any of its names, each place once."""
    spans = {at: len(name_tokens(name)) for name in term.names for at in occurrences(name, tokens)}
    count, end = 0, -1
    for at in sorted(spans):
        if at >= end:
            count, end = count + 1, at + spans[at]
    return count
