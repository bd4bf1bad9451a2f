"""What the steps after `parse` read of its output."""

from typing import Self

from pydantic import ConfigDict, Field, model_validator

from .contract import Model, StepInput
from .cv import ParsedCv, Unplaced


class ParsedDocument(Model):
    """The parse step's output, as far as later steps read it."""

    model_config = ConfigDict(extra="ignore")

    cv: ParsedCv
    language: str = ""
    unplaced: list[Unplaced] = Field(default_factory=list)


class MaskedDocument(Model):
    """The output of privacy mode, as far as later steps read it: the masked copies."""

    model_config = ConfigDict(extra="ignore")

    cv: ParsedCv
    unplaced: list[Unplaced] = Field(default_factory=list)


class AfterParse(Model):
    """Outputs of the dependencies of a step that needs the CV alone.

    Such a step names `privacy-mode` in its `after`, so that what privacy mode masks
    does not come back into the page by way of a feature.
    """

    model_config = ConfigDict(extra="ignore")

    parse: ParsedDocument
    privacy_mode: MaskedDocument | None = Field(default=None, alias="privacy-mode")

    @property
    def cv(self) -> ParsedCv:
        """The CV that may be shown: the masked copy if privacy mode was completed."""
        return self.parse.cv if self.privacy_mode is None else self.privacy_mode.cv

    @property
    def is_masked(self) -> bool:
        """Whether privacy mode was completed, so that contact details are missing by choice."""
        return self.privacy_mode is not None

    @property
    def unplaced(self) -> list[Unplaced]:
        """The text that fits no field, as far as it may be shown."""
        return self.parse.unplaced if self.privacy_mode is None else self.privacy_mode.unplaced


class ParsedCvInput(StepInput):
    """Input of a step that needs the CV alone.

    After privacy mode it has no public address either: that would lead to the person.
    """

    outputs: AfterParse

    @model_validator(mode="after")
    def _without_address(self) -> Self:
        if self.outputs.privacy_mode is not None:
            self.job = self.job.model_copy(update={"url": ""})
        return self
