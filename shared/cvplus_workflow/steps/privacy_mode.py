"""Privacy mode: a copy of the CV in which nothing says whose it is.

Masked are the person's name and its parts, the referees' names, mail and postal
addresses, phone numbers, web addresses, names of accounts, a labelled date of birth, the
photo, and numbers of certificates, in every field and in running text. Employers,
schools, towns and dates stay: they are what the CV is about. Other people's names in
running text are not told from other words, and stay.

All other steps read the masked copy, so pages, files and `result.json` are made of it;
the CV as it was read stays with the job, which its owner may see, and who reviews or
operates for the owner's tenant. The step never refuses: without anything to mask the copy
is the CV itself.
"""

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from .contract import FeatureOutput, Model, Produced, StepInput
from .cv import ParsedCv, Unplaced
from .inputs import ParsedDocument
from .privacy_copy import Masker, identity_of

_CHECK = (
    "Employers, schools, towns and dates are kept. Read the copy once: together they may "
    "still tell who you are."
)
_ADVICE = {
    "photo": "The photo is left out, since it shows who you are.",
    "link": "All web addresses are left out, also those of employers and projects.",
    "credential-id": "Numbers of certificates are left out, since they can be looked up.",
}


class PrivacyOutputs(Model):
    """The parse step's output."""

    model_config = ConfigDict(extra="ignore")

    parse: ParsedDocument


class Input(StepInput):
    """The CV as read."""

    outputs: PrivacyOutputs


class Output(FeatureOutput):
    """The masked copy, and what was found: the types with their counts, never a value.

    `cv` and `unplaced` stand for those of the parse step wherever something is shown.
    """

    model_config = ConfigDict(
        alias_generator=lambda name: "hasPII" if name == "has_pii" else to_camel(name)
    )

    cv: ParsedCv
    unplaced: list[Unplaced] = Field(default_factory=list)
    has_pii: bool
    detected_types: list[str]
    counts: dict[str, int]
    recommendations: list[str]


def run(given: Input) -> Produced:
    """The masked copy of the CV; nothing of it goes into the page by itself."""
    parsed = given.outputs.parse
    masker = Masker(identity_of(parsed.cv))
    cv, unplaced = masker.cv(parsed.cv), masker.unplaced(parsed.unplaced)
    counts = {kind: count for kind, count in sorted(masker.found.items()) if count}
    advice = [_ADVICE[kind] for kind in counts if kind in _ADVICE]
    output = Output(
        fragment="",
        cv=cv,
        unplaced=unplaced,
        has_pii=bool(counts),
        detected_types=list(counts),
        counts=counts,
        recommendations=[_CHECK, *advice] if counts else [],
    )
    return Produced(output)
