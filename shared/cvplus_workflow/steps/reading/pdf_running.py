"""Running headers and footers: what repeats at the edges of pages, and page numbers."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from .pdf_rows import Fragment, rows_of

_EDGE = 0.12
_MOST_ROWS = 3
_SHIFT = 4.0
_PAGE_NUMBER = re.compile(
    r"[-–—|·\s]*(?:(?:page|seite|p[áa]gina|pagina|strona|s\.|p\.)\s*)?"
    r"(\d{1,3})(?:\s*(?:/|of|von|de|di|van|z|sur|\|)\s*\d{1,3})?[-–—|·\s]*",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"\b(?:page|seite|p[áa]gina|pagina|strona)\s*\d{1,3}\b|(?<![\d/])\d{1,2}\s*(?:/|of|von)\s*\d{1,2}\s*$",
    re.IGNORECASE,
)
_PRINTED_AT = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s+(?:\w+\s+)?\d{1,2}[:.]\d\d\b")
_PRINTED_FROM = re.compile(r"(?:file|https?|about|data|blob|localhost)\S*", re.IGNORECASE)
_CONTACT = re.compile(r"@|\d[\d\s().\-/]{6,}\d")


@dataclass
class PageFragments:
    """The fragments of a page, with its number and height."""

    number: int
    height: float
    fragments: list[Fragment]

    def at_edge(self, fragment: Fragment) -> bool:
        """Whether a fragment stands near the top or bottom edge, in the outermost rows."""
        if _EDGE < fragment.baseline / self.height < 1 - _EDGE:
            return False
        own = round(fragment.baseline)
        return own in {*self.levels[:_MOST_ROWS], *self.levels[-_MOST_ROWS:]}

    @cached_property
    def levels(self) -> list[int]:
        """The heights at which text stands, from the top down."""
        return sorted({round(each.baseline) for each in self.fragments})


def without_running(pages: Sequence[PageFragments]) -> list[list[Fragment]]:
    """Takes headers and footers out of the pages and returns those of each page.

    What repeats but names an address or a number to reach the person, or is a name at the
    top, stays where it stands first.
    """
    repeated = _repeated(pages)
    seen: set[str] = set()
    running = []
    for page in pages:
        taken = _numbered_rows(page, len(pages))
        for each in page.fragments:
            key = _key(page, each)
            if key in repeated and not _stays(page, each, key, seen, repeated):
                taken.append(each)
        ids = {id(each) for each in taken}
        running.append([each for each in page.fragments if id(each) in ids])
        page.fragments = [each for each in page.fragments if id(each) not in ids]
    return running


def _key(page: PageFragments, fragment: Fragment) -> str:
    """Where it stands and what it says, the page's own number left open; "" in the body."""
    if not page.at_edge(fragment):
        return ""
    edge = "top" if fragment.baseline < page.height / 2 else "bottom"
    return f"{edge} {re.sub(rf'(?<![0-9]){page.number}(?![0-9])', '#', fragment.text)}"


def _repeated(pages: Iterable[PageFragments]) -> dict[str, set[str]]:
    """The texts of each key that stands at one height of two pages or more."""
    places: dict[str, list[tuple[int, float, str]]] = {}
    for page in pages:
        for each in page.fragments:
            if key := _key(page, each):
                places.setdefault(key, []).append((page.number, each.baseline, each.text))
    return {
        key: {text for *_, text in found}
        for key, found in places.items()
        if any(
            one[0] != other[0] and abs(one[1] - other[1]) <= _SHIFT
            for one in found
            for other in found
        )
    }


def _stays(
    page: PageFragments,
    fragment: Fragment,
    key: str,
    seen: set[str],
    repeated: dict[str, set[str]],
) -> bool:
    """Whether it is the first of its kind and says something of the person."""
    if key in seen:
        return False
    seen.add(key)
    text = fragment.text
    if _PRINTED_AT.search(text) or not re.search(r"[^\W\d_]", text):
        return False
    named = key.startswith("top") and len(repeated[key]) == 1
    return _reaches(fragment) or (named and not _PRINTED_FROM.match(text))


def _reaches(fragment: Fragment) -> bool:
    """Whether it tells how to reach the person; the address of a printed page does not."""
    linked = any(each.url for each in fragment.glyphs)
    return linked or (bool(_CONTACT.search(fragment.text)) and not _printed_from(fragment))


def _printed_from(fragment: Fragment) -> bool:
    return bool(_PRINTED_FROM.match(fragment.text) or _PRINTED_AT.search(fragment.text))


def _numbered_rows(page: PageFragments, count: int) -> list[Fragment]:
    """Fragments in a row at the edge that numbers the page or says when it was printed."""
    edge = [each for each in page.fragments if page.at_edge(each)]
    rows = rows_of(edge)
    outermost = [row for row in (*rows[:1], *rows[-1:]) if _is_outermost(page, row)]
    return [
        each
        for row in outermost
        if any(_numbers(page, part, count) for part in row)
        for each in row
        if _numbers(page, each, count) or not _reaches(each)
    ]


def _is_outermost(page: PageFragments, row: list[Fragment]) -> bool:
    baselines = [each.baseline for each in page.fragments]
    own = row[0].baseline
    return own <= min(baselines) + 0.5 * row[0].size or own >= max(baselines) - 0.5 * row[0].size


def _numbers(page: PageFragments, fragment: Fragment, count: int) -> bool:
    text = fragment.text.strip()
    if _PRINTED_AT.search(text) and fragment.baseline < page.height * _EDGE:
        return True
    if match := _PAGE_NUMBER.fullmatch(text):
        return int(match[1]) == page.number or (count == 1 and not text.isdigit())
    return bool(_NUMBERED.search(text)) and len(text) < 100
