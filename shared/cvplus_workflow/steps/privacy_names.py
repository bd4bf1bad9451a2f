"""Where a person's name stands in a text.

The parts of the name are found as whole words, alone, together in any order, or run
together; in the genitive ("Janes"); with or without accents and in the spellings ue, oe,
ae; with initials beside them ("J. Doe", "Doe, J."). Initials alone count only if they
are those of the whole name with dots ("J.Q.D."): without dots they are too often
something else ("SQL").

A part that is an ordinary word too ("Rich", "May"), or has at most three letters, counts
alone only where it begins with a capital, and one that is a month does not count in a date.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations

from .privacy_words import MAYBE_TITLES, ORDINARY, PARTICLES, SINCE, TITLES
from .reading.date_words import MONTHS
from .reading.text import aligned_fold, folded

_MONTH_WORDS = frozenset(word for words in MONTHS.values() for word in words.split())
_TOKEN = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.])*")
_LONGEST_DEGREE = 6
_CAPITALS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_APOSTROPHE = "['’]?"
_ALIKE = {"o": "[oø]", "d": "[dđð]", "i": "[iı]", "h": "[hħ]"}
_BASE = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ı": "i", "ħ": "h", "’": "'"})
_UMLAUTS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ø", "oe"), ("å", "aa"))
_WRITTEN_UMLAUT = re.compile(r"([aou])e(?=[^aeiou]|$)")
_SHORT = 3
_LETTER = r"[^\W\d_]"
_NOTHING = r"(?!)"
_GAP = r"[\s.,_-]{0,3}"
_AFTER_MONTH = re.compile(r"\.?,?\s*(?:['’]?\d|[-–—]\s*[^\W\d]+\s+\d)")
_BEFORE_MONTH = re.compile(r"(?:\d(?:st|nd|rd|th)?[.\s/-]*(?:of\s+)?|(?P<word>[^\W\d]+)\s+)$")


@dataclass(frozen=True)
class NameFinder:
    """Finds names, each given by its parts; `guarded` parts need a capital when alone."""

    names: tuple[tuple[str, ...], ...]
    particles: frozenset[str] = frozenset()
    guarded: bool = False

    @cached_property
    def _parts(self) -> frozenset[str]:
        return frozenset(part for name in self.names for part in name)

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        words = [part for part in self._parts if len(part) > 1 and not _is_unspaced(part)]
        if not words:
            return None
        initials = "".join(sorted({_base(part[0]) for part in self._parts} & _CAPITALS)) or "0"
        part = "|".join(map(self._part, sorted(words, key=len, reverse=True)))
        particle = "|".join(map(re.escape, sorted(self.particles))) or _NOTHING
        dotted = rf"(?:[{initials}]\.[\s-]?){{1,3}}"
        bare = rf"[{initials}]{{1,3}}(?=[,;.)]|\s*$)"
        single = rf"[{initials}](?={_GAP}(?:{part})(?!{_LETTER}))"
        joined = rf"{_GAP}(?:(?i:{particle})\s+)*(?:{part})"
        pairs = self._pairs()
        after = rf"{_GAP}(?:{pairs})|{joined}|,?\s?{dotted}|,?\s{bare}|\s{single}"
        before = rf"(?:{dotted}|{single}{_GAP})?(?:(?i:{particle})\s+)*"
        start = f"{pairs}|{before}(?:{part})"
        return re.compile(rf"(?<!{_LETTER})(?:{start})(?:{after})*(?!{_LETTER})")

    def _pairs(self) -> str:
        """Two parts of one name beside each other, in any case."""
        forms = (
            rf"(?i:{_any_spelling(one)}[\s._-]{{0,2}}{_any_spelling(other)})"
            for name in self.names
            for one, other in permutations([part for part in name if len(part) > 1], 2)
        )
        return "|".join(forms) or _NOTHING

    def _part(self, part: str) -> str:
        if not self._needs_capital(part):
            return f"(?i:{_any_spelling(part)}s?)"
        forms = (form for each in _spellings(part) for form in (each.title(), each.upper()))
        return "|".join(map(re.escape, forms))

    def _needs_capital(self, part: str) -> bool:
        plain = folded(part)
        return self.guarded or len(plain) <= _SHORT or plain in ORDINARY or plain in _MONTH_WORDS

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of each name in `text`."""
        for part in filter(_is_unspaced, self._parts):
            yield from (match.span() for match in re.finditer(re.escape(part), text))
        if self._pattern is None:
            return
        plain = _without_accents(text)
        for match in self._pattern.finditer(plain):
            if not (folded(match[0]) in _MONTH_WORDS and _in_date(plain, *match.span())):
                yield match.span()


