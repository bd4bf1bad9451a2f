import re
from html import unescape
from html.parser import HTMLParser
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps.sanitise import (
    HTML_TAGS,
    MAX_BYTES,
    SVG_TAGS,
    URL_SCHEMES,
    sanitised_fragment,
)

CHART = (
    '<div class="skills"><svg viewBox="0 0 10 20" role="img" preserveAspectRatio="none">'
    "<title>Skills</title><desc>A bar</desc>"
    '<g transform="translate(1,2) scale(0.5)"><path d="M0 0L1,-1.5e-3z"></path></g>'
    '<rect x="5%" y="1" width="2.5" height="3" rx="1" class="bar" fill="var(--accent)"></rect>'
    '<text x="0" y="9" text-anchor="end" font-size="12" fill="#1d4ed8">A &amp; B</text>'
    "</svg></div>"
)

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><rect onclick='alert(1)' width=1></rect></svg>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVa&#9;Script&colon;alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href=' \x01javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><a href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,x#y'></use><image href='http://evil.example/x'/></svg>",
    "<svg><animate attributeName=href values='javascript:alert(1)'/><set to=x /></svg>",
    "<svg><foreignObject><iframe src='javascript:alert(1)'></iframe></foreignObject></svg>",
    "<svg><style><!--</style><img title='--><img src onerror=alert(1)>'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<svg><title><style><img src onerror=alert(1)></style></title></svg>",
    "<svg><desc><noscript><img title='</noscript><img src onerror=alert(1)>'></desc></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src onerror=alert(1)>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<form action=x><form><input name=y><button formaction='javascript:alert(1)'>z</button>",
    "<noscript><p title='</noscript><img src onerror=alert(1)>'></noscript>",
    "<title><img src onerror=alert(1)></title>",
    "<textarea></textarea><script>alert(1)</script>",
    "<p style='background:url(http://evil.example)'>x</p><style>*{color:red}</style>",
    "<svg><rect fill='url(http://evil.example)' stroke='u\\72l(x)'></rect></svg>",
    "<svg><path d='M0 0' filter='url(#x)' clip-path='url(#x)' mask='url(#x)'></path></svg>",
    "<svg><text fill='expression(alert(1))' font-size='calc(1px*1e9)'>x</text></svg>",
    "<p id=location name=cookie>x</p><form id=feature-x><input></form>",
    "<section class='experience'>x</section><h1>y</h1><body onload=alert(1)>",
    "<base href='http://evil.example'><link rel=stylesheet href=x><meta http-equiv=refresh>",
    "<a href='data:text/calendar;charset=utf-8,BEGIN:VCALENDAR'>x</a>",
    "<a href='DATA:text/html;base64,eA=='>x</a><a href='\x01data:text/html;base64,eA=='>x</a>",
    "<a href='data:text/calendar;charset=utf-8;base64,eA==#<script>'>x</a>",
    "<a href='data:image/svg+xml;base64,eA==' download='x.svg'>x</a>",
    "<a href='d\tata:text/html;base64,eA=='>x</a><a href='da&#10;ta:text/html,x'>x</a>",
    "<a href='https://cv.example/x.exe' download='x.exe'>x</a><a download>x</a>",
    "<video src=x></video><audio src=x></audio><object data=x></object><embed src=x>",
    "<table><tr><td colspan=999999 background='http://evil.example'>x</table>",
    "<!--[if IE]><script>alert(1)</script><![endif]--><?xml x?><![CDATA[<script>]]>",
]

ALLOWED_ATTRIBUTES = re.compile(
    r"aria-[a-z]+|class|id|title|lang|dir|role|href|rel|open|colspan|x|y|d|width|height|fill|"
    r"stroke|font-size"
)


