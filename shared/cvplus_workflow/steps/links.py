"""Web addresses: which may be followed, how they are shown, and where running text has them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

_SAFE_LINK = re.compile(r"(https?://[^\s]+|mailto:[^\s]+|tel:[^\s]+)", re.IGNORECASE)
_BARE_LINK = re.compile(r"([\w-]+\.)+[a-zA-Z]{2,}(/[^\s]*)?")
_IN_TEXT = re.compile(r"(?<!\w)https?://[^\s<>\"“”«»{}\[\]|\\^`]+", re.IGNORECASE)
_PUNCTUATION = ".,;:!?'’*_…"
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]+)")
_SCHEME = re.compile(r"[a-z][a-z0-9+-]*:")
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_KEPT = "/%:@!$&'()*+,;=~-._"


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


def web_address(text: str) -> str:
    """`text` as a web address in ASCII (RFC 3986, names of hosts by IDNA), or "".

    https:// is added to a bare address. An address has a host of a public form, so no
    mere number and no single word, and neither a user nor a password.
    """
    try:
        parts = urlsplit(safe_link(text))
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not _HOST.fullmatch(host):
        return ""
    return _ascii_address(parts, host if port is None else f"{host}:{port}")


def _ascii_address(parts: SplitResult, place: str) -> str:
    path, query, fragment = (
        quote(part, safe=_KEPT + more)
        for part, more in ((parts.path, ""), (parts.query, "?"), (parts.fragment, "?"))
    )
    return urlunsplit((parts.scheme, place, path, query, fragment))


def has_other_scheme(text: str) -> bool:
    """Whether `text` names a scheme that is not the web's, such as `javascript:`.

    Browsers skip characters that cannot be seen, so they hide no scheme here.
    """
    visible = _INVISIBLE.sub("", text).casefold()
    scheme = _SCHEME.match(visible)
    return scheme is not None and scheme[0] not in {"http:", "https:"}


def shown_link(url: str) -> str:
    """A web address as it is shown: without its scheme, `www.` and trailing slash."""
    return re.sub(r"^(https?://)?(www\.)?", "", url.strip(), flags=re.IGNORECASE).rstrip("/")


def readable_link(address: str) -> str:
    """What `web_address` answers as it is shown: with the letters that its codes stand for."""
    parts = urlsplit(address)
    host = parts.netloc.encode("ascii").decode("idna")
    return shown_link(unquote(urlunsplit(parts._replace(netloc=host))))


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
