"""The certificates of the CV as cards, as stated.

Nobody was asked whether a certificate was issued, so none is verified, and a step has no
clock, so none is called valid or expired: its end is shown as the CV states it. Category
and grade come from the words of the name alone.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal, TypeVar

from ..errors import refusal
from .contract import FeatureOutput, Model, Produced
from .cv import Certification
from .cv_page import paragraphs
from .headings import written_heading
from .inputs import ParsedCvInput
from .links import web_address
from .reading.text import folded
from .shown_dates import Moment, moment_of, moments_of, months_named
from .svg import Attributes, classed, element, text

Input = ParsedCvInput

Category = Literal["technical", "professional", "academic", "language", "other"]
Grade = Literal["foundation", "associate", "professional", "expert"]
Kind = TypeVar("Kind", Category, Grade)

NOT_VERIFIED = "No issuer was asked: the certificate is as the CV states it."
TOP_ISSUERS = 5

_ISSUERS: Mapping[str, str] = {
    "amazon web services": "AWS",
    "amazon aws": "AWS",
    "aws": "AWS",
    "microsoft": "Microsoft",
    "google": "Google",
    "google cloud": "Google",
    "comptia": "CompTIA",
    "cisco": "Cisco",
    "project management institute": "PMI",
    "pmi": "PMI",
    "scrum alliance": "Scrum Alliance",
    "scrum.org": "Scrum.org",
    "oracle": "Oracle",
    "salesforce": "Salesforce",
    "adobe": "Adobe",
}
"""Names of issuers by their spellings in CVs, a legal form at the end left out."""
_LEGAL_FORM = re.compile(r"[,.]?\s+(?:inc|corp|corporation|llc|ltd|gmbh)\.?$")
_CATEGORY_WORDS: tuple[tuple[Category, str], ...] = (
    (
        "language",
        "ielts toefl toeic goethe delf dalf dele celi plida jlpt hsk telc testdaf dsh cae cpe fce "
        "sprachzertifikat sprachdiplom",
    ),
    (
        "technical",
        "aws azure cloud developer entwickler engineer architect network networking security "
        "cybersecurity data kubernetes docker linux java python javascript sql devops software "
        "programming programmer administrator ccna ccnp ccie mcsa mcse rhce rhcsa cissp ceh "
        "machine web database salesforce analytics",
    ),
    (
        "professional",
        "pmp capm prince2 scrum agile sigma cpa cfa acca itil togaf lean coach management "
        "manager accounting marketing sales business trainer auditor csm psm pmi",
    ),
    ("academic", "university universitat universite diploma degree mooc course nanodegree"),
)
_ISSUER_CATEGORIES: tuple[tuple[Category, str], ...] = (
    ("technical", "aws microsoft google comptia cisco oracle salesforce adobe"),
    ("professional", "pmi scrum"),
    ("language", "goethe telc osd"),
    ("academic", "university universitat universite universidad universita college"),
)
_GRADE_WORDS: tuple[tuple[Grade, str], ...] = (
    ("expert", "expert master"),
    ("professional", "professional"),
    ("associate", "associate"),
    ("foundation", "foundation foundations foundational fundamentals"),
)


class Badge(Model):
    """A certificate as stated.

    `issuer_name` is the issuer's common name where it is known, else as stated. `date`
    and `expiry_date` are as written, `on` is the date in ISO 8601 as far as it is
    readable. `url` is the stated link if it is a web address.
    """

    name: str
    issuer: str = ""
    issuer_name: str = ""
    date: str = ""
    on: str = ""
    expiry_date: str = ""
    credential_id: str = ""
    url: str = ""
    description: str = ""
    category: Category
    level: Grade | None = None
    verified: Literal[False]
    verification_note: str


class IssuerCount(Model):
    """An issuer and how many of the certificates are theirs."""

    name: str
    count: int


class Statistics(Model):
    """Counts of certificates; `top_issuers` are five at most."""

    total_certifications: int
    verified_certifications: Literal[0]
    with_expiry_date: int
    with_link: int
    top_issuers: list[IssuerCount]


class DisplayOptions(Model):
    """How the fragment shows the cards, in the web app's words."""

    layout: Literal["grid"]
    show_expired: Literal[True]
    group_by_category: Literal[False]
    animate_on_hover: Literal[False]
    show_verification_status: Literal[True]


class Output(FeatureOutput):
    """The badges, newest first and undated ones last; how many of each category."""

    badges: list[Badge]
    categories: dict[Category, int]
    statistics: Statistics
    display_options: DisplayOptions


