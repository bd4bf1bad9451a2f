"""Kills processes at work with SIGKILL at random instants, and verifies what the next one makes.

    python benchmarks/kills.py --kills 200 --json

The exit code is 1 if any accepted job was lost, anything was done twice, or the outcome
differs in any other way from that of a run that nobody disturbed.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.e2e.kill_trials import Trial, Undisturbed, killed_trial, plans, undisturbed_run


def main() -> None:
    arguments = _arguments()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        undisturbed = undisturbed_run(Path(folder) / "undisturbed")
        trials = _trials(arguments.kills, arguments.seed, Path(folder), undisturbed)
    _report(trials, undisturbed, time.monotonic() - begin, as_json=arguments.json)
    sys.exit(any(trial.lost or trial.doubled or trial.faults for trial in trials))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="how many (200)")
    parser.add_argument("--seed", type=int, default=1, help="decides the instants (1)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def _trials(kills: int, seed: int, folder: Path, undisturbed: Undisturbed) -> list[Trial]:
    trials = []
    for number, plan in enumerate(plans(kills, seed, undisturbed)):
        with tempfile.TemporaryDirectory(dir=folder) as here:
            trial = killed_trial(Path(here), plan, undisturbed)
        trials.append(trial)
        if trial.lost or trial.doubled or trial.faults:
            print(f"kill {number}: {plan} {trial}", file=sys.stderr)
    return trials


def _report(
    trials: list[Trial], undisturbed: Undisturbed, seconds: float, *, as_json: bool
) -> None:
    times = [trial.recovery_s for trial in trials]
    found = {
        "kills": len(trials),
        "lost": sum(trial.lost for trial in trials),
        "doubled": sum(trial.doubled for trial in trials),
        "slowest_recovery_s": round(max(times), 3),
        "p50_recovery_s": round(statistics.median(times), 3),
        "seconds": round(seconds, 1),
    }
    if as_json:
        print(json.dumps(found))
        return
    accepted = sum(trial.accepted for trial in trials)
    attempts = sum(trial.lost_attempts for trial in trials)
    print(f"{found['kills']} kills, {accepted} of accepted jobs, {attempts} attempts cut off")
    print(f"{found['lost']} jobs lost, {found['doubled']} steps or events doubled")
    print(
        f"restarts took {found['p50_recovery_s']} s (median), at most "
        f"{found['slowest_recovery_s']} s; an undisturbed run took {undisturbed.seconds:.3f} s"
    )


if __name__ == "__main__":
    main()
