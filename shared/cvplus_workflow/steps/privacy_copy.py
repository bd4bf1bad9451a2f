"""The copy of a CV in which nothing says whose it is.

Every text of the CV is masked, whichever field it stands in; a field that holds nothing
but a contact detail is emptied. What stays is what the person did: employers, schools,
towns, dates. A text in which something was masked says so by a mark such as `[name]`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel

from .cv import (
    ParsedCv,
    PersonalInfo,
    Reference,
    SectionHeading,
    Unplaced,
)
from .networks import account_at
from .privacy_names import NameFinder, dotted_initials, finder_of
from .privacy_patterns import (
    Span,
    address_phrases,
    address_spans,
    email_spans,
    hosts_of,
    is_private_place,
    link_spans,
    personal_mailbox,
    phone_spans,
    regions_of,
    segments_of,
    username_spans,
)
from .privacy_words import BIRTH
from .reading.entry_words import names_role

WITHHELD = "Name withheld"
"""What stands for the person's and the referees' names where a name alone is shown."""

MARKS = {
    "email": "[e-mail]",
    "link": "[link]",
    "phone": "[phone]",
    "address": "[postal address]",
    "birth-date": "[date of birth]",
    "username": "[username]",
    "name": "[name]",
}
"""What stands for each type in running text. The web app takes no mark for a placeholder."""

_EMPTIED = {
    "email": "email",
    "phone": "phone",
    "address": "address",
    "postal_code": "address",
    "website": "link",
    "linkedin": "link",
    "github": "link",
    "url": "link",
    "verification_url": "link",
    "image": "photo",
    "credential_id": "credential-id",
}
_NAMING = frozenset(
    {"company", "institution", "issuer", "publisher", "organization", "technologies", "skills"}
)
"""Fields in which "Booking.com" is a name and no address."""

_ISO = frozenset({"start", "end", "on"})
_MOST_NAME_WORDS = 4
_SHORTEST_USERNAME = 3
_LEADING_NAME = re.compile(
    r"\s*((?:(?:Dr|Prof|Mr|Mrs|Ms|Herr|Frau)\.?\s+)*[^\W\d_a-z][\w.'’-]*(?:\s[^\W\d_a-z][\w.'’-]*){1,3})"
    r"\s*(?:[,;:|(\n–—]|-\s|$)"
)
_REPEATED = re.compile(r"(\[(?:name|link|username|postal address)\])(?:[\s,.-]{0,3}\1)+")
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Identity:
    """What tells whose CV it is, as far as its fields state it."""

    names: NameFinder
    referees: NameFinder
    initials: str
    usernames: Sequence[str]
    hosts: frozenset[str]
    phones: Sequence[str]
    regions: Sequence[str]
    addresses: Sequence[str]


def identity_of(cv: ParsedCv) -> Identity:
    """Gather what the fields state."""
    info = cv.personal_info
    own = [info.website, info.linkedin, info.github, *(each.url for each in info.profiles)]
    places = (info.city, info.region, info.country_code)
    return Identity(
        names=finder_of([info.name]),
        referees=finder_of(_referees(cv), guarded=True),
        initials=dotted_initials(info.name),
        usernames=_usernames(info, own),
        hosts=frozenset(hosts_of(own)),
        phones=[info.phone] if info.phone else [],
        regions=regions_of(info.country_code, [info.phone]),
        addresses=address_phrases([info.address, info.location], info.postal_code, places),
    )


def _referees(cv: ParsedCv) -> Iterator[str]:
    for reference in cv.references:
        found = _LEADING_NAME.match(reference.text) if not reference.name else None
        name = re.split(r"[,;|(\n–—]|\s-\s", found[1] if found else reference.name)[0]
        if len(name.split()) <= _MOST_NAME_WORDS and not names_role(name):
            yield name


def _usernames(info: PersonalInfo, own: Iterable[str]) -> list[str]:
    """Names of accounts, stated or in the addresses of profiles, and the own mailbox."""
    stated = [each.username for each in info.profiles]
    linked = [
        account_at(url if "//" in url else f"https://{url}", "").username for url in own if url
    ]
    names = [name.strip().lstrip("@") for name in (*stated, *linked, personal_mailbox(info.email))]
    return [name for name in dict.fromkeys(names) if len(name) >= _SHORTEST_USERNAME]


@dataclass
class Masker:
    """Masks texts, and counts what it masks in `found`, by type."""

    identity: Identity
    found: Counter[str] = field(default_factory=Counter)

    def masked(self, text: str, *, prose: bool = True) -> str:
        """`text` with a mark for everything that says whose CV it is."""
        pieces, done = [], 0
        for start, end, kind in self._spans(text, prose):
            pieces += [text[done:start], MARKS[kind]]
            done = end
            self.found[kind] += 1
        return _REPEATED.sub(r"\1", "".join([*pieces, text[done:]])) if pieces else text

    def _spans(self, text: str, prose: bool) -> list[tuple[int, int, str]]:
        """What is to be masked, in order and apart; of two that overlap the earlier type."""
        taken: list[tuple[int, int, str]] = []
        for kind, spans in self._finders(text, prose):
            for start, end in spans:
                if all(end <= other[0] or other[1] <= start for other in taken):
                    taken.append((start, end, kind))
        return sorted(taken)

    def _finders(self, text: str, prose: bool) -> Iterator[tuple[str, Iterable[Span]]]:
        known = self.identity
        yield "email", email_spans(text)
        yield "link", link_spans(text, known.hosts, prose=prose)
        yield "address", address_spans(text, known.addresses)
        yield "birth-date", (match.span(1) for match in BIRTH.finditer(text))
        yield "phone", phone_spans(text, known.phones, known.regions)
        yield "name", known.names.spans(text)
        yield "username", username_spans(text, known.usernames)
        yield "name", known.referees.spans(text)
        if known.initials:
            yield "name", (match.span() for match in re.finditer(known.initials, text))

    def cv(self, cv: ParsedCv) -> ParsedCv:
        """The masked copy of a CV."""
        copy = self._copy(cv.model_copy(update={"personal_info": PersonalInfo()}), "")
        return copy.model_copy(update={"personal_info": self._person(cv.personal_info)})

    def unplaced(self, passages: Iterable[Unplaced]) -> list[Unplaced]:
        """The masked copy of text that fits no field."""
        return [self._copy(passage, "") for passage in passages]

    def _person(self, info: PersonalInfo) -> PersonalInfo:
        self.found["username"] += sum(1 for each in info.profiles if each.username)
        self.found["link"] += sum(1 for each in info.profiles if each.url)
        copy = self._copy(info.model_copy(update={"profiles": [], "location": ""}), "")
        return copy.model_copy(update={"location": self._town(info.location)})

    def _town(self, location: str) -> str:
        """A place without its street and postal code."""
        segments = segments_of(location)
        kept = [segment for segment in segments if not is_private_place(segment)]
        self.found["address"] += len(segments) - len(kept)
        return self.masked(location if kept == segments else ", ".join(kept))

    def _copy(self, value: _Value, name: str) -> _Value:
        if isinstance(value, BaseModel):
            return self._model(value)  # type: ignore[return-value]
        if isinstance(value, str):
            return self._text(value, name)  # type: ignore[return-value]
        if isinstance(value, list):
            return [self._copy(each, name) for each in value]  # type: ignore[return-value]
        if isinstance(value, dict):
            return self._mapping(value, name)  # type: ignore[return-value]
        return value

    def _model(self, model: BaseModel) -> BaseModel:
        copied = {
            name: self._copy(getattr(model, name), name)
            for name in type(model).model_fields
            if name not in _ISO and not (isinstance(model, SectionHeading) and name == "kind")
        }
        if isinstance(model, PersonalInfo | Reference) and model.name:
            copied["name"] = WITHHELD
            self.found["name"] += 1
        return model.model_copy(update=copied)

    def _mapping(self, value: dict[str, object], name: str) -> dict[str, object]:
        """The mapping with masked keys; lists under keys that become equal are joined."""
        copied: dict[str, object] = {}
        for key, inner in value.items():
            masked, old = self._text(key, name), self._copy(inner, name)
            before = copied.get(masked)
            joined = [*before, *old] if isinstance(before, list) and isinstance(old, list) else old
            copied[masked] = joined
        return copied

    def _text(self, text: str, name: str) -> str:
        if name in _EMPTIED:
            self.found[_EMPTIED[name]] += bool(text)
            return ""
        return self.masked(text, prose=name not in _NAMING)
