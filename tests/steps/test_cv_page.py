"""What the page makes of contact lines and headings (J9)."""

import pytest

from cvplus_workflow.steps.cv import OtherEntry, OtherSection, ParsedCv, PersonalInfo, Profile
from cvplus_workflow.steps.cv_page import page_of
from cvplus_workflow.steps.headings import in_ordinary_spelling


def test_a_profile_that_repeats_an_address_is_shown_once() -> None:
    person = PersonalInfo(
        name="Ada",
        github="https://github.com/ada",
        profiles=[
            Profile(network="GitHub", username="ada", url="https://www.github.com/ada/"),
            Profile(network="Mastodon", username="ada", url="https://social.example/@ada"),
        ],
    )
    contact = page_of(ParsedCv(personal_info=person), ["summary"], "").contact
    assert [line.text for line in contact] == ["github.com/ada", "Mastodon: ada"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("GOVERNANCE", "Governance"),
        ("INVITED TALKS", "Invited talks"),
        ("EDV", "EDV"),
        ("Invited Talks", "Invited Talks"),
        (" Talks ", "Talks"),
    ],
)
def test_headings_are_not_shouted(written: str, shown: str) -> None:
    assert in_ordinary_spelling(written) == shown
    section = OtherSection(title=written, entries=[OtherEntry(title="A")])
    page = page_of(ParsedCv(other_sections=[section]), ["other"], "")
    assert [section.heading for section in page.sections] == [shown]
