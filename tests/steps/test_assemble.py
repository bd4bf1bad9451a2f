"""The finished CV: its structure, its words, and the PDF of it."""

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from example_cvs import after_parse, example_cv
from finished_cvs import (
    PRINT_GIVEN,
    Outline,
    assembled,
    body_text,
    every_field,
    given,
    html_of,
    pdf_text,
    richard,
    richard_texts,
    squeezed,
    strings,
)

from cvplus_workflow.domain.templates import TEMPLATES, find_template
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps import assemble
from cvplus_workflow.steps.contract import FeatureOutput, Produced
from cvplus_workflow.steps.interactive_timeline import run as timeline
from cvplus_workflow.steps.links import safe_link
from cvplus_workflow.steps.skills_visualization import run as skills


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_the_page_is_well_formed_and_structured(template: str) -> None:
    html = html_of(assemble.run(given(richard(), template)))
    outline = Outline(html)
    assert html.startswith("<!doctype html>")
    assert outline.mismatches == []
    assert outline.open == []
    assert outline.named("html")[0]["lang"] == "en"
    assert len(outline.named("h1")) == len(outline.named("main")) == 1
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert any(meta.get("name") == "viewport" for meta in outline.named("meta"))


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_the_anchors_of_the_client_are_there(template: str) -> None:
    html = html_of(assemble.run(given(richard(), template)))
    for name in ("summary", "education", "experience", "skills", "contact"):
        assert html.count(f'<section class="{name}') == 1
    assert html.count("<header class=") == html.count("<footer") == 1


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_sections_follow_the_order_of_the_theme(template: str) -> None:
    cv = every_field()
    order = find_template(template).styling.section_order
    produced = assemble.run(given(cv, template))
    found = re.findall(r'<section class="(\w+)', html_of(produced))
    assert list(dict.fromkeys(found)) == ["contact", *order]
    assert assembled(cv, template).sections == found[1:]


def test_every_field_is_shown_on_page_and_paper() -> None:
    cv = every_field()
    produced = assemble.run(given(cv))
    page = body_text(html_of(produced))
    paper = squeezed(pdf_text(produced.files["cv.pdf"].content))
    for text in [*strings(cv), "groupskill"]:
        assert text in page
        assert text in paper


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_every_text_of_a_real_cv_is_on_paper(template: str) -> None:
    produced = assemble.run(given(richard(), template))
    paper = squeezed(pdf_text(produced.files["cv.pdf"].content)).casefold()
    for text in richard_texts():
        for paragraph in text.split("\n\n"):
            assert squeezed(paragraph).casefold() in paper


def test_no_font_of_the_system_is_needed(tmp_path: Path) -> None:
    configuration = tmp_path / "fonts.conf"
    configuration.write_text("<?xml version='1.0'?><fontconfig></fontconfig>")
    done = subprocess.run(
        [sys.executable, "-c", PRINT_GIVEN],
        input=given(richard()).model_dump_json(by_alias=True).encode(),
        env={**os.environ, "FONTCONFIG_FILE": str(configuration)},
        capture_output=True,
        check=True,
    )
    words = set(pdf_text(done.stdout).replace("\ufffe", "").split())
    wanted = {word for text in richard_texts() for word in text.split()}
    paper = squeezed(pdf_text(done.stdout))
    lost = {word for word in wanted - words if squeezed(word) not in paper}
    assert lost == set()


def test_absent_sections_are_left_out_but_contact_stays() -> None:
    produced = assemble.run(given({"personalInfo": {"name": "Jane"}}))
    html = html_of(produced)
    assert re.findall(r'<section class="(\w+)', html) == ["contact"]
    assert "<header class=" in html
    assert "<footer" in html


def test_texts_are_escaped_and_lines_kept() -> None:
    cv = {"personalInfo": {"name": "<b>Jane</b> & Co"}, "summary": "One\ntwo\n\n<script>3</script>"}
    html = html_of(assemble.run(given(cv)))
    assert "<h1>&lt;b&gt;Jane&lt;/b&gt; &amp; Co</h1>" in html
    assert "<p>One<br>two</p>" in html
    assert "<p>&lt;script&gt;3&lt;/script&gt;</p>" in html


