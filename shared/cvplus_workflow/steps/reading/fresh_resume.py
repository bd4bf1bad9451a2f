"""FRESH 1.0.0-beta (https://github.com/fresh-standard/fresh-resume-schema) and older.

What is said of a section as a whole, a quotation, further ways of contact and the
attitude to new work become sections under their own key. Reference data that is marked
private, and what no field takes, is reported with its path.
"""

from collections.abc import Mapping

from ..cv import OtherEntry, OtherSection, Profile
from . import json_entries as entries
from .draft import Reading
from .json_entries import add_profile, leave_rest, read_entry, read_profile
from .json_resume import SECTIONS as JSON_RESUME
from .json_resume import read_location
from .json_sections import (
    ReadSection,
    add_section,
    entries_at,
    listed,
    read_about,
    read_sections,
)
from .json_values import JsonObject, JsonValue, leaves, scalar_text
from .list_sections import GENERAL

_OWN = frozenset({"info", "employment", "contact", "disposition", "social"})
_ADDRESS = ("http://", "https://", "www.")


def is_fresh(document: JsonValue) -> bool:
    """Whether a document says that it is FRESH, or has two sections that only FRESH has."""
    if not isinstance(document, dict):
        return False
    meta = document.get("meta")
    named = scalar_text(meta.get("format")) if isinstance(meta, dict) else ""
    if (named or "").casefold().startswith("fresh"):
        return True
    own = sum(isinstance(document.get(key), dict | list) for key in _OWN)
    return own >= 2 and document.keys().isdisjoint({"basics", "work", "cv"})


def read_fresh(document: JsonValue) -> Reading:
    """Reads a FRESH document.

    Raises `invalid-argument` naming the path where a section or an entry has a shape
    that can't be read.
    """
    reading = Reading(source_text="\n".join(text for _, text in leaves("", document)))
    top = JsonObject("", document)
    top.take("meta")
    reading.cv.personal_info.name = top.text("name")
    read_sections(top, SECTIONS, reading)
    return reading


def _info(key: str, value: JsonValue, reading: Reading) -> None:
    reading.open_section("personalInfo")
    info = JsonObject(key, value)
    person = reading.cv.personal_info
    person.title = info.text("label", "class", "characterClass")
    person.image = info.text("image")
    reading.cv.summary = info.prose("brief")
    _read_quote(info, reading)
    leave_rest(info, reading)


def _read_quote(info: JsonObject, reading: Reading) -> None:
    if quote := info.prose("quote"):
        section = OtherSection(title="quote", entries=[OtherEntry(description=quote)])
        add_section(section, reading)


def _contact(key: str, value: JsonValue, reading: Reading) -> None:
    contact = JsonObject(key, value)
    person = reading.cv.personal_info
    person.email, person.phone = contact.text("email"), contact.text("phone")
    person.website = contact.text("website")
    section = OtherSection(title=key)
    for path, each in entries_at(contact.at("other"), contact.take("other") or []):
        other = JsonObject(path, each)
        _read_further(other, section, reading)
        leave_rest(other, reading)
    add_section(section, reading)
    leave_rest(contact, reading)


def _read_further(other: JsonObject, section: OtherSection, reading: Reading) -> None:
    """A further way of contact: an address is a profile, others stand as they are."""
    label, value = other.text("label"), other.text("value")
    kind = other.text("category", "flavor")
    if value.startswith(_ADDRESS):
        reading.leave(other.at("category"), "" if kind == "url" else kind)
        add_profile(Profile(network=label, url=value), reading)
    elif label or value:
        section.entries.append(OtherEntry(title=label or kind, description=value))
        reading.leave(other.at("category"), kind if label else "")


def _location(key: str, value: JsonValue, reading: Reading) -> None:
    parent = JsonObject("", {key: value})
    read_location(parent, reading)
    leave_rest(parent, reading)


