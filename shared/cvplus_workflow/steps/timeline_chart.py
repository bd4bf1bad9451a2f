"""The timeline as markup: a chart of bars in lanes, and a list that opens by itself.

Bars are placed in per cent of the width, and labels are text of a fixed size, so that
a narrow phone shortens the bars and never the letters. The list uses `details`, so it
works without scripts. Print shows the chart alone: the sections say the rest in full.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from .links import Linked, linked_parts, safe_link
from .periods import first_day
from .svg import Attributes, classed, element, figure, text
from .timeline_events import Event, TimelineSummary

LANE = 15
"""Height of a lane in pixels."""
BAR = 10
"""Height of a bar, and the diameter of a mark for a single day, in pixels."""
INSET = 5.0
"""Per cent of the width left free at each side for half a year's label."""
MARK = 3.4
"""Per cent of the width that a mark needs on a narrow phone."""
MAX_TICKS = 6
TYPE_NAMES = {
    "work": "Work",
    "education": "Education",
    "certification": "Certificates",
    "achievement": "Awards",
}


class Axis(NamedTuple):
    """The years from the start of `first` to the start of `last`."""

    first: int
    last: int

    def at(self, day: date) -> float:
        """The place of a day in per cent of the width."""
        start, end = date(self.first, 1, 1), date(self.last, 1, 1)
        share = (day - start).days / (end - start).days
        return INSET + (100 - 2 * INSET) * share


class Bar(NamedTuple):
    """An event in the chart, from and to in per cent; a mark if they are the same."""

    event: Event
    left: float
    right: float


def fragment(events: list[Event], undated: list[Event], summary: TimelineSummary) -> str:
    """The timeline of `events`, which are sorted by start, as HTML."""
    newest_first = classed("ol", "timeline-events", *map(_item, reversed(events)))
    return classed(
        "div",
        "timeline",
        classed("h2", "timeline-heading", "Career timeline"),
        _totals(summary, events),
        classed("div", "timeline-figure", _chart(events, summary.counted_until), _legend(events)),
        newest_first,
        _without_dates(undated),
    )


def _totals(summary: TimelineSummary, events: list[Event]) -> str:
    stated = [
        _counted(summary.total_years or 0, "year of work", "years of work"),
        _counted(summary.companies, "organisation", "organisations"),
        _counted(summary.degrees, "degree", "degrees"),
        _counted(summary.certifications, "certificate", "certificates"),
    ]
    items = [element("li", {}, text(total)) for total in stated if total]
    if not items:
        return ""
    notes = " ".join(_notes(summary, events))
    return classed("ul", "timeline-summary", *items) + (
        classed("p", "timeline-note", element("small", {}, text(notes))) if notes else ""
    )


def _notes(summary: TimelineSummary, events: list[Event]) -> Iterator[str]:
    if any(event.current and event.type == "work" for event in events):
        yield f"Work that goes on is counted up to {summary.counted_until}."
    if summary.total_years and summary.uncounted:
        posts = _counted(summary.uncounted, "post", "posts")
        yield f"Not counted: {posts} without a stated start or end."


def _counted(count: float, one: str, many: str) -> str:
    return f"{count:g} {one if count == 1 else many}" if count else ""


def _chart(events: list[Event], until: str) -> str:
    axis = _axis(events, until)
    lanes = lanes_of(_bars(events, axis, until))
    height = LANE * len(lanes) + 18
    described = "; ".join(_tooltip(event) for event in events)
    return figure(
        "Timeline",
        described,
        {"class": "timeline-chart", "width": "100%", "height": height},
        *(_tick(year, axis, height) for year in _ticks(axis)),
        *(_shape(bar, lane) for lane, bars in enumerate(lanes) for bar in bars),
    )


def _axis(events: list[Event], until: str) -> Axis:
    stated = [partial for event in events for partial in _ends(event, until)]
    years = [day.year for day in map(first_day, stated) if day]
    return Axis(min(years), max(years) + 1)


def _ends(event: Event, until: str) -> tuple[str, str]:
    return event.start_date, event.end_date or (until if event.current else "")


def _bars(events: list[Event], axis: Axis, until: str) -> Iterator[Bar]:
    for event in events:
        start, end = map(first_day, _ends(event, until))
        end = end or start
        if start and end:
            yield Bar(event, axis.at(start), axis.at(max(start, end)))


def lanes_of(bars: Iterable[Bar]) -> list[list[Bar]]:
    """The bars, sorted by start, in as few lanes as keep them from overlapping."""
    lanes: list[list[Bar]] = []
    for bar in bars:
        free = (lane for lane in lanes if _right_edge(lane[-1]) <= _left_edge(bar))
        lane = next(free, None)
        if lane is None:
            lanes.append([bar])
        else:
            lane.append(bar)
    return lanes


