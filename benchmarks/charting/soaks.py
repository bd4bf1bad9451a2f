"""The chart of `benchmarks/soak.py`."""

from collections.abc import Sequence
from typing import Any

from .panels import Panel, Series, Value, lines, picture


def soak_chart(soaks: Sequence[dict[str, Any]]) -> str:
    """Memory and open files of each soak's processes over its time."""
    rows = [[_panel(each, "rss_mb", "Memory, MB resident")] for each in soaks] + [
        [_panel(each, "files", "Open files and connections")] for each in soaks
    ]
    description = "Memory and open files of each process, sampled while jobs ran and faults struck."
    return picture("A soak of mixed jobs with faults", description, rows)


def _panel(soak: dict[str, Any], measure: str, unit: str) -> Panel:
    samples = soak["samples"]
    names = dict.fromkeys(sample["process"] for sample in samples)
    series = [
        Series(
            name,
            [
                (sample["minute"], Value(*[sample[measure]] * 3))
                for sample in samples
                if sample["process"] == name
            ],
        )
        for name in names
    ]
    jobs, kills = sum(soak["accepted"].values()), soak["kills"]
    title = f"{soak['back_end']}: {jobs:,} jobs, {kills} kills"
    return lines(title, unit, "minutes", series)
