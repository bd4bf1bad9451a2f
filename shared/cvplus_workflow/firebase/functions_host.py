"""All functions behind one web server of this machine: `python -m … FOLDER LISTENER`.

LISTENER is the number of an inherited file descriptor, a socket that listens.

A function is at `/<project>/<region>/<name>`, where Firebase's client looks for it with
`connectFunctionsEmulator`. Those for messages take raw pushes of Pub/Sub. The process ends
with its standard input, so that it never outlives whoever started it.
"""

import importlib
import logging
import os
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Flask, request
from msgspec import Struct
from werkzeug.serving import make_server

Functions = Mapping[str, Callable[[Any], Any]]

_METHODS = ["GET", "POST", "PUT", "DELETE", "OPTIONS"]


class PushedEvent(Struct, frozen=True):
    """What a function for messages is given: the body of a push, as a CloudEvent has it."""

    data: Any


def find_functions(folder: Path) -> Functions:
    """The functions that `main.py` in `folder` exposes, by the name they are deployed under."""
    sys.path.insert(0, str(folder))
    found = vars(importlib.import_module("main")).values()
    return {item.__name__: item for item in found if hasattr(item, "__firebase_endpoint__")}


def web_app(functions: Functions, project: str) -> Flask:
    """A web application that serves `functions` in any region."""
    app = Flask("functions")
    for name, function in functions.items():
        app.add_url_rule(
            f"/{project}/<region>/{name}",
            name,
            _view(function),
            methods=_METHODS,
            provide_automatic_options=False,
        )
    return app


def _view(function: Callable[[Any], Any]) -> Callable[[str], Any]:
    endpoint = function.__firebase_endpoint__  # type: ignore[attr-defined]
    if endpoint.eventTrigger is None:
        return lambda region: function(request._get_current_object())  # type: ignore[attr-defined]

    def take_push(region: str) -> tuple[str, int]:
        function(PushedEvent(request.get_json(silent=True)))
        return "", 204

    return take_push


def _end_with_parent() -> None:
    os.read(0, 1)
    os._exit(0)


def main() -> None:
    """Serve until killed."""
    folder, listener = Path(sys.argv[1]), int(sys.argv[2])
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    logging.getLogger("cvplus_workflow").setLevel(logging.INFO)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    app = web_app(find_functions(folder), os.environ["GOOGLE_CLOUD_PROJECT"])
    server = make_server("127.0.0.1", 0, app, threaded=True, fd=listener)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    # Nobody reads on: whatever is still printed goes to standard error.
    os.dup2(2, 1)
    server.serve_forever()


if __name__ == "__main__":
    main()
