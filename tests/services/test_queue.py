"""Tasks carried to their end: bodies run, outcomes committed, effects relayed (J2, J7, J10)."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from msgspec import Raw

from cvplus_workflow.domain import protocol
from cvplus_workflow.domain.documents import Job, output_ref
from cvplus_workflow.domain.features import StepSpec
from cvplus_workflow.domain.outbox import RELAY_GRACE
from cvplus_workflow.domain.queue import StepClass
from cvplus_workflow.domain.states import JobStatus, StepState
from cvplus_workflow.errors import Code, WorkflowError, refusal
from tests.contract.back_ends import CutLine
from tests.services.installation import QUEUES, Installation, away, states
from tests.workloads import FEATURES, OWNER, chain10, job10

ONE, OTHER = FEATURES[:2]
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "specs",
    [job10(), chain10(), job10(step_class=StepClass.STANDARD), job10(step_class=StepClass.HEAVY)],
    ids=["job10", "chain10", "standard", "heavy"],
)
def test_every_step_runs_once_and_the_job_completes(
    tmp_path: Path, specs: dict[str, StepSpec]
) -> None:
    installation = Installation(tmp_path, specs)
    job = installation.completed()
    assert job.status == JobStatus.COMPLETED
    assert installation.script.calls == dict.fromkeys(specs, 1)
    assert (job.run.effects, job.run.deadline) == ([], None)
    assert installation.received() == [f"{job.id}/1/job/completed"]
    installation.close()


def test_many_jobs_are_carried_together(installation: Installation) -> None:
    jobs = [installation.create(content=b"# %d" % number) for number in range(10)]
    installation.drain()
    assert {installation.get(job.id).status for job in jobs} == {JobStatus.COMPLETED}
    assert installation.script.calls == dict.fromkeys(job10(), 10)


def test_a_step_that_fails_for_a_while_is_tried_again_after_its_backoff(
    installation: Installation,
) -> None:
    installation.script.errors = {ONE: [away(), away()]}
    job = installation.completed()
    assert states(job)[ONE] == StepState.QUEUED
    for _ in range(3):
        installation.clock.advance(4)
        installation.drain()
    job = installation.get(job.id)
    assert job.status == JobStatus.COMPLETED
    assert installation.script.calls[ONE] == 3
    assert installation.script.calls[OTHER] == 1
    assert job.run.steps[ONE].error is None


def test_steps_that_fail_together_are_tried_again_apart(installation: Installation) -> None:
    """J7: full jitter, so that what has overloaded a service does not come back at once."""
    installation.script.errors = {feature: [away()] for feature in FEATURES}
    steps = installation.completed().run.steps
    until = sorted(steps[feature].until or NEVER for feature in FEATURES)
    assert len(set(until)) == len(FEATURES)
    assert timedelta(seconds=1) < until[-1] - until[0] < protocol.BACKOFF_BASE


def test_a_feature_that_refuses_does_not_hold_the_job_up(installation: Installation) -> None:
    installation.script.errors = {ONE: [refusal("no-skills", "The CV names no skills.")]}
    job = installation.completed()
    assert job.status == JobStatus.COMPLETED
    assert states(job)[ONE] == StepState.REFUSED
    assert job.enhanced_features[ONE].error == "The CV names no skills."
    assert installation.script.calls[ONE] == 1


def test_a_core_step_that_fails_fails_the_job_with_its_reason(installation: Installation) -> None:
    installation.script.errors = {"parse": [WorkflowError(Code.INVALID_ARGUMENT, "Unreadable.")]}
    job = installation.completed()
    assert (job.status, job.error, job.error_type) == ("failed", "Unreadable.", "invalid-argument")
    assert installation.script.calls == {"parse": 1}
    assert installation.received() == [f"{job.id}/1/job/failed"]


@pytest.mark.parametrize(
    ("size", "documents", "files"), [(1_000, 0, 0), (5_000, 1, 0), (500_000, 0, 1)]
)
def test_an_output_of_any_size_reaches_its_successor_and_the_result(
    installation: Installation, size: int, documents: int, files: int
) -> None:
    installation.script.sizes = {ONE: size}
    job = installation.completed()
    output = job.run.steps[ONE].output
    assert output is not None
    assert installation.script.given["assemble"].outputs[ONE]["text"] == "x" * size
    result = installation.app.jobs.result(OWNER, job.id)
    data = next(each.data for each in result.features if each.id == ONE)
    assert isinstance(data, dict)
    assert len(bytes(data["text"])) == size + 2
    assert len(installation.documents()) == 1 + documents
    assert len(output.files) == files


def test_an_output_is_read_again_after_the_worker_that_made_it_is_gone(
    installation: Installation,
) -> None:
    installation.script.sizes = {ONE: 5_000, OTHER: 500_000}
    installation.script.errors = {"assemble": [away()]}
    job = installation.completed()
    installation.clock.advance(5)
    installation.drain()
    assert installation.get(job.id).status == JobStatus.COMPLETED
    given = installation.script.given["assemble"].outputs
    assert (len(given[ONE]["text"]), len(given[OTHER]["text"])) == (5_000, 500_000)


def test_a_source_that_is_missing_is_a_data_loss_and_not_tried_again(
    installation: Installation,
) -> None:
    job = installation.create()
    installation.files.delete_folder(job.id)
    installation.drain()
    error = installation.get(job.id).run.steps["parse"].error
    assert error is not None
    assert (error.code, error.reason) == (Code.DATA_LOSS, "file-missing")
    assert installation.get(job.id).status == JobStatus.FAILED
    assert installation.script.calls.total() == 0


@pytest.mark.parametrize("size", [5_000, 500_000], ids=["document", "file"])
def test_an_output_that_is_missing_is_a_data_loss(installation: Installation, size: int) -> None:
    installation.script.sizes = {ONE: size}
    installation.script.errors = {"assemble": [away()]}
    job = installation.completed()
    output = job.run.steps[ONE].output
    assert output is not None
    installation.store.delete_tree(output_ref(job.id, output.hash).path)
    installation.files.delete_folder(job.id)
    installation.clock.advance(5)
    installation.drain()
    error = installation.get(job.id).run.steps["assemble"].error
    assert error is not None
    assert error.code == Code.DATA_LOSS
    assert installation.get(job.id).status == JobStatus.FAILED


def test_what_a_relay_could_not_publish_the_sweep_publishes_once(
    installation: Installation,
) -> None:
    """A4: nothing decided is lost, and a listener gets each key once."""
    installation.publisher.down = True
    job = installation.completed()
    key = f"{job.id}/1/job/completed"
    assert job.status == JobStatus.COMPLETED
    assert key in [effect.key for effect in job.run.effects]
    installation.clock.advance(RELAY_GRACE.total_seconds() + 1)
    assert installation.app.queue.sweep() == 1
    assert installation.received() == []
    installation.publisher.down = False
    installation.clock.advance(2 * RELAY_GRACE.total_seconds() + 1)
    assert installation.app.queue.sweep() == 1
    assert installation.received() == [key]
    assert installation.get(job.id).run.effects == []
    installation.clock.advance(3_600)
    assert installation.app.queue.sweep() == 0
    assert installation.publisher.asked == [key]


def test_a_start_after_a_crash_relays_at_once_what_is_in_the_outbox(
    installation: Installation,
) -> None:
    installation.publisher.down = True
    job = installation.completed()
    installation.publisher.down = False
    assert installation.app.queue.recover() == 1
    assert installation.received() == [f"{job.id}/1/job/completed"]
    assert installation.get(job.id).run.deadline is None
    assert installation.app.queue.recover() == 0


class Killed(BaseException):
    pass


def vanish(installation: Installation) -> str:
    """A worker ends in the body of parse, and its task is forgotten; answers the job's id."""

    def kill(_: object) -> None:
        del installation.script.before["parse"]
        raise Killed

    job = installation.create()
    installation.script.before["parse"] = kill
    (task,) = installation.tasks.take(QUEUES, 10)
    with pytest.raises(Killed):
        installation.app.queue.execute([task])
    installation.tasks.finish([task.name])
    return job.id


