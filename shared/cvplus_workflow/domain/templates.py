"""The catalogue of built-in CV templates: one layout, ten themes.

A theme is data: colours, fonts, the form of the header, of headings and of skills,
and the order of sections. The ids are those that the web app sends as `templateId`.
"""

from msgspec import Struct

from ..errors import WorkflowError, invalid

SECTIONS = (
    "summary",
    "experience",
    "education",
    "skills",
    "projects",
    "certifications",
    "languages",
    "achievements",
    "volunteer",
    "awards",
    "publications",
    "other",
    "interests",
    "references",
)
"""Names of the sections of a CV, in their usual order; `other` holds any number of them."""

PAPER = "#ffffff"
"""The colour of the sheet, the same in all themes."""


class Styling(Struct, frozen=True, rename="camel"):
    """How a theme looks. Colours are `#rrggbb`.

    `accent` is used for headings, links and rules, `ink` for text, `muted` for
    dates and places, `tint` behind chips. `header` is `plain`, `rule`, `centred` or
    `band`; `headings` is `ruled`, `bar` or `capitals`; `skills` is `list` or `chips`;
    `layout` is `stacked` (headings above) or `margin` (headings beside the text).
    Fonts are families of the packaged fonts; `text_scale` evens out their apparent sizes.
    """

    accent: str
    ink: str
    muted: str
    tint: str
    heading_font: str
    body_font: str
    layout: str = "stacked"
    header: str = "plain"
    headings: str = "ruled"
    skills: str = "list"
    text_scale: float = 1.0
    section_order: tuple[str, ...] = SECTIONS

    def colour_pairs(self) -> tuple[tuple[str, str], ...]:
        """Every (text, background) pair that the layout sets, for the check of contrast."""
        return (
            (self.ink, PAPER),
            (self.muted, PAPER),
            (self.accent, PAPER),
            (self.ink, self.tint),
            (self.muted, self.tint),
            (self.accent, self.tint),
            (PAPER, self.accent),
        )


class Template(Struct, frozen=True, rename="camel"):
    """A template that a job may choose; `premium` needs an entitlement."""

    id: str
    version: int
    name: str
    category: str
    premium: bool
    description: str
    styling: Styling


def _order(*first: str, last: tuple[str, ...] = ()) -> tuple[str, ...]:
    """All sections: `first` ones first, `last` ones last, the rest in their usual order."""
    middle = (name for name in SECTIONS if name not in first and name not in last)
    return (*first, *middle, *last)


_MODERN = Template(
    id="modern",
    version=1,
    name="Modern",
    category="professional",
    premium=False,
    description="A clear page for any profession: blue headings over fine rules.",
    styling=Styling(
        accent="#1f5f8b",
        ink="#1e2630",
        muted="#566270",
        tint="#eef4f8",
        heading_font="Source Sans 3",
        body_font="Source Sans 3",
    ),
)

_MODERN_PROFESSIONAL = Template(
    id="modern-professional",
    version=1,
    name="Modern Professional",
    category="professional",
    premium=False,
    description="Headings in the margin and slate tones, for a quick scan down the page.",
    styling=Styling(
        accent="#3a4d63",
        ink="#20262d",
        muted="#59636e",
        tint="#f0f2f5",
        heading_font="Roboto",
        body_font="Roboto",
        layout="margin",
        header="rule",
        headings="capitals",
    ),
)

_TECH_INNOVATION = Template(
    id="tech-innovation",
    version=1,
    name="Tech Innovation",
    category="technical",
    premium=False,
    description="Skills come right after the summary, as chips; teal accents.",
    styling=Styling(
        accent="#0b6b72",
        ink="#17252a",
        muted="#51626a",
        tint="#e8f3f3",
        heading_font="Open Sauce Sans",
        body_font="Open Sauce Sans",
        header="rule",
        headings="bar",
        skills="chips",
        section_order=_order("summary", "skills", "experience", "projects"),
    ),
)

_EXECUTIVE_AUTHORITY = Template(
    id="executive-authority",
    version=1,
    name="Executive Authority",
    category="executive",
    premium=True,
    description="A centred classic in navy and Garamond; experience leads, education closes.",
    styling=Styling(
        accent="#1b2f52",
        ink="#1d1f24",
        muted="#565a63",
        tint="#f1f2f6",
        heading_font="EB Garamond",
        body_font="EB Garamond",
        text_scale=1.12,
        header="centred",
        headings="ruled",
        section_order=_order(
            "summary", "experience", "achievements", last=("education", "references")
        ),
    ),
)

