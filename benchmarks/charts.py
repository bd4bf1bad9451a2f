"""Draws the charts of docs/benchmarks.md from what the benchmarks printed with --json.

    python benchmarks/charts.py --growth growth.json --peers peers.json --soak a.json b.json
    python benchmarks/charts.py --soak soak.json --out somewhere

Writes growth.svg, peers.svg and soak.svg, those whose figures are given, into docs/.
Of the peers' rounds the medians are drawn, with a line from the lowest to the highest.
Without figures it draws nothing.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "shared")]

from benchmarks.charting.comparisons import peers_chart  # noqa: E402
from benchmarks.charting.growths import growth_chart  # noqa: E402
from benchmarks.charting.soaks import soak_chart  # noqa: E402
from benchmarks.peers.summary import chart_rows  # noqa: E402


def main() -> None:
    arguments = _arguments()
    for name, chart in drawn(arguments).items():
        path = arguments.out / f"{name}.svg"
        path.write_text(chart)
        print(path)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--growth", type=Path, help="of benchmarks/growth.py")
    parser.add_argument("--peers", type=Path, help="of benchmarks/peers/run.py")
    parser.add_argument("--soak", type=Path, nargs="*", default=[], help="of benchmarks/soak.py")
    parser.add_argument("--out", type=Path, default=ROOT / "docs", help="the folder (docs)")
    return parser.parse_args()


def drawn(arguments: argparse.Namespace) -> dict[str, str]:
    """The charts that there are figures for, by name."""
    charts = {}
    if arguments.growth:
        charts["growth"] = growth_chart(_read(arguments.growth))
    if arguments.peers:
        charts["peers"] = peers_chart(chart_rows(_read(arguments.peers)["rounds"]))
    if arguments.soak:
        charts["soak"] = soak_chart([_read(path) for path in arguments.soak])
    return charts


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


if __name__ == "__main__":
    main()
