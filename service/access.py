"""The door's guard: who may send this request to this path, in this server's mode, how often."""

import logging
import math
from collections.abc import Callable
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from corpus.errors import SettingsError, StoreError
from service.callers import KEY, Caller, Callers, address_of, subnet
from service.hosts import is_loopback
from service.origins import is_own
from service.problems import problem
from service.rates import Rates
from service.scopes import HARMLESS, MODES, NAMES, NONE, WRITE, needed, rule_for
from service.settings import Settings
from service.tokens import read_tokens

_log = logging.getLogger(__name__)

_ATTEMPTS = 20
"""Wrong credentials a minute that one address may bring."""
_COSTLY_READS = ("/search", "/read/", "/api/")
"""Where reading counts towards the rate limit too; a page's own files do not."""


def check_start(settings: Settings) -> None:
    """Return if a server with these settings may start.

    Raises:
        SettingsError: anyone on the network could do anything.
        StoreError: the tokens cannot be read.

    """
    if settings.user_header and not settings.trusted_proxies:
        raise SettingsError("user_header needs trusted_proxies: whose word about users counts.")
    guarded = settings.access == "token" or settings.user_header or read_tokens(settings.data)
    if guarded or settings.insecure or is_loopback(settings.host):
        return
    raise SettingsError(
        f"Listening on {settings.host} would let in everyone who can reach it. Make a token first "
        "(wenju token add NAME --scope write), or say --insecure if that is meant."
    )


class Access:
    """Middleware that refuses whoever may not, and tells the rest of the program who it is.

    Args:
        app: the application.
        settings: the settings.
        callers: tells who requests are from.
        limited: called whenever the rate limit refuses a request.

    """

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        callers: Callers,
        limited: Callable[[], None] = lambda: None,
    ) -> None:
        self._app = app
        self._root = settings.root_path
        self._cap = MODES[settings.mode]
        self._mode = settings.mode
        self._callers = callers
        self._limited = limited
        self._local = is_loopback(settings.host)
        self._rates = Rates(settings.rate_limit)
        self._attempts = Rates(_ATTEMPTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif refusal := self._refusal(scope):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            else:
                await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        path = scope["path"].removeprefix(self._root)
        method = scope.get("method", "GET")
        address = address_of(scope)
        scope[KEY] = Caller(address, NONE)
        need = needed(method, path)
        if need > self._cap and not rule_for(path).always:
            detail = f"This server is {self._mode.replace('_', '-')} (its setting mode)."
            return problem(403, detail)
        if need == NONE:
            scope["wenju.wrong"] = lambda: self._wrong(address)
            return None
        try:
            caller = self._callers.identify(scope)
        except StoreError as error:
            _log.error("%s", error)
            return problem(503, "The access tokens cannot be read; see the server's log.")
        scope[KEY] = caller
        headers = Headers(scope=scope)
        if caller.rejected:
            unknown = "That token is not known, or was removed."
            return self._wrong(address) or _unauthorised(unknown, 'error="invalid_token"')
        if caller.scope < need:
            return self._insufficient(caller, need, scope, headers)
        if caller.by == "session" and method not in HARMLESS and not from_own_page(headers):
            return problem(403, "Signed in by cookie, only this server's own pages change things.")
        return self._over_rate(caller, method, path)

    def _wrong(self, address: str) -> Response | None:
        """Count wrong credentials; return what refuses an address that brings too many.

        Good ones always pass: others behind the same address must not be locked out by it, and a
        token has too many possible values to be guessed at any rate.
        """
        wait = self._attempts.take(subnet(address))
        return self._too_often(wait, "Too many wrong tokens from this address.") if wait else None

    def _insufficient(self, caller: Caller, need: int, scope: Scope, headers: Headers) -> ASGIApp:
        if caller.by != "address":
            detail = f"This takes the scope {NAMES[need]}; {caller.name} has {NAMES[caller.scope]}."
            challenge = f'Bearer error="insufficient_scope", scope="{NAMES[need]}"'
            return problem(403, detail, headers={"WWW-Authenticate": challenge})
        if scope.get("method") == "GET" and "text/html" in headers.get("accept", ""):
            query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
            way = quote(scope["path"] + query, safe="/")
            return RedirectResponse(f"{self._root}/sign-in?next={way}", 303)
        return _unauthorised("Send a token as “Authorization: Bearer …”, or sign in on the page.")

    def _over_rate(self, caller: Caller, method: str, path: str) -> ASGIApp | None:
        counts = method not in HARMLESS or path.startswith(_COSTLY_READS)
        open_here = self._local and caller.by == "address" and caller.scope == WRITE
        if not counts or (open_here and is_loopback(caller.name)):
            return None
        known = caller.by != "address"
        wait = self._rates.take(f"user {caller.name}" if known else subnet(caller.name))
        return self._too_often(wait, "Too many requests; wait a little.") if wait else None

    def _too_often(self, wait: float, detail: str) -> Response:
        self._limited()
        return problem(429, detail, headers={"Retry-After": str(math.ceil(wait))})


def from_own_page(headers: Headers) -> bool:
    """Tell whether a browser says that a page of this very server sent the request."""
    origin = headers.get("origin")
    if origin is not None:
        return is_own(origin, headers.get("host", ""))
    return headers.get("sec-fetch-site") == "same-origin"


def _unauthorised(detail: str, more: str = "") -> ASGIApp:
    challenge = 'Bearer realm="wenju"' + (f", {more}" if more else "")
    return problem(401, detail, headers={"WWW-Authenticate": challenge})
