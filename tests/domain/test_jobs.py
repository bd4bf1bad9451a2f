"""Whole jobs: keyed ids, who sees them, the choice of features (J1, F13, I9)."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from cvplus_workflow.domain.choices import choose_features, skip_feature
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.jobs import (
    MAX_DESCRIPTION_BYTES,
    MAX_SOURCE_BYTES,
    MAX_URL_LENGTH,
    Caller,
    NewJob,
    check_repeat,
    check_source,
    checked_role,
    checked_url,
    described,
    fingerprint,
    keyed_job_id,
    new_job,
    visible_job,
)
from cvplus_workflow.domain.plan import CHOICE, job_plan
from cvplus_workflow.domain.protocol import reopen
from cvplus_workflow.domain.queue import Priority, StepClass
from cvplus_workflow.domain.states import JobStatus, StepState
from cvplus_workflow.domain.templates import find_template
from cvplus_workflow.errors import Code, WorkflowError
from tests.workloads import (
    FEATURES,
    OWNER,
    START,
    JobScene,
    catalogue,
    feature,
    job10,
    quiet,
    request,
    success,
)

ONE, OTHER = FEATURES[:2]


def test_a_keyed_id_is_the_same_for_the_same_caller_and_key_and_no_other() -> None:
    callers = [Caller("ann", "acme"), Caller("bob", "acme"), Caller("ann", "other")]
    ids = {keyed_job_id(caller, key) for caller in callers for key in ("k", "l")}
    assert len(ids) == 6
    assert keyed_job_id(Caller("ann", "acme", frozenset({"operator"})), "k") in ids


def test_no_choice_of_names_makes_two_callers_share_an_id() -> None:
    assert keyed_job_id(Caller("b", "a"), "c") != keyed_job_id(Caller("bc", "a"), "")
    assert keyed_job_id(Caller('","', ""), "") != keyed_job_id(Caller("", '","'), "")


CHANGES: dict[str, NewJob] = {
    "content": request([ONE], b"# Bob"),
    "features": request([OTHER]),
    "order": request([]),
    "choice": request(None),
    "template": replace(request([ONE]), template=find_template("tech-innovation")),
    "paper": replace(request([ONE]), paper="letter"),
    "priority": replace(request([ONE]), priority=Priority.HIGH),
    "name": replace(request([ONE]), file_name="other.md"),
    "role": replace(request([ONE]), role="Librarian"),
    "url": replace(request([ONE]), url="https://ann.example"),
    "description": replace(request([ONE]), job_description=described("We seek a librarian.")),
}


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES)
def test_a_key_with_anything_changed_is_refused(changed: NewJob) -> None:
    job = new_job("id", OWNER, request([ONE]), job_plan(job10(), [ONE]), START, "create")
    check_repeat(job, request([ONE]))
    assert fingerprint(changed) != fingerprint(request([ONE]))
    with pytest.raises(WorkflowError) as caught:
        check_repeat(job, changed)
    assert (caught.value.code, caught.value.reason) == (Code.ALREADY_EXISTS, "key-reused")


def test_what_a_job_is_for_is_part_of_its_definition() -> None:
    """J1"""
    new = replace(
        request([ONE]),
        role="Librarian",
        url="https://ann.example",
        job_description=described("We seek a librarian."),
    )
    definition = new_job("id", OWNER, new, job_plan(job10(), [ONE]), START, "c").run.definition
    assert definition.role == "Librarian"
    assert definition.url == "https://ann.example"
    assert definition.job_description == new.job_description


def test_a_job_made_before_there_were_roles_still_loads_and_answers_to_its_key() -> None:
    job = new_job("id", OWNER, request([ONE]), job_plan(job10(), [ONE]), START, "create")
    stored = msgspec.json.encode(job)
    for later in (b'"role"', b'"url"', b'"jobDescription"'):
        assert later not in stored
    assert msgspec.json.decode(stored, type=Job) == job
    before = "92680794"
    assert fingerprint(request([ONE])).startswith(before)


ADDRESSES = (
    "https://example.org",
    "HTTP://example.org:8080/~ann/cv?lang=en#top",
    "https://medium.example/@ann",
    "https://bücher.example/straße",
    "https://[2001:db8::1]/cv",
    "http://localhost:5000/cv",
)

NO_ADDRESSES = (
    "example.org",
    "ftp://example.org",
    "javascript:alert(1)",
    "https://",
    "https:///cv",
    "https://exa mple.org",
    "https://example.org/a b",
    "https://example.org/\ncv",
    "https://example.org/\u202ecv",
    "https://example.org/<script>",
    "https://ann@example.org",
    "https://ann:secret@example.org/cv",
    "https://example.org:port",
    "   ",
    "https://example.org/" + "a" * MAX_URL_LENGTH,
    "https://example.org/\ud800",
)


@pytest.mark.parametrize("url", ADDRESSES)
def test_a_public_address_is_taken_as_given(url: str) -> None:
    assert checked_url(f" {url}\n") == url


@pytest.mark.parametrize("url", NO_ADDRESSES, ids=ascii)
def test_what_is_no_public_web_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(WorkflowError, match=r"^publicUrl: ") as caught:
        checked_url(url)
    assert caught.value.details["field"] == "publicUrl"
    assert "example" not in caught.value.message


@pytest.mark.parametrize("role", [" ", "--", "Web\nDeveloper", "a" * 201, "caf\udce9"], ids=ascii)
def test_what_is_no_title_of_a_post_is_refused(role: str) -> None:
    with pytest.raises(WorkflowError, match=r"^targetRole: "):
        checked_role(role)


def test_a_role_is_taken_without_the_blanks_around_it() -> None:
    assert (checked_role("  Ingénieur·e d’études \n"), checked_role("")) == (
        "Ingénieur·e d’études",
        "",
    )


def test_a_job_description_of_the_largest_size_is_taken_and_a_longer_or_empty_one_is_not() -> None:
    largest = "é" * (MAX_DESCRIPTION_BYTES // 2)
    kept = described(largest)
    assert kept is not None
    assert kept.size == MAX_DESCRIPTION_BYTES
    assert described("") is None
    for text in (largest + "x", " \n-", "\ud800"):
        with pytest.raises(WorkflowError, match=r"^jobDescription: "):
            described(text)


def test_an_empty_document_and_one_over_the_limit_are_refused() -> None:
    check_source(bytes(MAX_SOURCE_BYTES))
    for content in (b"", bytes(MAX_SOURCE_BYTES + 1)):
        with pytest.raises(WorkflowError, match=r"^content: ") as caught:
            check_source(content)
        assert caught.value.code == Code.INVALID_ARGUMENT


@pytest.mark.parametrize(
    ("caller", "sees"),
    [
        (OWNER, True),
        (Caller("ann", "other"), False),
        (Caller("bob", "acme"), False),
        (Caller("bob", "acme", frozenset({"operator"})), True),
        (Caller("bob", "acme", frozenset({"service"})), True),
        (Caller("bob", "other", frozenset({"operator", "service"})), False),
    ],
)
def test_a_job_is_seen_by_its_owner_and_the_trusted_of_its_tenant(
    caller: Caller, sees: bool
) -> None:
    job = JobScene().job
    if sees:
        assert visible_job(job, caller, job.id) is job
        return
    with pytest.raises(WorkflowError) as hidden:
        visible_job(job, caller, job.id)
    with pytest.raises(WorkflowError) as absent:
        visible_job(None, caller, job.id)
    assert hidden.value.code == Code.NOT_FOUND
    assert str(hidden.value) == str(absent.value)


def undecided() -> JobScene:
    return JobScene(job10(), features=None)


def at_choice() -> JobScene:
    scene = undecided()
    scene.settle(success(scene.claim()[0]))
    return scene


def choose(scene: JobScene, *features: str) -> None:
    def alter(job: Job, now: object, command: str) -> Sequence[object] | None:
        chosen = choose_features(job, features, scene.catalogue, scene.now, command)
        return () if chosen else None

    scene.alter(alter)  # type: ignore[arg-type]


def test_a_job_without_a_choice_stops_at_analyzed_and_says_so() -> None:
    scene = at_choice()
    assert scene.job.status == JobStatus.ANALYZED
    assert scene.states()["choice"] == StepState.WAITING
    assert scene.job.run.effects[-1].key == "job1/1/job/analyzed"
    assert scene.step("choice").until == scene.now + timedelta(days=7)


def test_a_choice_made_while_the_job_waits_lets_it_go_on() -> None:
    scene = at_choice()
    choose(scene, ONE, OTHER)
    assert scene.states()["choice"] == StepState.COMPLETED
    assert set(scene.job.enhanced_features) == {ONE, OTHER}
    scene.work()
    assert scene.job.status == JobStatus.COMPLETED
    assert scene.states()[ONE] == StepState.COMPLETED


def test_a_choice_made_early_is_not_waited_for() -> None:
    scene = undecided()
    choose(scene, ONE)
    assert scene.states()["choice"] == StepState.SKIPPED
    scene.work()
    assert scene.job.status == JobStatus.COMPLETED
    assert "analyzed" not in {entry.event.removeprefix("job:") for entry in scene.job.run.history}


def test_a_late_choice_keeps_the_versions_that_the_job_was_planned_with() -> None:
    """J7. A deployment between the job's making and the choice changes nothing of it."""
    scene = at_choice()
    scene.catalogue = {
        name: replace(spec, version=spec.version + 1) for name, spec in scene.catalogue.items()
    }
    choose(scene, ONE)
    versions = {name: spec.version for name, spec in scene.job.run.definition.specs.items()}
    assert versions == {"parse": 1, "choice": 1, ONE: 2, "assemble": 1, "quality": 1}
    assert scene.job.run.definition.specs["assemble"].after == (ONE,)


