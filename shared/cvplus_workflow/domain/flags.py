"""Flags: which features are on, for whom and in which variant; and kill switches.

A flag has the name of its feature. It is resolved once, when a job gets the feature, and
the job keeps the answer. A kill switch is looked at each time that a step would start.
"""

import hashlib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct, field
from msgspec.structs import asdict, replace

from ..errors import Code, WorkflowError, invalid
from .features import CATALOGUE, feature_id
from .plan import PIPELINE

INSTALLATION = "installation"
"""The tenant whose operators run the installation: what they set holds for every tenant."""

SWITCHED_OFF = "switched-off"
"""Why a step does not start: its kill switch is thrown."""

RULE_FIELDS = ("priority", "template", "tenant", "user")
"""What a flag's rules may name."""

MOST_VALUES = 1_000
"""Values that the rules of one flag may name in all."""

HEAVIEST = 1_000_000
"""The largest weight of a variant."""

COMMANDS_KEPT = 24
"""Command ids remembered; a resent commit follows its first try within a few commands."""

_VARIANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


class Flag(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Whether a feature is on: for whom `only` names, for `percent` of the users.

    `only` holds the values allowed by field of `RULE_FIELDS`; every field has to match.
    `variants` are weights by name; without them there is none.
    """

    id: str
    changed_at: datetime
    changed_by: str
    on: bool = True
    only: dict[str, list[str]] = field(default_factory=dict)
    percent: float = 100.0
    variants: dict[str, int] = field(default_factory=dict)


class FlagSet(Struct, frozen=True, rename="camel"):
    """The flags of a tenant, or of the installation, by feature.

    `commands` are the latest that changed them or a kill switch of the tenant: one that is
    sent again must not undo what came after it.
    """

    tenant: str
    flags: dict[str, Flag] = field(default_factory=dict)
    commands: tuple[str, ...] = ()

    def remembering(self, command: str) -> "FlagSet":
        """This set once `command` has changed something."""
        return replace(self, commands=(*self.commands[1 - COMMANDS_KEPT :], command))


class Switch(Struct, frozen=True, rename="camel"):
    """A thrown kill switch: of which step, for which tenant or `INSTALLATION`."""

    step: str
    tenant: str
    changed_at: datetime
    changed_by: str


_NOTHING: frozenset[str] = frozenset()


class KillSwitches(Struct, frozen=True, rename="camel"):
    """All kill switches that are thrown: one document, so that a claim knows it beforehand."""

    tenant: str = INSTALLATION
    thrown: tuple[Switch, ...] = ()

    def off_for(self, tenant: str) -> frozenset[str]:
        """The steps that may not start in jobs of `tenant`."""
        if not self.thrown:
            return _NOTHING
        return frozenset(s.step for s in self.thrown if s.tenant in (INSTALLATION, tenant))


NONE_THROWN = KillSwitches()
"""The usual state."""


class FlagChanges(Struct, frozen=True):
    """What an operator tells of a flag; None leaves it as it is."""

    on: bool | None = None
    only: Mapping[str, Sequence[str]] | None = None
    percent: float | None = None
    variants: Mapping[str, int] | None = None

    def told(self) -> dict[str, Any]:
        """The fields that are told."""
        return {name: value for name, value in asdict(self).items() if value is not None}


class FlagView(Struct, frozen=True, rename="camel"):
    """A flag together with its kill switch, as an operator sees it."""

    id: str
    tenant: str
    on: bool
    only: dict[str, list[str]]
    percent: float
    variants: dict[str, int]
    killed: bool
    changed_at: datetime
    changed_by: str


class Subject(Struct, frozen=True):
    """For whom a flag is resolved: the owner of a job, and what the job is."""

    user: str
    tenant: str
    template: str
    priority: str


def switchable(text: str) -> str:
    """The step that `text` names; raises invalid-argument if it has neither flag nor switch."""
    step = feature_id(text)
    if step not in CATALOGUE and step not in PIPELINE:
        known = ", ".join((*CATALOGUE, *PIPELINE))
        raise invalid("flagId", f"unknown: {step}. Known: {known}")
    return step


def changed_flags(
    flags: FlagSet, step: str, changes: FlagChanges, now: datetime, by: str
) -> FlagSet:
    """`flags` after `changes` of the one of `step`; the same object if none are told.

    A new flag is on for everybody but for what is told. Raises invalid-argument naming the
    field that is wrong, or for a flag on a step that every job needs.
    """
    told = changes.told()
    if not told:
        return flags
    if step in PIPELINE:
        raise invalid("flagId", f"every job needs {step}: it has a kill switch and no flag")
    _check(changes)
    base = flags.flags.get(step) or Flag(step, now, by)
    flag = replace(base, changed_at=now, changed_by=by, **told)
    return replace(flags, flags={**flags.flags, step: flag})


def _check(changes: FlagChanges) -> None:
    if changes.percent is not None:
        _check_percent(changes.percent)
    for name in changes.only or ():
        if name not in RULE_FIELDS:
            raise invalid("only", f"{name} is none of {', '.join(RULE_FIELDS)}")
    if sum(len(values) for values in (changes.only or {}).values()) > MOST_VALUES:
        raise invalid("only", f"more than {MOST_VALUES} values")
    for name, weight in (changes.variants or {}).items():
        if _VARIANT.fullmatch(name) is None:
            raise invalid("variants", "names have up to 40 letters, digits, - and _")
        if not 0 < weight <= HEAVIEST:
            raise invalid("variants", f"weights are from 1 to {HEAVIEST}")


def _check_percent(percent: float) -> None:
    if not (math.isfinite(percent) and 0 <= percent <= 100):
        raise invalid("percent", "from 0 to 100")


def switched(
    switches: KillSwitches, step: str, tenant: str, killed: bool | None, now: datetime, by: str
) -> KillSwitches:
    """`switches` after the one of `step` is thrown or lifted for `tenant`; None leaves it."""
    thrown = any(_is_of(switch, step, tenant) for switch in switches.thrown)
    if killed is None or killed is thrown:
        return switches
    rest = tuple(switch for switch in switches.thrown if not _is_of(switch, step, tenant))
    added = (Switch(step, tenant, now, by),) if killed else ()
    return KillSwitches(thrown=(*rest, *added))


def _is_of(switch: Switch, step: str, tenant: str) -> bool:
    return (switch.step, switch.tenant) == (step, tenant)


def flag_views(flags: FlagSet, switches: KillSwitches) -> list[FlagView]:
    """The flags and thrown kill switches of one tenant, by name."""
    thrown = {s.step: s for s in switches.thrown if s.tenant == flags.tenant}
    unset = {name: Flag(name, s.changed_at, s.changed_by) for name, s in thrown.items()}
    shown = {**unset, **flags.flags}
    return [_view(flags.tenant, shown[name], thrown.get(name)) for name in sorted(shown)]


def _view(tenant: str, flag: Flag, switch: Switch | None) -> FlagView:
    """Who changed something last is told."""
    last = switch if switch and switch.changed_at > flag.changed_at else flag
    return FlagView(
        id=flag.id,
        tenant=tenant,
        on=flag.on,
        only=flag.only,
        percent=flag.percent,
        variants=flag.variants,
        killed=switch is not None,
        changed_at=last.changed_at,
        changed_by=last.changed_by,
    )


def share(purpose: str, flag: str, user: str) -> float:
    """A number in [0, 1) that is the same for this flag and user for ever.

    "Hash and partition": Kohavi, Longbotham, Sommerfield and Henne, "Controlled
    experiments on the web: survey and practical guide", Data Mining and Knowledge
    Discovery 18 (2009), section 4.1.2. The user's id is hashed together with the
    experiment's, so that one experiment does not tell of another, by a cryptographic
    hash; here by the first 48 bits of SHA-256. `purpose` keeps the choice of a variant
    independent of the rollout.
    """
    text = msgspec.json.encode([purpose, flag, user])
    return int.from_bytes(hashlib.sha256(text).digest()[:6], "big") / 2**48


def is_on(flag: Flag, subject: Subject) -> bool:
    """Whether the feature is on for `subject`."""
    matches = all(getattr(subject, name) in values for name, values in flag.only.items())
    return flag.on and matches and share("rollout", flag.id, subject.user) * 100 < flag.percent


def variant_of(flag: Flag, user: str) -> str:
    """The variant that `user` has, "" where there is none: the weights part [0, 1) by name."""
    place = share("variant", flag.id, user) * sum(flag.variants.values())
    for name, weight in sorted(flag.variants.items()):
        place -= weight
        if place < 0:
            return name
    return ""


def resolved(sets: Sequence[FlagSet], subject: Subject, features: Iterable[str]) -> dict[str, str]:
    """The variant, or "", of each of `features` that has a flag in any of `sets`.

    A feature is on if it is on in each of them; the first that has variants decides which.
    Raises failed-precondition, naming them, if some are off for `subject`.
    """
    answers, off = dict[str, str](), []
    for feature in features:
        flags = [each.flags[feature] for each in sets if feature in each.flags]
        if not all(is_on(flag, subject) for flag in flags):
            off.append(feature)
        elif flags:
            variants = (variant_of(flag, subject.user) for flag in flags)
            answers[feature] = next(filter(None, variants), "")
    if off:
        raise WorkflowError(
            Code.FAILED_PRECONDITION,
            f"features: not switched on for you: {', '.join(off)}",
            reason="feature-off",
            details={"field": "features", "features": off},
        )
    return answers


def wholly_off(sets: Iterable[FlagSet]) -> set[str]:
    """The features that are off for everybody."""
    return {flag.id for each in sets for flag in each.flags.values() if not flag.on}