def test_a_worker_that_vanishes_loses_a_lease_and_no_job(tmp_path: Path) -> None:
    """J10."""
    installation = Installation(tmp_path, job10(step_class=StepClass.STANDARD))
    job_id = vanish(installation)
    assert states(installation.get(job_id))["parse"] == StepState.RUNNING
    assert installation.app.queue.sweep() == 0
    installation.clock.advance(400)
    assert installation.app.queue.sweep() == 1
    assert installation.received() == [f"{job_id}/1/job/recovered"]
    installation.drain()
    assert installation.get(job_id).status == JobStatus.COMPLETED
    assert installation.received()[1:] == [f"{job_id}/1/job/completed"]
    installation.close()


def test_a_light_step_is_claimed_with_its_outcome_and_before_it_is_tried_again(
    installation: Installation,
) -> None:
    """J10."""
    job_id = vanish(installation)
    assert states(installation.get(job_id))["parse"] == StepState.QUEUED
    installation.clock.advance(31)
    assert installation.app.queue.sweep() == 1
    seen = []
    installation.script.before["parse"] = lambda _: seen.append(states(installation.get(job_id)))
    installation.drain()
    assert [each["parse"] for each in seen] == [StepState.RUNNING]
    assert installation.get(job_id).status == JobStatus.COMPLETED


