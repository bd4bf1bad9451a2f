"""F4: a feature's status, set by a person or by the callback of the service that makes it."""

import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pytest
from msgspec import Struct

from cvplus_workflow.app import Caller, EmbeddedApp
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.states import FeatureStatus, StepState
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.ports import (
    Report,
    StepAnswer,
    StepCall,
    StepHandedOver,
    StepReply,
    unheard,
)
from cvplus_workflow.settings import Settings
from cvplus_workflow.steps.body import validated
from cvplus_workflow.steps.registry import Registry, find_step
from cvplus_workflow.steps.runner import StepRunner
from cvplus_workflow.worker import drain
from tests.workloads import ManualClock, Script, catalogue, feature

OWNER = Caller("ann", "acme")
SERVICE = Caller("maker", "acme", frozenset({"user", "service"}))
PODCAST = "generate-podcast"
SECONDS = 60.0


class DelegatingRunner:
    """Runs bodies here, except those of the podcast, which a service takes."""

    def __init__(self, steps: Registry) -> None:
        self._steps = steps
        self._local = StepRunner(steps)
        self.taken: list[StepCall] = []

    def run(self, calls: Sequence[StepCall], report: Report = unheard) -> list[StepAnswer]:
        return [self._answer(call) for call in calls]

    def _answer(self, call: StepCall) -> StepAnswer:
        if call.step == PODCAST:
            self.taken.append(call)
            return StepHandedOver(SECONDS)
        return self._local.run([call])[0]

    def check(self, step: str, version: int, body: bytes) -> StepReply:
        return validated(find_step(self._steps, step, version), StepReply(body, {}))

    def active(self) -> list[tuple[str, int]]:
        return []

    def stop(self, calls: Collection[tuple[str, int]]) -> None:
        raise AssertionError("nothing is active")

    def close(self) -> None:
        self._local.close()


class Answer(Struct):
    """A service's callback."""

    run: int
    attempt: int
    token: str
    output: dict[str, object]
    retryable: bool = True
    progress: int = 0


