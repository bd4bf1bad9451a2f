"""A user's correct steps pass, under faults that did strike, and the same seed is the same."""

import os
import subprocess
import sys
from pathlib import Path

from cvplus_workflow.errors import Code, WorkflowError, refusal
from cvplus_workflow.steps.contract import Produced, ProducedFile, Step, StepInput
from cvplus_workflow.steps.registry import BUILT_IN
from cvplus_workflow.testing import check, simulate

from .own_steps import FEATURE, OTHER, Counted, Given, count_words, only, planned, spec

ROOT = Path(__file__).parents[2]


def test_a_correct_step_passes_every_seed_although_faults_strike() -> None:
    report = check(only(), seeds=range(100))
    assert report.seeds == 100
    assert report.faults > 500
    assert report.counts[FEATURE]["answered"] > 100
    assert not report.violations
    assert not report.problems


def test_the_body_runs_on_what_the_steps_before_it_made() -> None:
    seen = set()

    def body(given: Given) -> Produced:
        seen.add(given.outputs.parse.cv.summary)
        return count_words(given)

    documents = {
        "one.json": b'{"basics": {"name": "Ada Example", "summary": "One two."}}',
        "two.json": b'{"basics": {"name": "Bob Example", "summary": "Three."}}',
    }
    check(only(body), documents=documents, seeds=range(20))
    assert {"One two.", "Three."} <= seen


def test_bodies_run_again_after_crashes_and_redeliveries() -> None:
    calls: list[int] = []

    def body(given: Given) -> Produced:
        calls.append(1)
        return count_words(given)

    report = check(only(body), seeds=range(50))
    # Three jobs a seed, of which each has the step at most once; runs beyond that are repeats.
    assert report.counts[FEATURE]["answered"] < len(calls)
    assert report.counts[FEATURE]["answered"] > 50


def test_own_steps_may_build_on_each_other_and_on_built_in_ones() -> None:
    class After(StepInput):
        """Any outputs."""

    def body(given: After) -> Produced:
        made = sorted(given.outputs)
        assert {"parse", FEATURE} <= set(made) <= {"parse", FEATURE, "social-media-links"}
        return Produced(Counted(words=len(made)))

    second = spec(OTHER, needs=("parse", FEATURE), after=("social-media-links",))
    steps = {**only(), (OTHER, 1): Step(second, After, Counted, body)}
    report = check(steps, seeds=range(60))
    assert report.counts[OTHER]["answered"] > 10


def test_a_next_release_may_come_in_the_middle_of_jobs() -> None:
    newer = only(version=2, after=("social-media-links",))
    report = check(only(), upgrade={**only(), **newer}, seeds=range(40))
    assert report.counts[FEATURE]["answered"] > 40


def test_a_step_of_every_job_may_be_ones_own() -> None:
    class Document(StepInput):
        """The document alone."""

    def body(given: Document) -> Produced:
        return Produced(Counted(words=len(given.files["source"].split())))

    own = spec("parse", version=7, feature=False, needs=(), reads=("source",))
    report = check({**BUILT_IN, ("parse", 7): Step(own, Document, Counted, body)}, seeds=range(60))
    assert report.counts["parse"]["answered"] > 100


def test_files_of_a_step_are_read_by_the_next() -> None:
    class Reading(StepInput):
        """The file."""

    def makes(given: Given) -> Produced:
        files = {"words.txt": ProducedFile("text/plain", b"one two")}
        return Produced(count_words(given).output, files)

    def reads(given: Reading) -> Produced:
        return Produced(Counted(words=len(given.files["words.txt"].split())))

    second = spec(OTHER, needs=(FEATURE,), reads=("words.txt",))
    check({**only(makes), (OTHER, 1): Step(second, Reading, Counted, reads)}, seeds=range(60))


def test_a_proper_refusal_is_no_violation_and_is_counted() -> None:
    def body(given: Given) -> Produced:
        raise refusal("missing-score", "The CV has no score.")

    report = simulate(only(body), seeds=range(20))
    assert not report.violations
    assert not report.problems
    assert set(report.counts[FEATURE]) == {"missing-score"}


def test_an_error_is_tried_as_often_as_it_says_and_the_spec_allows() -> None:
    def tries(code: Code, attempts: int) -> float:
        def body(given: Given) -> Produced:
            raise WorkflowError(code, "It is away.", reason="away")

        report = simulate(only(body, max_attempts=attempts), seeds=range(30))
        assert report.violations == []
        return report.counts[FEATURE]["away"] / 90

    assert tries(Code.DATA_LOSS, 7) < 1.5 < tries(Code.UNAVAILABLE, 3) < 3.5
    assert tries(Code.UNAVAILABLE, 7) > 4


SAME = """
from cvplus_workflow.testing import simulate
from tests.testing_kit.own_steps import only
print(simulate(only(), seeds=range(5, 25)).digest)
"""


def test_the_same_seeds_give_the_same_bytes() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", SAME],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert digests == {f"{simulate(only(), seeds=range(5, 25)).digest}\n"}
    assert simulate(only(), seeds=range(5, 24)).digest not in str(digests)


def test_the_digest_covers_what_bodies_answer() -> None:
    def body(given: Given) -> Produced:
        return Produced(Counted(words=1))

    assert simulate(only(body), seeds=[1]).digest != simulate(only(), seeds=[1]).digest


def test_two_own_steps_of_which_one_excludes_the_other_are_never_in_one_job() -> None:
    check(planned(spec(), spec(OTHER, conflicts=(FEATURE,))), seeds=range(60))
