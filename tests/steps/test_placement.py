"""Placing of fragments at the anchors of a CV document."""

import pytest

from cvplus_workflow.steps.placement import place

DOCUMENT = (
    "<!doctype html><html><head><title>A <section class='summary'> CV</title></head><body>"
    '<!-- <section class="summary"> --><header class="masthead"><h1>Jane</h1></header><main>'
    '<section class="contact"><p>mail</p></section>'
    '<section class="summary"><div>I am <br> Jane</div></section>'
    '<section class="experience"><p>Detailed posts</p></section>'
    '<section class="education">E</section>'
    '<section class="skills">S</section></main>'
    '<footer class="closing">Jane</footer></body></html>'
)


def wrapper(feature: str, fragment: str) -> str:
    return f'<div class="progressive-feature" data-feature="{feature}">{fragment}</div>'


@pytest.mark.parametrize(
    ("feature", "before", "after"),
    [
        ("skills-visualization", "Jane</div></section>", '<section class="experience"'),
        ("certification-badges", ">E</section>", '<section class="skills"'),
        ("calendar-integration", "Detailed posts</p></section>", '<section class="education"'),
        ("interactive-timeline", "Jane</div></section>", '<section class="experience"'),
        ("achievements-showcase", "Jane</div></section>", '<section class="experience"'),
        ("language-proficiency", ">S</section>", "</main>"),
        ("embed-qr-code", "<p>mail</p></section>", '<section class="summary"'),
        ("video-introduction", "</h1></header>", "<main>"),
        ("portfolio-gallery", "</main>", "<footer"),
        ("generate-podcast", "</main>", "<footer"),
        ("availability-calendar", "</main>", "<footer"),
    ],
)
def test_each_feature_stands_at_its_anchor(feature: str, before: str, after: str) -> None:
    placed = place(DOCUMENT, {feature: "<p>new</p>"})
    assert before + wrapper(feature, "<p>new</p>") + after in placed


def test_nothing_else_changes() -> None:
    placed = place(DOCUMENT, {"skills-visualization": "<p>new</p>", "embed-qr-code": "<svg></svg>"})
    for inserted in (
        wrapper("skills-visualization", "<p>new</p>"),
        wrapper("embed-qr-code", "<svg></svg>"),
    ):
        assert inserted in placed
        placed = placed.replace(inserted, "")
    assert placed == DOCUMENT


def test_placing_twice_leaves_one_and_the_newer() -> None:
    first = {"skills-visualization": "<div><p>old</p></div>", "embed-qr-code": "<p>code</p>"}
    once = place(DOCUMENT, first)
    assert place(once, first) == once
    newer = place(once, {"skills-visualization": "<p>newer</p>"})
    assert newer.count('data-feature="skills-visualization"') == 1
    assert "old" not in newer
    assert newer == once.replace("<div><p>old</p></div>", "<p>newer</p>")


def test_duplicates_of_other_hands_become_one() -> None:
    doubled = DOCUMENT.replace(
        "</main>",
        '<div data-feature="embed-qr-code" class="progressive-feature wide"><div>a</div></div>' * 2
        + "</main>",
    )
    placed = place(doubled, {"embed-qr-code": "<p>b</p>"})
    assert placed == DOCUMENT.replace("</main>", wrapper("embed-qr-code", "<p>b</p>") + "</main>")


def test_an_empty_fragment_adds_nothing_and_removes_what_was_there() -> None:
    assert place(DOCUMENT, {"embed-qr-code": "  "}) == DOCUMENT
    assert place(place(DOCUMENT, {"embed-qr-code": "x"}), {"embed-qr-code": ""}) == DOCUMENT


def test_a_fragment_with_an_anchor_of_its_own_attracts_nothing() -> None:
    placed = place(DOCUMENT, {"video-introduction": '<section class="summary">fake</section>'})
    again = place(placed, {"skills-visualization": "<p>new</p>"})
    assert "fake</section><div" not in again
    assert "Jane</div></section>" + wrapper("skills-visualization", "<p>new</p>") in again


def test_anchors_are_found_across_lines_and_attributes() -> None:
    document = '<body>\n\n<section\n  class="skills wide"\n  id="s">\nx\n</section\n>\n</body>'
    placed = place(document, {"language-proficiency": "<p>n</p>"})
    assert placed == document.replace(
        "</section\n>", "</section\n>" + wrapper("language-proficiency", "<p>n</p>")
    )


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("<body><p>a</p></body>", "<body><p>a</p>{}</body>"),
        ("<p>a</p>", "<p>a</p>{}"),
        ("<p>a</p><footer>f</footer>", "<p>a</p>{}<footer>f</footer>"),
    ],
)
def test_without_an_anchor_it_goes_to_the_end(document: str, expected: str) -> None:
    placed = place(document, {"skills-visualization": "x"})
    assert placed == expected.format(wrapper("skills-visualization", "x"))


@pytest.mark.parametrize(
    ("feature", "section"),
    [
        ("skills-visualization", "skills"),
        ("certification-badges", "certifications"),
        ("language-proficiency", "languages"),
    ],
)
def test_without_its_anchor_a_feature_stands_before_the_section_it_is_about(
    feature: str, section: str
) -> None:
    document = f'<body><p>a</p><section class="{section}">s</section><footer></footer></body>'
    placed = place(document, {feature: "x"})
    assert placed == document.replace("<section", wrapper(feature, "x") + "<section")


def test_an_id_cannot_break_out_of_its_attribute() -> None:
    placed = place("<p>a</p>", {'x"><script>': "f"})
    assert "<script" not in placed
