"""Sessions of people who signed in on the page: a signed cookie, worth as much as its token."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Iterable

from service.tokens import Token

COOKIE = "wenju_session"
LIFETIME = 7 * 24 * 3600
"""Seconds after which one has to sign in again."""


class Sessions:
    """Makes session cookies and reads them back.

    The key lives in memory alone: nothing at rest lets anyone sign a cookie, and a restart ends
    all sessions. A session also ends with its token.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def make(self, token: Token) -> str:
        """Return a cookie's value for whoever brought `token`."""
        payload = json.dumps([token.digest[:16], int(time.time()) + LIFETIME]).encode()
        body = base64.urlsafe_b64encode(payload).decode()
        return f"{body}.{self._sign(body, token)}"

    def read(self, value: str, tokens: Iterable[Token]) -> Token | None:
        """Return the token that a cookie stands for; None if it is forged, stale or removed."""
        body, _, signature = value.partition(".")
        try:
            mark, until = json.loads(base64.urlsafe_b64decode(body))
            found = next((token for token in tokens if token.digest[:16] == mark), None)
            if found is None or float(until) < time.time():
                return None
        except (ValueError, TypeError):
            return None
        expected = self._sign(body, found)
        return found if hmac.compare_digest(signature.encode(), expected.encode()) else None

    def _sign(self, body: str, token: Token) -> str:
        message = f"{token.digest}:{body}".encode()
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()
