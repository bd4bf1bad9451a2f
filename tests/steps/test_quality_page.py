"""Checks of the finished page (J8): contrast by the formulas of WCAG, and valid HTML."""

import pytest
from example_cvs import JOB, after_parse, example_cv

from cvplus_workflow.domain.templates import TEMPLATES
from cvplus_workflow.steps import assemble, interactive_timeline, skills_visualization
from cvplus_workflow.steps.checks.contrast import colour_of, contrast_ratio, over, required_ratio
from cvplus_workflow.steps.checks.page_contrast import contrast_check, judged_texts
from cvplus_workflow.steps.checks.page_tree import page_tree
from cvplus_workflow.steps.checks.validity import validity_checks
from cvplus_workflow.steps.contract import FeatureOutput


def page(body: str, css: str = "") -> str:
    head = f"<title>CV</title><style>{css}</style>"
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'


def ratios(body: str, css: str = "") -> list[float | None]:
    texts = judged_texts(page_tree(page(body, css)).root)
    return [text.ratio and round(text.ratio, 2) for text in texts]


def faults(html: str) -> set[str]:
    return {check.id for check in validity_checks(page_tree(html)) if check.verdict == "fail"}


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        # Known values: https://webaim.org/resources/contrastchecker
        ("#000", "#fff", 21.0),
        ("#777", "#ffffff", 4.48),
        ("#767676", "white", 4.54),
        ("rgb(255, 0, 0)", "#fff", 4.0),
        ("#1f5f8b", "#ffffff", 6.84),
    ],
)
def test_the_contrast_of_two_colours_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    first, second = colour_of(one), colour_of(other)
    assert first is not None
    assert second is not None
    assert contrast_ratio(first, second) == pytest.approx(ratio, abs=0.01)
    assert contrast_ratio(second, first) == contrast_ratio(first, second)


def test_a_colour_that_lets_through_is_mixed_with_what_is_below() -> None:
    half, white = colour_of("rgba(0, 0, 0, 50%)"), colour_of("#fff")
    assert half is not None
    assert white is not None
    assert over(half, white)[:3] == (0.5, 0.5, 0.5)
    assert colour_of("#00000080") != half
    assert colour_of("linear-gradient(red, blue)") is None


@pytest.mark.parametrize(
    ("size", "bold", "ratio"),
    [(16, False, 4.5), (23.9, False, 4.5), (24, False, 3.0), (18.6, True, 4.5), (18.7, True, 3.0)],
)
def test_large_text_needs_less_contrast(size: float, bold: bool, ratio: float) -> None:
    assert required_ratio(size, bold=bold) == ratio


@pytest.mark.parametrize(
    ("css", "ratio"),
    [
        ("p { color: #777 }", 4.48),
        ("p { color: #777 } .a { color: #000 }", 21.0),
        (".a { color: #000 } p { color: #777 }", 21.0),
        ("p { color: #777 !important } .a { color: #000 }", 4.48),
        ("div { color: #777 }", 4.48),
        ("div > p, td { color: #777 }", 4.48),
        ("td > p { color: #777 }", 21.0),
        ("i + p { color: #777 }", 4.48),
        ("i + div { color: #777 }", 21.0),
        ("i ~ p { color: #777 }", 4.48),
        ("[class$='a'] { color: #777 }", 4.48),
        ("p:not(.b) { color: #777 }", 4.48),
        ("p:not(.a) { color: #777 }", 21.0),
        ("p:last-child { color: #777 }", 4.48),
        ("p:hover, p::before { color: #777 }", 21.0),
        (":root { --faint: #777 } p { color: var(--faint) }", 4.48),
        ("p { color: var(--none, #777) }", 4.48),
        ("@media print { p { color: #777 } }", 21.0),
        ("@media print, screen and (min-width: 46rem) { p { color: #777 } }", 4.48),
        ("@page { margin: 0; @top-left { color: red } } p { color: #777 }", 4.48),
        ("/* p { color: red } */ p { color: #777 }", 4.48),
        ("body { background: #777 }", 4.69),
        ("body { background: #000 } p { background: #fff }", 21.0),
        ("p { opacity: .5 }", 3.98),
        ("p { background: url(x.png) }", None),
    ],
)
def test_the_style_of_a_text_is_found_by_the_rules_of_css(css: str, ratio: float | None) -> None:
    assert ratios('<div><i></i><p class="a">Text</p></div>', css) == [ratio]


def test_text_that_is_not_shown_or_has_no_letters_is_not_judged() -> None:
    body = '<p class="gone">a</p><p>–</p><details><summary>b</summary><p>c</p></details>'
    assert ratios(body, ".gone { display: none }") == [21.0, 21.0]


