"""The parsed CV: `parsedData` of the web app, and what goes with it.

Field names follow the web app's `parsedData`. Dates are kept as written in
`startDate`, `endDate`, `date`; `start`, `end` and `on` are the same normalised to
ISO 8601 with the precision that was written ("2013", "2013-09", "2013-09-01"), and
absent where the text is no readable date. What the document does not say is absent.
`date` and `on` of something dated hold a point in time where the CV gives one date and
no period. `skills` maps a group's heading to its skills, ungrouped ones stand under
"general"; `skill_levels` maps a skill or group to its level as stated. `sections` lists
the document's sections in its order, each with the heading as written.
"""

from pydantic import Field

from .contract import Model


class Profile(Model):
    """An account elsewhere, as stated."""

    network: str = ""
    username: str = ""
    url: str = ""


class PersonalInfo(Model):
    """Who the CV is of and how to reach them.

    `location` is the place as written, or city, region and country code where the
    document keeps them apart; then `city`, `region` and the others hold the parts.
    """

    name: str = ""
    title: str = ""
    email: str = ""
    phone: str = ""
    location: str = ""
    address: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country_code: str = ""
    website: str = ""
    linkedin: str = ""
    github: str = ""
    image: str = ""
    profiles: list[Profile] = Field(default_factory=list)


class Dated(Model):
    """Something with a period; `current` only if the CV says that it goes on."""

    start_date: str = ""
    end_date: str = ""
    date: str = ""
    start: str = ""
    end: str = ""
    on: str = ""
    current: bool = False


class Experience(Dated):
    """A job or a voluntary post; `kind` as stated, such as military."""

    kind: str = ""
    company: str = ""
    position: str = ""
    location: str = ""
    url: str = ""
    description: str = ""
    achievements: list[str] = Field(default_factory=list)
    technologies: list[str] = Field(default_factory=list)


class Education(Dated):
    """A course of study."""

    institution: str = ""
    degree: str = ""
    field: str = ""
    location: str = ""
    url: str = ""
    gpa: str = ""
    honors: str = ""
    description: str = ""
    courses: list[str] = Field(default_factory=list)
    highlights: list[str] = Field(default_factory=list)


class Project(Dated):
    """A project or a sample of work; `kind` as stated, such as application."""

    kind: str = ""
    name: str = ""
    role: str = ""
    organization: str = ""
    url: str = ""
    description: str = ""
    highlights: list[str] = Field(default_factory=list)
    technologies: list[str] = Field(default_factory=list)


class Certification(Model):
    """A certificate, as stated; never verified here."""

    name: str = ""
    issuer: str = ""
    date: str = ""
    on: str = ""
    expiry_date: str = ""
    credential_id: str = ""
    verification_url: str = ""
    description: str = ""


class Language(Model):
    """A human language, its level and years of use as stated."""

    name: str = ""
    level: str = ""
    years: str = ""


class Award(Model):
    """An award or recognition; `kind` as stated, such as honor."""

    kind: str = ""
    title: str = ""
    issuer: str = ""
    date: str = ""
    on: str = ""
    url: str = ""
    description: str = ""


class Publication(Model):
    """Something published."""

    name: str = ""
    publisher: str = ""
    date: str = ""
    on: str = ""
    url: str = ""
    description: str = ""


class Interest(Model):
    """An interest outside work."""

    name: str = ""
    keywords: list[str] = Field(default_factory=list)
    description: str = ""


class Reference(Model):
    """A referee and what they said."""

    name: str = ""
    text: str = ""


class OtherEntry(Dated):
    """An entry of a section that has no model of its own."""

    title: str = ""
    subtitle: str = ""
    url: str = ""
    description: str = ""
    highlights: list[str] = Field(default_factory=list)


class OtherSection(Model):
    """A section of the CV that has no model of its own, under its own heading."""

    title: str
    entries: list[OtherEntry] = Field(default_factory=list)


class SectionHeading(Model):
    """Where a section stood: the list of `ParsedCv` that holds it, and its heading.

    `kind` is a field name of `ParsedCv` in camelCase; `title` is the heading as
    written, absent where the format has keys instead of headings.
    """

    kind: str
    title: str = ""


class ParsedCv(Model):
    """The whole CV as its document states it."""

    personal_info: PersonalInfo = Field(default_factory=PersonalInfo)
    summary: str = ""
    experience: list[Experience] = Field(default_factory=list)
    education: list[Education] = Field(default_factory=list)
    skills: dict[str, list[str]] = Field(default_factory=dict)
    skill_levels: dict[str, str] = Field(default_factory=dict)
    projects: list[Project] = Field(default_factory=list)
    certifications: list[Certification] = Field(default_factory=list)
    languages: list[Language] = Field(default_factory=list)
    achievements: list[str] = Field(default_factory=list)
    volunteer: list[Experience] = Field(default_factory=list)
    awards: list[Award] = Field(default_factory=list)
    publications: list[Publication] = Field(default_factory=list)
    interests: list[Interest] = Field(default_factory=list)
    references: list[Reference] = Field(default_factory=list)
    other_sections: list[OtherSection] = Field(default_factory=list)
    sections: list[SectionHeading] = Field(default_factory=list)


class Unplaced(Model):
    """Text of the document that fits no field: where it stands, and the text."""

    where: str
    text: str
