"""Certificates as cards (F12)."""

import re
from typing import Any

import pytest
from example_cvs import JOB, after_parse, example_cv

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps.certification_badges import NOT_VERIFIED, Badge, Output, run
from cvplus_workflow.steps.cv import Certification, ParsedCv, SectionHeading
from cvplus_workflow.steps.inputs import AfterParse, MaskedDocument, ParsedCvInput, ParsedDocument
from cvplus_workflow.steps.registry import BUILT_IN


def output_of(cv: ParsedCv) -> Output:
    output = run(after_parse(cv)).output
    assert isinstance(output, Output)
    return output


def badges(*certificates: Certification) -> Output:
    return output_of(ParsedCv(certifications=list(certificates)))


def badge(**stated: Any) -> Badge:
    return badges(Certification(**stated)).badges[0]


def test_a_card_says_what_the_example_states() -> None:
    output = output_of(example_cv("jobby"))
    found = output.badges[0]
    assert (found.name, found.issuer, found.date, found.on) == (
        "Certificate",
        "Company",
        "2021-11-07",
        "2021-11-07",
    )
    assert '<h3 class="badge-title">Certificate</h3>' in output.fragment
    assert '<p class="badge-place">Company</p>' in output.fragment
    assert '<time datetime="2021-11-07">Nov 2021</time>' in output.fragment


def test_none_is_ever_verified_whatever_is_stated() -> None:
    output = badges(
        Certification(name="A", credential_id="1", verification_url="https://a.example/1")
    )
    written = output.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    assert written["badges"][0]["verified"] is False
    assert written["badges"][0]["verificationNote"] == NOT_VERIFIED
    assert written["statistics"]["verifiedCertifications"] == 0
    assert "not verified" in output.fragment


def test_an_end_is_shown_as_stated_and_judged_by_nobody() -> None:
    output = badges(Certification(name="A", date="2001", on="2001", expiry_date="March 2003"))
    assert '<time datetime="2001">2001</time>, valid until March 2003</p>' in output.fragment
    assert "expired" not in output.model_dump_json(exclude={"display_options"}).lower()


def test_newest_come_first_and_undated_ones_last() -> None:
    output = badges(
        Certification(name="Undated"),
        Certification(name="Old", on="2010"),
        Certification(name="New", on="2020-05"),
    )
    assert [each.name for each in output.badges] == ["New", "Old", "Undated"]
    assert re.findall(r'badge-title">(\w+)<', output.fragment) == ["New", "Old", "Undated"]


@pytest.mark.parametrize(
    ("name", "issuer", "category", "level"),
    [
        ("AWS Certified Solutions Architect – Professional", "", "technical", "professional"),
        ("Azure Fundamentals", "Microsoft", "technical", "foundation"),
        ("Solutions Associate", "Cisco", "technical", "associate"),
        ("PRINCE2 Foundation", "Axelos", "professional", "foundation"),
        ("Goethe-Zertifikat C1", "Goethe-Institut", "language", None),
        ("Diploma of History", "Oxbridge", "academic", None),
        ("Certificate", "Universität Köln", "academic", None),
        ("First aid", "Red Cross", "other", None),
    ],
)
def test_category_and_level_come_from_the_words_alone(
    name: str, issuer: str, category: str, level: str | None
) -> None:
    found = badge(name=name, issuer=issuer)
    assert (found.category, found.level) == (category, level)


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("Amazon Web Services", "AWS"),
        ("Microsoft Corp.", "Microsoft"),
        ("Oracle, Inc.", "Oracle"),
        ("the Red Cross", "the Red Cross"),
    ],
)
def test_an_issuer_has_its_common_name_in_the_data_and_its_stated_one_on_the_page(
    stated: str, name: str
) -> None:
    output = badges(Certification(name="A", issuer=stated))
    assert output.badges[0].issuer_name == name
    assert output.statistics.top_issuers[0].name == name
    assert f'<p class="badge-place">{stated}</p>' in output.fragment


def test_a_link_is_followed_only_if_it_is_a_web_address() -> None:
    linked = badges(Certification(name="A", verification_url="a.example/1"))
    assert 'href="https://a.example/1"' in linked.fragment
    unsafe = badges(Certification(name="A", verification_url="javascript:alert(1)"))
    assert (unsafe.badges[0].url, unsafe.statistics.with_link) == ("", 0)
    assert "<a " not in unsafe.fragment


def test_number_and_description_are_on_the_card() -> None:
    output = badges(Certification(name="A & B", credential_id="X-1", description="One\n\nTwo"))
    assert '<p class="badge-id">X-1</p><p>One</p><p>Two</p>' in output.fragment
    assert "A &amp; B" in output.fragment


def test_counts_are_of_what_is_stated() -> None:
    output = badges(
        Certification(name="Java Developer", issuer="Oracle", expiry_date="2030"),
        Certification(name="Linux", issuer="Oracle"),
        Certification(name="First aid"),
    )
    assert output.categories == {"technical": 2, "other": 1}
    assert output.statistics.with_expiry_date == 1
    assert [(each.name, each.count) for each in output.statistics.top_issuers] == [("Oracle", 2)]


def test_the_cards_replace_the_section_only_if_they_say_all() -> None:
    cv = ParsedCv(
        certifications=[Certification(name="A")],
        sections=[SectionHeading(kind="certifications", title="Zertifikate")],
    )
    fragment = output_of(cv).fragment
    assert "badges-whole" in fragment
    assert '<h2 class="badges-heading">Zertifikate</h2>' in fragment
    unnamed = badges(Certification(name="A"), Certification(issuer="B"))
    assert "badges-whole" not in unnamed.fragment


def test_what_privacy_mode_masked_does_not_come_back() -> None:
    assert "privacy-mode" in BUILT_IN["certification-badges", 1].spec.after
    masked = MaskedDocument(cv=ParsedCv(certifications=[Certification(name="Shown")]))
    parse = ParsedDocument(cv=ParsedCv(certifications=[Certification(name="Hidden")]))
    given = ParsedCvInput(job=JOB, outputs=AfterParse(parse=parse, privacy_mode=masked))
    assert "Hidden" not in run(given).output.model_dump_json()


@pytest.mark.parametrize("certificates", [[], [Certification(issuer="Company")]])
def test_without_a_named_certificate_the_step_is_refused(
    certificates: list[Certification],
) -> None:
    with pytest.raises(WorkflowError) as refused:
        run(after_parse(ParsedCv(certifications=certificates)))
    assert (refused.value.code, refused.value.reason) == (
        Code.FAILED_PRECONDITION,
        "missing-certifications",
    )
