"""Synthetic steps beside the built-in ones: the same ids, a version of their own."""

import random
from collections.abc import Callable

from msgspec.structs import replace
from tests.workloads import Text, job10

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps.contract import Produced, Step, StepInput
from cvplus_workflow.steps.registry import Registry

VERSION = 1_001
"""Above every built-in version, so that both kinds can be planned and run in one folder."""

FLAKY = "contact-form"
FLAKY_SHARE = 0.1
"""How often the flaky step fails; the protocol tries it again."""


def synthetic_steps() -> Registry:
    """The steps of `job10`, each 1 kB, one of them flaky."""
    return {
        (name, VERSION): Step(replace(spec, version=VERSION), StepInput, Text, _body(name))
        for name, spec in job10().items()
    }


def _body(name: str) -> Callable[[StepInput], Produced]:
    def run(_given: StepInput) -> Produced:
        if name == FLAKY and random.random() < FLAKY_SHARE:
            raise WorkflowError(Code.UNAVAILABLE, "Away for once.", reason="flaky")
        cv = {"summary": "Synthetic."} if name == "parse" else None
        return Produced(Text(text="x" * 1_000, cv=cv), {})

    return run
