"""Contact lines: e-mail, phone, links and place, with or without labels."""

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from ..cv import PersonalInfo, Profile
from .dates import find_dated
from .entry_words import CONTACT_LABELS, PROFILE_HOSTS, names_role
from .places import is_address
from .spans import TAB, Line, Span, bare_url
from .text import folded

_SEPARATOR = re.compile(
    r"\s*[|•·∙▪◆♦‣⋅\t]\s*|\s+[–—/]\s+|\s{3,}|;\s+|,\s+(?=[^\s,]+@)|,\s+(?=[A-Za-z-]{2,12}:\s)"
)
_LABELLED = re.compile(r"^\W*([^\W\d][\w .\-/]{0,24}?)\s*:\s*(?=\S)(?!//)")
_LABEL_ALONE = re.compile(r"\W*[^\W\d][\w .\-/]{0,24}:\s*")
_SHORT_LABEL = re.compile(
    r"^(?:tel|tél|telefon|telefono|phone|ph|mobile?|mob|cell|fax|t|p|m|e-?mail|mail|e)\b[.:]?\s+(?=\S)",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"\(?\+?\(?\d[\d\s().\-/–]{5,24}\d")
_URL = re.compile(
    r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|dev|me|de|fr|es|it|nl|pl|uk|"
    r"eu|ch|at|be|ai|app|co|info|tech|edu|us|ca|name|blog|page|site)(?:/\S*)?",
    re.IGNORECASE,
)
_PLACE = re.compile(r"[^\W\d][^\n@:]{1,78}")
_LONGEST = 300
_IMAGE = re.compile(r"\.(?:png|jpe?g|gif|webp|svg)(?:\?\S*)?$", re.IGNORECASE)


class ContactReader:
    """Fills a `PersonalInfo` from lines, and keeps what it can't place in `left`."""

    def __init__(self, info: PersonalInfo) -> None:
        self.info = info
        self.left: list[tuple[int, str]] = []
        self._address_at = 0

    def read(self, lines: Iterable[Line]) -> None:
        """Places each piece of contact lines; a piece with a comma may be the place."""
        for line in lines:
            for piece in pieces_of(_with_colon(line)):
                if not (self.states(piece) or self._place(piece)):
                    self.left.append((line.number, piece.plain()))

    def states(self, piece: Line) -> bool:
        """Places a piece that is an e-mail address, a phone number, a link or labelled."""
        return len(piece.text) <= _LONGEST and (self._labelled(piece) or self._bare(piece))

    def _labelled(self, piece: Line) -> bool:
        match = _LABELLED.match(piece.text)
        if match is None:
            return False
        label, value = match[1].strip(), piece.sliced(match.end(), len(piece.text)).trimmed(" ")
        field = CONTACT_LABELS.get(folded(label).strip("."), "")
        if field in {"website", "linkedin", "github"} or (value.url and not field):
            return self._link(value.url or value.text, label)
        if not field:
            return self._named_account(label, value.text) or self._bare(value)
        return self._set(field, value.text)

    def _bare(self, piece: Line) -> bool:
        if piece.url and not _URL.fullmatch(piece.text.strip()):
            return self._link(piece.url, piece.text.strip())
        text = piece.text.strip().lstrip("✉☎📞📧📱📍🏠🌐🔗 \ufe0f").strip("<> ")
        text = _SHORT_LABEL.sub("", text)
        if _EMAIL.fullmatch(text):
            return self._set("email", text)
        if _is_phone(text):
            return self._set("phone", text)
        return bool(_URL.fullmatch(text)) and self._link(piece.url or text, "")

    def _link(self, url: str, label: str) -> bool:
        if url.lower().startswith("mailto:"):
            return self._set("email", url[7:]) and _same_or_empty(label, url[7:])
        if url.lower().startswith("tel:"):
            return self._set("phone", label or url[4:])
        if _IMAGE.search(url) and not self.info.image:
            return self._set("image", url) and _same_or_empty(label, url)
        if network := network_of(url):
            return self._account(network, url)
        if " " in url or "." not in url:
            return self._named_account(label, url)
        return self._website(url, label)

    def _website(self, url: str, label: str) -> bool:
        known = CONTACT_LABELS.get(folded(label)) == "website" or _same_or_empty(label, url)
        if known and not self.info.website:
            return self._set("website", url)
        self.info.profiles.append(Profile(network="" if known else label, url=url))
        return True

    def _account(self, network: str, url: str) -> bool:
        field = {"LinkedIn": "linkedin", "GitHub": "github"}.get(network)
        if field and not getattr(self.info, field):
            setattr(self.info, field, url)
        profile = Profile(network=network, username=_username(url), url=url)
        if profile not in self.info.profiles:
            self.info.profiles.append(profile)
        return True

    def _named_account(self, label: str, username: str) -> bool:
        """A label that names a network, and an account's name without its address."""
        known = {folded(name): name for name in PROFILE_HOSTS.values()}
        if folded(label) not in known or not username:
            return False
        network = known[folded(label)]
        self.info.profiles.append(Profile(network=network, username=username.strip()))
        return True

    def _place(self, piece: Line) -> bool:
        text = piece.text.strip()
        if is_address(text) and self._address(piece.number, text):
            return True
        fits = "," in text and _PLACE.fullmatch(text) and not names_role(text)
        return bool(fits) and not self.info.location and self._set("location", text)

    def _address(self, number: int, text: str) -> bool:
        """Adds a line of an address to the place, if that is empty or stands right above."""
        if self.info.location and not 0 <= number - self._address_at <= 3:
            return False
        parts = [part for part in (self.info.location, text) if part]
        self.info.location, self._address_at = ", ".join(parts), number
        return True

    def _set(self, field: str, value: str) -> bool:
        """Sets a field; False if it already says something else."""
        old = getattr(self.info, field)
        if old in {"", value}:
            setattr(self.info, field, value)
        return old in {"", value}


