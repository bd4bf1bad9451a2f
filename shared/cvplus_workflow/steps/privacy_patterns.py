"""Where contact details stand in a text: addresses of mail and web, phones, places, accounts.

Those that the CV states in its fields are found in any punctuation. Others are found by
their form: mail addresses, web addresses, phone numbers that are valid somewhere (by
the phonenumbers library) or stand after a word such as "Tel", and streets with a number.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from .privacy_words import (
    ROLE_MAILBOXES,
    STREET_ENDS,
    STREET_STARTS,
    STREETS,
    TECHNOLOGY_DOMAINS,
    TOP_LEVEL,
)
from .reading.contact import network_of
from .reading.entry_words import CONTACT_LABELS
from .reading.text import folded

Span = tuple[int, int]

_EMAIL = re.compile(
    r"(?:mailto:)?[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+"
    r"|[\w.+-]+\s*[\[({]\s*(?:at|@)\s*[\])}]\s*[\w-]+(?:(?:\.|\s*[\[({]\s*dot\s*[\])}]\s*)[\w-]+)+",
    re.IGNORECASE,
)
_URL = re.compile(
    r"(?<!\w)(?:(?:https?|ftps?)://|(?:tel|skype|sip|xmpp):(?=\S)|www\.)[^\s<>\"“”«»{}|\\^`]+",
    re.IGNORECASE,
)
_HOST = re.compile(
    rf"(?<![\w@./-])(?:[\w-]+\.)+(?:{'|'.join(sorted(TOP_LEVEL, key=len, reverse=True))})(?![\w-])"
    r"(?P<path>[/?#][^\s<>\"“”«»{}|\\^`]*)?",
    re.IGNORECASE,
)
_TRAIL = ".,;:!?'’*_…"
_PHONE_LABELS = "|".join(
    sorted(map(re.escape, {w for w, field in CONTACT_LABELS.items() if field == "phone"}), key=len)
)
_NUMBER = r"[+(]?\d[\d\s().\-/–·]{4,22}\d"
_LABELLED_PHONE = re.compile(
    rf"(?<!\w)(?:{_PHONE_LABELS}|fax|whatsapp|tél|téléphone|móvil|teléfono)\b\.?"
    rf"\s*(?:no\.?|nr\.?)?\s*:?\s*(?P<number>{_NUMBER})",
    re.IGNORECASE,
)
_INTERNATIONAL = re.compile(r"(?<![\w.+])\+\d[\d\s().\-/–·]{6,22}\d(?!\w)")
_DATE_LIKE = re.compile(r"(?:19|20)\d\d(?:[-/.]\d{1,2}){0,2}(?:\s*[-–]\s*(?:19|20)\d\d\S*)?")
_FEWEST_DIGITS = 6

_REST = r"[\w.'’-]*"
_CAPITAL = rf"[^\W\d_a-zß-ÿ]{_REST}"
_ENGLISH_END = "|".join(sorted((word.title() for word in STREETS), key=len, reverse=True))
_ENGLISH_STREET = (
    rf"(?<![\w.,-])\d{{1,5}}[A-Za-z]?\s+(?:(?:{_CAPITAL}|\d{{1,3}}(?:st|nd|rd|th))\s+){{1,4}}"
    rf"(?:{_ENGLISH_END})\b\.?(?:,?\s*(?:[Aa]pt|[Ss]uite|[Uu]nit|#)\.?\s*\w+)?"
    r"(?:,?[^,.;\d\n]{0,40},?\s+(?:[A-Z]{2},?\s+\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2})\b)?"
)
_GERMANIC_STREET = (
    r"(?<!\w)(?:[^\W\d_]+[\s-]){0,2}[^\W\d_]\w+"
    r"(?:stra(?:ß|ss)e|str\.|gasse|weg|platz|allee|straat|laan|plein|gracht)\s+\d{1,3}\s?[a-z]?(?!\w)"
    r"(?:,?\s+(?:[A-Z]{1,2}[- ])?\d{4,5}(?:\s[A-Z]{2})?(?=\s+[^\W\d_]))?"
)
_FRENCH_STREET = (
    r"(?<!\w)\d{1,4}(?:\s?(?:bis|ter))?,?\s+(?i:rue|avenue|boulevard|all[ée]e|chemin|impasse|quai)"
    rf"\s+(?:(?:de|du|des|la|le|les|l['’])\s*){{0,2}}{_CAPITAL}(?:[\s-]{_CAPITAL}){{0,3}}"
)
_SOUTHERN_STREET = (
    r"(?<!\w)(?:Rue|Calle|Avenida|Avda|Plaza|Paseo|Carrer|Via|Viale|Piazza|[Uu]lica|[Uu]l|[Aa]l"
    rf"|[Aa]leja|Rua)\.?\s+(?:{_CAPITAL}|de|del|di|la|las|los)(?:\s{_CAPITAL}){{0,3}},?\s+"
    r"(?:n[.º°]\s*)?\d{1,3}(?:/\d{1,3})?[A-Za-z]?(?!\w)"
)
_STREET = re.compile(
    "|".join((_ENGLISH_STREET, _GERMANIC_STREET, _FRENCH_STREET, _SOUTHERN_STREET))
)
_DIGIT_TOKEN = re.compile(r"\S*\d\S*")
_SHORTEST_STREET = 6


def email_spans(text: str) -> Iterator[Span]:
    """Mail addresses, also as "jane (at) example (dot) org"."""
    if "@" in text or "(" in text or "[" in text:
        yield from (match.span() for match in _EMAIL.finditer(text))


def link_spans(text: str, hosts: Iterable[str], *, prose: bool) -> Iterator[Span]:
    """Web addresses; without scheme and path only those of `hosts`, or any in `prose`.

    In the name of an organisation or a technology ("Booking.com"), an end such as
    ".com" makes no web address.
    """
    for match in _URL.finditer(text):
        yield match.start(), match.start() + len(_trimmed(match[0]))
    own = frozenset(hosts)
    for match in _HOST.finditer(text) if "." in text else ():
        host = match[0].partition("/")[0].casefold().removeprefix("www.")
        stated = host in own or bool(match["path"] and len(match["path"]) > 1)
        if stated or (prose and host not in TECHNOLOGY_DOMAINS):
            yield match.start(), match.start() + len(_trimmed(match[0]))


def _trimmed(address: str) -> str:
    while address[-1] in _TRAIL or (address[-1] in ")]" and "(" not in address):
        address = address[:-1]
    return address


def hosts_of(urls: Iterable[str]) -> set[str]:
    """The hosts of addresses, but for those that many people have pages on."""
    bare = (re.sub(r"^\w+://(?:www\.)?|^www\.", "", url.strip().casefold()) for url in urls)
    return {host for url in bare if (host := re.split(r"[/?#:]", url)[0]) and not network_of(url)}


def phone_spans(text: str, stated: Sequence[str], regions: Sequence[str]) -> Iterator[Span]:
    """Phone numbers: the `stated` ones, labelled and international ones, valid ones.

    `regions` are ISO 3166 codes of the countries whose numbers need no country code.
    """
    if sum(map(str.isdigit, text)) < _FEWEST_DIGITS:
        return
    for number in stated:
        yield from _same_number(text, number)
    yield from (match.span("number") for match in _LABELLED_PHONE.finditer(text))
    yield from (match.span() for match in _INTERNATIONAL.finditer(text))
    for region in regions:
        yield from _valid_numbers(text, region)


def _same_number(text: str, number: str) -> Iterator[Span]:
    """The number in any punctuation, with or without its first digits, such as a country's."""
    digits = re.sub(r"\D", "", number)
    if len(digits) < _FEWEST_DIGITS:
        return
    between = r"[\s().\-/–·]*"
    kept = between.join(digits[-max(_FEWEST_DIGITS, min(7, len(digits))) :])
    pattern = rf"(?<!\w)[+(]{{0,2}}(?:\d{between}){{0,8}}?{kept}(?!\d)"
    yield from (match.span() for match in re.finditer(pattern, text))