def test_a_name_cannot_leave_the_style_sheet() -> None:
    html = html_of(assemble.run(given({"personalInfo": {"name": 'J"}</style><i>'}})))
    assert html.count("</style>") == 1
    assert Outline(html).named("i") == []


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ("mailto:jane@a.example", "mailto:jane@a.example"),
        ("linkedin.example/in/jane", "https://linkedin.example/in/jane"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//a.example", ""),
        ("just words", ""),
    ],
)
def test_only_safe_addresses_become_links(url: str, link: str) -> None:
    assert safe_link(url) == link


def test_web_addresses_in_running_text_become_links() -> None:
    text = 'See https://a.example/x?a=1&b="2" (and http://b.example/y_(z)), or https:// alone.'
    cv = {"summary": text, "experience": [{"position": "Cook", "achievements": [text]}]}
    html = html_of(assemble.run(given(cv)))
    shown = (
        'See <a href="https://a.example/x?a=1&amp;b=" rel="noopener">'
        "https://a.example/x?a=1&amp;b=</a>&#34;2&#34; "
        '(and <a href="http://b.example/y_(z)" rel="noopener">http://b.example/y_(z)</a>), '
        "or https:// alone."
    )
    assert f"<p>{shown}</p>" in html
    assert f"<li>{shown}</li>" in html


def test_links_do_not_open_the_page_to_their_target() -> None:
    outline = Outline(html_of(assemble.run(given(richard()))))
    links = outline.named("a")
    assert {link["href"] for link in links} >= {
        "mailto:richard.hendriks@mail.com",
        "tel:9125554321",
        "http://piedpiper.example.com",
    }
    assert all(link["rel"] == "noopener" for link in links)


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    html = html_of(assemble.run(given(richard())))
    outline = Outline(html)
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in outline.tags}
    addresses = re.findall(r"url\(([^)]{0,30})", html)
    assert addresses
    assert all(address.startswith("data:font/woff;base64,") for address in addresses)
    policy = [m["content"] for m in outline.named("meta") if "http-equiv" in m]
    assert policy == [
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
    ]


def test_a_picture_is_shown_only_if_it_is_embedded() -> None:
    pixel = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
    for image, shown in ((pixel, 1), ("https://a.example/p.png", 0)):
        cv = {"personalInfo": {"name": "Jane", "image": image}}
        assert len(Outline(html_of(assemble.run(given(cv)))).named("img")) == shown


def test_the_file_name_of_a_picture_becomes_no_link() -> None:
    cv = {"personalInfo": {"name": "Jane", "image": "jane_doe.png"}}
    assert "jane_doe" not in html_of(assemble.run(given(cv)))


def test_iso_dates_are_shown_by_month_and_others_as_written() -> None:
    def period(**dates: Any) -> str:
        cv = {"experience": [{"position": "Cook", **dates}]}
        html = html_of(assemble.run(given(cv)))
        found = re.search(r'<p class="period">(.*?)</p>', html)
        return re.sub("<[^>]*>", "", found[1]) if found else ""

    assert period(startDate="2013-12-01", start="2013-12-01", current=True) == "Dec 2013 – Present"
    assert period(startDate="Spring 2013", start="2013", endDate="now") == "Spring 2013 – now"
    assert period(startDate="2016-08", endDate="2016-08", start="2016-08", end="2016-08") == (
        "Aug 2016"
    )
    assert period(endDate="2014", end="2014") == "2014"
    assert period(date="2012", on="2012") == "2012"
    assert period() == ""


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_timeline_shows_dates_as_the_page_does(language: str) -> None:
    fragment = timeline_of(language)
    cv = example_cv("richard").model_dump(by_alias=True)
    page = html_of(assemble.run(given(cv, language=language)))
    times = set(re.findall(r"<time .*?</time>", fragment))
    assert len(times) == 7
    assert times <= set(re.findall(r"<time .*?</time>", page))
    named = '<time datetime="2013-12-01">Dec 2013</time>' in times
    assert named == (language == "en")


def timeline_of(language: str) -> str:
    made = after_parse(example_cv("richard"))
    made.outputs.parse.language = language
    output = timeline(made).output
    assert isinstance(output, FeatureOutput)
    return output.fragment


