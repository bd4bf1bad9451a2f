"""What a person decides about a job's features: chosen, changed, skipped."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from ..errors import Code, WorkflowError, invalid
from .advance import advance
from .documents import Job, Step, feature_view
from .exposures import expose, subject_of
from .features import StepSpec
from .flags import FlagSet, resolved
from .moves import move_step
from .plan import CHOICE, job_plan
from .protocol import end_wait
from .states import ENDED_JOBS, ENDED_STEPS, StepState


def choose_features(
    job: Job,
    features: Sequence[str],
    catalogue: Mapping[str, StepSpec],
    now: datetime,
    command: str,
    flags: Sequence[FlagSet] = (),
) -> bool:
    """Make the choice that the job waits for, or change it; False if nothing changes.

    The choice can be changed until the CV is being assembled. Features that are not
    chosen any more are skipped; one that was skipped is not taken up again in the same
    run. What is newly chosen is resolved by `flags` and exposed; what was chosen before
    stays. Raises invalid-argument for an unsound plan, failed-precondition when it is too
    late or a feature is not switched on.
    """
    fresh = [feature for feature in features if feature not in job.enhanced_features]
    choice = job.run.steps.get(CHOICE.id)
    if choice is not None and choice.state in (StepState.PENDING, StepState.WAITING):
        _choose(job, features, catalogue, now)
    elif list(features) == job.selected_features and job.status not in ENDED_JOBS:
        return False
    elif job.status in ENDED_JOBS or job.run.steps["assemble"].state is not StepState.PENDING:
        raise WorkflowError(
            Code.FAILED_PRECONDITION,
            f"The job is {job.status}; its features cannot be chosen any more.",
            reason="choice-over",
        )
    else:
        _change(job, features, catalogue, now)
    expose(job, resolved(flags, subject_of(job), fresh), now)
    advance(job, now, command)
    return True


def skip_feature(job: Job, feature: str, now: datetime, command: str) -> bool:
    """Go on without a feature; its running attempt cannot commit. False if it was skipped.

    Raises invalid-argument for a feature that the job does not have,
    failed-precondition for one that has ended otherwise.
    """
    if feature not in job.selected_features:
        raise invalid("featureId", f"the job has no feature {feature}")
    if job.run.steps[feature].state is StepState.SKIPPED:
        return False
    move_step(job, feature, StepState.SKIPPED, now, "by-user")
    advance(job, now, command)
    return True


def _choose(
    job: Job, features: Sequence[str], catalogue: Mapping[str, StepSpec], now: datetime
) -> None:
    specs = {**job_plan(catalogue, features), CHOICE.id: CHOICE}
    pinned = {name: job.run.definition.specs.get(name, spec) for name, spec in specs.items()}
    _replan(job, features, {**pinned, "assemble": _assembling(job, specs)}, now)
    end_wait(job, CHOICE.id, now)


def _change(
    job: Job, features: Sequence[str], catalogue: Mapping[str, StepSpec], now: datetime
) -> None:
    fresh, old = job_plan(catalogue, features), job.run.definition.specs
    added = {name: spec for name, spec in fresh.items() if name not in old}
    dropped = [name for name in job.selected_features if name not in features]
    _replan(job, features, {**old, **added, "assemble": _assembling(job, fresh)}, now)
    for name in dropped:
        if job.run.steps[name].state not in ENDED_STEPS:
            move_step(job, name, StepState.SKIPPED, now, "not-chosen")


def _assembling(job: Job, plan: Mapping[str, StepSpec]) -> StepSpec:
    """The job's own version of `assemble`, after the features that `plan` puts before it."""
    return replace(job.run.definition.specs["assemble"], after=plan["assemble"].after)


def _replan(job: Job, features: Sequence[str], specs: dict[str, StepSpec], now: datetime) -> None:
    job.run.definition = replace(job.run.definition, specs=specs)
    job.run.steps = {name: job.run.steps.get(name) or Step() for name in specs}
    job.selected_features = list(features)
    for feature in features:
        job.enhanced_features.setdefault(feature, feature_view(now))
