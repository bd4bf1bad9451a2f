"""The chart of `benchmarks/growth.py`."""

from typing import Any

from .panels import Panel, Series, Value, columns, lines, picture


def growth_chart(found: dict[str, Any]) -> str:
    """Throughput by finished, queued and processes; a job's cost by its features."""
    rows = [
        [
            _throughput(found, "finished", "Finished jobs in the store"),
            _throughput(found, "queued", "Jobs queued at once"),
        ],
        [_features(found), _throughput(found, "processes", "Worker processes")],
    ]
    title = "Does work become dearer as there is more of it?"
    description = "Durable steps a second of job10, and the milliseconds of a job by its features."
    return picture(title, description, rows)


def _throughput(found: dict[str, Any], series: str, title: str) -> Panel:
    rows = found[series]
    labels = [f"{row[series]:,}" for row in rows]
    values = [Value.of(row, "steps_per_s") for row in rows]
    return columns(title, "durable steps a second, job10", labels, values)


def _features(found: dict[str, Any]) -> Panel:
    points = [(row["features"], Value.of(row, "job_ms")) for row in found["features"]]
    series = [Series("a job", points)]
    return lines("A job by its features", "milliseconds a job", "features", series, width=380)
