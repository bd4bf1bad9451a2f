"""The rules by which programs and hurried readers stumble over a CV, each with its weight.

Weights, shares and limits are ours; no applicant tracking system publishes its own.
They follow what such systems document that they read (contact, headings, dates, terms)
and what recruiters' guides agree on. Reasons hold counts and places, no text of the CV.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .achievement_metrics import metrics_of
from .action_words import tells_action
from .contract import Model
from .cv import Dated, ParsedCv, PersonalInfo
from .cv_passages import Passage, bullets_of, passages_of
from .term_coverage import TermCoverage, covered_share

BULLET_WORDS = (4, 35)
"""Words of a list item that says something and is read to its end."""
ACTING_SHARE, NUMBERED_SHARE = 0.7, 0.3
"""Shares of list items that begin with what was done, and that have a number, for all points."""
CV_WORDS = (250, 1_200)
"""Words of a CV of one to two full pages; outside of them points fall in proportion."""
PLACED_FLOOR = 0.7
"""Share of the document's letters that found a field, from which points begin."""
MOST_PLACES = 5
"""Places that a reason names."""

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]{2,}")
_SUBMITTED = frozenset({"pdf", "docx"})
"""Formats that application forms take everywhere."""
_TAKEN = frozenset({"text", "html"})
"""Formats that some of them take."""


class Check(Model):
    """One rule: its weight, the points for it, what was counted, and what to do about it.

    `points` are at most `weight`; `advice` is empty where nothing is left to do.
    """

    id: str
    label: str
    weight: int
    points: float
    reason: str
    advice: str = ""


@dataclass(frozen=True)
class Subject:
    """What is looked at: the CV as it may be shown, the contact details, and how it was read.

    `person` is the unmasked one: of it only is said what is there.
    """

    cv: ParsedCv
    person: PersonalInfo
    format: str
    placed: int
    total: int
    coverage: Sequence[TermCoverage] | None


def checks_of(subject: Subject) -> list[Check]:
    """All checks that apply to the document."""
    rules = (_contact, _headings, _dates, _sections, _bullets, _length, _file, _terms)
    return [check for rule in rules for check in rule(subject)]


def _check(check_id: str, label: str, weight: int, share: float, reason: str, advice: str) -> Check:
    points = round(weight * max(0.0, min(1.0, share)), 1)
    shown = "" if points == weight else advice
    return Check(
        id=check_id, label=label, weight=weight, points=points, reason=reason, advice=shown
    )


def _contact(subject: Subject) -> Iterator[Check]:
    """15: the name 3, an e-mail address 5, a telephone number 4, a place 3."""
    person = subject.person
    parts = {
        "a name": (3, bool(person.name)),
        "an e-mail address": (5, bool(_EMAIL.fullmatch(person.email))),
        "a telephone number": (4, sum(map(str.isdigit, person.phone)) >= 7),
        "a place": (3, bool(person.location or person.city or person.address)),
    }
    lacking = [name for name, (_, found) in parts.items() if not found]
    share = sum(points for points, found in parts.values() if found) / 15
    reason = f"{len(parts) - len(lacking)} of {len(parts)} contact details can be read."
    advice = f"State as text: {', '.join(lacking)}."
    yield _check("contact", "Contact details", 15, share, reason, advice)


def _headings(subject: Subject) -> Iterator[Check]:
    """10: the share of headings with a usual name; formats with keys have none."""
    titles = [section for section in subject.cv.sections if section.title.strip()]
    if not titles:
        return
    usual = [section for section in titles if section.kind != "otherSections"]
    reason = f"{len(usual)} of {len(titles)} section headings have a usual name."
    advice = "Give sections usual headings, such as Experience, Education, Skills."
    yield _check("headings", "Section headings", 10, len(usual) / len(titles), reason, advice)


def _dates(subject: Subject) -> Iterator[Check]:
    """15: the share of jobs and courses with a date that can be read."""
    entries = [
        *_numbered("experience", subject.cv.experience),
        *_numbered("education", subject.cv.education),
    ]
    if not entries:
        return
    unread = [name for name, entry in entries if not (entry.start or entry.end or entry.on)]
    share = 1 - len(unread) / len(entries)
    reason = f"{len(entries) - len(unread)} of {len(entries)} jobs and courses have a readable date"
    advice = "Give each job and course its dates, such as 2021-03 or March 2021."
    yield _check("dates", "Dates", 15, share, reason + _listed(unread), advice)


def _numbered(name: str, entries: Iterable[Dated]) -> Iterator[tuple[str, Dated]]:
    return ((f"{name} {number}", entry) for number, entry in enumerate(entries, 1))


