"""Every alteration of a job is remembered by its command's id, and acknowledges relays."""

from datetime import datetime

import pytest

from cvplus_workflow.domain import protocol
from cvplus_workflow.domain.attempts import Attempt
from cvplus_workflow.domain.decision import acknowledge_only
from cvplus_workflow.domain.documents import COMMANDS_KEPT, Job
from cvplus_workflow.errors import Code, WorkflowError
from tests.workloads import JobScene, success


def nothing(_job: Job, _now: datetime, _command: str) -> None:
    return None


def test_a_command_that_is_sent_again_answers_the_same_and_writes_nothing() -> None:
    scene = JobScene()
    invocation = scene.invocation(scene.tasks()[0])

    def claim(job: Job, now: datetime, command: str) -> tuple[()] | None:
        return () if protocol.claim(job, invocation, now, command) else None

    first = scene.alter(claim, "the-claim")
    before = scene.ledger.documents.copy()
    again = scene.alter(claim, "the-claim")
    assert again.claimed == first.claimed == [Attempt("parse", 1)]
    assert again.job == first.job
    assert scene.ledger.documents == before


def test_a_settle_that_is_sent_again_claims_the_same_successors_once() -> None:
    scene = JobScene()
    (parse,) = scene.claim()
    first = scene.settle(success(parse), command="the-settle")
    again = scene.settle(success(parse), command="the-settle")
    assert again == first
    assert {attempt.number for attempt in again} == {1}


def test_a_pause_that_is_sent_again_is_no_illegal_move() -> None:
    """Without the id, a client that lost the answer would read its own success as a conflict."""
    scene = JobScene()

    def pause(job: Job, now: datetime, _command: str) -> tuple[()]:
        protocol.pause(job, now)
        return ()

    scene.alter(pause, "the-pause")
    scene.alter(pause, "the-pause")
    with pytest.raises(WorkflowError, match="is paused and cannot become paused"):
        scene.alter(pause, "another")


def test_as_many_commands_are_remembered_as_stated_and_no_more() -> None:
    scene = JobScene()
    for number in range(COMMANDS_KEPT + 10):
        scene.alter(lambda *_: (), f"n{number}")
    newest = [f"n{number}" for number in range(10, COMMANDS_KEPT + 10)]
    assert scene.job.run.commands == newest


def test_an_alteration_with_nothing_to_do_writes_nothing() -> None:
    scene = JobScene()
    commits = scene.ledger.commits
    assert scene.alter(nothing).effects == ()
    assert scene.ledger.commits == commits


def test_an_acknowledgement_takes_its_effects_out_of_the_outbox_and_only_them() -> None:
    scene = JobScene()
    scene.work()
    delivered, announced = [effect.key for effect in scene.job.run.effects]
    scene.alter(acknowledge_only, relayed=[delivered])
    assert [effect.key for effect in scene.job.run.effects] == [announced]
    assert scene.job.run.deadline is not None
    scene.alter(acknowledge_only, relayed=[announced])
    assert scene.job.run.effects == []
    assert scene.job.run.deadline is None


def test_an_acknowledgement_of_what_is_gone_writes_nothing() -> None:
    scene = JobScene()
    commits = scene.ledger.commits
    scene.alter(acknowledge_only, relayed=["job1/1/job/completed"])
    assert scene.ledger.commits == commits


def test_the_answer_holds_only_the_effects_that_the_command_decided() -> None:
    scene = JobScene()
    scene.work()
    cancelled = JobScene()
    (dispatch,) = cancelled.job.run.effects
    invocation = cancelled.invocation(dispatch.name)
    answer = cancelled.alter(
        lambda job, now, cmd: () if protocol.claim(job, invocation, now, cmd) else None
    )
    assert answer.effects == ()
    assert {effect.name for effect in scene.job.run.effects} == {"deliver", "completed"}


def test_a_job_that_is_not_there_is_named() -> None:
    scene = JobScene()
    del scene.ledger.documents["jobs/job1"]
    with pytest.raises(WorkflowError, match="job1") as caught:
        scene.alter(nothing)
    assert (caught.value.code, caught.value.reason) == (Code.NOT_FOUND, "job-not-found")


def test_an_alteration_that_raises_has_written_nothing() -> None:
    scene = JobScene()
    before = scene.ledger.documents.copy()

    def half(job: Job, now: datetime, _command: str) -> tuple[()]:
        protocol.cancel(job, now)
        raise WorkflowError(Code.ABORTED, "Not after all.")

    with pytest.raises(WorkflowError):
        scene.alter(half)
    assert scene.ledger.documents == before
