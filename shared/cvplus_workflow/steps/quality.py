"""The final check of the finished page against the CV that it was made of.

Every check says what was counted, never what the CV says. A page that has lost part of
the CV or is no proper document fails; what the CV itself leaves open is a warning.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from pydantic import ConfigDict, Field

from ..domain.features import StepSpec
from .contract import Model, Produced, StepInput
from .cv import Award, Certification, Dated, Experience, ParsedCv, Publication
from .inputs import AfterParse
from .page_text import PageContent, page_content, placeholders_in, words_of
from .periods import in_order

SPEC = StepSpec(
    id="quality",
    version=1,
    label="Checking the result",
    needs=("parse", "assemble"),
    after=("privacy-mode",),
    reads=("cv.html",),
    timeout_s=10,
    estimate_s=0.02,
)

WORDS_REQUIRED = 0.95
"""Share of the CV's words that the page must show."""
MAX_NAMED = 20
"""Entries that a reason names; the rest are only counted."""
USUAL_PAGES = 3
"""Pages up to which a CV is of a usual length."""

Verdict = Literal["pass", "warn", "fail"]

_NOT_TEXT = frozenset(
    {"start_date", "end_date", "date", "start", "end", "on", "expiry_date", "image"}
    | {"url", "website", "linkedin", "github", "verification_url", "network"}
)
"""Fields that a page may show in another form (dates, addresses) or not as text."""


class Assembled(Model):
    """The assemble step's output, as far as it is checked here."""

    model_config = ConfigDict(extra="ignore")

    pages: int
    missing_glyphs: list[str] = Field(default_factory=list)


class Outputs(AfterParse):
    """Outputs of the steps that the check needs."""

    assemble: Assembled


class Input(StepInput):
    """The CV, the assembled result, and the page as the file `cv.html`."""

    outputs: Outputs


class Check(Model):
    """One check: its id, its verdict, and a reason with numbers but no text of the CV."""

    id: str
    verdict: Verdict
    reason: str


class Output(Model):
    """All checks; the overall verdict is the worst, `score` the share that passed."""

    verdict: Verdict
    score: float
    checks: list[Check]


class Subject(NamedTuple):
    """What the checks look at."""

    cv: ParsedCv
    unplaced: int
    page: PageContent
    assembled: Assembled


def run(given: Input) -> Produced:
    """Every check of the finished page. Bytes that are no UTF-8 count as lost text."""
    outputs = given.outputs
    page = page_content(given.files["cv.html"].decode("utf-8", "replace"))
    subject = Subject(outputs.cv, len(outputs.parse.unplaced), page, outputs.assemble)
    checks = [*_cv_checks(subject), *_text_checks(subject), *_page_checks(subject)]
    verdicts = [check.verdict for check in checks]
    overall: Verdict = next((bad for bad in _WORST_FIRST if bad in verdicts), "pass")
    score = round(verdicts.count("pass") / len(verdicts), 2)
    return Produced(Output(verdict=overall, score=score, checks=checks))


_WORST_FIRST: tuple[Verdict, ...] = ("fail", "warn")


def _check(check_id: str, *, ok: bool, reason: str, otherwise: Verdict = "warn") -> Check:
    return Check(id=check_id, verdict="pass" if ok else otherwise, reason=reason)


def _cv_checks(subject: Subject) -> Iterator[Check]:
    cv = subject.cv
    person = cv.personal_info
    yield _stated("name-present", "a name", stated=bool(person.name))
    reachable = bool(person.email or person.phone)
    yield _stated("contact-present", "an e-mail address or a phone number", stated=reachable)
    told = bool(cv.summary or cv.experience)
    yield _stated("content-present", "a summary or experience", stated=told)
    numbered = enumerate(cv.experience, 1)
    nameless = [f"experience {number}" for number, job in numbered if not _is_named(job)]
    yield _numbered("entries-named", "Entries without an organisation or role", nameless)
    yield _numbered("dates-in-order", "Entries that end before they start", _disordered(cv))
    yield _numbered("dates-readable", "Entries with a date that can't be read", _unreadable(cv))


def _stated(check_id: str, what: str, *, stated: bool) -> Check:
    verb = "states" if stated else "does not state"
    return _check(check_id, ok=stated, reason=f"The CV {verb} {what}.")


