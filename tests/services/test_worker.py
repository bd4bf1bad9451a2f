"""The local worker: carries tasks to their end, alone or beside others (J7, J10, A4)."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from cvplus_workflow.app import LOCAL_CALLER, EmbeddedApp
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.ports import Report, Runner, StepCall, unheard
from cvplus_workflow.settings import Settings
from cvplus_workflow.steps.contract import Produced, StepInput
from cvplus_workflow.steps.registry import Registry
from cvplus_workflow.steps.runner import StepRunner
from cvplus_workflow.worker import BATCH, QUEUES, Worker, drain, recover, run_once
from tests.workloads import ManualClock, Script, SeededEntropy, catalogue, feature

PATIENCE_S = 30.0
SPECS = catalogue(feature("contact-form"), feature("embed-qr-code"))
FEATURES = ["contact-form", "embed-qr-code"]


class Died(BaseException):
    """The end of a worker in the middle of a step, as far as Python can play it."""


class Workers:
    """Systems on one data folder, each as a process of its own would have it."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.script = Script()
        self.steps: Registry = self.script.registry(SPECS)
        self._folder = folder
        self._open = ExitStack()
        self._seeds = iter(range(100))

    def app(self, runner: Runner | None = None) -> EmbeddedApp:
        app = EmbeddedApp(
            Settings(data=self._folder),
            clock=self.clock,
            entropy=SeededEntropy(next(self._seeds)),
            runner=runner,
            steps=self.steps,
        )
        self._open.callback(app.close)
        return app

    def change_body(self, step: str, body: Callable[[StepInput], Produced]) -> None:
        """Have later systems run `body` as the step."""
        self.steps = {**self.steps, (step, 1): replace(self.steps[step, 1], run=body)}

    def close(self) -> None:
        self._open.close()


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    opened = Workers(tmp_path / "data")
    yield opened
    opened.close()


def accepted(app: EmbeddedApp) -> str:
    return app.jobs.create(LOCAL_CALLER, content=b"# A CV", features=FEATURES).id


def found(app: EmbeddedApp, job: str) -> Job:
    return app.jobs.get(LOCAL_CALLER, job)


def tasks_left(app: EmbeddedApp) -> int:
    return len(app.engine.read().execute("SELECT name FROM tasks").fetchall())


def completions(job: Job) -> Counter[str]:
    return Counter(e.step for e in job.run.history if e.event == "completed")


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline
        threading.Event().wait(0.005)


def test_run_once_carries_the_due_tasks_to_their_end_and_counts_them(workers: Workers) -> None:
    app = workers.app()
    job = accepted(app)
    assert run_once(app) == 1
    assert run_once(app) == 0
    done = found(app, job)
    assert done.status == "completed"
    assert completions(done) == dict.fromkeys(SPECS, 1)
    assert done.run.deadline is None
    assert tasks_left(app) == 0


def test_run_once_leaves_the_tasks_of_other_queues_alone(workers: Workers) -> None:
    app = workers.app()
    job = accepted(app)
    assert run_once(app, ("heavy",)) == 0
    assert found(app, job).status == "pending"


def test_drain_works_until_nothing_is_due(workers: Workers) -> None:
    app = workers.app()
    jobs = [accepted(app) for _ in range(BATCH + 5)]
    drain(app)
    assert {found(app, job).status for job in jobs} == {"completed"}
    assert tasks_left(app) == 0


def test_a_failed_step_is_tried_again_when_its_wait_is_over_and_not_before(
    workers: Workers,
) -> None:
    workers.script.errors["contact-form"] = [WorkflowError(Code.UNAVAILABLE, "Away.")]
    app = workers.app()
    job = accepted(app)
    drain(app)
    waiting = found(app, job).run.steps["contact-form"]
    assert waiting.state == "queued"
    assert workers.script.calls["assemble"] == 0
    due = app.tasks.next_due()
    assert due is not None
    workers.clock.time = due.replace(microsecond=due.microsecond - 1)
    assert run_once(app) == 0
    workers.clock.time = due
    drain(app)
    done = found(app, job)
    assert done.status == "completed"
    assert done.run.steps["contact-form"].attempt == 2
    assert workers.script.calls["parse"] == 1


def test_a_job_cancelled_while_a_step_runs_gets_no_output_of_it(workers: Workers) -> None:
    original = workers.steps["contact-form", 1].run

    def cancels(given: StepInput) -> Produced:
        app.jobs.cancel(LOCAL_CALLER, job)
        return original(given)

    workers.change_body("contact-form", cancels)
    app = workers.app()
    job = accepted(app)
    drain(app)
    done = found(app, job)
    assert done.status == "cancelled"
    assert done.run.steps["contact-form"].output is None
    assert workers.script.calls["assemble"] == 0
    assert tasks_left(app) == 0
    workers.clock.advance(60)
    app.queue.sweep()
    assert found(app, job).run.deadline is None


