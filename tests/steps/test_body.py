"""Running a body: whatever it does wrong is an error of its step, never of its worker."""

from typing import Any

import pytest

from cvplus_workflow.domain.features import StepSpec
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.ports import StepCall
from cvplus_workflow.steps.body import run_body
from cvplus_workflow.steps.contract import Model, Produced, ProducedFile, Step, StepInput


class Words(Model):
    words: int = 0


class Other(Model):
    words: int = 0


GIVEN = b'{"job": {"template": "modern"}, "outputs": {}}'
PRODUCTS: list[Any] = [None, Words(), Produced(Words(), {"a": b"x"})]  # type: ignore[dict-item]


@pytest.mark.parametrize("product", PRODUCTS, ids=["none", "output", "bytes"])
def test_a_body_that_returns_no_product_fails_its_step_alone(product: object) -> None:
    """J1: an error of another type would end the worker, and the next one after it."""
    spec = StepSpec("personality-insights", 1, "Insights")
    step = Step(spec, StepInput, Words, lambda _given: product)  # type: ignore[arg-type, return-value]
    with pytest.raises(WorkflowError) as raised:
        run_body(step, StepCall(spec.id, 1, GIVEN, {}, 10))
    assert (raised.value.code, raised.value.reason) == (Code.INTERNAL, "step-crashed")


def test_an_output_of_another_model_is_refused() -> None:
    spec = StepSpec("personality-insights", 1, "Insights")
    step = Step(spec, StepInput, Words, lambda _given: Produced(Other()))
    with pytest.raises(WorkflowError, match="another model") as raised:
        run_body(step, StepCall(spec.id, 1, GIVEN, {}, 10))
    assert raised.value.reason == "invalid-output"


def test_a_product_is_the_reply() -> None:
    step = Step(
        StepSpec("personality-insights", 1, "Insights"),
        StepInput,
        Words,
        lambda _given: Produced(Words(words=3), {"a.txt": ProducedFile("text/plain", b"x")}),
    )
    reply = run_body(step, StepCall("personality-insights", 1, GIVEN, {}, 10))
    assert (reply.body, reply.files) == (b'{"words":3}', {"a.txt": ("text/plain", b"x")})
