"""What commands share: the opened system, errors as exit codes, and a job followed to its end."""

import json
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from .app import LOCAL_CALLER, EmbeddedApp, JobProgress
from .cli_delivery import Destination
from .cli_view import (
    ProgressView,
    console,
    print_json,
    show_command,
    show_error,
    show_result,
)
from .errors import Code, WorkflowError, invalid
from .settings import Settings
from .worker import Worker

DONE, JOB_FAILED, BAD_INPUT, OUR_FAULT, INTERRUPTED = 0, 1, 2, 70, 130
"""Exit codes; 70 is EX_SOFTWARE of sysexits.h."""

POLL_SECONDS = 0.05
STOP_SECONDS = 5.0
"""How long an interrupted worker may still finish what it has in hand."""

RESTING = ("completed", "failed", "cancelled", "analyzed", "paused")
"""Statuses of a job that nothing more happens to by itself."""

_BAD_INPUT = {
    Code.INVALID_ARGUMENT,
    Code.NOT_FOUND,
    Code.ALREADY_EXISTS,
    Code.FAILED_PRECONDITION,
    Code.OUT_OF_RANGE,
}


Data = Annotated[Path | None, typer.Option(help="Data folder [env: CVPLUS_DATA].")]
JobId = Annotated[str, typer.Argument(metavar="JOB", help="The job's id.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


@dataclass(frozen=True)
class Session:
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
            local.stop(STOP_SECONDS)
        except KeyboardInterrupt:
            show_command(out, "Interrupted; the job is kept. Go on with:", self._command("resume"))
            code = INTERRUPTED
        except WorkflowError as error:
            show_error(error.message)
            self._tell("The job is kept. Go on with:", self._command("resume"))
            code = exit_code(error)
        raise typer.Exit(code)

    def _watch(self, local: Worker, view: ProgressView) -> None:
        with view:
            while True:
                progress = self.app.monitoring.progress(LOCAL_CALLER, self.job_id)
                view.show(progress)
                if progress.status in RESTING:
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


def settings_at(data: Path | None) -> Settings:
    """The settings; the folder that the user named goes before the environment's."""
    return Settings() if data is None else Settings(data=data)


@contextmanager
def told_errors() -> Iterator[None]:
    """Errors become a line and an exit code."""
    try:
        yield
    except WorkflowError as error:
        show_error(error.message)
        raise typer.Exit(exit_code(error)) from None


def exit_code(error: WorkflowError) -> int:
    """The exit code of a command that ends with `error`."""
    return BAD_INPUT if error.code in _BAD_INPUT else JOB_FAILED


@contextmanager
def opened(data: Path | None) -> Iterator[EmbeddedApp]:
    """The system on the data folder; its errors become messages and exit codes."""
    with told_errors():
        folder = settings_at(data).data
        try:
            app = EmbeddedApp(Settings(data=folder))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise invalid("--data", f"the folder {folder} cannot be used: {reason}") from error
        try:
            yield app
        finally:
            app.close()
