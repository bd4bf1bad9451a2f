"""JSON Resume 1.0.0 (https://jsonresume.org/schema), its older forms, and near kin.

Older forms write `company`, `website`, `picture` or `gpa`. Sections that the standard
lacks (`governance`, `speaking` and the like of the FRESH format) become sections under
their own key. A value that no field takes is reported with its path.
"""

from collections.abc import Callable, Mapping

from ...errors import invalid
from ..cv import (
    Award,
    Certification,
    Dated,
    Education,
    Experience,
    Interest,
    Language,
    OtherEntry,
    OtherSection,
    Profile,
    Project,
    Publication,
    Reference,
)
from . import dates
from .draft import Reading
from .json_values import JsonObject, JsonValue, leaves, prose, scalar_text
from .markdown_lists import GENERAL

Read = Callable[[JsonObject, Reading], None]


def read_json_resume(document: JsonValue) -> Reading:
    """Reads a JSON Resume.

    Raises `invalid-argument` naming the path where a section or an entry has a shape
    that can't be read.
    """
    reading = Reading(source_text="\n".join(text for _, text in leaves("", document)))
    top = JsonObject("", document)
    reading.language = _language(top.take("meta"))
    for key in top.keys:
        _read_section(top, key, reading)
    return reading


def is_json_resume(document: JsonValue) -> bool:
    """Whether a document has a section of JSON Resume."""
    return isinstance(document, dict) and not SECTIONS.keys().isdisjoint(document)


def _language(meta: JsonValue) -> str:
    return scalar_text(meta.get("language")) or "" if isinstance(meta, dict) else ""


def _read_section(top: JsonObject, key: str, reading: Reading) -> None:
    value = top.take(key)
    if value in (None, "", [], {}):
        return
    kind, read = SECTIONS.get(key, ("", None))
    if read is None:
        _read_other(key, value, reading)
        return
    reading.open_section(kind)
    if key in {"basics", "skills"}:
        SINGLE[key](key, value, reading)
        return
    for path, entry in _entries(key, value, reading):
        _read_entry(path, entry, read, reading)


def _entries(key: str, value: JsonValue, reading: Reading) -> list[tuple[str, JsonValue]]:
    """A section's entries; FRESH keeps them under `history`, beside a summary."""
    path = key
    if isinstance(value, dict) and isinstance(value.get("history"), list):
        for at, text in leaves(key, {k: v for k, v in value.items() if k != "history"}):
            reading.leave(at, text)
        path, value = f"{key}.history", value["history"]
    if isinstance(value, list):
        return [(f"{path}[{i}]", each) for i, each in enumerate(value) if each is not None]
    if isinstance(value, dict):
        raise invalid(path, "must be a list")
    return [(path, value)]


def _read_entry(path: str, value: JsonValue, read: Read, reading: Reading) -> None:
    """Reads an entry; a text in place of an object is the name that the object would have."""
    text = scalar_text(value)
    if text == "":
        return
    if text is not None and read in _NAMED:
        value = {_NAMED[read]: text}
    entry = JsonObject(path, value)
    read(entry, reading)
    for where, left in entry.left():
        reading.leave(where, left)


def _basics(key: str, value: JsonValue, reading: Reading) -> None:
    basics = JsonObject(key, value)
    info = reading.cv.personal_info
    info.name = basics.text("name")
    info.title = basics.text("label", "headline", "title")
    info.email = basics.text("email")
    info.phone = basics.text("phone")
    info.website = basics.text("url", "website")
    info.image = basics.text("image", "picture")
    reading.cv.summary = basics.prose("summary")
    _location(basics, reading)
    _profiles(basics, reading)
    for where, left in basics.left():
        reading.leave(where, left)


def _location(basics: JsonObject, reading: Reading) -> None:
    info = reading.cv.personal_info
    value = basics.take("location")
    if not isinstance(value, dict):
        info.location = scalar_text(value) or ""
        if not info.location:
            basics.put("location", value)
        return
    place = JsonObject(basics.at("location"), value)
    info.address, info.postal_code = place.text("address"), place.text("postalCode")
    info.city, info.region = place.text("city"), place.text("region")
    info.country_code = place.text("countryCode", "country")
    info.location = ", ".join(part for part in (info.city, info.region, info.country_code) if part)
    for where, left in place.left():
        reading.leave(where, left)


def _profiles(basics: JsonObject, reading: Reading) -> None:
    value = basics.take("profiles")
    for path, each in _entries(basics.at("profiles"), value, reading) if value else ():
        if each:
            _profile(JsonObject(path, each), reading)