def test_text_of_a_figure_is_judged_by_its_fill_and_the_shape_behind_it() -> None:
    shapes = """<svg viewBox="0 0 100 40" fill="#1f5f8b"><rect width="50" height="40"/>
      <text x="5" y="20" fill="#fff">on it</text><text x="60" y="20">beside it</text>
      <text x="5" y="20">lost</text><circle cx="75" cy="20" r="9" fill="#000"/>
      <text x="75" y="22" text-anchor="middle"><tspan fill="#777">A</tspan></text></svg>"""
    assert ratios(shapes) == [6.84, 6.84, 1.0, 4.69]


def test_a_text_that_ends_at_its_place_stands_to_the_left_of_it() -> None:
    shape = '<rect x="50" width="50" height="40" fill="#000"/>'
    texts = (
        f'<text x="50" y="20" text-anchor="{anchor}" fill="#777">on</text>'
        for anchor in ("start", "end")
    )
    assert ratios(f'<svg viewBox="0 0 100 40">{shape}{"".join(texts)}</svg>') == [4.69, 4.48]


def test_a_plus_means_the_next_element_alone() -> None:
    assert ratios("<i></i><b>a</b><p>b</p>", "i + p { color: #777 }") == [21.0, 21.0]
    assert ratios("<i></i><b>a</b><p>b</p>", "i ~ p { color: #777 }") == [21.0, 4.48]


def test_a_shape_elsewhere_by_its_transform_is_not_behind_a_text() -> None:
    moved = '<g transform="translate(60 0)"><rect width="50" height="40"/></g>'
    text = '<text x="5" y="20" fill="#000">seen</text>'
    assert ratios(f'<svg viewBox="0 0 100 40">{moved}{text}</svg>') == [21.0]


def test_faint_text_fails_by_number_and_without_its_words() -> None:
    check = contrast_check(page_tree(page("<p>Zyzzyva</p><p>b</p>", "p { color: #999 }")))
    assert check.verdict == "fail"
    assert check.reason == "Texts with too little contrast: 2 of 2, the lowest 2.85 to 1."


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_shows_charts_and_text_with_enough_contrast(template: str) -> None:
    cv = example_cv("jane")
    outputs: dict[str, object] = {"parse": {"cv": cv}}
    charts = {
        "skills-visualization": skills_visualization,
        "interactive-timeline": interactive_timeline,
    }
    for name, step in charts.items():
        output = step.run(after_parse(cv)).output
        assert isinstance(output, FeatureOutput)
        outputs[name] = {"fragment": output.fragment}
    job = JOB.model_copy(update={"template": template})
    given = assemble.Input.model_validate({"job": job, "outputs": outputs})
    html = assemble.run(given).files[assemble.HTML_FILE].content.decode()
    check = contrast_check(page_tree(html))
    assert check.verdict == "pass", check.reason
    assert faults(html) == set()
    faint = html.replace(TEMPLATES[template].styling.muted, "#a0a0a0")
    assert contrast_check(page_tree(faint)).verdict == "fail"


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        (page("<p>a</b>"), "html-valid"),
        (page("<p>a</p>").removeprefix("<!doctype html>"), "html-valid"),
        (page('<p id="a">a</p><p id="a">b</p>'), "ids-unique"),
        (page('<a href="https://a.example"> </a>'), "links-named"),
        (page('<svg role="img"><path d="M0 0"/><text>chart</text></svg>'), "figures-named"),
        (page("<p>a</p>").replace("CV", " "), "page-title"),
        (page("<p>a</p>").replace(' lang="en"', ""), "language"),
    ],
)
def test_a_fault_of_the_document_is_found(html: str, fault: str) -> None:
    assert faults(html) == {fault}


def test_links_and_figures_are_named_in_any_of_the_usual_ways() -> None:
    links = ["a", "<svg><title>b</title></svg>", '<img alt="c" src="data:,">']
    named = "".join(f'<a href="https://a.example">{link}</a>' for link in links)
    labelled = '<a href="https://a.example" aria-label="d"></a><a id="top"></a>'
    figures = '<svg role="img" aria-label="e"></svg><svg role="img"><title>f</title></svg>'
    assert faults(page(named + labelled + figures + '<svg aria-hidden="true"></svg>')) == set()


def test_parse_errors_are_told_by_number_and_code() -> None:
    check = next(validity_checks(page_tree(page("<p>a</b></i>"))))
    assert check.reason == "HTML parse errors: 2 (unexpected-end-tag 2)."
