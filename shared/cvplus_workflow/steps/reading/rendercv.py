"""RenderCV (https://docs.rendercv.com): free sections, each a list of one entry type.

An entry's keys tell its type; a section's heading tells where entries go that may be
anything. Texts are Markdown. `design`, `locale` and `settings` hold no words of the CV.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping

from ..cv import Interest, Language, OtherSection, Profile
from . import json_entries as entries
from .contact import ContactReader
from .document import Section, read_section
from .draft import Reading
from .json_entries import Read, add_profile, leave_rest, read_entry
from .json_sections import add_section, entries_at, read_other_entries
from .json_values import JsonObject, JsonValue, leaves, prose, scalar_text
from .list_sections import parted
from .markdown_blocks import blocks_of
from .section_names import kind_of

_LINK = re.compile(r"\[([^\[\]]+)\]\(([^()\s]+)\)")
_INNER_BULLET = re.compile(r"(?<!\d) - (?!\d)")
_SMALL_WORDS = re.compile(
    "a|and|as|at|but|by|for|from|if|in|into|like|near|nor|of|off|on|onto|or|over|so|than|that|"
    "to|upon|when|with|yet"
)
_LINE = re.compile(r"line (\d+)")

ACCOUNTS: Mapping[str, str] = {
    "LinkedIn": "https://linkedin.com/in/",
    "GitHub": "https://github.com/",
    "GitLab": "https://gitlab.com/",
    "IMDB": "https://imdb.com/name/",
    "Instagram": "https://instagram.com/",
    "ORCID": "https://orcid.org/",
    "StackOverflow": "https://stackoverflow.com/users/",
    "ResearchGate": "https://researchgate.net/profile/",
    "YouTube": "https://youtube.com/@",
    "Google Scholar": "https://scholar.google.com/citations?user=",
    "Telegram": "https://t.me/",
    "Leetcode": "https://leetcode.com/u/",
    "X": "https://x.com/",
}
"""Where the format says that a user name of a network leads."""

LANGUAGES: Mapping[str, str] = {
    "danish": "da",
    "dutch": "nl",
    "english": "en",
    "french": "fr",
    "german": "de",
    "hindi": "hi",
    "indonesian": "id",
    "italian": "it",
    "japanese": "ja",
    "korean": "ko",
    "mandarin_chineese": "zh",
    "polish": "pl",
    "portuguese": "pt",
    "russian": "ru",
    "spanish": "es",
    "turkish": "tr",
}
"""Names of a locale's language, spelt as the format spells them, and their tags."""


def is_rendercv(document: JsonValue) -> bool:
    """Whether a document has a `cv` with a name or sections, and is no written result."""
    cv = document.get("cv") if isinstance(document, dict) else None
    if not isinstance(cv, dict) or not isinstance(document, dict):
        return False
    return "schemaVersion" not in document and not cv.keys().isdisjoint({"name", "sections"})


def read_rendercv(document: JsonValue) -> Reading:
    """Reads a RenderCV document.

    Raises `invalid-argument` naming the path where a section or an entry has a shape
    that can't be read.
    """
    top = JsonObject("", document)
    cv = JsonObject("cv", top.take("cv"))
    sections = cv.take("sections")
    reading = Reading(source_text="\n".join(_source(cv, sections)))
    reading.language = _language(top.take("locale")) or _language(top.take("locale_catalog"))
    _read_person(cv, reading)
    named = JsonObject("cv.sections", sections if sections is not None else {})
    for key in named.keys:
        _read_section(key, named.at(key), named.take(key), reading)
    return reading


def _source(cv: JsonObject, sections: JsonValue) -> Iterable[str]:
    for _, text in [*cv.left(), *leaves("", sections)]:
        yield prose(text)


def _language(locale: JsonValue) -> str:
    """The tag of a locale's language; older documents give the tag itself."""
    stated = scalar_text(locale.get("language")) if isinstance(locale, dict) else ""
    return stated if stated and len(stated) == 2 else LANGUAGES.get(stated or "", "")


