"""Words that say what somebody did or achieved, by the kind of achievement.

Beginnings of words in English, German, French, Spanish, Italian, Dutch and Polish,
folded (lower case, no accents). A longer beginning counts, not a part inside a word.
"""

import re
from collections.abc import Iterator
from functools import cache

from .reading.text import folded

STEMS = {
    "recognition": """award won winner winning honour honor prize medal scholarship distinction
        nominat shortlist finalist recognis recogniz record-break record-set
        ausgezeichnet auszeichnung preis gewonnen gewann sieger stipendium
        laureat prix recompens gagne remporte bourse
        premio premiad galardon ganador gane beca premiat vinto vincit borsa
        prijs gewonnen winnaar nagrod wygral laureat stypendi wyrozni""",
    "research": """publish publication patent cited citation co-author coauthor discover
        veroffentlich publizi patentier erforsch publie brevet public patentad pubblicat brevett
        gepubliceerd octrooi opublikow publikac opatentow odkryl""",
    "growth": """achiev attain reach erreich atteint alcanz logr raggiun conseguit bereik behaald
        osiagn increas grew grow grown boost expand doubl tripl quadrupl maximis maximiz rais
        gain attract acquir scal outperform exceed surpass
        steiger gesteigert erhoh ausgebaut ausbau verdoppel verdreifach gewachsen wachstum
        ubertroffen
        augment accru croissance doubl tripl depass
        aument increment duplic triplic crecimiento superar superado superamos acrecent
        raddoppi triplic crescita ampliat
        verhoog vergroot verdubbel groei gegroeid uitgebreid
        zwieksz wzrost podwoi potroi rozszerz""",
    "efficiency": """reduc cut cutting decreas lower sav saved saving streamlin accelerat shorten
        automat optimis optimiz improv eliminat halv minimis minimiz simplif consolidat speed
        reduzier gesenkt senk verkurz beschleunig automatisier optimier verbesser vereinfach
        eingespart einsparung halbier
        reduit reduction reduct diminu accelere automatis optimis amelior simplifi economis
        reduje reducid reduc disminu aceler automatiz optimic optimiz mejor ahorr
        ridott riduzion diminu acceler automatizz ottimizz miglior risparmi semplific
        verlaagd verminder versneld geautomatiseerd geoptimaliseerd verbeter bespaard
        zmniejsz obniz skroc przyspiesz zautomatyz zoptymaliz usprawni oszczedz poprawi""",
    "leadership": """led lead leading manag supervis direct head headed mentor coach train trained
        recruit hire hired hiring coordinat oversaw oversee chair chaired founded founding co-found
        organis organiz spearhead orchestrat promot
        leitete geleitet leitung gefuhrt fuhrung koordinier gegrundet grundung betreut
        eingestellt organisier befordert geschult
        dirige direction gere pilot encadr coordonn fonde recrut promu organis
        dirig lider gestion coordin fund contrat supervis organiz ascend
        guidat dirett gestit gestion coordinat fondat assunt organizz promoss
        geleid leiding gecoordineerd opgericht aangenomen begeleid georganiseerd
        kierow zarzadz koordynow zalozyl nadzorow zatrudni szkoli awansow organizow zorganizow""",
    "delivery": """built build building develop design creat launch deliver implement introduc
        establish engineer architect deploy migrat integrat produc complet ship shipped wrote
        written author authored releas invent pioneer initiat set-up moderni transform construct
        entwickel entworfen konzipier aufgebaut aufbau eingefuhrt einfuhr umgesetzt umsetzung
        erstellt realisier gestaltet implementier konstruier
        developp concu conception cree creation lance mis mise realis introduit deploy construit
        desarroll disen cre lanc implement introduj construi constru realic entreg puesta
        svilupp progett creat lanciat realizz implement introdott costruit
        ontwikkel ontworpen opgezet gebouwd gelanceerd geimplementeerd ingevoerd gerealiseerd
        opracow zaprojektow stworzy wdroz uruchomi zbudow wprowadz zrealizow rozwin""",
    "sales": """sold sell negotiat clos close closed secur generat revenue
        verkauft umsatz akquirier verhandel generier vendu genere chiffre
        vendi negoci genere generar generad genero factur vendut negozi
        fatturat verkocht onderhandel omzet
        sprzeda negocj pozyska przychod""",
    "service": """taught teach advis consult resolv serv served support handl analy present
        perform prepar maintain assist process conduct research help provid review tested
        beraten beratung unterrichtet gelost unterstutz durchgefuhrt durchfuhrung bearbeitet
        analysier vorbereitet erarbeit
        conseil enseign resolu assist analys prepar accompagn effectu
        ense asesor resolv atend analiz apoy prepar realiz
        insegnat consulen risolt assistit analizz supportat preparat
        geadviseerd onderwezen opgelost ondersteund uitgevoerd geanalyseerd
        naucz doradz rozwiaz wspiera analizow przygotow prowadzi""",
}
"""Beginnings of words by category, the most telling category first; short ones are words."""

CATEGORIES = tuple(STEMS)
"""All categories, the most telling first."""

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")

_SHORT = 4
"""Letters up to which a beginning stands for its own word and inflected forms only."""
_ENDINGS = "s|e|es|ed|d|ing|ee|ees|o|i|ado|ada|ato|ata|ung|t"
_PARTICIPLE = re.compile(
    r"(?:ab|an|auf|aus|be|ein|ent|er|ge|uber|um|ver|vor|zer|zusammen)\w+(?:t|en)|\w+iert"
)
"""The form of a German participle, folded: a German line ends with what was done."""

OPENING = 2
"""Words at the beginning of a line among which its action word is looked for."""


def words_of(line: str) -> list[str]:
    """The words of a line, folded."""
    return _WORD.findall(folded(line))


@cache
def _pattern(category: str) -> re.Pattern[str]:
    stems = sorted(set(STEMS[category].split()), key=len, reverse=True)
    long = "|".join(re.escape(stem) for stem in stems if len(stem) > _SHORT)
    short = "|".join(re.escape(stem) for stem in stems if len(stem) <= _SHORT)
    return re.compile(rf"(?:{long})|(?:{short})(?:{_ENDINGS})?$" if short else f"(?:{long})")


def categories_of(words: list[str]) -> Iterator[str]:
    """The categories that any of the folded `words` speaks of, the most telling first."""
    for category in CATEGORIES:
        if any(_pattern(category).match(word) for word in words):
            yield category


def acting_words(line: str) -> list[str]:
    """The words where a line says what was done: its first ones, and a participle at its end."""
    words = words_of(line)
    return [*words[:OPENING], *(word for word in words[-1:] if _PARTICIPLE.fullmatch(word))]


def tells_action(line: str) -> bool:
    """Whether a line begins, or as in German ends, with a word for something done."""
    return any(True for _ in categories_of(acting_words(line)))
