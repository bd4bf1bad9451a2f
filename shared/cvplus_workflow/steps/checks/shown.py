"""Checks of what the finished page shows of the CV, and how."""

from collections import Counter
from collections.abc import Iterator

from ..cv import ParsedCv
from ..page_text import PageContent, placeholders_in, words_of
from .verdict import Check, required, warned

WORDS_REQUIRED = 0.95
"""Share of the CV's words that the page must show."""
USUAL_PAGES = 3
"""Pages up to which a CV is of a usual length."""

_NOT_TEXT = frozenset(
    {"start_date", "end_date", "date", "start", "end", "on", "expiry_date", "image"}
    | {"url", "website", "linkedin", "github", "verification_url", "network"}
)
"""Fields that a page may show in another form (dates, addresses) or not as text."""


def text_checks(cv: ParsedCv, page: PageContent, unplaced: int) -> Iterator[Check]:
    """Placeholders left open, text that fits no field, and the CV's words in the page."""
    open_ones = len(placeholders_in(page.text))
    reason = f"Placeholders left open: {open_ones}."
    yield warned("placeholders", ok=not open_ones, reason=reason)
    reason = f"Passages of the document that fit no field: {unplaced}."
    yield warned("unplaced-text", ok=not unplaced, reason=reason)
    yield _words_found(cv, page)


def _words_found(cv: ParsedCv, page: PageContent) -> Check:
    """Features repeat text of the CV, so only what stands outside of them counts."""
    wanted = _wanted_words(cv)
    shown = Counter(words_of(page.own_text))
    total, found = wanted.total(), (wanted & shown).total()
    share = found / total if total else 1.0
    reason = f"{found} of {total} words of the CV found in the page ({share:.1%})."
    return required("words-found", ok=share >= WORDS_REQUIRED, reason=reason)


def _wanted_words(cv: ParsedCv) -> Counter[str]:
    """Every word as often as the CV says it; contact details and headings need be said once."""
    body = cv.model_dump(exclude={"personal_info", "sections"})
    groups = [heading for heading in cv.skills if heading != "general"]
    once = [*_leaves(cv.personal_info.model_dump()), *(section.title for section in cv.sections)]
    said = Counter(word for text in (*_leaves(body), *groups) for word in words_of(text))
    return said | Counter({word for text in once for word in words_of(text)})


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in _NOT_TEXT:
                yield from _leaves(item)


def look_checks(page: PageContent, pages: int, missing_glyphs: int) -> Iterator[Check]:
    """Glyphs, the main heading, texts for pictures, and the length on paper."""
    reason = f"Characters that no font here has: {missing_glyphs}."
    yield warned("glyphs", ok=not missing_glyphs, reason=reason)
    headings = f"Main headings (h1): {page.headings}; 1 is expected."
    yield required("one-heading", ok=page.headings == 1, reason=headings)
    bare = page.images_without_text
    images = f"Images without an alternative text: {bare} of {page.images}."
    yield required("image-texts", ok=not bare, reason=images)
    length = f"Pages: {pages}; 1 to {USUAL_PAGES} are usual."
    judge = warned if pages else required
    yield judge("page-length", ok=1 <= pages <= USUAL_PAGES, reason=length)
