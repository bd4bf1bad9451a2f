"""Exposures: which flags a job was resolved under, kept by the job and told by its history."""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from .documents import Job
from .flags import Subject
from .moves import record

EXPOSED = "exposed"
"""The event of an exposure; its step is the flag, its code the variant or `on`."""


def subject_of(job: Job) -> Subject:
    """For whom the flags of `job` are resolved: its owner, whoever asks."""
    return Subject(job.user_id, job.tenant, job.selected_template, job.priority.value)


def expose(job: Job, answers: Mapping[str, str], now: datetime) -> None:
    """Keep the answers of flags that the job does not know yet, one exposure each.

    What it knows stays as it is, whatever has become of the flag.
    """
    known = job.run.definition.flags
    fresh = {flag: variant for flag, variant in answers.items() if flag not in known}
    if not fresh:
        return
    job.run.definition = replace(job.run.definition, flags={**known, **fresh})
    for flag, variant in fresh.items():
        record(job, now, EXPOSED, flag, code=variant or "on")
