"""HTML pages as lines: what the page shows, in the order of its source (rows J1, I1)."""

import pytest
from example_cvs import example_cv
from hypothesis import given, settings
from hypothesis import strategies as st

from cvplus_workflow.errors import WorkflowError
from cvplus_workflow.steps.reading.html_lines import DEEPEST, decoded_html, read_html_lines
from cvplus_workflow.steps.reading.layout import LayoutLine
from cvplus_workflow.steps.reading.text import words

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title>Jane Fullstacker: CV</title><style>p { color: red }</style>
<script type="application/ld+json">{"name": "x"</script></head><body>
<header><h1>Jane <span>Q.</span> Fullstacker</h1><p>Senior Developer<br>Mountain View</p>
<a href="mailto:jdoe@onecoolstartup.io?subject=CV"><i class="fa fa-mail"></i> Mail</a>
<a href="https://github.com/janef-was-here"><svg><title>Icon</title><path d=""/></svg></a></header>
<aside><h2>Skills</h2><ul><li>JavaScript<ul><li>Node.js</ul><li>Java&shy;scripting</ul></aside>
<main><h2>Experience</h2><ol><li><h3><span class="post">Ninja</span><span class="when">2013</span>
</h3><p>Built <b>all</b>
  of it.</p><ul><li>Managed</ul></ol>
<p style="display: none">No one sees this</p><p hidden>nor this</p>
<table><tr><th>2011-07 – 2013-08<td><p>Veridian Dynamics</p><ul><li>Led<li>Wrote</ul></table>
<dl><dt>2005</dt><dd>Cornell University</dd><dd>GPA 3.5</dd><dt>Phone<dd>1-650-999-7777</dl>
<pre>Stark   2008\n  - Etc.</pre></main></body></html>"""


def of(body: str) -> list[LayoutLine]:
    return read_html_lines(f"<html><body>{body}</body></html>")


def texts(lines: list[LayoutLine]) -> list[str]:
    return [line.text for line in lines]


def test_a_page_is_read_as_its_reader_sees_it() -> None:
    assert [(line.level, line.depth, line.text) for line in read_html_lines(PAGE)] == [
        (1, 0, "Jane Q. Fullstacker"),
        (0, 0, "Senior Developer"),
        (0, 0, "Mountain View"),
        (0, 0, "Mail https://github.com/janef-was-here"),
        (2, 0, "Skills"),
        (0, 1, "JavaScript"),
        (0, 2, "Node.js"),
        (0, 1, "Javascripting"),
        (2, 0, "Experience"),
        (3, 0, "Ninja\t2013"),
        (0, 0, "Built all of it."),
        (0, 1, "Managed"),
        (0, 0, "2011-07 – 2013-08\tVeridian Dynamics"),
        (0, 1, "Led"),
        (0, 1, "Wrote"),
        (0, 0, "2005\tCornell University"),
        (0, 0, "GPA 3.5"),
        (0, 0, "Phone\t1-650-999-7777"),
        (0, 0, "Stark\t2008"),
        (0, 1, "Etc."),
    ]


def test_breaks_styles_links_and_regions_are_stated() -> None:
    lines = {line.text: line for line in read_html_lines(PAGE)}
    assert lines["Ninja\t2013"].breaks == (6,)
    assert [span.text for span in lines["Built all of it."].spans if span.strong] == ["all"]
    mail, _, github = lines["Mail https://github.com/janef-was-here"].spans
    assert (mail.url, github.url) == (
        "mailto:jdoe@onecoolstartup.io",
        "https://github.com/janef-was-here",
    )
    assert lines["Senior Developer"].region != lines["Skills"].region
    assert lines["Skills"].region != lines["Experience"].region
    assert (lines["Senior Developer"].gap, lines["Mountain View"].gap) == (1, 0)
    assert (lines["JavaScript"].gap, lines["Node.js"].gap) == (1, 0)


def test_a_title_that_the_page_does_not_show_comes_last() -> None:
    titled = "<html><head><title>{}</title></head><body><p>Jane Q. Fullstacker</body></html>"
    assert texts(read_html_lines(titled.format("Jane Fullstacker - CV"))) == ["Jane Q. Fullstacker"]
    assert texts(read_html_lines(titled.format("Senior Developer")))[1:] == ["Senior Developer"]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("<b style='font-weight:normal'>Acme</b>", ["Acme"]),
        ("<div>Acme<div>2013</div>Berlin</div>", ["Acme", "2013", "Berlin"]),
        ("a<script>b</script>c<template>d</template>", ["ac"]),
        ("<p>R&amp;D &lt;3 &uuml;ber&nbsp;uns", ["R&D <3 über uns"]),
        ("<p>Acme&nbsp;&nbsp;&nbsp;&nbsp;2013", ["Acme\t2013"]),
        ("<img src=x alt='Python'> <img src=y alt='Photo of Jane'>", ["Python"]),
        ("<i class='material-icons'>email</i> a@example.com", ["a@example.com"]),
        ("<span>J</span><span>ane</span>", ["Jane"]),
        ("<table><tr><td>One<td>Two<td>Three</table>", ["One\tTwo\tThree"]),
        ("<table><tr><td><table><tr><td>In</table></table>", ["In"]),
        ("<select><option>Theme</select>Text", ["Text"]),
        ("<!-- no --><p>Yes<!-- no --> it is", ["Yes it is"]),
        ("<a href='#top'></a><a href='javascript:x()'></a>Text", ["Text"]),
        ("<a href='https://example.com/cv'>CV</a>", ["CV"]),
        ("loose <li>item", ["loose", "item"]),
    ],
)
def test_parts_of_pages_show_as_in_a_browser(body: str, shown: list[str]) -> None:
    assert texts(of(body)) == shown


def test_a_whole_cv_keeps_every_word_once() -> None:
    """J1: the words of a real CV, put into the usual elements."""
    posts = example_cv("jane").experience
    body = "".join(
        f"<section><h3>{post.position}</h3><p>{post.company} <time>{post.start_date}</time></p><ul>"
        + "".join(f"<li>{each}</li>" for each in post.achievements)
        + "</ul></section>"
        for post in posts
    )
    said = [
        text
        for post in posts
        for text in (post.position, post.company, post.start_date, *post.achievements)
    ]
    assert words("\n".join(texts(of(body)))) == words("\n".join(said))


def test_the_encoding_that_a_page_states_is_honoured() -> None:
    page = '<html><head><meta charset="{}"></head><body>Życie Łódź</body></html>'
    old = page.format("iso-8859-2")
    assert decoded_html(old.encode("iso-8859-2")) == old
    assert decoded_html(old.encode("utf-8")) == old
    assert decoded_html(page.format("no-such-code").replace("Ż", "Z").encode("cp1250"))
    unnamed = "<p>Müller</p>"
    assert decoded_html(unnamed.encode("cp1252")) == unnamed


def test_a_declaration_of_xml_is_no_obstacle() -> None:
    page = '<?xml version="1.0" encoding="iso-8859-1"?><html><body><p>Müller</p></body></html>'
    assert texts(read_html_lines(page)) == ["Müller"]


def test_a_page_nested_too_deeply_is_refused_or_read_whole() -> None:
    assert texts(of("<div>" * (DEEPEST - 10) + "Text")) == ["Text"]
    with pytest.raises(WorkflowError) as refused:
        of("<div>" * (DEEPEST + 20) + "Text")
    assert refused.value.reason == "too-deep"
    with pytest.raises(WorkflowError):
        of("<div>" * 100_000 + "Text")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(["<p>", "</p>", "<td>", "<tr>", "<table>", "<li>", "<dl>", "<dd>",
    "<h1>", "</h1>", "<a href='https://example.com'>", "</a>", "<pre>", "&amp", "<", "x", " ", "\n",
    "<!--", "-->", "<br>", "</div>", "<aside>", "</table>", "<dt>"]), max_size=40))  # fmt: skip
def test_any_soup_of_tags_is_read(pieces: list[str]) -> None:
    lines = of("".join(pieces))
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert all(line.spans and line.text == line.text.strip() for line in lines)
