"""The job document as the web app listens to it, and what spills from it (J4, F5)."""

import itertools

import msgspec
import pytest
from msgspec import UNSET, Raw

from cvplus_workflow.domain.attempts import Success
from cvplus_workflow.domain.documents import (
    HISTORY_KEPT,
    PARSED_LIMIT,
    SPILL,
    Output,
    history_ref,
    output_ref,
    spilled_output,
)
from cvplus_workflow.domain.states import JobStatus, StepState
from cvplus_workflow.errors import Code
from tests.workloads import FEATURES, JobScene, catalogue, failure, feature, success

ONE, OTHER, THIRD = FEATURES[:3]


def test_progress_never_goes_back_within_a_run_and_ends_at_a_hundred() -> None:
    scene = JobScene()
    seen = [scene.job.progress]
    claimed = scene.claim()
    while claimed:
        first, *rest = claimed
        claimed = [*rest, *scene.settle(success(first))]
        seen.append(scene.job.progress)
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0, 100)
    assert scene.job.status == JobStatus.COMPLETED


def test_the_update_time_strictly_increases_though_the_clock_stands_or_goes_back() -> None:
    """The web app drops a snapshot whose `updatedAt` it has seen."""
    scene = JobScene()
    times = [scene.job.updated_at]
    for turn in range(6):
        scene.clock.advance(-3 if turn % 2 else 0)
        scene.pause()
        times.append(scene.job.updated_at)
        scene.resume()
        times.append(scene.job.updated_at)
    assert all(before < after for before, after in itertools.pairwise(times))


def test_effects_are_keyed_without_the_attempt() -> None:
    scene = JobScene()
    for _ in range(3):
        scene.claim(scene.step("parse").task)
    scene.settle(failure(scene.claim(scene.step("parse").task)[0]))
    scene.work()
    assert scene.step("parse").attempt > 1
    assert [effect.key for effect in scene.job.run.effects] == [
        "job1/1/job/recovered",
        "job1/1/assemble/deliver",
        "job1/1/job/completed",
    ]


