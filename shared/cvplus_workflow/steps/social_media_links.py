"""The links of the CV: whose account each is, and its address in one form.

No address is visited, so nothing is said of whether it leads anywhere.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Literal

from ..errors import refusal
from .contract import FeatureOutput, Model, Produced
from .cv import ParsedCv, Profile
from .inputs import ParsedCvInput
from .links import has_other_scheme, readable_link, shown_link, web_address
from .networks import Account, account_at, account_named, is_front_page
from .svg import classed, element, text

Input = ParsedCvInput

WEBSITE = "Website"
"""The network of a link to a site that belongs to none."""

Reason = Literal["other-scheme", "malformed", "no-account", "uncertain-username"]


class SocialLink(Model):
    """A link; `stated` is the CV's own address or account name.

    `username` is absent where neither the CV nor the address tells it. `built` says that
    the CV states the account's name alone and `url` is the network's form for it.
    """

    network: str
    username: str = ""
    url: str
    stated: str
    built: bool = False


class Output(FeatureOutput):
    """The links in the order of the CV, each address once.

    `rejected` counts what is no link by reason: `other-scheme` (not http or https, such
    as `javascript:`), `malformed`, `no-account` (a network's front page), and
    `uncertain-username` (a name that does not settle the address).
    """

    links: list[SocialLink]
    rejected: dict[Reason, int]
    liveness: Literal["not-checked"]


def run(given: ParsedCvInput) -> Produced:
    """The links of the CV.

    Raises `WorkflowError` (failed-precondition, `missing-links`) if none can be followed, or
    privacy mode masks them.
    """
    if given.outputs.is_masked:
        raise refusal("missing-links", "Privacy mode masks all links, so there are none to show.")
    links: dict[str, SocialLink] = {}
    rejected: Counter[Reason] = Counter()
    for profile in _stated(given.outputs.cv):
        found = _read(profile)
        if isinstance(found, SocialLink):
            _add(links, found)
        else:
            rejected[found] += 1
    if not links:
        raise refusal("missing-links", "The CV states no link to a site or an account.")
    listed = list(links.values())
    return Produced(
        Output(
            fragment=_fragment(listed),
            links=listed,
            rejected=dict(rejected),
            liveness="not-checked",
        )
    )


def _stated(cv: ParsedCv) -> Iterator[Profile]:
    info = cv.personal_info
    for network, url in (
        (WEBSITE, info.website),
        ("LinkedIn", info.linkedin),
        ("GitHub", info.github),
    ):
        if url.strip():
            yield Profile(network=network, url=url.strip())
    for profile in info.profiles:
        if profile.url.strip() or profile.username.strip():
            yield profile


def _read(stated: Profile) -> SocialLink | Reason:
    """The link that is stated, or why there is none."""
    url, username = stated.url.strip(), stated.username.strip()
    if not url and "/" in username:
        url, username = username, ""
    if has_other_scheme(url):
        return "other-scheme"
    network, address = stated.network.strip(), web_address(url)
    if address and not is_front_page(address):
        return _linked(account_at(address, network), username, url)
    if address and not username:
        return "no-account"
    name = username or url
    account = account_named(network, name)
    if account is None:
        return "uncertain-username" if username else "malformed"
    return SocialLink(**account._asdict(), stated=name, built=True)


def _linked(account: Account, username: str, url: str) -> SocialLink:
    return SocialLink(
        network=account.network or WEBSITE,
        username=account.username or username,
        url=account.url,
        stated=url,
    )


def _add(links: dict[str, SocialLink], link: SocialLink) -> None:
    """Keeps one link for an address, however often and in whatever capitals it is stated."""
    links.setdefault(shown_link(link.url).casefold(), link)


def _fragment(links: list[SocialLink]) -> str:
    items = (
        classed(
            "li",
            "social-link",
            classed("span", "social-network", text(link.network)),
            " ",
            element("a", {"href": link.url}, text(readable_link(link.url))),
        )
        for link in links
    )
    heading = classed("h2", "social-heading", "Links")
    return classed("div", "social-media-links", heading, classed("ul", "social-list", *items))
