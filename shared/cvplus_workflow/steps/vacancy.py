"""A job description as lines, with what it says of itself: title, skills, requirements.

Read are plain text, Markdown, and the job schema of JSON Resume
(https://github.com/jsonresume/jsonresume.org, `job-schema.json`): its title,
description, responsibilities, qualifications and skills.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .reading.text import cleaned, folded

_LIST_MARK = re.compile(r"^\s*(?:[-*+•‣▪●○◦–—·✓✔➢►]|\d{1,2}[.)])\s+")
_LINK = re.compile(r"\[([^\[\]]{0,200})\]\([^()]{0,500}\)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_MARKS = re.compile(r"^[#>\s]+|[*_`]{1,3}(?=\w)|(?<=[\w.:,])[*_`]{1,3}")
_GENDER = re.compile(
    r"\((?:[mwfdxhivg]\s*[/|,*]\s*){1,3}[mwfdxhivg]\)|\(all genders\)", re.IGNORECASE
)

_REQUIRED_HEADING = re.compile(
    r"requirement|qualifi|skill|you (?:have|bring|need|are)|your profile|who you are"
    r"|look(?:ing)? for|must.have|nice.to.have|essential|desirable|expect|anforderung|profil"
    r"|mitbring|bringst|voraussetzung|kenntnis|competen|requis|perfil|eisen|jij hebt|wij vragen"
    r"|wymagan|oczekuj"
)
_CUE = re.compile(
    r"experience (?:with|in|of|using)|knowledge|familiar|proficien|understanding of"
    r"|expertise in|skilled in|degree in|erfahrung|kenntnis|studium|ausbildung (?:als|in|zu)"
    r"|connaissance|maitris|diplome|experience en|experiencia|conocimiento|dominio de|conoscenz"
    r"|esperienza|laurea|ervaring|kennis van|opleiding|znajomosc|doswiadczeni|wyksztalceni"
)
_OFFER = re.compile(
    r"^(?:what )?(?:we offer|our offer|benefits|perks|what you get|wir bieten|unser angebot"
    r"|deine vorteile|nous (?:vous )?(?:offrons|proposons)|avantages|(?:que )?ofrecemos"
    r"|beneficios|(?:cosa )?offriamo|(?:wat )?wij bieden|(?:co )?oferujemy)"
)
_HEADING_LENGTH = 60


@dataclass(frozen=True)
class VacancyLine:
    """A line of the description; `required` if it says what the person must bring."""

    text: str
    required: bool


@dataclass(frozen=True)
class Vacancy:
    """What is looked for; `stated` are skills that the description lists as such."""

    title: str
    lines: tuple[VacancyLine, ...] = ()
    stated: tuple[str, ...] = ()
    organisation: str = ""


def vacancy_of(description: str, role: str) -> Vacancy:
    """The vacancy that a text describes; `role` goes before the title that it states itself."""
    text = cleaned(description)
    document = _document(text)
    if document is None:
        return Vacancy(_title(role or _first_heading(text)), tuple(_lines(text)))
    lines = (
        *_lines(_joined(document, "description", "responsibilities")),
        *(VacancyLine(_bare(each), True) for each in _strings(document.get("qualifications"))),
    )
    stated = tuple(dict.fromkeys(_skills(document.get("skills"))))
    company = _joined(document, "company")
    return Vacancy(_title(role or _joined(document, "title")), lines, stated, company)


def _title(text: str) -> str:
    return " ".join(_GENDER.sub(" ", text).split())


def _first_heading(text: str) -> str:
    """The line that a description begins with, if it is a heading."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    bare = _bare(line)
    is_title = bare and not _LIST_MARK.match(line) and _is_heading(line, bare)
    return "" if not is_title or _REQUIRED_HEADING.search(folded(bare)) else bare


def _document(text: str) -> dict[str, Any] | None:
    """The JSON object that the text is, or None: then it is prose."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _joined(document: dict[str, Any], *names: str) -> str:
    return "\n".join(text for name in names for text in _strings(document.get(name)))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _skills(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield from _strings(item.get("name"))
            yield from _strings(item.get("keywords"))
        else:
            yield from _strings(item)


def _lines(text: str) -> Iterator[VacancyLine]:
    required = False
    for line in text.splitlines():
        bare, listed = _bare(line), _LIST_MARK.match(line) is not None
        if not bare:
            continue
        if not listed and _is_heading(line, bare):
            required = _REQUIRED_HEADING.search(folded(bare)) is not None
            continue
        offered = _OFFER.match(folded(bare)) is not None
        for sentence in _sentences(bare):
            cue = _CUE.search(folded(sentence)) is not None
            yield VacancyLine(sentence, not offered and (required or cue))


def _is_heading(line: str, bare: str) -> bool:
    short = len(bare) <= _HEADING_LENGTH and len(bare.split()) <= 8
    marked = line.lstrip().startswith("#") or bare.endswith(":")
    return (marked and short) or (short and bare[-1].isalpha() and not re.search(r"[,;.]", bare))


def _sentences(text: str) -> Iterable[str]:
    return (each for each in re.split(r"(?<=[.!?;])\s+", text) if each)


def _bare(line: str) -> str:
    """A line without the marks of lists, Markdown and HTML."""
    line = _TAG.sub(" ", _LINK.sub(r"\1", _LIST_MARK.sub("", line)))
    return " ".join(_GENDER.sub(" ", _MARKS.sub("", line)).split())
