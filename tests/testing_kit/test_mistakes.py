"""Each mistake that users make in a step is found, and named so that they find it."""

import logging
import random
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from cvplus_workflow.errors import Code, WorkflowError, refusal
from cvplus_workflow.steps.contract import Produced, ProducedFile, Step
from cvplus_workflow.steps.registry import BUILT_IN, Registry
from cvplus_workflow.testing import Report, check, simulate

from .own_steps import FEATURE, OTHER, Counted, Given, count_words, only, planned, spec


def _found(steps: Registry, **settings: Any) -> str:
    """The one violation that is found."""
    (found,) = simulate(steps, **settings).violations
    assert found.story.splitlines()[0].startswith(f"seed {found.seed}: 3 jobs")
    return found.violation


def test_a_body_that_reads_a_clock_or_draws_lots_is_found() -> None:
    def clock(given: Given) -> Produced:
        return Produced(Counted(words=time.perf_counter_ns()))

    def lots(given: Given) -> Produced:
        return Produced(Counted(words=random.getrandbits(60)))

    for body in (clock, lots):
        assert _found(only(body)) == (
            f"{FEATURE} is not deterministic: for the same input it answers another words"
        )


def test_a_body_whose_retry_yields_another_result_is_found() -> None:
    seen: dict[str, int] = {}

    def body(given: Given) -> Produced:
        """What it keeps shows at the third run only, so running it twice at once finds nothing."""
        name = f"{given.outputs.parse.cv.summary} {given.job.features}"
        seen[name] = seen.get(name, 0) + 1
        return Produced(Counted(words=seen[name] > 2))

    (found,) = simulate(only(body), seeds=range(100)).violations
    assert found.violation.startswith(f"{FEATURE} is not deterministic")
    assert "between runs" in found.story.splitlines()[-1]


def test_a_body_that_sometimes_refuses_is_found() -> None:
    turns = iter(range(10**9))

    def body(given: Given) -> Produced:
        if next(turns) % 2:
            raise refusal("missing-luck", "There is no luck.")
        return count_words(given)

    assert _found(only(body)) == (
        f"{FEATURE} is not deterministic: for the same input it answers "
        "missing-luck (failed-precondition) and an output"
    )


def test_a_file_that_differs_is_named() -> None:
    def body(given: Given) -> Produced:
        stamp = str(time.perf_counter_ns()).encode()
        files = {"stamp.txt": ProducedFile("text/plain", stamp)}
        return Produced(count_words(given).output, files)

    assert _found(only(body)).endswith("it answers another file stamp.txt")


def _wrong_type(_given: Given) -> Produced:
    return Produced(Counted.model_validate({"words": "many"}))


def _unchecked(_given: Given) -> Produced:
    return Produced(Counted.model_construct(**dict[str, Any](words="many")))


def _altered(given: Given) -> Produced:
    output = Counted(words=1)
    output.words = [given]  # type: ignore[assignment]
    return Produced(output)


def _given_back(given: Given) -> Produced:
    return Produced(given)


def _nothing(_given: Given) -> None:
    return None


def _text_file(given: Given) -> Produced:
    file = ProducedFile("text/plain", "words")  # type: ignore[arg-type]
    return Produced(count_words(given).output, {"a.txt": file})


def _crash(_given: Given) -> Produced:
    products: dict[str, Produced] = {}
    return products["summary"]


def _exit(_given: Given) -> Produced:
    sys.exit(3)


def _quoting(given: Given) -> Produced:
    name = given.outputs.parse.cv.personal_info.email
    raise refusal("missing-fame", f"Nobody knows {name}.")


def _reasonless(_given: Given) -> Produced:
    raise WorkflowError(Code.FAILED_PRECONDITION, "No.")


def _wordy(_given: Given) -> Produced:
    raise refusal("No summary!", "There is no summary.")


MISTAKES: list[tuple[Callable[[Given], Any], str]] = [
    (_wrong_type, "makes a value that does not fit Counted: words"),
    (_unchecked, "does not fit its output model: words"),
    (_altered, "does not fit its output model: words"),
    (_given_back, "answers Given, not Counted"),
    (_nothing, "returns NoneType, not Produced"),
    (_text_file, "produces a file a.txt that is no ProducedFile of bytes"),
    (_crash, "crashes with KeyError in test_mistakes.py, line "),
    (_exit, "ends the process in test_mistakes.py, line "),
    (_quoting, "raises missing-fame with a message that quotes its input"),
    (_reasonless, "refuses without a reason of its own"),
    (_wordy, "raises an error whose reason is no kebab-case word: 'No summary!'"),
]


