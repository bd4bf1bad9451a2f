"""The commands for flags: which features are on, and kill switches."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from .app import INSTALLATION_CALLER, LOCAL_CALLER
from .cli_session import Data, Json, opened
from .cli_view import console, print_json

flags = typer.Typer(help="Which features are on, and kill switches.", no_args_is_help=True)

Feature = Annotated[str, typer.Argument(metavar="FEATURE", help="The feature's id.")]
StepId = Annotated[str, typer.Argument(metavar="STEP", help="A feature, parse, assemble, quality.")]
Everyone = Annotated[
    bool, typer.Option("--everyone", help="For all tenants of the data folder, not only local.")
]


@flags.command("list")
def list_flags(data: Data = None, as_json: Json = False) -> None:
    """List the flags and the kill switches that are thrown."""
    with opened(data) as app:
        found = app.call("listFlags", LOCAL_CALLER, None)
        if as_json:
            print_json(found)
            return
        for flag in found:
            console().print(Text(_line(flag)), soft_wrap=True)


@flags.command("set")
def set_flag(
    feature: Feature,
    on: Annotated[bool | None, typer.Option("--on/--off", help="For whom the rest lets.")] = None,
    percent: Annotated[float | None, typer.Option(help="For so many of the users.")] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=VALUE", help="Only for this user, tenant, template, priority."),
    ] = None,
    anyone: Annotated[
        bool, typer.Option("--anyone", help="For whom no rule asks any more.")
    ] = False,
    variant: Annotated[
        list[str] | None, typer.Option(metavar="NAME=WEIGHT", help="A variant of an experiment.")
    ] = None,
    no_variants: Annotated[
        bool, typer.Option("--no-variants", help="The experiment is over.")
    ] = False,
    everyone: Everyone = False,
    data: Data = None,
) -> None:
    """Change a feature's flag; what is not given stays as it is."""
    if (only and anyone) or (variant and no_variants):
        raise typer.BadParameter("give rules or --anyone, variants or --no-variants")
    changes = {
        "on": on,
        "percent": percent,
        "only": _rules(only) if only or anyone else None,
        "variants": dict(_pairs(variant, "--variant")) if variant or no_variants else None,
    }
    if all(change is None for change in changes.values()):
        raise typer.BadParameter("give --on, --off, --percent, --only or --variant")
    _change(data, everyone, {"flagId": feature, **changes})


@flags.command()
def kill(step: StepId, everyone: Everyone = False, data: Data = None) -> None:
    """Throw a kill switch: within 10 s the step starts in no job any more."""
    _change(data, everyone, {"flagId": step, "killed": True})


@flags.command()
def lift(step: StepId, everyone: Everyone = False, data: Data = None) -> None:
    """Lift a kill switch; what waits for it goes on by itself."""
    _change(data, everyone, {"flagId": step, "killed": False})


def _change(data: Path | None, everyone: bool, request: Mapping[str, Any]) -> None:
    with opened(data) as app:
        caller = INSTALLATION_CALLER if everyone else LOCAL_CALLER
        for flag in app.call("setFlag", caller, request):
            console().print(Text(_line(flag)), soft_wrap=True)


def _pairs(texts: Iterable[str] | None, option: str) -> Iterable[tuple[str, str]]:
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise typer.BadParameter(f"{option} {text} has not the form NAME=VALUE")
        yield name, value


def _rules(texts: Iterable[str] | None) -> dict[str, list[str]]:
    rules: dict[str, list[str]] = {}
    for name, value in _pairs(texts, "--only"):
        rules.setdefault(name, []).append(value)
    return rules


def _line(flag: Mapping[str, Any]) -> str:
    """A flag in one line."""
    told = ["on" if flag["on"] else "off"]
    told += [f"only {name} {' or '.join(values)}" for name, values in flag["only"].items()]
    told += [f"{flag['percent']:g} % of users"] if flag["percent"] < 100 else []
    told += [f"variant {name} {weight}" for name, weight in flag["variants"].items()]
    told += ["KILLED"] if flag["killed"] else []
    return f"{flag['id']:<24} {flag['tenant']:<12} {', '.join(told)}"