def test_of_two_deliveries_of_a_light_step_at_once_one_outcome_is_kept(
    installation: Installation,
) -> None:
    """J7."""
    job = installation.create()
    tasks = installation.tasks.take(QUEUES, 10)
    # The second delivery comes, and ends, while the body of the first runs.
    installation.script.before["parse"] = lambda _: (
        installation.script.before.pop("parse"),
        installation.app.queue.execute(tasks),
    )
    installation.app.queue.execute(tasks)
    done = installation.get(job.id)
    assert done.status == JobStatus.COMPLETED
    ends = [entry.step for entry in done.run.history if entry.event == "completed" and entry.step]
    assert sorted(ends) == sorted(done.run.steps)
    assert installation.received() == [f"{job.id}/1/job/completed"]
    assert installation.script.calls["parse"] == 2


def while_parse_runs(installation: Installation, meanwhile: Callable[[], object]) -> Job:
    """The job, when its task has been executed and `meanwhile` was done during parse."""
    job = installation.create()
    tasks = installation.tasks.take(QUEUES, 10)
    installation.script.before["parse"] = lambda _: (
        installation.script.before.pop("parse"),
        meanwhile(),
    )
    installation.app.queue.execute(tasks)
    return installation.get(job.id)


def test_what_a_slow_batch_has_done_is_kept_though_it_was_dispatched_again(
    installation: Installation,
) -> None:
    """J7. A light step is not claimed before it runs, so the sweep may take its task for lost."""

    def swept() -> None:
        installation.clock.advance(31)
        assert installation.app.queue.sweep() == 1

    assert while_parse_runs(installation, swept).status == JobStatus.COMPLETED
    installation.drain()
    assert set(installation.script.calls.values()) == {1}


def test_an_outcome_of_an_unclaimed_body_is_of_no_use_to_a_later_run(
    installation: Installation,
) -> None:
    """J7."""

    def run_again() -> None:
        (job,) = installation.app.jobs.history(OWNER)
        installation.app.jobs.cancel(OWNER, job.id)
        installation.app.jobs.process(OWNER, job.id)

    job = while_parse_runs(installation, run_again)
    assert (job.run.number, states(job)["parse"]) == (2, StepState.QUEUED)
    installation.drain()
    assert installation.get(job.id).status == JobStatus.COMPLETED
    assert installation.script.calls["parse"] == 2


def test_an_outcome_that_nobody_claimed_is_of_no_use_once_somebody_has_claimed_its_step(
    installation: Installation,
) -> None:
    """J7. Both attempts have the same number; the claimant's body still runs."""
    claimed, settled, bodies = threading.Event(), threading.Event(), count()

    def execute() -> None:
        installation.app.queue.execute(installation.tasks.take(QUEUES, 10))

    def parses(_: object) -> None:
        if next(bodies):
            claimed.set()
            assert settled.wait(20)
            return
        installation.clock.advance(31)
        assert installation.app.queue.sweep() == 1
        claimant.start()
        assert claimed.wait(20)

    claimant = threading.Thread(target=execute)
    job = installation.create()
    installation.script.before["parse"] = parses
    execute()
    assert states(installation.get(job.id))["parse"] == StepState.RUNNING
    settled.set()
    claimant.join(20)
    assert installation.get(job.id).status == JobStatus.COMPLETED
    assert installation.script.calls["parse"] == 2


def test_a_job_that_cannot_be_read_keeps_no_other_from_being_carried(
    installation: Installation,
) -> None:
    """J10. Its task comes with the others', and it may be asked whether a body is wanted."""
    broken, sound = installation.create(), installation.create(content=b"# Bea")
    installation.damage(broken.id)
    taken = installation.tasks.take(QUEUES, 10)
    assert len(taken) == 2
    finished = installation.app.queue.execute(taken)
    assert finished == [task.name for task in taken if task.job_id == sound.id]
    assert installation.get(sound.id).status == JobStatus.COMPLETED


