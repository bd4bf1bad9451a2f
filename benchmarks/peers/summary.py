"""What the rounds come to: medians with their spread, ratios, rows for a chart, a table."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.peers.contestants import CONTESTANTS, OWN

Row = Mapping[str, Any]


def chart_rows(rounds: Iterable[Row]) -> list[dict[str, Any]]:
    """A row a peer and shape: {peer, shape, steps_per_s, low, high, latency_ms_p50, ratio, ...}.

    `steps_per_s` is the median of the rounds, `low` and `high` their least and most.
    `ratio` is how many times as fast our own is: the median over the rounds, each compared
    within itself, with `ratio_low` and `ratio_high`; absent where our own did not run.
    """
    grouped: dict[tuple[str, str], dict[int, Row]] = {}
    for row in rounds:
        grouped.setdefault((row["peer"], row["shape"]), {})[row["round"]] = row
    return [_chart_row(key, by_round, grouped) for key, by_round in grouped.items()]


def _chart_row(
    key: tuple[str, str], by_round: Mapping[int, Row], all_rows: Mapping[Any, Mapping[int, Row]]
) -> dict[str, Any]:
    peer, shape = key
    speeds = [row["steps_per_s"] for row in by_round.values()]
    found = {
        "peer": peer,
        "shape": shape,
        "workers": next(iter(by_round.values()))["workers"],
        "steps_per_s": round(statistics.median(speeds), 1),
        "low": min(speeds),
        "high": max(speeds),
        "latency_ms_p50": statistics.median(row["latency_ms_p50"] for row in by_round.values()),
    }
    own = all_rows.get((OWN, shape), {})
    ratios = [
        own[number]["steps_per_s"] / row["steps_per_s"]
        for number, row in by_round.items()
        if number in own
    ]
    return found | (_spread(ratios) if ratios else {})


def _spread(ratios: Sequence[float]) -> dict[str, float]:
    found = {
        "ratio": statistics.median(ratios),
        "ratio_low": min(ratios),
        "ratio_high": max(ratios),
    }
    return {name: round(value, 2) for name, value in found.items()}


def table(found: Mapping[str, Any]) -> str:
    """All figures of a run, to be read in a terminal or put into a document."""
    parts = (_machine(found), _speeds(found["summary"]), _kills(found["kills"]), _promises(found))
    return "\n\n".join("\n".join(part) for part in parts)


def _machine(found: Mapping[str, Any]) -> list[str]:
    facts = found["machine"] | found["versions"] | {"seconds": found["seconds"]}
    return [", ".join(f"{name} {value}" for name, value in facts.items())]


def _speeds(rows: Iterable[Row]) -> list[str]:
    lines = [
        "| peer | shape | workers | steps/s | low-high | one job alone, ms | ours is | low-high |",
        "|---|---|---|---:|---:|---:|---:|---:|",
    ]
    for row in sorted(rows, key=lambda row: (row["shape"] != "job10", -row["steps_per_s"])):
        cells = (row["peer"], row["shape"], row["workers"], f"{row['steps_per_s']:,.0f}")
        spread = f"{row['low']:,.0f}-{row['high']:,.0f}"
        lines.append(
            f"| {' | '.join(cells)} | {spread} | {row['latency_ms_p50']:.1f} | {_times(row)} |"
        )
    return lines


def _times(row: Row) -> str:
    if "ratio" not in row:
        return " | "
    return f"{row['ratio']:.1f} times | {row['ratio_low']:.1f}-{row['ratio_high']:.1f}"


def _kills(rows: Sequence[Row]) -> list[str]:
    lines = [
        "| killed at half | kills | jobs | lost | step bodies doubled | all completed after |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for peer in dict.fromkeys(row["peer"] for row in rows):
        mine = [row for row in rows if row["peer"] == peer]
        sums = [str(sum(row[name] for row in mine)) for name in ("jobs", "lost", "doubled")]
        lines.append(f"| {peer} | {len(mine)} | {' | '.join(sums)} | {_recovery(mine)} |")
    return lines


def _recovery(rows: Sequence[Row]) -> str:
    times = sorted(row["seconds"] for row in rows if row["seconds"] is not None)
    if len(times) < len(rows):
        return f"never; {rows[0]['standstill_s']:.0f} s of standstill"
    return f"{times[0]:.1f}-{times[-1]:.1f} s"


def _promises(found: Mapping[str, Any]) -> list[str]:
    present = {row["peer"] for row in (*found["summary"], *found["kills"])}
    return [f"{each.name}: {each.promise}" for each in CONTESTANTS if each.name in present]
