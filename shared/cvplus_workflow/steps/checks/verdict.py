"""What a check answers, and how it is worded: numbers and places, never text of the CV.

A check fails only for what our own output broke: a page that lost words, is no proper
document, or is hard to read. What the CV itself leaves open is a warning.
"""

from collections.abc import Sequence
from typing import Literal

from ..contract import Model

Verdict = Literal["pass", "warn", "fail"]

MAX_NAMED = 20
"""Places that a reason names; the rest are only counted."""


class Check(Model):
    """One check: its id, its verdict, and a reason with numbers but no text of the CV."""

    id: str
    verdict: Verdict
    reason: str


def warned(check_id: str, *, ok: bool, reason: str) -> Check:
    """A check of what the CV leaves open: passed or a warning."""
    return Check(id=check_id, verdict="pass" if ok else "warn", reason=reason)


def required(check_id: str, *, ok: bool, reason: str) -> Check:
    """A check of what our own output must have: passed or failed."""
    return Check(id=check_id, verdict="pass" if ok else "fail", reason=reason)


def counted(what: str, places: Sequence[str]) -> str:
    """How many there are, and where: `what: 2 (experience 1, education 3).`"""
    named = ", ".join(places[:MAX_NAMED]) + (", …" if len(places) > MAX_NAMED else "")
    return f"{what}: {len(places)}{f' ({named})' if named else ''}."