class Delegation:
    """A job whose podcast a service has taken."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        steps = Script().registry(catalogue(feature(PODCAST), feature("contact-form")))
        self.runner = DelegatingRunner(steps)
        self.app = EmbeddedApp(
            Settings(data=folder), clock=self.clock, runner=self.runner, steps=steps
        )
        features = [PODCAST, "contact-form"]
        self.id = self.app.jobs.create(OWNER, content=b"# Ann", features=features).id
        drain(self.app)

    @property
    def job(self) -> Job:
        return self.app.jobs.get(OWNER, self.id)

    @property
    def state(self) -> StepState:
        return self.job.run.steps[PODCAST].state

    def answer(self, attempt: int = 1, run: int = 1, **output: object) -> Answer:
        token = self.app.features.callback_token(self.id, PODCAST, run, attempt)
        return Answer(run, attempt, token, output or {"text": "made elsewhere"})

    def call_back(self, answer: Answer, status: FeatureStatus = FeatureStatus.COMPLETED) -> Job:
        job = self.app.features.update_status(SERVICE, self.id, PODCAST, status, answer)
        drain(self.app)
        return job


@pytest.fixture
def delegation(tmp_path: Path) -> Iterator[Delegation]:
    made = Delegation(tmp_path)
    yield made
    made.app.close()
    made.runner.close()


def test_a_job_waits_for_the_service_and_completes_with_its_answer(delegation: Delegation) -> None:
    assert delegation.state.value == "waiting"
    assert delegation.job.status.value == "generating"
    assert delegation.job.run.deadline is not None
    delegation.call_back(delegation.answer())
    assert delegation.job.status.value == "completed"
    assert PODCAST in (delegation.job.generated_cv or pytest.fail("no CV")).features


def test_the_key_that_a_service_gets_is_the_same_for_every_attempt(delegation: Delegation) -> None:
    delegation.clock.advance(SECONDS + 1)
    delegation.app.queue.sweep()
    delegation.clock.advance(300)
    drain(delegation.app)
    first, second = delegation.runner.taken
    assert first.key == second.key == f"{delegation.id}/1/{PODCAST}"
    assert (first.attempt, second.attempt) == (1, 2)


def test_an_answer_that_comes_twice_changes_nothing(delegation: Delegation) -> None:
    delegation.call_back(delegation.answer())
    before = delegation.job
    delegation.call_back(delegation.answer(text="another"))
    assert delegation.job == before


def test_an_answer_after_its_deadline_is_refused_by_the_fence(delegation: Delegation) -> None:
    late = delegation.answer()
    delegation.clock.advance(SECONDS + 1)
    delegation.app.queue.sweep()
    delegation.clock.advance(300)
    drain(delegation.app)
    delegation.call_back(late)
    assert delegation.state.value == "waiting"
    delegation.call_back(delegation.answer(attempt=2))
    assert delegation.job.status.value == "completed"


def test_an_answer_after_a_cancellation_changes_nothing(delegation: Delegation) -> None:
    delegation.app.jobs.cancel(OWNER, delegation.id)
    delegation.call_back(delegation.answer())
    assert delegation.job.status.value == "cancelled"
    assert delegation.state.value == "cancelled"


@pytest.mark.parametrize(("attempt", "run"), [(2, 1), (1, 2)])
def test_a_token_is_good_for_its_own_run_and_attempt_only(
    delegation: Delegation, attempt: int, run: int
) -> None:
    forged = delegation.answer()
    forged.attempt, forged.run = attempt, run
    with pytest.raises(WorkflowError) as caught:
        delegation.call_back(forged)
    assert caught.value.code is Code.PERMISSION_DENIED
    assert delegation.state.value == "waiting"


def test_an_output_that_does_not_fit_is_not_committed(delegation: Delegation) -> None:
    with pytest.raises(WorkflowError) as caught:
        delegation.call_back(delegation.answer(nonsense=1))
    assert caught.value.reason == "invalid-output"
    assert delegation.state.value == "waiting"


@pytest.mark.parametrize("output", [r'{"text": "\ud800"}', r'{"text": "a", "\udc00": 1}'])
def test_an_output_that_is_no_unicode_text_is_refused(delegation: Delegation, output: str) -> None:
    """F4: else the message that holds it would come again until it is a dead letter."""
    callback = {
        "run": 1,
        "attempt": 1,
        "token": delegation.answer().token,
        "output": json.loads(output),
    }
    request = {"jobId": delegation.id, "featureId": PODCAST, "status": "completed"}
    with pytest.raises(WorkflowError) as caught:
        delegation.app.call("updateFeatureStatus", SERVICE, {**request, "callback": callback})
    assert caught.value.code is Code.INVALID_ARGUMENT
    assert caught.value.details == {"field": "callback.output"}
    assert delegation.state.value == "waiting"


def test_a_failure_of_the_service_is_tried_again_by_our_rules_and_a_refusal_is_final(
    delegation: Delegation,
) -> None:
    delegation.call_back(delegation.answer(), FeatureStatus.FAILED)
    assert delegation.state.value == "queued"
    assert delegation.job.enhanced_features[PODCAST].status is FeatureStatus.RETRYING
    delegation.clock.advance(300)
    drain(delegation.app)
    final = delegation.answer(attempt=2)
    final.retryable = False
    delegation.call_back(final, FeatureStatus.FAILED)
    assert delegation.state.value == "refused"
    assert delegation.job.status.value == "completed"


def test_a_status_update_skips_for_its_owner_and_makes_no_other_move(
    delegation: Delegation,
) -> None:
    call = delegation.app.call
    request = {"jobId": delegation.id, "featureId": "generatePodcast", "status": "completed"}
    with pytest.raises(WorkflowError) as caught:
        call("updateFeatureStatus", OWNER, request)
    assert caught.value.reason == "illegal-move"
    call("updateFeatureStatus", OWNER, {**request, "status": "skipped"})
    drain(delegation.app)
    assert delegation.state.value == "skipped"
    assert delegation.job.status.value == "completed"
    call("updateFeatureStatus", OWNER, {**request, "status": "skipped"})


def test_skipping_what_has_ended_names_both_states(delegation: Delegation) -> None:
    with pytest.raises(WorkflowError) as caught:
        delegation.app.features.update_status(
            OWNER, delegation.id, "contact-form", FeatureStatus.SKIPPED
        )
    assert caught.value.details == {"from": "completed", "to": "skipped"}


def test_a_rerun_runs_a_step_and_all_that_follow_from_it_again(delegation: Delegation) -> None:
    delegation.call_back(delegation.answer())
    attempts = {name: step.attempt for name, step in delegation.job.run.steps.items()}
    delegation.app.call("rerunJob", OWNER, {"jobId": delegation.id, "step": "assemble"})
    drain(delegation.app)
    again = {name: step.attempt for name, step in delegation.job.run.steps.items()}
    changed = {name for name in again if again[name] != attempts[name]}
    assert changed == {"assemble", "quality"}
    assert delegation.job.run.number == 2
    assert delegation.job.status.value == "completed"


def test_a_service_tells_its_progress_until_it_answers(delegation: Delegation) -> None:
    """F4: by wire; too soon, backwards or under another attempt it changes nothing."""

    def tell(progress: int, attempt: int = 1) -> int:
        token = delegation.answer(attempt).token
        callback = {"run": 1, "attempt": attempt, "token": token, "progress": progress}
        request = {"jobId": delegation.id, "featureId": PODCAST, "status": "processing"}
        delegation.app.call("updateFeatureStatus", SERVICE, {**request, "callback": callback})
        return delegation.job.enhanced_features[PODCAST].progress

    before = delegation.job
    assert tell(30) == 30
    assert tell(40) == 30
    delegation.clock.advance(2)
    assert tell(20) == 30
    assert tell(90, attempt=2) == 30
    assert tell(100) == 99
    assert (delegation.job.progress, delegation.state) == (before.progress, StepState.WAITING)
    delegation.call_back(delegation.answer())
    assert delegation.job.enhanced_features[PODCAST].progress == 100


def test_progress_without_authority_is_refused(delegation: Delegation) -> None:
    forged = delegation.answer()
    forged.token, forged.progress = "f" * 64, 50
    with pytest.raises(WorkflowError) as caught:
        delegation.call_back(forged, FeatureStatus.PROCESSING)
    assert caught.value.code is Code.PERMISSION_DENIED
    assert delegation.job.enhanced_features[PODCAST].progress == 0