def test_what_a_dead_worker_held_is_taken_over_at_once(workers: Workers) -> None:
    original = workers.steps["contact-form", 1].run

    def dies_the_first_time(given: StepInput) -> Produced:
        workers.script.calls["death"] += 1
        if workers.script.calls["death"] == 1:
            raise Died
        return original(given)

    workers.change_body("contact-form", dies_the_first_time)
    first, second = workers.app(), workers.app()
    job = accepted(first)
    with pytest.raises(Died):
        first.queue.execute(first.tasks.take(QUEUES, 1))

    drain(second)
    assert found(second, job).status == "generating", "its worker might still be alive"
    first.presence.close()
    drain(second)
    done = found(second, job)
    assert done.status == "completed"
    assert completions(done) == dict.fromkeys(SPECS, 1)
    assert [e.step for e in done.run.history if e.event == "lost"]
    assert workers.clock.time == ManualClock().time, "no time had to pass"


def test_a_process_that_dies_before_it_relays_leaves_the_task_in_the_queue(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """J7. The commit of the decision queues it."""

    def lost(_tasks: object) -> None:
        raise Died

    first = workers.app()
    with monkeypatch.context() as patched:
        patched.setattr(first.tasks, "dispatch", lost)
        with pytest.raises(Died):
            accepted(first)
    (job,) = first.jobs.history(LOCAL_CALLER)
    second = workers.app()
    assert run_once(second) == 1
    assert found(second, job.id).status == "completed"


def test_a_task_that_was_lost_is_made_good_at_the_next_start(workers: Workers) -> None:
    """J7. A task's own commit need not have reached the disk when the machine stopped."""
    first = workers.app()
    accepted(first)
    (job,) = first.jobs.history(LOCAL_CALLER)
    first.tasks.cancel([effect.name for effect in job.run.effects])
    assert run_once(first) == 0

    second = workers.app()
    recover(second)
    assert run_once(second) == 1
    assert found(second, job.id).status == "completed"


def test_events_that_were_lost_with_their_process_are_published_once_at_the_next_start(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(_events: object) -> None:
        raise Died

    first = workers.app()
    job = accepted(first)
    with monkeypatch.context() as patched:
        patched.setattr(first.events, "publish", lost)
        with pytest.raises(Died):
            run_once(first)
    assert found(first, job).status == "completed"
    assert first.events.events() == []

    second = workers.app()
    recover(second)
    recover(second)
    assert [event.name for _, event in second.events.events()] == ["job.completed"]
    assert found(second, job).run.deadline is None


def test_workers_of_two_processes_share_the_jobs_and_do_each_step_once(workers: Workers) -> None:
    apps = [workers.app(), workers.app()]
    locals_ = [Worker(app) for app in apps]
    for local in locals_:
        local.start()
    jobs = [accepted(apps[number % 2]) for number in range(60)]
    until(lambda: all(found(apps[0], job).status == "completed" for job in jobs))
    for local in locals_:
        local.stop()
        assert local.failure is None
    assert workers.script.calls == dict.fromkeys(SPECS, len(jobs))
    assert len(apps[0].events.events(limit=1_000)) == len(jobs)
    assert tasks_left(apps[0]) == 0


def test_a_stopped_worker_finishes_what_it_has_in_hand(workers: Workers) -> None:
    begun, may_end = threading.Event(), threading.Event()
    original = workers.steps["quality", 1].run

    def waits(given: StepInput) -> Produced:
        begun.set()
        assert may_end.wait(PATIENCE_S)
        return original(given)

    workers.change_body("quality", waits)
    app = workers.app()
    job = accepted(app)
    local = Worker(app)
    local.start()
    assert begun.wait(PATIENCE_S)
    stopping = threading.Thread(target=local.stop)
    stopping.start()
    may_end.set()
    stopping.join(PATIENCE_S)
    assert not stopping.is_alive()
    assert found(app, job).status == "completed"
    assert tasks_left(app) == 0


class BrokenRunner(StepRunner):
    """A runner with a fault of its own, which is none of the step's."""

    def run(self, calls: Sequence[StepCall], report: Report = unheard) -> NoReturn:
        raise RuntimeError(f"{len(calls)} calls")


def test_the_fault_of_a_thread_ends_the_worker_and_is_raised_to_who_waits_for_it(
    workers: Workers,
) -> None:
    app = workers.app(runner=BrokenRunner(workers.steps))
    job = accepted(app)
    local = Worker(app)
    local.start()
    with pytest.raises(RuntimeError, match="1 calls"):
        local.wait()
    local.stop()
    assert isinstance(local.failure, RuntimeError)

    workers.clock.advance(5)
    other = workers.app()
    drain(other)
    assert found(other, job).status == "completed", "its task was given back"


def test_a_closed_system_commits_nothing_of_a_step_that_still_runs(workers: Workers) -> None:
    original = workers.steps["parse", 1].run

    def closed_meanwhile(given: StepInput) -> Produced:
        if workers.script.calls["parse"] == 0:
            workers.script.calls["parse"] += 1
            first.close()
        return original(given)

    workers.change_body("parse", closed_meanwhile)
    first = workers.app()
    job = accepted(first)
    with pytest.raises(WorkflowError, match="database"):
        run_once(first)

    second = workers.app()
    drain(second)
    done = found(second, job)
    assert done.status == "completed"
    assert done.run.steps["parse"].failures == 0
