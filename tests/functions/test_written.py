"""What the store writes has the form that Firestore's own client gives it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from google.cloud.firestore_v1._helpers import pbs_for_set_no_merge
from google.cloud.firestore_v1.types import Write

from cvplus_workflow.domain.documents import job_ref
from cvplus_workflow.firebase.documents import encoded, written
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
