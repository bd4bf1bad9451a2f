"""Repairs of glyphs: doubled letters, separate accents, ligatures, codes that are no text."""

import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from .pdf_glyphs import Glyph

MISSING = "\ufffd"
"""Stands for a glyph of which the font does not say what it is."""

_ACCENTS = {
    "\u00b4": "\u0301",
    "\u02ca": "\u0301",
    "\u0060": "\u0300",
    "\u02cb": "\u0300",
    "\u00a8": "\u0308",
    "\u02c6": "\u0302",
    "^": "\u0302",
    "\u02dc": "\u0303",
    "~": "\u0303",
    "\u02c7": "\u030c",
    "\u02d8": "\u0306",
    "\u02d9": "\u0307",
    "\u02dd": "\u030b",
    "\u02da": "\u030a",
    "\u00b0": "\u030a",
    "\u00af": "\u0304",
    "\u00b8": "\u0327",
    "\u02db": "\u0328",
}
"""Spacing accents, which TeX sets over a letter, and the combining ones that are meant."""

_DOTLESS = {"\u0131": "i", "\u0237": "j"}
_TEX_LIGATURES = {
    **{0x0B + at: text for at, text in enumerate(("ff", "fi", "fl", "ffi", "ffl"))},
    **{0x1B + at: text for at, text in enumerate(("ff", "fi", "fl", "ffi", "ffl"))},
}
"""Codes of TeX's encodings OT1 and T1, which fonts without names leave as control codes."""

_MISNAMED = {"\u019f": "ti", "\u01a9": "tt"}
"""Capitals that some fonts give as the text of their ligatures of ti and tt."""

_LINE_END_HYPHEN = "\x02"
"""What PDFium gives for a hyphen at the end of a line."""

_NEAR = 0.1


def repaired(glyphs: list[Glyph]) -> list[Glyph]:
    """The glyphs with whole letters, in the order of the content; icons keep their codes."""
    lettered = [_lettered(each) for each in _without_doubles(glyphs)]
    return _with_accents(_with_named_ligatures([each for each in lettered if each.text]))