def _numbered(check_id: str, what: str, entries: list[str]) -> Check:
    named = ", ".join(entries[:MAX_NAMED]) + (", …" if len(entries) > MAX_NAMED else "")
    listed = f" ({named})" if named else ""
    return _check(check_id, ok=not entries, reason=f"{what}: {len(entries)}{listed}.")


def _is_named(job: Experience) -> bool:
    return bool(job.company or job.position)


def _dated(cv: ParsedCv) -> Iterator[tuple[str, Dated]]:
    sections: dict[str, Sequence[Dated]] = {
        "experience": cv.experience,
        "education": cv.education,
        "project": cv.projects,
        "volunteer": cv.volunteer,
    }
    for name, entries in sections.items():
        for number, entry in enumerate(entries, 1):
            yield f"{name} {number}", entry


def _disordered(cv: ParsedCv) -> list[str]:
    return [name for name, entry in _dated(cv) if not in_order(entry.start, entry.end)]


def _unreadable(cv: ParsedCv) -> list[str]:
    periods = [name for name, entry in _dated(cv) if _is_unreadable(entry)]
    singles: dict[str, Sequence[Certification | Award | Publication]] = {
        "certification": cv.certifications,
        "award": cv.awards,
        "publication": cv.publications,
    }
    return periods + [
        f"{name} {number}"
        for name, entries in singles.items()
        for number, single in enumerate(entries, 1)
        if single.date and not single.on
    ]


def _is_unreadable(entry: Dated) -> bool:
    start_lost = bool(entry.start_date) and not entry.start
    end_lost = bool(entry.end_date) and not entry.end and not entry.current
    return start_lost or end_lost or (bool(entry.date) and not entry.on)


def _text_checks(subject: Subject) -> Iterator[Check]:
    open_ones = len(placeholders_in(subject.page.text))
    yield _check("placeholders", ok=not open_ones, reason=f"Placeholders left open: {open_ones}.")
    count = subject.unplaced
    reason = f"Passages of the document that fit no field: {count}."
    yield _check("unplaced-text", ok=not count, reason=reason)
    yield _words_found(subject)
    missing = len(subject.assembled.missing_glyphs)
    reason = f"Characters that no font here has: {missing}."
    yield _check("glyphs", ok=not missing, reason=reason)


def _words_found(subject: Subject) -> Check:
    """Features repeat text of the CV, so only what stands outside of them counts."""
    wanted = _wanted_words(subject.cv)
    shown = Counter(words_of(subject.page.own_text))
    total, found = wanted.total(), (wanted & shown).total()
    share = found / total if total else 1.0
    reason = f"{found} of {total} words of the CV found in the page ({share:.1%})."
    return _check("words-found", ok=share >= WORDS_REQUIRED, reason=reason, otherwise="fail")


def _wanted_words(cv: ParsedCv) -> Counter[str]:
    """Every word as often as the CV says it; contact details and headings need be said once."""
    body = cv.model_dump(exclude={"personal_info", "sections"})
    groups = [heading for heading in cv.skills if heading != "general"]
    once = [*_leaves(cv.personal_info.model_dump()), *(section.title for section in cv.sections)]
    said = Counter(word for text in (*_leaves(body), *groups) for word in words_of(text))
    return said | Counter({word for text in once for word in words_of(text)})


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in _NOT_TEXT:
                yield from _leaves(item)


def _page_checks(subject: Subject) -> Iterator[Check]:
    page, pages = subject.page, subject.assembled.pages
    headings = f"Main headings (h1): {page.headings}; 1 is expected."
    yield _check("one-heading", ok=page.headings == 1, reason=headings, otherwise="fail")
    named = "The page names its language." if page.language else "The page names no language."
    yield _check("language", ok=bool(page.language), reason=named, otherwise="fail")
    bare = page.images_without_text
    images = f"Images without an alternative text: {bare} of {page.images}."
    yield _check("image-texts", ok=not bare, reason=images)
    length = f"Pages: {pages}; 1 to {USUAL_PAGES} are usual."
    usual = 1 <= pages <= USUAL_PAGES
    yield _check("page-length", ok=usual, reason=length, otherwise="warn" if pages else "fail")
