"""What the registry says of the built-in steps is within what their classes allow."""

import pytest

from cvplus_workflow.domain.queue import StepClass
from cvplus_workflow.steps.registry import BUILT_IN, latest

LONGEST_LIGHT_S = 0.02
SPECS = latest(BUILT_IN)


@pytest.mark.parametrize("name", SPECS)
def test_what_runs_beside_the_store_takes_under_20_ms(name: str) -> None:
    """One thread that computes beside the store slows every commit down."""
    spec = SPECS[name]
    if spec.step_class is StepClass.LIGHT:
        assert spec.estimate_s <= LONGEST_LIGHT_S
        assert not spec.isolated
    else:
        assert spec.isolated
