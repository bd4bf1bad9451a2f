"""What the command line shows: progress, results and listings, on a terminal or plain."""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.style import Style
from rich.table import Table
from rich.text import Text

from .app import JobProgress, StepProgress

_MARKS = {
    "completed": ("✓", "green"),
    "failed": ("✗", "red"),
    "refused": ("–", "yellow"),
    "blocked": ("–", "yellow"),
    "skipped": ("–", "yellow"),
    "cancelled": ("–", "yellow"),
    "waiting": ("…", "cyan"),
    "queued": ("·", "cyan"),
    "pending": ("·", "dim"),
}
_ENDED = frozenset({"completed", "failed", "refused", "blocked", "skipped", "cancelled"})
_VERDICTS = {"pass": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red")}

HEADING = 14
"""Characters of the headings under a result."""

ADVICE_SHOWN = 4
"""Advices on the score that are shown, the weightiest first; all are in result.json."""

PIECES_SHOWN = 10
"""Pieces of text that were not understood which are shown; all are in result.json."""


class _Output(Console):
    """A console that is silent once nobody reads it any more, so that the work goes on."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


def console(*, error: bool = False) -> Console:
    """A console that is plain where the output is no terminal, or NO_COLOR is set."""
    stream = sys.stderr if error else sys.stdout
    dumb = os.environ.get("TERM") in ("dumb", "unknown")
    fancy = stream.isatty() and not os.environ.get("NO_COLOR") and not dumb
    return _Output(
        file=stream, highlight=False, soft_wrap=not fancy, no_color=not fancy, force_terminal=fancy
    )


def printable(text: str) -> str:
    """`text` on one line, with escapes for whatever would steer a terminal."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text.strip()
    )


def show_error(message: str) -> None:
    """One line on standard error."""
    _line(console(error=True), Text("Error: ", style="bold red"), printable(message))


def show_command(out: Console, reason: str, command: str) -> None:
    """Why a command should be given, and the command in one piece, to be copied."""
    _line(out, printable(reason))
    _line(out, "  ", Text(command, style="bold cyan"))


def print_json(document: object) -> None:
    """One JSON document on standard output."""
    console().out(json.dumps(document, ensure_ascii=False, indent=2), highlight=False)


def _line(out: Console, *parts: str | Text) -> None:
    out.print(Text.assemble(*parts), soft_wrap=True)


