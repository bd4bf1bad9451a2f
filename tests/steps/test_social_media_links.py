"""The links of a CV in one form (F12)."""

import pytest
from example_cvs import JOB, after_parse, example_cv

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps.cv import ParsedCv, PersonalInfo, Profile
from cvplus_workflow.steps.inputs import AfterParse, MaskedDocument, ParsedCvInput, ParsedDocument
from cvplus_workflow.steps.links import has_other_scheme, readable_link, web_address
from cvplus_workflow.steps.registry import BUILT_IN
from cvplus_workflow.steps.social_media_links import Output, SocialLink, run

WEBSITE = PersonalInfo(website="https://jane.example")


def output_of(cv: ParsedCv) -> Output:
    output = run(after_parse(cv)).output
    assert isinstance(output, Output)
    return output


def output_with(*profiles: Profile) -> Output:
    """The output for these profiles behind a website that is always a link."""
    info = WEBSITE.model_copy(update={"profiles": list(profiles)})
    return output_of(ParsedCv(personal_info=info))


def link(*, network: str = "", username: str = "", url: str = "") -> SocialLink | None:
    profile = Profile(network=network, username=username, url=url)
    return next(iter(output_with(profile).links[1:]), None)


def test_the_links_of_an_example_each_once() -> None:
    found = output_of(example_cv("jane")).links
    assert [(each.network, each.username, each.url) for each in found] == [
        ("Website", "", "http://janef.me/blog"),
        ("GitHub", "janef-was-here", "https://github.com/janef-was-here"),
        ("X (Twitter)", "janef-was-here", "https://twitter.com/janef-was-here"),
    ]


def test_an_account_named_beside_a_front_page_is_found_by_its_name() -> None:
    found = {each.network: each for each in output_of(example_cv("richard")).links}
    assert found["X (Twitter)"] == SocialLink(
        network="X (Twitter)",
        username="neutralthoughts",
        url="https://x.com/neutralthoughts",
        stated="neutralthoughts",
        built=True,
    )
    assert found["SoundCloud"].url == "https://soundcloud.example.com/dandymusicnl"


@pytest.mark.parametrize(
    ("stated", "network", "username", "url"),
    [
        (
            "http://de.linkedin.com/in/jane-doe-1/?originalSubdomain=de",
            "LinkedIn",
            "jane-doe-1",
            "https://www.linkedin.com/in/jane-doe-1",
        ),
        (
            "linkedin.com/in/jos%C3%A9-x/en",
            "LinkedIn",
            "josé-x",
            "https://www.linkedin.com/in/jos%C3%A9-x",
        ),
        ("WWW.GitHub.com/Jane/", "GitHub", "Jane", "https://github.com/Jane"),
        ("https://github.com/jane/cv", "GitHub", "", "https://github.com/jane/cv"),
        ("https://gist.github.com/jane", "GitHub", "", "https://gist.github.com/jane"),
        ("https://github.com/explore", "GitHub", "", "https://github.com/explore"),
        ("https://gitlab.com/jane.d", "GitLab", "jane.d", "https://gitlab.com/jane.d"),
        (
            "https://www.xing.com/profile/Jane_Doe2/cv",
            "XING",
            "Jane_Doe2",
            "https://www.xing.com/profile/Jane_Doe2",
        ),
        ("https://mobile.twitter.com/jane?lang=de", "X (Twitter)", "jane", "https://x.com/jane"),
        (
            "https://stackoverflow.com/users/123/jane",
            "Stack Overflow",
            "123",
            "https://stackoverflow.com/users/123",
        ),
        (
            "http://orcid.org/0000-0002-1825-0097",
            "ORCID",
            "0000-0002-1825-0097",
            "https://orcid.org/0000-0002-1825-0097",
        ),
        (
            "https://scholar.google.pl/citations?hl=pl&user=AbC-efGhIjKl",
            "Google Scholar",
            "AbC-efGhIjKl",
            "https://scholar.google.com/citations?user=AbC-efGhIjKl",
        ),
        ("https://medium.com/@jane.d", "Medium", "jane.d", "https://medium.com/@jane.d"),
        ("https://youtube.com/@jane", "YouTube", "jane", "https://www.youtube.com/@jane"),
        (
            "https://www.youtube.com/watch?v=abc",
            "YouTube",
            "",
            "https://www.youtube.com/watch?v=abc",
        ),
        ("https://mastodon.social/@jane", "Mastodon", "jane", "https://mastodon.social/@jane"),
        ("https://www.behance.net/jane", "Behance", "jane", "https://www.behance.net/jane"),
        ("https://x.com.evil.example/jane", "Website", "", "https://x.com.evil.example/jane"),
    ],
)
def test_an_address_is_brought_to_its_networks_form(
    stated: str, network: str, username: str, url: str
) -> None:
    found = link(url=stated)
    assert found == SocialLink(network=network, username=username, url=url, stated=stated)


