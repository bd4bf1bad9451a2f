"""The finished CV as a page: what each section shows, and the HTML of it.

Sections are brought to one shape (paragraphs, entries, groups, bullets, quotations), so
that one layout renders all of them. Nothing is added to what the CV states but labels;
ISO dates are shown by month and year, other dates as written.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..domain.templates import Template
from .cv import (
    Dated,
    Education,
    Experience,
    OtherEntry,
    OtherSection,
    ParsedCv,
    PersonalInfo,
    Project,
)
from .fonts import EmbeddedFonts
from .headings import in_ordinary_spelling, written_heading
from .links import Linked, is_safe, linked_parts, safe_link, shown_link
from .shown_dates import Moment, moment_of, moments_of, months_named, page_language, period_shown

if TYPE_CHECKING:
    from jinja2 import Template as JinjaTemplate
    from markupsafe import Markup

_HEADINGS = {
    "summary": "Summary",
    "experience": "Experience",
    "education": "Education",
    "skills": "Skills",
    "projects": "Projects",
    "certifications": "Certifications",
    "languages": "Languages",
    "achievements": "Achievements",
    "volunteer": "Volunteering",
    "awards": "Awards",
    "publications": "Publications",
    "interests": "Interests",
    "references": "References",
}
_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})

# Longer entries may break over pages: kept whole they would leave large gaps.
_KEPT_LINES = 6
_LINE_LENGTH = 95

_EMBEDDED_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+")


def _lines_of(texts: Sequence[str]) -> int:
    """About how many lines on paper the texts take, each beginning a line of its own."""
    return sum(1 + len(text) // _LINE_LENGTH for text in texts)


@dataclass(frozen=True)
class Entry:
    """One entry of a section."""

    title: Linked
    places: Sequence[Linked] = ()
    period: Sequence[Moment] = ()
    notes: Sequence[str] = ()
    paragraphs: Sequence[Sequence[str]] = ()
    bullets: Sequence[str] = ()
    tags: Sequence[str] = ()

    @property
    def kept_whole(self) -> bool:
        """Whether the entry is short enough not to be broken over pages."""
        lines = [*self.bullets, *self.notes, *(line for lines in self.paragraphs for line in lines)]
        return _lines_of(lines) <= _KEPT_LINES


@dataclass(frozen=True)
class Group:
    """Named items in a row, each with an optional remark such as a level."""

    label: str
    remark: str = ""
    items: Sequence[tuple[str, str]] = ()
    paragraphs: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Quotation:
    """What a referee said."""

    source: str
    paragraphs: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Section:
    """A section of the page; `name` is its class."""

    name: str
    heading: str
    paragraphs: Sequence[Sequence[str]] = ()
    entries: Sequence[Entry] = ()
    groups: Sequence[Group] = ()
    bullets: Sequence[str] = ()
    quotations: Sequence[Quotation] = ()

    @property
    def opening_kept_whole(self) -> bool:
        """Whether the heading and the first entry are short enough to stay on one page."""
        lines = [*self.bullets, *(line for lines in self.paragraphs for line in lines)]
        short = _lines_of(lines) <= _KEPT_LINES
        return short and all(entry.kept_whole for entry in self.entries[:1])

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        parts = (self.paragraphs, self.entries, self.groups, self.bullets, self.quotations)
        return not any(parts)


@dataclass(frozen=True)
class Page:
    """All that the layout shows of a CV."""

    name: str
    occupation: str
    language: str
    direction: Literal["ltr", "rtl"]
    image: str
    contact: Sequence[Linked]
    sections: Sequence[Section] = field(default_factory=tuple)


def page_of(cv: ParsedCv, order: Sequence[str], language: str) -> Page:
    """The page of a CV, sections in `order`, absent ones left out.

    `language` is a BCP 47 tag or "" if unknown; headings are English.
    """
    tag = page_language(language)
    info = cv.personal_info
    build = _Builder(cv, months_named=months_named(tag))
    return Page(
        name=info.name or info.title or "Curriculum vitae",
        occupation=info.title if info.name else "",
        language=tag,
        direction="rtl" if tag.lower().split("-")[0] in _RIGHT_TO_LEFT else "ltr",
        image=info.image if _EMBEDDED_IMAGE.fullmatch(info.image) else "",
        contact=list(_contact(cv)),
        sections=[section for name in order for section in build.sections(name)],
    )


def rendered(page: Page, template: Template, fonts: EmbeddedFonts, paper: str) -> str:
    """The self-contained HTML document of a page. `paper` is `a4` or `letter`."""
    return _layout().render(
        page=page,
        style=template.styling,
        template_id=template.id,
        fonts=fonts,
        paper=paper,
    )


def visible_text(html: str) -> str:
    """The text of a document or fragment, without its styles."""
    reader = _TextReader()
    reader.feed(html)
    reader.close()
    return "".join(reader.pieces)


@cache
def _layout() -> "JinjaTemplate":
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["css_string"] = css_string
    environment.filters["linked_parts"] = linked_parts
    return environment.get_template("cv.html.jinja")


def css_string(text: str) -> "Markup":
    """`text` as a quoted CSS string, each character but letters and digits escaped."""
    from markupsafe import Markup

    escaped = "".join(
        character if character.isalnum() else f"\\{ord(character):x} " for character in text
    )
    return Markup(f'"{escaped}"')  # noqa: S704 - nothing but letters, digits and escapes


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if not self._in_style:
            self.pieces.append(data)


def paragraphs(text: str) -> list[list[str]]:
    """Paragraphs, parted by empty lines, each as its lines."""
    blocks = re.split(r"\n\s*\n", text.strip())
    return [[line.strip() for line in block.splitlines()] for block in blocks if block.strip()]


def _contact(cv: ParsedCv) -> Iterator[Linked]:
    """Ways to reach the person, each once, though a profile may repeat an address."""
    info = cv.personal_info
    seen: set[str] = set()
    for linked in _stated_contact(cv):
        keys = {linked.text.casefold(), shown_link(linked.url).casefold()} - {""}
        if linked.text and not keys & seen:
            yield linked
        seen |= keys
    # A picture elsewhere is not fetched; its address is stated, so it is shown. A mere
    # file name leads nowhere.
    if is_safe(info.image):
        yield Linked(shown_link(info.image), info.image)


def _stated_contact(cv: ParsedCv) -> Iterator[Linked]:
    info = cv.personal_info
    digits = re.sub(r"[^\d+]", "", info.phone)
    yield Linked(info.email, safe_link(f"mailto:{info.email}"))
    yield Linked(info.phone, f"tel:{digits}" if digits else "")
    yield Linked(_place(info))
    for url in (info.website, info.linkedin, info.github):
        yield Linked(shown_link(url), safe_link(url))
    for profile in info.profiles:
        url = safe_link(profile.url)
        account = profile.username if profile.network else shown_link(profile.url)
        shown = f"{profile.network}: {account or shown_link(profile.url)}"
        yield Linked(shown if profile.network else account or profile.username, url)


def _place(info: PersonalInfo) -> str:
    """The address, then the parts of the place that it does not name."""
    shown = ", ".join(line.strip(" ,") for line in info.address.splitlines() if line.strip())
    place = info.location.split(", ") if shown else [info.location]
    for part in (*place, info.postal_code, info.city, info.region, info.country_code):
        if part and not re.search(rf"(?<!\w){re.escape(part)}(?!\w)", shown):
            shown = f"{shown}, {part}" if shown else part
    return shown


def _joined(*parts: str) -> list[Linked]:
    return [Linked(part) for part in parts if part]


class _Builder:
    """Brings the parts of one CV to the shape of sections."""

    def __init__(self, cv: ParsedCv, *, months_named: bool) -> None:
        self._cv = cv
        self._months_named = months_named

    def sections(self, name: str) -> Iterator[Section]:
        """The sections of this name that have something to show."""
        if name == "other":
            found = [self._other(section) for section in self._cv.other_sections]
        else:
            found = [getattr(self, f"_{name}")(self._heading(name))]
        return (section for section in found if not section.empty)

    def _heading(self, name: str) -> str:
        """The heading as the CV writes it, if it has one for all of this; else ours."""
        return written_heading(self._cv, name) or _HEADINGS[name]

    def _summary(self, heading: str) -> Section:
        return Section("summary", heading, paragraphs=paragraphs(self._cv.summary))

    def _experience(self, heading: str) -> Section:
        posts = [self._post(post) for post in self._cv.experience]
        return Section("experience", heading, entries=posts)

    def _volunteer(self, heading: str) -> Section:
        posts = [self._post(post) for post in self._cv.volunteer]
        return Section("volunteer", heading, entries=posts)

    def _education(self, heading: str) -> Section:
        courses = [self._course(course) for course in self._cv.education]
        return Section("education", heading, entries=courses)

    def _projects(self, heading: str) -> Section:
        projects = [self._project(project) for project in self._cv.projects]
        return Section("projects", heading, entries=projects)

    def _skills(self, heading: str) -> Section:
        levels = self._cv.skill_levels
        groups = [
            Group(
                label="" if label == "general" else label,
                remark=levels.get(label, ""),
                items=[(skill, levels.get(skill, "")) for skill in skills],
            )
            for label, skills in self._cv.skills.items()
        ]
        return Section("skills", heading, groups=groups)

    def _languages(self, heading: str) -> Section:
        items = [
            (language.name, ", ".join(part for part in (language.level, language.years) if part))
            for language in self._cv.languages
        ]
        return Section("languages", heading, groups=[Group("", items=items)] if items else ())

    def _achievements(self, heading: str) -> Section:
        return Section("achievements", heading, bullets=self._cv.achievements)

    def _certifications(self, heading: str) -> Section:
        entries = [
            Entry(
                title=Linked(each.name, safe_link(each.verification_url)),
                places=_joined(each.issuer, each.credential_id),
                period=self._moments(each.date, each.on),
                notes=[f"Valid until {moment_of(each.expiry_date, named=self._months_named).shown}"]
                if each.expiry_date
                else [],
                paragraphs=paragraphs(each.description),
            )
            for each in self._cv.certifications
        ]
        return Section("certifications", heading, entries=entries)

    def _awards(self, heading: str) -> Section:
        entries = [
            Entry(
                title=Linked(award.title, safe_link(award.url)),
                places=_joined(award.issuer, award.kind),
                period=self._moments(award.date, award.on),
                paragraphs=paragraphs(award.description),
            )
            for award in self._cv.awards
        ]
        return Section("awards", heading, entries=entries)

    def _publications(self, heading: str) -> Section:
        entries = [
            Entry(
                title=Linked(each.name, safe_link(each.url)),
                places=_joined(each.publisher),
                period=self._moments(each.date, each.on),
                paragraphs=paragraphs(each.description),
            )
            for each in self._cv.publications
        ]
        return Section("publications", heading, entries=entries)

    def _interests(self, heading: str) -> Section:
        interests = self._cv.interests
        if interests and not any(each.keywords or each.description for each in interests):
            names = [(interest.name, "") for interest in interests]
            return Section("interests", heading, groups=[Group("", items=names)])
        groups = [
            Group(
                label=interest.name,
                items=[(keyword, "") for keyword in interest.keywords],
                paragraphs=paragraphs(interest.description),
            )
            for interest in interests
        ]
        return Section("interests", heading, groups=groups)

    def _references(self, heading: str) -> Section:
        quotations = [
            Quotation(reference.name, paragraphs(reference.text))
            for reference in self._cv.references
        ]
        return Section("references", heading, quotations=quotations)

    def _other(self, section: OtherSection) -> Section:
        entries = [self._other_entry(entry) for entry in section.entries]
        return Section("other", in_ordinary_spelling(section.title), entries=entries)

    def _post(self, post: Experience) -> Entry:
        organisation = Linked(post.company, safe_link(post.url))
        return Entry(
            title=Linked(post.position) if post.position else organisation,
            places=[
                *([organisation] if post.position and post.company else []),
                *_joined(post.location, post.kind),
            ],
            period=self._period(post),
            paragraphs=paragraphs(post.description),
            bullets=post.achievements,
            tags=post.technologies,
        )

    def _course(self, course: Education) -> Entry:
        title = ", ".join(part for part in (course.degree, course.field) if part)
        school = Linked(course.institution, safe_link(course.url))
        grade = f"Grade: {course.gpa}" if course.gpa[:1].isdigit() else course.gpa
        return Entry(
            title=Linked(title) if title else school,
            places=[
                *([school] if title and course.institution else []),
                *_joined(course.location),
            ],
            period=self._period(course),
            notes=[note for note in (grade, course.honors) if note],
            paragraphs=paragraphs(course.description),
            bullets=[*course.highlights, *course.courses],
        )

    def _project(self, project: Project) -> Entry:
        return Entry(
            title=Linked(project.name, safe_link(project.url)),
            places=_joined(project.role, project.organization, project.kind),
            period=self._period(project),
            paragraphs=paragraphs(project.description),
            bullets=project.highlights,
            tags=project.technologies,
        )

    def _other_entry(self, entry: OtherEntry) -> Entry:
        return Entry(
            title=Linked(entry.title, safe_link(entry.url)),
            places=_joined(entry.subtitle),
            period=self._period(entry),
            paragraphs=paragraphs(entry.description),
            bullets=entry.highlights,
        )

    def _period(self, dated: Dated) -> list[Moment]:
        return period_shown(dated, named=self._months_named)

    def _moments(self, written: str, iso: str) -> list[Moment]:
        return moments_of(written, iso, named=self._months_named)
