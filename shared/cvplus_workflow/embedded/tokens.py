"""Tokens of an embedded installation: JSON Web Tokens (RFC 7519), signed by its own key.

The claims are those that a Firebase ID token would carry: `sub`, `tenant`, `roles`.
"""

from datetime import timedelta

from ..domain.jobs import Caller
from ..errors import Code, WorkflowError
from ..ports import Clock, Signer

_ALGORITHM = "HS256"
_PURPOSE = "caller-tokens/1"
"""The signer signs other things, too; tokens have a key that is derived for them alone."""


class LocalTokens:
    """Issues and verifies tokens."""

    def __init__(self, signer: Signer, clock: Clock) -> None:
        self._key = bytes.fromhex(signer.sign(_PURPOSE))
        self._clock = clock

    def issue(self, caller: Caller, valid: timedelta) -> str:
        """A token that stands for `caller` for so long."""
        import jwt

        claims = {
            "sub": caller.uid,
            "tenant": caller.tenant,
            "roles": sorted(caller.roles),
            "exp": int((self._clock.now() + valid).timestamp()),
        }
        return jwt.encode(claims, self._key, _ALGORITHM)

    def caller_of(self, token: str) -> Caller:
        """Who `token` stands for; raises unauthenticated if it is not ours, or no more valid."""
        import jwt

        try:
            claims = jwt.decode(
                token,
                self._key,
                [_ALGORITHM],
                options={"require": ["exp", "sub"], "verify_exp": False},
            )
        except jwt.InvalidTokenError:
            raise _refused("The token is not valid.", "bad-token") from None
        if claims["exp"] <= self._clock.now().timestamp():
            raise _refused("The token has expired.", "token-expired")
        return Caller(claims["sub"], claims["tenant"], frozenset(claims["roles"]))


def _refused(message: str, reason: str) -> WorkflowError:
    return WorkflowError(Code.UNAUTHENTICATED, message, reason=reason)