def _with_colon(line: Line) -> Line:
    """A label in a column of its own as one before a colon."""
    label, tab, _ = line.text.partition(TAB)
    if not tab or folded(label).strip(" :.") not in CONTACT_LABELS:
        return line
    value = line.sliced(len(label) + 1, len(line.text))
    return replace(line, spans=(Span(label.rstrip(" :") + ": "), *value.spans))


def pieces_of(line: Line) -> list[Line]:
    """A contact line at its separators; empty pieces are left out."""
    pieces, start = [], 0
    for match in [*_SEPARATOR.finditer(line.text), None]:
        end = match.start() if match else len(line.text)
        pieces.append(line.sliced(start, end).trimmed(" \t,;|"))
        start = match.end() if match else end
    pieces = [part for piece in _with_values(pieces) for part in _links_apart(piece)]
    return [piece for piece in pieces if any(map(str.isalnum, piece.text)) or piece.url]


def _with_values(pieces: list[Line]) -> list[Line]:
    """Joins a label that stands apart ("Tel.:") to the piece behind it."""
    result: list[Line] = []
    for piece in pieces:
        if result and _LABEL_ALONE.fullmatch(result[-1].text):
            piece = replace(piece, spans=(*result.pop().spans, Span(" "), *piece.spans))
        result.append(piece)
    return result


def _links_apart(piece: Line) -> list[Line]:
    """A piece with several links, cut where each link begins."""
    starts, at, url = [0], 0, ""
    for span in piece.spans:
        if span.url and span.url != url and at:
            starts.append(at)
        url, at = span.url or url, at + len(span.text)
    if len({span.url for span in piece.spans if span.url}) < 2:
        return [piece]
    return [
        piece.sliced(start, end).trimmed(" \t,;|")
        for start, end in pairwise([*starts, len(piece.text)])
    ]


def has_contact(line: Line) -> bool:
    """Whether a line states an e-mail address, a phone number or a link of its own."""
    trial = ContactReader(PersonalInfo())
    return any(map(trial.states, pieces_of(line)))


def network_of(url: str) -> str:
    """The network that a link's host belongs to, or ""."""
    host = bare_url(url).partition("/")[0].partition("?")[0]
    return next(
        (
            name
            for known, name in PROFILE_HOSTS.items()
            if host == known or host.endswith("." + known)
        ),
        "",
    )


def _username(url: str) -> str:
    """The account in a profile's address: its one path segment, or LinkedIn's after /in/."""
    parts = re.sub(r"^https?://(?:www\.)?", "", url.strip()).split("?")[0].strip("/").split("/")[1:]
    parts = parts[1:] if parts[:1] == ["in"] else parts
    return parts[0].lstrip("@") if len(parts) == 1 else ""


def _is_phone(text: str) -> bool:
    digits = sum(map(str.isdigit, text))
    return bool(_PHONE.fullmatch(text)) and digits >= 7 and not find_dated(text)


def _same_or_empty(label: str, url: str) -> bool:
    return not label or bare_url(label) == bare_url(url)
