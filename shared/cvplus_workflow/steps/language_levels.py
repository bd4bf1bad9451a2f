"""Levels of language skill, as CVs word them, on one scale.

The scale is the six levels of the Common European Framework of Reference for Languages
(CEFR, Council of Europe 2001, table 1), and `native` above them. A level that is written
is taken as it is. Words stand at the lowest level that they are used for, so that nobody
is said to know more than they say:

- A1 to C2 by the names that the CEFR and its examining bodies give to the levels
  (beginner, elementary, intermediate, upper intermediate, advanced, proficient), and
  "fluent" at C1, where the CEFR's global scale says "fluently and spontaneously";
- the grades of the Interagency Language Roundtable that professional networks use, by
  the usual equivalence: limited working 2 = B1, professional working 3 = C1, full
  professional 4 = C2;
- common words of German, French, Spanish, Italian, Dutch and Polish CVs likewise.

Test scores count only where the examining body publishes the CEFR level: Cambridge
exams, CELI, IELTS, and TOEFL iBT on its scale up to 120. All other words have no level.
"""

import re
from functools import cache
from typing import Literal, NamedTuple, get_args

from .reading.text import folded

Level = Literal["A1", "A2", "B1", "B2", "C1", "C2", "native"]
Basis = Literal["cefr", "certificate", "wording"]

SCALE: tuple[Level, ...] = get_args(Level)
"""All levels, lowest first."""

_UNKNOWN = "unknown"
_WORDINGS: dict[str, str] = {
    # A star stands for an ending. A longer wording goes before a shorter one in it.
    "A1": """
        beginner*; novice; basic; basics; basic user; elementary proficiency; breakthrough
        anfanger*; grundkenntnisse; grundlegende* kenntnisse; basiskenntnisse
        debutant*; notions; bases; niveau de base; connaissances de base; elementaire
        principiante*; basico; basica; nociones; conocimientos basicos; nivel bajo
        base; di base; livello base; elementare
        basis; basiskennis; basisniveau
        podstaw*; poczatkujac*
        """,
    "A2": """
        elementary; pre intermediate; lower intermediate; waystage
        erweiterte* grundkenntnisse; schulkenntnisse; scolaire; scolastic*
        basico alto
        """,
    "B1": """
        intermediate; moderate; conversational; threshold; independent user; good; fairly good
        working knowledge; limited working; limited working proficiency; working proficiency
        gut; gute; guten; guter; gutes; mittelstufe; mittel; fortgeschritten*; konversations*
        intermediaire; bon; bonne; bonnes; bons; niveau moyen; moyen; conversation
        medio; intermedio; nivel medio; buen; bueno; buena; buenos; buenas; conversacional
        conversazione; discreto; discreta; buono; buona; buone; intermedia
        goed; goede; gemiddeld; conversatie
        srednio zaawansowan*; sredniozaawansowan*; sredni*; dobr*; komunikatywn*
        """,
    "B2": """
        upper intermediate; vantage; very good
        sehr gut*; gehobene* mittelstufe; selbstandige* sprachverwendung; selbststandig
        tres bon*; intermediaire superieur; intermediaire avance; independant
        muy buen*; intermedio alto; medio alto; nivel alto; alto
        molto buon*; ottim*; intermedio superiore; autonomo; livello alto
        zeer goed*; heel goed*; hoger middenniveau
        bardzo dobr*; wyzszy sredni*; wyzej srednio zaawansowan*; wyzszy sredniozaawansowan*
        """,
    "C1": """
        advanced; fluent*; fluency; proficient; proficient user; effective operational proficiency
        excellent; business fluent; professional; professional proficiency
        professional working; professional working proficiency
        fliessend*; verhandlungssicher*; verhandlungsfahig*; ausgezeichnet*; hervorragend*; perfekt
        fachkundig*
        courant; couramment; avance; autonome; excellent*; professionnel*; parfait*
        fluido; fluida; con fluidez; fluidez; fluente; avanzado; avanzada; excelente*; profesional
        fluentemente; avanzato; avanzata; eccellent*; professionale; corrente; correntemente
        vloeiend*; uitstekend*; gevorderd*; professioneel
        biegl*; plynn*; zaawansowan*; doskonal*
        """,
    "C2": """
        mastery; full professional; full professional proficiency; bilingual
        full professional working proficiency; native speaker level; near native
        native like; native level; near native speaker; native level fluency
        annahernd muttersprachlich*; nahezu muttersprachlich*; muttersprachlich* niveau
        muttersprachniveau; muttersprachenniveau; zweisprachig*; bilingue*; quasi natif
        quasi bilingue; casi nativo; nivel nativo; quasi madrelingua; livello madrelingua
        bijna moedertaal*; moedertaalniveau; tweetalig*; dwujezyczn*
        prawie ojczyst*; poziom ojczyst*
        """,
    "native": """
        native; native speaker*; native or bilingual; native or bilingual proficiency
        mother tongue*; mothertongue; mother language; first language; l1
        muttersprach*; erstsprache
        langue maternelle; langues maternelles; maternel*; natif; native*; locuteur natif
        lengua materna; lenguas maternas; idioma materno; nativo; nativa; hablante nativ*; materna
        madrelingua; madre lingua; lingua madre; madrelingue
        moedertaal*; moerstaal
        ojczyst*; jezyk ojczyst*; rodzim*; rodowit*
        """,
    _UNKNOWN: """
        non native; not native; non native speaker; second language; foreign language
        learning; currently learning; working; school
        """,
}