@pytest.mark.parametrize(
    ("name", "template", "paper", "at_most"),
    [
        ("richard", "modern", "a4", 2),
        ("richard", "modern", "letter", 2),
        ("richard", "creative-showcase", "a4", 2),
        ("jane", "executive-authority", "letter", 4),
        ("jane-markdown", "modern", "a4", 4),
        ("jane-markdown", "executive-authority", "letter", 4),
    ],
)
def test_paper_holds_the_charts_and_says_nothing_twice(
    name: str, template: str, paper: str, at_most: int
) -> None:
    produced = with_features(name, template, paper)
    assert isinstance(produced.output, assemble.Output)
    assert produced.output.pages <= at_most
    text = pdf_text(produced.files["cv.pdf"].content)
    assert "career timeline" in text.casefold()
    assert "▸" not in text
    charted = 'class="skills-chart"' in html_of(produced)
    assert ("skills at a glance" in text.casefold()) == charted
    for post in example_cv(name).experience:
        assert text.count(post.position) == 1


def with_features(name: str, template: str, paper: str) -> Produced:
    cv = example_cv(name)
    made = {
        "interactive-timeline": timeline(after_parse(cv)).output,
        "skills-visualization": skills(after_parse(cv)).output,
    }
    features = {feature: output.model_dump(by_alias=True) for feature, output in made.items()}
    return assemble.run(given(cv.model_dump(by_alias=True), template, features, paper=paper))


@pytest.mark.parametrize("template", ["modern", "tech-innovation", "creative-showcase"])
def test_a_long_post_breaks_over_pages_and_keeps_its_head(template: str) -> None:
    post = {"position": "Cook", "achievements": [f"Cooked {'well ' * 20}"] * 12}
    breaks = 0
    for lines in range(30, 50):
        cv = {"summary": "\n".join(["line"] * lines), "experience": [post, post]}
        produced = assemble.run(given(cv, template))
        document = pdfium.PdfDocument(produced.files["cv.pdf"].content)
        pages = [page.get_textpage().get_text_bounded() for page in document]
        for page in pages:
            assert "Cooked" in re.split(r"Cook(?!ed)", page)[-1] or "Cook" not in page
            assert "Cooked" in page or "experience" not in page.casefold()
        breaks += any(page.count("Cooked") % 12 for page in pages)
    assert breaks > 0


def test_what_a_feature_folds_away_is_open_on_paper() -> None:
    fragment = "<details><summary>Folded</summary><p>Unfolded</p></details>"
    produced = assemble.run(given(richard(), features={"ats-optimization": {"fragment": fragment}}))
    text = pdf_text(produced.files["cv.pdf"].content)
    assert "Folded" in text
    assert "Unfolded" in text
    assert "▸" not in text


def test_headings_are_those_of_the_cv_if_it_has_one_for_the_section() -> None:
    written = [
        {"kind": "experience", "title": "BERUFSERFAHRUNG"},
        {"kind": "skills", "title": "Kenntnisse"},
        {"kind": "projects", "title": "Samples"},
        {"kind": "projects", "title": "Projects and tools"},
        {"kind": "awards"},
    ]
    html = html_of(assemble.run(given({**richard(), "sections": written})))
    headings = re.findall("<h2>(.*?)</h2>", html)
    assert {"Berufserfahrung", "Kenntnisse", "Projects", "Awards"} <= set(headings)
    assert {"Experience", "Skills", "Samples"}.isdisjoint(headings)


def test_an_address_is_shown_once_with_all_its_parts() -> None:
    info = {
        "name": "Jane",
        "address": "123 Somewhere Rd.\nMountain View, CA 94035",
        "location": "Mountain View, CA, US",
        "postalCode": "94035",
        "countryCode": "US",
    }
    html = html_of(assemble.run(given({"personalInfo": info})))
    assert "<li>123 Somewhere Rd., Mountain View, CA 94035, US</li>" in html