@pytest.mark.parametrize(
    ("network", "username", "url"),
    [
        ("Github", "jane", "https://github.com/jane"),
        ("linked in", "jane-doe", "https://www.linkedin.com/in/jane-doe"),
        ("twitter", "@jane", "https://x.com/jane"),
        ("StackOverflow", "123", "https://stackoverflow.com/users/123"),
        ("Mastodon", "@jane@social.example", "https://social.example/@jane"),
        ("YouTube", "@jane", "https://www.youtube.com/@jane"),
        ("ORCID", "0000-0002-1694-233X", "https://orcid.org/0000-0002-1694-233X"),
    ],
)
def test_a_name_alone_makes_an_address_where_the_form_is_certain(
    network: str, username: str, url: str
) -> None:
    found = link(network=network, username=username)
    assert found is not None
    assert (found.url, found.stated, found.built) == (url, username, True)


@pytest.mark.parametrize(
    ("network", "username"),
    [
        ("Stack Overflow", "jane"),
        ("Google Scholar", "JaneDoe12345"),
        ("Mastodon", "jane"),
        ("YouTube", "jane"),
        ("Xing", "Jane Doe"),
        ("GitHub", "javascript:alert(1)"),
        ("ORCID", "0000-0002-1825-0098"),
        ("Nowhere", "jane"),
        ("", "jane"),
    ],
)
def test_a_name_that_settles_no_address_is_counted(network: str, username: str) -> None:
    output = output_with(Profile(network=network, username=username))
    assert (len(output.links), output.rejected) == (1, {"uncertain-username": 1})


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("javascript:alert(1)", "other-scheme"),
        ("Java\tScript:alert(1)", "other-scheme"),
        ("\u200bdata:text/html,x", "other-scheme"),
        ("ftp://jane.example", "other-scheme"),
        ("http://", "malformed"),
        ("https://jane", "malformed"),
        ("https://jane doe.example", "malformed"),
        ("https://user:secret@jane.example", "malformed"),
        ("https://jane.example:port/", "malformed"),
        ("https://[::1", "malformed"),
        ("https://127.0.0.1/", "malformed"),
        ("https://www.linkedin.com/", "no-account"),
    ],
)
def test_what_is_no_link_is_left_out_and_counted(url: str, reason: str) -> None:
    output = output_with(Profile(url=url))
    assert (len(output.links), output.rejected) == (1, {reason: 1})
    assert "alert" not in output.fragment


def test_nothing_is_said_of_whether_links_work() -> None:
    output = output_of(example_cv("richard"))
    assert output.liveness == "not-checked"
    assert "check" not in output.fragment


def test_the_page_links_each_address_by_what_it_reads() -> None:
    fragment = output_with(Profile(network="A & B", url="müller.example/ü")).fragment
    assert 'href="https://xn--mller-kva.example/%C3%BC"' in fragment
    assert ">müller.example/ü</a>" in fragment
    assert '<span class="social-network">A &amp; B</span>' in fragment


def test_reading_an_address_changes_nothing_about_it() -> None:
    stated = "https://müller.example/ü?q=a b#ç".replace(" ", "+")
    address = web_address(stated)
    assert address.isascii()
    assert readable_link(address) == "müller.example/ü?q=a+b#ç"
    assert web_address(address) == address


@pytest.mark.parametrize("text", ["http://a.example", "a.example:80/x", "a.example/javascript:"])
def test_a_web_address_names_no_other_scheme(text: str) -> None:
    assert not has_other_scheme(text)


def test_what_privacy_mode_masked_does_not_come_back() -> None:
    assert "privacy-mode" in BUILT_IN["social-media-links", 1].spec.after
    info = PersonalInfo(github="https://github.com/hidden")
    masked = MaskedDocument(cv=ParsedCv(personal_info=PersonalInfo(github="github.com/•••")))
    outputs = AfterParse(parse=ParsedDocument(cv=ParsedCv(personal_info=info)), privacy_mode=masked)
    with pytest.raises(WorkflowError, match="Privacy mode") as refused:
        run(ParsedCvInput(job=JOB, outputs=outputs))
    assert refused.value.reason == "missing-links"


@pytest.mark.parametrize("profiles", [[], [Profile(url="javascript:alert(1)")]])
def test_without_a_link_the_step_is_refused(profiles: list[Profile]) -> None:
    with pytest.raises(WorkflowError) as refused:
        run(after_parse(ParsedCv(personal_info=PersonalInfo(profiles=profiles))))
    assert (refused.value.code, refused.value.reason) == (
        Code.FAILED_PRECONDITION,
        "missing-links",
    )
