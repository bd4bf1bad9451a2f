"""The one registry of steps: what the plan knows of each, and where its body is.

A version stays here for as long as a job may pin it. Planning a job reads the specs
alone; a step's module is loaded when it is checked or run.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from importlib import import_module
from types import ModuleType

from ..domain.features import JOB_DESCRIPTION, StepSpec
from ..domain.queue import StepClass
from ..errors import Code, WorkflowError
from .contract import Model, Produced, Step, StepInput

Registry = Mapping[tuple[str, int], Step]


class BuiltInStep(Step):
    """A step of this package: its module is loaded when its models or its body are used.

    The module has the step's id for its name, with underscores.
    """

    def __init__(self, spec: StepSpec) -> None:
        object.__setattr__(self, "spec", spec)

    @cached_property
    def _module(self) -> ModuleType:
        return import_module(f".{self.spec.id.replace('-', '_')}", __package__)

    @property
    def input_model(self) -> type[StepInput]:
        """What the body is given."""
        model: type[StepInput] = self._module.Input
        return model

    @property
    def output_model(self) -> type[Model]:
        """What the body's output has to be."""
        model: type[Model] = self._module.Output
        return model

    @property
    def run(self) -> Callable[..., Produced]:
        """The body."""
        body: Callable[..., Produced] = self._module.run
        return body


def registry(specs: Iterable[StepSpec]) -> Registry:
    """The built-in steps that `specs` describe."""
    return {(spec.id, spec.version): BuiltInStep(spec) for spec in specs}


_SPECS = (
    StepSpec(
        id="parse",
        version=1,
        label="Reading the CV",
        step_class=StepClass.STANDARD,
        isolated=True,
        reads=("source",),
        timeout_s=120,
        estimate_s=0.3,
    ),
    StepSpec(
        id="privacy-mode",
        version=1,
        label="Masking personal details",
        step_class=StepClass.STANDARD,
        isolated=True,
        feature=True,
        needs=("parse",),
        timeout_s=30,
        estimate_s=0.1,
    ),
    StepSpec(
        id="ats-optimization",
        version=1,
        label="Scoring for applicant tracking",
        feature=True,
        needs=("parse",),
        after=("privacy-mode",),
        reads=(JOB_DESCRIPTION,),
        timeout_s=20,
        estimate_s=0.1,
    ),
    StepSpec(
        id="keyword-enhancement",
        version=1,
        label="Comparing with the vacancy",
        feature=True,
        needs=("parse",),
        after=("privacy-mode",),
        reads=(JOB_DESCRIPTION,),
        timeout_s=20,
        estimate_s=0.1,
    ),
    StepSpec(
        id="achievements-showcase",
        version=1,
        label="Gathering the achievements",
        feature=True,
        needs=("parse",),
        after=("privacy-mode",),
        timeout_s=10,
        estimate_s=0.02,
    ),
    StepSpec(
        id="language-proficiency",
        version=1,
        label="Charting the languages",
        feature=True,
        needs=("parse",),
        after=("privacy-mode", "skills-visualization"),
        timeout_s=10,
        estimate_s=0.05,
    ),
    StepSpec(
        id="social-media-links",
        version=1,
        label="Putting the links in order",
        feature=True,
        needs=("parse",),
        after=("privacy-mode",),
        timeout_s=10,
        estimate_s=0.01,
    ),
    StepSpec(
        id="embed-qr-code",
        version=1,
        label="Drawing the QR code",
        feature=True,
        needs=("parse",),
        after=("privacy-mode",),
        timeout_s=10,
        estimate_s=0.02,
    ),
    StepSpec(
        id="certification-badges",
        version=1,
        label="Making the certificate cards",
        feature=True,
        needs=("parse",),
        after=("privacy-mode",),
        timeout_s=10,
        estimate_s=0.01,
    ),
    StepSpec(
        id="testimonials-carousel",
        version=1,
        label="Showing testimonials",
        feature=True,
        needs=("parse",),
        after=("privacy-mode",),
        timeout_s=10,
        estimate_s=0.01,
    ),
    StepSpec(
        id="skills-visualization",
        version=1,
        label="Charting the skills",
        feature=True,
        needs=("parse",),
        after=("privacy-mode",),
        timeout_s=10,
        estimate_s=0.02,
    ),
    StepSpec(
        id="interactive-timeline",
        version=1,
        label="Building the timeline",
        feature=True,
        needs=("parse",),
        after=("privacy-mode",),
        timeout_s=10,
        estimate_s=0.02,
    ),
    StepSpec(
        id="portfolio-gallery",
        version=1,
        label="Laying out the portfolio",
        feature=True,
        needs=("parse",),
        after=("privacy-mode",),
        timeout_s=10,
        estimate_s=0.02,
    ),
    StepSpec(
        id="calendar-integration",
        version=1,
        label="Making the calendar",
        feature=True,
        needs=("parse",),
        after=("privacy-mode",),
        timeout_s=10,
        estimate_s=0.05,
    ),
    StepSpec(
        id="contact-form",
        version=1,
        label="Making the contact form",
        feature=True,
        needs=("parse",),
        after=("privacy-mode",),
        timeout_s=10,
        estimate_s=0.02,
    ),
    StepSpec(
        id="assemble",
        version=1,
        label="Assembling the CV",
        step_class=StepClass.STANDARD,
        isolated=True,
        needs=("parse",),
        timeout_s=60,
        estimate_s=0.5,
    ),
    StepSpec(
        id="quality",
        version=1,
        label="Checking the result",
        step_class=StepClass.STANDARD,
        isolated=True,
        needs=("parse", "assemble"),
        after=("privacy-mode",),
        reads=("cv.html",),
        timeout_s=30,
        estimate_s=0.1,
    ),
)
"""In the order in which features are offered."""

BUILT_IN = registry(_SPECS)


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
