"""The commands that tell what happened and why, on either back end."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from .app import LOCAL_CALLER, App, Caller
from .cli_plan import show_orchestration
from .cli_session import Data, JobId, Json, opened, told_errors
from .cli_view import console, print_json, show_timeline

debug = typer.Typer(help="What happened, and why.", no_args_is_help=True)

Tenant = Annotated[
    str,
    typer.Option(
        help="Of this tenant on Firebase, in the environment of the functions, and with "
        "credentials that may read it; instead of the data folder."
    ),
]


@debug.command("job-processing")
def debug_job_processing(
    job: JobId, data: Data = None, tenant: Tenant = "", as_json: Json = False
) -> None:
    """Tell what happened to a job, and why."""
    with _asked(data, tenant) as (app, caller):
        moments = app.call("debugJobProcessing", caller, {"jobId": job})
        if as_json:
            print_json(moments)
            return
        out = console()
        progress = app.monitoring.progress(caller, job)
        out.print(f"{job}  {progress.status}, run {progress.run}")
        show_timeline(out, moments)
        if progress.error:
            out.print(f"error: {progress.error} ({progress.error_type})", markup=False)


@debug.command("feature-orchestration")
def debug_feature_orchestration(
    job: JobId, data: Data = None, tenant: Tenant = "", as_json: Json = False
) -> None:
    """Tell a job's plan: its order, its critical path, and why each step is where it is."""
    with _asked(data, tenant) as (app, caller):
        plan = app.call("debugFeatureOrchestration", caller, {"jobId": job})
        print_json(plan) if as_json else show_orchestration(console(), plan)


@contextmanager
def _asked(data: Path | None, tenant: str) -> Iterator[tuple[App, Caller]]:
    """The system that holds the jobs, and on whose behalf it is asked."""
    if not tenant:
        with opened(data) as embedded:
            yield embedded, LOCAL_CALLER
        return
    with told_errors():
        from .app import FirebaseApp
        from .settings import FirebaseSettings

        app = FirebaseApp(FirebaseSettings())
        try:
            yield app, Caller("command-line", tenant, frozenset({"user", "operator"}))
        finally:
            app.close()
