"""Sections of entries: posts, studies, projects, awards, publications, others."""

from collections.abc import Callable, Mapping

from ..cv import (
    Award,
    Certification,
    Dated,
    Education,
    Experience,
    OtherEntry,
    OtherSection,
    Project,
    Publication,
    Reference,
)
from . import list_sections as lists
from .blocks import Block
from .citations import title_in
from .draft import Reading
from .entries import Body, Entry, body_of, entries_of, item_text
from .entry_head import Head, head_of, head_under, post_of, study_of, written
from .entry_words import is_role_alone
from .spans import Line

Read = Callable[[list[Block], Reading], None]

_POST_LABELS = frozenset({"technologies", "location"})
_STUDY_LABELS = frozenset({"gpa", "courses", "honors", "location"})
_PROJECT_LABELS = frozenset({"technologies"})


def _posts(blocks: list[Block], reading: Reading) -> list[Experience]:
    return [_post(entry, reading) for entry in entries_of(blocks)]


def _post(entry: Entry, reading: Reading) -> Experience:
    head = _head(entry, reading, commas=True, at=True)
    body = body_of(entry.body, _POST_LABELS)
    post = post_of(head)
    rest = head.rest()
    location = body.value("location") or post.location
    if post.location not in {"", location}:
        reading.leave_line(entry.line, post.location)
    return Experience(
        **_period(head.dated, reading, entry.line),
        company=post.organisation,
        position=post.role,
        location=location,
        url=head.url,
        description=_after(rest, body),
        achievements=body.bullets,
        technologies=lists.parted(body.labelled.get("technologies", [])),
    )


def _head(entry: Entry, reading: Reading, *, commas: bool, at: bool = False) -> Head:
    """An entry's head and that of the entry above it; dates without a field are left over."""
    head = head_under(entry.parent, entry.head, commas=commas, at=at)
    for number, text in head.unused:
        reading.leave_line(number, text)
    return head


def _after(rest: str, body: Body) -> str:
    """What is left of a head, before the description."""
    return "\n\n".join(part for part in (rest, body.description) if part)


def _period(dated: Dated, reading: Reading, line: int) -> dict[str, object]:
    """A head's dates as fields; a single date beside a period has no field."""
    if dated.date and (dated.start_date or dated.end_date):
        reading.leave_line(line, dated.date)
        return dated.model_dump(exclude={"date", "on"})
    return dated.model_dump()


def read_experience(blocks: list[Block], reading: Reading) -> None:
    """Posts held."""
    reading.cv.experience += _posts(blocks, reading)


def read_volunteer(blocks: list[Block], reading: Reading) -> None:
    """Voluntary posts."""
    reading.cv.volunteer += _posts(blocks, reading)


def read_education(blocks: list[Block], reading: Reading) -> None:
    """Courses of study."""
    reading.cv.education += [_study(entry, reading) for entry in entries_of(blocks)]


def _study(entry: Entry, reading: Reading) -> Education:
    head = _head(entry, reading, commas=True)
    body = body_of(entry.body, _STUDY_LABELS)
    study = study_of(head)
    rest = head.rest()
    return Education(
        **_period(head.dated, reading, entry.line),
        institution=study.institution,
        degree=study.degree,
        field=study.field,
        location=", ".join(part for part in (study.location, body.value("location")) if part),
        url=head.url,
        gpa=body.value("gpa"),
        honors=body.value("honors"),
        description=_after(rest, body),
        courses=lists.parted(body.labelled.get("courses", [])),
        highlights=body.bullets,
    )


def read_projects(blocks: list[Block], reading: Reading) -> None:
    """Projects; bullets without any head are a project each, named by their text."""
    for entry in entries_of(blocks):
        if entry.head:
            reading.cv.projects.append(_project(entry, reading))
        else:
            reading.cv.projects += _loose_projects(entry)


def _project(entry: Entry, reading: Reading) -> Project:
    head = _head(entry, reading, commas=False)
    body = body_of(entry.body, _PROJECT_LABELS)
    name, role = _name_and_role(head)
    rest = head.rest()
    return Project(
        **_period(head.dated, reading, entry.line),
        name=name.rstrip(":"),
        role=role,
        url=head.url,
        description=_after(rest, body),
        highlights=body.bullets,
        technologies=lists.parted(body.labelled.get("technologies", [])),
    )


def _name_and_role(head: Head) -> tuple[str, str]:
    """The linked piece is the name; an emphasised piece beside a name is the role."""
    linked = head.take_line(lambda piece: bool(piece.url))
    role = head.take_line(lambda piece: piece.emphasis) if linked or len(head.pieces) > 1 else None
    name, role = _comma_apart(linked or head.next(), role)
    return head.shown(name), head.shown(role)


def _comma_apart(name: Line | None, role: Line | None) -> tuple[Line | None, Line | None]:
    """A role before or behind the one comma of a project's name: "Foo, contributor"."""
    if name is None or role or name.text.count(",") != 1:
        return name, role
    cut = name.text.index(",")
    first, second = name.sliced(0, cut), name.sliced(cut + 1, len(name.text)).trimmed()
    one, other = is_role_alone(first.text), is_role_alone(second.text)
    if one == other:
        return name, role
    return (second, first) if one else (first, second)


def _loose_projects(entry: Entry) -> list[Project]:
    body = body_of(entry.body)
    described = [Project(description=body.description)] if body.paragraphs else []
    return described + [Project(name=bullet) for bullet in body.bullets]


