"""The command that runs the deployed system on this machine."""

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .cli_session import told_errors
from .cli_view import console

if TYPE_CHECKING:
    from .emulate import Stack

emulation = typer.Typer()

Port = Annotated[int, typer.Option(min=0, max=65535, help="0 is any free one.")]


@emulation.command()
def emulate(
    folder: Annotated[Path, typer.Argument(help="The folder that holds firebase.json.")] = Path(),
    project: Annotated[str, typer.Option(help="Project id.")] = "demo-cvplus",
    port: Port = 5001,
    firestore_port: Port = 8080,
    pubsub_port: Port = 8085,
    storage_port: Port = 9199,
) -> None:
    """Run the functions on the emulators of Firebase, until interrupted."""
    with told_errors():
        from .emulate import AUTH_HOST, Ports, Stack

        signal.signal(signal.SIGTERM, signal.default_int_handler)
        auth_host = os.environ.get("FIREBASE_AUTH_EMULATOR_HOST", AUTH_HOST)
        ports = Ports(port, firestore_port, pubsub_port, storage_port)
        try:
            with Stack(folder.resolve(), project, ports, auth_host=auth_host) as stack:
                _show(stack)
                stack.wait()
        except KeyboardInterrupt:
            return


def _show(stack: "Stack") -> None:
    """The addresses, and what another process needs to work on the same system."""
    out = console()
    hosts = {**stack.hosts}
    hosts.pop("FIREBASE_AUTH_EMULATOR_HOST")
    for name, address in {"functions": stack.url, **_named(hosts)}.items():
        out.print(f"{name:<10} {address}", markup=False, highlight=False, soft_wrap=True)
    out.print("\nFor other processes that work on it:")
    for variable, value in sorted(stack.environment.items()):
        out.print(f"export {variable}={value}", markup=False, highlight=False, soft_wrap=True)
    out.print("\nTokens are not verified: whoever reaches these addresses may do anything.")
    out.print("Ctrl-C ends.")


def _named(hosts: dict[str, str]) -> dict[str, str]:
    """Addresses by what they are of, as their variables name it."""
    names = ((variable.removesuffix("_EMULATOR_HOST"), host) for variable, host in hosts.items())
    return {name.replace("_", " ").lower(): host for name, host in sorted(names)}
