"""The skills of the CV, with the years that its own dated entries show for them.

The years of a skill are those of the jobs, voluntary posts and projects whose text
names it, overlaps counted once. An entry that goes on is counted to the latest date
that the CV states. A level is given only as the CV words it; there are no percentages.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pydantic import Field

from ..errors import refusal
from .contract import FeatureOutput, Model, Produced
from .cv import Dated, Experience, ParsedCv, Project
from .inputs import ParsedCvInput
from .periods import Period, latest_stated, period_of, total_years
from .svg import Attributes, classed, element, figure, text

Input = ParsedCvInput

MAX_BARS = 12
"""Skills in the chart; more would not be taken in at a glance, the rest are listed."""
ROW = 29
"""Height of a chart row in pixels."""
LABEL_LENGTH = 32
"""Characters of a skill that fit beside its years on a phone 320 pixels wide."""


class Skill(Model):
    """A skill as stated, and what the CV shows for it.

    `years` has one decimal and is absent without dated evidence; `entries` counts the
    jobs, voluntary posts and projects that name the skill.
    """

    name: str
    level: str = ""
    years: float | None = None
    entries: int = 0


class SkillGroup(Model):
    """Skills under the heading that the CV gives them."""

    name: str
    level: str = ""
    skills: list[Skill]


class Output(FeatureOutput):
    """The skills by group; years of what goes on are counted until `counted_until`."""

    groups: list[SkillGroup]
    counted_until: str = Field(default="", description="partial ISO date, as the CV states it")


class Evidence(NamedTuple):
    """An entry that may name skills: its text, case-folded too, and its period."""

    prose: str
    folded: str
    period: Period | None


def run(given: ParsedCvInput) -> Produced:
    """The skills, their evidence, and a chart of them.

    Raises `WorkflowError` (failed-precondition, `missing-skills`) if the CV states none.
    """
    cv = given.outputs.cv
    until = latest_stated(cv)
    entries = list(_evidence(cv, until))
    groups = [
        SkillGroup(
            name=heading,
            level=cv.skill_levels.get(heading, ""),
            skills=[_skill(name, cv, entries) for name in names],
        )
        for heading, names in cv.skills.items()
        if names
    ]
    if not groups:
        raise refusal("missing-skills", "The CV states no skills, so there are none to chart.")
    fragment = _fragment(groups, until)
    return Produced(Output(fragment=fragment, groups=groups, counted_until=until))


def _skill(name: str, cv: ParsedCv, entries: list[Evidence]) -> Skill:
    naming = [entry for entry in entries if _names(entry, name)]
    return Skill(
        name=name,
        level=cv.skill_levels.get(name, ""),
        years=total_years(entry.period for entry in naming if entry.period),
        entries=len(naming),
    )


def _evidence(cv: ParsedCv, until: str) -> Iterator[Evidence]:
    for job in (*cv.experience, *cv.volunteer):
        yield _entry(job, _job_words(job), until)
    for project in cv.projects:
        yield _entry(project, _project_words(project), until)


def _entry(entry: Dated, words: list[str], until: str) -> Evidence:
    prose = " \n ".join(words)
    return Evidence(prose, prose.casefold(), period_of(entry, until))


def _job_words(job: Experience) -> list[str]:
    return [job.position, job.description, *job.achievements, *job.technologies]


def _project_words(project: Project) -> list[str]:
    stated = [project.name, project.role, project.description]
    return [*stated, *project.highlights, *project.technologies]


def _names(entry: Evidence, skill: str) -> bool:
    """Whether the entry names the skill as a word of its own.

    One or two letters ("R", "Go") must match in case and stand free of hyphens: they
    are parts of ordinary words and phrases otherwise. `C` is not named by "C++" or
    "C#", nor "Node" by "Node.js".
    """
    if skill.casefold() not in entry.folded:
        return False
    short = len(skill) <= 2
    joining = r"\w+#&" + ("-" if short else "")
    pattern = rf"(?<![\w{'-' if short else ''}]){re.escape(skill)}(?![{joining}]|\.\w)"
    return re.search(pattern, entry.prose, 0 if short else re.IGNORECASE) is not None


def _fragment(groups: list[SkillGroup], until: str) -> str:
    shown = _charted(groups)
    listed = "".join(_tags(group, shown) for group in groups)
    chart = _chart(shown, until) if shown else ""
    heading = classed("h2", "skills-heading", "Skills at a glance")
    return classed("div", "skills-visualization", heading, chart, listed)


def _charted(groups: list[SkillGroup]) -> list[Skill]:
    evident = {skill.name: skill for group in groups for skill in group.skills if skill.years}
    return sorted(evident.values(), key=lambda skill: -(skill.years or 0))[:MAX_BARS]


def _chart(skills: list[Skill], until: str) -> str:
    """Bars in per cent of the width, with letters of a fixed size on any screen."""
    longest = skills[0].years or 1
    described = "; ".join(f"{skill.name}: {_extent(skill)}" for skill in skills)
    rows = (_row(index, skill, longest) for index, skill in enumerate(skills))
    box: Attributes = {"class": "skills-chart", "width": "100%", "height": ROW * len(skills)}
    note = f"Years of the dated entries that name the skill, up to {until}."
    return classed(
        "figure",
        "skills-figure",
        figure("Years of experience by skill", described, box, *rows),
        classed("figcaption", "skills-note", text(note)),
    )


def _row(index: int, skill: Skill, longest: float) -> str:
    top = index * ROW
    bar: Attributes = {"x": 0, "y": top + 17, "height": 7, "rx": 2}
    track: Attributes = {"class": "skills-track", **bar, "width": "100%", "fill-opacity": "0.15"}
    length = f"{100 * (skill.years or 0) / longest:.1f}%"
    return "".join(
        (
            _caption("skills-label", _label(skill), top, {"x": 0}),
            _caption("skills-years", _years(skill), top, {"x": "100%", "text-anchor": "end"}),
            element("rect", track),
            element("rect", {"class": "skills-bar", **bar, "width": length}),
        )
    )


def _caption(css_class: str, caption: str, top: int, place: Attributes) -> str:
    letters: Attributes = {"y": top + 12, "font-size": 13, "fill": "currentColor"}
    return element("text", {"class": css_class, **place, **letters}, text(caption))


def _label(skill: Skill) -> str:
    if len(skill.name) <= LABEL_LENGTH:
        return skill.name
    return skill.name[: LABEL_LENGTH - 1].rstrip() + "…"


def _years(skill: Skill) -> str:
    return f"{skill.years:g} {'year' if skill.years == 1 else 'years'}"


def _extent(skill: Skill) -> str:
    entries = "1 entry" if skill.entries == 1 else f"{skill.entries} entries"
    return f"{_years(skill)} in {entries}"


def _tags(group: SkillGroup, charted: list[Skill]) -> str:
    in_full = {skill.name for skill in charted if skill.name == _label(skill) and not skill.level}
    tags = [_tag(skill) for skill in group.skills if skill.name not in in_full]
    if not tags:
        return ""
    level = classed("span", "skills-level", text(group.level)) if group.level else ""
    name = "" if group.name == "general" else text(group.name)
    heading = classed("h3", "skills-group", name, " " if name and level else "", level)
    return (heading if name or level else "") + classed("ul", "skills-tags", *tags)


def _tag(skill: Skill) -> str:
    level = " " + classed("span", "skills-level", text(skill.level)) if skill.level else ""
    return element("li", {}, text(skill.name), level)
