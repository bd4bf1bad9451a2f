"""The form of a callable's request, for every host that takes one.

`POST {"data": …}` as JSON, the token in the Authorization header
(https://firebase.google.com/docs/functions/callable-reference).
"""

from typing import Any

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Request

from .errors import invalid

LONGEST_CALLER_NAME = 128
"""Characters of a user's id at the most (https://firebase.google.com/docs/auth/admin/manage-users)."""

MAX_REQUEST_BYTES = 16 * 1024 * 1024
"""The longest body taken: a CV of 10 MiB grows by a third as base64."""


def data_of(request: Request) -> dict[str, Any] | None:
    """The `data` of a request; raises invalid-argument unless it has the form of a callable."""
    request.max_content_length = MAX_REQUEST_BYTES
    if request.method != "POST" or request.mimetype != "application/json":
        raise invalid("request", "must be a POST of application/json")
    try:
        body = request.get_json(silent=True)
    except RequestEntityTooLarge:
        raise invalid("request", f"over {MAX_REQUEST_BYTES} bytes") from None
    except RecursionError:
        raise invalid("request", "nested too deeply") from None
    if not isinstance(body, dict) or set(body) != {"data"}:
        raise invalid("request", 'the body must be JSON of the form {"data": …}')
    data = body["data"]
    if not isinstance(data, dict | None):
        raise invalid("data", "must be an object or null")
    return data


def is_caller_name(text: Any) -> bool:
    """Whether `text` can be the id of a user or tenant: it stands in paths as one name."""
    plain = isinstance(text, str) and text.isprintable() and "/" not in text
    return plain and len(text.strip(". ")) > 0 and len(text) <= LONGEST_CALLER_NAME


def bearer_token(request: Request) -> str:
    """The token that a request carries, or ""."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""
