"""Web addresses: which may be followed, how they are shown, and where running text has them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SAFE_LINK = re.compile(r"(https?://[^\s]+|mailto:[^\s]+|tel:[^\s]+)", re.IGNORECASE)
_BARE_LINK = re.compile(r"([\w-]+\.)+[a-zA-Z]{2,}(/[^\s]*)?")
_IN_TEXT = re.compile(r"(?<!\w)https?://[^\s<>\"“”«»{}\[\]|\\^`]+", re.IGNORECASE)
_PUNCTUATION = ".,;:!?'’*_…"


@dataclass(frozen=True)
class Linked:
    """A text that may be a link; `url` is empty or safe to follow."""

    text: str
    url: str = ""


def is_safe(url: str) -> bool:
    """Whether the whole of `url` is an http, https, mailto or tel address."""
    return _SAFE_LINK.fullmatch(url) is not None


def safe_link(url: str) -> str:
    """`url` if it is http, https, mailto or tel, with https:// added to a bare address."""
    url = url.strip()
    if is_safe(url):
        return url
    return f"https://{url}" if _BARE_LINK.fullmatch(url) else ""


def shown_link(url: str) -> str:
    """A web address as it is shown: without its scheme, `www.` and trailing slash."""
    return re.sub(r"^(https?://)?(www\.)?", "", url.strip(), flags=re.IGNORECASE).rstrip("/")


def linked_parts(text: str) -> Iterator[Linked]:
    """`text` in pieces, its http and https addresses as links; joined again they are `text`.

    Punctuation after an address belongs to the sentence, and so does a closing bracket
    that the address does not open.
    """
    done = 0
    for match in _IN_TEXT.finditer(text):
        address = _without_trail(match[0])
        if "://" not in address[:-1] or address.endswith("//"):
            continue
        yield from _plain(text[done : match.start()])
        yield Linked(address, address)
        done = match.start() + len(address)
    yield from _plain(text[done:])


def _plain(text: str) -> Iterator[Linked]:
    if text:
        yield Linked(text)


def _without_trail(address: str) -> str:
    while address and (address[-1] in _PUNCTUATION or _closes_nothing(address)):
        address = address[:-1]
    return address


def _closes_nothing(address: str) -> bool:
    return address[-1] == ")" and address.count(")") > address.count("(")
