"""The step that makes the finished CV: one HTML page and the PDF of it.

Fragments of completed features stand at their anchors. The same fonts, cut to the
characters in use, travel in the page and in the PDF.
"""

from pydantic import ConfigDict, Field

from ..domain.features import PRIVACY_MODE
from ..domain.templates import Template, find_template
from ..errors import Code, WorkflowError, refusal
from .contract import FormFragment, Fragment, Model, Produced, ProducedFile, StepInput
from .cv import ParsedCv, PersonalInfo
from .cv_page import page_of, rendered, visible_text
from .fonts import NO_FONTS, embedded_fonts
from .pdf import printed
from .placement import place
from .sanitise import form_recipients, sanitised_fragment

FORM = "contact-form"
HTML_FILE, PDF_FILE = "cv.html", "cv.pdf"


class ParsedPart(Model):
    """What is read of the parse step's output."""

    model_config = ConfigDict(extra="ignore")

    cv: ParsedCv
    language: str | None = None


class FeaturePart(Model):
    """What is read of a feature's output; `cv` is the masked copy of privacy mode."""

    model_config = ConfigDict(extra="ignore")

    fragment: Fragment = ""
    cv: ParsedCv | None = None


class FormPart(FeaturePart):
    """What is read of the contact form's output."""

    fragment: FormFragment = ""


class CompletedOutputs(Model):
    """The parsed CV and, under their ids, the outputs of completed features."""

    model_config = ConfigDict(extra="allow")

    __pydantic_extra__: dict[str, FeaturePart]

    parse: ParsedPart
    contact_form: FormPart | None = Field(default=None, alias=FORM)

    @property
    def features(self) -> dict[str, FeaturePart]:
        """Outputs of features by id."""
        form = {FORM: self.contact_form} if self.contact_form else {}
        return {**self.__pydantic_extra__, **form}


class Input(StepInput):
    """The job's choices, the parsed CV, and what the features made."""

    outputs: CompletedOutputs


class Output(Model):
    """What was assembled.

    `placed` are the features in the page, `sections` its sections in order, `pages` the
    pages of the PDF, `missing_glyphs` code points ("U+1F600") that no font here has.
    """

    template: str
    template_version: int
    placed: list[str]
    sections: list[str]
    pages: int
    missing_glyphs: list[str]


def run(given: Input) -> Produced:
    """The CV as `cv.html` and `cv.pdf`.

    Raises invalid-argument for an unknown template and failed-precondition
    (`missing-cv`, `missing-masked-cv`) if there is no CV that may be shown.
    """
    template = find_template(given.job.template)
    style = template.styling
    cv = _shown_cv(given)
    page = page_of(cv, style.section_order, given.outputs.parse.language or "")
    fragments = _fragments(given, cv.personal_info.email)
    draft = place(rendered(page, template, NO_FONTS, given.job.paper), fragments)
    fonts = embedded_fonts(visible_text(draft), style.body_font, style.heading_font)
    html = place(rendered(page, template, fonts, given.job.paper), fragments)
    pdf = printed(html, title=page.name, paper=given.job.paper)
    output = Output(
        template=template.id,
        template_version=template.version,
        placed=list(fragments),
        sections=[section.name for section in page.sections],
        pages=pdf.pages,
        missing_glyphs=[f"U+{ord(character):04X}" for character in fonts.missing],
    )
    return Produced(
        output,
        {
            HTML_FILE: ProducedFile("text/html; charset=utf-8", html.encode()),
            PDF_FILE: ProducedFile("application/pdf", pdf.content),
        },
    )


def check_template(template: Template) -> None:
    """Render a CV of one name with `template`; raises internal if it does not fit its layout."""
    from jinja2 import TemplateError

    cv = ParsedCv(personal_info=PersonalInfo(name="A"))
    try:
        rendered(page_of(cv, template.styling.section_order, ""), template, NO_FONTS, "a4")
    except TemplateError as error:
        raise WorkflowError(Code.INTERNAL, f"{template.id}: {error}") from error


def _shown_cv(given: Input) -> ParsedCv:
    """The CV to show: the masked copy alone if privacy mode is chosen, whatever became of it."""
    privacy = given.outputs.features.get(PRIVACY_MODE)
    masked = privacy is not None or PRIVACY_MODE in given.job.features
    part = privacy if masked else given.outputs.parse
    cv = part.cv if part else None
    if cv is None:
        raise refusal("missing-masked-cv", "Privacy mode left no masked CV, so none is shown.")
    if cv == ParsedCv():
        raise refusal("missing-cv", "The document holds no CV text to show.")
    return cv


def _fragments(given: Input, email: str) -> dict[str, str]:
    """Fragments with something in them, in the order of their ids, the contact form last.

    A form that goes to another address than that of the CV loses its form elements.
    """
    features = sorted(given.outputs.features.items(), key=lambda item: (item[0] == FORM, item[0]))
    shown = {name: part.fragment for name, part in features if part.fragment.strip()}
    return {
        name: sanitised_fragment(html) if {*form_recipients(html)} - {email} else html
        for name, html in shown.items()
    }