def run(given: ParsedCvInput) -> Produced:
    """The certificates of the CV.

    Raises `WorkflowError` (failed-precondition, `missing-certifications`) if it states none.
    """
    cv = given.outputs.cv
    badges = [_badge(each) for each in cv.certifications if each.name.strip()]
    if not badges:
        raise refusal("missing-certifications", "The CV states no certificates.")
    badges.sort(key=lambda badge: badge.on, reverse=True)
    heading = written_heading(cv, "certifications") or "Certifications"
    named = months_named(given.outputs.parse.language)
    whole = len(badges) == len(cv.certifications)
    output = Output(
        fragment=_fragment(heading, [_card(badge, named=named) for badge in badges], whole=whole),
        badges=badges,
        categories=dict(Counter(badge.category for badge in badges)),
        statistics=_statistics(badges),
        display_options=DisplayOptions(
            layout="grid",
            show_expired=True,
            group_by_category=False,
            animate_on_hover=False,
            show_verification_status=True,
        ),
    )
    return Produced(output)


def _badge(stated: Certification) -> Badge:
    issuer = _issuer_name(stated.issuer)
    return Badge(
        name=stated.name,
        issuer=stated.issuer,
        issuer_name=issuer,
        date=stated.date,
        on=stated.on,
        expiry_date=stated.expiry_date,
        credential_id=stated.credential_id,
        url=web_address(stated.verification_url),
        description=stated.description,
        category=_named(stated.name, _CATEGORY_WORDS)
        or _named(issuer, _ISSUER_CATEGORIES)
        or "other",
        level=_named(stated.name, _GRADE_WORDS),
        verified=False,
        verification_note=NOT_VERIFIED,
    )


def _issuer_name(stated: str) -> str:
    return _ISSUERS.get(_LEGAL_FORM.sub("", folded(stated)), stated.strip())


def _named(stated: str, tables: Sequence[tuple[Kind, str]]) -> Kind | None:
    """The first kind that a word of `stated` belongs to."""
    words = set(re.findall(r"[^\W_]+", folded(stated)))
    return next((kind for kind, listed in tables if words & set(listed.split())), None)


def _statistics(badges: list[Badge]) -> Statistics:
    issuers = Counter(badge.issuer_name for badge in badges if badge.issuer_name)
    return Statistics(
        total_certifications=len(badges),
        verified_certifications=0,
        with_expiry_date=sum(bool(badge.expiry_date) for badge in badges),
        with_link=sum(bool(badge.url) for badge in badges),
        top_issuers=[
            IssuerCount(name=name, count=count) for name, count in issuers.most_common(TOP_ISSUERS)
        ],
    )


def _fragment(heading: str, cards: list[str], *, whole: bool) -> str:
    """The cards; the class says whether they hold all that the section of certificates does."""
    return classed(
        "div",
        f"badges{' badges-whole' if whole else ''}",
        classed("h2", "badges-heading", text(heading)),
        classed("ul", "badges-cards", *cards),
        classed("p", "badges-note", element("small", {}, "As stated, not verified.")),
    )


def _card(badge: Badge, *, named: bool) -> str:
    name = text(badge.name)
    title = element("a", {"href": badge.url}, name) if badge.url else name
    parts = (
        classed("h3", "badge-title", title),
        _line("badge-place", text(badge.issuer)),
        _line("badge-dates", _dates(badge, named=named)),
        _line("badge-id", text(badge.credential_id)),
        *(
            element("p", {}, "<br>".join(map(text, lines)))
            for lines in paragraphs(badge.description)
        ),
    )
    return classed("li", "badge", _emblem(badge), classed("div", "badge-body", *parts))


def _line(css_class: str, content: str) -> str:
    return classed("p", css_class, content) if content else ""


def _dates(badge: Badge, *, named: bool) -> str:
    shown = [_time(moment) for moment in moments_of(badge.date, badge.on, named=named)]
    if badge.expiry_date:
        shown.append(f"valid until {_time(moment_of(badge.expiry_date, named=named))}")
    return ", ".join(shown)


def _time(moment: Moment) -> str:
    shown = text(moment.shown)
    return element("time", {"datetime": moment.iso}, shown) if moment.iso else shown


def _emblem(badge: Badge) -> str:
    """A hexagon with the initials of the issuer, or of the certificate where none is stated."""
    points = "24,2 43,13 43,35 24,46 5,35 5,13"
    letters: Attributes = {
        "x": 24,
        "y": 29,
        "font-size": 14,
        "font-weight": "bold",
        "text-anchor": "middle",
    }
    return element(
        "svg",
        {"class": "badge-emblem", "viewBox": "0 0 48 48", "width": 44, "aria-hidden": "true"},
        element("polygon", {"points": points}),
        element("text", {**letters, "fill": "#ffffff"}, text(_initials(badge))),
    )


def _initials(badge: Badge) -> str:
    name = badge.issuer_name or badge.name
    if name.isupper() and len(name) <= 3:
        return name
    words = [word for word in re.findall(r"[^\W_]+", name) if _counts(word)]
    return "".join(word[0] for word in words[:2]) or name[:1].upper()


def _counts(word: str) -> bool:
    return word != "The" and (word[0].isupper() or word[0].isdigit())
