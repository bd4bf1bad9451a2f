"""The command line."""

import json
import shlex
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from . import __version__
from .app import (
    LOCAL_CALLER,
    MAX_DESCRIPTION_BYTES,
    MAX_SOURCE_BYTES,
    EmbeddedApp,
    JobStatus,
)
from .cli_debug import debug
from .cli_delivery import Destination
from .cli_emulate import emulation
from .cli_flags import flags
from .cli_serve import serving
from .cli_session import (
    DONE,
    INTERRUPTED,
    JOB_FAILED,
    OUR_FAULT,
    POLL_SECONDS,
    RESTING,
    STOP_SECONDS,
    Data,
    JobId,
    Json,
    Session,
    opened,
    told_errors,
)
from .cli_upkeep import upkeep
from .cli_view import (
    console,
    print_json,
    printable,
    show_command,
    show_error,
    show_jobs,
    show_progress,
)
from .errors import Code, WorkflowError, invalid
from .worker import Worker, drain

commands = typer.Typer(
    name="cvplus-workflow",
    help="Turns a CV into an enhanced, shareable one. Nothing leaves this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
jobs = typer.Typer(help="Jobs in the data folder.", no_args_is_help=True)
commands.add_typer(jobs, name="jobs")
commands.add_typer(debug, name="debug")
commands.add_typer(flags, name="flags")
commands.add_typer(upkeep)
commands.add_typer(emulation)
commands.add_typer(serving)

MOST_REPLAYED = 10_000
"""Dead letters that one command replays."""

OPTIONS = {
    "jobDescription": "--job-description",
    "targetRole": "--role",
    "publicUrl": "--url",
}
"""Options of `run` by the fields of `createJob` that they fill."""

Out = Annotated[Path | None, typer.Option(help="Folder for the results.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite results that are in --out.")]
Strict = Annotated[
    bool, typer.Option("--strict", help="Exit with 1 if a chosen feature has no result.")
]


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
    job_description: Annotated[
        Path | None, typer.Option(help="The vacancy that the CV is for: text, Markdown or JSON.")
    ] = None,
    role: Annotated[str, typer.Option(help="Title of the post that the CV is for.")] = "",
    url: Annotated[str, typer.Option(help="Address under which the CV will stand.")] = "",
    out: Out = None,
    force: Force = False,
    data: Data = None,
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Make a job of CV, run it to its end and write cv.html, cv.pdf and result.json."""
    with told_errors():
        content, destination = _read_cv(cv), Destination(out, printable(cv.stem), force)
        vacancy = _read_description(job_description) if job_description else ""
        destination.check()
    with opened(data) as app:
        with _named({**OPTIONS, "templateId": f"--template {template}", "key": f"--key {key}"}):
            job = app.jobs.create(
                LOCAL_CALLER,
                content=content,
                file_name=printable(cv.name),
                features=_chosen(app, features),
                template_id=template,
                paper=_paper(paper),
                key=key,
                job_description=vacancy,
                target_role=role,
                public_url=url,
            )
        Session(app, job.id, destination, data, strict, as_json).follow()


@commands.command()
def worker(
    data: Data = None,
    once: Annotated[bool, typer.Option("--once", help="Do what is due, then end.")] = False,
) -> None:
    """Work on the jobs of the data folder until interrupted."""
    with opened(data) as app:
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
    after: Annotated[
        str | None, typer.Option(metavar="JOB", help="The last job of the page before.")
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List jobs, newest first, a page at a time."""
    with opened(data) as app:
        asked = {"status": status, "limit": limit, "after": after}
        found = app.call("getJobHistory", LOCAL_CALLER, asked)
        print_json(found) if as_json else show_jobs(console(), found)
        if len(found) == limit:
            following = {**asked, "after": found[-1]["id"]}
            if app.call("getJobHistory", LOCAL_CALLER, {**following, "limit": 1}):
                _show_next_page(following, data)


def _show_next_page(following: Mapping[str, Any], data: Path | None) -> None:
    """The command that lists the jobs behind these, where it is in no pipe's way."""
    flags = {**following, "data": data}
    words = [word for name, value in flags.items() if value for word in (f"--{name}", str(value))]
    command = shlex.join(["cvplus-workflow", "jobs", "list", *words])
    show_command(console(error=True), "There are more:", command)


@jobs.command()
def show(job: JobId, data: Data = None, as_json: Json = False) -> None:
    """Show a job's progress."""
    with opened(data) as app:
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
    with opened(data) as app:
        found = app.jobs.get(LOCAL_CALLER, job)
        destination = Destination(out, Path(found.file_name or "cv").stem, force)
        destination.check()
        if features is not None:
            app.features.orchestrate(LOCAL_CALLER, job, _chosen_now(app, features))
        elif found.status != "completed":
            app.jobs.process(LOCAL_CALLER, job)
        Session(app, job, destination, data, strict, as_json).follow()


@jobs.command()
def pause(job: JobId, data: Data = None) -> None:
    """Pause a job: nothing more of it starts until it is resumed."""
    with opened(data) as app:
        app.call("updateJobStatus", LOCAL_CALLER, {"jobId": job, "status": "paused"})
        console().print(f"{job} is paused.")


@jobs.command()
def retry(
    job: JobId,
    first: Annotated[
        str | None, typer.Option("--from", metavar="STEP", help="Run this step and its followers.")
    ] = None,
    out: Out = None,
    force: Force = False,
    data: Data = None,
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Open the next run of a failed or cancelled job; with --from, of any that has ended."""
    with opened(data) as app:
        found = app.jobs.get(LOCAL_CALLER, job)
        destination = Destination(out, Path(found.file_name or "cv").stem, force)
        destination.check()
        if first is None:
            _require_status(app, job, "failed", "cancelled")
            app.jobs.process(LOCAL_CALLER, job)
        else:
            with _named({"step": "--from"}):
                app.jobs.rerun(LOCAL_CALLER, job, first)
        Session(app, job, destination, data, strict, as_json).follow()


@jobs.command()
def replay(
    names: Annotated[list[str] | None, typer.Argument(metavar="JOB...", help="Jobs.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All dead letters.")] = False,
    data: Data = None,
) -> None:
    """Work off dead letters, which are the failed jobs (`jobs list --status failed`), once more."""
    with opened(data) as app:
        if every == bool(names):
            raise invalid("JOB", "name failed jobs, or give --all")
        chosen = _failed(app) if names is None or every else list(dict.fromkeys(names))
        for job in chosen:
            _require_status(app, job, "failed")
        for job in chosen:
            app.jobs.process(LOCAL_CALLER, job)
        raise typer.Exit(_worked_off(app, chosen))


@jobs.command()
def cancel(job: JobId, data: Data = None) -> None:
    """Cancel a job; what runs cannot commit any more."""
    with opened(data) as app:
        app.jobs.cancel(LOCAL_CALLER, job)
        console().print(f"{job} is cancelled.")


@jobs.command()
def delete(
    job: JobId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: Data = None,
) -> None:
    """Delete a job that has ended, with its CV and all that was made of it."""
    with opened(data) as app:
        app.jobs.get(LOCAL_CALLER, job)
        if not yes:
            typer.confirm(f"Delete {job}, its CV and its results?", abort=True)
        app.jobs.delete(LOCAL_CALLER, job)
        console().print(f"{job} is deleted.")


def _read_cv(cv: Path) -> bytes:
    return _read(cv, "CV", MAX_SOURCE_BYTES, f"{MAX_SOURCE_BYTES >> 20} MB")


def _read_description(path: Path) -> str:
    """The text of the vacancy; raises invalid-argument naming the file if it is no text."""
    option = OPTIONS["jobDescription"]
    limit = MAX_DESCRIPTION_BYTES
    content = _read(path, option, limit, f"{limit // 1000} kB")
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if utf16 else "utf-8-sig")
        if path.suffix.lower() == ".json":
            json.loads(text)
    except UnicodeDecodeError as error:
        raise invalid(option, f"{path} is not a text file in UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise invalid(option, f"{path} is not readable JSON") from error
    return text


def _read(path: Path, name: str, limit: int, shown_limit: str) -> bytes:
    """A file that the user named; raises invalid-argument if there is none that can be taken."""
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise invalid(name, f"{path}: {error.strerror or type(error).__name__}") from error
    if not content:
        raise invalid(name, f"{path} is empty")
    if len(content) > limit:
        raise invalid(name, f"{path} is larger than {shown_limit}")
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
        for feature in (app.features.runnable(LOCAL_CALLER.tenant) if name == "all" else [name])
    ]


def _chosen_now(app: EmbeddedApp, text: str) -> list[str]:
    features = _chosen(app, text)
    if features is None:
        raise invalid("--features", "the job waits for the choice already")
    return features


def _require_status(app: EmbeddedApp, job: str, *statuses: str) -> None:
    status = app.jobs.get(LOCAL_CALLER, job).status
    if status not in statuses:
        wanted = " or ".join(statuses)
        raise WorkflowError(Code.FAILED_PRECONDITION, f"{job} is {status}, not {wanted}.")


def _failed(app: EmbeddedApp) -> list[str]:
    """All dead letters, the newest first."""
    found = app.jobs.history(LOCAL_CALLER, status=JobStatus.FAILED, limit=MOST_REPLAYED)
    return [job.id for job in found]


def _worked_off(app: EmbeddedApp, chosen: Sequence[str]) -> int:
    """Work until all of `chosen` rest, telling each as it does; answers the exit code."""
    open_jobs, code, local = list(chosen), DONE, Worker(app)
    local.start()
    try:
        while open_jobs:
            for job in list(open_jobs):
                progress = app.monitoring.progress(LOCAL_CALLER, job)
                if progress.status in RESTING:
                    open_jobs.remove(job)
                    console().print(
                        f"{job}  {progress.status}  {printable(progress.error)}".rstrip()
                    )
                    code = code if progress.status == "completed" else JOB_FAILED
            local.pause(POLL_SECONDS)
            if local.failure is not None:
                raise local.failure
    except KeyboardInterrupt:
        code = INTERRUPTED
    local.stop(STOP_SECONDS)
    return code


def _paper(text: str) -> str:
    if text not in ("a4", "letter"):
        raise invalid("--paper", f"{text!r} is neither a4 nor letter")
    return text


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
