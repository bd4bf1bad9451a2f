"""What a step is: a spec, an input and an output model, and a body.

A step module defines `Input`, `Output` and `run(given) -> Produced`; its spec is its row in
`registry.py`. A body gets everything as its argument and touches nothing else: no clock, no
network, no disk but the files of its own libraries. It may run more than once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr
from pydantic.alias_generators import to_camel

from ..domain.features import StepSpec
from .sanitise import sanitised_form, sanitised_fragment


class Model(BaseModel):
    """Base of all step models: camelCase on the wire, unknown fields refused.

    A model is built when it is first used: whoever checks an output needs few of a module's.
    """

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", defer_build=True
    )


class JobSettings(Model):
    """The job's choices that a step may depend on.

    `features` are those chosen and not skipped.
    `job_description` is the text of the vacancy that the CV is for, `role` the title of
    the post aimed at, `url` the public address of the CV; each empty if not given.
    """

    template: str
    paper: Literal["a4", "letter"] = "a4"
    features: list[str] = []
    file_name: str = ""
    media_type: str = ""
    job_description: str = ""
    role: str = ""
    url: str = ""


class StepInput(Model):
    """What every step is given.

    `outputs` holds the outputs of the steps it depends on, by step id, as far as
    they completed; a subclass narrows its type. `files` holds the files that the
    step's spec names in `reads`, by name.
    """

    job: JobSettings
    outputs: Any = None
    files: dict[str, bytes] = Field(default_factory=dict)
    _listener: Callable[[int], None] | None = PrivateAttr(default=None)

    def report(self, percent: int) -> None:
        """Tell how much of the work is done, from 0 to 100; only an isolated body is heard.

        What cannot be shown, or comes too soon after the last, is dropped.
        """
        if self._listener is not None:
            self._listener(percent)

    def heard_by(self, listener: Callable[[int], None]) -> None:
        """Let `listener` hear what is reported from now on."""
        self._listener = listener


Fragment = Annotated[str, AfterValidator(sanitised_fragment)]
"""HTML for the finished CV, sanitised whenever it is validated, so before each commit."""


FormFragment = Annotated[str, AfterValidator(sanitised_form)]
"""The same, with forms that hand a text to the reader's mail program."""


class FeatureOutput(Model):
    """Base of all feature outputs: a fragment for the CV; subclasses add typed data."""

    fragment: Fragment


@dataclass(frozen=True)
class ProducedFile:
    """A binary or large output: its media type and bytes."""

    media_type: str
    content: bytes


@dataclass(frozen=True)
class Produced:
    """A body's result: the output document and the files that go with it, by name."""

    output: Model
    files: Mapping[str, ProducedFile] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """A registered step version."""

    spec: StepSpec
    input_model: type[StepInput]
    output_model: type[Model]
    run: Callable[..., Produced]
