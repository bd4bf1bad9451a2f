"""The synthetic jobs: their shapes, their steps of 1 kB each, and an installation for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.workloads import Text, catalogue, chain10, feature, job10

from cvplus_workflow.app import EmbeddedApp
from cvplus_workflow.domain import features
from cvplus_workflow.domain.features import StepSpec
from cvplus_workflow.settings import Settings
from cvplus_workflow.steps.contract import Produced, Step, StepInput
from cvplus_workflow.steps.registry import Registry

SHAPES = ("job10", "chain10")
RESULT_BYTES = 1_000
SOURCE = b"# Synthetic\n"

_RESULT = Produced(Text(text="x" * RESULT_BYTES), {})
_PARSED = Produced(Text(text="x" * RESULT_BYTES, cv={"summary": "Synthetic."}), {})


@dataclass(frozen=True)
class Shape:
    """A kind of job: `name` is one of `SHAPES`, `features` replaces job10's seven if not 0."""

    name: str
    features: int = 0

    def catalogue(self) -> Mapping[str, StepSpec]:
        """The steps by id."""
        if not self.features:
            return job10() if self.name == "job10" else chain10()
        return catalogue(*(feature(name) for name in self._numbered()))

    def chosen(self) -> list[str]:
        """The features that a job asks for: all there are."""
        return [step.id for step in self.catalogue().values() if step.feature]

    def install(self) -> None:
        """Let jobs ask for the features of this shape, however many: CVPlus has eighteen."""
        known = (*features.CATALOGUE, *self.chosen())
        vars(features)["CATALOGUE"] = tuple(dict.fromkeys(known))

    def _numbered(self) -> list[str]:
        return [f"feature-{number}" for number in range(1, self.features + 1)]


def open_app(folder: Path, shape: Shape) -> EmbeddedApp:
    """The installation in `folder`, with every guarantee on and the steps of `shape`."""
    shape.install()
    return EmbeddedApp(Settings(data=folder), steps=_registry(shape.catalogue()))


def _registry(specs: Mapping[str, StepSpec]) -> Registry:
    return {
        (name, spec.version): Step(spec, StepInput, Text, _parse if name == "parse" else _answer)
        for name, spec in specs.items()
    }


def _parse(_given: StepInput) -> Produced:
    return _PARSED


def _answer(_given: StepInput) -> Produced:
    return _RESULT
