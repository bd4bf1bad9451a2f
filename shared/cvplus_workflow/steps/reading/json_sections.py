"""Sections of CVs that are data: lists of entries, and sections under a key of their own."""

from collections.abc import Callable, Iterable, Mapping

from ...errors import invalid
from ..cv import OtherEntry, OtherSection
from .draft import Reading
from .json_entries import Read, leave_rest, other_entry, read_entry, read_skill
from .json_values import JsonObject, JsonValue, leaves, prose, scalar_text

ReadSection = Callable[[str, JsonValue, Reading], None]
"""Reads the value of a section; its first argument is the section's path."""


def read_sections(top: JsonObject, known: Mapping[str, ReadSection], reading: Reading) -> None:
    """Reads all sections in the document's order, an unknown one under its own key."""
    for key in top.keys:
        value = top.take(key)
        if value not in (None, "", [], {}):
            known.get(key, read_other)(key, value, reading)


def listed(kind: str, read: Read) -> ReadSection:
    """The reader of a section that is a list of entries; `kind` is a field of `ParsedCv`."""

    def read_listed(key: str, value: JsonValue, reading: Reading) -> None:
        path, value, about = _history(key, value)
        before = len(getattr(reading.cv, kind))
        for at, each in entries_at(path, value):
            read_entry(at, each, read, reading)
        if len(getattr(reading.cv, kind)) > before:
            reading.open_section(kind)
        read_about(about, key, reading)

    return read_listed


def entries_at(path: str, value: JsonValue) -> list[tuple[str, JsonValue]]:
    """Path and value of each entry of a section; a text alone is an entry.

    Raises `invalid-argument` naming the path if the section is an object.
    """
    if isinstance(value, dict):
        raise invalid(path, "must be a list")
    if isinstance(value, list):
        return [(f"{path}[{i}]", each) for i, each in enumerate(value) if each is not None]
    return [(path, value)]


def _history(key: str, value: JsonValue) -> tuple[str, JsonValue, JsonObject]:
    """The path and list of a section's entries, and what FRESH says beside them."""
    if isinstance(value, dict) and ("history" in value or "summary" in value):
        about = JsonObject(key, value)
        return about.at("history"), about.take("history") or [], about
    return key, value, JsonObject(key, {})


def read_about(about: JsonObject, title: str, reading: Reading) -> None:
    """What is said of a section as a whole becomes a section of its own."""
    if summary := about.prose("summary"):
        entry = OtherEntry(description=summary)
        add_section(OtherSection(title=title, entries=[entry]), reading)
    leave_rest(about, reading)


def read_skills(key: str, value: JsonValue, reading: Reading) -> None:
    """Skills as a list of objects or names, or as an object from group to names."""
    reading.open_section("skills")
    if isinstance(value, dict):
        groups = JsonObject(key, value)
        for group in groups.keys:
            if names := groups.texts(group):
                reading.cv.skills.setdefault(group, []).extend(names)
        leave_rest(groups, reading)
        return
    for path, each in entries_at(key, value):
        read_entry(path, each, read_skill, reading)


def read_other(key: str, value: JsonValue, reading: Reading) -> None:
    """A section of its own: a text, a list of texts, an object, or a list of objects."""
    section = OtherSection(title=prose(key))
    about = JsonObject(key, {})
    if text := scalar_text(value):
        section.entries.append(OtherEntry(description=prose(text)))
    elif isinstance(value, list) and all(isinstance(each, str) for each in value):
        texts = [prose(each) for each in map(scalar_text, value) if each]
        section.entries.append(OtherEntry(highlights=texts))
    elif isinstance(value, dict) and not isinstance(value.get("history"), list):
        read_other_entries([(key, value)], section, reading)
    else:
        path, value, about = _history(key, value)
        section.entries += _described(about)
        read_other_entries(entries_at(path, value), section, reading)
    add_section(section, reading)
    leave_rest(about, reading)


def _described(about: JsonObject) -> list[OtherEntry]:
    summary = about.prose("summary")
    return [OtherEntry(description=summary)] if summary else []


def read_other_entries(
    entries: Iterable[tuple[str, JsonValue]], section: OtherSection, reading: Reading
) -> None:
    """Reads objects into a section; other values are reported with their path."""
    for path, value in entries:
        if isinstance(value, dict):
            entry = JsonObject(path, value)
            other = other_entry(entry)
            section.entries += [other] if other != OtherEntry() else []
            leave_rest(entry, reading)
        else:
            _leave_all(path, value, reading)


def _leave_all(path: str, value: JsonValue, reading: Reading) -> None:
    for where, text in leaves(path, value):
        reading.leave(where, text)


def add_section(section: OtherSection, reading: Reading) -> None:
    """Adds a section without a model of its own, unless it is empty."""
    if section.entries:
        reading.open_section("otherSections", section.title)
        reading.cv.other_sections.append(section)
