"""The command line."""

import json
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from . import __version__
from .app import LOCAL_CALLER, EmbeddedApp
from .cli_view import ProgressView, console, show_jobs, show_result, show_timeline
from .errors import Code, WorkflowError, invalid
from .settings import Settings
from .worker import Worker, drain

main = typer.Typer(
    name="cvplus-workflow",
    help="Turns a CV into an enhanced, shareable one. Nothing leaves this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
jobs = typer.Typer(help="Jobs in the data folder.", no_args_is_help=True)
debug = typer.Typer(help="What happened, and why.", no_args_is_help=True)
main.add_typer(jobs, name="jobs")
main.add_typer(debug, name="debug")

DONE, JOB_FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
POLL_SECONDS = 0.05

_RESTING = ("completed", "failed", "cancelled", "analyzed", "paused")
_BAD_INPUT = {
    Code.INVALID_ARGUMENT,
    Code.NOT_FOUND,
    Code.ALREADY_EXISTS,
    Code.FAILED_PRECONDITION,
    Code.OUT_OF_RANGE,
}

Data = Annotated[Path | None, typer.Option(help="Data folder [env: CVPLUS_DATA].")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Out = Annotated[Path | None, typer.Option(help="Folder for the results.")]
Force = Annotated[bool, typer.Option(help="Overwrite results that are in --out already.")]
Strict = Annotated[bool, typer.Option(help="Exit with 1 if a chosen feature has no result.")]
JobId = Annotated[str, typer.Argument(metavar="JOB", help="The job's id.")]


@main.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


@main.command()
def run(
    cv: Annotated[Path, typer.Argument(metavar="CV", help="The CV, or an edited result.json.")],
    features: Annotated[str, typer.Option(help="a,b,c, or all, none, later.")] = "all",
    template: Annotated[str, typer.Option(help="Template id.")] = "modern",
    paper: Annotated[str, typer.Option(help="a4 or letter.")] = "a4",
    key: Annotated[str, typer.Option(help="The same key is the same job.")] = "",
    out: Out = None,
    force: Force = False,
    data: Data = None,
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Make a job of CV, run it to its end and write cv.html, cv.pdf and result.json."""
    with _opened(data) as app:
        folder = _result_folder(out, cv, force)
        job = app.jobs.create(
            LOCAL_CALLER,
            content=_read(cv),
            file_name=cv.name,
            features=_chosen(app, features),
            template_id=template,
            paper=_paper(paper),
            key=key,
        )
        _Session(app, job.id, folder, data, strict, as_json).follow()


@main.command()
def worker(
    data: Data = None,
    once: Annotated[bool, typer.Option(help="Do what is due, then end.")] = False,
) -> None:
    """Work on the jobs of the data folder until interrupted."""
    with _opened(data) as app:
        if once:
            drain(app)
            return
        console().print("Working. Ctrl-C ends.")
        local = Worker(app)
        local.start()
        try:
            local.wait()
        except KeyboardInterrupt:
            local.stop(10)


@jobs.command("list")
def list_jobs(
    status: Annotated[str | None, typer.Option(help="Only jobs of this status.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 20,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List jobs, newest first."""
    with _opened(data) as app:
        found = app.call("getJobHistory", LOCAL_CALLER, {"status": status, "limit": limit})
        _print_json(found) if as_json else show_jobs(console(), found)


@jobs.command()
def show(job: JobId, data: Data = None, as_json: Json = False) -> None:
    """Show a job's progress."""
    with _opened(data) as app:
        if as_json:
            _print_json(app.call("getJobProgress", LOCAL_CALLER, {"jobId": job}))
            return
        progress = app.monitoring.progress(LOCAL_CALLER, job)
        out = console()
        out.print(f"{job}  {progress.status}, {progress.progress} %")
        with ProgressView(out) as view:
            view.show(progress)


@jobs.command()
def resume(
    job: JobId,
    features: Annotated[str | None, typer.Option(help="The choice that the job waits for.")] = None,
    out: Out = None,
    force: Force = False,
    data: Data = None,
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Go on with a job: interrupted, paused, waiting for its features, failed or cancelled."""
    with _opened(data) as app:
        found = app.jobs.get(LOCAL_CALLER, job)
        folder = _result_folder(out, Path(found.file_name or "cv"), force)
        if features is not None:
            app.features.orchestrate(LOCAL_CALLER, job, _chosen(app, features) or [])
        elif found.status != "completed":
            app.jobs.process(LOCAL_CALLER, job)
        _Session(app, job, folder, data, strict, as_json).follow()


@jobs.command()
def cancel(job: JobId, data: Data = None) -> None:
    """Cancel a job; what runs cannot commit any more."""
    with _opened(data) as app:
        app.jobs.cancel(LOCAL_CALLER, job)
        console().print(f"{job} is cancelled.")


@jobs.command()
def delete(
    job: JobId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: Data = None,
) -> None:
    """Delete a job that has ended, with its CV and all that was made of it."""
    with _opened(data) as app:
        app.jobs.get(LOCAL_CALLER, job)
        if not yes:
            typer.confirm(f"Delete {job}, its CV and its results?", abort=True)
        app.jobs.delete(LOCAL_CALLER, job)
        console().print(f"{job} is deleted.")


@debug.command("job-processing")
def debug_job_processing(job: JobId, data: Data = None, as_json: Json = False) -> None:
    """Tell what happened to a job, and why."""
    with _opened(data) as app:
        moments = app.call("debugJobProcessing", LOCAL_CALLER, {"jobId": job})
        if as_json:
            _print_json(moments)
            return
        out = console()
        progress = app.monitoring.progress(LOCAL_CALLER, job)
        out.print(f"{job}  {progress.status}, run {progress.run}")
        show_timeline(out, moments)
        if progress.error:
            out.print(f"error: {progress.error} ({progress.error_type})", markup=False)


@main.command()
def doctor(
    data: Data = None,
    shipped: Annotated[bool, typer.Option(help="Only check what is shipped.")] = False,
) -> None:
    """Check this installation: pipelines, templates, rendering, database, permissions."""
    from .health import installation_checks, shipped_checks

    checks = shipped_checks()
    if not shipped:
        checks += installation_checks(_settings(data))
    out = console()
    for check in checks:
        sign = "[green]ok[/green]  " if check.fine else "[red]bad[/red] "
        out.print(f"{sign}  {check.name:<12} {check.finding}")
    raise typer.Exit(DONE if all(check.fine for check in checks) else JOB_FAILED)


@dataclass(frozen=True)
class _Session:
    """A job that this command follows to its end, and where its results go."""

    app: EmbeddedApp
    job_id: str
    folder: Path
    data: Path | None
    strict: bool
    as_json: bool

    def follow(self) -> None:
        """Work until the job ends or waits, show it, write its results, exit accordingly."""
        out = console(error=self.as_json)
        local = Worker(self.app)
        local.start()
        try:
            self._watch(local, ProgressView(out))
        except KeyboardInterrupt:
            out.print("\nInterrupted; the job is kept. Go on with:")
            out.print(f"  {self._resume_command()}", markup=False)
            raise typer.Exit(INTERRUPTED) from None
        local.stop()
        self._finish()

    def _watch(self, local: Worker, view: ProgressView) -> None:
        with view:
            while True:
                progress = self.app.monitoring.progress(LOCAL_CALLER, self.job_id)
                view.show(progress)
                if progress.status in _RESTING:
                    return
                local.pause(POLL_SECONDS)
                if local.failure is not None:
                    raise local.failure

    def _finish(self) -> None:
        result = self.app.call("getJobResult", LOCAL_CALLER, {"jobId": self.job_id})
        progress = self.app.monitoring.progress(LOCAL_CALLER, self.job_id)
        done = progress.status == "completed"
        files = _write_results(self.app, self.job_id, result, self.folder) if done else []
        if self.as_json:
            out = str(self.folder) if files else None
            _print_json({**result, "out": out, "error": progress.error})
        elif files:
            show_result(console(), result, str(self.folder), files)
        else:
            self._tell_why(progress.status, progress.error)
        lacking = [f["id"] for f in result["features"] if f["state"] != "completed"]
        if progress.status in ("failed", "cancelled") or (self.strict and done and lacking):
            raise typer.Exit(JOB_FAILED)

    def _tell_why(self, status: str, error: str) -> None:
        out = console()
        choice = " --features all" if status == "analyzed" else ""
        if choice:
            out.print("The CV is read. Choose its features with:")
        else:
            out.print(f"The job is {status}. {error}", markup=False)
            out.print("Go on with:")
        out.print(f"  {self._resume_command()}{choice}", markup=False)

    def _resume_command(self) -> str:
        data = f" --data {shlex.quote(str(self.data))}" if self.data else ""
        return f"cvplus-workflow jobs resume {self.job_id}{data}"


def _write_results(
    app: EmbeddedApp, job_id: str, result: dict[str, Any], folder: Path
) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    contents = {name: app.jobs.file(LOCAL_CALLER, job_id, name) for name in sorted(result["files"])}
    contents["result.json"] = json.dumps(result, ensure_ascii=False, indent=2).encode() + b"\n"
    for name, content in contents.items():
        beside = folder / f".{name}.part"
        beside.write_bytes(content)
        beside.replace(folder / name)
    return list(contents)


def _result_folder(out: Path | None, cv: Path, force: bool) -> Path:
    """Where results go: `out` unless it holds something, or the first free name of our own."""
    if out is None:
        names = (Path(f"{cv.stem}-cv{suffix}") for suffix in _suffixes())
        return next(name for name in names if not name.exists())
    if out.exists() and not out.is_dir():
        raise invalid("out", f"{out} is a file")
    if not force and out.exists() and any(out.iterdir()):
        raise invalid("out", f"{out} is not empty; choose another folder or add --force")
    return out


def _suffixes() -> Iterator[str]:
    yield ""
    number = 2
    while True:
        yield f"-{number}"
        number += 1


def _read(cv: Path) -> bytes:
    try:
        return cv.read_bytes()
    except OSError as error:
        raise invalid("CV", f"{cv}: {os.strerror(error.errno or 0)}") from error


def _chosen(app: EmbeddedApp, text: str) -> list[str] | None:
    if text == "later":
        return None
    if text == "none":
        return []
    return app.features.runnable() if text == "all" else [f for f in text.split(",") if f.strip()]


def _paper(text: str) -> str:
    if text not in ("a4", "letter"):
        raise invalid("paper", f"{text!r} is neither a4 nor letter")
    return text


def _settings(data: Path | None) -> Settings:
    return Settings() if data is None else Settings(data=data)


@contextmanager
def _opened(data: Path | None) -> Iterator[EmbeddedApp]:
    """The system on the data folder; its errors become messages and exit codes."""
    app = None
    try:
        app = EmbeddedApp(_settings(data))
        yield app
    except WorkflowError as error:
        console(error=True).print(f"Error: {error.message}", markup=False)
        raise typer.Exit(BAD_INPUT if error.code in _BAD_INPUT else JOB_FAILED) from None
    finally:
        if app is not None:
            app.close()


def _print_json(document: object) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
