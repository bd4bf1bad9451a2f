"""The progress that a body reports, as its job shows it; no step depends on it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.queue import StepClass
from cvplus_workflow.domain.states import FeatureStatus
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.ports import Command, Report, StepAnswer, StepCall, Store, unheard
from cvplus_workflow.steps.runner import StepRunner
from tests.services.installation import Installation
from tests.workloads import FEATURES, OWNER, ManualClock, catalogue, feature

ONE = FEATURES[0]


class Telling(StepRunner):
    """Before it runs the bodies of features it tells 40, 50 and 60 percent of each."""

    seconds_between = 1.0
    clock: ManualClock

    def run(self, calls: Sequence[StepCall], report: Report = unheard) -> list[StepAnswer]:
        for call in calls:
            for percent in (40, 50, 60) if call.step == ONE else ():
                report(call, percent)
                self.clock.advance(self.seconds_between)
        return super().run(calls)


class TickLine:
    """Stands before a store, and keeps what it was asked to try once; it may refuse that."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.refuse_with: WorkflowError | None = None
        self.asked = 0
        self.shown: list[int] = []
        self.transact = store.transact
        self.get = store.get
        self.query = store.query
        self.delete_tree = store.delete_tree

    def transact_all(self, commands: Sequence[Command]) -> list[Any]:
        if not any(command.once for command in commands):
            return self._store.transact_all(commands)
        self.asked += 1
        if self.refuse_with is not None:
            return [self.refuse_with]
        (answer,) = self._store.transact_all(commands)
        self.shown.append(answer.job.enhanced_features[ONE].progress)
        return [answer]


class Told:
    """An installation whose one feature tells its progress."""

    def __init__(self, folder: Path) -> None:
        # Standard, so that it is claimed before it is run.
        specs = catalogue(feature(ONE, step_class=StepClass.STANDARD))
        self.lines: list[TickLine] = []
        self.installation = Installation(folder, specs, line=self._line, runner=Telling)
        Telling.clock = self.installation.clock
        (self.line,) = self.lines

    def _line(self, store: Store) -> Store:
        self.lines.append(TickLine(store))
        return self.lines[0]

    def completed(self) -> Job:
        return self.installation.completed(features=[ONE])


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    made = Told(tmp_path)
    yield made
    made.installation.close()


def test_what_a_body_reports_is_shown_at_most_every_two_seconds(told: Told) -> None:
    job = told.completed()
    assert told.line.shown == [40, 60]
    assert told.line.asked == 2
    assert job.enhanced_features[ONE].progress == 100


@pytest.mark.parametrize("code", [Code.ABORTED, Code.UNAVAILABLE])
def test_a_tick_that_cannot_be_committed_is_dropped_and_its_step_goes_on(
    told: Told, code: Code
) -> None:
    told.line.refuse_with = WorkflowError(code, "No.")
    job = told.completed()
    assert told.line.asked == 2
    assert job.status.value == "completed"
    assert (job.run.steps[ONE].attempt, job.run.steps[ONE].failures) == (1, 0)


class Progress(Struct):
    """A service's callback while it is at work."""

    token: str
    progress: int = 50
    run: int = 1
    attempt: int = 1
    output: dict[str, object] = {}
    retryable: bool = True


def test_a_tick_of_a_service_is_dropped_where_others_commit_and_no_error_of_it(told: Told) -> None:
    """F4: it has the next one to tell; a store that is away is told to it."""
    features = told.installation.app.features
    job = told.installation.create(features=[ONE])
    callback = Progress(features.callback_token(job.id, ONE, 1, 1))
    told.line.refuse_with = WorkflowError(Code.ABORTED, "No.")
    assert features.update_status(OWNER, job.id, ONE, FeatureStatus.PROCESSING, callback) == job
    told.line.refuse_with = WorkflowError(Code.UNAVAILABLE, "No.")
    with pytest.raises(WorkflowError, match="No"):
        features.update_status(OWNER, job.id, ONE, FeatureStatus.PROCESSING, callback)
    assert told.line.asked == 2
