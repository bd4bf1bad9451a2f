"""The packaged fonts, cut down to the characters that a document uses.

A subset is a WOFF file (https://www.w3.org/TR/WOFF/) small enough to travel inside the
page, so neither the page nor the PDF needs a font of the system.
"""

import unicodedata
from base64 import b64encode
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

REGULAR, BOLD = 400, 700

_FILES = {
    "EB Garamond": "EBGaramond",
    "Gentium Book Plus": "GentiumBookPlus",
    "Lato": "Lato",
    "Noto Sans": "NotoSans",
    "Open Sans": "OpenSans",
    "Open Sauce Sans": "OpenSauceSans",
    "Poppins": "Poppins",
    "Raleway": "Raleway",
    "Roboto": "Roboto",
    "Source Sans 3": "SourceSans3",
}
_EAST_ASIAN = {
    "Noto Sans JP": "NotoSansJP",
    "Noto Sans KR": "NotoSansKR",
    "Noto Sans SC": "NotoSansSC",
}
_STYLES = {REGULAR: "Regular", BOLD: "Bold"}

# Always in a subset: so most documents share one, and what a browser adds later fits.
_ALWAYS = frozenset(range(0x20, 0x7F)) | frozenset(map(ord, "\u00a0–—‘’“”„…•·×©®™€£"))
_LATIN_1 = frozenset(range(0xA0, 0x100))

# Ligatures are left out: text copied from a PDF would hold U+FB01 for "fi".
_FEATURES = ["ccmp", "kern", "locl", "mark", "mkmk"]


@dataclass(frozen=True)
class EmbeddedFonts:
    """Fonts for one document.

    `css` holds the @font-face rules, `body` and `heading` are values for font-family,
    `missing` are the characters that no packaged font has a glyph for.
    """

    css: str
    body: str
    heading: str
    missing: tuple[str, ...]


NO_FONTS = EmbeddedFonts(css="", body="sans-serif", heading="sans-serif", missing=())
"""For a draft that is only read for the characters it shows."""


def _path(family: str, weight: int) -> Path:
    import rendercv_fonts

    if family in _EAST_ASIAN:
        folder, stem = "Noto Sans", _EAST_ASIAN[family]
    else:
        folder, stem = family, _FILES[family]
    return Path(rendercv_fonts.__file__).parent / folder / f"{stem}-{_STYLES[weight]}.ttf"


@lru_cache(maxsize=64)
def covered(family: str) -> frozenset[int]:
    """The code points that a family has glyphs for."""
    from fontTools.ttLib import TTFont

    with TTFont(_path(family, REGULAR), lazy=True) as font:
        return frozenset(font["cmap"].getBestCmap())


@lru_cache(maxsize=256)
def subset(family: str, weight: int, characters: frozenset[int]) -> bytes:
    """The family's face of this weight as WOFF, with glyphs for `characters` only.

    It keeps the time that is in the family's file, so equal CVs make equal pages.
    """
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options(
        flavor="woff",
        hinting=False,
        notdef_outline=True,
        layout_features=_FEATURES if family in _FILES and family != "Noto Sans" else ["*"],
    )
    with TTFont(_path(family, weight), lazy=True, recalcTimestamp=False) as font:
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=characters)
        subsetter.subset(font)
        font.flavor = "woff"
        content = BytesIO()
        font.save(content)
    return content.getvalue()


def embedded_fonts(text: str, body: str, heading: str) -> EmbeddedFonts:
    """Fonts that show `text` in the families `body` and `heading`, with fallbacks.

    A character that the family lacks is taken from Noto Sans, then from its Chinese,
    Japanese and Korean forms.
    """
    used = _visible(text)
    shared = _shared(used)
    rules = [_face("CV Body", body, weight, shared) for weight in (REGULAR, BOLD)]
    if heading != body:
        rules.append(_face("CV Heading", heading, BOLD, shared))
    lacking = used - (covered(body) & covered(heading))
    fallbacks, missing = _fallbacks(lacking, text)
    rules += [
        _face(f"CV {family}", family, weight, frozenset(points))
        for family, points in fallbacks.items()
        for weight in (REGULAR, BOLD)
    ]
    rest = "".join(f", 'CV {family}'" for family in fallbacks) + ", sans-serif"
    return EmbeddedFonts(
        css="\n".join(rules),
        body=f"'CV Body'{rest}",
        heading=("'CV Body'" if heading == body else "'CV Heading', 'CV Body'") + rest,
        missing=tuple(map(chr, sorted(missing))),
    )


def _visible(text: str) -> frozenset[int]:
    """Code points of `text` that need a glyph: no controls, no separators.

    Composed first, as a shaper takes the composed glyph for a letter and its accent.
    """
    characters = set(unicodedata.normalize("NFC", text))
    return frozenset(
        ord(character) for character in characters if unicodedata.category(character)[0] not in "CZ"
    )


def _shared(used: frozenset[int]) -> frozenset[int]:
    """`used`, its capitals (headings may be set in them), and what is always there."""
    used |= frozenset(map(ord, "".join(map(chr, used)).upper()))
    latin = _LATIN_1 if used & _LATIN_1 - _ALWAYS else frozenset()
    return used | _ALWAYS | latin


def _fallbacks(
    lacking: frozenset[int], text: str
) -> tuple[dict[str, frozenset[int]], frozenset[int]]:
    """Which family gives which of the lacking characters, and what none of them has."""
    taken: dict[str, frozenset[int]] = {}
    for family in ("Noto Sans", *_east_asian_order(text)):
        if not lacking:
            break
        if found := lacking & covered(family):
            taken[family] = found
            lacking -= found
    return taken, lacking


def _east_asian_order(text: str) -> Collection[str]:
    """The script tells which forms of shared ideographs are meant: kana, Hangul, neither."""
    if any("\u3040" <= character <= "\u30ff" for character in text):
        return ("Noto Sans JP", "Noto Sans SC", "Noto Sans KR")
    if any("\uac00" <= character <= "\ud7a3" for character in text):
        return ("Noto Sans KR", "Noto Sans SC", "Noto Sans JP")
    return ("Noto Sans SC", "Noto Sans JP", "Noto Sans KR")


@lru_cache(maxsize=256)
def _face(name: str, family: str, weight: int, characters: frozenset[int]) -> str:
    data = b64encode(subset(family, weight, characters & covered(family))).decode("ascii")
    return (
        f"@font-face{{font-family:'{name}';font-style:normal;font-weight:{weight};"
        f"src:url(data:font/woff;base64,{data}) format('woff')}}"
    )
