"""`python -m tests.simulation`: run seeds, tell the story of one, or run a mutant."""

import argparse
import contextlib
import hashlib
import json
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from cvplus_workflow.testing.quiet import undisturbed
from cvplus_workflow.testing.scenario import plan_of
from cvplus_workflow.testing.shrinking import shrink, story_of
from cvplus_workflow.testing.simulation import run_plan

from .mutants import MUTANTS, applied

CHUNK = 100
MOST_TOLD = 20
"""Violations that the report lists; all are counted."""


def run_seeds(start: int, count: int, mutant: str = "", stop: bool = False) -> dict[str, Any]:
    """Run `count` seeds from `start` on; with `stop`, end at the first violation."""
    found, faults, commits, digests = [], 0, 0, list[str]()
    with applied(mutant) if mutant else contextlib.nullcontext(), undisturbed() as collect:
        for seed in range(start, start + count):
            outcome = run_plan(plan_of(seed))
            collect()
            digests.append(outcome.digest)
            faults, commits = faults + outcome.struck, commits + outcome.commits
            if outcome.violation:
                found.append({"seed": seed, "violation": outcome.violation})
                if stop:
                    break
    return {
        "seeds": len(digests),
        "violations": found,
        "faults": faults,
        "commits": commits,
        "digest": "".join(digests),
    }


def report(start: int, count: int, mutant: str, workers: int) -> dict[str, Any]:
    """Run seeds on all cores; the digest does not depend on how many."""
    begun = time.perf_counter()
    starts = range(start, start + count, CHUNK)
    sizes = [min(CHUNK, start + count - chunk) for chunk in starts]
    with ProcessPoolExecutor(workers) as pool:
        parts = list(pool.map(run_seeds, starts, sizes, [mutant] * len(sizes)))
    found = [violation for part in parts for violation in part["violations"]]
    seconds = time.perf_counter() - begun
    digests = "".join(part["digest"] for part in parts)
    return {
        "seeds": sum(part["seeds"] for part in parts),
        "violations": len(found),
        "failing": found[:MOST_TOLD],
        "faults": sum(part["faults"] for part in parts),
        "commits": sum(part["commits"] for part in parts),
        "seeds_per_s": round(count / seconds, 1),
        "seeds_per_s_per_core": round(count / seconds / workers, 1),
        "digest": hashlib.blake2b(digests.encode(), digest_size=16).hexdigest(),
        **({"mutant": mutant} if mutant else {}),
    }


def tell(seed: int, mutant: str) -> str:
    """The story of a seed, shrunk to what it takes if it fails."""
    with applied(mutant) if mutant else contextlib.nullcontext(), undisturbed():
        plan = plan_of(seed)
        if run_plan(plan).violation:
            plan = shrink(plan, run_plan)
        return story_of(plan, run_plan(plan))


def main(arguments: Sequence[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="one JSON object, on one line")
    parser.add_argument("--replay", type=int, metavar="SEED", help="tell the story of one seed")
    parser.add_argument("--mutant", default="", choices=["", *MUTANTS])
    parser.add_argument("--list-mutants", action="store_true")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    if options.list_mutants:
        print("\n".join(MUTANTS))
        return 0
    if options.replay is not None:
        print(tell(options.replay, options.mutant))
        return 0
    result = report(options.start, options.seeds, options.mutant, options.workers)
    print(json.dumps(result, indent=None if options.json else 2))
    return 1 if result["violations"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
