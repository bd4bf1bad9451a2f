"""The projects of the CV as cards, with what can be counted of them.

A card shows all that the CV states of a project, so the page hides the plain section of
projects beside it. Nothing is sorted into categories that the CV does not name.
Publications are no projects and keep their own section.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from pydantic import Field

from ..errors import refusal
from .contract import FeatureOutput, Model, Produced
from .cv import ParsedCv, Project
from .inputs import ParsedCvInput
from .links import Linked, linked_parts, safe_link, shown_link
from .shown_dates import Moment, months_named, period_shown
from .svg import classed, element, text

Input = ParsedCvInput

MOST_COUNTED = 12
"""Technologies named in the line above the cards, the most used first."""

LONGEST_HALF = 600
"""Characters of text up to which a card takes half of a wide page."""


class PortfolioItem(Model):
    """A project as stated. `category` is the kind that the CV gives it, if any.

    `start_date` and `end_date` are partial ISO dates; `shown` is the period as the page
    shows it (not part of the output).
    """

    name: str
    category: str = ""
    role: str = ""
    organization: str = ""
    description: str = ""
    url: str = ""
    technologies: list[str] = Field(default_factory=list)
    highlights: list[str] = Field(default_factory=list)
    start_date: str = ""
    end_date: str = ""
    current: bool = False
    shown: list[Moment] = Field(default_factory=list, exclude=True)


class Tally(Model):
    """How many projects have something."""

    name: str
    projects: int


class PortfolioStatistics(Model):
    """Counts over the projects; a technology counts once for each project that names it.

    `first_year` and `last_year` are the earliest and latest year that a project states,
    and absent where none does.
    """

    projects: int
    with_link: int
    with_period: int
    current: int
    categories: list[Tally]
    technologies: list[Tally]
    first_year: str = ""
    last_year: str = ""


class Output(FeatureOutput):
    """The projects in the order of the CV, and their counts."""

    items: list[PortfolioItem]
    statistics: PortfolioStatistics


def run(given: ParsedCvInput) -> Produced:
    """The portfolio of the CV.

    Raises `WorkflowError` (failed-precondition, `missing-projects`) if the CV states no
    projects.
    """
    cv, named = given.outputs.cv, months_named(given.outputs.parse.language)
    items = [_item(project, named) for project in cv.projects]
    if not items:
        raise refusal("missing-projects", "The CV states no projects, so there are none to show.")
    statistics = _statistics(items)
    fragment = _fragment(_heading(cv), items, statistics)
    return Produced(Output(fragment=fragment, items=items, statistics=statistics))


def _heading(cv: ParsedCv) -> str:
    """The heading of the projects as the CV writes it, if it has one for all of them."""
    written = {section.title.strip() for section in cv.sections if section.kind == "projects"}
    return next(iter(written)) if len(written) == 1 and written != {""} else "Portfolio"


def _item(project: Project, named: bool) -> PortfolioItem:
    return PortfolioItem(
        name=project.name,
        category=project.kind,
        role=project.role,
        organization=project.organization,
        description=project.description,
        url=safe_link(project.url),
        technologies=project.technologies,
        highlights=project.highlights,
        start_date=project.start or project.on,
        end_date=project.end,
        current=project.current,
        shown=period_shown(project, named=named),
    )


def _statistics(items: Sequence[PortfolioItem]) -> PortfolioStatistics:
    years = sorted(day[:4] for item in items for day in (item.start_date, item.end_date) if day)
    return PortfolioStatistics(
        projects=len(items),
        with_link=sum(1 for item in items if item.url),
        with_period=sum(1 for item in items if item.start_date or item.end_date),
        current=sum(1 for item in items if item.current),
        categories=_tallies([item.category] for item in items),
        technologies=_tallies(item.technologies for item in items),
        first_year=years[0] if years else "",
        last_year=years[-1] if years else "",
    )


def _tallies(named: Iterable[Sequence[str]]) -> list[Tally]:
    """How many of the lists have each name in any case, the most frequent first."""
    spelling: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for names in named:
        counts.update({name.casefold() for name in names if name})
        for name in names:
            spelling.setdefault(name.casefold(), name)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], list(spelling).index(item[0])))
    return [Tally(name=spelling[key], projects=count) for key, count in ordered]


def _fragment(heading: str, items: Sequence[PortfolioItem], statistics: PortfolioStatistics) -> str:
    return classed(
        "div",
        "portfolio-gallery",
        classed("h2", "portfolio-heading", text(heading)),
        _counts(statistics),
        _technologies(statistics.technologies),
        classed("ul", "portfolio-cards", *map(_card, items)),
    )


def _counts(statistics: PortfolioStatistics) -> str:
    first, last, kinds = statistics.first_year, statistics.last_year, statistics.categories
    told = [
        "1 project" if statistics.projects == 1 else f"{statistics.projects} projects",
        f"{statistics.with_link} with a link" if statistics.with_link else "",
        f"{statistics.current} going on" if statistics.current else "",
        *(f"{each.name}: {each.projects}" for each in kinds if len(kinds) > 1),
        first if first == last else f"{first} to {last}",
    ]
    counted = (element("li", {}, text(each)) for each in told if each)
    return classed("ul", "portfolio-counts", *counted)


def _technologies(tallies: Sequence[Tally]) -> str:
    repeated = [each for each in tallies if each.projects > 1][:MOST_COUNTED]
    if not repeated:
        return ""
    counts = ", ".join(f"{each.name} ({each.projects})" for each in repeated)
    return classed("p", "portfolio-place", text(f"In more than one project: {counts}"))


def _card(item: PortfolioItem) -> str:
    belonging = " · ".join(part for part in (item.role, item.organization, item.category) if part)
    parts = (
        _named(item),
        classed("p", "portfolio-place", text(belonging)) if belonging else "",
        _dates(item.shown),
        classed("div", "portfolio-text", *_paragraphs(item.description))
        if item.description
        else "",
        _points(item.highlights),
        _tags(item.technologies),
        _address(item.url),
    )
    length = sum(map(len, (item.description, *item.highlights)))
    width = " portfolio-wide" if length > LONGEST_HALF else ""
    return classed("li", f"portfolio-card{width}", *parts)


def _named(item: PortfolioItem) -> str:
    name = text(item.name)
    shown = element("a", {"href": item.url}, name) if item.url else name
    return element("h3", {}, shown) if item.name else ""


def _dates(shown: Sequence[Moment]) -> str:
    moments = (
        element("time", {"datetime": iso}, text(words)) if iso else text(words)
        for words, iso in shown
    )
    period = "\u00a0– ".join(moments)
    return classed("p", "portfolio-dates", period) if period else ""


def _paragraphs(description: str) -> list[str]:
    lines = (line.strip() for line in description.splitlines() if line.strip())
    return [element("p", {}, _running(line)) for line in lines]


def _points(highlights: Sequence[str]) -> str:
    points = (element("li", {}, _running(point)) for point in highlights)
    return classed("ul", "bullets", *points) if highlights else ""


def _running(content: str) -> str:
    """Running text with its web addresses as links."""
    return "".join(map(_linked, linked_parts(content)))


def _linked(part: Linked) -> str:
    return element("a", {"href": part.url}, text(part.text)) if part.url else text(part.text)


def _tags(technologies: Sequence[str]) -> str:
    tags = (element("li", {}, text(technology)) for technology in technologies)
    return classed("ul", "portfolio-tags", *tags) if technologies else ""


def _address(url: str) -> str:
    if not url:
        return ""
    link = element("a", {"href": url}, text(shown_link(url)))
    return classed("p", "portfolio-address", link)