def _listed(places: Sequence[str]) -> str:
    more = ", …" if len(places) > MOST_PLACES else ""
    return f" (not: {', '.join(places[:MOST_PLACES])}{more})." if places else "."


def _sections(subject: Subject) -> Iterator[Check]:
    """15: a summary 2, experience or projects 5, education 4, skills 4."""
    cv = subject.cv
    parts = {
        "a summary": (2, bool(cv.summary)),
        "experience": (5, bool(cv.experience or cv.projects)),
        "education": (4, bool(cv.education)),
        "skills": (4, bool(cv.skills)),
    }
    lacking = [name for name, (_, found) in parts.items() if not found]
    share = sum(points for points, found in parts.values() if found) / 15
    reason = f"{len(parts) - len(lacking)} of {len(parts)} expected sections are there."
    advice = f"Add, as far as there is something to say: {', '.join(lacking)}."
    yield _check("sections", "Sections", 15, share, reason, advice)


_ITEM_LENGTH = (
    "bullet-length",
    "Length of list items",
    6,
    f"Tell each task in one item of {BULLET_WORDS[0]} to {BULLET_WORDS[1]} words.",
)
_ITEM_VERBS = (
    "bullet-verbs",
    "Words of action",
    7,
    "Begin list items with what you did: built, led, reduced.",
)
_ITEM_NUMBERS = (
    "bullet-numbers",
    "Numbers",
    7,
    "Where you know them, give numbers: how many, how much, how long.",
)


def _bullets(subject: Subject) -> Iterator[Check]:
    """20: list items of a good length 6, that begin with what was done 7, with a number 7."""
    bullets = list(bullets_of(subject.cv))
    count = len(bullets)
    short, long = BULLET_WORDS
    fit = [each for each in bullets if short <= len(each.text.split()) <= long]
    acting = [each for each in bullets if tells_action(each.text)]
    numbered = [each for each in bullets if metrics_of(each.text)]
    rows = (
        (_ITEM_LENGTH, fit, 1.0, f"have {short} to {long} words"),
        (_ITEM_VERBS, acting, ACTING_SHARE, "begin with what was done"),
        (_ITEM_NUMBERS, numbered, NUMBERED_SHARE, "have a number that measures something"),
    )
    for (check_id, label, weight, advice), good, wanted, told in rows:
        share = len(good) / count / wanted if count else 0.0
        rest = [_place(each) for each in bullets if each not in good] if wanted == 1.0 else []
        reason = f"{len(good)} of {count} list items {told}"
        yield _check(check_id, label, weight, share, reason + _listed(rest), advice)


def _place(bullet: Passage) -> str:
    entry = f" {bullet.entry}" if bullet.entry else ""
    return f"{bullet.section}{entry} item {bullet.bullet}"


def _length(subject: Subject) -> Iterator[Check]:
    """10: 250 to 1,200 words, fewer or more in proportion."""
    least, most = CV_WORDS
    words = sum(len(passage.text.split()) for passage in passages_of(subject.cv))
    share = min(1.0, words / least, most / max(words, 1))
    advice = "Say more of what you did." if words < least else "Leave out what matters least."
    reason = f"{words} words; {least} to {most:,} are usual."
    yield _check("length", "Length", 10, share, reason, advice)


def _file(subject: Subject) -> Iterator[Check]:
    """15: a format that forms take 7; the share of the text that found a field 8."""
    name = subject.format
    share = 1.0 if name in _SUBMITTED else 0.6 if name in _TAKEN else 0.3
    advice = "Application forms take PDF or Word: send the cv.pdf made here."
    yield _check(
        "file-format", "File format", 7, share, f"The document was read as {name}.", advice
    )
    placed = subject.placed / subject.total if subject.total else 0.0
    reason = f"{placed:.0%} of the document's letters and digits were understood."
    advice = "What is not understood is listed in result.json; give it a plain heading and form."
    floor = (placed - PLACED_FLOOR) / (1 - PLACED_FLOOR)
    yield _check("file-text", "Readable text", 8, floor, reason, advice)


def _terms(subject: Subject) -> Iterator[Check]:
    """40, only with a job description: the share of its terms that is covered."""
    coverage = subject.coverage
    if coverage is None:
        return
    counts = {
        presence: sum(each.presence == presence for each in coverage)
        for presence in ("present", "partial", "missing")
    }
    reason = (
        f"Of {len(coverage)} terms of the vacancy {counts['present']} are in the CV, "
        f"{counts['partial']} in part."
    )
    advice = "Name the missing terms that are true of you, where you used them."
    yield _check("terms", "Terms of the vacancy", 40, covered_share(coverage), reason, advice)
