"""Panels of charts: columns, bars and lines, with their axes, in one SVG picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from cvplus_workflow.steps.svg import element, figure, text

STYLE = """
svg { --page: #ffffff; --ink: #1f2328; --soft: #59636e; --rule: #d8dee4;
  --c0: #0969da; --c1: #bc4c00; --c2: #1a7f37; --c3: #8250df; }
@media (prefers-color-scheme: dark) { svg { --page: #0d1117; --ink: #e6edf3; --soft: #9198a1;
  --rule: #30363d; --c0: #58a6ff; --c1: #f0883e; --c2: #3fb950; --c3: #bc8cff; } }
text { font: 13px system-ui, sans-serif; fill: var(--ink); }
.head { font-weight: 600; font-size: 15px; } .soft { fill: var(--soft); font-size: 12px; }
.end { text-anchor: end; } .middle { text-anchor: middle; }
.rule { stroke: var(--rule); } .whisker { stroke: var(--ink); stroke-width: 1.5; }
.page { fill: var(--page); }
"""
COLOURS = 4
"""Series that can be told apart."""

LEFT, RIGHT, TOP, BOTTOM = 64.0, 20.0, 58.0, 48.0
"""Around the plot of a panel, in pixels: room for its title and for the labels of its axes."""

LETTER, WIDE_LETTER = 6.6, 7.4
"""Pixels that a letter of 12 and of 13 px takes on average, generously: room for labels."""


@dataclass(frozen=True)
class Value:
    """A measured figure: the median of the rounds, and their lowest and highest."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, row: dict[str, float], name: str) -> "Value":
        """The figure `name` of a row of a benchmark's JSON."""
        return cls(row[name], row.get(f"{name}_low", row[name]), row.get(f"{name}_high", row[name]))


@dataclass(frozen=True)
class Series:
    """A name, and its values by place on the horizontal axis."""

    name: str
    points: Sequence[tuple[float, Value]]


@dataclass(frozen=True)
class Panel:
    """One chart of a picture: its title, the label of its values, `shapes` of a given size."""

    title: str
    width: float
    height: float
    shapes: Sequence[str]


def picture(title: str, description: str, panels: Sequence[Sequence[Panel]]) -> str:
    """Rows of panels as one SVG document."""
    width = max(sum(panel.width for panel in row) for row in panels)
    height = sum(max(panel.height for panel in row) for row in panels)
    shapes, y = list[str](), 0.0
    for row in panels:
        x = 0.0
        for panel in row:
            shapes.append(_moved(x, y, panel))
            x += panel.width
        y += max(panel.height for panel in row)
    page = element("rect", {"class": "page", "width": "100%", "height": "100%"})
    size = {"width": width, "height": height, "viewBox": f"0 0 {width:g} {height:g}"}
    namespace = {"xmlns": "http://www.w3.org/2000/svg"}
    style = element("style", {}, STYLE)
    return figure(title, description, {**namespace, **size}, style, page, *shapes) + "\n"


def columns(
    title: str, unit: str, labels: Sequence[str], values: Sequence[Value], *, width: float = 380
) -> Panel:
    """Upright columns, one a label, with whiskers from the lowest to the highest."""
    height = 300.0
    scale = _Scale(max(value.high for value in values), height)
    step = (width - LEFT - RIGHT) / len(values)
    shapes = [*scale.rules(LEFT, width - RIGHT)]
    for number, (label, value) in enumerate(zip(labels, values, strict=True)):
        centre = LEFT + step * (number + 0.5)
        top, breadth = scale.y(value.middle), min(64.0, step * 0.6)
        bar = {"x": centre - breadth / 2, "y": top, "width": breadth}
        shapes.append(element("rect", {**bar, "height": scale.zero - top, "style": _fill(0)}))
        shapes += _upright_whisker(centre, scale.y(value.low), scale.y(value.high))
        shapes.append(_text(centre, scale.y(value.high) - 7, number_of(value.middle), "middle"))
        shapes.append(_text(centre, scale.zero + 18, label, "middle soft"))
    return Panel(title, width, height, [*_heads(title, unit), *shapes])


def lines(
    title: str, unit: str, across: str, series: Sequence[Series], *, width: float = 760
) -> Panel:
    """Lines through points, a colour and an entry of the legend for each series."""
    height = 320.0
    scale = _Scale(max(v.high for each in series for _, v in each.points), height)
    places = [place for each in series for place, _ in each.points]
    last = max(places) or 1.0

    def x(place: float) -> float:
        return LEFT + (width - LEFT - RIGHT) * place / last

    shapes = [*scale.rules(LEFT, width - RIGHT)]
    shapes += [
        _text(x(tick), scale.zero + 18, number_of(tick), "middle soft") for tick in ticks(last)
    ]
    shapes.append(_text((LEFT + width - RIGHT) / 2, scale.zero + 38, across, "middle soft"))
    for number, each in enumerate(series):
        shapes += _line(number, each, x, scale.y)
    legend = _legend([each.name for each in series], width) if len(series) > 1 else []
    return Panel(title, width, height, [*_heads(title, unit), *shapes, *legend])


def bars(
    title: str, unit: str, rows: Sequence[tuple[str, Value]], marked: str, *, width: float = 760
) -> Panel:
    """Level bars, one a row, the `marked` one in a colour, each with its figure behind it."""
    left = 32 + WIDE_LETTER * max(len(label) for label, _ in rows)
    highest, line = max(value.high for _, value in rows), 28.0
    height = TOP + line * len(rows) + 14
    room = width - left - RIGHT - 64
    shapes = []
    for number, (label, value) in enumerate(rows):
        y = TOP + line * number
        length, low, high = (
            room * part / highest for part in (value.middle, value.low, value.high)
        )
        bar = {"x": left, "y": y, "width": max(1.0, length), "height": 18.0}
        shapes.append(
            element("rect", {**bar, "style": _fill(0) if label == marked else "fill:var(--soft)"})
        )
        shapes.append(_rule("whisker", left + low, y + 9, left + high, y + 9))
        shapes.append(_text(left - 8, y + 14, label, "end"))
        shapes.append(_text(left + max(length, high) + 8, y + 14, number_of(value.middle)))
    return Panel(title, width, height, [*_heads(title, unit), *shapes])


def number_of(value: float) -> str:
    """A figure as a person reads it: thousands apart, no more digits than matter."""
    if value >= 100 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}".rstrip("0")


def ticks(highest: float) -> list[float]:
    """From 0 on, four to eight round numbers up to `highest`."""
    size = 10.0 ** floor(log10(highest / 4)) if highest > 0 else 1.0
    step = next(size * part for part in (1, 2, 2.5, 5, 10) if highest / (size * part) <= 8)
    return [step * number for number in range(floor(highest / step + 1e-9) + 1)]


class _Scale:
    """From values to heights; the plot ends above the highest."""

    def __init__(self, highest: float, height: float) -> None:
        self._ticks = ticks(highest or 1.0)
        step = self._ticks[1]
        self._top = step * ceil((highest or 1.0) / step * 1.06)
        self.zero = height - BOTTOM

    def y(self, value: float) -> float:
        return self.zero - (self.zero - TOP - 8) * value / self._top

    def rules(self, left: float, right: float) -> list[str]:
        rules = [_rule("rule", left, self.y(tick), right, self.y(tick)) for tick in self._ticks]
        labels = [
            _text(left - 8, self.y(tick) + 4, number_of(tick), "end soft") for tick in self._ticks
        ]
        return [*rules, *labels]


def _line(
    number: int, series: Series, x: Callable[[float], float], y: Callable[[float], float]
) -> list[str]:
    places = [(x(place), y(value.middle)) for place, value in series.points]
    path = "M" + " L".join(f"{left:.1f} {top:.1f}" for left, top in places)
    stroke = f"stroke:var(--c{number % COLOURS});stroke-width:2;fill:none"
    shapes = [element("path", {"d": path, "style": stroke})]
    for place, value in series.points:
        if value.high > value.low:
            shapes += _upright_whisker(x(place), y(value.low), y(value.high))
    if len(places) <= 20:
        shapes += [
            element("circle", {"cx": left, "cy": top, "r": 3.5, "style": _fill(number)})
            for left, top in places
        ]
    return shapes


def _legend(names: Sequence[str], width: float) -> list[str]:
    shapes, right = list[str](), width - RIGHT
    for number, name in reversed(list(enumerate(names))):
        begin = right - LETTER * len(name)
        shapes.append(_text(begin, 46, name, "soft"))
        square = {"x": begin - 16, "y": 36.0, "width": 11.0, "height": 11.0}
        shapes.append(element("rect", {**square, "style": _fill(number)}))
        right = begin - 34
    return shapes


def _heads(title: str, unit: str) -> list[str]:
    return [_text(16, 26, title, "head"), _text(16, 46, unit, "soft")]


def _upright_whisker(x: float, low: float, high: float) -> list[str]:
    ends = [_rule("whisker", x - 5, y, x + 5, y) for y in (low, high)]
    return [_rule("whisker", x, low, x, high), *ends] if low != high else []


def _fill(number: int) -> str:
    return f"fill:var(--c{number % COLOURS})"


def _rule(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return element("line", {"class": kind, "x1": x1, "y1": y1, "x2": x2, "y2": y2})


def _text(x: float, y: float, content: str, kind: str = "") -> str:
    return element("text", {"x": x, "y": y, **({"class": kind} if kind else {})}, text(content))


def _moved(x: float, y: float, panel: Panel) -> str:
    return element("g", {"transform": f"translate({x:g} {y:g})"}, *panel.shapes)
