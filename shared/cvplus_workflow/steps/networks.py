"""Accounts on networks: which network an address belongs to, whose account, and where.

The forms of the addresses are those that the networks publish for public profiles. An
account's name makes an address only where the network's form leaves no choice.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from .reading.contact import network_of
from .reading.entry_words import PROFILE_HOSTS

_X = "X (Twitter)"
_NAME = r"[A-Za-z0-9](?:[\w.-]{0,78}\w)?"
_HANDLE = r"[A-Za-z0-9_]{1,15}"
_CODE_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})"
_SLUG = r"[^\s/?#@:]{2,100}"
_NUMBER = r"[0-9]+"
_ORCID = r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]"

_HOST_PREFIX = re.compile(r"(?:www|m|mobile|[a-z]{2})\.")
_OWN_PAGES = """
    about company explore feed hashtag home i in intent jobs login orgs p page pages pub search
    settings share sharer signup tag topics users watch
    """
_NOT_ACCOUNTS = frozenset(_OWN_PAGES.split())
"""First words of paths that networks keep for themselves."""


class Network(NamedTuple):
    """How a network addresses accounts.

    `address` has the account in place of `{}`. `path` is the form of an account's path
    and query, with the account as its group; by default that of `address`. `username` is
    the form of a stated name that makes an address; none does if it is empty.
    """

    name: str
    address: str
    username: str
    path: str = ""


class Account(NamedTuple):
    """An account: its network, its name there if known, and its address."""

    network: str
    username: str
    url: str


_NETWORKS = (
    Network(
        "LinkedIn",
        "https://www.linkedin.com/in/{}",
        _SLUG,
        rf"/(?:m(?:wlite)?/)?in/({_SLUG})(?:/[a-z]{{2}}(?:-[a-z]{{2}})?)?",
    ),
    Network("GitHub", "https://github.com/{}", _CODE_HOST),
    Network("GitLab", "https://gitlab.com/{}", _NAME),
    Network("Bitbucket", "https://bitbucket.org/{}", _NAME),
    Network("XING", "https://www.xing.com/profile/{}", _SLUG, rf"/profile/({_SLUG})(?:/.*)?"),
    Network(_X, "https://x.com/{}", _HANDLE),
    Network(
        "Stack Overflow",
        "https://stackoverflow.com/users/{}",
        _NUMBER,
        rf"/users/({_NUMBER})(?:/[^/]*)?",
    ),
    Network("ORCID", "https://orcid.org/{}", _ORCID),
    Network(
        "Google Scholar",
        "https://scholar.google.com/citations?user={}",
        "",
        r"/citations\?(?:.*&)?user=([\w-]{12})",
    ),
    Network("ResearchGate", "https://www.researchgate.net/profile/{}", _SLUG),
    Network("Medium", "https://medium.com/@{}", _NAME),
    Network("YouTube", "https://www.youtube.com/@{}", ""),
    Network("Dribbble", "https://dribbble.com/{}", _NAME),
    Network("Behance", "https://www.behance.net/{}", _NAME),
    Network("Kaggle", "https://www.kaggle.com/{}", _NAME),
    Network("Mastodon", "https://mastodon.social/@{}", ""),
    Network("Bluesky", "https://bsky.app/profile/{}", r"[\w-]+(?:\.[\w-]+)+"),
    Network("DEV", "https://dev.to/{}", _NAME),
    Network("CodePen", "https://codepen.io/{}", _NAME),
    Network("SoundCloud", "https://soundcloud.com/{}", _NAME),
    Network("Facebook", "https://www.facebook.com/{}", _NAME),
    Network("Instagram", "https://www.instagram.com/{}", _NAME),
    Network("Telegram", "https://t.me/{}", r"[A-Za-z]\w{4,31}"),
)

_FEDIVERSE_NAME = re.compile(r"@?(\w[\w.-]*)@((?:[\w-]+\.)+[a-z]{2,})", re.IGNORECASE)
_FEDIVERSE_PATH = re.compile(r"/@(\w[\w.-]*)/?")


def account_at(address: str, stated_network: str) -> Account:
    """The account that a web address leads to.

    An address of another form, such as a page deep in a network, stays as it is, without
    a name of an account. Where the host says nothing, the network is the stated one.
    """
    parts = urlsplit(address)
    network = _of_host(parts.hostname or "")
    if network is None:
        return _elsewhere(address, stated_network)
    name = _name_in(network, parts)
    if name:
        return Account(network.name, name, network.address.format(quote(name, safe="")))
    return Account(network.name, "", urlunsplit(parts._replace(scheme="https")))


def is_front_page(address: str) -> bool:
    """Whether an address leads to a network as such and to nobody's page there."""
    parts = urlsplit(address)
    bare = not parts.path.strip("/") and not parts.query
    return bare and _of_host(parts.hostname or "") is not None


