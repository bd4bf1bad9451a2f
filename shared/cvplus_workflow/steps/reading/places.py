"""Places: words by which a city, region or country is told from an organisation."""

import re

from .text import folded

_COUNTRIES = (
    "afghanistan; albania; algeria; argentina; argentinien; australia; australien; austria; "
    "osterreich; autriche; azerbaijan; bangladesh; belarus; belgium; belgien; belgique; "
    "belgie; bolivia; bosnia; brazil; brasil; brasilien; bresil; bulgaria; canada; kanada; "
    "chile; china; colombia; costa rica; croatia; hrvatska; cuba; cyprus; czech republic; "
    "czechia; ceska republika; denmark; danmark; danemark; ecuador; egypt; england; estonia; "
    "ethiopia; finland; suomi; france; frankreich; francia; georgia; germany; deutschland; "
    "allemagne; alemania; germania; duitsland; niemcy; ghana; greece; griechenland; hong "
    "kong; hungary; magyarorszag; iceland; india; indien; indonesia; iran; iraq; ireland; "
    "irland; israel; italy; italia; italien; italie; japan; jordan; kazakhstan; kenya; korea; "
    "south korea; s.korea; kuwait; latvia; lebanon; liechtenstein; lithuania; luxembourg; "
    "luxemburg; malaysia; malta; mexico; moldova; monaco; morocco; nepal; netherlands; the "
    "netherlands; nederland; niederlande; pays-bas; new zealand; nigeria; norway; norge; "
    "norwegen; pakistan; panama; peru; philippines; poland; polska; polen; pologne; portugal; "
    "qatar; romania; russia; russland; saudi arabia; schottland; scotland; senegal; serbia; "
    "singapore; singapur; slovakia; slovensko; slovenia; slovenija; south africa; spain; "
    "espana; spanien; espagne; spagna; sri lanka; sweden; sverige; schweden; switzerland; "
    "schweiz; suisse; svizzera; syria; taiwan; thailand; tunisia; turkey; turkiye; turkei; "
    "uk; u.k; ukraine; united arab emirates; uae; united kingdom; united states; united "
    "states of america; uruguay; us; usa; u.s; u.s.a; venezuela; vietnam; wales; remote; eu; "
    "europe; worldwide; california; new york; texas; florida; massachusetts; washington; "
    "ontario; quebec; british columbia; bavaria; bayern; hessen; catalonia; bw; nrw"
)
_CITIES = (
    "aachen; aarhus; abu dhabi; accra; alicante; amsterdam; ankara; antwerp; antwerpen; arnhem; "
    "athens; atlanta; auckland; austin; baltimore; bangalore; bengaluru; bangkok; barcelona; "
    "bari; basel; beijing; belfast; belgrade; bergen; berlin; bern; bielefeld; bilbao; "
    "birmingham; bochum; bogota; bologna; bonn; bordeaux; boston; bratislava; braunschweig; "
    "bremen; bristol; brno; brussels; bruxelles; brussel; bucharest; bucuresti; budapest; "
    "buenos aires; cairo; cambridge; cape town; cardiff; chennai; chicago; cleveland; "
    "cluj-napoca; cologne; koln; copenhagen; kobenhavn; cracow; krakow; dallas; darmstadt; "
    "delft; delhi; new delhi; den haag; denver; detroit; dortmund; dresden; dubai; dublin; "
    "duisburg; dusseldorf; edinburgh; eindhoven; erlangen; essen; firenze; florence; frankfurt; "
    "frankfurt am main; freiburg; gdansk; geneva; geneve; genf; genoa; genova; gent; ghent; "
    "glasgow; goteborg; gothenburg; gottingen; granada; graz; grenoble; groningen; guadalajara; "
    "haarlem; halle; hamburg; hannover; heidelberg; helsinki; houston; hyderabad; innsbruck; "
    "istanbul; izmir; jakarta; jena; jerusalem; johannesburg; karlsruhe; kassel; katowice; "
    "kiel; kiev; kyiv; kuala lumpur; kyoto; la paz; lagos; lausanne; leeds; leipzig; leiden; "
    "lille; lima; linz; lisbon; lisboa; liverpool; ljubljana; lodz; london; londres; los "
    "angeles; lublin; lugano; lyon; madrid; mainz; malaga; malmo; manchester; manila; mannheim; "
    "marburg; marseille; melbourne; menlo park; mexico city; miami; milan; milano; minneapolis; "
    "modena; montevideo; montpellier; montreal; moscow; mountain view; mumbai; munich; munchen; "
    "munster; nairobi; nantes; napoli; naples; new york city; nyc; nice; nijmegen; nurnberg; "
    "nuremberg; oslo; osaka; ottawa; oxford; padova; palermo; palo alto; paris; parma; "
    "pasadena; perth; philadelphia; phoenix; pisa; pittsburgh; portland; porto; poznan; prague; "
    "praha; princeton; pune; quito; regensburg; reims; rennes; reykjavik; riga; rio de janeiro; "
    "roma; rome; rostock; rotterdam; saarbrucken; salzburg; san diego; san francisco; san jose; "
    "santiago; sao paulo; seattle; seoul; seville; sevilla; shanghai; sheffield; shenzhen; "
    "siena; skopje; sofia; stanford; stockholm; strasbourg; stuttgart; sydney; szczecin; "
    "szeged; tallinn; tampere; tartu; tbilisi; tel aviv; the hague; thessaloniki; timisoara; "
    "tokyo; torino; turin; toronto; toulouse; trento; trier; trieste; trondheim; tubingen; "
    "turku; ulm; uppsala; utrecht; valencia; vancouver; venice; venezia; verona; vienna; wien; "
    "vilnius; warsaw; warszawa; washington d.c; wiesbaden; wroclaw; wuppertal; wurzburg; "
    "zagreb; zaragoza; zurich"
)
_KNOWN = frozenset((*_COUNTRIES.split("; "), *_CITIES.split("; ")))
_REGION_CODE = re.compile(r", ?(?:[A-Z]{2}|D\.C\.?|B\.C\.?|U\.[KS]\.?)(?:,? \d{4,5}(?:-\d{4})?)?$")
_PLACE = re.compile(
    r"(?:[^\W\d][\w.'’-]*(?: [^\W\d][\w.'’-]*){0,2})(?:, [^\W\d][\w.'’ -]{0,24}){0,2}"
)
_LONGEST = 60
_ORGANISED = (
    "of and for department institute division faculty group team unit section school abteilung "
    "institut fakultat lehrstuhl und departement laboratoire equipe departamento dipartimento "
    "afdeling wydzial dzial katedra"
)
_NO_PLACE_WORDS = frozenset(_ORGANISED.split())
_PARTS = re.compile(r"\s*[,/()–]\s*|\s+-\s+")