def _profile(entry: JsonObject, reading: Reading) -> None:
    info = reading.cv.personal_info
    profile = Profile(
        network=entry.text("network"), username=entry.text("username"), url=entry.text("url")
    )
    network = profile.network.casefold()
    if network in {"linkedin", "github"} and not getattr(info, network):
        setattr(info, network, profile.url)
    if profile != Profile():
        info.profiles.append(profile)
    for where, left in entry.left():
        reading.leave(where, left)


def _dated(entry: JsonObject) -> Dated:
    """Start and end, or a single date if the entry has no period."""
    start, end = entry.text("startDate", "start"), entry.text("endDate", "end")
    return dates.period(start, end, "" if start or end else entry.text("date", "releaseDate"))


def _moment(entry: JsonObject) -> dict[str, str]:
    date = entry.text("date", "releaseDate")
    return {"date": date, "on": dates.read_date(date)}


def _highlights(entry: JsonObject) -> list[str]:
    return [prose(text) for text in entry.texts("highlights")]


def _post(entry: JsonObject) -> Experience:
    return Experience(
        **_dated(entry).model_dump(),
        kind=entry.text("flavor"),
        company=entry.text("name", "company", "organization", "employer"),
        position=entry.text("position", "role", "title"),
        location=entry.text("location"),
        url=entry.text("url", "website"),
        description=entry.prose("description", "summary"),
        achievements=_highlights(entry),
        technologies=entry.texts("keywords", "technologies"),
    )


def _work(entry: JsonObject, reading: Reading) -> None:
    reading.cv.experience.append(_post(entry))


def _volunteer(entry: JsonObject, reading: Reading) -> None:
    reading.cv.volunteer.append(_post(entry))


def _education(entry: JsonObject, reading: Reading) -> None:
    reading.cv.education.append(
        Education(
            **_dated(entry).model_dump(),
            institution=entry.text("institution"),
            degree=entry.text("studyType", "degree"),
            field=entry.text("area", "field"),
            location=entry.text("location"),
            url=entry.text("url", "website"),
            gpa=entry.text("score", "gpa", "grade"),
            honors=", ".join(entry.texts("honors")),
            description=entry.prose("description", "summary"),
            courses=entry.texts("courses", "curriculum"),
            highlights=_highlights(entry),
        )
    )


def _project(entry: JsonObject, reading: Reading) -> None:
    reading.cv.projects.append(
        Project(
            **_dated(entry).model_dump(),
            kind=entry.text("type"),
            name=entry.text("name", "title"),
            role=", ".join(entry.texts("roles", "role")),
            organization=entry.text("entity"),
            url=entry.text("url", "website"),
            description=entry.prose("description", "summary"),
            highlights=_highlights(entry),
            technologies=entry.texts("keywords"),
        )
    )


def _certificate(entry: JsonObject, reading: Reading) -> None:
    reading.cv.certifications.append(
        Certification(
            **_moment(entry),
            name=entry.text("name", "title"),
            issuer=entry.text("issuer"),
            expiry_date=entry.text("expiryDate", "endDate"),
            credential_id=entry.text("credentialId", "id"),
            verification_url=entry.text("url", "website"),
            description=entry.prose("description", "summary"),
        )
    )


def _award(entry: JsonObject, reading: Reading) -> None:
    reading.cv.awards.append(
        Award(
            **_moment(entry),
            kind=entry.text("flavor"),
            title=entry.text("title", "name"),
            issuer=entry.text("awarder", "issuer", "from"),
            url=entry.text("url", "website"),
            description=entry.prose("description", "summary"),
        )
    )


def _publication(entry: JsonObject, reading: Reading) -> None:
    reading.cv.publications.append(
        Publication(
            **_moment(entry),
            name=entry.text("name", "title"),
            publisher=entry.text("publisher"),
            url=entry.text("url", "website"),
            description=entry.prose("description", "summary"),
        )
    )


def _human_language(entry: JsonObject, reading: Reading) -> None:
    reading.cv.languages.append(
        Language(
            name=entry.text("language", "name"),
            level=entry.text("fluency", "level", "proficiency"),
            years=entry.text("years"),
        )
    )


def _interest(entry: JsonObject, reading: Reading) -> None:
    reading.cv.interests.append(
        Interest(
            name=entry.text("name"),
            keywords=entry.texts("keywords"),
            description=entry.prose("description", "summary"),
        )
    )


