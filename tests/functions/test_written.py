"""What the store writes has the form that Firestore's own client gives it."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from google.cloud.firestore_v1._helpers import pbs_for_set_no_merge
from google.cloud.firestore_v1.types import Write

from cvplus_workflow.domain.documents import Job, job_ref
from cvplus_workflow.firebase.documents import LONGEST_NAME, decoded, encoded, written
from tests.workloads import JobScene

NAME = "projects/demo/databases/(default)/documents/jobs/one"

FIELDS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "scalars": {"yes": True, "one": 1, "half": 0.5, "text": "Zoë", "raw": b"\x00", "none": None},
    "limits": {"low": -(2**63), "high": 2**63 - 1, "empty": "", "no": False, "zero": 0},
    "empty kinds": {"map": {}, "list": [], "tuple": ()},
    "time": {"at": datetime(2026, 1, 5, 9, 0, 0, 123_456, tzinfo=UTC)},
    "nested": {"a": {"b": [{"c": [1, "two", None]}, {}]}, "odd.name": {"`": 1, " ": 2}},
    "a job": encoded(job_ref("job1"), JobScene().job),
}


@pytest.mark.parametrize("kind", FIELDS)
def test_a_document_is_written_as_the_client_itself_would(kind: str) -> None:
    """J1"""
    (expected,) = pbs_for_set_no_merge(NAME, FIELDS[kind])
    assert Write.pb(written(NAME, FIELDS[kind])) == Write.pb(expected)


@pytest.mark.parametrize("heading", ["__init__", "", "x" * (LONGEST_NAME + 1), "ü" * LONGEST_NAME])
def test_a_heading_that_no_map_may_have_keeps_no_job_from_being_stored(heading: str) -> None:
    """J1: Firestore refuses such names, which a CV may have for a group of skills."""
    job = JobScene().job
    job.parsed_data = msgspec.Raw(msgspec.json.encode({"skills": {heading: ["Python"]}}))
    fields = encoded(job_ref("job1"), job)
    assert isinstance(fields["parsedData"], bytes)
    assert decoded(Job, fields).parsed_data == job.parsed_data


def test_a_parsed_cv_is_a_map_for_the_web_app() -> None:
    """J4"""
    job = JobScene().job
    job.parsed_data = msgspec.Raw(b'{"skills":{"a_b__":["Python"]}}')
    assert encoded(job_ref("job1"), job)["parsedData"] == {"skills": {"a_b__": ["Python"]}}
