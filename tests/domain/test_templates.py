"""The catalogue of templates."""

import pytest

from cvplus_workflow.domain.templates import SECTIONS, TEMPLATES, Styling, find_template
from cvplus_workflow.errors import Code, WorkflowError

SENT_BY_THE_CLIENT = {
    "tech-innovation",
    "executive-authority",
    "creative-showcase",
    "healthcare-professional",
    "financial-expert",
    "academic-scholar",
    "sales-performance",
    "international-professional",
    "modern",
    "modern-professional",
}
CATEGORIES = {
    "professional",
    "creative",
    "technical",
    "academic",
    "executive",
    "entry-level",
    "industry-specific",
}


def relative_luminance(colour: str) -> float:
    """WCAG 2.2, "relative luminance"."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, "contrast ratio"."""
    darker, lighter = sorted((relative_luminance(one), relative_luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_formula_agrees_with_known_ratios() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_every_id_of_the_client_is_known() -> None:
    assert set(TEMPLATES) == SENT_BY_THE_CLIENT
    assert all(find_template(name).id == name for name in SENT_BY_THE_CLIENT)


def test_the_default_comes_first() -> None:
    assert next(iter(TEMPLATES)) == "modern"


def test_premium_marks_are_those_of_the_client() -> None:
    premium = {template.id for template in TEMPLATES.values() if template.premium}
    assert premium == {"executive-authority", "creative-showcase", "financial-expert"}


@pytest.mark.parametrize("template_id", sorted(TEMPLATES))
def test_text_contrasts_with_its_background(template_id: str) -> None:
    for text, background in TEMPLATES[template_id].styling.colour_pairs():
        assert contrast(text, background) >= 4.5, (text, background)


@pytest.mark.parametrize("template_id", sorted(TEMPLATES))
def test_no_section_is_lost_by_reordering(template_id: str) -> None:
    assert sorted(TEMPLATES[template_id].styling.section_order) == sorted(SECTIONS)


def test_no_two_themes_look_the_same() -> None:
    looks: list[Styling] = [template.styling for template in TEMPLATES.values()]
    assert len({look.accent for look in looks}) == len(looks)
    forms = {(look.layout, look.header, look.headings, look.body_font) for look in looks}
    assert len(forms) == len(looks)


def test_categories_are_those_of_the_client() -> None:
    assert {template.category for template in TEMPLATES.values()} <= CATEGORIES


def test_academic_cv_starts_with_education() -> None:
    order = find_template("academic-scholar").styling.section_order
    assert order.index("education") < order.index("experience")


def test_an_unknown_id_is_refused_with_the_known_ones() -> None:
    with pytest.raises(WorkflowError) as caught:
        find_template("brutalist")
    assert caught.value.code is Code.INVALID_ARGUMENT
    assert caught.value.details == {"field": "templateId"}
    assert all(name in caught.value.message for name in SENT_BY_THE_CLIENT)
