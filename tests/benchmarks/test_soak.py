"""The soak notices what is lost, doubled or growing, and its chart shows what was sampled."""

import argparse
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from benchmarks.charting.growths import growth_chart
from benchmarks.charting.panels import number_of, ticks
from benchmarks.charts import drawn
from benchmarks.soak import soaked
from benchmarks.soaking.mix import Kind, faults
from benchmarks.soaking.samples import Sample, flatness

from tests.workloads import JobScene

SVG = "{http://www.w3.org/2000/svg}"


def _completed() -> JobScene:
    scene = JobScene()
    scene.work()
    scene.acknowledge()
    return scene


def test_a_job_that_ended_as_it_must_is_no_fault() -> None:
    assert faults(Kind.LIGHT, _completed().job) == []


def test_a_job_that_is_still_open_is_lost_and_unfinished() -> None:
    assert faults(Kind.LIGHT, JobScene().job) == ["lost", "unfinished"]


def test_a_step_that_completed_twice_is_doubled() -> None:
    job = _completed().job
    job.run.history += [entry for entry in job.run.history if entry.event == "completed"][:1]
    assert faults(Kind.LIGHT, job) == ["doubled"]


def test_another_end_than_the_expected_one_is_a_fault() -> None:
    assert faults(Kind.BROKEN, _completed().job) == ["broken completed"]


def test_memory_that_rises_is_told_by_the_hour() -> None:
    samples = [Sample(m, "w", 1, 100.0 + m, 0.0, 9, 0, 2, 5, 1) for m in range(61)]
    found = flatness(samples)
    assert found["rss_mb_per_hour"] == pytest.approx(60)
    assert found["growth_share"] == pytest.approx(30 / 145, abs=0.001)
    assert found["files_per_hour"] == 0


def test_a_soak_with_kills_loses_and_doubles_nothing(tmp_path: Path) -> None:
    settings = {"minutes": 0.08, "kill_every": 1.5, "jobs_per_s": 4.0, "seed": 3}
    found = soaked(argparse.Namespace(back_end="embedded", **settings), tmp_path)
    assert found["sound"], found["faults"]
    # How many there are in the time depends on the machine.
    assert found["kills"] >= 1
    assert sum(found["ended"].values()) == sum(found["accepted"].values()) >= 1
    assert {sample["process"] for sample in found["samples"]} == {"steady worker", "killed worker"}


def _chart(tmp_path: Path, name: str, found: object) -> ElementTree.Element:
    path = tmp_path / f"{name}.json"
    path.write_text(json.dumps(found))
    given: dict[str, object] = {"growth": None, "peers": None, "soak": []} | {name: path}
    return ElementTree.fromstring(drawn(argparse.Namespace(**given))[name])


def test_the_chart_of_peers_shows_medians_of_rounds(tmp_path: Path) -> None:
    told = {"shape": "job10", "workers": "threads-1", "latency_ms_p50": 4.5}
    rounds = [
        {"peer": peer, "round": number, "steps_per_s": speed, **told}
        for peer, speeds in {"a & b": (100, 300, 5_000), "cvplus-workflow": (6_000,)}.items()
        for number, speed in enumerate(speeds, 1)
    ]
    texts = [each.text for each in _chart(tmp_path, "peers", {"rounds": rounds}).iter(f"{SVG}text")]
    assert texts.index("cvplus-workflow") < texts.index("a & b")
    assert {"300", "6,000", "4.5"} <= set(texts)
    assert "5,000" not in texts


def test_a_chart_has_its_own_page_and_follows_a_dark_one() -> None:
    row = {"steps_per_s": 6_000.0, "job_ms": 2.0}
    counts = {"finished": (0, 100_000), "queued": (500,), "processes": (1, 4), "features": (1, 50)}
    chart = growth_chart({k: [{k: n, **row} for n in each] for k, each in counts.items()})
    assert "prefers-color-scheme: dark" in chart
    assert 'class="page"' in chart
    assert "100,000" in chart
    right = float(ElementTree.fromstring(chart).get("width", ""))
    places = [float(e.get("x", "")) for e in ElementTree.fromstring(chart).iter(f"{SVG}text")]
    assert 0 < max(places) < right


def test_axes_have_few_round_numbers() -> None:
    for highest in (0.4, 3.0, 9.9, 73.0, 6_337.0, 100_000.0):
        found = ticks(highest)
        assert 4 <= len(found) <= 10
        assert found[0] == 0
        assert found[-1] <= highest
    assert [number_of(value) for value in (6_336.7, 12.34, 0.456, 4.0)] == [
        "6,337",
        "12.3",
        "0.46",
        "4",
    ]
