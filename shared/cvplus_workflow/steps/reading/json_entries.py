"""Entries of CVs that are data: JSON Resume, its older forms, FRESH and RenderCV.

They name the same things alike, so one reader an entry serves all of them. A value that
no field takes is reported with its path.
"""

from collections.abc import Callable, Mapping

from ..cv import (
    Award,
    Certification,
    Dated,
    Education,
    Experience,
    Interest,
    Language,
    OtherEntry,
    Profile,
    Project,
    Publication,
    Reference,
)
from . import dates
from .draft import Reading
from .json_values import JsonObject, JsonValue, prose, scalar_text
from .list_sections import GENERAL

Read = Callable[[JsonObject, Reading], None]

_KIND = ("flavor", "category")
_WITH = (
    "role",
    "organization",
    "entity",
    "activity",
    "event",
    "venue",
    "author",
    "publisher",
    "location",
)
"""What else an entry without a model of its own says of itself in a few words."""


def read_entry(path: str, value: JsonValue, read: Read, reading: Reading) -> None:
    """Reads an entry; a text in place of an object is the name that the object would have.

    Raises `invalid-argument` naming the path if it can't be read as an object.
    """
    text = scalar_text(value)
    if text == "":
        return
    if text is not None and read in _NAMED:
        value = {_NAMED[read]: text}
    entry = JsonObject(path, value)
    read(entry, reading)
    leave_rest(entry, reading)


def leave_rest(entry: JsonObject, reading: Reading) -> None:
    """Reports all values of an object that were not taken."""
    for where, left in entry.left():
        reading.leave(where, left)


def dated(entry: JsonObject) -> Dated:
    """Start and end, or a single date if the entry has no period."""
    start = entry.text("startDate", "start", "start_date")
    end = entry.text("endDate", "end", "end_date")
    period = dates.period(start, end, "" if start or end else entry.text("date", "releaseDate"))
    return period.model_copy(update={"current": True}) if entry.flag("current") else period


def _moment(entry: JsonObject) -> dict[str, str]:
    date = entry.text("date", "releaseDate", "startDate", "start_date")
    return {"date": date, "on": dates.read_date(date)}


def _highlights(entry: JsonObject) -> list[str]:
    return [prose(text) for text in entry.texts("highlights")]


def read_profile(entry: JsonObject, reading: Reading) -> None:
    """An account elsewhere."""
    network, username = entry.text("network", "label"), entry.text("username", "user")
    add_profile(Profile(network=network, username=username, url=entry.text("url")), reading)


def add_profile(profile: Profile, reading: Reading) -> None:
    """Adds an account; the first at LinkedIn or GitHub is the person's address there."""
    info = reading.cv.personal_info
    network = profile.network.casefold()
    if network in {"linkedin", "github"} and not getattr(info, network):
        setattr(info, network, profile.url)
    if profile != Profile():
        info.profiles.append(profile)


def _post(entry: JsonObject) -> Experience:
    return Experience(
        **dated(entry).model_dump(),
        kind=entry.text(*_KIND),
        company=entry.text("name", "company", "organization", "employer"),
        position=entry.text("position", "role", "title"),
        location=entry.text("location"),
        url=entry.text("url", "website"),
        description=entry.prose("description", "summary"),
        achievements=_highlights(entry),
        technologies=entry.texts("keywords", "technologies"),
    )


def read_work(entry: JsonObject, reading: Reading) -> None:
    """A post held."""
    reading.cv.experience.append(_post(entry))


def read_volunteer(entry: JsonObject, reading: Reading) -> None:
    """A voluntary post."""
    reading.cv.volunteer.append(_post(entry))


def read_study(entry: JsonObject, reading: Reading) -> None:
    """A course of study."""
    reading.cv.education.append(
        Education(
            **dated(entry).model_dump(),
            institution=entry.text("institution"),
            degree=entry.text("studyType", "degree", "title"),
            field=entry.text("area", "field"),
            location=entry.text("location"),
            url=entry.text("url", "website"),
            gpa=entry.text("score", "gpa", "grade"),
            honors=", ".join(entry.texts("honors")),
            description=entry.prose("description", "summary"),
            courses=entry.texts("courses", "curriculum"),
            highlights=[*_highlights(entry), *_listed(entry.texts("keywords"))],
        )
    )


def _listed(keywords: list[str]) -> list[str]:
    """Keywords of an entry that has no field for them, as one text."""
    return [", ".join(keywords)] if keywords else []


def read_project(entry: JsonObject, reading: Reading) -> None:
    """A project or a sample of work."""
    reading.cv.projects.append(
        Project(
            **dated(entry).model_dump(),
            kind=entry.text("type", *_KIND),
            name=entry.text("name", "title"),
            role=", ".join(entry.texts("roles", "role")),
            organization=entry.text("entity"),
            url=entry.text("url", "website", "repo"),
            description=entry.prose("description", "summary"),
            highlights=_highlights(entry),
            technologies=entry.texts("keywords"),
        )
    )


