"""Who a request is from: a token, a session, a proxy's user, or somebody at an address."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from service.scopes import NONE, SCOPES, WRITE
from service.sessions import COOKIE, Sessions
from service.settings import Settings
from service.tokens import TokenFile, find_token

KEY = "wenju.caller"
"""Where a caller stands in an ASGI scope."""
_PEER = "wenju.peer"
_OWN = ("127.0.0.1", "::1")
"""Whose word about addresses counts when no proxies are named; about users, nobody's does then."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request.

    Attributes:
        name: what logs and rate limits know them by.
        scope: what they may do.
        by: "token", "session", "proxy" or "address": how that is known.
        rejected: whether they brought credentials that are not good.

    """

    name: str
    scope: int
    by: str = "address"
    rejected: bool = False


def caller_of(scope: Scope) -> Caller:
    """Return who sent a request."""
    found: Caller = scope.get(KEY) or Caller("unknown", WRITE)
    return found


class Callers:
    """Tells who requests are from.

    Args:
        settings: who is let in, and as what.
        tokens: the tokens there are.
        sessions: the sessions there are.
        always: whether tokens are asked for even while there are none.

    """

    def __init__(
        self, settings: Settings, tokens: TokenFile, sessions: Sessions, always: bool
    ) -> None:
        self._settings = settings
        self._tokens = tokens
        self._sessions = sessions
        self._always = always or bool(settings.user_header)
        self._proxies = [ipaddress.ip_network(network) for network in settings.trusted_proxies]

    def identify(self, scope: Scope) -> Caller:
        """Return who sent the request of an ASGI scope.

        Raises:
            StoreError: the tokens cannot be read.

        """
        connection = HTTPConnection(scope)
        tokens = self._tokens.tokens()
        address = address_of(scope)
        if not (tokens or self._always):
            return Caller(address, WRITE)
        nobody = SCOPES[self._settings.anonymous]
        if header := connection.headers.get("authorization"):
            kind, _, secret = header.partition(" ")
            found = find_token(tokens, secret.strip()) if kind.lower() == "bearer" else None
            if found is None:
                return Caller(address, NONE, rejected=True)
            return Caller(found.name, SCOPES[found.scope], "token")
        if user := self._user(scope, connection.headers):
            return Caller(user, SCOPES[self._settings.user_scope], "proxy")
        if cookie := connection.cookies.get(COOKIE):
            found = self._sessions.read(cookie, tokens)
            if found is not None:
                return Caller(found.name, SCOPES[found.scope], "session")
        return Caller(address, nobody)

    def _user(self, scope: Scope, headers: Headers) -> str:
        """Return the user that a trusted proxy names; "" if it names none or is not trusted."""
        name = self._settings.user_header
        if not name or not _within(scope.get(_PEER, ""), self._proxies):
            return ""
        return headers.get(name, "").strip()[:64]


class Forwarded:
    """Middleware that believes trusted proxies about the client's address and scheme.

    Args:
        app: the application.
        trusted: networks of the proxies.

    """

    def __init__(self, app: ASGIApp, trusted: Sequence[str]) -> None:
        from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

        # A proxy's word replaces `client`; who really connected is kept beside it.
        believed = list(trusted or _OWN)
        self._app: ASGIApp = ProxyHeadersMiddleware(app, trusted_hosts=believed)  # type: ignore[arg-type, assignment]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with the client that it is from."""
        if scope["type"] in ("http", "websocket"):
            scope[_PEER] = address_of(scope)
        await self._app(scope, receive, send)


def address_of(scope: Scope) -> str:
    """Return the address that a request came from."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def subnet(address: str) -> str:
    """Return what stands for a client: an IPv4 address, or the /64 that one IPv6 client has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4 or parsed.is_loopback:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _within(
    address: str, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]
) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
