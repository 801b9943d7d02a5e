"""Which other origins may ask: none, unless the setting `allowed_origins` names them.

A browser sends `Origin` with every request that a page makes to another origin, and with every
request of its own page that changes something. What comes from elsewhere is refused here, before
any route sees it, so that no foreign page can upload to or ask a server on this machine or network.
Origins are as RFC 6454 has them; sharing follows the Fetch standard's CORS protocol.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.kinds import DEFAULT_PORTS, read_origin
from service.problems import problem

SHARED = ("/api/ask", "/api/ask/stream", "/api/search", "/healthz", "/readyz")
"""Paths that an allowed origin may use; documents are changed from our own pages alone."""
_HARMLESS = frozenset({"GET", "HEAD"})
_MAX_AGE = "600"


class Origins:
    """Middleware that refuses requests from origins that are not allowed.

    Args:
        app: the application.
        allowed: origins that may ask, as `read_origin` gives them.
        root_path: path under which the application is published.

    """

    def __init__(self, app: ASGIApp, allowed: Iterable[str], root_path: str = "") -> None:
        self._app = app
        self._allowed = frozenset(allowed)
        self._shared = frozenset(root_path + path for path in SHARED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        headers = Headers(scope=scope) if scope["type"] in ("http", "websocket") else Headers()
        origin = headers.get("origin")
        if origin is None and _is_foreign(scope, headers):
            detail = "Pages of other sites may not use this; see the setting allowed_origins."
            await problem(403, detail)(scope, receive, send)
            return
        if scope["type"] != "http" or origin is None or is_own(origin, headers.get("host", "")):
            await self._app(scope, receive, send)
        elif not self._may(origin, scope["path"]):
            if scope["method"] in _HARMLESS:
                # Answered, but without leave to read it: the browser keeps it from the page.
                await self._app(scope, receive, send)
            else:
                detail = f"Pages of {origin} may not use this; see the setting allowed_origins."
                await problem(403, detail)(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await _preflight(origin, scope, send)
        else:
            await self._app(scope, receive, _sharing(origin, send))

    def _may(self, origin: str, path: str) -> bool:
        try:
            return read_origin(origin) in self._allowed and path in self._shared
        except ValueError:
            return False


def _is_foreign(scope: Scope, headers: Headers) -> bool:
    """Tell whether a browser says, without naming it, that another site's page would change us."""
    changes = scope["type"] == "http" and scope["method"] not in _HARMLESS
    return changes and headers.get("sec-fetch-site") in ("cross-site", "same-site")


def is_own(origin: str, host: str) -> bool:
    """Tell whether an origin is the address that the request was sent to.

    The scheme is left aside: a proxy that ends TLS passes on the host, not the scheme.
    """
    parts = urlsplit(origin.lower())
    port = DEFAULT_PORTS.get(parts.scheme, "")
    return bool(host) and parts.netloc.removesuffix(port) == host.lower().removesuffix(port)


async def _preflight(origin: str, scope: Scope, send: Send) -> None:
    headers = MutableHeaders(
        {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
            "Access-Control-Max-Age": _MAX_AGE,
            "Vary": "Origin",
        }
    )
    await send({"type": "http.response.start", "status": 204, "headers": headers.raw})
    await send({"type": "http.response.body", "body": b""})


def _sharing(origin: str, send: Send) -> Send:
    async def shared(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Access-Control-Allow-Origin"] = origin
            headers.add_vary_header("Origin")
        await send(message)

    return shared
