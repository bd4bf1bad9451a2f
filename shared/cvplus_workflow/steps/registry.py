"""The one registry of steps: id and version to step.

A version stays here for as long as a job may pin it.
"""

from collections.abc import Iterable, Mapping
from types import ModuleType

from ..domain.features import StepSpec
from ..errors import Code, WorkflowError
from . import (
    achievements_showcase,
    assemble,
    ats_optimization,
    calendar_integration,
    certification_badges,
    contact_form,
    embed_qr_code,
    interactive_timeline,
    keyword_enhancement,
    language_proficiency,
    parse,
    portfolio_gallery,
    privacy_mode,
    quality,
    skills_visualization,
    social_media_links,
    testimonials_carousel,
)
from .contract import Step

Registry = Mapping[tuple[str, int], Step]


def registry(modules: Iterable[ModuleType]) -> Registry:
    """The steps that `modules` define."""
    steps = [Step(m.SPEC, m.Input, m.Output, m.run) for m in modules]
    return {(step.spec.id, step.spec.version): step for step in steps}


BUILT_IN = registry(
    (
        parse,
        privacy_mode,
        ats_optimization,
        keyword_enhancement,
        achievements_showcase,
        language_proficiency,
        social_media_links,
        embed_qr_code,
        certification_badges,
        testimonials_carousel,
        skills_visualization,
        interactive_timeline,
        portfolio_gallery,
        calendar_integration,
        contact_form,
        assemble,
        quality,
    )
)


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
