"""Privacy mode masks whose CV it is, everywhere, and nothing else (F12)."""

from collections.abc import Iterable

import pytest
from example_cvs import FILES, JOB, after_parse, example_cv

from cvplus_workflow.domain.features import PRIVACY_MODE
from cvplus_workflow.errors import WorkflowError
from cvplus_workflow.steps import assemble, contact_form, embed_qr_code, parse, privacy_mode
from cvplus_workflow.steps.cv import (
    Certification,
    ParsedCv,
    PersonalInfo,
    Profile,
    Reference,
    Unplaced,
)
from cvplus_workflow.steps.inputs import AfterParse, MaskedDocument, ParsedCvInput, ParsedDocument
from cvplus_workflow.steps.privacy_copy import WITHHELD, Masker, identity_of
from cvplus_workflow.steps.registry import BUILT_IN


def masked(cv: ParsedCv, unplaced: Iterable[Unplaced] = ()) -> privacy_mode.Output:
    parsed = ParsedDocument(cv=cv, unplaced=list(unplaced))
    given = privacy_mode.Input(job=JOB, outputs=privacy_mode.PrivacyOutputs(parse=parsed))
    output = privacy_mode.run(given).output
    assert isinstance(output, privacy_mode.Output)
    return output


def masks(text: str, name: str = "Jane Q. Doe", **info: object) -> str:
    person = PersonalInfo.model_validate({"name": name, **info})
    return Masker(identity_of(ParsedCv(personal_info=person))).masked(text)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Jane Q. Doe", "Jane likes it", "[name] likes it"),
        ("Jane Q. Doe", "JANE DOE", "[name]"),
        ("Jane Q. Doe", "Doe, J. and Smith, A.", "[name] and Smith, A."),
        ("Jane Q. Doe", "J. Doe; J.Q.D.", "[name]; [name]"),
        ("Jane Q. Doe", "jane_doe and janedoe", "[name] and [name]"),
        ("Jane Q. Doe", "Janes Team, Jane's team", "[name] Team, [name]'s team"),
        ("Jane Q. Doe", "Janet, SQL, doing it", "Janet, SQL, doing it"),
        ("Dr. Jörg Müller", "Joerg MUELLER; Jorg Muller", "[name]; [name]"),
        ("Dr. Joerg Mueller", "Jörg Müller", "[name]"),
        ("Łukasz Żółć", "ŁUKASZ Zolc", "[name]"),
        ("Søren Ødegård", "Soren Odegard; SØREN", "[name]; [name]"),
        ("Robert de Niro", "De Niro, de facto", "[name], de facto"),
        ("Jane Doe, PMP, PhD", "Jane, PMP certified, PhD", "[name], PMP certified, PhD"),
        ("Jack Ma", "Jack Ma, born in China", "[name], born in China"),
        ("Sinéad O'Brien", "O’Brien and obrien", "[name] and [name]"),
        ("王小明", "我是王小明。", "我是[name]。"),
    ],
)
def test_a_name_is_found_in_its_forms_and_in_no_other_word(
    name: str, text: str, expected: str
) -> None:
    assert masks(text, name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In May 2020, from May to June 2019", "In May 2020, from May to June 2019"),
        ("3 May 2019 and May '19", "3 May 2019 and May '19"),
        ("rich text may help", "rich text may help"),
        ("May led it. Signed, M. Rich", "[name] led it. Signed, [name]"),
    ],
)
def test_a_name_that_is_an_ordinary_word_is_masked_with_a_capital_and_not_in_a_date(
    text: str, expected: str
) -> None:
    assert masks(text, "May Rich") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jane@doe.example or jane (at) doe (dot) example", "[e-mail] or [e-mail]"),
        ("See https://a.example/x?y=z.", "See [link]."),
        ("(www.a.example) and a-b.io/x", "([link]) and [link]"),
        (
            "Node.js, ASP.NET, Python3.9/3.10 and/or C#",
            "Node.js, ASP.NET, Python3.9/3.10 and/or C#",
        ),
        ("Tel.: 030 1234567", "Tel.: [phone]"),
        ("+49 170 1234567 or (650) 253-0000", "[phone] or [phone]"),
        ("2010-2014, 2012-01-01, ISBN 978-3-16-148410-0", None),
        ("revenue of 1,234,567.00 for 100000000 users", None),
        ("12 Baker Street, London NW1 6XE", "[postal address]"),
        ("Hauptstraße 5, 10115 Berlin", "[postal address] Berlin"),
        ("5 rue de la Paix, Paris", "[postal address], Paris"),
        ("Spring 2014 in Engineering 101, Main St. Company", None),
        ("Date of birth: 12 March 1990", "Date of birth: [date of birth]"),
    ],
)
def test_contact_details_are_found_by_their_form(text: str, expected: str | None) -> None:
    assert masks(text, country_code="US") == (text if expected is None else expected)


def test_what_the_fields_state_is_found_in_any_punctuation() -> None:
    info = {"phone": "+44 (0)20 7946 0018", "address": "Rose Cottage, 7 Mill Close"}
    account = [Profile(network="GitHub", url="https://github.com/jd-octo")]
    text = "020-7946-0018; 7 mill close; find JD-Octo there"
    shown = masks(text, **info, postal_code="OX1 2AB", profiles=account)
    assert shown == "[phone]; [postal address]; find [username] there"


def test_an_organisation_may_be_called_like_a_web_address() -> None:
    cv = example_cv("jobby")
    cv.experience[0].company = "Booking.com"
    cv.experience[0].description = "At booking.example.com I sold rooms."
    shown = masked(cv).cv.experience[0]
    assert (shown.company, shown.description) == ("Booking.com", "At [link] I sold rooms.")


