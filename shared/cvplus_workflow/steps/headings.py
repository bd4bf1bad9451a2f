"""Headings of sections, as the CV writes them."""

from .cv import ParsedCv

LONGEST_ABBREVIATION = 3
"""Letters up to which a heading of capitals alone may be an abbreviation, such as EDV."""


def written_heading(cv: ParsedCv, kind: str) -> str:
    """The one heading that the CV writes over all of `kind`, a field of `ParsedCv`, or "".

    Capitals throughout are brought to ordinary spelling.
    """
    written = [section.title.strip() for section in cv.sections if section.kind == kind]
    return in_ordinary_spelling(written[0]) if len(written) == 1 else ""


def in_ordinary_spelling(heading: str) -> str:
    """`heading` without capitals throughout; one short word of them is an abbreviation."""
    stated = heading.strip()
    shouted = stated.isupper() and (len(stated) > LONGEST_ABBREVIATION or " " in stated)
    return stated.capitalize() if shouted else stated
