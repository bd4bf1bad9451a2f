"""Features and step specs: what may be chosen, and what each step needs."""

import re
from collections.abc import Iterable

from msgspec import Struct

from ..errors import invalid
from .queue import StepClass

MAX_FEATURES = 50
"""Features that one job may ask for."""

PRIVACY_MODE = "privacy-mode"
"""The feature that masks personal details; only who names it gets it, never `all`."""

JOB_DESCRIPTION = "job-description"
"""What a step names in `reads` to be given the text of the vacancy, if the job has one."""


class StepSpec(Struct, frozen=True, rename="camel", omit_defaults=True, gc=False):
    """What the plan knows of a step; a job keeps a snapshot of it.

    `needs` are hard dependencies (the data needs them), `after` soft ones (order
    only: a skipped or failed one unblocks). `timeout_s` and `estimate_s` are
    seconds. `reads` names files of dependencies, or `source`, that the body gets, and
    `JOB_DESCRIPTION`. A step with `wait_s` has no body: it waits so long, in seconds,
    for the `cause`.
    """

    id: str
    version: int
    label: str
    step_class: StepClass = StepClass.LIGHT
    isolated: bool = False
    feature: bool = False
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    timeout_s: int = 10
    estimate_s: float = 0.1
    max_attempts: int = 4
    wait_s: int = 0
    cause: str = ""


CATALOGUE = (
    "ats-optimization",
    "keyword-enhancement",
    "achievements-showcase",
    "embed-qr-code",
    "language-proficiency",
    "social-media-links",
    "contact-form",
    PRIVACY_MODE,
    "skills-visualization",
    "personality-insights",
    "interactive-timeline",
    "portfolio-gallery",
    "certification-badges",
    "generate-podcast",
    "video-introduction",
    "availability-calendar",
    "calendar-integration",
    "testimonials-carousel",
)
"""Every feature of CVPlus; an installation need not be able to run them all."""

_ALIASES = {
    "embed-q-r-code": "embed-qr-code",
    "ats-optimized": "ats-optimization",
    "keyword-optimization": "keyword-enhancement",
    "achievement-highlighting": "achievements-showcase",
    "skills-chart": "skills-visualization",
    "career-timeline": "interactive-timeline",
}


def feature_id(text: str) -> str:
    """The canonical id for any spelling that the web app uses: aliases and camelCase."""
    if text in CATALOGUE:
        return text
    kebab = re.sub(r"(?<!^)(?<!-)([A-Z])", r"-\1", text.strip()).lower()
    return _ALIASES.get(kebab, kebab)


def feature_ids(texts: Iterable[str], field: str = "features") -> list[str]:
    """Canonical ids, each once, in the order given.

    Raises invalid-argument naming the unknown ones, or that there are too many.
    """
    asked = list(texts)
    if len(asked) > MAX_FEATURES:
        raise invalid(field, f"{len(asked)} features, at most {MAX_FEATURES}")
    ids = list(dict.fromkeys(feature_id(text) for text in asked))
    unknown = [known for known in ids if known not in CATALOGUE]
    if unknown:
        raise invalid(
            field, f"unknown: {', '.join(sorted(unknown))}. Known: {', '.join(CATALOGUE)}"
        )
    return ids