def _is_mark(bar: Bar) -> bool:
    return bar.right - bar.left < MARK


def _left_edge(bar: Bar) -> float:
    return bar.left - MARK / 2 if _is_mark(bar) else bar.left


def _right_edge(bar: Bar) -> float:
    return bar.left + MARK / 2 if _is_mark(bar) else bar.right


def _shape(bar: Bar, lane: int) -> str:
    top = lane * LANE + 2
    title = element("title", {}, text(_tooltip(bar.event)))
    css_class = f"timeline-{bar.event.type}"
    if _is_mark(bar):
        mark: Attributes = {"cx": f"{bar.left:.2f}%", "cy": top + BAR // 2, "r": BAR // 2}
        return element("circle", {"class": css_class, **mark}, title)
    width = f"{bar.right - bar.left:.2f}%"
    box: Attributes = {"x": f"{bar.left:.2f}%", "y": top, "width": width, "height": BAR, "rx": 3}
    return element("rect", {"class": css_class, **box}, title)


def _ticks(axis: Axis) -> list[int]:
    span = axis.last - axis.first
    step = next(step for step in (1, 2, 5, 10, 20, 50, 1000) if span / step <= MAX_TICKS)
    return [year for year in range(axis.first, axis.last + 1) if year % step == 0]


def _tick(year: int, axis: Axis, height: int) -> str:
    place = f"{axis.at(date(year, 1, 1)):.2f}%"
    line: Attributes = {"x1": place, "x2": place, "y1": 0, "y2": height - 16}
    label: Attributes = {"x": place, "y": height - 4, "font-size": 11, "text-anchor": "middle"}
    stroke: Attributes = {"stroke": "currentColor", "stroke-opacity": "0.3"}
    return element("line", {**line, **stroke}) + element(
        "text", {**label, "fill": "currentColor"}, str(year)
    )


def _tooltip(event: Event) -> str:
    dates = " – ".join(moment.shown for moment in event.shown)
    return ", ".join(part for part in (event.title, event.organization, dates) if part)


def _legend(events: list[Event]) -> str:
    present = {event.type for event in events}
    keys = (
        element("li", {}, _key(kind, ""), text(name))
        for kind, name in TYPE_NAMES.items()
        if kind in present
    )
    return classed("ul", "timeline-legend", *keys)


def _key(kind: str, label: str) -> str:
    box: Attributes = {"class": "timeline-key", "width": 10, "height": 10}
    square = element("rect", {"class": f"timeline-{kind}", "width": 10, "height": 10, "rx": 2})
    named: Attributes = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    return element("svg", {**box, **named}, square)


def _item(event: Event) -> str:
    body = _body(event)
    shown = _head(event)
    if body:
        shown = element("details", {}, element("summary", {}, shown), body)
    return classed(
        "li",
        "timeline-event",
        _key(event.type, TYPE_NAMES[event.type]),
        classed("div", "timeline-body", shown),
    )


def _head(event: Event) -> str:
    place = ", ".join(part for part in (event.organization, event.location, event.kind) if part)
    spans = (("title", text(event.title)), ("place", text(place)), ("dates", _dates(event)))
    return " ".join(classed("span", f"timeline-{name}", part) for name, part in spans if part)


def _dates(event: Event) -> str:
    """The period as the page shows it, the exact dates in attributes."""
    return "\u00a0–\u00a0".join(
        element("time", {"datetime": iso}, text(shown)) if iso else text(shown)
        for shown, iso in event.shown
    )


def _body(event: Event) -> str:
    """The text of a job; other entries are told in sections of their own."""
    if event.type != "work" or event.voluntary:
        return ""
    paragraphs = [line.strip() for line in event.description.splitlines() if line.strip()]
    bullets = [element("li", {}, _running(achievement)) for achievement in event.achievements]
    return "".join(
        (
            *(element("p", {}, _running(paragraph)) for paragraph in paragraphs),
            element("ul", {}, *bullets) if bullets else "",
            classed("p", "timeline-place", text(", ".join(event.skills))) if event.skills else "",
            element("p", {}, _link(Linked(event.url, safe_link(event.url)))) if event.url else "",
        )
    )


def _running(content: str) -> str:
    """Running text with its web addresses as links."""
    return "".join(map(_link, linked_parts(content)))


def _link(part: Linked) -> str:
    return element("a", {"href": part.url}, text(part.text)) if part.url else text(part.text)


def _without_dates(undated: list[Event]) -> str:
    if not undated:
        return ""
    return classed("h3", "timeline-undated", "Without a stated start") + classed(
        "ul", "timeline-events", *map(_item, undated)
    )