class ProgressView:
    """Follows a job: a live table on a terminal, otherwise a line for each step that ends."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._live = Live(console=out, refresh_per_second=12) if out.is_terminal else None
        self._spinner = Spinner("dots", style="cyan")
        self._told: set[tuple[int, str]] = set()

    def __enter__(self) -> "ProgressView":
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, progress: JobProgress) -> None:
        """Show the job as it stands now."""
        if self._live is not None:
            self._live.update(_picture(progress, self._spinner))
            return
        width = _label_width(progress.steps)
        for step in progress.steps:
            if step.state in _ENDED and (progress.run, step.id) not in self._told:
                self._told.add((progress.run, step.id))
                _line(self._out, _plain_line(step, width))


def show_progress(out: Console, progress: JobProgress) -> None:
    """Show a job once, as it stands."""
    _line(out, f"{progress.job_id}  {progress.status}, {progress.progress} %")
    if out.is_terminal:
        out.print(_picture(progress, Text("▸", style="cyan")))
        return
    width = _label_width(progress.steps)
    for step in progress.steps:
        _line(out, _plain_line(step, width))


def _label_width(steps: Iterable[StepProgress]) -> int:
    return max((len(step.label) for step in steps), default=0)


def _plain_line(step: StepProgress, width: int) -> str:
    line = f"{step.state:>9}  {step.label:<{width}}  {_took(step):>8}  {printable(step.message)}"
    return line.rstrip()


def _took(step: StepProgress) -> str:
    return "" if step.seconds is None else f"{step.seconds:.2f} s"


def _picture(progress: JobProgress, moving: RenderableType) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    for justify in ("left", "left", "right", "left"):
        table.add_column(justify=justify)
    for step in progress.steps:
        mark = moving if step.state == "running" else _mark(step)
        table.add_row(mark, Text(step.label), Text(_took(step), style="dim"), _remark(step))
    bar = Table.grid(padding=(0, 1))
    bar.add_row(
        ProgressBar(total=100, completed=progress.progress, width=40, complete_style="cyan"),
        Text(f"{progress.progress:>3} %", style="bold"),
        Text(_eta(progress), style="dim"),
    )
    return Group(table, bar)


def _mark(step: StepProgress) -> Text:
    sign, style = _MARKS[step.state]
    return Text("↻" if step.state == "queued" and step.attempt else sign, style=style)


def _remark(step: StepProgress) -> Text:
    again = " It will be tried again." if step.message and step.state not in _ENDED else ""
    style = "red" if step.state == "failed" else "yellow"
    return Text("" if step.state == "completed" else printable(step.message) + again, style=style)


def _eta(progress: JobProgress) -> str:
    low, high = progress.eta_low_seconds, progress.eta_high_seconds
    label = ", estimated" if progress.eta_is_estimate else ""
    return f"about {low:.1f} to {high:.1f} s left{label}" if high else ""


def show_result(
    out: Console, result: Mapping[str, Any], folder: Path, files: Sequence[str]
) -> None:
    """Where the files are, what was not understood, what was refused, and the verdict."""
    _line(out)
    for name in files:
        path = folder / name
        link = Style(link=path.absolute().as_uri()) if out.is_terminal else Style()
        _line(out, Text(f"{name:<{HEADING}}  ", style="bold"), Text(printable(str(path)), link))
    _show_refused(out, result["features"])
    _show_reports(out, result["features"])
    _show_unplaced(out, result["unplaced"])
    _show_quality(out, result.get("quality"))


def _headed(out: Console, heading: str, style: str, text: str) -> None:
    _line(out, Text(f"{heading:<{HEADING}}  ", style=style), printable(text))


def _below(out: Console, text: str) -> None:
    _line(out, " " * (HEADING + 2), printable(text))


def _show_refused(out: Console, features: Sequence[Mapping[str, Any]]) -> None:
    for feature in features:
        if feature["state"] != "completed":
            failed = feature["state"] == "failed"
            word, style = ("failed", "red") if failed else ("left out", "yellow")
            reason = feature["message"].removeprefix(f"{feature['id']} ")
            _headed(out, word, style, f"{feature['id']}: {reason}")


def _show_reports(out: Console, features: Sequence[Mapping[str, Any]]) -> None:
    """What features found for the person alone, and put on no page."""
    data = {feature["id"]: feature["data"] for feature in features if feature.get("data")}
    if score := data.get("ats-optimization"):
        basis = "with" if score["coversVacancy"] else "without"
        _headed(out, "ats score", "", f"{score['score']} of 100, {basis} a job description")
        checks = [check for check in score["checks"] if check.get("advice")]
        checks.sort(key=lambda check: check["points"] - check["weight"])
        for check in checks[:ADVICE_SHOWN]:
            points = f"{check['points']:g} of {check['weight']}"
            _below(out, f"{check['label']}, {points}: {check['advice']}")
    if terms := data.get("keyword-enhancement"):
        for presence in ("present", "partial", "missing"):
            names = [term["term"] for term in terms.get(presence, ())]
            _headed(out, f"terms {presence}", "", ", ".join(names) or "none")


def _show_unplaced(out: Console, unplaced: Sequence[Mapping[str, Any]]) -> None:
    if not unplaced:
        return
    noun = "1 piece of text" if len(unplaced) == 1 else f"{len(unplaced)} pieces of text"
    _headed(out, "not understood", "yellow", f"{noun}, kept in result.json:")
    for piece in unplaced[:PIECES_SHOWN]:
        text = " ".join(piece["text"].split())
        _below(out, f"{piece['where']}: {text[:100]}{'…' if len(text) > 100 else ''}")
    if len(unplaced) > PIECES_SHOWN:
        _below(out, f"and {len(unplaced) - PIECES_SHOWN} more")


def _show_quality(out: Console, quality: Mapping[str, Any] | None) -> None:
    """The verdict, and a row for each check that was not passed, the worst first."""
    if quality is None:
        return
    checks, verdict = quality["checks"], quality["verdict"]
    open_ones = sorted(
        (check for check in checks if check["verdict"] != "pass"),
        key=lambda check: check["verdict"] != "fail",
    )
    passed = f"{len(checks) - len(open_ones)} of {len(checks)} checks passed"
    style = _VERDICTS.get(verdict, ("", ""))[1]
    _headed(out, "quality", style, f"{verdict}, {passed}")
    width = max((len(check["id"]) for check in open_ones), default=0)
    if out.is_terminal and open_ones:
        out.print(_check_table(open_ones, width))
        return
    for check in open_ones:
        mark = _VERDICTS[check["verdict"]][0]
        _below(out, f"{mark} {check['verdict']}  {check['id']:<{width}}  {check['reason']}")


def _check_table(checks: Sequence[Mapping[str, Any]], width: int) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(width=width, no_wrap=True)
    table.add_column()
    for check in checks:
        mark, style = _VERDICTS[check["verdict"]]
        table.add_row(Text(mark, style=style), Text(check["id"]), Text(printable(check["reason"])))
    return Padding(table, (0, 0, 0, HEADING + 2))


def show_jobs(out: Console, jobs: Sequence[Mapping[str, Any]]) -> None:
    """Jobs, a line each; ids are never shortened."""
    headings = ("job", "status", "progress", "made", "file")
    rows = [_job_row(job) for job in jobs]
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for row in (headings, *rows):
        cells = [f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)]
        style = "bold" if row is headings else ""
        text = Text("  ".join(cells).rstrip(), style=style)
        if out.is_terminal:
            out.print(text, no_wrap=True, overflow="ellipsis")
        else:
            _line(out, text)


def _job_row(job: Mapping[str, Any]) -> tuple[str, ...]:
    made = datetime.fromisoformat(job["createdAt"]).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    percent = f"{job['progress']:>3} %"
    return job["id"], job["status"], percent, made, printable(job["fileName"])


def show_timeline(out: Console, moments: Sequence[Mapping[str, Any]]) -> None:
    """A job's timeline: time since its making, who, and what happened."""
    begin = datetime.fromisoformat(moments[0]["at"]) if moments else None
    width = max((len(moment["subject"]) for moment in moments), default=0)
    for moment in moments:
        since = (datetime.fromisoformat(moment["at"]) - begin).total_seconds() if begin else 0.0
        who = f"run {moment['run']}  {moment['subject']:<{width}}"
        _line(out, Text(f"{since:10.3f} s  ", style="dim"), who, "  ", printable(moment["text"]))
