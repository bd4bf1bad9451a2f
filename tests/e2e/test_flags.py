"""Flags on the command line, with real features (F11)."""

import json
from pathlib import Path

import pytest

from tests.e2e.test_cli import CV, Here

SKILLS, TIMELINE = "skills-visualization", "interactive-timeline"


@pytest.fixture
def here(tmp_path: Path) -> Here:
    return Here(tmp_path)


def test_a_killed_feature_is_left_out_of_the_cv_with_its_reason(here: Here) -> None:
    assert "KILLED" in here.give("flags", "kill", SKILLS, "--everyone")
    told = here.give("run", CV, "--features", f"{SKILLS},{TIMELINE}", "--out", "out")
    assert f"{SKILLS} is switched off for now." in " ".join(told.split())
    result = json.loads((here.folder / "out/result.json").read_text())
    states = {feature["id"]: feature["state"] for feature in result["features"]}
    assert states == {SKILLS: "refused", TIMELINE: "completed"}
    assert "KILLED" not in here.give("flags", "lift", SKILLS, "--everyone")
    here.give("run", CV, "--features", SKILLS, "--out", "again", "--strict")


def test_a_feature_that_is_off_is_refused_by_name_and_no_part_of_all(here: Here) -> None:
    here.give("flags", "set", SKILLS, "--off")
    told = here.give("run", CV, "--features", SKILLS, code=2)
    assert f"not switched on for you: {SKILLS}" in told
    assert here.jobs() == []
    here.give("run", CV, "--out", "out")
    (job,) = here.jobs()
    assert SKILLS not in job.selected_features
    assert TIMELINE in job.selected_features


def test_flags_are_listed_as_they_were_set(here: Here) -> None:
    rules = ("--only", "template=modern", "--only", "user=ann", "--only", "user=bob")
    here.give("flags", "set", SKILLS, "--percent", "25", *rules, "--variant", "bars=3")
    told = here.give("flags", "list")
    assert "only template modern, only user ann or bob, 25 % of users, variant bars 3" in told
    (flag,) = json.loads(here.give("flags", "list", "--json"))
    assert (flag["percent"], flag["variants"], flag["on"]) == (25, {"bars": 3}, True)


def test_rules_and_variants_that_were_set_can_be_taken_back(here: Here) -> None:
    here.give("flags", "set", SKILLS, "--only", "template=modern", "--variant", "bars=3")
    told = here.give("flags", "set", SKILLS, "--anyone")
    assert "only" not in told
    assert "variant bars 3" in told
    assert "variant" not in here.give("flags", "set", SKILLS, "--no-variants")


@pytest.mark.parametrize(
    "words",
    [
        ("set", SKILLS),
        ("set", SKILLS, "--anyone", "--only", "user=ann"),
        ("set", SKILLS, "--no-variants", "--variant", "bars=3"),
        ("set", SKILLS, "--only", "template"),
        ("set", "parse", "--off"),
        ("set", SKILLS, "--percent", "-1"),
        ("kill", "no-such-step"),
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_refused(here: Here, words: tuple[str, ...]) -> None:
    here.give("flags", *words, code=2)
    assert here.give("flags", "list") == ""