@pytest.mark.parametrize(("body", "named"), MISTAKES)
def test_what_a_body_must_not_do_is_named(body: Callable[[Given], Any], named: str) -> None:
    violation = _found(only(body))
    assert FEATURE in violation
    assert named in violation


def test_an_input_that_does_not_fit_is_named() -> None:
    class Impossible(Given):
        score: int

    steps = {**BUILT_IN, (FEATURE, 1): Step(spec(), Impossible, Counted, count_words)}
    assert _found(steps) == f"the input of {FEATURE} does not fit its input model: score"


def test_a_file_that_nobody_makes_is_named() -> None:
    assert _found(only(reads=("words.txt",))).endswith(f"{FEATURE} finds no file words.txt.")


PROBLEMS: list[tuple[Registry, str]] = [
    (only(needs=("parse", OTHER)), f"{FEATURE}: needs {OTHER}, which is not registered"),
    (planned(spec(after=(OTHER,)), spec(OTHER, needs=(FEATURE,))), "is a cycle"),
    (
        planned(spec(needs=(OTHER,)), spec(OTHER, conflicts=(FEATURE,))),
        f"{OTHER} excludes {FEATURE}, and both are needed",
    ),
    (planned(spec("mood-board")), "mood-board: is neither in the catalogue of features nor"),
    (only(timeout_s=61), f"{FEATURE}: its timeout of 61 s is not within 1 to 60 s"),
    (only(isolated=True), "is isolated, but child processes know the built-in steps alone"),
    ({**BUILT_IN, (FEATURE, 2): Step(spec(), Given, Counted, count_words)}, "is registered as"),
    ({key: step for key, step in only().items() if key[0] != "quality"}, "has no step quality"),
    (BUILT_IN, "has no steps but the built-in ones"),
    (
        {**BUILT_IN, (FEATURE, 1): Step(spec(), Given, dict, count_words)},  # type: ignore[arg-type]
        "its output model is no Model",
    ),
]


@pytest.mark.parametrize(("steps", "named"), PROBLEMS)
def test_what_is_wrong_with_the_specs_is_named_before_any_seed(steps: Registry, named: str) -> None:
    report = simulate(steps)
    assert named in "\n".join(report.problems)
    assert report.seeds == 0


def test_an_upgrade_that_forgets_what_jobs_pin_is_named() -> None:
    report = simulate(only(), upgrade=only(version=2))
    assert report.problems == [f"{FEATURE}: the upgrade lacks version 1, which jobs may pin"]


def test_a_step_that_never_answers_is_named_once_there_were_enough_seeds() -> None:
    def body(given: Given) -> Produced:
        raise refusal("missing-score", "The CV has no score.")

    assert simulate(only(body), seeds=range(49)).problems == []
    assert simulate(only(body), seeds=range(50)).problems == [
        f"{FEATURE} never answers: missing-score"
    ]


def test_check_raises_the_shrunk_story() -> None:
    def body(given: Given) -> Produced:
        return Produced(Counted(words=time.perf_counter_ns()))

    with pytest.raises(AssertionError) as raised:
        check(only(body))
    first, faults, *story, result = str(raised.value).splitlines()
    assert (first, faults) == ("seed 0: 3 jobs", "faults: none")
    assert any(f"runs {FEATURE}#1" in line for line in story)
    assert result.startswith(f"result: {FEATURE} is not deterministic")


def test_check_raises_every_problem_of_the_specs() -> None:
    with pytest.raises(AssertionError, match="has no attempts") as raised:
        check(only(timeout_s=0, max_attempts=0))
    assert len(str(raised.value).splitlines()) == 2


def test_a_report_may_hold_more_than_the_first_violation() -> None:
    report: Report = simulate(only(_crash), seeds=range(9), most=3)
    assert len(report.violations) == 3
    assert str(report).count("crashes with KeyError") == 3


def test_logging_is_as_it_was_before() -> None:
    logging.disable(logging.DEBUG)
    try:
        simulate(only(_crash), seeds=range(2))
        assert logging.root.manager.disable == logging.DEBUG
    finally:
        logging.disable(logging.NOTSET)
