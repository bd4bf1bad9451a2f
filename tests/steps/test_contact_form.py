"""The contact form hands a text to the reader's own mail program, and to nobody else (F12)."""

from html.parser import HTMLParser

import pytest
from example_cvs import JOB, after_parse, example_cv

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps import assemble, contact_form
from cvplus_workflow.steps.contract import FeatureOutput
from cvplus_workflow.steps.cv import ParsedCv, PersonalInfo
from cvplus_workflow.steps.sanitise import form_recipients, sanitised_form, sanitised_fragment


class Form(HTMLParser):
    """The elements of a form, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def fragment(email: str) -> str:
    cv = ParsedCv(personal_info=PersonalInfo(email=email))
    output = contact_form.run(after_parse(cv)).output
    assert isinstance(output, contact_form.Output)
    return output.fragment


def page(form: str, email: str = "jo@cv.example") -> str:
    cv = ParsedCv(personal_info=PersonalInfo(name="Jo", email=email))
    outputs = assemble.CompletedOutputs.model_validate(
        {"parse": {"cv": cv}, "contact-form": {"fragment": form}}
    )
    given = assemble.Input(job=JOB, outputs=outputs)
    return assemble.run(given).files["cv.html"].content.decode()


def test_the_form_goes_to_the_stated_address_by_the_mail_program() -> None:
    form = Form(fragment("jo@cv.example"))
    assert form.named("form") == [
        {
            "action": "mailto:jo@cv.example",
            "method": "post",
            "enctype": "text/plain",
            "aria-label": "Write an e-mail",
        }
    ]
    fields = [*form.named("input"), *form.named("textarea")]
    assert [field["name"] for field in fields] == ["Subject", "Message"]
    assert form.named("button") == [{"type": "submit"}]


def test_every_field_has_a_label_and_says_how_it_is_completed() -> None:
    form = Form(fragment("jo@cv.example"))
    fields = [*form.named("input"), *form.named("textarea")]
    assert [label["for"] for label in form.named("label")] == [field["id"] for field in fields]
    assert all({"required", "autocomplete", "maxlength"} <= field.keys() for field in fields)


def test_an_address_with_unusual_signs_survives() -> None:
    for email in ("a+b@cv.example", "o'neil@cv.example", "50%off@cv.example"):
        assert form_recipients(fragment(email)) == [email]


@pytest.mark.parametrize("email", ["", "jo", "jo@cv", "jo@cv.example?bcc=x@cv.example", "a@b.c d"])
def test_a_cv_without_an_address_to_write_to_is_refused(email: str) -> None:
    with pytest.raises(WorkflowError) as caught:
        fragment(email)
    assert (caught.value.code, caught.value.reason) == (Code.FAILED_PRECONDITION, "missing-email")


@pytest.mark.parametrize(
    "hostile",
    [
        "<form action='https://evil.example'><input name='Subject'></form>",
        "<form action='mailto:a@b.example?bcc=c@d.example'><input name='Message'></form>",
        "<form method='post'><input name='Subject'></form>",
        "<form action='javascript:alert(1)'><button type='submit'>x</button></form>",
        "<form action='mailto:a@b.example'></form><form action='//evil.example'></form>",
    ],
)
def test_a_form_that_goes_elsewhere_loses_its_form_elements(hostile: str) -> None:
    cleaned = sanitised_form(hostile)
    assert not [tag for tag in ("<form", "<input", "<button", "evil") if tag in cleaned]


def test_a_form_keeps_nothing_that_would_act_or_hide() -> None:
    cleaned = sanitised_form(
        "<form action='mailto:a@b.example' method='get' onsubmit='x' target='_blank' enctype='x'>"
        "<input type='hidden' name='bcc' value='x@b.example' formaction='https://evil.example'>"
        "<textarea name='Message' style='x'>a</textarea>"
        "<button type='reset' formaction='x'>b</button>"
        "<select><option>1</option></select><script>x</script></form>"
    )
    assert cleaned == (
        '<form action="mailto:a@b.example"><input><textarea name="Message">a</textarea>'
        "<button>b</button></form>"
    )
    assert sanitised_form(cleaned) == cleaned


def test_other_features_have_no_forms() -> None:
    form = fragment("jo@cv.example")
    assert "<form" not in sanitised_fragment(form)
    assert "<form" not in FeatureOutput(fragment=form).fragment


def test_the_page_shows_the_form_and_paper_does_not() -> None:
    shown = page(fragment("jo@cv.example"))
    assert shown.index("<form") < shown.index("<footer")
    assert ".progressive-feature:has(.contact-form) { display: none; }" in shown


def test_a_form_to_another_address_than_that_of_the_cv_is_taken_apart() -> None:
    shown = page(fragment("other@cv.example"))
    assert "contact-form" in shown
    assert "<form" not in shown


def test_an_example_has_its_form() -> None:
    output = contact_form.run(after_parse(example_cv("richard"))).output
    assert isinstance(output, contact_form.Output)
    assert output.recipient == "richard.hendriks@mail.com"
