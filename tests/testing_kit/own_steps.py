"""A user's own step, and registries with it in all the shapes that the tests need."""

from collections.abc import Callable
from typing import Any

from cvplus_workflow.domain.features import StepSpec
from cvplus_workflow.steps.contract import Model, Produced, Step, StepInput
from cvplus_workflow.steps.inputs import AfterParse
from cvplus_workflow.steps.registry import BUILT_IN, Registry

FEATURE, OTHER = "personality-insights", "availability-calendar"


class Given(StepInput):
    outputs: AfterParse


class Counted(Model):
    words: int


def spec(step: str = FEATURE, **settings: Any) -> StepSpec:
    usual: dict[str, Any] = {"version": 1, "label": step, "feature": True, "needs": ("parse",)}
    return StepSpec(id=step, **{**usual, **settings})


def count_words(given: Given) -> Produced:
    return Produced(Counted(words=len(given.outputs.parse.cv.summary.split())))


def only(run: Callable[[Given], Any] = count_words, **settings: Any) -> Registry:
    """The registry of an installation whose own step has this body."""
    own = spec(**settings)
    return {**BUILT_IN, (own.id, own.version): Step(own, Given, Counted, run)}


def planned(*specs: StepSpec) -> Registry:
    """The registry of an installation whose own steps have these specs."""
    own = {(each.id, each.version): Step(each, Given, Counted, count_words) for each in specs}
    return {**BUILT_IN, **own}
