"""The commands that let other programs in: a web server, and tokens for it."""

import logging
import signal
from datetime import timedelta
from typing import Annotated

import typer

from .app import LOCAL_CALLER, ROLES, Caller
from .cli_session import STOP_SECONDS, Data, opened
from .cli_view import console
from .errors import invalid
from .worker import Worker

serving = typer.Typer()

LINK_DAYS = 1
"""How long the link that `serve` prints is good for."""


@serving.command()
def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on, and by which it is called.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 is any free one.")] = 5001,
    data: Data = None,
) -> None:
    """Answer all operations over HTTP and work on their jobs, until interrupted."""
    from .server import Server

    with opened(data) as app:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        # Its lines for each request hold the addresses of callers and the ids of jobs.
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        server, local = Server(app, host, port), Worker(app)
        token = app.tokens.issue(LOCAL_CALLER, timedelta(days=LINK_DAYS))
        server.start()
        local.start()
        out = console()
        out.print(f"{server.url}/#{token}", markup=False, highlight=False, soft_wrap=True)
        out.print("The link is as good as a password, for a day. Ctrl-C ends.")
        try:
            local.wait()
        except KeyboardInterrupt:
            out.print("Ending.")
        finally:
            server.stop()
            local.stop(STOP_SECONDS)


@serving.command()
def token(
    uid: Annotated[str, typer.Argument(help="The user's id.")],
    tenant: Annotated[
        str, typer.Option(help="Their tenant; without it a tenant of their own.")
    ] = "",
    role: Annotated[
        list[str] | None, typer.Option(help="user, reviewer, operator, service.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=365)] = 30,
    data: Data = None,
) -> None:
    """Print a token with which a user of this installation calls its operations."""
    from .callables import is_caller_name

    with opened(data) as app:
        for name, text in (("UID", uid), ("--tenant", tenant or uid)):
            if not is_caller_name(text):
                raise invalid(name, "up to 128 characters on one line, and no slash")
        roles = frozenset(role or ["user"])
        if unknown := roles - ROLES:
            raise invalid(
                "--role", f"{', '.join(sorted(unknown))}: one of {', '.join(sorted(ROLES))}"
            )
        typer.echo(app.tokens.issue(Caller(uid, tenant or uid, roles), timedelta(days=days)))
