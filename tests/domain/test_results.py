"""The result document: what was found, made and refused (J9)."""

from typing import Literal

import msgspec
from msgspec import Raw

from cvplus_workflow.domain.choices import skip_feature
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.features import PRIVACY_MODE
from cvplus_workflow.domain.results import SCHEMA_VERSION, job_result
from cvplus_workflow.domain.states import StepState
from cvplus_workflow.errors import Code
from tests.workloads import FEATURES, JobScene, catalogue, failure, feature, quiet, success

ONE, OTHER = FEATURES[:2]
PARSED = Raw(b'{"cv":{"summary":"x"},"format":"markdown","unplaced":[{"text":"y"}]}')


def finished() -> JobScene:
    scene = JobScene(catalogue(feature(ONE), feature(OTHER)))
    one, other = scene.settle(success(scene.claim()[0]))
    scene.settle(success(one), failure(other, Code.FAILED_PRECONDITION, "no-languages"))
    scene.work()
    return scene


def test_a_result_has_the_cv_and_what_was_not_understood_as_they_were_parsed() -> None:
    result = job_result(finished().job, {"parse": PARSED})
    assert (result.schema_version, result.job_id, result.run) == (SCHEMA_VERSION, "job1", 1)
    assert bytes(result.cv or b"") == b'{"summary":"x"}'
    assert bytes(result.unplaced) == b'[{"text":"y"}]'
    assert result.format == "markdown"


def test_a_feature_tells_its_data_or_why_it_has_none() -> None:
    bodies = {ONE: Raw(b'{"fragment":"<p>big</p>","bars":[1,2]}')}
    one, other = job_result(finished().job, bodies).features
    assert (one.id, one.state, one.reason) == (ONE, StepState.COMPLETED, "")
    encoded = msgspec.json.decode(msgspec.json.encode(one))
    assert encoded["data"] == {"bars": [1, 2]}
    assert (other.state, other.reason) == (StepState.REFUSED, "no-languages")
    assert "data" not in msgspec.json.decode(msgspec.json.encode(other))


MASKED = Raw(b'{"fragment":"","cv":{"summary":"-"},"unplaced":[{"text":"-"}],"hasPII":true}')


def masking(end: Literal["completed", "failed", "skipped"]) -> Job:
    scene = JobScene(catalogue(feature(PRIVACY_MODE)))
    (attempt,) = scene.settle(success(scene.claim()[0]))
    if end == "completed":
        scene.settle(success(attempt))
    elif end == "failed":
        scene.settle(failure(attempt, Code.FAILED_PRECONDITION, "no-text"))
    else:
        scene.alter(quiet(lambda job, now, command: skip_feature(job, PRIVACY_MODE, now, command)))
    return scene.job


def test_after_privacy_mode_the_result_has_the_masked_copies_alone() -> None:
    result = job_result(masking("completed"), {"parse": PARSED, PRIVACY_MODE: MASKED})
    assert bytes(result.cv or b"") == b'{"summary":"-"}'
    assert bytes(result.unplaced) == b'[{"text":"-"}]'
    assert result.format == "markdown"
    (privacy,) = result.features
    assert msgspec.json.decode(msgspec.json.encode(privacy))["data"] == {"hasPII": True}


def test_a_failed_privacy_mode_leaves_nothing_to_show_and_a_skipped_one_all() -> None:
    failed = job_result(masking("failed"), {"parse": PARSED})
    assert (failed.cv, bytes(failed.unplaced)) == (None, b"[]")
    assert bytes(job_result(masking("skipped"), {"parse": PARSED}).cv or b"") == b'{"summary":"x"}'


def test_a_job_without_any_output_has_a_result_that_says_so() -> None:
    result = job_result(JobScene().job, {})
    assert (result.cv, result.quality, result.files) == (None, None, {})
    assert bytes(result.unplaced) == b"[]"
