"""Names of languages, as the Unicode Common Locale Data Repository lists them."""

import re
from collections.abc import Mapping
from functools import cache

from .reading.text import folded

LOCALES = ("en", "de", "fr", "es", "it", "nl", "pl")
"""Languages that names of languages are known in, besides the CV's own."""

_ALSO_CALLED = {
    "castellano": "es",
    "castilian": "es",
    "farsi": "fa",
    "hochdeutsch": "de",
    "mandarin": "cmn",
    "mandarino": "cmn",
    "mandarijn": "cmn",
    "mandarynski": "cmn",
}
_WORDS_FOR_LANGUAGE = "language sprache langue idioma lengua lingua taal jezyk"
_END = re.compile(r"\s*[(:,–—/|]|\s+-\s+")


def language_code(name: str, cv_language: str = "") -> str:
    """The BCP 47 tag of a language by its name, or "" where that is not certain.

    A remark in brackets or after a dash is not part of the name. `cv_language` is the tag
    of the CV's language, in which the name may be too.
    """
    plain = _plain(_END.split(name.strip(), maxsplit=1)[0])
    if plain in _ALSO_CALLED:
        return _ALSO_CALLED[plain]
    own = cv_language.lower().split("-")[0]
    found = {_names(locale).get(plain, "") for locale in dict.fromkeys((*LOCALES, own))} - {""}
    return found.pop().replace("_", "-") if len(found) == 1 else ""


def _plain(name: str) -> str:
    words = folded(name).split()
    return " ".join(word for word in words if word not in _WORDS_FOR_LANGUAGE.split()) or " ".join(
        words
    )


@cache
def _names(locale: str) -> Mapping[str, str]:
    """Codes by name in a locale; none for a locale that the repository lacks."""
    from babel import Locale, UnknownLocaleError

    try:
        listed = Locale.parse(locale).languages
    except (UnknownLocaleError, ValueError):
        return {}
    return {folded(name): code for code, name in listed.items()}