def account_named(network: str, username: str) -> Account | None:
    """The account of a stated name, or None where the name does not settle its address."""
    known = network_called(network)
    if known is None:
        return None
    if known.name == "Mastodon":
        return _fediverse_account(username)
    if known.name == "YouTube" and username.startswith("@"):
        return _made(known, username[1:], _NAME)
    return _made(known, username.removeprefix("@"), known.username)


def network_called(name: str) -> Network | None:
    """The network of this name in any spelling, or None."""
    return _BY_KEY.get(_key(name))


def _made(network: Network, name: str, form: str) -> Account | None:
    if not form or not re.fullmatch(form, name) or not _is_valid(network, name):
        return None
    return Account(network.name, name, network.address.format(quote(name, safe="")))


def _fediverse_account(username: str) -> Account | None:
    match = _FEDIVERSE_NAME.fullmatch(username)
    if match is None:
        return None
    return Account("Mastodon", username, f"https://{match[2].lower()}/@{match[1]}")


def _elsewhere(address: str, stated_network: str) -> Account:
    known = network_called(stated_network)
    parts = urlsplit(address)
    match = _FEDIVERSE_PATH.fullmatch(parts.path)
    if match and known and known.name == "Mastodon":
        return Account(
            "Mastodon", f"@{match[1]}@{parts.hostname}", f"https://{parts.netloc}/@{match[1]}"
        )
    return Account(stated_network, "", address)


def _of_host(host: str) -> Network | None:
    if host.startswith("scholar.google."):
        return _BY_KEY["googlescholar"]
    return network_called(network_of(host))


def _name_in(network: Network, parts: SplitResult) -> str:
    """The account's name in an address of the network's form, or ""."""
    if not _is_main_host(parts.hostname or ""):
        return ""
    target = parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
    match = re.fullmatch(rf"(?:{_path_form(network)})(?:[?&].*)?", target)
    name = unquote(match[1]) if match else ""
    return name if _is_valid(network, name) else ""


def _path_form(network: Network) -> str:
    if network.path:
        return network.path
    path = urlsplit(network.address).path
    return path.replace("{}", f"({network.username or _NAME})")


def _is_main_host(host: str) -> bool:
    """Whether a network's host has no more before it than a language or a kind of device."""
    bare = _HOST_PREFIX.sub("", host, count=1)
    return bare in PROFILE_HOSTS or host in PROFILE_HOSTS or host.startswith("scholar.google.")


def _is_valid(network: Network, name: str) -> bool:
    if network.name == "ORCID":
        return _orcid_checks(name)
    return name.casefold() not in _NOT_ACCOUNTS


def _orcid_checks(name: str) -> bool:
    """Whether the last character is the check digit of the others (ISO 7064, MOD 11-2)."""
    total = 0
    for digit in name[:-1].replace("-", ""):
        total = (total + int(digit)) * 2
    return name[-1:] == "0123456789X"[(12 - total % 11) % 11]


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


_BY_KEY: Mapping[str, Network] = {_key(network.name): network for network in _NETWORKS} | {
    key: network for network in _NETWORKS if network.name == _X for key in ("x", "twitter")
}
