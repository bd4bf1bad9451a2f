"""Features: chosen, checked for dependencies, followed, switched on and off."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hmac import compare_digest
from typing import Any, Protocol

import msgspec

from ..domain.attempts import Attempt, Failure, Outcome, Success
from ..domain.change import Change, Put, Reader, Write
from ..domain.choices import choose_features, skip_feature
from ..domain.documents import Job, StepError, flags_ref, job_ref, switches_ref
from ..domain.features import PRIVACY_MODE, StepSpec, feature_ids
from ..domain.features import feature_id as canonical
from ..domain.flags import (
    INSTALLATION,
    NONE_THROWN,
    FlagChanges,
    FlagSet,
    FlagView,
    changed_flags,
    flag_views,
    switchable,
    switched,
    wholly_off,
)
from ..domain.jobs import Caller, job_not_found
from ..domain.orchestration import FeatureSequence, sequence
from ..domain.plan import PlanReport, available, examine
from ..domain.protocol import settle
from ..domain.states import FeatureStatus
from ..errors import Code, WorkflowError, invalid
from ..ports import Runner, Signer
from .commit import JobCommits
from .estimates import StepEstimates
from .flags import Flags
from .outputs import Outputs


class Callback(Protocol):
    """A service's answer: for which run and attempt, by what authority, with what output."""

    run: int
    attempt: int
    token: str
    output: dict[str, Any]
    retryable: bool
    progress: int


_SERVICE_FAILED = StepError(
    Code.UNAVAILABLE, "service-failed", "The service that makes it reported a failure."
)
_SERVICE_REFUSED = StepError(
    Code.FAILED_PRECONDITION, "service-refused", "The service that makes it cannot do so."
)