def _prepared(value: JsonValue, *, lasting: bool) -> JsonValue:
    """An entry freed of Markdown marks, a linked name with its `url`.

    One that lasts and has a start but no end goes on: so the format shows it.
    """
    if isinstance(value, str):
        return {"summary": value}
    if not isinstance(value, dict):
        return value
    plain = {key: _without_marks(each) for key, each in value.items()}
    for key in ("name", "title"):
        if (match := _link_of(value.get(key))) and not plain.get("url"):
            plain |= {key: prose(match[1]), "url": match[2]}
    if isinstance(highlights := plain.get("highlights"), list):
        plain["highlights"] = list(map(_nested_bullets, highlights))
    if lasting and plain.get("start_date") and not (plain.get("end_date") or plain.get("date")):
        plain["current"] = "true"
    return plain


def _without_marks(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [_without_marks(each) for each in value]
    return prose(value) if isinstance(value, str) else value


def _link_of(value: JsonValue) -> re.Match[str] | None:
    """The link that a text consists of."""
    return _LINK.fullmatch(value.strip().strip("*")) if isinstance(value, str) else None


def _nested_bullets(value: JsonValue) -> JsonValue:
    """Inner bullets, which the format writes after " - ", each on its own line."""
    return _INNER_BULLET.sub("\n– ", value) if isinstance(value, str) else value


def _read_person(cv: JsonObject, reading: Reading) -> None:
    reading.open_section("personalInfo")
    info = reading.cv.personal_info
    info.name, info.title = cv.text("name"), cv.text("headline", "label")
    info.location, info.image = cv.text("location"), cv.text("photo")
    info.email = _first(cv, "email")
    info.phone = _first(cv, "phone").removeprefix("tel:")
    info.website = _first(cv, "website")
    _each(cv, "social_networks", _account, reading)
    _each(cv, "custom_connections", _connection, reading)
    leave_rest(cv, reading)


def _first(cv: JsonObject, key: str) -> str:
    """The first of the texts of a key; further ones are left."""
    texts = cv.texts(key)
    if texts[1:]:
        cv.put(key, list(texts[1:]))
    return texts[0] if texts else ""


def _each(cv: JsonObject, key: str, read: Read, reading: Reading) -> None:
    for path, each in entries_at(cv.at(key), cv.take(key) or []):
        read_entry(path, each, read, reading)


def _account(entry: JsonObject, reading: Reading) -> None:
    network, username = entry.text("network"), entry.text("username")
    base = ACCOUNTS.get(network, "")
    url = f"{base}{username}" if base and username else ""
    add_profile(Profile(network=network, username=username, url=url), reading)


def _connection(entry: JsonObject, reading: Reading) -> None:
    """A connection of the person's own making; its icon says nothing."""
    entry.take("fontawesome_icon")
    label, url = entry.text("placeholder"), entry.text("url")
    if label or url:
        add_profile(Profile(network=label, url=url), reading)


def _title_of(key: str) -> str:
    """The heading that the format shows for a section's key."""
    if " " in key or key != key.lower():
        return key
    words = key.split("_")
    return " ".join(word if _SMALL_WORDS.fullmatch(word) else word.capitalize() for word in words)


def _read_section(key: str, path: str, value: JsonValue, reading: Reading) -> None:
    title = _title_of(key)
    kind = kind_of(title)
    found = entries_at(path, value) if value else []
    if not found:
        return
    keys = {name for _, each in found if isinstance(each, dict) for name in each}
    reader = _reader_of(keys, kind)
    if not keys or keys <= _TEXT_KEYS or (keys >= _ONE_LINE and kind and not reader):
        _read_texts(Section(kind, title, 0), found, reading)
    elif reader:
        reading.open_section(reader[0], title)
        for at, each in found:
            read_entry(at, _prepared(each, lasting=reader[0] in _LASTING), reader[1], reading)
    else:
        _read_free(title, found, reading)


def _reader_of(keys: set[str], kind: str) -> tuple[str, Read] | None:
    """Where entries with these keys go, and their reader; None if nothing tells."""
    if keys >= _ONE_LINE:
        return (kind, _LABELLED[kind]) if kind in _LABELLED else None
    if "institution" in keys:
        return "education", entries.read_study
    if not keys.isdisjoint({"company", "position"}):
        kind = "volunteer" if kind == "volunteer" else "experience"
    elif "authors" in keys:
        kind = "publications"
    return (kind, _NAMED[kind]) if kind in _NAMED else None


def _read_free(title: str, found: list[tuple[str, JsonValue]], reading: Reading) -> None:
    section = OtherSection(title=title)
    read_other_entries(((path, _titled(each)) for path, each in found), section, reading)
    add_section(section, reading)


def _titled(value: JsonValue) -> JsonValue:
    """An entry of a section that has no model, its label as its title."""
    if not isinstance(value, dict):
        return _prepared(value, lasting=True)
    names = {"label": "title", "details": "summary", **dict.fromkeys(_TEXT_KEYS, "summary")}
    renamed = {names.get(key, key): each for key, each in value.items()}
    return _prepared(renamed if len(renamed) == len(value) else value, lasting=True)


def _skill_group(entry: JsonObject, reading: Reading) -> None:
    group = entry.text("label")
    reading.cv.skills.setdefault(group, []).extend(parted([entry.prose("details")]))


def _language_level(entry: JsonObject, reading: Reading) -> None:
    language = Language(name=entry.text("label"), level=entry.prose("details"))
    reading.cv.languages.append(language)


def _interest(entry: JsonObject, reading: Reading) -> None:
    keywords = parted([entry.prose("details")])
    reading.cv.interests.append(Interest(name=entry.text("label"), keywords=keywords))


def _read_texts(section: Section, found: list[tuple[str, JsonValue]], reading: Reading) -> None:
    """Reads texts and bullets as the Markdown section that they are."""
    lines: list[str] = []
    starts, paths = [], []
    for path, value in found:
        marked = _marked(value)
        starts.append(len(lines) + 1)
        paths.append(path)
        lines += [*marked.split("\n"), *([""] if isinstance(value, str) else [])]
    section.blocks = blocks_of("\n".join(lines))
    inner = Reading(cv=reading.cv)
    contact = ContactReader(reading.cv.personal_info)
    read_section(section, inner, contact)
    for number, text in contact.left:
        inner.leave_line(number, text)
    for left in inner.unplaced:
        match = _LINE.fullmatch(left.where)
        at = bisect_right(starts, int(match[1])) - 1 if match else 0
        reading.leave(paths[max(at, 0)], left.text)


def _marked(value: JsonValue) -> str:
    """An entry as Markdown: a paragraph, a bullet, or a bullet with a label."""
    if not isinstance(value, dict):
        return scalar_text(value) or ""
    label = scalar_text(value.get("label")) or ""
    text = " ".join(text for at, text in leaves("", value) if at != "label")
    return "- " + (f"{label}: {text}" if label else text).replace("\n", "\n  ")


_TEXT_KEYS = frozenset({"bullet", "number", "reversed_number"})
_ONE_LINE = frozenset({"label", "details"})
_LABELLED: Mapping[str, Read] = {
    "skills": _skill_group,
    "languages": _language_level,
    "interests": _interest,
}
"""Readers of entries with label and details, by the kind of section."""

_LASTING = frozenset({"experience", "volunteer", "education", "projects"})
_NAMED: Mapping[str, Read] = {
    "experience": entries.read_work,
    "volunteer": entries.read_volunteer,
    "projects": entries.read_project,
    "awards": entries.read_award,
    "certifications": entries.read_certificate,
    "publications": entries.read_publication,
    "interests": entries.read_interest,
    "languages": entries.read_language,
    "references": entries.read_reference,
}
"""Readers of entries with a name, by the kind of section."""
