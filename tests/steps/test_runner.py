"""Real child processes: their limits, their reuse, and how they come to their end."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from signal import SIGXCPU
from typing import Any

import msgspec
import pytest
from tests.isolated_steps import ENDLESS, GREEDY, KNOWN, LARGE, QUICK, SPENT, STEPS, TELLING

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.ports import StepAnswer, StepCall, StepReply
from cvplus_workflow.steps import runner as runner_module
from cvplus_workflow.steps.runner import StepRunner

GIVEN = b'{"job": {"template": "modern"}, "outputs": {}}'
PATIENCE_S = 60


def call(step: str, *, timeout_s: int = PATIENCE_S, **settings: Any) -> StepCall:
    return StepCall(step, 1, GIVEN, {}, timeout_s, f"job1/1/{step}", **settings)


def told(answer: StepAnswer) -> dict[str, int]:
    assert isinstance(answer, StepReply), answer
    return msgspec.json.decode(answer.body, type=dict[str, Any])


def pid(answer: StepAnswer) -> int:
    return told(answer)["pid"]


def error(answer: StepAnswer) -> WorkflowError:
    assert isinstance(answer, WorkflowError), answer
    return answer


def until(holds: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(PATIENCE_S * 50):
        if holds():
            return
        pause.wait(0.02)
    pytest.fail("it never came true")


@pytest.fixture
def runner() -> Iterator[StepRunner]:
    """With one slot, so that one call runs after the other."""
    made = StepRunner(STEPS, slots=1, known=KNOWN)
    yield made
    made.close()


def test_one_child_serves_call_after_call(runner: StepRunner) -> None:
    (first,) = runner.run([call(QUICK)])
    second, third = runner.run([call(QUICK), call(QUICK)])
    assert pid(first) == pid(second) == pid(third)


def test_a_child_is_replaced_after_its_number_of_calls(
    runner: StepRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "CALLS_PER_CHILD", 2)
    pids = [pid(answer) for answer in runner.run([call(QUICK)] * 5)]
    assert pids[0] == pids[1] != pids[2] == pids[3] != pids[4]


def test_a_body_that_never_ends_is_killed_at_its_timeout(runner: StepRunner) -> None:
    overrun, after = runner.run([call(ENDLESS, timeout_s=1), call(QUICK)])
    assert (error(overrun).code, error(overrun).reason) == (Code.DEADLINE_EXCEEDED, "step-timeout")
    assert pid(after)


def test_a_body_that_takes_too_much_memory_fails_alone_and_its_child_is_replaced(
    runner: StepRunner,
) -> None:
    before, greedy, after = runner.run([call(QUICK), call(GREEDY), call(QUICK)])
    assert (error(greedy).code, error(greedy).reason) == (Code.RESOURCE_EXHAUSTED, "out-of-memory")
    assert pid(before) != pid(after)


def test_a_call_that_is_stopped_loses_its_child_and_no_other(runner: StepRunner) -> None:
    with ThreadPoolExecutor(1) as aside:
        stopped = aside.submit(runner.run, [call(ENDLESS, attempt=3)])
        until(lambda: bool(runner.active()))
        assert runner.active() == [(f"job1/1/{ENDLESS}", 3)]
        runner.stop([(f"job1/1/{ENDLESS}", 2)])
        assert runner.active()
        runner.stop(runner.active())
        assert error(stopped.result()[0]).reason == "child-died"
    assert runner.active() == []
    assert pid(runner.run([call(QUICK)])[0])


def test_waiting_for_a_turn_counts_against_the_lease() -> None:
    """J1: else a body would live on under a lease that has ended, and run twice at a time.

    The stopwatch is 10 s on whenever it is read: as asked, and as each call begins and ends.
    """
    runner = StepRunner(STEPS, slots=1, seconds=count(0, 10).__next__, known=KNOWN)
    first, short, late = runner.run(
        [call(QUICK), call(ENDLESS, within_s=41), call(QUICK, within_s=41)]
    )
    runner.close()
    assert pid(first)
    assert (error(short).reason, error(short).message) == (
        "step-timeout",
        f"{ENDLESS} had a timeout after 1 s.",
    )
    assert (error(late).code, error(late).reason) == (Code.DEADLINE_EXCEEDED, "no-turn")


def test_a_child_that_was_killed_after_its_answer_serves_no_other_call(runner: StepRunner) -> None:
    """Its timer comes too late: the next call would meet a process that takes a while to die."""
    step_class = STEPS[LARGE, 1].spec.step_class
    child = runner._take(step_class)
    child.ask(call(LARGE), PATIENCE_S)
    child.end()
    runner._give_back(step_class, child)
    assert pid(runner.run([call(QUICK)])[0])


def test_a_process_ends_when_its_processor_time_is_used_up() -> None:
    code = "from cvplus_workflow.steps.child import limit_processor\nlimit_processor(0.1)\n"
    ended = subprocess.run([sys.executable, "-c", f"{code}while True: pass"], timeout=PATIENCE_S)
    assert ended.returncode == -SIGXCPU


def test_each_call_has_as_much_processor_time_as_its_timeout(runner: StepRunner) -> None:
    """A child that serves hundreds of calls uses more in all than any of them may."""
    short, long = runner.run([call(QUICK, timeout_s=1_000), call(QUICK, timeout_s=2_000)])
    assert 1_000 < told(short)["processorLimit"] < 1_100
    assert 2_000 < told(long)["processorLimit"] < 2_100


def test_a_child_that_used_up_its_processor_time_is_told_from_one_that_died(
    runner: StepRunner,
) -> None:
    (spent,) = runner.run([call(SPENT)])
    assert (error(spent).code, error(spent).reason) == (Code.DEADLINE_EXCEEDED, "cpu-limit")


def test_a_body_is_heard_whenever_it_is_further_than_it_was(runner: StepRunner) -> None:
    heard: list[tuple[str, int]] = []
    telling, quick = runner.run(
        [call(TELLING), call(QUICK)], lambda call, percent: heard.append((call.step, percent))
    )
    assert heard == [(TELLING, 20), (TELLING, 60), (TELLING, 100)]
    assert pid(telling) == pid(quick)


def test_what_a_child_told_before_does_not_hide_what_it_tells_now(runner: StepRunner) -> None:
    heard: list[int] = []
    runner.run([call(TELLING), call(TELLING)], lambda _call, percent: heard.append(percent))
    assert heard == [20, 60, 100] * 2


def test_a_reply_that_comes_by_callback_is_believed_only_if_it_fits(runner: StepRunner) -> None:
    """F4."""
    with pytest.raises(WorkflowError) as raised:
        runner.check(QUICK, 1, b"[]")
    assert (raised.value.code, raised.value.reason) == (Code.DATA_LOSS, "invalid-output")