def _valid_numbers(text: str, region: str) -> Iterator[Span]:
    import phonenumbers

    for match in phonenumbers.PhoneNumberMatcher(text, region or None):
        if not _DATE_LIKE.fullmatch(match.raw_string.strip()):
            yield match.start, match.end


def regions_of(country_code: str, phones: Iterable[str]) -> list[str]:
    """The regions whose phone numbers a CV is likely to write without a country code."""
    import phonenumbers

    regions = {country_code.upper()} & set(phonenumbers.SUPPORTED_REGIONS)
    for phone in phones:
        try:
            parsed = phonenumbers.parse(phone, None)
        except phonenumbers.NumberParseException:
            continue
        regions.add(phonenumbers.region_code_for_number(parsed) or "")
    return sorted(regions | {""})


def address_phrases(addresses: Iterable[str], postal_code: str, places: Iterable[str]) -> list[str]:
    """What of the stated addresses is to be found again, `places` (cities) excepted."""
    kept = {folded(place) for place in places if place}
    phrases = [postal_code, *(t for t in postal_code.split() if len(t) > 3 and t[-1].isdigit())]
    for segment in (part for address in addresses for part in segments_of(address)):
        if is_private_place(segment):
            phrases += [segment, _street_alone(segment)]
    return [phrase for phrase in dict.fromkeys(phrases) if phrase and folded(phrase) not in kept]


def _street_alone(segment: str) -> str:
    """The street of a segment without its number, if it is long enough to be told apart."""
    street = " ".join(_DIGIT_TOKEN.sub(" ", segment).split()).strip(" ,.-")
    return street if len(street) >= _SHORTEST_STREET and _names_street(street) else ""


def segments_of(address: str) -> list[str]:
    """The parts of an address between commas, line ends and marks."""
    return [part.strip() for part in re.split(r"[,;\n|•·]", address) if part.strip()]


def is_private_place(segment: str) -> bool:
    """Whether a part of an address tells more than a town, region or country."""
    return any(map(str.isdigit, segment)) or _names_street(segment)


def _names_street(segment: str) -> bool:
    words = [word.strip(".") for word in folded(segment).split()]
    if not words:
        return False
    ends = words[-1] in STREETS and len(words) > 1
    return ends or words[0] in STREET_STARTS or any(w.endswith(STREET_ENDS) for w in words)


def address_spans(text: str, phrases: Iterable[str]) -> Iterator[Span]:
    """The stated addresses, and streets with a number."""
    for phrase in phrases:
        words = r"[\s,]+".join(map(re.escape, phrase.split()))
        yield from (m.span() for m in re.finditer(rf"(?<!\w){words}(?!\w)", text, re.IGNORECASE))
    if any(map(str.isdigit, text)):
        yield from (match.span() for match in _STREET.finditer(text))


def username_spans(text: str, usernames: Iterable[str]) -> Iterator[Span]:
    """The names of accounts as words of their own, in any case."""
    for name in usernames:
        pattern = rf"(?<!\w)@?{re.escape(name)}(?!\w)"
        yield from (match.span() for match in re.finditer(pattern, text, re.IGNORECASE))


def personal_mailbox(email: str) -> str:
    """The part of a mail address before the @, unless it names a purpose or is short."""
    local = email.partition("@")[0].strip()
    short = len(local) < 4
    return "" if short or folded(local) in ROLE_MAILBOXES else local
