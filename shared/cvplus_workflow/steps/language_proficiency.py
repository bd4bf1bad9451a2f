"""The languages of the CV with their levels on one scale, as far as the CV words them.

The stated wording is always shown. A bar is drawn where `language_levels` knows the
wording; other languages are listed without one.
"""

from ..errors import refusal
from .contract import FeatureOutput, Model, Produced
from .cv import Language
from .headings import written_heading
from .inputs import ParsedCvInput
from .language_levels import SCALE, Basis, Level, level_of
from .language_names import language_code
from .svg import Attributes, classed, element, figure, text

Input = ParsedCvInput

BAR = 8
"""Height of a bar in pixels."""
GAP = 0.8
"""Per cent of the width left between the steps of a bar."""


class LanguageLevel(Model):
    """A language: its name and level as stated, and what they stand for.

    `code` is a BCP 47 tag, absent where the name is not certain. `level` is a level of
    the CEFR or `native`, `rank` its place on the scale from 1 (A1) to 7 (native), and
    `basis` what it was read from: a written level, a certificate, or words, whose place
    on the scale is approximate. They are absent where the CV words no known level.
    """

    name: str
    code: str = ""
    stated: str = ""
    years: str = ""
    level: Level | None = None
    rank: int | None = None
    basis: Basis | None = None


class Output(FeatureOutput):
    """The languages in the order of the CV, and the scale, lowest level first."""

    languages: list[LanguageLevel]
    scale: list[Level]


def run(given: ParsedCvInput) -> Produced:
    """The languages and a chart of those with a level.

    Raises `WorkflowError` (failed-precondition, `missing-languages`) if the CV names none.
    """
    document = given.outputs.parse
    cv = given.outputs.cv
    languages = [
        _read(language, document.language) for language in cv.languages if language.name.strip()
    ]
    if not languages:
        raise refusal("missing-languages", "The CV names no languages, so there are none to show.")
    heading = written_heading(cv, "languages") or "Languages"
    whole = len(languages) == len(cv.languages)
    fragment = _fragment(heading, languages, whole=whole)
    return Produced(Output(fragment=fragment, languages=languages, scale=list(SCALE)))


def _read(language: Language, cv_language: str) -> LanguageLevel:
    """A level that stands beside the name, as in "German (C1)", counts where no other is stated."""
    found = level_of(language.level or language.name)
    return LanguageLevel(
        name=language.name,
        code=language_code(language.name, cv_language),
        stated=language.level,
        years=language.years,
        level=found.level if found else None,
        rank=SCALE.index(found.level) + 1 if found else None,
        basis=found.basis if found else None,
    )


def _fragment(heading: str, languages: list[LanguageLevel], *, whole: bool) -> str:
    """The rows; the class says whether they hold all that the section of languages does."""
    charted = any(language.rank for language in languages)
    items = "".join(map(_item, languages))
    return classed(
        "div",
        f"language-proficiency{' language-whole' if whole else ''}",
        classed("h2", "language-heading", text(heading)),
        classed("ul", "language-rows", items),
        _scale() + _note(languages) if charted else "",
    )


def _item(language: LanguageLevel) -> str:
    remark = ", ".join(part for part in (language.stated, _years(language.years)) if part)
    name = classed("span", "language-name", text(language.name))
    stated = " " + classed("span", "language-stated", text(remark)) if remark else ""
    head = classed("div", "language-head", name, stated)
    return classed("li", "language", head, _bar(language) if language.rank else "")


def _years(years: str) -> str:
    if not years.strip().isdigit():
        return years
    return f"{years.strip()} {'year' if int(years) == 1 else 'years'}"


def _bar(language: LanguageLevel) -> str:
    """One step for each level of the scale, filled up to the language's own."""
    steps = (_step(number, filled=number < (language.rank or 0)) for number in range(len(SCALE)))
    box: Attributes = {"class": "language-bar", "width": "100%", "height": BAR}
    reached = "native" if language.level == "native" else f"CEFR {language.level}"
    approximately = "about " if language.basis == "wording" and language.level != "native" else ""
    return figure(f"{language.name}: {approximately}{reached}", _extent(language), box, *steps)


def _extent(language: LanguageLevel) -> str:
    return f"{language.rank} of {len(SCALE)} steps on the scale {', '.join(SCALE)}"


def _step(number: int, *, filled: bool) -> str:
    share = 100 / len(SCALE)
    place: Attributes = {"x": f"{share * number:.2f}%", "width": f"{share - GAP:.2f}%"}
    shade: Attributes = {} if filled else {"fill-opacity": "0.15"}
    css_class = "language-reached" if filled else "language-step"
    return element("rect", {"class": css_class, **place, "height": BAR, "rx": 2, **shade})


def _scale() -> str:
    """The names of the steps, each below the middle of its own."""
    share = 100 / len(SCALE)
    labels = (
        element(
            "text",
            {
                "x": f"{share * (number + 0.5) - GAP / 2:.2f}%",
                "y": 11,
                "font-size": 11,
                "text-anchor": "middle",
                "fill": "currentColor",
            },
            level.capitalize(),
        )
        for number, level in enumerate(SCALE)
    )
    box: Attributes = {"class": "language-scale", "width": "100%", "height": 15}
    return element("svg", {**box, "aria-hidden": "true", "direction": "ltr"}, *labels)


def _note(languages: list[LanguageLevel]) -> str:
    if not any(each.basis == "wording" and each.level != "native" for each in languages):
        return ""
    note = "Levels that are given in words stand on the CEFR scale approximately."
    return classed("p", "language-note", element("small", {}, text(note)))
