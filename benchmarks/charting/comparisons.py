"""The chart of `benchmarks/peers`: the same work on other engines."""

from collections.abc import Sequence
from typing import Any

from benchmarks.peers.contestants import OWN

from .panels import Panel, Value, bars, picture

MEASURES = {
    "steps_per_s": "durable steps a second, more is better",
    "latency_ms": "milliseconds of one job alone, less is better",
}


def peers_chart(rows: Sequence[dict[str, Any]]) -> str:
    """One panel a shape and measure that `rows` hold.

    A row has `peer`, `shape`, and of each measure the median with `_low` and `_high`.
    """
    panels = []
    for shape in dict.fromkeys(row["shape"] for row in rows):
        for measure, unit in MEASURES.items():
            of_shape = [row for row in rows if row["shape"] == shape and measure in row]
            if of_shape:
                panels.append([_panel(shape, measure, unit, of_shape)])
    title = "The same work on other engines"
    return picture(title, "Bars of the medians; a line from the lowest to the highest.", panels)


def _panel(shape: str, measure: str, unit: str, rows: Sequence[dict[str, Any]]) -> Panel:
    best_first = sorted(rows, key=lambda row: row[measure], reverse=measure == "steps_per_s")
    return bars(shape, unit, [(row["peer"], Value.of(row, measure)) for row in best_first], OWN)