def test_interests_that_are_names_alone_share_a_line() -> None:
    bare = [{"name": "Yoga"}, {"name": "Chess"}]
    html = html_of(assemble.run(given({"interests": bare})))
    assert re.search(r'<ul class="row">\s*<li>Yoga</li>\s*<li>Chess</li>', html)
    told = [*bare, {"name": "Reading", "keywords": ["Crime"]}]
    assert "<h3>Yoga</h3>" in html_of(assemble.run(given({"interests": told})))


def test_fragments_are_sanitised_and_placed() -> None:
    features = {
        "skills-visualization": {"fragment": "<p>Chart</p><script>x</script>", "data": {}},
        "interactive-timeline": {"fragment": "<ol><li>2013</li></ol>"},
        "ats-optimization": {"fragment": ""},
    }
    produced = assemble.run(given(richard(), features=features))
    html = html_of(produced)
    assert "<script" not in html
    chart = (
        '<div class="progressive-feature" data-feature="skills-visualization"><p>Chart</p></div>'
    )
    assert html.index('<section class="summary"') < html.index(chart)
    assert html.index(chart) < html.index('data-feature="interactive-timeline"')
    assert html.index('data-feature="interactive-timeline"') < html.index(
        '<section class="experience"'
    )
    assert "Successfully won Techcrunch Disrupt" in html
    assert assembled(richard(), features=features).placed == [
        "interactive-timeline",
        "skills-visualization",
    ]
    assert "Chart" in pdf_text(produced.files["cv.pdf"].content)


def test_privacy_mode_shows_the_masked_copy_or_nothing() -> None:
    masked = {"personalInfo": {"name": "R. H."}, "summary": "A programmer."}
    html = html_of(
        assemble.run(given(richard(), features={"privacy-mode": {"fragment": "", "cv": masked}}))
    )
    assert "A programmer." in html
    assert "Hendriks" not in html
    with pytest.raises(WorkflowError) as caught:
        assembled(richard(), features={"privacy-mode": {"fragment": ""}})
    assert caught.value.reason == "missing-masked-cv"


def test_an_empty_cv_is_refused() -> None:
    with pytest.raises(WorkflowError) as caught:
        assembled({})
    assert (caught.value.code, caught.value.reason) == (Code.FAILED_PRECONDITION, "missing-cv")


def test_an_unknown_template_is_refused() -> None:
    with pytest.raises(WorkflowError) as caught:
        assembled(richard(), "brutalist")
    assert caught.value.code is Code.INVALID_ARGUMENT


def test_characters_without_a_glyph_are_reported_as_code_points() -> None:
    output = assembled({"personalInfo": {"name": "Jane"}, "summary": "Great 😀"})
    assert output.missing_glyphs == ["U+1F600"]


def test_pages_and_paper() -> None:
    posts = [{"position": f"Post {number}", "description": "Work. " * 60} for number in range(12)]
    produced = assemble.run(given({"experience": posts}, paper="letter"))
    document = pdfium.PdfDocument(produced.files["cv.pdf"].content)
    output = produced.output
    assert isinstance(output, assemble.Output)
    assert output.pages == len(document) > 1
    assert tuple(map(round, document[0].get_size())) == (612, 792)
    last = document[len(document) - 1].get_textpage().get_text_bounded()
    assert f"{output.pages} / {output.pages}" in last


def test_no_heading_stands_alone_at_the_end_of_a_page() -> None:
    for lines in range(20, 60, 2):
        cv = {
            "summary": "\n".join(["line"] * lines),
            "experience": [{"position": "Cook", "description": "Cooking. " * 20}],
        }
        document = pdfium.PdfDocument(assemble.run(given(cv)).files["cv.pdf"].content)
        for page in document:
            text = page.get_textpage().get_text_bounded()
            assert ("Experience" in text) == ("Cooking." in text)


def test_equal_input_gives_equal_files_within_the_budget() -> None:
    one, other = assemble.run(given(richard())), assemble.run(given(richard()))
    assert one == other
    assert len(one.files["cv.html"].content) < 400_000


def test_other_languages_set_tag_and_direction() -> None:
    html = html_of(assemble.run(given(richard(), language="he")))
    assert '<html lang="he" dir="rtl">' in html
    assert '<html lang="en" dir="ltr">' in html_of(assemble.run(given(richard(), language=None)))