_LIMITING = """
    not non no nearly almost semi towards toward near nicht kein keine fast beinahe pas presque
    quasi quasiment vers casi sin hacia verso niet richting bijna nie prawie
    """
_NOT_QUITE = frozenset(_LIMITING.split())
"""Words that take the level from the wording after them."""
_NOT_YET = re.compile(
    r"(?:level )?(?:in progress|in preparation|planned|expected|in vorbereitung|geplant|angestrebt|"
    r"en cours|en preparation|en curso|en preparacion|in corso|in preparazione|in voorbereiding|"
    r"w trakcie|w toku)\b"
)
"""Words that say of the wording before them that it is yet to come."""
_NO_WORD = re.compile(r"[\W_]+")

_CODE = re.compile(r"(?<![\w.])([abc][12])(?:\.[1-9]|\+{1,2})?(?![\w%])")
_IELTS = re.compile(r"\bielts\b\D{0,30}?([4-9](?:[.,][05])?)(?![\w.,]*\d)")
_TOEFL = re.compile(
    r"\btoefl\b\W*ibt\D{0,20}?(\d{2,3})(?!\d)|\btoefl\b\D{0,20}?(\d{2,3}) ?/ ?120\b"
)
_IELTS_FLOORS: tuple[tuple[float, Level], ...] = ((8.5, "C2"), (7, "C1"), (5.5, "B2"), (4, "B1"))
"""Overall band scores from which a level is reached, as IELTS publishes them."""
_TOEFL_FLOORS: tuple[tuple[float, Level], ...] = ((114, "C2"), (95, "C1"), (72, "B2"), (42, "B1"))
"""Total scores from which a level is reached, as ETS publishes them."""
_EXAMS: tuple[tuple[str, Level], ...] = (
    (r"ket|key english test", "A2"),
    (r"pet|preliminary english test", "B1"),
    (r"fce|first certificate(?: in english)?", "B2"),
    (r"cae|certificate in advanced english", "C1"),
    (r"cpe|certificate of proficiency in english", "C2"),
    (r"celi ?1", "A2"),
    (r"celi ?2", "B1"),
    (r"celi ?3", "B2"),
    (r"celi ?4", "C1"),
    (r"celi ?5", "C2"),
)


class Reading(NamedTuple):
    """A level and what it was read from."""

    level: Level
    basis: Basis


def level_of(stated: str) -> Reading | None:
    """The level that a wording states, or None.

    A level of the CEFR that is written goes before certificates, those before words. Of
    several the lowest is taken: "B2-C1", or fluent in speech and basic in writing.
    """
    wording = folded(stated.replace("’", "'"))
    readings: tuple[tuple[Basis, list[Level]], ...] = (
        ("cefr", _codes(wording)),
        ("certificate", _certified(wording)),
        ("wording", _worded(wording)),
    )
    for basis, levels in readings:
        if levels:
            return Reading(min(levels, key=SCALE.index), basis)
    return None


def _codes(wording: str) -> list[Level]:
    codes = [m[1].upper() for m in _CODE.finditer(wording) if _is_reached(wording, m)]
    return [level for level in SCALE if level in codes]


def _certified(wording: str) -> list[Level]:
    exams = [level for exam, level in _EXAMS if re.search(rf"\b(?:{exam})\b", wording)]
    return [*exams, *_scored(wording)]


def _scored(wording: str) -> list[Level]:
    found: list[Level] = []
    for pattern, floors, highest in ((_IELTS, _IELTS_FLOORS, 9), (_TOEFL, _TOEFL_FLOORS, 120)):
        match = pattern.search(wording)
        score = float(match[match.lastindex or 0].replace(",", ".")) if match else 0.0
        found += [level for floor, level in floors if floor <= score <= highest][:1]
    return found


def _worded(wording: str) -> list[Level]:
    words = _NO_WORD.sub(" ", wording)
    pattern, levels = _wordings()
    reached = (m.lastindex or 1 for m in pattern.finditer(words) if _is_reached(words, m))
    named = {levels[group - 1] for group in reached}
    return [level for level in SCALE if level in named]


def _is_reached(wording: str, match: re.Match[str]) -> bool:
    """Whether neither the word before nor those after take the level back."""
    before = _NO_WORD.sub(" ", wording[: match.start()]).split()
    after = _NO_WORD.sub(" ", wording[match.end() :]).strip()
    return not (before and before[-1] in _NOT_QUITE) and not _NOT_YET.match(after)


@cache
def _wordings() -> tuple[re.Pattern[str], list[str]]:
    """A pattern with a group for each wording, longer ones first, and the groups' levels."""
    listed = [
        (phrase, level)
        for level, lines in _WORDINGS.items()
        for phrase in re.split(r"[;\n]\s*", lines.strip())
    ]
    listed.sort(key=lambda item: -len(item[0]))
    groups = (f"({phrase.replace('*', chr(92) + 'w*')})" for phrase, _ in listed)
    return re.compile(rf"\b(?:{'|'.join(groups)})\b"), [level for _, level in listed]