def read_certificate(entry: JsonObject, reading: Reading) -> None:
    """A certificate."""
    reading.cv.certifications.append(
        Certification(
            **_moment(entry),
            name=entry.text("name", "title"),
            issuer=entry.text("issuer"),
            expiry_date=entry.text("expiryDate", "endDate", "end_date"),
            credential_id=entry.text("credentialId", "id"),
            verification_url=entry.text("url", "website"),
            description=_with_highlights(entry),
        )
    )


def _with_highlights(entry: JsonObject) -> str:
    """Prose and highlights of an entry that has no list of its own for them."""
    parts = [entry.prose("event", "description", "summary"), "\n".join(_highlights(entry))]
    return "\n\n".join(part for part in parts if part)


def read_award(entry: JsonObject, reading: Reading) -> None:
    """An award; FRESH also names the event."""
    reading.cv.awards.append(
        Award(
            **_moment(entry),
            kind=entry.text(*_KIND),
            title=entry.text("title", "name"),
            issuer=entry.text("awarder", "issuer", "from"),
            url=entry.text("url", "website"),
            description=_with_highlights(entry),
        )
    )


def read_publication(entry: JsonObject, reading: Reading) -> None:
    """A publication; its authors stand before what is said of it."""
    publisher = _publisher(entry, reading)
    authors = ", ".join(map(prose, entry.texts("authors", "author")))
    url, about = _address(entry), _with_highlights(entry)
    reading.cv.publications.append(
        Publication(
            **_moment(entry),
            name=entry.text("name", "title"),
            publisher=publisher,
            url=url,
            description="\n\n".join(part for part in (authors, about) if part),
        )
    )


def _publisher(entry: JsonObject, reading: Reading) -> str:
    """The publisher's name, which FRESH may keep in an object with an address."""
    value = entry.take("publisher")
    if isinstance(value, dict):
        inner = JsonObject(entry.at("publisher"), value)
        entry.put("publisher", inner.text("name"))
        leave_rest(inner, reading)
    else:
        entry.put("publisher", value)
    return entry.text("publisher", "journal")


def _address(entry: JsonObject) -> str:
    """The address, or that of the digital object identifier (https://doi.org)."""
    url, doi = entry.text("url", "website"), entry.text("doi")
    if url and doi:
        entry.put("doi", doi)
    return url or (f"https://doi.org/{doi}" if doi else "")


def read_language(entry: JsonObject, reading: Reading) -> None:
    """A human language."""
    reading.cv.languages.append(
        Language(
            name=entry.text("language", "name"),
            level=entry.text("fluency", "level", "proficiency"),
            years=entry.text("years"),
        )
    )


def read_interest(entry: JsonObject, reading: Reading) -> None:
    """An interest outside work."""
    reading.cv.interests.append(
        Interest(
            name=entry.text("name"),
            keywords=entry.texts("keywords"),
            description=entry.prose("description", "summary"),
        )
    )


def read_reference(entry: JsonObject, reading: Reading) -> None:
    """A referee and what they said; one that is marked private is reported, not shown."""
    if entry.flag("private"):
        return
    name = ", ".join(text for text in (entry.text("name"), entry.text("role")) if text)
    reading.cv.references.append(
        Reference(name=name, text=entry.prose("reference", "text", "quote", "summary"))
    )


def read_achievement(entry: JsonObject, reading: Reading) -> None:
    """An achievement."""
    reading.cv.achievements += [prose(text) for text in entry.texts("name")]


def read_skill(entry: JsonObject, reading: Reading) -> None:
    """A skill, or a group of them if it has keywords."""
    name, level = entry.text("name"), entry.text("level")
    keywords = entry.texts("keywords", "skills")
    if keywords:
        reading.cv.skills.setdefault(name or GENERAL, []).extend(keywords)
    elif name:
        reading.cv.skills.setdefault(GENERAL, []).append(name)
    if level and name and reading.cv.skill_levels.setdefault(name, level) == level:
        return
    reading.leave(entry.at("level"), level)


def other_entry(entry: JsonObject) -> OtherEntry:
    """An entry of a section that has no model of its own."""
    title, kind = entry.text("title", "name", "role", "position"), entry.text(*_KIND)
    with_whom = ", ".join(text for name in _WITH if (text := ", ".join(entry.texts(name))))
    about = [entry.prose("description", "summary"), *_listed(entry.texts("keywords"))]
    return OtherEntry(
        **dated(entry).model_dump(),
        title=title,
        subtitle=f"{with_whom} ({kind})".strip() if kind else with_whom,
        url=entry.text("url", "website"),
        description="\n\n".join(part for part in about if part),
        highlights=_highlights(entry),
    )


_NAMED: Mapping[Read, str] = {
    read_award: "title",
    read_certificate: "name",
    read_publication: "name",
    read_skill: "name",
    read_language: "language",
    read_interest: "name",
    read_reference: "reference",
    read_project: "name",
    read_achievement: "name",
}
"""Readers whose entries may be plain texts, and the key that the text then stands for."""