def test_the_same_choice_twice_is_one() -> None:
    scene = at_choice()
    choose(scene, ONE)
    before = scene.job
    choose(scene, ONE)
    assert scene.job == before


def test_a_choice_can_be_changed_until_the_cv_is_assembled() -> None:
    scene = at_choice()
    choose(scene, ONE)
    (one,) = scene.claim()
    choose(scene, OTHER)
    assert scene.states()[ONE] == StepState.SKIPPED
    assert scene.settle(success(one)) == []
    scene.work()
    assert scene.job.status == JobStatus.COMPLETED
    assert (scene.states()[OTHER], scene.step(ONE).output) == (StepState.COMPLETED, None)
    assert scene.job.selected_features == [OTHER]


def test_a_choice_that_comes_when_the_cv_is_being_assembled_is_refused() -> None:
    scene = at_choice()
    scene.clock.advance(CHOICE.wait_s + 1)
    scene.sweep()
    assert scene.states()["assemble"] == StepState.QUEUED
    with pytest.raises(WorkflowError, match="cannot be chosen any more"):
        choose(scene, ONE)


def test_a_job_that_nobody_chose_for_goes_on_without_after_a_week() -> None:
    scene = at_choice()
    scene.clock.advance(CHOICE.wait_s - 1)
    scene.sweep()
    assert scene.states()["choice"] == StepState.WAITING
    scene.clock.advance(1)
    scene.sweep()
    scene.work()
    assert scene.job.status == JobStatus.COMPLETED
    assert scene.job.selected_features == []


