"""Web addresses in running text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvplus_workflow.steps.links import linked_parts

PIECES = st.lists(
    st.sampled_from(
        ["https://", "HTTP://a.example", "http", ".", ")", "(", "]", " ", "/x", "é", "<"]
    )
)


def addresses(text: str) -> list[str]:
    return [part.url for part in linked_parts(text) if part.url]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://a.example", ["https://a.example"]),
        ("Read http://a.example/x, then go.", ["http://a.example/x"]),
        ("(https://a.example/b.)", ["https://a.example/b"]),
        ("https://a.example/w_(x)", ["https://a.example/w_(x)"]),
        ("[https://a.example][1]", ["https://a.example"]),
        ("HTTPS://A.example and http://b.example!", ["HTTPS://A.example", "http://b.example"]),
        ("<https://a.example>", ["https://a.example"]),
        ("https://müller.example/straße", ["https://müller.example/straße"]),
        ("https:// and http://. and xhttps://a.example", []),
        ("javascript:alert(1) ftp://a.example a.example", []),
    ],
)
def test_addresses_are_found_without_the_sentence_round_them(text: str, found: list[str]) -> None:
    assert addresses(text) == found


@given(PIECES)
def test_no_letter_is_lost_or_added(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert "".join(part.text for part in linked_parts(text)) == text
    assert all(url.lower().startswith(("http://", "https://")) for url in addresses(text))