def _reference(entry: JsonObject, reading: Reading) -> None:
    reading.cv.references.append(
        Reference(name=entry.text("name"), text=entry.prose("reference", "text", "quote"))
    )


def _achievement(entry: JsonObject, reading: Reading) -> None:
    reading.cv.achievements += [prose(text) for text in entry.texts("name")]


def _skills(key: str, value: JsonValue, reading: Reading) -> None:
    """Skills as a list of objects or names, or as an object from group to names."""
    if isinstance(value, dict):
        groups = JsonObject(key, value)
        for group in groups.keys:
            if names := groups.texts(group):
                reading.cv.skills.setdefault(group, []).extend(names)
        for where, left in groups.left():
            reading.leave(where, left)
        return
    for path, each in _entries(key, value, reading):
        _read_entry(path, each, _skill, reading)


def _skill(entry: JsonObject, reading: Reading) -> None:
    name, level = entry.text("name"), entry.text("level")
    keywords = entry.texts("keywords")
    if keywords:
        reading.cv.skills.setdefault(name or GENERAL, []).extend(keywords)
    elif name:
        reading.cv.skills.setdefault(GENERAL, []).append(name)
    if level and name and reading.cv.skill_levels.setdefault(name, level) == level:
        return
    reading.leave(entry.at("level"), level)


def _read_other(key: str, value: JsonValue, reading: Reading) -> None:
    """A section of its own: a text, a list of texts, or a list of objects."""
    text = scalar_text(value)
    section = OtherSection(title=prose(key))
    if text:
        section.entries.append(OtherEntry(description=prose(text)))
    elif isinstance(value, list) and all(isinstance(each, str) for each in value):
        texts = [prose(each) for each in map(scalar_text, value) if each]
        section.entries.append(OtherEntry(highlights=texts))
    else:
        _read_other_entries(key, value, section, reading)
    if section.entries:
        reading.open_section("otherSections", key)
        reading.cv.other_sections.append(section)


def _read_other_entries(
    key: str, value: JsonValue, section: OtherSection, reading: Reading
) -> None:
    listed = value if isinstance(value, list) else None
    if listed is None and isinstance(value, dict) and isinstance(value.get("history"), list):
        entries = _entries(key, value, reading)
    else:
        entries = [(f"{key}[{i}]", each) for i, each in enumerate(listed or ())]
        if listed is None:
            entries = [(key, value)]
    for path, each in entries:
        _read_other_entry(path, each, section, reading)


def _read_other_entry(path: str, value: JsonValue, section: OtherSection, reading: Reading) -> None:
    if not isinstance(value, dict):
        for where, text in leaves(path, value):
            reading.leave(where, text)
        return
    entry = JsonObject(path, value)
    other = OtherEntry(
        **_dated(entry).model_dump(),
        title=entry.text("title", "name", "role", "position"),
        subtitle=entry.text("organization", "entity", "event", "venue", "author", "publisher"),
        url=entry.text("url", "website"),
        description=entry.prose("description", "summary"),
        highlights=_highlights(entry),
    )
    if other != OtherEntry():
        section.entries.append(other)
    for where, left in entry.left():
        reading.leave(where, left)


SINGLE: Mapping[str, Callable[[str, JsonValue, Reading], None]] = {
    "basics": _basics,
    "skills": _skills,
}
"""Sections that are no list of objects."""

SECTIONS: Mapping[str, tuple[str, Read]] = {
    "basics": ("personalInfo", _work),
    "work": ("experience", _work),
    "volunteer": ("volunteer", _volunteer),
    "education": ("education", _education),
    "awards": ("awards", _award),
    "certificates": ("certifications", _certificate),
    "certifications": ("certifications", _certificate),
    "publications": ("publications", _publication),
    "skills": ("skills", _skill),
    "languages": ("languages", _human_language),
    "interests": ("interests", _interest),
    "references": ("references", _reference),
    "projects": ("projects", _project),
    "achievements": ("achievements", _achievement),
    "service": ("volunteer", _volunteer),
    "recognition": ("awards", _award),
    "writing": ("publications", _publication),
    "samples": ("projects", _project),
}
"""Each top key, the field of `ParsedCv` that holds it, and its reader."""

_NAMED: Mapping[Read, str] = {
    _award: "title",
    _certificate: "name",
    _publication: "name",
    _skill: "name",
    _human_language: "language",
    _interest: "name",
    _reference: "reference",
    _project: "name",
    _achievement: "name",
}
"""Readers whose entries may be plain texts, and the key that the text then stands for."""
