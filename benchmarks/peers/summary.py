"""What the rounds come to: medians with their spread, ratios, rows for a chart, a table."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.peers.contestants import CONTESTANTS, OWN

Row = Mapping[str, Any]


def chart_rows(rounds: Iterable[Row]) -> list[dict[str, Any]]:
    """A row a peer and shape: {peer, shape, workers, steps_per_s, latency_ms, ratio, ...}.

    Each figure is the median of the rounds, with their least and most as `_low` and `_high`;
    `latency_ms` is of one job alone. `ratio` is how many times as fast our own is, each round
    compared within itself; absent where our own did not run.
    """
    grouped: dict[tuple[str, str], dict[int, Row]] = {}
    for row in rounds:
        grouped.setdefault((row["peer"], row["shape"]), {})[row["round"]] = row
    return [_chart_row(key, by_round, grouped) for key, by_round in grouped.items()]


def _chart_row(
    key: tuple[str, str], by_round: Mapping[int, Row], all_rows: Mapping[Any, Mapping[int, Row]]
) -> dict[str, Any]:
    peer, shape = key
    rows = list(by_round.values())
    found = {
        "peer": peer,
        "shape": shape,
        "workers": rows[0]["workers"],
        **_spread("steps_per_s", [row["steps_per_s"] for row in rows]),
        **_spread("latency_ms", [row["latency_ms_p50"] for row in rows]),
    }
    own = all_rows.get((OWN, shape), {})
    ratios = [
        own[number]["steps_per_s"] / row["steps_per_s"]
        for number, row in by_round.items()
        if number in own
    ]
    return found | (_spread("ratio", ratios) if ratios else {})


def _spread(name: str, values: Sequence[float]) -> dict[str, float]:
    ends = {"": statistics.median(values), "_low": min(values), "_high": max(values)}
    return {f"{name}{end}": round(value, 2) for end, value in ends.items()}


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
        spread = f"{row['steps_per_s_low']:,.0f}-{row['steps_per_s_high']:,.0f}"
        lines.append(
            f"| {' | '.join(cells)} | {spread} | {row['latency_ms']:.1f} | {_times(row)} |"
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