def read_certifications(blocks: list[Block], reading: Reading) -> None:
    """Certificates with issuer and date."""
    for entry in lists.one_each(blocks):
        head = head_of(entry.head, commas=True)
        name, issuer = head.shown(head.next()), head.shown(head.next())
        rest = head.rest()
        reading.cv.certifications.append(
            Certification(
                name=name,
                issuer=issuer,
                **_moment(head.dated),
                verification_url=head.url,
                description=_with_bullets(rest, entry),
            )
        )


def _moment(dated: Dated) -> dict[str, str]:
    """One date of what has no period; a period is kept as written."""
    on = dated.on or ("" if dated.end_date else dated.start)
    return {"date": written(dated), "on": on}


def _with_bullets(rest: str, entry: Entry) -> str:
    body = body_of(entry.body)
    above = [line.plain() for line in entry.parent]
    return "\n".join(part for part in (*above, rest, *body.paragraphs, *body.bullets) if part)


def read_awards(blocks: list[Block], reading: Reading) -> None:
    """Awards with issuer and date."""
    for entry in lists.one_each(blocks):
        head = head_of(entry.head, commas=True)
        title, issuer = head.shown(head.next()), head.shown(head.next())
        rest = head.rest()
        reading.cv.awards.append(
            Award(
                title=title,
                issuer=issuer,
                **_moment(head.dated),
                url=head.url,
                description=_with_bullets(rest, entry),
            )
        )


def _title_and_publisher(head: Head) -> tuple[str, str]:
    """The title of a publication: what its citation quotes or sets apart, else its first piece."""
    for at, piece in enumerate(head.pieces):
        if cited := title_in(piece):
            head.pieces[at : at + 1] = [part for part in cited[1:] if part.text.strip()]
            return head.shown(cited[0]), ""
    named = head.take_line(lambda piece: bool(piece.url) or piece.emphasis or piece.strong)
    return head.shown(named or head.next()), head.shown(head.next())


def read_publications(blocks: list[Block], reading: Reading) -> None:
    """Publications; without a link or style that tells a title, the text is the name."""
    for entry in lists.one_each(blocks):
        head = head_of(entry.head, commas=False)
        name, publisher = _title_and_publisher(head)
        rest = head.rest()
        reading.cv.publications.append(
            Publication(
                name=name,
                publisher=publisher,
                **_moment(head.dated),
                url=head.url,
                description=_with_bullets(rest, entry),
            )
        )


def read_references(blocks: list[Block], reading: Reading) -> None:
    """Referees and their words; a quotation may name its author after a dash."""
    for entry in entries_of(blocks):
        name = " ".join(line.plain() for line in entry.head).rstrip(":")
        if name:
            reading.cv.references.append(Reference(name=name, text=_with_bullets("", entry)))
        else:
            reading.cv.references += [_quotation(block) for block in _quotations(entry.body)]


def _quotations(blocks: list[Block]) -> list[Block]:
    lists_ = [item for block in blocks if block.kind == "list" for item in block.children]
    return [block for block in blocks if block.kind != "list"] + lists_


def _quotation(block: Block) -> Reference:
    text = item_text(block)
    words, dash, name = text.rpartition("\n— ") if "\n— " in text else text.rpartition(" — ")
    return Reference(name=name.strip(), text=words.strip()) if dash else Reference(text=text)


def read_other(title: str, blocks: list[Block], reading: Reading) -> OtherSection:
    """A section without a model of its own; language lists in it are still read."""
    entries: list[OtherEntry] = []
    for entry in entries_of(lists.languages_apart(blocks, reading)):
        entries += [_other(entry, reading)] if entry.head else _loose(entry)
    return OtherSection(title=title, entries=[each for each in entries if each != OtherEntry()])


def _other(entry: Entry, reading: Reading) -> OtherEntry:
    head = _head(entry, reading, commas=False)
    title, subtitle = head.shown(head.next()), head.shown(head.next())
    several = sum(block.kind == "definition" for block in entry.body) > 1
    body = body_of(entry.body)
    rest = head.rest()
    return OtherEntry(
        **_period(head.dated, reading, entry.line),
        title=title.rstrip(":"),
        subtitle=subtitle,
        url=head.url,
        description=rest if several else _after(rest, body),
        highlights=body.paragraphs + body.bullets if several else body.bullets,
    )


def _loose(entry: Entry) -> list[OtherEntry]:
    """Text and bullets without a head; an item with a list of its own has a title."""
    text = body_of(block for block in entry.body if block.kind != "list")
    result = [OtherEntry(description=text.description, highlights=text.bullets)]
    for item in (item for block in entry.body if block.kind == "list" for item in block.children):
        inner = [child for child in item.children if child.kind == "list"]
        if inner:
            own = "\n".join(item_text(child) for child in item.children if child.kind != "list")
            bullets = body_of(inner).bullets
            result += [OtherEntry(title=own.rstrip(":"), highlights=bullets), OtherEntry()]
        else:
            result[-1].highlights.append(item_text(item))
    return result


def read_summary(blocks: list[Block], reading: Reading) -> None:
    """Free text about the person."""
    text = "\n".join(item_text(block) for block in blocks)
    reading.cv.summary = "\n\n".join(part for part in (reading.cv.summary, text) if part)


def read_achievements(blocks: list[Block], reading: Reading) -> None:
    """Achievements, one a bullet or paragraph."""
    body = body_of(blocks)
    reading.cv.achievements += body.paragraphs + body.bullets


READERS: Mapping[str, Read] = {
    "summary": read_summary,
    "experience": read_experience,
    "education": read_education,
    "skills": lists.read_skills,
    "projects": read_projects,
    "certifications": read_certifications,
    "languages": lists.read_languages,
    "achievements": read_achievements,
    "volunteer": read_volunteer,
    "awards": read_awards,
    "publications": read_publications,
    "interests": lists.read_interests,
    "references": read_references,
}
"""The reader of each kind of section."""
