"""The command line."""

import json
import shlex
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from . import __version__
from .app import LOCAL_CALLER, EmbeddedApp, JobProgress
from .cli_delivery import Destination
from .cli_plan import show_orchestration
from .cli_view import (
    ProgressView,
    console,
    print_json,
    printable,
    show_command,
    show_error,
    show_jobs,
    show_progress,
    show_result,
    show_timeline,
)
from .errors import Code, WorkflowError, invalid
from .settings import Settings
from .worker import Worker, drain

commands = typer.Typer(
    name="cvplus-workflow",
    help="Turns a CV into an enhanced, shareable one. Nothing leaves this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
jobs = typer.Typer(help="Jobs in the data folder.", no_args_is_help=True)
debug = typer.Typer(help="What happened, and why.", no_args_is_help=True)
commands.add_typer(jobs, name="jobs")
commands.add_typer(debug, name="debug")

DONE, JOB_FAILED, BAD_INPUT, OUR_FAULT, INTERRUPTED = 0, 1, 2, 70, 130
"""Exit codes; 70 is EX_SOFTWARE of sysexits.h."""

POLL_SECONDS = 0.05
STOP_SECONDS = 5.0
"""How long an interrupted worker may still finish what it has in hand."""

LARGEST_CV = 10 * 1024 * 1024
"""Bytes of the largest CV read; the services have the same limit."""

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
Force = Annotated[bool, typer.Option("--force", help="Overwrite results that are in --out.")]
Strict = Annotated[
    bool, typer.Option("--strict", help="Exit with 1 if a chosen feature has no result.")
]
JobId = Annotated[str, typer.Argument(metavar="JOB", help="The job's id.")]


def main() -> None:
    """Run the command line; whatever happens, the user gets a sentence and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        commands()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the last resort: told, without the text it may quote
        show_error(
            f"This is a fault of the program ({type(error).__name__}). Jobs are kept; "
            "`cvplus-workflow jobs list` shows them, `cvplus-workflow doctor` checks the rest."
        )
        sys.exit(OUR_FAULT)


@commands.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


@commands.command()
def run(
    cv: Annotated[Path, typer.Argument(metavar="CV", help="The CV, or an edited result.json.")],
    features: Annotated[
        str, typer.Option(help="a,b,c, or all, none, or later to choose them after reading.")
    ] = "all",
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
    with _told_errors():
        content, destination = _read(cv), Destination(out, printable(cv.stem), force)
        destination.check()
    with _opened(data) as app:
        with _named({"templateId": f"--template {template}", "key": f"--key {key}"}):
            job = app.jobs.create(
                LOCAL_CALLER,
                content=content,
                file_name=printable(cv.name),
                features=_chosen(app, features),
                template_id=template,
                paper=_paper(paper),
                key=key,
            )
        _Session(app, job.id, destination, data, strict, as_json).follow()


@commands.command()
def worker(
    data: Data = None,
    once: Annotated[bool, typer.Option("--once", help="Do what is due, then end.")] = False,
) -> None:
    """Work on the jobs of the data folder until interrupted."""
    with _opened(data) as app:
        if once:
            drain(app)
            return
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        console(error=True).print("Working. Ctrl-C ends.")
        local = Worker(app)
        local.start()
        try:
            local.wait()
        except KeyboardInterrupt:
            local.stop(STOP_SECONDS)


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
        print_json(found) if as_json else show_jobs(console(), found)


@jobs.command()
def show(job: JobId, data: Data = None, as_json: Json = False) -> None:
    """Show a job's progress."""
    with _opened(data) as app:
        if as_json:
            print_json(app.call("getJobProgress", LOCAL_CALLER, {"jobId": job}))
        else:
            show_progress(console(), app.monitoring.progress(LOCAL_CALLER, job))


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
        destination = Destination(out, Path(found.file_name or "cv").stem, force)
        destination.check()
        if features is not None:
            app.features.orchestrate(LOCAL_CALLER, job, _chosen_now(app, features))
        elif found.status != "completed":
            app.jobs.process(LOCAL_CALLER, job)
        _Session(app, job, destination, data, strict, as_json).follow()


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
            print_json(moments)
            return
        out = console()
        progress = app.monitoring.progress(LOCAL_CALLER, job)
        out.print(f"{job}  {progress.status}, run {progress.run}")
        show_timeline(out, moments)
        if progress.error:
            out.print(f"error: {progress.error} ({progress.error_type})", markup=False)


@debug.command("feature-orchestration")
def debug_feature_orchestration(job: JobId, data: Data = None, as_json: Json = False) -> None:
    """Tell a job's plan: its order, its critical path, and why each step is where it is."""
    with _opened(data) as app:
        plan = app.call("debugFeatureOrchestration", LOCAL_CALLER, {"jobId": job})
        print_json(plan) if as_json else show_orchestration(console(), plan)


@commands.command()
def doctor(
    data: Data = None,
    shipped: Annotated[bool, typer.Option("--shipped", help="Only check what is shipped.")] = False,
) -> None:
    """Check this installation: pipelines, templates, rendering, database, permissions."""
    from .health import installation_checks, shipped_checks

    checks = shipped_checks()
    if not shipped:
        checks += installation_checks(_settings(data))
    out = console()
    for check in checks:
        sign = "[green]ok[/green]  " if check.fine else "[red]bad[/red] "
        out.print(f"{sign}  {check.name:<9} {check.finding}")
    raise typer.Exit(DONE if all(check.fine for check in checks) else JOB_FAILED)


@dataclass(frozen=True)
class _Session:
    """A job that this command follows to its end, and where its results go."""

    app: EmbeddedApp
    job_id: str
    destination: Destination
    data: Path | None
    strict: bool
    as_json: bool

    def follow(self) -> None:
        """Work until the job ends or waits, show it, write its results, exit accordingly."""
        out = console(error=self.as_json)
        local = Worker(self.app)
        try:
            out.print(f"job {self.job_id}")
            local.start()
            self._watch(local, ProgressView(out))
            code = self._finish()
            local.stop()
        except KeyboardInterrupt:
            show_command(out, "Interrupted; the job is kept. Go on with:", self._command("resume"))
            code = INTERRUPTED
        except WorkflowError as error:
            show_error(error.message)
            self._tell("The job is kept. Go on with:", self._command("resume"))
            code = _exit_code(error)
        raise typer.Exit(code)

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

    def _finish(self) -> int:
        """Hand over what there is; answers the exit code."""
        progress = self.app.monitoring.progress(LOCAL_CALLER, self.job_id)
        result = self.app.call("getJobResult", LOCAL_CALLER, {"jobId": self.job_id})
        done = progress.status == "completed"
        contents = self._contents(result) if done else {}
        folder = self.destination.write(contents) if done else None
        if self.as_json:
            print_json({**result, "out": folder and str(folder), "error": progress.error})
        if folder is None:
            return self._unfinished(progress)
        if not self.as_json:
            show_result(console(), result, folder, list(contents))
        lacking = [f["id"] for f in result["features"] if f["state"] != "completed"]
        return JOB_FAILED if self.strict and lacking else DONE

    def _contents(self, result: Mapping[str, Any]) -> dict[str, bytes]:
        """The files to be written, by name."""
        names = sorted(result["files"])
        contents = {name: self.app.jobs.file(LOCAL_CALLER, self.job_id, name) for name in names}
        text = json.dumps(result, ensure_ascii=False, indent=2) + "\n"
        return {**contents, "result.json": text.encode()}

    def _unfinished(self, progress: JobProgress) -> int:
        """Tell why there is no finished CV, and what to do about it."""
        if progress.status == "analyzed":
            choose = f"{self._command('resume')} --features all"
            out = console(error=self.as_json)
            show_command(out, "The CV is read. Choose its features with:", choose)
            return DONE
        if self._unreadable():
            job = self.app.jobs.get(LOCAL_CALLER, self.job_id)
            show_error(f"{job.file_name}: {progress.error}")
            self._tell("The job is kept. Remove it with:", self._command("delete"))
            return BAD_INPUT
        show_error(f"The job is {progress.status}. {progress.error}")
        self._tell("Go on with:", self._command("resume"))
        return JOB_FAILED

    def _unreadable(self) -> bool:
        """Whether the document is the reason: no other try can read it."""
        error = self.app.jobs.get(LOCAL_CALLER, self.job_id).run.steps["parse"].error
        return error is not None and error.code == Code.INVALID_ARGUMENT

    def _tell(self, reason: str, command: str) -> None:
        show_command(console(error=True), reason, command)

    def _command(self, verb: str) -> str:
        data = f" --data {shlex.quote(str(self.data))}" if self.data else ""
        return f"cvplus-workflow jobs {verb} {self.job_id}{data}"


def _read(cv: Path) -> bytes:
    """The document; raises invalid-argument naming it if there is none that can be taken."""
    try:
        with cv.open("rb") as file:
            content = file.read(LARGEST_CV + 1)
    except OSError as error:
        raise invalid("CV", f"{cv}: {error.strerror or type(error).__name__}") from error
    if not content:
        raise invalid("CV", f"{cv} is empty")
    if len(content) > LARGEST_CV:
        raise invalid("CV", f"{cv} is larger than {LARGEST_CV >> 20} MB")
    return content


def _chosen(app: EmbeddedApp, text: str) -> list[str] | None:
    """The features that `text` names; None to choose them later."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise invalid("--features", "name some of them, or all, none or later")
    if names == ["later"]:
        return None
    if names == ["none"]:
        return []
    return [
        feature
        for name in names
        for feature in (app.features.runnable() if name == "all" else [name])
    ]


def _chosen_now(app: EmbeddedApp, text: str) -> list[str]:
    features = _chosen(app, text)
    if features is None:
        raise invalid("--features", "the job waits for the choice already")
    return features


def _paper(text: str) -> str:
    if text not in ("a4", "letter"):
        raise invalid("--paper", f"{text!r} is neither a4 nor letter")
    return text


def _settings(data: Path | None) -> Settings:
    return Settings() if data is None else Settings(data=data)


@contextmanager
def _named(names: Mapping[str, str]) -> Iterator[None]:
    """Errors that name a field of an operation name it as the user gave it."""
    try:
        yield
    except WorkflowError as error:
        field = str(error.details.get("field", ""))
        message = f"{names.get(field, field)}{error.message.removeprefix(field)}"
        raise WorkflowError(
            error.code, message, reason=error.reason, details=error.details
        ) from error


@contextmanager
def _told_errors() -> Iterator[None]:
    """Errors become a line and an exit code."""
    try:
        yield
    except WorkflowError as error:
        show_error(error.message)
        raise typer.Exit(_exit_code(error)) from None


def _exit_code(error: WorkflowError) -> int:
    return BAD_INPUT if error.code in _BAD_INPUT else JOB_FAILED


@contextmanager
def _opened(data: Path | None) -> Iterator[EmbeddedApp]:
    """The system on the data folder; its errors become messages and exit codes."""
    with _told_errors():
        folder = _settings(data).data
        try:
            app = EmbeddedApp(Settings(data=folder))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise invalid("--data", f"the folder {folder} cannot be used: {reason}") from error
        try:
            yield app
        finally:
            app.close()