@pytest.mark.parametrize("name", FILES)
def test_the_copy_of_an_example_keeps_what_the_person_did(name: str) -> None:
    cv, copy = example_cv(name), masked(example_cv(name)).cv
    for before, after in zip(cv.experience, copy.experience, strict=True):
        assert (before.company, before.position) == (after.company, after.position)
        assert (before.start, before.end, before.current) == (after.start, after.end, after.current)
    assert cv.skills == copy.skills
    assert [each.title for each in cv.sections] == [each.title for each in copy.sections]


def test_names_are_replaced_and_details_emptied_in_every_field() -> None:
    cv = example_cv("jane")
    cv.certifications = [Certification(name="Jane's exam", credential_id="C-1")]
    cv.skills["Jane's tools"] = ["Jane script"]
    cv.sections[0].title = "About Jane"
    output = masked(cv, [Unplaced(where="jane.hobbies", text="Call Jane: 1-650-999-7777")])
    info = output.cv.personal_info
    assert (info.name, info.email, info.phone, info.image) == (WITHHELD, "", "", "")
    assert (info.website, info.profiles, info.address, info.postal_code) == ("", [], "", "")
    assert (info.city, info.region) == ("Mountain View", "CA")
    assert output.cv.certifications == [Certification(name="[name]'s exam")]
    assert output.cv.skills["[name]'s tools"] == ["[name] script"]
    assert output.cv.sections[0].title == "About [name]"
    assert output.unplaced == [Unplaced(where="[name].hobbies", text="Call [name]: [phone]")]
    assert {each.name for each in output.cv.references} == {WITHHELD}


def test_skills_under_headings_that_become_equal_stay_all() -> None:
    cv = ParsedCv(personal_info=PersonalInfo(name="Jane Doe"))
    cv.skills = {"Jane's tools": ["A"], "Doe's tools": ["B"]}
    assert masked(cv).cv.skills == {"[name]'s tools": ["A", "B"]}


def test_referees_are_masked_where_they_are_named() -> None:
    cv = ParsedCv(
        summary="Praised by Erlich Bachman and Sue Storm; a storm, a Manager.",
        references=[
            Reference(name="Erlich Bachman, CEO"),
            Reference(name="HR Manager"),
            Reference(text="Dr. Sue Storm, Head of Lab"),
        ],
    )
    shown = masked(cv).cv
    assert shown.summary == "Praised by [name] and [name]; a storm, a Manager."
    assert shown.references[2].text == "Dr. [name], Head of Lab"


def test_a_place_keeps_its_town_and_loses_its_street() -> None:
    cv = ParsedCv(personal_info=PersonalInfo(location="Baker Street 12, 10115, London, UK"))
    assert masked(cv).cv.personal_info.location == "London, UK"


def test_types_are_told_with_counts_and_without_values() -> None:
    output = masked(example_cv("richard"))
    assert output.has_pii
    assert output.detected_types == ["address", "email", "link", "name", "phone", "username"]
    assert output.counts["email"] == output.counts["phone"] == 1
    told = output.model_dump_json(by_alias=True, exclude={"cv", "unplaced"})
    assert '"hasPII":true' in told
    assert not [word for word in ("Hendriks", "555", "mail.com", "http") if word in told]


def test_a_cv_without_personal_details_is_left_as_it_is() -> None:
    cv = ParsedCv(summary="Builds engines since 2010.")
    output = masked(cv)
    assert (output.cv, output.has_pii, output.detected_types) == (cv, False, [])
    assert output.recommendations == []


@pytest.mark.parametrize("name", FILES)
def test_a_masked_copy_has_nothing_left_to_mask(name: str) -> None:
    copy = masked(example_cv(name)).cv
    masker = Masker(identity_of(example_cv(name)))
    texts = [text for text in parse.texts_of(copy) if text != WITHHELD]
    assert [masker.masked(text) for text in texts] == texts


def test_every_step_that_shows_something_waits_for_privacy_mode() -> None:
    steps = [step.spec for step in BUILT_IN.values() if step.spec.feature]
    late = [spec.id for spec in steps if PRIVACY_MODE not in spec.after]
    assert late == [PRIVACY_MODE]


def test_nothing_is_assembled_if_privacy_mode_was_chosen_and_left_no_copy() -> None:
    job = JOB.model_copy(update={"features": [PRIVACY_MODE]})
    outputs = assemble.CompletedOutputs(parse=assemble.ParsedPart(cv=example_cv("richard")))
    with pytest.raises(WorkflowError) as caught:
        assemble.run(assemble.Input(job=job, outputs=outputs))
    assert caught.value.reason == "missing-masked-cv"


def _after_privacy() -> ParsedCvInput:
    job = JOB.model_copy(update={"url": "https://cv.example.org"})
    document, copy = ParsedDocument(cv=example_cv("richard")), masked(example_cv("richard")).cv
    outputs = AfterParse.model_validate({"parse": document, PRIVACY_MODE: MaskedDocument(cv=copy)})
    return ParsedCvInput(job=job, outputs=outputs)


def test_features_that_show_contact_details_are_refused_and_say_why() -> None:
    given = _after_privacy()
    assert given.job.url == ""
    for run, reason in ((contact_form.run, "missing-email"), (embed_qr_code.run, "missing-url")):
        with pytest.raises(WorkflowError, match="Privacy mode masks") as caught:
            run(given)
        assert caught.value.reason == reason
        run(after_parse(example_cv("richard")))  # not refused
