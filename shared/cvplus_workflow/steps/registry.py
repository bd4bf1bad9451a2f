"""The one registry of steps: id and version to step.

A version stays here for as long as a job may pin it.
"""

from collections.abc import Iterable, Mapping
from types import ModuleType

from ..domain.features import StepSpec
from ..errors import Code, WorkflowError
from . import assemble, interactive_timeline, parse, quality, skills_visualization
from .contract import Step

Registry = Mapping[tuple[str, int], Step]


def registry(modules: Iterable[ModuleType]) -> Registry:
    """The steps that `modules` define."""
    steps = [Step(m.SPEC, m.Input, m.Output, m.run) for m in modules]
    return {(step.spec.id, step.spec.version): step for step in steps}


BUILT_IN = registry((parse, skills_visualization, interactive_timeline, assemble, quality))


def latest(steps: Registry) -> dict[str, StepSpec]:
    """The newest spec of each step, by id: what new jobs are planned with."""
    return {
        step.spec.id: step.spec for _, step in sorted(steps.items(), key=lambda item: item[0][1])
    }


def find_step(steps: Registry, step: str, version: int) -> Step:
    """The step that a job pinned; raises unimplemented if this installation lacks it."""
    found = steps.get((step, version))
    if found is None:
        raise WorkflowError(
            Code.UNIMPLEMENTED,
            f"Step {step} version {version} is not part of this installation.",
            reason="step-missing",
        )
    return found
