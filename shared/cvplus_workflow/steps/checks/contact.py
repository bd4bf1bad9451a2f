"""Checks of the ways to reach a person: are they stated, and have they the right form?

Whether somebody answers there is not checked; nothing leaves the machine.
"""

import re
from collections.abc import Iterator

from ..cv import PersonalInfo
from .verdict import Check, warned

LONGEST_LOCAL_PART = 64
LONGEST_ADDRESS = 254
"""Octets of an e-mail address and of its part before the @ (RFC 5321, 4.5.3.1; RFC 3696,
erratum 1690)."""

FEWEST_DIGITS = 6
MOST_DIGITS = 15
"""Digits of a phone number; 15 is the most that ITU-T E.164 allows, with the country code."""

# A dot-atom (RFC 5322, 3.2.3) with the letters of any script (RFC 6532), then at least two
# labels of a host name (RFC 1123, 2.1) of which the last is no number. Quoted local parts and
# addresses of bare machines are legal but stand in no CV.
_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?=[^\d.]*[^\W\d]){_LABEL}")

_EXTENSION = re.compile(r"(?:\bext\.?|\bextension|\bx|#)\s*\d{1,6}\s*$", re.IGNORECASE)
_BETWEEN_NUMBERS = re.compile(r"\s*[,;|]\s*|\s+/\s+|\n+")
_NUMBER = re.compile(r"\+?[\d\s()./\u2010-\u2015\u00a0-]+")


def contact_checks(person: PersonalInfo) -> Iterator[Check]:
    """Whether the CV says how to reach the person, and the forms of address and number."""
    reachable = bool(person.email or person.phone)
    verb = "states" if reachable else "does not state"
    reason = f"The CV {verb} an e-mail address or a phone number."
    yield warned("contact-present", ok=reachable, reason=reason)
    yield _form("email-form", "e-mail address", person.email, ok=is_email(person.email))
    yield _form("phone-form", "phone number", person.phone, ok=is_phone(person.phone))


def _form(check_id: str, what: str, stated: str, *, ok: bool) -> Check:
    if not stated:
        return warned(check_id, ok=True, reason=f"There is no {what} to check.")
    form = "has the form of one" if ok else "does not have the form of one"
    return warned(check_id, ok=ok, reason=f"What stands as the {what} {form}.")


def is_email(text: str) -> bool:
    """Whether `text` has the form of an e-mail address with a full host name."""
    address = text.strip()
    local = address.rpartition("@")[0]
    fits = len(address.encode()) <= LONGEST_ADDRESS and len(local.encode()) <= LONGEST_LOCAL_PART
    return fits and _EMAIL.fullmatch(address) is not None


def is_phone(text: str) -> bool:
    """Whether `text` is phone numbers, each of the form of one.

    An international number must have a length that its country's numbering plan knows (the
    metadata of phonenumbers); of others the digits are counted. Numbers set aside for films
    and examples pass: they have the right form.
    """
    return all(map(_is_number, _BETWEEN_NUMBERS.split(text.strip())))


def _is_number(text: str) -> bool:
    number = _EXTENSION.sub("", text).strip()
    digits = sum(each.isdigit() for each in number)
    if not _NUMBER.fullmatch(number) or not FEWEST_DIGITS <= digits <= MOST_DIGITS:
        return False
    return not number.startswith("+") or _fits_plan(number)


def _fits_plan(number: str) -> bool:
    import phonenumbers

    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False