def test_a_task_that_comes_twice_runs_nothing_twice(installation: Installation) -> None:
    job = installation.create()
    tasks = installation.tasks.take(QUEUES, 10)
    assert installation.app.queue.execute(tasks) == [task.name for task in tasks]
    before = installation.get(job.id)
    assert installation.app.queue.execute(tasks) == [task.name for task in tasks]
    assert installation.get(job.id) == before
    assert set(installation.script.calls.values()) == {1}


def test_a_task_of_a_deleted_job_is_done_and_leaves_no_file(installation: Installation) -> None:
    job = installation.create()
    tasks = installation.tasks.take(QUEUES, 10)
    installation.store.delete_tree(f"jobs/{job.id}")
    assert installation.app.queue.execute(tasks) == [task.name for task in tasks]
    assert installation.stored_files() == []
    assert installation.script.calls.total() == 0


CUTS = [(at, committed) for at in range(1, 9) for committed in (True, False)]


@pytest.mark.parametrize(("at", "committed"), CUTS)
def test_a_commit_cut_off_anywhere_loses_no_job_and_doubles_no_effect(
    tmp_path: Path, at: int, committed: bool
) -> None:
    """Before it was committed, or after, so that only its answer was lost."""
    installation = Installation(
        tmp_path, line=lambda store: CutLine(store, at, committed=committed)
    )
    created = [_sent(installation.create, key="mine") for _ in range(2)]
    for _ in range(12):
        tasks = installation.tasks.take(QUEUES, 10)
        finished = _sent(installation.app.queue.execute, tasks) or []
        installation.tasks.finish(finished)
        installation.tasks.release([task.name for task in tasks if task.name not in finished])
        _sent(installation.app.queue.sweep)
        installation.clock.advance(100)
    job = installation.get(next(job.id for job in created if job))
    assert (job.status, job.run.effects) == (JobStatus.COMPLETED, [])
    lost = any(entry.event == "lost" for entry in job.run.history)
    told = [*(["recovered"] if lost else []), "completed"]
    assert installation.received() == [f"{job.id}/1/job/{word}" for word in told]
    assert installation.documents() == [f"jobs/{job.id}"]
    ended = Counter(entry.step for entry in job.run.history if entry.event == "completed")
    assert ended == dict.fromkeys(job10(), 1)
    installation.close()


def _sent(call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """What `call` answers, or None if the line was cut."""
    try:
        return call(*arguments, **named)
    except WorkflowError as error:
        if error.code != Code.UNAVAILABLE:
            raise
        return None


def test_a_feature_skipped_while_its_body_ran_cannot_commit(installation: Installation) -> None:
    """F2."""
    job = installation.create()

    def skip(given: object) -> None:
        installation.app.features.skip(OWNER, job.id, ONE)

    installation.script.before[ONE] = skip
    installation.drain()
    done = installation.get(job.id)
    assert (done.status, states(done)[ONE]) == (JobStatus.COMPLETED, StepState.SKIPPED)
    assert done.run.steps[ONE].output is None
    assert ONE not in installation.script.given["assemble"].outputs


def test_a_job_cancelled_while_a_body_ran_stays_cancelled(installation: Installation) -> None:
    """J5."""
    job = installation.create()
    installation.script.before[ONE] = lambda _: installation.app.jobs.cancel(OWNER, job.id)
    installation.drain()
    done = installation.get(job.id)
    assert done.status == JobStatus.CANCELLED
    assert {name for name, state in states(done).items() if state == "completed"} == {"parse"}
    assert installation.received() == [f"{job.id}/1/job/cancelled"]


def test_what_a_body_is_given_holds_the_choices_and_only_what_completed(
    installation: Installation,
) -> None:
    installation.script.errors = {ONE: [refusal("no-skills", "The CV names no skills.")]}
    installation.completed(paper="letter", file_name="ann.md", media_type="text/markdown")
    given = installation.script.given["assemble"]
    assert (given.job.paper, given.job.file_name, given.job.features) == (
        "letter",
        "ann.md",
        list(FEATURES),
    )
    assert set(given.outputs) == {"parse", *FEATURES} - {ONE}
    assert installation.script.given["parse"].files == {"source": b"# Ann"}


def test_raw_bodies_are_kept_as_they_were_made(installation: Installation) -> None:
    job = installation.completed()
    output = job.run.steps[ONE].output
    assert output is not None
    assert isinstance(output.inline, Raw)
    assert bytes(output.inline) == b'{"text":"' + b"x" * 1_000 + b'"}'
