"""What a job costs on Firestore, Cloud Tasks, Pub/Sub and Cloud Storage, on the emulators.

    python benchmarks/firestore_cost.py
    python benchmarks/firestore_cost.py --json
    python benchmarks/firestore_cost.py --part contention --rounds 5
    python benchmarks/firestore_cost.py --part throughput --workers 8 --jobs 400

`cost` counts what is billed, and prices it by `benchmarks/firestore/prices.json`; its
counts are the same in every run. `contention` lets 18 steps of one job end at the same
moment; `throughput` runs many jobs at once. Their times are those of emulators, which
share the machine with the workers: they compare ways of committing, and are no forecast
of the service. All of it takes one to two minutes.

The emulators of Firestore and Pub/Sub come with the Google Cloud SDK or firebase-tools.
The exit code is 1 if `job10` takes more than its budget.
"""

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "shared")]
# The library of the protocol logs every connection that ends.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

from benchmarks.firestore import contention, cost, throughput  # noqa: E402

from cvplus_workflow.errors import WorkflowError  # noqa: E402
from cvplus_workflow.firebase.clients import FIRESTORE, PUBSUB, STORAGE  # noqa: E402
from cvplus_workflow.firebase.emulated_storage import StorageServer  # noqa: E402
from cvplus_workflow.firebase.emulators import start_firestore, start_pubsub  # noqa: E402

_TOTALS = ("orchestration", "all")
SHOWN = ("reads", "writes", "deletes", "tasks", "published", "class_a", "class_b", "contentions")


def main() -> None:
    arguments = _arguments()
    # What is given up for contention is in the figures.
    logging.getLogger("cvplus_workflow").setLevel(logging.ERROR)
    try:
        with emulators() as hosts:
            found = {name: part(hosts) for name, part in _parts(arguments).items()}
    except WorkflowError as error:
        sys.exit(error.message)
    if arguments.json:
        print(json.dumps(found, indent=2))
    else:
        _show(found)
    sys.exit("cost" in found and not _within_budget(found["cost"]))


@contextmanager
def emulators() -> Iterator[dict[str, str]]:
    """Emulators for as long as they are needed; their addresses by variable."""
    with ExitStack() as stops:
        firestore = start_firestore("demo-cost", ROOT / "firestore.rules")
        stops.callback(firestore.stop)
        pubsub = start_pubsub()
        stops.callback(pubsub.stop)
        storage = StorageServer()
        stops.callback(storage.stop)
        yield {FIRESTORE: firestore.host, PUBSUB: pubsub.host, STORAGE: storage.host}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--part", choices=("all", "cost", "contention", "throughput"), default="all"
    )
    parser.add_argument("--rounds", type=int, default=3, help="jobs of 18 steps each way (3)")
    parser.add_argument("--workers", type=int, default=8, help="instances at work (8)")
    parser.add_argument("--jobs", type=int, default=200, help="jobs for them (200)")
    return parser.parse_args()


def _parts(arguments: argparse.Namespace) -> dict[str, Callable[[dict[str, str]], Any]]:
    parts: dict[str, Callable[[dict[str, str]], Any]] = {
        "cost": cost.measured,
        "contention": lambda hosts: contention.measured(hosts, arguments.rounds),
        "throughput": lambda hosts: throughput.measured(hosts, arguments.workers, arguments.jobs),
    }
    return {name: part for name, part in parts.items() if arguments.part in ("all", name)}


def _within_budget(found: dict[str, Any]) -> bool:
    counts = found["jobs"]["job10"]["counts"]
    return all(counts[name] <= most for name, most in found["budget"]["job10"].items())


def _show(found: dict[str, Any]) -> None:
    if "cost" in found:
        _show_cost(found["cost"])
    if "contention" in found:
        _show_contention(found["contention"])
    if "throughput" in found:
        _show_numbers("throughput", found["throughput"])


def _show_cost(found: dict[str, Any]) -> None:
    print(f"{'':12}  steps  {'  '.join(SHOWN)}  $ a million: orchestration, with files and events")
    for name, each in found["jobs"].items():
        counts = "  ".join(f"{each['counts'][unit]:{len(unit)}}" for unit in SHOWN)
        orchestration, everything = (each[f"{what}_dollars_a_million"] for what in _TOTALS)
        print(f"{name:12}  {each['steps']:5}  {counts}  {orchestration:.2f}, {everything:.2f}")
    for name, price in found["others"].items():
        print(f"a million job10 on {name}: $ {price:.2f}")
    print(f"a month without jobs: $ {found['idle']['dollars']:.2f}")
    late = "" if _within_budget(found) else ": it takes more"
    print(f"budget of job10: {found['budget']['job10']}{late}")


def _show_contention(found: dict[str, Any]) -> None:
    print(f"\n{found['steps']} steps of one job end at once, {found['rounds']} rounds")
    for name in ("before", "after"):
        _show_numbers(name, found[name])


def _show_numbers(name: str, numbers: dict[str, Any]) -> None:
    print(f"{name}: {', '.join(f'{key} {value}' for key, value in numbers.items())}")


if __name__ == "__main__":
    main()
