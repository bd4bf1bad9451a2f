"""The one registry of steps: what the plan knows of each, and where its body is.

A version stays here for as long as a job may pin it. Planning a job reads the specs
alone; a step's module is loaded when it is checked or run.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from importlib import import_module
from operator import itemgetter
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


def _feature(
    step: str,
    label: str,
    estimate_s: float,
    *,
    after: tuple[str, ...] = (),
    reads: tuple[str, ...] = (),
    timeout_s: int = 10,
    step_class: StepClass = StepClass.LIGHT,
) -> StepSpec:
    """A feature made of the parsed CV as privacy mode leaves it; isolated unless it is light."""
    return StepSpec(
        id=step,
        version=1,
        label=label,
        step_class=step_class,
        isolated=step_class is not StepClass.LIGHT,
        feature=True,
        needs=("parse",),
        after=("privacy-mode", *after),
        reads=reads,
        timeout_s=timeout_s,
        estimate_s=estimate_s,
    )


_VACANCY = (JOB_DESCRIPTION,)

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
    _feature(
        "ats-optimization",
        "Scoring for applicant tracking",
        0.05,
        reads=_VACANCY,
        timeout_s=20,
        step_class=StepClass.STANDARD,
    ),
    _feature(
        "keyword-enhancement",
        "Comparing with the vacancy",
        0.05,
        reads=_VACANCY,
        timeout_s=20,
        step_class=StepClass.STANDARD,
    ),
    _feature("achievements-showcase", "Gathering the achievements", 0.02),
    _feature(
        "language-proficiency", "Charting the languages", 0.01, after=("skills-visualization",)
    ),
    _feature("social-media-links", "Putting the links in order", 0.01),
    _feature("embed-qr-code", "Drawing the QR code", 0.02),
    _feature("certification-badges", "Making the certificate cards", 0.01),
    _feature("testimonials-carousel", "Showing testimonials", 0.01),
    _feature("skills-visualization", "Charting the skills", 0.02),
    _feature("interactive-timeline", "Building the timeline", 0.02),
    _feature("portfolio-gallery", "Laying out the portfolio", 0.02),
    _feature("calendar-integration", "Making the calendar", 0.01),
    _feature("contact-form", "Making the contact form", 0.02),
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
    return {key[0]: steps[key].spec for key in sorted(steps, key=itemgetter(1))}


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
