"""What kind of section a heading begins.

Only whole phrases count: "Technical Experience" may hold anything.
"""

import re
from functools import lru_cache

from .person_headings import CONTACT, PERSON_HEADINGS
from .text import folded
from .work_headings import WORK_HEADINGS

_DOCUMENT_TITLES = (
    "curriculum vitae; cv; resume; lebenslauf; curriculum; zyciorys; hoja de vida; vitae; vita; "
    "tabellarischer lebenslauf; curriculum vitae et studiorum; curriculo; zivotopis; "
    "meritforteckning; curriculum vitae (cv); c.v; europass; europass curriculum vitae; "
    "curriculum vitae europass"
)
DOCUMENT_TITLES = frozenset(_DOCUMENT_TITLES.split("; "))
"""Headings that name the document, not the person."""

_LEADING = frozenset({"experience", "education", "skills"})
_JOINTS = re.compile(r"\s*(?:&|\+|/|,|\band\b|\bund\b|\bet\b|\by\b|\be\b|\ben\b|\bi\b)\s*")
_KINDS = {
    phrase: kind
    for kind, languages in {**WORK_HEADINGS, **PERSON_HEADINGS}.items()
    for phrases in languages
    for phrase in phrases.split("; ")
}


_RUN_TOGETHER = {phrase.replace(" ", ""): phrase for phrase in _KINDS}


def respaced(heading: str) -> str:
    """A known heading whose letters are set apart unevenly ("PRO FI L"), with its own blanks."""
    run = re.sub(r"\s", "", heading)
    phrase = _RUN_TOGETHER.get(folded(run), "")
    if not phrase or len(run) != len(phrase.replace(" ", "")) or phrase == folded(heading):
        return heading
    letters = iter(run)
    return "".join(" " if each == " " else next(letters) for each in phrase)


_QUALIFIERS = re.compile(
    r"^(?:selected|relevant|recent|additional|further|key|main|my|notable|significant|weitere|"
    r"relevante|ausgewahlte|wichtige|sonstige|principales|autres|mes|otras|otros|mis|altre|altri|"
    r"principali|overige|relevante|mijn|wybrane|inne|moje|dodatkowe|outras|outros)\s+"
)
_IN_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]$")


@lru_cache(maxsize=4096)
def kind_of(heading: str) -> str:
    """The kind of section under `heading`, or "" if the table does not know it.

    Of a double heading ("Education & Awards") the first part decides if it is
    experience, education or skills; of others both parts must mean the same.
    """
    phrase = folded(re.sub(r"^[\W\d_]+|[^\w)\]]+$", "", heading))
    bare = _IN_BRACKETS.sub("", phrase)
    phrases = dict.fromkeys((phrase, bare, _QUALIFIERS.sub("", bare)))
    return next(filter(None, map(_kind_of_phrase, phrases)), "")


def _kind_of_phrase(phrase: str) -> str:
    joined = _JOINTS.sub(" and ", phrase)
    whole = _KINDS.get(phrase) or _KINDS.get(joined)
    if whole:
        return whole
    kinds = [_KINDS.get(part, "") for part in joined.split(" and ")]
    return kinds[0] if kinds[0] in _LEADING or len(set(kinds)) == 1 else ""


__all__ = ["CONTACT", "DOCUMENT_TITLES", "kind_of"]