def _social(key: str, value: JsonValue, reading: Reading) -> None:
    for path, each in entries_at(key, value):
        read_entry(path, each, read_profile, reading)


def _education(key: str, value: JsonValue, reading: Reading) -> None:
    """Studies; the degree stated once for all belongs to a study only if there is one."""
    if not isinstance(value, dict):
        JSON_RESUME["education"](key, value, reading)
        return
    about = JsonObject(key, value)
    history = about.take("history") or []
    JSON_RESUME["education"](about.at("history"), history, reading)
    studies = reading.cv.education
    if len(studies) == 1 and not studies[0].degree:
        studies[0].degree = about.text("degree")
    stated = [OtherEntry(title=about.text("degree"), subtitle=about.text("level"))]
    stated += [OtherEntry(description=about.prose("summary"))]
    section = OtherSection(title=key, entries=[each for each in stated if each != OtherEntry()])
    add_section(section, reading)
    leave_rest(about, reading)


def _skills(key: str, value: JsonValue, reading: Reading) -> None:
    """Sets of skills, which may name theirs by id, and a list that tells of each."""
    if not isinstance(value, dict) or value.keys().isdisjoint({"sets", "list"}):
        JSON_RESUME["skills"](key, value, reading)
        return
    reading.open_section("skills")
    skills = JsonObject(key, value)
    sets = entries_at(skills.at("sets"), skills.take("sets") or [])
    each_skill = entries_at(skills.at("list"), skills.take("list") or [])
    for path, one in sets:
        read_entry(path, one, entries.read_skill, reading)
    _name_by_id(dict(_ids(each_skill)), reading)
    section = OtherSection(title=key)
    for path, one in each_skill:
        skill = JsonObject(path, {"name": one} if isinstance(one, str) else one)
        _read_skill(skill, section, reading)
        leave_rest(skill, reading)
    add_section(section, reading)
    read_about(skills, key, reading)


def _ids(listed_skills: list[tuple[str, JsonValue]]) -> list[tuple[str, str]]:
    named = [each for _, each in listed_skills if isinstance(each, dict)]
    pairs = [(scalar_text(each.get("id")), scalar_text(each.get("name"))) for each in named]
    return [(number, name) for number, name in pairs if number and name]


def _name_by_id(names: Mapping[str, str], reading: Reading) -> None:
    for group, skills in reading.cv.skills.items():
        reading.cv.skills[group] = [names.get(skill, skill) for skill in skills]


def _read_skill(skill: JsonObject, section: OtherSection, reading: Reading) -> None:
    """Adds a skill that no set has, its level, and what is told of it."""
    name, level, cv = skill.text("name"), skill.text("level"), reading.cv
    if name and not any(name in names for names in cv.skills.values()):
        cv.skills.setdefault(GENERAL, []).append(name)
    if level and cv.skill_levels.setdefault(name, level) != level:
        reading.leave(skill.at("level"), level)
    told, proof = skill.prose("summary"), skill.text("proof", "url")
    if told or proof:
        section.entries.append(OtherEntry(title=name, url=proof, description=told))


def _disposition(key: str, value: JsonValue, reading: Reading) -> None:
    """What the person looks for, as stated: one entry a wish."""
    wishes = JsonObject(key, value)
    section = OtherSection(title=key)
    for wish in wishes.keys:
        told = [(at.partition("[")[0], text) for at, text in leaves("", wishes.take(wish))]
        texts = [f"{part}: {text}" if part else text for part, text in told]
        section.entries.append(OtherEntry(title=wish, description=", ".join(texts)))
    add_section(section, reading)


SECTIONS: Mapping[str, ReadSection] = {
    **JSON_RESUME,
    "info": _info,
    "contact": _contact,
    "location": _location,
    "social": _social,
    "employment": listed("experience", entries.read_work),
    "education": _education,
    "skills": _skills,
    "testimonials": listed("references", entries.read_reference),
    "disposition": _disposition,
}
"""Each section that has fields of its own; others stand under their key."""