def test_a_choice_that_cannot_run_is_refused_and_the_job_still_waits() -> None:
    scene = at_choice()
    scene.catalogue |= catalogue(feature(ONE, needs=(OTHER,)))
    with pytest.raises(WorkflowError, match="which is not chosen"):
        choose(scene, ONE)
    assert scene.states()["choice"] == StepState.WAITING


def test_choosing_never_takes_progress_back() -> None:
    scene = at_choice()
    before = scene.job.progress
    choose(scene, *FEATURES)
    assert scene.job.progress >= before > 0


def test_a_job_cancelled_while_it_waited_can_be_run_again_and_waits_again() -> None:
    scene = at_choice()
    scene.cancel()
    scene.reopen()
    assert scene.job.status == JobStatus.ANALYZED
    assert scene.states()["choice"] == StepState.WAITING


@pytest.mark.parametrize("early", [True, False])
def test_a_choice_once_made_is_kept_by_later_runs_with_its_attempts(early: bool) -> None:
    """Asking again would plan the features anew and count their attempts, the fence, from 0."""
    scene = undecided() if early else at_choice()
    choose(scene, ONE)
    while scene.states()[ONE] != StepState.RUNNING:
        running = scene.claim()
        while running and running[0].step == "parse":
            running = scene.settle(*map(success, running))
    scene.cancel()
    scene.reopen()
    assert scene.job.status == JobStatus.GENERATING
    assert (scene.states()[ONE], scene.step(ONE).attempt) == (StepState.QUEUED, 1)


def test_a_feature_that_was_dropped_is_not_run_by_a_later_run() -> None:
    scene = at_choice()
    choose(scene, ONE, OTHER)
    choose(scene, OTHER)
    scene.cancel()
    scene.reopen()
    assert (scene.states()[ONE], scene.states()[OTHER]) == (StepState.SKIPPED, StepState.QUEUED)
    scene.work()
    assert scene.job.status == JobStatus.COMPLETED
    assert scene.step(ONE).attempt == 0


def test_a_dropped_feature_that_had_completed_is_stale_once_what_it_needs_runs_again() -> None:
    slow = feature(OTHER, step_class=StepClass.HEAVY)
    scene = JobScene(catalogue(feature(ONE), slow), features=[ONE, OTHER])
    (one,) = scene.settle(success(scene.claim()[0]))
    scene.settle(success(one))
    choose(scene, OTHER)
    scene.work()
    assert scene.states()[ONE] == StepState.COMPLETED
    scene.alter(quiet(lambda job, now, command: reopen(job, now, command, "parse")))
    assert (scene.states()[ONE], scene.step(ONE).output) == (StepState.SKIPPED, None)


def skip(scene: JobScene, name: str) -> None:
    scene.alter(lambda job, now, command: () if skip_feature(job, name, now, command) else None)


def test_a_skipped_feature_cannot_commit_its_running_attempt() -> None:
    """F2: the button is shown while a feature is processing."""
    scene = JobScene(catalogue(feature(ONE), feature(OTHER)))
    running = scene.settle(success(scene.claim()[0]))
    skip(scene, ONE)
    scene.settle(*map(success, running))
    assert (scene.states()[ONE], scene.states()[OTHER]) == ("skipped", "completed")
    assert scene.job.enhanced_features[ONE].status == "skipped"


def test_skipping_twice_is_once_and_what_ended_otherwise_is_not_skipped() -> None:
    scene = JobScene(catalogue(feature(ONE), feature(OTHER)))
    one, _ = scene.settle(success(scene.claim()[0]))
    skip(scene, OTHER)
    before = scene.job
    skip(scene, OTHER)
    assert scene.job == before
    scene.settle(success(one))
    with pytest.raises(WorkflowError, match="is completed and cannot become skipped"):
        skip(scene, ONE)
    with pytest.raises(WorkflowError, match="no feature parse"):
        skip(scene, "parse")