def test_history_over_its_limit_spills_and_nothing_of_it_is_lost() -> None:
    scene = JobScene()
    number = 0
    while scene.job.run.spilled < 2:
        scene.pause()
        scene.resume()
        number += 2
    job = scene.job
    spilled = [scene.ledger.get(history_ref("job1", n)) for n in (1, 2)]
    entries = [entry for document in spilled if document for entry in document.entries]
    assert len(entries) == 2 * SPILL
    assert len(job.run.history) <= HISTORY_KEPT
    moves = [entry.event for entry in (*entries, *job.run.history)]
    assert moves == ["queued", *["job:paused", "job:pending"] * (number // 2)]
    assert spilled[0] is not None
    assert spilled[0].tenant == job.tenant


def test_the_parsed_cv_is_mirrored_as_it_is() -> None:
    scene = JobScene()
    (parse,) = scene.claim()
    body = Raw(b'{"text":"done","cv":{"summary":"Builds bridges."}}')
    scene.settle(Success(parse, Output("hash", body), body))
    document = msgspec.json.decode(scene.ledger.documents["jobs/job1"])
    assert document["parsedData"] == {"summary": "Builds bridges."}


def test_a_parsed_cv_too_long_for_the_document_is_not_mirrored() -> None:
    scene = JobScene()
    (parse,) = scene.claim()
    body = Raw(msgspec.json.encode({"cv": {"summary": "x" * PARSED_LIMIT}}))
    scene.settle(Success(parse, Output("hash", spilled=True), body))
    assert scene.job.parsed_data is UNSET
    document = scene.ledger.get(output_ref("job1", "hash"))
    assert document is not None
    assert bytes(document.body) == bytes(body)


def test_only_an_output_marked_so_is_a_document_of_its_own() -> None:
    job, body = JobScene().job, Raw(b"{}")
    assert spilled_output(job, Output("hash", inline=body), body) == []
    (write,) = spilled_output(job, Output("hash", spilled=True), body)
    assert write.ref == output_ref(job.id, "hash")


def test_a_feature_goes_through_the_web_apps_words_with_its_times() -> None:
    scene = JobScene(catalogue(feature(ONE)))
    assert scene.job.enhanced_features[ONE].status == "pending"
    (one,) = scene.settle(success(scene.claim()[0]))
    running = scene.job.enhanced_features[ONE]
    assert (running.status, running.progress) == ("processing", 0)
    assert running.started_at == scene.now
    scene.clock.advance(5)
    scene.settle(success(one))
    done = scene.job.enhanced_features[ONE]
    assert (done.status, done.progress, done.completed_at) == ("completed", 100, scene.now)
    assert done.last_status_update == scene.now


@pytest.mark.parametrize(
    ("code", "status", "progress"),
    [(Code.FAILED_PRECONDITION, "skipped", 100), (Code.DATA_LOSS, "failed", 0)],
)
def test_a_feature_without_a_result_says_why(code: Code, status: str, progress: int) -> None:
    scene = JobScene(catalogue(feature(ONE)))
    (one,) = scene.settle(success(scene.claim()[0]))
    scene.settle(failure(one, code, "no-languages"))
    view = scene.job.enhanced_features[ONE]
    assert (view.status, view.progress) == (status, progress)
    assert view.error == view.current_step == "It was no-languages."


def test_a_failed_feature_says_whether_another_run_may_make_it() -> None:
    """F4: pages offer to try again what was away; not what is broken or cannot be made."""
    scene = JobScene(catalogue(*(feature(name, max_attempts=2) for name in FEATURES[:3])))
    first = {each.step: each for each in scene.settle(success(scene.claim()[0]))}
    scene.settle(
        failure(first[ONE], Code.UNAVAILABLE),
        failure(first[OTHER], Code.DATA_LOSS),
        failure(first[THIRD], Code.FAILED_PRECONDITION),
    )
    views = scene.job.enhanced_features
    statuses = [views[name].status for name in (ONE, OTHER, THIRD)]
    assert statuses == ["retrying", "failed", "skipped"]
    assert not any(view.is_retryable for view in views.values())
    scene.clock.advance(300)
    (again,) = scene.claim()
    scene.settle(failure(again, Code.UNAVAILABLE))
    document = msgspec.json.decode(scene.ledger.documents["jobs/job1"])
    features = document["enhancedFeatures"]
    assert {name for name, view in features.items() if view.get("isRetryable")} == {ONE}
    assert features[ONE]["status"] == "failed"
    scene.cancel()
    scene.reopen()
    assert not scene.job.enhanced_features[ONE].is_retryable


def test_the_document_has_the_fields_that_the_web_app_reads_and_the_rest_under_run() -> None:
    scene = JobScene(catalogue(feature(ONE), feature(OTHER)))
    scene.claim()
    document = msgspec.json.decode(scene.ledger.documents["jobs/job1"])
    for name in ("userId", "status", "progress", "createdAt", "updatedAt", "enhancedFeatures"):
        assert name in document
    assert set(document["enhancedFeatures"]) == {ONE, OTHER}
    assert set(document) <= {
        *("id", "tenant", "userId", "status", "progress", "createdAt", "updatedAt", "priority"),
        *("fileName", "mimeType", "currentStep", "selectedTemplate", "selectedFeatures"),
        *("enhancedFeatures", "startedAt", "completedAt", "generationStartedAt"),
        *("parsedData", "generatedCV", "error", "errorType", "run"),
    }


def test_history_holds_ids_codes_and_numbers_and_no_text() -> None:
    scene = JobScene(catalogue(feature(ONE)))
    (one,) = scene.settle(success(scene.claim()[0], "the secret of the CV"))
    scene.settle(failure(one, Code.DATA_LOSS, "gone"))
    history = msgspec.json.encode(scene.job.run.history)
    assert b"secret" not in history
    assert b"It was gone" not in history


def test_what_runs_is_named_as_the_current_step() -> None:
    scene = JobScene()
    scene.claim()
    assert scene.job.current_step == "Doing parse"
    scene.work()
    scene.cancel()
    assert scene.states()["parse"] == StepState.CANCELLED
    assert scene.job.current_step == ""
