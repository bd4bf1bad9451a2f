"""Feature ids in every spelling that the web app uses (F8, F12, F13)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvplus_workflow.domain.features import CATALOGUE, MAX_FEATURES, feature_id, feature_ids
from cvplus_workflow.errors import Code, WorkflowError


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        ("embed-q-r-code", "embed-qr-code"),
        ("embedQRCode", "embed-qr-code"),
        ("ats-optimized", "ats-optimization"),
        ("atsOptimized", "ats-optimization"),
        ("keyword-optimization", "keyword-enhancement"),
        ("keywordOptimization", "keyword-enhancement"),
        ("achievement-highlighting", "achievements-showcase"),
        ("achievementHighlighting", "achievements-showcase"),
        ("skills-chart", "skills-visualization"),
        ("skillsVisualization", "skills-visualization"),
        ("career-timeline", "interactive-timeline"),
        ("careerTimeline", "interactive-timeline"),
        ("SocialMediaLinks", "social-media-links"),
        (" Contact-Form ", "contact-form"),
    ],
)
def test_aliases_and_camel_case_become_the_canonical_id(spelling: str, canonical: str) -> None:
    assert feature_id(spelling) == canonical
    assert canonical in CATALOGUE


@given(st.sampled_from(CATALOGUE))
def test_a_catalogue_id_is_its_own_canonical_id_also_from_camel_case(name: str) -> None:
    first, *rest = name.split("-")
    assert feature_id(name) == name
    assert feature_id(first + "".join(part.capitalize() for part in rest)) == name


def test_ids_come_once_each_in_the_order_given() -> None:
    given_ids = ["contactForm", "embedQRCode", "contact-form", "embed-q-r-code", "privacy-mode"]
    assert feature_ids(given_ids) == ["contact-form", "embed-qr-code", "privacy-mode"]


def test_unknown_ids_are_all_named_with_their_field_and_known_ones_are_not_blamed() -> None:
    with pytest.raises(WorkflowError) as caught:
        feature_ids(["zodiac-sign", "contact-form", "aura"], field="selectedFeatures")
    error = caught.value
    assert error.code == Code.INVALID_ARGUMENT
    assert error.details == {"field": "selectedFeatures"}
    assert error.message.startswith("selectedFeatures: unknown: aura, zodiac-sign. ")


def test_as_many_features_as_the_limit_are_taken_and_one_more_is_refused() -> None:
    names = [CATALOGUE[index % len(CATALOGUE)] for index in range(MAX_FEATURES)]
    assert feature_ids(names) == list(CATALOGUE)
    with pytest.raises(WorkflowError, match=f"51 features, at most {MAX_FEATURES}") as caught:
        feature_ids([*names, CATALOGUE[0]])
    assert caught.value.code == Code.INVALID_ARGUMENT
