"""Numbers in a text that measure something: shares, money, multiples, times, counts.

Numbers may be written with points, commas, blanks or apostrophes between thousands, and
with the short and long words for thousands, millions and billions of English, German,
French, Spanish, Italian, Dutch and Polish. Years, versions, fractions, dates and
telephone numbers measure nothing. A value is given where the number can be read in one
way only; the text always stands as the CV has it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from .contract import Model
from .reading.text import folded
from .stop_words import STOP_WORDS

Kind = Literal["percent", "money", "multiple", "change", "rank", "time", "count"]

_THOUSANDS = "k thousand tausend tsd. tys. tsd tys mille mil mila duizend tysiąc tysięcy tysiące"
_MILLIONS = (
    "m mm mn million millions mio. mio mln millionen millones milion milioni miljoen miljoenen"
    " milionów miliony"
)
_BILLIONS = (
    "b bn billion billions mrd. mrd md milliarde milliarden milliard milliards miliardo miliardi"
    " miljard miliard miliardów"
)
_SCALES = {1_000: _THOUSANDS, 1_000_000: _MILLIONS, 1_000_000_000: _BILLIONS}
_SCALE_OF = {word: factor for factor, words in _SCALES.items() for word in words.split()}
_ATTACHED = frozenset({"k", "m", "b", "mm", "mn", "bn"})
"""Scales that are one with their number; apart from it, "3 m" is a length."""

_SCALE = "|".join(re.escape(word) for word in sorted(_SCALE_OF, key=len, reverse=True))
_CURRENCY = (
    r"[$€£¥₹₽₩₺]|(?:USD|EUR|GBP|CHF|PLN|JPY|CNY|INR|CAD|AUD|SEK|NOK|DKK|CZK|HUF)(?![A-Za-z])"
    r"|(?:US|A|C|R)\$|zł|(?:euros?|dollars?|Dollar|pounds|francs|Franken|dolarów|złotych)(?!\w)"
)
_PERCENT = (
    r"%|(?:per ?cent|prozent|pour cent|por ciento|per cento|procent\w*|percentage points)(?!\w)"
)
_TIME = (
    r"(?:milliseconds?|ms|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?"
    r"|sekunden?|minuten?|stunden?|tage?n?|wochen?|monate?n?|jahre?n?"
    r"|secondes?|heures?|jours?|semaines?|mois|ans?|années?"
    r"|segundos?|minutos?|horas?|d[ií]as?|semanas?|mes(?:es)?|años?"
    r"|second[io]|minut[io]|or[ae]|giorn[io]|settiman[ae]|mes[ei]|ann[io]"
    r"|uur|uren|dag(?:en)?|we(?:ek|ken)|maand(?:en)?|jaar|jaren"
    r"|sekund\w?|minut\w?|godzin\w?|dni|tygodni\w*|miesi[ąe]c\w*|lat|lata|rok)(?!\w)"
)
_NUMBER = r"\d{1,3}(?:[.,'’ \u00a0\u202f\u2009]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?"
_FROM_TO = re.compile(
    rf"(?<!\w)(?:from|von|de|da|van|z|od)\s+(?:{_CURRENCY})?\s*(?:{_NUMBER})[^\d.;,]{{0,24}}?\s"
    rf"(?:to|auf|à|a|naar|do|na)\s+(?:{_CURRENCY})?\s*(?:{_NUMBER})(?:\s*(?:{_PERCENT}|{_CURRENCY})|[\s-]{_TIME})?",
    re.IGNORECASE,
)
_RANK = re.compile(
    r"(?<!\w)(?:(?:ranked|rated|voted|named|placed)\s#\d{1,3}|^#1(?=\s)"
    r"|(?:1st|2nd|3rd|first|second|third)[ -](?:place|prize|rank)"
    r"|(?:platz|rang)\s\d{1,3}|\d{1,3}\.\s(?:platz|preis)|[123](?:er|ère|e|ème)\s(?:prix|place)"
    r"|(?:primer|segundo|tercer)\s(?:premio|lugar|puesto)|(?:primo|secondo|terzo)\s(?:premio|posto)"
    r"|(?:eerste|tweede|derde)\s(?:plaats|prijs)|(?:pierwsze|drugie|trzecie)\smiejsce"
    r"|[123]\s?(?:º|°)\s(?:premio|lugar|posto))(?!\w)",
    re.IGNORECASE,
)
_QUANTITY = re.compile(
    rf"(?<![\w./:])(?<!\d[-–,'’])(?P<before>(?:{_CURRENCY})\s?)?(?P<number>{_NUMBER})"
    rf"(?P<range>\s?[-–]\s?(?:{_NUMBER}))?(?P<scale>\s?(?:{_SCALE})(?!\w))?(?P<plus>\+)?"
    rf"(?:[\s-]?(?P<after>{_CURRENCY})|\s?(?P<percent>{_PERCENT})|\s?(?P<times>[x×](?!\w))"
    rf"|(?P<fold>[\s-]?(?:fold|fach\w*)(?!\w))|[\s-](?P<time>{_TIME}))?(?![\d/:])",
    re.IGNORECASE,
)
_BLANKS = "'’ \u00a0\u202f\u2009"
_WORD_AFTER = re.compile(r"\+?[\s-]+([^\W\d_]{2,})")
_WORD_BEFORE = re.compile(r"([^\W_][\w.+#-]*)\s+$")
_YEAR = re.compile(r"(?:19|20)\d\d")

LONGEST_WORD = 100
"""Characters before a number in which its word is looked for."""


class Metric(Model):
    """A number that measures something: what it is, and its text as the CV has it.

    `value` is the number itself in units of its kind (per cent, times, units of money),
    absent where it is a range, a change from one to another, or may be read in two ways.
    """

    kind: Kind
    text: str
    value: float | None = None


class Span(NamedTuple):
    """A metric and where its text stands."""

    start: int
    end: int
    metric: Metric


def metrics_of(text: str) -> list[Metric]:
    """The metrics of a text in its order, none of them twice."""
    return [span.metric for span in spans_of(text)]


def spans_of(text: str) -> list[Span]:
    """The metrics of a text with their places, none overlapping another."""
    quantities = (_quantity(text, match) for match in _QUANTITY.finditer(text))
    taken: list[Span] = []
    for spans in (
        _matched("change", _FROM_TO, text),
        _matched("rank", _RANK, text),
        filter(None, quantities),
    ):
        taken = sorted([*taken, *_free(spans, taken)])
    return taken


def _free(spans: Iterable[Span], taken: Sequence[Span]) -> Iterator[Span]:
    """Those of `spans` that overlap none of `taken`; both are in order, and none overlap."""
    place = 0
    for span in spans:
        while place < len(taken) and taken[place].end <= span.start:
            place += 1
        if place == len(taken) or span.end <= taken[place].start:
            yield span


def _matched(kind: Kind, pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    for match in pattern.finditer(text):
        years = [each for each in re.findall(r"\d+", match[0]) if _YEAR.fullmatch(each)]
        if not years:
            yield Span(match.start(), match.end(), Metric(kind=kind, text=match[0].strip()))


def _quantity(text: str, match: re.Match[str]) -> Span | None:
    factor, end = _scaled(match)
    kind = _kind(text, match, factor, end)
    if kind is None:
        return None
    unitless = kind == "count" or (kind == "money" and not match["after"])
    shown = text[match.start() : end if unitless else match.end()].strip()
    whole = kind in ("count", "money") and factor == 1
    value = None if match["range"] else _value(match["number"], factor, whole=whole)
    metric = Metric(kind=kind, text=shown, value=value)
    return Span(match.start(), match.start() + len(shown), metric)


def _scaled(match: re.Match[str]) -> tuple[int, int]:
    """The factor of a word such as "million", and where the number ends with it."""
    scale = match["scale"] or ""
    factor = _SCALE_OF.get(scale.strip().lower(), 1)
    if scale[:1].isspace() and scale.strip().lower() in _ATTACHED:
        return 1, match.end("range") if match["range"] else match.end("number")
    ends = [match.end(part) for part in ("number", "range", "scale", "plus") if match[part]]
    return factor, max(ends)


def _kind(text: str, match: re.Match[str], factor: int, end: int) -> Kind | None:
    if match["before"] or match["after"]:
        return "money"
    if match["percent"]:
        return "percent"
    if match["times"] or match["fold"]:
        return "multiple"
    bare = match["number"]
    if match["time"]:
        return None if _YEAR.fullmatch(bare) else "time"
    return "count" if factor > 1 or _counts(text, match, end) else None


def _counts(text: str, match: re.Match[str], end: int) -> bool:
    """Whether a bare number counts the things named after it.

    It does not after a name, as in "HTML 5", "Draft 2", nor if it looks like a year; a
    capitalised word that opens the text is taken for its verb.
    """
    after = _WORD_AFTER.match(text, end)
    if after is None or folded(after[1]) in STOP_WORDS:
        return False
    if _YEAR.fullmatch(match["number"]) or match["number"].startswith("0"):
        return False
    start = match.start()
    before = _WORD_BEFORE.search(text, max(0, start - LONGEST_WORD), start)
    return before is None or not _is_name(before, text)


def _is_name(before: re.Match[str], text: str) -> bool:
    word = before[1]
    if any(character.isupper() or character.isdigit() for character in word[1:]):
        return True
    opening = (
        not text[: before.start()].strip(" \t-–•*") or text[: before.start()].rstrip()[-1] in ".:;"
    )
    return word[0].isupper() and not opening


def _value(number: str, factor: int, *, whole: bool) -> float | None:
    """A number's value; None if its one separator may be a decimal or a thousands one.

    Things and small units of money are counted `whole`, so three digits after it are
    thousands.
    """
    separators = re.findall(r"\D", number)
    decimals = len(re.split(r"\D", number)[-1])
    grouped = len(set(separators)) == 1 and (len(separators) > 1 or separators[0] in _BLANKS)
    if len(separators) == 1 and decimals == 3 and not grouped and not number.startswith("0"):
        if not whole:
            return None
        grouped = True
    if not separators or grouped:
        return float(int(re.sub(r"\D", "", number)) * factor)
    last = number.rfind(separators[-1])
    digits = re.sub(r"\D", "", number[:last])
    return float(Decimal(f"{digits}.{number[last + 1 :]}") * factor)
