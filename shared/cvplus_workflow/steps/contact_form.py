"""A form for writing to the owner of the CV.

The page has no server behind it, so the form hands what was written to the reader's own
mail program, which knows who writes: a `mailto:` form sent by POST as plain text (HTML
standard, "mail as body"; RFC 6068). Sent by GET it could fill in a subject, but Chromium
then writes a plus for each blank. Nothing is sent by the page itself, and it says so.
"""

import re
from typing import Literal
from urllib.parse import quote

from ..errors import refusal
from .contract import FeatureOutput, FormFragment, Produced
from .inputs import ParsedCvInput
from .svg import Attributes, classed, element, text

Input = ParsedCvInput

MAX_SUBJECT, MAX_TEXT = 200, 2000
"""Characters of the fields: some mail programs take no address over 2,083 characters whole."""

_ADDRESS = re.compile(
    r"[\w.!$'*+/^`{|}~%-]{1,64}@(?:[a-z0-9-]+\.)+[a-z0-9-]{2,}", re.IGNORECASE | re.ASCII
)
_KEPT = "!$'*+"
_POSTED = {"method": "post", "enctype": "text/plain"}


class Output(FeatureOutput):
    """The form as `fragment`, whom it writes to, and by what it is sent."""

    fragment: FormFragment
    recipient: str
    sent_by: Literal["mail-program"] = "mail-program"


def run(given: ParsedCvInput) -> Produced:
    """The contact form.

    Raises `WorkflowError` (failed-precondition, `missing-email`) if the CV states no mail
    address, or privacy mode has masked it.
    """
    address = given.outputs.cv.personal_info.email.strip()
    if not _ADDRESS.fullmatch(address):
        raise refusal("missing-email", _reason(masked=given.outputs.is_masked))
    return Produced(Output(fragment=_fragment(address), recipient=address))


def _reason(*, masked: bool) -> str:
    if masked:
        return "Privacy mode masks the e-mail address, so there is nobody to write to."
    return "The CV states no e-mail address that can be written to."


def _fragment(address: str) -> str:
    target = f"mailto:{quote(address, safe='@' + _KEPT)}"
    fields = _subject() + _message() + element("button", {"type": "submit"}, "Write e-mail")
    link = element("a", {"href": target}, text(address))
    return classed(
        "div",
        "contact-form",
        classed("h2", "contact-form-heading", "Get in touch"),
        element("form", {"action": target, **_POSTED, "aria-label": "Write an e-mail"}, fields),
        classed(
            "p",
            "contact-form-note",
            "Your own mail program opens with this text; you send it from there. "
            f"Or write to {link}.",
        ),
    )


def _subject() -> str:
    field: Attributes = {
        "type": "text",
        "name": "Subject",
        "maxlength": MAX_SUBJECT,
        "autocomplete": "on",
    }
    return _labelled("Subject", "input", field, "feature-contact-subject")


def _message() -> str:
    field: Attributes = {"name": "Message", "rows": 6, "maxlength": MAX_TEXT, "autocomplete": "off"}
    return _labelled("Message", "textarea", field, "feature-contact-message")


def _labelled(label: str, tag: str, field: Attributes, field_id: str) -> str:
    attributes = {"id": field_id, **field, "required": ""}
    named = element("label", {"for": field_id}, label)
    control = element(tag, attributes).removesuffix("</input>")
    return classed("p", "contact-form-field", named, control)