def _encoded(output: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(output)
    except UnicodeEncodeError:
        # JSON may spell half of a surrogate pair (RFC 8259, section 8.2); UTF-8 cannot.
        raise invalid("callback.output", "holds half of a surrogate pair") from None


class FeatureService:
    """What a caller may do with the features of a job, and an operator with their flags."""

    def __init__(
        self,
        commits: JobCommits,
        outputs: Outputs,
        catalogue: Mapping[str, StepSpec],
        runner: Runner,
        signer: Signer,
        estimates: StepEstimates,
        flags: Flags,
    ) -> None:
        self._commits = commits
        self._outputs = outputs
        self._catalogue = catalogue
        self._runner = runner
        self._signer = signer
        self._estimates = estimates
        self._flags = flags

    def orchestrate(self, caller: Caller, job_id: str, features: Sequence[str]) -> Job:
        """Choose the features of a job that waits, or will wait, for the choice.

        Raises invalid-argument for unknown features and unsound plans,
        failed-precondition once the choice is over or for features that are not switched
        on for the job's owner, not-found for others' jobs.
        """
        chosen = feature_ids(features)
        catalogue = self._estimates.applied(self._catalogue, caller.tenant)
        flags = self._flags.sets(caller.tenant)

        def alter(job: Job, now: datetime, command: str) -> Sequence[Write] | None:
            made = choose_features(job, chosen, catalogue, now, command, flags)
            return () if made else None

        return self._commits.alter(caller, job_id, alter)

    def skip(self, caller: Caller, job_id: str, feature_id: str) -> Job:
        """Go on without a feature, even while it runs; doing so twice is doing so once.

        Raises invalid-argument for a feature that the job does not have,
        failed-precondition for one that has ended.
        """
        feature = canonical(feature_id)

        def alter(job: Job, now: datetime, command: str) -> Sequence[Write] | None:
            return () if skip_feature(job, feature, now, command) else None

        return self._commits.alter(caller, job_id, alter)

    def update_status(
        self,
        caller: Caller,
        job_id: str,
        feature_id: str,
        status: FeatureStatus,
        callback: Callback | None = None,
    ) -> Job:
        """Move a feature: a caller may skip it; a service that has taken it may end it.

        A service proves by its callback's token which attempt it answers for. Until then
        it may tell its progress, as `processing`; what comes within 2 s of the job's last
        tick, or while others change the job, is dropped. An answer
        that comes twice, late, or after a cancellation changes nothing. Raises
        permission-denied for a wrong token, failed-precondition naming both states for
        any other move, data-loss for an output that does not fit, invalid-argument for one
        that is not Unicode text.
        """
        feature = canonical(feature_id)
        if callback is not None:
            return self._answer(job_id, feature, status, callback)
        if status is not FeatureStatus.SKIPPED:
            raise WorkflowError(
                Code.FAILED_PRECONDITION,
                f"A caller cannot make a feature {status}.",
                reason="illegal-move",
                details={"to": status.value},
            )
        return self.skip(caller, job_id, feature)

    def callback_token(self, job_id: str, feature: str, run: int, attempt: int) -> str:
        """The authority to answer for one attempt; never stored."""
        return self._signer.sign(f"callback/{job_id}/{feature}/{run}/{attempt}")

    def _answer(self, job_id: str, feature: str, status: FeatureStatus, callback: Callback) -> Job:
        token = self.callback_token(job_id, feature, callback.run, callback.attempt)
        if not compare_digest(token.encode(), callback.token.encode()):
            raise WorkflowError(Code.PERMISSION_DENIED, "The callback's token is not valid.")
        job = self._commits.store.get(job_ref(job_id))
        if job is None or feature not in job.run.steps:
            raise job_not_found(job_id)
        attempt = Attempt(feature, callback.attempt)
        if status is FeatureStatus.PROCESSING:
            return self._tick(job, attempt, callback)
        outcome = self._outcome(job, attempt, status, callback)

        def alter(job: Job, now: datetime, command: str) -> Sequence[Write] | None:
            if job.run.number != callback.run:
                return None
            return settle(job, [outcome], None, now, command)

        return self._commits.settle(job_id, alter)

    def _tick(self, job: Job, attempt: Attempt, callback: Callback) -> Job:
        """Show a service's progress; answers the job as it is then."""
        if job.run.number == callback.run:
            self._commits.tick(job.id, attempt, callback.progress)
        return self._commits.store.get(job_ref(job.id)) or job

    def _outcome(
        self, job: Job, attempt: Attempt, status: FeatureStatus, callback: Callback
    ) -> Outcome:
        if status is FeatureStatus.COMPLETED:
            spec = job.run.definition.specs[attempt.step]
            reply = self._runner.check(spec.id, spec.version, _encoded(callback.output))
            output, kept = self._outputs.keep(job, reply)
            return Success(attempt, output, kept)
        if status is FeatureStatus.FAILED:
            error = _SERVICE_FAILED if callback.retryable else _SERVICE_REFUSED
            return Failure(attempt, error, self._commits.entropy.fraction())
        raise invalid("status", "a callback is processing, completed or failed")

    def dependencies(self, caller: Caller, features: Sequence[str]) -> PlanReport:
        """What is missing, cyclic or in conflict among `features`, and their phases."""
        catalogue = self._estimates.applied(self._catalogue, caller.tenant)
        specs = {spec.id: spec for spec in available(catalogue, feature_ids(features))}
        return examine({"parse": catalogue["parse"], **specs})

    def sequence(self, caller: Caller, features: Sequence[str]) -> FeatureSequence:
        """The order in which a job of `features` would run, the critical path first.

        Raises invalid-argument for unknown features and unsound plans.
        """
        return sequence(
            self._catalogue, feature_ids(features), self._estimates.measured(caller.tenant)
        )

    def set_flag(
        self,
        caller: Caller,
        *,
        flag_id: str,
        on: bool | None = None,
        only: Mapping[str, Sequence[str]] | None = None,
        percent: float | None = None,
        variants: Mapping[str, int] | None = None,
        killed: bool | None = None,
    ) -> list[FlagView]:
        """Change the flag or the kill switch of a feature, or of a step that every job needs.

        It holds for the caller's tenant, or for all of them if that is `INSTALLATION`; what
        is None stays. Everybody knows of it within 10 s. Answers the tenant's flags and
        thrown kill switches. Raises invalid-argument naming the field.
        """
        step = switchable(flag_id)
        changes = FlagChanges(on, only, percent, variants)

        command = self._commits.entropy.token()

        def decide(reader: Reader) -> Change[list[FlagView]]:
            flags = reader.get(flags_ref(caller.tenant)) or FlagSet(caller.tenant)
            switches = reader.get(switches_ref()) or NONE_THROWN
            if command in flags.commands:
                return Change(flag_views(flags, switches))
            changed = changed_flags(flags, step, changes, reader.now, caller.uid)
            thrown = switched(switches, step, caller.tenant, killed, reader.now, caller.uid)
            writes: list[Write] = [Put(switches_ref(), thrown)] if thrown is not switches else []
            if writes or changed is not flags:
                writes.append(Put(flags_ref(caller.tenant), changed.remembering(command)))
            return Change(flag_views(changed, thrown), tuple(writes))

        views = self._commits.store.transact(decide, command)
        self._flags.forget()
        return views

    def list_flags(self, caller: Caller) -> list[FlagView]:
        """All flags and thrown kill switches: the installation's, then the caller's tenant's."""
        store = self._commits.store
        switches = store.get(switches_ref()) or NONE_THROWN
        tenants = dict.fromkeys((INSTALLATION, caller.tenant))
        sets = [store.get(flags_ref(each)) or FlagSet(each) for each in tenants]
        return [view for flags in sets for view in flag_views(flags, switches)]

    def runnable(self, tenant: str = "") -> list[str]:
        """What `all` stands for: every feature that can run here, but for privacy mode.

        Privacy mode would take away what the others show, so it must be asked for by name.
        What is switched off for everybody, or for all of `tenant`, is left out.
        """
        left_out = {PRIVACY_MODE, *wholly_off(self._flags.sets(tenant))}
        features = [spec.id for spec in self._catalogue.values() if spec.feature]
        return [feature for feature in features if feature not in left_out]
