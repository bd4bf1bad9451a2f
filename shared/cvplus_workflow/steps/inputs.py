"""What the steps after `parse` read of its output."""

from pydantic import ConfigDict, Field

from .contract import Model, StepInput
from .cv import ParsedCv, Unplaced


class ParsedDocument(Model):
    """The parse step's output, as far as later steps read it."""

    model_config = ConfigDict(extra="ignore")

    cv: ParsedCv
    language: str = ""
    unplaced: list[Unplaced] = Field(default_factory=list)


class MaskedDocument(Model):
    """The output of privacy mode, as far as later steps read it: the masked copy."""

    model_config = ConfigDict(extra="ignore")

    cv: ParsedCv


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


class ParsedCvInput(StepInput):
    """Input of a step that needs the CV alone."""

    outputs: AfterParse