def _without_doubles(glyphs: list[Glyph]) -> list[Glyph]:
    """Without letters drawn again almost in place, as fake bold and shadows are."""
    seen: dict[tuple[str, int, int], list[Glyph]] = {}
    kept = []
    for each in glyphs:
        cells = [(each.text, *_cell(each, dx, dy)) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
        if any(_doubles(each, other) for cell in cells for other in seen.get(cell, ())):
            continue
        seen.setdefault((each.text, *_cell(each, 0, 0)), []).append(each)
        kept.append(each)
    return kept


_CELL = 4.0


def _cell(glyph: Glyph, right: int, down: int) -> tuple[int, int]:
    return int(glyph.left // _CELL) + right, int(glyph.baseline // _CELL) + down


def _doubles(glyph: Glyph, other: Glyph) -> bool:
    near = min(_NEAR * glyph.size, 0.45 * (glyph.right - glyph.left))
    apart = max(abs(glyph.left - other.left), abs(glyph.baseline - other.baseline))
    blank = not glyph.text.strip()
    return glyph.source != other.source and apart <= near and not blank


def _lettered(glyph: Glyph) -> Glyph:
    """The glyph with its letters; with no text if it stands for none."""
    text, code = glyph.text, ord(glyph.text)
    if text == _LINE_END_HYPHEN and not glyph.unmapped:
        return replace(glyph, text="-")
    if code in _TEX_LIGATURES and not glyph.look.icon:
        return replace(glyph, text=_TEX_LIGATURES[code], unmapped=False)
    if 0xFB00 <= code <= 0xFB06:
        return replace(glyph, text=unicodedata.normalize("NFKC", text))
    if code == 0 and not glyph.look.icon:
        return replace(glyph, unmapped=True)
    control = code != 0xAD and unicodedata.category(text) in {"Cc", "Cs", "Cf"}
    if control and not glyph.unmapped:
        return replace(glyph, text=" " if text in "\t\n\r" else "")
    return glyph


def _with_accents(glyphs: list[Glyph]) -> list[Glyph]:
    """Separate accents joined to the letter that they stand over."""
    result: list[Glyph] = []
    waiting: Glyph | None = None
    for each in glyphs:
        base = result[-1] if result else None
        if waiting is not None and (joined := _accented(each, waiting)):
            result[-1] = joined
            waiting = None
        elif _is_accent(each) and base is not None and (joined := _accented(base, each)):
            result[-1] = joined
        else:
            result.append(each)
            waiting = each if _is_accent(each) else None
    return result


def _is_accent(glyph: Glyph) -> bool:
    return glyph.text in _ACCENTS or bool(unicodedata.combining(glyph.text[0]))


def _accented(base: Glyph, accent: Glyph) -> Glyph | None:
    """`base` under `accent`, None if they do not stand over each other or make no letter."""
    if not base.text[-1].isalpha() or not _over(base, accent):
        return None
    letter = _DOTLESS.get(base.text, base.text)
    composed = unicodedata.normalize("NFC", letter + _ACCENTS.get(accent.text, accent.text))
    return replace(base, text=composed) if len(composed) == len(base.text) else None


def _over(base: Glyph, accent: Glyph) -> bool:
    slack = 0.1 * base.size
    beside = not base.left - slack <= accent.middle <= base.right + slack
    return not beside and abs(base.baseline - accent.baseline) <= 0.7 * base.size


def _with_named_ligatures(glyphs: list[Glyph]) -> list[Glyph]:
    """Ligatures that fonts misname, where letters beside them are small ones."""
    for at, each in enumerate(glyphs):
        if each.text in _MISNAMED and _among_small_letters(glyphs, at):
            glyphs[at] = replace(each, text=_MISNAMED[each.text])
    return glyphs


def _among_small_letters(glyphs: list[Glyph], at: int) -> bool:
    beside = [*glyphs[max(at - 1, 0) : at], *glyphs[at + 1 : at + 2]]
    return any(each.text[-1].islower() for each in beside)


LIGATURES = ("fi", "fl", "ff", "ffi", "ffl", "ti", "tt", "ft")
"""Letters that fonts draw as one glyph, so that they are lost together."""

_KNOWN_WORDS = """
    office officer official officially efficient efficiency efficiently coefficient sufficient
    difficult traffic scientific specific specified specification field fields file files filing
    final finally finance financial find finding fine fire firm first fit fitness five fix fixed
    define defined definition benefit benefits certified certificate certificates certification
    certifications qualified qualification qualifications identified identify identification
    verify verified verification classify classified classification modified modification
    notify notification notifications configured configuration profile profiles profit artificial
    significant significantly scientist unified simplified simplify infinite confident
    confidential amplifier Wi-Fi Pacific gratified diversified fiction fiber fibre graphic
    reflect reflected reflection reflects flow flows workflow workflows flexible flexibility
    influence influenced influential inflation conflict conflicts float floating flight fluent
    fluency fluently overflow dataflow airflow cashflow Snowflake Cloudflare flagship flask
    different difference differences differential effect effective effectively effects effort
    efforts offer offered offering offers staff staffing affairs affect affected affiliate
    affiliated affiliation buffer diffusion off offline offset office offshore playoff
    tradeoff handoff kickoff suffering stuff offload shuffle
    action actions active activities activity additional administration application applications
    automation certification communication communications creation documentation education
    functional implementation information initiative innovation institution integration
    international motivation multiple national operation operations optimization organization
    participated position practice production relations responsibilities solution solutions
    station statistics time times validation
    attached attend attended attention battle better bottom committee cutting letter letters matter
    pattern patterns setting settings twitter written
    shift shifts draft drafts software left lift craft aircraft after often soft gift
    Microsoft swift thrift
    Beruflich berufliche Beruf Berufserfahrung Pflege Pflicht Praktika Zertifikat Zertifikate
    Qualifikation Qualifikationen Finanzen Finanz Fachkraft Firma Führung Schrift Wirtschaft
    Gesellschaft Mitgliedschaft Betriebswirtschaft Öffentlichkeit öffentlich Veröffentlichung
    Veröffentlichungen schaffen Auffassung Geschäftsführer Kaufmann Hauptfach Erfahrung
    efficace difficile officiel différent effectuer affaires offre chiffre définition
    finances bénéfice certifié certificat qualifié conflit réflexion flexible
    ufficio ufficiale diffusione certificato qualifica finanza profilo filosofia fisica fisico
    scientifici scientifico scientifica efficiente efficienti grafica campo oceanografia
    geografia fotografia difficoltà effettuare offerta raffinato flusso flussi flux flora influenza
    oficina científico certificado finanzas filosofía física definición eficiente perfil flujo
    conflicto grafico gráfico oficial
    specificatie kwalificatie certificaat financiën oficjalny firma grafika certyfikat
"""


def with_known_ligatures(
    texts: Iterable[tuple[str, tuple[str, str]]],
) -> dict[tuple[str, str], str]:
    """Which ligature each unreadable glyph must be.

    `texts` are words with `MISSING` for the glyph, each with the glyph's font and code.
    A glyph is the same ligature in every word: it is one if words that are known to
    exist come of it, and none of any other. A glyph for which that does not hold is not in the
    result.
    """
    votes: dict[tuple[str, str], dict[str, int]] = {}
    for word, glyph in texts:
        for ligature in LIGATURES:
            if word.replace(MISSING, ligature).casefold() in _vocabulary():
                counted = votes.setdefault(glyph, {})
                counted[ligature] = counted.get(ligature, 0) + 1
    return {glyph: next(iter(each)) for glyph, each in votes.items() if len(each) == 1}


def known_ligature(word: str) -> str:
    """The ligature that `MISSING` must be in `word`; "" if none or several make a known one."""
    made = [each for each in LIGATURES if word.replace(MISSING, each).casefold() in _vocabulary()]
    return made[0] if len(made) == 1 else ""


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(_KNOWN_WORDS.casefold().split())