def finder_of(names: Iterable[str], *, guarded: bool = False) -> NameFinder:
    """The finder of all parts of `names`."""
    split = [(name, tuple(name_parts(name))) for name in names]
    particles = {
        folded(token)
        for name, parts in split
        for token in _tokens(name)
        if token not in parts and folded(token) in PARTICLES
    }
    return NameFinder(tuple(parts for _, parts in split), frozenset(particles), guarded)


def name_parts(name: str) -> list[str]:
    """The parts of a name as written, without titles, degrees and particles.

    After a comma, words in capitals are degrees or certificates ("Jane Doe, PMP").
    """
    before, _, after = name.partition(",")
    added = [each for each in _tokens(after) if before.isupper() or not _is_degree(each)]
    tokens = [*_tokens(before), *added]
    parts = [token for token in tokens if folded(token) not in TITLES]
    if len(parts) > 2:
        parts = [part for part in parts if folded(part) not in MAYBE_TITLES or len(part) == 1]
    last = len(parts) - 1
    return [part for at, part in enumerate(parts) if not _is_particle(part, at in (0, last))]


def _tokens(text: str) -> list[str]:
    """Words and initials; the hyphen parts them, so that each half is found alone."""
    return [each.strip("'’") for word in _TOKEN.findall(text) for each in _split_word(word)]


def _split_word(word: str) -> list[str]:
    """A word, or the initials of "J.R.R."; a degree such as "Ph.D." stays one word."""
    letters = [piece for piece in word.split(".") if piece]
    initials = all(len(piece) == 1 for piece in letters)
    return letters if initials else ["".join(letters)]


def _is_degree(token: str) -> bool:
    return (token.isupper() and len(token) <= _LONGEST_DEGREE) or folded(token) in MAYBE_TITLES


def _is_particle(part: str, at_an_end: bool) -> bool:
    """Whether the word only joins names; at an end of the name a capital makes it one."""
    if len(part) == 1 and part.isupper():
        return False
    return folded(part) in PARTICLES and (part.islower() or not at_an_end)


def dotted_initials(name: str) -> str:
    """A pattern of all initials of the name with dots, or "" if it has only one."""
    initials = [_base(part[0]) for part in name_parts(name)]
    if len(initials) < 2 or not _CAPITALS.issuperset(initials):
        return ""
    return r"(?<!\w)" + r"\s?".join(rf"{each}\." for each in initials) + r"(?!\w)"


def _base(letter: str) -> str:
    return aligned_fold(letter).upper()


def _spellings(part: str) -> set[str]:
    """The folded spellings of a part: with and without umlauts written out."""
    lower = part.casefold()
    written_out = lower
    for umlaut, letters in _UMLAUTS:
        written_out = written_out.replace(umlaut, letters)
    plain = {aligned_fold(lower), folded(lower), folded(written_out)}
    joined = {_WRITTEN_UMLAUT.sub(r"\1", each) for each in plain if len(each) > _SHORT + 1}
    return {each.translate(_BASE).replace(" ", "") for each in plain | joined if len(each) > 1}


def _any_spelling(part: str) -> str:
    """A pattern of the part in all its spellings, the longest first."""
    spellings = sorted(_spellings(part), key=len, reverse=True)
    return f"(?:{'|'.join(map(_letters, spellings))})"


def _letters(spelling: str) -> str:
    return "".join(
        _APOSTROPHE if each == "'" else _ALIKE.get(each, re.escape(each)) for each in spelling
    )


def _without_accents(text: str) -> str:
    """`text` without accents, in its own case, each character at its place."""
    pairs = zip(text, aligned_fold(text), strict=True)
    return "".join(
        plain.upper() if written.isupper() and len(plain.upper()) == 1 else plain
        for written, plain in pairs
    )


def _is_unspaced(part: str) -> bool:
    """Whether the word is of a script that puts no spaces between words."""
    return "\u3040" <= part[0] <= "\u9fff" or "\uac00" <= part[0] <= "\ud7a3"


def _in_date(text: str, start: int, end: int) -> bool:
    before = _BEFORE_MONTH.search(text[:start])
    worded = bool(before and (before["word"] is None or before["word"].casefold() in SINCE))
    return worded or _AFTER_MONTH.match(text, end) is not None