def is_known_place(text: str) -> bool:
    """Whether `text` as a whole surely names a place: "Denver, CO", "Zürich, Schweiz"."""
    parts = _parts(text)
    return _has_region_code(text) or (bool(parts) and all(part in _KNOWN for part in parts))


def ends_in_place(text: str) -> bool:
    """Whether `text` has the form of a place and ends in a known one: "Delden, Nederland"."""
    parts = _parts(text)
    return _has_region_code(text) or (bool(parts) and len(parts) <= 4 and parts[-1] in _KNOWN)


def _parts(text: str) -> list[str]:
    if len(text) > _LONGEST:
        return []
    return [folded(part).strip(" .") for part in _PARTS.split(text.strip()) if part.strip()]


def _has_region_code(text: str) -> bool:
    text = text.strip()
    bare = without_region_code(text)
    return bare != text and len(text) <= _LONGEST and bool(_PLACE.fullmatch(bare))


def may_be_place(text: str) -> bool:
    """Whether `text` has the form of a place: up to three words, and regions after commas."""
    acronym = text[:1].islower() or (text.isupper() and len(text) <= 6)
    if any(word in _NO_PLACE_WORDS for word in folded(text).replace(",", " ").split()):
        return False
    return len(text) <= _LONGEST and not acronym and bool(_PLACE.fullmatch(text))


def without_region_code(text: str) -> str:
    """`text` without a state's code at its end, which may look like a company's "Co"."""
    return _REGION_CODE.sub("", text)


_STREET = re.compile(
    r"\b(?:street|st\.|avenue|ave\.?|road|rd\.?|lane|ln\.?|drive|dr\.|boulevard|blvd\.?|square|"
    r"rue|allee|chemin|place|quai|impasse|calle|c/|avda\.?|avenida|plaza|paseo|via|viale|piazza|"
    r"corso|ul\.|ulica|aleja|al\.|os\.|laan|plein|rua|travessa)(?:\s|$)|"
    r"[^\W\d]*(?:strasse|straße|str\.|weg|platz|gasse|allee|ring|damm|ufer|straat|laan|gracht|plein|"
    r"kade|dreef|gatan|vagen|vej|gade|veien|gata|utca)\s+\d",
    re.IGNORECASE,
)
_POSTCODE = re.compile(
    r"(?:^|,\s*|\s)(?:[A-Z]{1,2}-)?(?:\d{4,5}|\d{2}-\d{3}|\d{4} ?[A-Z]{2}|\d{3} \d{2})\s+[^\W\d]|"
    r"\b[A-Z]{1,2}\d[\dA-Z]? \d[A-Z]{2}\b|, ?[A-Z]{2},? \d{5}\b"
)


def is_address(text: str) -> bool:
    """Whether `text` is a line of a postal address: a street, or a post code and town."""
    text = text.strip()
    if len(text) > 90 or "@" in text or (text.endswith((".", "!")) and len(text.split()) > 6):
        return False
    return bool(_POSTCODE.search(text)) or (
        bool(_STREET.search(text)) and any(map(str.isdigit, text))
    )
