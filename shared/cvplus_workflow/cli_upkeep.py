"""The commands that look after an installation: doctor, backup, restore."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from .cli_session import DONE, JOB_FAILED, Data, settings_at, told_errors
from .cli_view import console

upkeep = typer.Typer()


@upkeep.command()
def doctor(
    data: Data = None,
    shipped: Annotated[bool, typer.Option("--shipped", help="Only check what is shipped.")] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Repair what can be repaired.")] = False,
) -> None:
    """Check this installation: pipelines, templates, rendering, database, files, permissions."""
    from .health import installation_checks, shipped_checks
    from .upkeep import findings

    settings = settings_at(data)
    out = console()
    with told_errors():
        # First, so that the checks tell how things are afterwards.
        if repair and not shipped:
            for finding in findings(settings, repair=True):
                out.print(Text(f"repair  {finding.told()}"))
    checks = shipped_checks() + ([] if shipped else installation_checks(settings))
    for check in checks:
        sign = ("ok   ", "green") if check.fine else ("bad  ", "red")
        out.print(Text.assemble(sign, f" {check.name:<9} {check.finding}"))
    fine = all(check.fine for check in checks)
    sound = any(check.name == "database" and check.fine for check in checks)
    if sound and not repair:
        with told_errors():
            for finding in findings(settings, repair=False):
                out.print(Text(f"note   {finding.told()}"))
    raise typer.Exit(DONE if fine else JOB_FAILED)


@upkeep.command()
def backup(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Absent, or an empty folder.")],
    data: Data = None,
) -> None:
    """Copy the data folder to DIR; workers may go on meanwhile."""
    from .upkeep import back_up

    with told_errors():
        count = back_up(settings_at(data), folder)
        console().print(Text(f"{folder} is a backup: the database and {count} files."))


@upkeep.command()
def restore(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `backup` made.")],
    data: Data = None,
) -> None:
    """Make the backup DIR the data folder, which must be absent or empty."""
    from .upkeep import restore as copy_back

    with told_errors():
        settings = settings_at(data)
        count = copy_back(settings, folder)
        console().print(Text(f"{settings.data} is restored: the database and {count} files."))
