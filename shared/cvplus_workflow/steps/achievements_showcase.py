"""The achievements that the CV states, ranked by rule, quoted word for word.

Looked at are the list items and sentences of jobs, voluntary posts and projects, the
achievements and the awards. Points, which are ours:

| what the text has | points |
|---|---|
| a share, a sum of money, a multiple, a change from one number to another, a rank | 3 |
| another number: a count, a time | 2 |
| a second number | 1 |
| a prize, an honour, a record, a publication, a patent | 3 |
| any other word for something done, where the text begins or ends | 2 |
| it stands under achievements or awards | 2 |

From 2 points on a text is listed, a sentence of running text from 5; significance is
high from 5 points, medium from 3, else low. Equal ones keep the order of the CV. The
category is that of the most telling word. The fragment shows the first few; nothing is
shortened, rewritten or added but the place that each comes from.
"""

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from ..errors import refusal
from .achievement_metrics import Metric, Span, metrics_of, spans_of
from .action_words import acting_words, categories_of, words_of
from .contract import FeatureOutput, Model, Produced
from .cv import Award, Experience, ParsedCv, Project
from .cv_passages import Passage, passages_of
from .inputs import ParsedCvInput
from .svg import classed, element, text

Input = ParsedCvInput

MOST_SHOWN = 5
"""Achievements on the page; the CV has them all in their places."""

_STRONG = frozenset({"percent", "money", "multiple", "change", "rank"})
_HONOURS = frozenset({"recognition", "research"})
_LOOKED_AT = frozenset({"experience", "volunteer", "projects", "achievements"})
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-z])|\n+")

LISTED, LISTED_SENTENCE, MEDIUM, HIGH = 2, 5, 3, 5
"""Points from which a text is listed, as an item or in running text, and its significance."""

Significance = Literal["high", "medium", "low"]


class Achievement(Model):
    """An achievement: its text as the CV has it, and where it stands.

    `section` is a field name of `cv`, `entry` counts from 1; `context` is the post, the
    organisation or whatever else the entry is headed by. `category` is empty where no
    word tells it.
    """

    text: str
    section: str
    entry: int = 0
    context: str = ""
    category: str = ""
    metrics: list[Metric] = Field(default_factory=list)
    significance: Significance
    points: int


class Output(FeatureOutput):
    """All achievements, the most significant first; how many of them are on the page."""

    achievements: list[Achievement]
    shown: int


def run(given: ParsedCvInput) -> Produced:
    """The achievements of the CV.

    Raises `WorkflowError` (failed-precondition, `missing-achievements`) if it states none.
    """
    cv = given.outputs.cv
    found: dict[str, Achievement] = {}
    for each in (*_achievements(cv), *_awards(cv)):
        found.setdefault(each.text, each)
    ranked = sorted(found.values(), key=lambda each: -each.points)
    if not ranked:
        raise refusal(
            "missing-achievements",
            "The CV states no achievements: no awards, and no lines that tell of a result.",
        )
    shown = ranked[:MOST_SHOWN]
    return Produced(Output(fragment=_fragment(shown), achievements=ranked, shown=len(shown)))


def _achievements(cv: ParsedCv) -> Iterator[Achievement]:
    for passage in passages_of(cv):
        if passage.prose and passage.section in _LOOKED_AT:
            for quoted in _quoted(passage):
                found = _achievement(quoted, passage, _context(cv, passage))
                least = LISTED if passage.bullet else LISTED_SENTENCE
                if found.points >= least:
                    yield found


def _quoted(passage: Passage) -> list[str]:
    """A list item as it stands; running text by sentences."""
    whole = passage.text.strip()
    pieces = [whole] if passage.bullet else _SENTENCE_END.split(whole)
    return [piece.strip() for piece in pieces if piece.strip()]


def _achievement(quoted: str, passage: Passage, context: str) -> Achievement:
    words, metrics = words_of(quoted), metrics_of(quoted)
    categories = [
        *(each for each in categories_of(words) if each in _HONOURS),
        *categories_of(acting_words(quoted)),
    ]
    points = _points(metrics, categories, named=passage.section == "achievements")
    return Achievement(
        text=quoted,
        section=passage.section,
        entry=passage.entry,
        context=context,
        category=categories[0] if categories else "",
        metrics=metrics,
        significance=significance_of(points),
        points=points,
    )


def _points(metrics: list[Metric], categories: list[str], *, named: bool) -> int:
    kinds = {metric.kind for metric in metrics}
    number = 3 if kinds & _STRONG else 2 if kinds else 0
    word = 3 if _HONOURS & set(categories) else 2 if categories else 0
    return number + min(1, max(0, len(metrics) - 1)) + word + (2 if named else 0)


def significance_of(points: int) -> Significance:
    """High, medium or low, by the table above."""
    return "high" if points >= HIGH else "medium" if points >= MEDIUM else "low"


def _awards(cv: ParsedCv) -> Iterator[Achievement]:
    """Awards by their titles: an honour that stands where honours do."""
    for number, award in enumerate(cv.awards, 1):
        if award.title:
            yield Achievement(
                text=award.title,
                section="awards",
                entry=number,
                context=_award_context(award),
                category="recognition",
                metrics=metrics_of(award.title),
                significance=significance_of(HIGH),
                points=HIGH,
            )


def _award_context(award: Award) -> str:
    return ", ".join(part for part in (award.issuer, award.on[:4]) if part)


def _context(cv: ParsedCv, passage: Passage) -> str:
    entries: dict[str, list[Experience] | list[Project]] = {
        "experience": cv.experience,
        "volunteer": cv.volunteer,
        "projects": cv.projects,
    }
    if passage.section not in entries:
        return ""
    entry = entries[passage.section][passage.entry - 1]
    if isinstance(entry, Project):
        return entry.name
    return ", ".join(part for part in (entry.position, entry.company) if part)


def _fragment(shown: list[Achievement]) -> str:
    items = "".join(_item(each) for each in shown)
    heading = classed("h2", "achievements-heading", "Selected achievements")
    return classed("div", "achievements-showcase", heading, classed("ul", "bullets", items))


def _item(achievement: Achievement) -> str:
    quoted = classed("div", "achievements-text", _emphasised(achievement.text))
    place = element("small", {}, text(achievement.context))
    below = classed("div", "achievements-place", place) if achievement.context else ""
    return element("li", {}, quoted, below)


def _emphasised(quoted: str) -> str:
    """The text with its numbers in bold."""
    pieces, done = [], 0
    for span in spans_of(quoted):
        pieces += [text(quoted[done : span.start]), _bold(quoted, span)]
        done = span.end
    return "".join([*pieces, text(quoted[done:])])


def _bold(quoted: str, span: Span) -> str:
    return element("strong", {}, text(quoted[span.start : span.end]))
