"""JSON Resume 1.0.0 (https://jsonresume.org/schema), its older forms, and near kin.

Older forms write `company`, `website`, `picture` or `gpa`. Sections that the standard
lacks become sections under their own key. A value that no field takes is reported with
its path.
"""

from collections.abc import Mapping

from . import json_entries as entries
from .draft import Reading
from .json_entries import leave_rest, read_entry, read_profile
from .json_sections import ReadSection, entries_at, listed, read_sections, read_skills
from .json_values import JsonObject, JsonValue, leaves, scalar_text

_VACANCY = frozenset({"responsibilities", "qualifications"})


def read_json_resume(document: JsonValue) -> Reading:
    """Reads a JSON Resume.

    Raises `invalid-argument` naming the path where a section or an entry has a shape
    that can't be read.
    """
    reading = Reading(source_text="\n".join(text for _, text in leaves("", document)))
    top = JsonObject("", document)
    reading.language = _language(top.take("meta"))
    read_sections(top, SECTIONS, reading)
    return reading


def is_json_resume(document: JsonValue) -> bool:
    """Whether a document has a section of JSON Resume and is no vacancy.

    A vacancy (https://jsonresume.org/job-description-schema) has skills too.
    """
    if not isinstance(document, dict) or (document.keys() >= _VACANCY and "basics" not in document):
        return False
    return not SECTIONS.keys().isdisjoint(document)


def _language(meta: JsonValue) -> str:
    return scalar_text(meta.get("language")) or "" if isinstance(meta, dict) else ""


def _basics(key: str, value: JsonValue, reading: Reading) -> None:
    reading.open_section("personalInfo")
    basics = JsonObject(key, value)
    info = reading.cv.personal_info
    info.name = basics.text("name")
    info.title = basics.text("label", "headline", "title")
    info.email = basics.text("email")
    info.phone = basics.text("phone")
    info.website = basics.text("url", "website")
    info.image = basics.text("image", "picture")
    reading.cv.summary = basics.prose("summary")
    read_location(basics, reading)
    _profiles(basics, reading)
    leave_rest(basics, reading)


def read_location(parent: JsonObject, reading: Reading) -> None:
    """The place as one text, or in parts."""
    info = reading.cv.personal_info
    value = parent.take("location")
    if not isinstance(value, dict):
        info.location = scalar_text(value) or ""
        if not info.location:
            parent.put("location", value)
        return
    place = JsonObject(parent.at("location"), value)
    info.address, info.postal_code = place.text("address"), place.text("postalCode", "code")
    info.city, info.region = place.text("city"), place.text("region")
    info.country_code = place.text("countryCode", "country")
    info.location = ", ".join(part for part in (info.city, info.region, info.country_code) if part)
    leave_rest(place, reading)


def _profiles(basics: JsonObject, reading: Reading) -> None:
    path, value = basics.at("profiles"), basics.take("profiles")
    for at, each in entries_at(path, value) if value else ():
        if each:
            read_entry(at, each, read_profile, reading)


SECTIONS: Mapping[str, ReadSection] = {
    "basics": _basics,
    "work": listed("experience", entries.read_work),
    "volunteer": listed("volunteer", entries.read_volunteer),
    "education": listed("education", entries.read_study),
    "awards": listed("awards", entries.read_award),
    "certificates": listed("certifications", entries.read_certificate),
    "certifications": listed("certifications", entries.read_certificate),
    "publications": listed("publications", entries.read_publication),
    "skills": read_skills,
    "languages": listed("languages", entries.read_language),
    "interests": listed("interests", entries.read_interest),
    "references": listed("references", entries.read_reference),
    "projects": listed("projects", entries.read_project),
    "achievements": listed("achievements", entries.read_achievement),
    "service": listed("volunteer", entries.read_volunteer),
    "recognition": listed("awards", entries.read_award),
    "writing": listed("publications", entries.read_publication),
    "samples": listed("projects", entries.read_project),
}
"""Each section of the standard and near kin, and its reader."""