_CREATIVE_SHOWCASE = Template(
    id="creative-showcase",
    version=1,
    name="Creative Showcase",
    category="creative",
    premium=True,
    description="A bold plum header, headings in the margin, and projects first.",
    styling=Styling(
        accent="#8a2a5b",
        ink="#2a2129",
        muted="#6a5a66",
        tint="#f8eef4",
        heading_font="Poppins",
        body_font="Lato",
        layout="margin",
        header="band",
        headings="capitals",
        skills="chips",
        section_order=_order("summary", "projects", "experience", "awards"),
    ),
)

_HEALTHCARE_PROFESSIONAL = Template(
    id="healthcare-professional",
    version=1,
    name="Healthcare Professional",
    category="industry-specific",
    premium=False,
    description="Calm green; certificates and education stand close to the top.",
    styling=Styling(
        accent="#1b6a50",
        ink="#1c2723",
        muted="#54635c",
        tint="#ecf5f1",
        heading_font="Lato",
        body_font="Lato",
        headings="bar",
        section_order=_order("summary", "certifications", "experience", "education"),
    ),
)

_FINANCIAL_EXPERT = Template(
    id="financial-expert",
    version=1,
    name="Financial Expert",
    category="industry-specific",
    premium=True,
    description="Sober serif headings in deep blue over a compact, exact page.",
    styling=Styling(
        accent="#123c69",
        ink="#1b222b",
        muted="#535d69",
        tint="#edf1f6",
        heading_font="Gentium Book Plus",
        body_font="Source Sans 3",
        header="rule",
        headings="ruled",
        section_order=_order("summary", "experience", "certifications", "education"),
    ),
)

_ACADEMIC_SCHOLAR = Template(
    id="academic-scholar",
    version=1,
    name="Academic Scholar",
    category="academic",
    premium=False,
    description="Education and publications first, in a bookish serif with oxblood headings.",
    styling=Styling(
        accent="#6f1d1b",
        ink="#221f1e",
        muted="#5f5856",
        tint="#f7f0ef",
        heading_font="Gentium Book Plus",
        body_font="Gentium Book Plus",
        header="centred",
        headings="capitals",
        section_order=_order("summary", "education", "publications", "experience", "awards"),
    ),
)

_SALES_PERFORMANCE = Template(
    id="sales-performance",
    version=1,
    name="Sales Performance",
    category="industry-specific",
    premium=False,
    description="A warm header band; achievements stand before everything else.",
    styling=Styling(
        accent="#9c3a10",
        ink="#2a211d",
        muted="#66584f",
        tint="#faf0ea",
        heading_font="Raleway",
        body_font="Open Sans",
        header="band",
        headings="ruled",
        section_order=_order("summary", "achievements", "experience", "awards"),
    ),
)

_INTERNATIONAL_PROFESSIONAL = Template(
    id="international-professional",
    version=1,
    name="International Professional",
    category="professional",
    premium=False,
    description="Languages follow the summary; headings in the margin, indigo accents.",
    styling=Styling(
        accent="#3b4a9c",
        ink="#1f2230",
        muted="#575c70",
        tint="#eff0fa",
        heading_font="Open Sans",
        body_font="Open Sans",
        layout="margin",
        headings="bar",
        section_order=_order("summary", "languages", "experience"),
    ),
)

TEMPLATES = {
    template.id: template
    for template in (
        _MODERN,
        _MODERN_PROFESSIONAL,
        _TECH_INNOVATION,
        _EXECUTIVE_AUTHORITY,
        _CREATIVE_SHOWCASE,
        _HEALTHCARE_PROFESSIONAL,
        _FINANCIAL_EXPERT,
        _ACADEMIC_SCHOLAR,
        _SALES_PERFORMANCE,
        _INTERNATIONAL_PROFESSIONAL,
    )
}
"""The built-in templates by id, the default first."""


def find_template(template_id: str) -> Template:
    """The built-in template with this id.

    Raises invalid-argument, naming the known ids, if there is none.
    """
    template = TEMPLATES.get(template_id)
    if template is None:
        raise _unknown_template()
    return template


def _unknown_template() -> WorkflowError:
    return invalid("templateId", f"not a known template. Known ids: {', '.join(TEMPLATES)}")
