"""What the command line shows: progress, results and listings, on a terminal or plain."""

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
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


def console(*, error: bool = False) -> Console:
    """A console that is plain where the output is no terminal, or NO_COLOR is set."""
    stream = sys.stderr if error else sys.stdout
    fancy = stream.isatty() and not os.environ.get("NO_COLOR")
    return Console(
        file=stream, highlight=False, soft_wrap=not fancy, no_color=not fancy, force_terminal=fancy
    )


class ProgressView:
    """Follows a job: a live table on a terminal, otherwise a line for each step that ends."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._live = Live(console=out, refresh_per_second=12) if out.is_terminal else None
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
            self._live.update(_picture(progress))
            return
        for step in progress.steps:
            if step.state in _ENDED and (progress.run, step.id) not in self._told:
                self._told.add((progress.run, step.id))
                self._out.print(_plain_line(step), markup=False)


def _plain_line(step: StepProgress) -> str:
    took = f" ({step.seconds:.2f} s)" if step.state == "completed" and step.seconds else ""
    why = f": {step.message}" if step.message else ""
    return f"{step.state:>9}  {step.label}{took}{why}"


def _picture(progress: JobProgress) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    for step in progress.steps:
        table.add_row(_mark(step), Text(step.label), _remark(step))
    bar = Table.grid(padding=(0, 1))
    bar.add_row(
        ProgressBar(total=100, completed=progress.progress, width=40),
        Text(f"{progress.progress} %", style="bold"),
        Text(_eta(progress), style="dim"),
    )
    return Group(table, bar)


def _mark(step: StepProgress) -> RenderableType:
    if step.state == "running":
        return Spinner("dots", style="cyan")
    sign, style = _MARKS[step.state]
    return Text(sign, style=style)


def _remark(step: StepProgress) -> Text:
    if step.message:
        return Text(step.message, style="yellow" if step.state != "failed" else "red")
    return Text(f"{step.seconds:.2f} s" if step.seconds is not None else "", style="dim")


def _eta(progress: JobProgress) -> str:
    return "" if progress.eta_seconds is None else f"about {progress.eta_seconds:.1f} s left"


def show_result(out: Console, result: Mapping[str, Any], folder: str, files: Sequence[str]) -> None:
    """Where the files are, what was not understood, what was refused, and the verdict."""
    out.print()
    for name in files:
        out.print(f"  [bold]{escape(name)}[/bold]  {escape(folder)}/{escape(name)}")
    _show_refused(out, result["features"])
    _show_unplaced(out, result["unplaced"])
    _show_quality(out, result.get("quality"))


def _show_refused(out: Console, features: Sequence[Mapping[str, Any]]) -> None:
    for feature in features:
        if feature["state"] != "completed":
            word = "failed" if feature["state"] == "failed" else "left out"
            out.print(f"[yellow]{word}[/yellow]  {feature['id']}: {escape(feature['message'])}")


def _show_unplaced(out: Console, unplaced: Sequence[Mapping[str, Any]]) -> None:
    if not unplaced:
        return
    out.print(f"[yellow]not understood[/yellow]  {len(unplaced)} pieces of text, kept as they are:")
    for piece in unplaced[:10]:
        text = " ".join(piece["text"].split())
        out.print(f"    {piece['where']}: {text[:100]}", markup=False)
    if len(unplaced) > 10:
        out.print(f"    and {len(unplaced) - 10} more, in result.json")


def _show_quality(out: Console, quality: Mapping[str, Any] | None) -> None:
    if quality is None:
        return
    out.print(f"[bold]quality[/bold]  {quality['verdict']}")
    for check in quality["checks"]:
        if check["verdict"] != "pass":
            out.print(f"    {check['verdict']}: {check['reason']}", markup=False)


def show_jobs(out: Console, jobs: Sequence[Mapping[str, Any]]) -> None:
    """Jobs, a line each."""
    table = Table(box=None, pad_edge=False)
    for heading in ("job", "status", "progress", "file", "made"):
        table.add_column(heading, no_wrap=True)
    for job in jobs:
        made = datetime.fromisoformat(job["createdAt"]).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(
            job["id"], job["status"], f"{job['progress']} %", escape(job["fileName"]), made
        )
    out.print(table)


def show_timeline(out: Console, moments: Sequence[Mapping[str, Any]]) -> None:
    """A job's timeline: time since its making, who, and what happened."""
    begin = datetime.fromisoformat(moments[0]["at"]) if moments else None
    for moment in moments:
        since = (datetime.fromisoformat(moment["at"]) - begin).total_seconds() if begin else 0.0
        line = f"{since:10.3f} s  run {moment['run']}  {moment['subject']:<24} {moment['text']}"
        out.print(line, markup=False)
