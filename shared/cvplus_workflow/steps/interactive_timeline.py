"""The dated entries of the CV as a timeline: events, totals, and a chart.

The web app's merge puts the fragment in the place of the experience section, so the
fragment carries the whole text of the jobs, folded away; the other kinds of entries keep
sections of their own and are named only.
"""

from pydantic import Field

from ..errors import refusal
from .contract import FeatureOutput, Produced
from .inputs import ParsedCvInput
from .shown_dates import months_named
from .timeline_chart import fragment
from .timeline_events import Event, TimelineSummary, events_of, summary_of

Input = ParsedCvInput


class Output(FeatureOutput):
    """Events by start; entries without a readable start apart; totals."""

    events: list[Event]
    undated: list[Event] = Field(default_factory=list)
    summary: TimelineSummary


def run(given: ParsedCvInput) -> Produced:
    """The timeline of the CV.

    Raises `WorkflowError` (failed-precondition, `missing-dated-experience`) if no job,
    course, certificate or award has a readable date to start from.
    """
    cv = given.outputs.cv
    events, undated = events_of(cv, named=months_named(given.outputs.parse.language))
    if not events:
        raise refusal(
            "missing-dated-experience",
            "No job, course, certificate or award in the CV has a date that can be read.",
        )
    summary = summary_of(cv)
    shown = fragment(events, undated, summary)
    return Produced(Output(fragment=shown, events=events, undated=undated, summary=summary))