class Survey(HTMLParser):
    """Fails on any element or attribute that could act."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in HTML_TAGS | SVG_TAGS
        for name, value in attrs:
            assert ALLOWED_ATTRIBUTES.fullmatch(name), name
            assert "url(" not in (value or "")
            assert "\\" not in (value or "")
            if name == "href":
                assert (value or "").split(":")[0] in URL_SCHEMES
            if name == "colspan":
                assert len(value or "") <= 3
            if name == "id":
                assert (value or "").startswith("feature-")


@pytest.mark.parametrize("html", HOSTILE)
def test_hostile_markup_is_neutralised(html: str) -> None:
    cleaned = sanitised_fragment(html)
    survey = Survey()
    survey.feed(cleaned)
    survey.close()
    assert "javascript:" not in unescape(cleaned).lower()
    assert sanitised_fragment(cleaned) == cleaned


def test_svg_survives_unchanged_with_the_case_of_its_names() -> None:
    assert sanitised_fragment(CHART) == CHART


def test_text_markup_survives() -> None:
    html = (
        '<details open=""><summary>More</summary><dl><dt>A</dt><dd>1 &lt; 2</dd></dl></details>'
        "<ol><li><strong>x</strong></li></ol>"
        '<table><tbody><tr><th scope="row">a</th><td colspan="2">b</td></tr></tbody></table>'
    )
    assert sanitised_fragment(html) == html


@pytest.mark.parametrize("address", ["https://a.example/b?c=1", "mailto:a@b.example", "tel:+1"])
def test_links_out_survive_and_do_not_hand_over_the_window(address: str) -> None:
    cleaned = sanitised_fragment(f'<a href="{address}" target="_blank">x</a>')
    assert cleaned == f'<a href="{address}" rel="noopener noreferrer">x</a>'


def test_ids_and_their_references_keep_to_their_name_space() -> None:
    html = '<p id="feature-a" aria-labelledby="feature-b">x</p>'
    assert sanitised_fragment(html) == html
    foreign = '<p id="a" aria-labelledby="feature-b main" aria-label="kept">x</p>'
    assert sanitised_fragment(foreign) == '<p aria-label="kept">x</p>'


def test_markup_that_would_be_parsed_differently_the_second_time_is_settled() -> None:
    # Once the button is gone, the inner paragraph would end the outer one.
    assert sanitised_fragment("<p><button><p>x</p></button></p>") == "<p></p><p>x</p><p></p>"


PIECES = st.sampled_from(
    ["<", ">", "&", '"', "text", "&lt;", "\x00", "\r", "]]>", "<!--", "-->", "<![CDATA["]
    + [f"<{name}>" for name in sorted(HTML_TAGS | SVG_TAGS)]
    + [f"</{name}>" for name in sorted(HTML_TAGS | SVG_TAGS)]
    + ["<button>", "</button>", "<form>", "<math>", "<mtext>", "<foreignObject>", "<style>"]
    + ["</style>", "<select>", "<pre>\n\n", "<select><option>", "<textarea>", "<title>"]
    + ["<svg viewBox='0 0 1 1' fill='url(#a)' id=x class=y>", "<a href='http://x' id=feature-1>"]
)


@given(st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=60))
def test_sanitising_is_idempotent(html: str) -> None:
    cleaned = sanitised_fragment(html)
    assert sanitised_fragment(cleaned) == cleaned


@pytest.mark.parametrize("opening", ["<b>", "<div>", "<svg><g>", "<table><tr><td>", "<p><a>"])
def test_deep_nesting_is_refused_quickly(opening: str) -> None:
    started = process_time()
    with pytest.raises(WorkflowError) as refused:
        sanitised_fragment(opening * 100_000)
    assert process_time() - started < 2
    assert refused.value.reason in {"fragment-too-large", "fragment-too-complex"}


@pytest.mark.parametrize("tags", [9_000, 60_000])
def test_nesting_within_the_limit_of_size_is_refused(tags: int) -> None:
    started = process_time()
    with pytest.raises(WorkflowError) as refused:
        sanitised_fragment("<i>" * tags)
    assert process_time() - started < 2
    assert refused.value.reason == "fragment-too-complex"


def test_many_siblings_are_no_deep_nesting() -> None:
    html = "<p>x<br></p>" * 2_000
    assert sanitised_fragment(html) == html


@pytest.mark.parametrize("html", ["x" * (MAX_BYTES + 1), "é" * (MAX_BYTES // 2 + 1)])
def test_a_fragment_over_the_limit_is_refused(html: str) -> None:
    with pytest.raises(WorkflowError) as refused:
        sanitised_fragment(html)
    assert refused.value.code is Code.INVALID_ARGUMENT
    assert refused.value.reason == "fragment-too-large"


def test_a_fragment_that_grows_over_the_limit_is_refused() -> None:
    # Every "&" becomes "&amp;": cleaning again would have to refuse its own output.
    with pytest.raises(WorkflowError, match="at most"):
        sanitised_fragment("&" * (MAX_BYTES // 2))


def test_lone_surrogates_are_refused() -> None:
    with pytest.raises(WorkflowError) as refused:
        sanitised_fragment("a\ud800")
    assert refused.value.reason == "fragment-not-text"


def test_a_link_may_hold_a_calendar_to_be_saved() -> None:
    link = (
        '<a href="data:text/calendar;charset=utf-8;base64,QkVHSU4=" download="career.ics" '
        'rel="noopener noreferrer">Save</a>'
    )
    assert sanitised_fragment(link) == link
