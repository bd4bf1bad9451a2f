"""What processes hold, sampled from proc(5), and whether it grows."""

import statistics
from collections.abc import Sequence
from pathlib import Path

from benchmarks.embedded_load.machine import descendants, rss_mb
from msgspec import Struct


class Sample(Struct, frozen=True):
    """What one process holds `minute` minutes after the start; memory in MB.

    `files` are open file descriptors, `sockets` those of them that are connections,
    `databases` those on SQLite files.
    """

    minute: float
    process: str
    pid: int
    rss_mb: float
    children_rss_mb: float
    files: int
    sockets: int
    databases: int
    threads: int
    children: int


COUNTS = ("files", "sockets", "databases", "threads", "children")


def sampled(minute: float, name: str, process: int) -> Sample:
    """A sample of a living process and its children."""
    handles = _handles(process)
    children = descendants(process)
    return Sample(
        round(minute, 3),
        name,
        process,
        rss_mb(process),
        round(sum(map(_rss, children)), 1),
        len(handles),
        sum(handle.startswith("socket:") for handle in handles),
        sum(".db" in handle for handle in handles),
        len(list(Path(f"/proc/{process}/task").iterdir())),
        len(children),
    )


def flatness(samples: Sequence[Sample]) -> dict[str, float]:
    """How one process changed over the second half of `samples`; in MB and counts an hour.

    `growth_share` is the line's rise over that half as a share of the median memory.
    """
    half = list(samples)[len(samples) // 2 :]
    if len({sample.minute for sample in half}) < 2:
        return {}
    slope = _per_hour(half, "rss_mb")
    hours = (half[-1].minute - half[0].minute) / 60
    middle = statistics.median(sample.rss_mb for sample in half)
    return {
        "rss_mb_median": round(middle, 1),
        "rss_mb_per_hour": round(slope, 2),
        "growth_share": round(slope * hours / middle, 4),
        **{f"{name}_per_hour": round(_per_hour(half, name), 2) for name in COUNTS},
    }


def _per_hour(samples: Sequence[Sample], name: str) -> float:
    minutes = [sample.minute for sample in samples]
    line = statistics.linear_regression(minutes, [getattr(sample, name) for sample in samples])
    return line.slope * 60


def _handles(process: int) -> list[str]:
    found = []
    for handle in Path(f"/proc/{process}/fd").iterdir():
        try:
            found.append(str(handle.readlink()))
        except FileNotFoundError:
            continue
    return found


def _rss(process: int) -> float:
    try:
        return rss_mb(process)
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
