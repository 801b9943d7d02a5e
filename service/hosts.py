"""Under which names the server may be called, and whether it listens to this machine alone.

A page of a foreign site can have its name point at 127.0.0.1 and then passes for our own page (DNS
rebinding). The browser still sends that name as Host, so a server on loopback knows its own names.
"""

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from service.kinds import read_host
from service.problems import problem
from service.settings import Settings


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine's own, reachable from no other."""
    try:
        return host in ("localhost", "unix") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.endswith(".localhost")


class Hosts:
    """Middleware that answers 421 to requests under a name that is not the server's.

    Bound beyond loopback, any name will do unless the setting `allowed_hosts` names some.

    Args:
        app: the application.
        settings: `host`, `allowed_hosts` and `allowed_origins` count.

    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._names = frozenset((*_bound(settings.host), *settings.allowed_hosts, *_of(settings)))
        self._any = not is_loopback(settings.host) and not settings.allowed_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if self._any or scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        name = Headers(scope=scope).get("host", "")
        if self._is_ours(name):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            detail = "This server does not go by that name; see the setting allowed_hosts."
            await problem(421, detail)(scope, receive, send)

    def _is_ours(self, header: str) -> bool:
        try:
            name = read_host(header)
        except ValueError:
            return False
        return name in self._names or is_loopback(name)


def _bound(host: str) -> Iterable[str]:
    return () if host in ("0.0.0.0", "::", "") else (read_host(host),)


def _of(settings: Settings) -> Iterable[str]:
    return (urlsplit(origin).hostname or "" for origin in settings.allowed_origins)
