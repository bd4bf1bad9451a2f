"""The benchmark of Firestore: contention loses no commit, and the costs are those in the docs."""

import json
import subprocess
import sys
from typing import Any

import pytest
from benchmarks.firestore import contention

from cvplus_workflow.domain.features import CATALOGUE
from cvplus_workflow.firebase.clients import FIRESTORE, PUBSUB, STORAGE
from cvplus_workflow.firebase.store import FirestoreStore
from tests.emulation import ROOT, firestore_host, pubsub_host, storage_host

pytestmark = pytest.mark.xdist_group("emulated")

SECONDS = 120
CASES = ("job10", "chain10", "job10-alone", "cv")
"""In the order of the columns in the docs."""

MEAN_TRIES = 6
"""Tries a commit at most. Measured were 3.7 to 4.4, and without waits between tries 6.2 to 7.9;
in lockstep, where each time one of all gets through, they would be 9.5."""


def test_eighteen_steps_of_one_job_that_end_at_once_are_all_committed() -> None:
    """J7"""
    hosts = {FIRESTORE: firestore_host(), PUBSUB: pubsub_host(), STORAGE: storage_host()}
    found = contention.measured(hosts, 1, {"after": FirestoreStore})
    assert (found["steps"], found["rounds"]) == (len(CATALOGUE), 1) == (18, 1)
    after = found["after"]
    assert (after["committed"], after["of"]) == (18, 18)
    assert 1 < after["tries_mean"] < MEAN_TRIES
    assert after["tries_mean"] <= after["tries_max"]
    assert 0 < after["commit_ms_p50"] <= after["commit_ms_max"]


@pytest.fixture(scope="module")
def cost() -> Any:
    """What the command tells of costs; it ends with 1 if `job10` is over its budget."""
    # Skips where the emulators are missing.
    firestore_host(), pubsub_host()
    command = [sys.executable, "benchmarks/firestore_cost.py", "--part", "cost", "--json"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert list(found) == ["cost"]
    return found["cost"]


def test_what_jobs_cost_is_what_the_documentation_says(cost: Any) -> None:
    assert tuple(cost["jobs"]) == CASES
    rows = _documented()
    told = {row: [_cell(row, cost["jobs"][name]) for name in CASES] for row in CELLS}
    assert {row: rows[row] for row in CELLS} == told


def test_the_rest_of_what_the_command_tells_is_in_the_documentation_too(cost: Any) -> None:
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert cost["budget"] == {"job10": {"writes": 6, "tasks": 1}}
    assert f"read {cost['idle']['month']['reads']:,} documents in 30 days" in text
    assert f"${cost['idle']['dollars']:.2f} with their invocations" in text
    for name, dollars in cost["others"].items():
        assert f"${dollars:.0f} on [{name.partition(',')[0]}]" in text
    prices = json.loads((ROOT / "benchmarks/firestore/prices.json").read_text(encoding="utf-8"))
    assert cost["prices_found"] == prices["found"]


CELLS = {
    "steps": ("steps",),
    "documents read": ("reads",),
    "documents written": ("writes",),
    "deletes, refused commits": ("deletes", "contentions"),
    "events published": ("published",),
    "uploads, downloads": ("class_a", "class_b"),
    "$ a million jobs: documents and tasks": ("orchestration_dollars_a_million",),
    "a page that listens to the job": ("listener_dollars_a_million",),
}
"""Rows of the table in the docs, and the keys of the numbers in them."""


def _cell(row: str, job: Any) -> str:
    """A cell as the docs have it; what is never there is one number."""
    values = [job["counts"].get(key, job.get(key)) for key in CELLS[row]]
    if row == "deletes, refused commits":
        return str(sum(values))
    return ", ".join(f"{each:.2f}" if isinstance(each, float) else str(each) for each in values)


def _documented() -> dict[str, list[str]]:
    lines = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    return {name: cells for name, *cells in rows if len(cells) == len(CASES)}
