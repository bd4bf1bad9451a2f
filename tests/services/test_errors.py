"""The one error type, and answers in whose place it may stand."""

import gc

from cvplus_workflow.errors import Code, WorkflowError, unwrapped
from cvplus_workflow.testing.quiet import undisturbed


def _caught() -> str:
    try:
        unwrapped(WorkflowError(Code.ABORTED, "not now"))
    except WorkflowError as met:
        return met.reason
    return ""


def test_an_answer_is_answered_and_an_error_in_its_place_is_raised() -> None:
    assert unwrapped("an answer") == "an answer"
    assert _caught() == "aborted"


def test_an_error_that_is_unwrapped_keeps_nothing_alive_that_its_caller_read() -> None:
    with undisturbed():
        gc.collect()
        _caught()
        assert gc.collect() == 0
