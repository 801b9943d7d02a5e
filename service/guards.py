"""Everything a request passes before it reaches a route, in order."""

from fastapi import FastAPI

from service.access import Access
from service.callers import Callers, Forwarded
from service.hosts import Hosts, is_loopback
from service.limits import MAX_JSON, UPLOAD_SPARE, BodyLimit
from service.origins import Origins
from service.prefix import Prefix
from service.sessions import Sessions
from service.settings import Settings
from service.tokens import TokenFile


def guard(app: FastAPI, settings: Settings) -> None:
    """Put the guards before `app`."""
    app.state.tokens = TokenFile(settings.data)
    app.state.sessions = Sessions()
    asked = settings.access == "token" or not (is_loopback(settings.host) or settings.insecure)
    callers = Callers(settings, app.state.tokens, app.state.sessions, always=asked)
    # The last one added is the first one passed.
    app.add_middleware(BodyLimit, limit_for=lambda path: _limit(path, settings))
    app.add_middleware(Access, settings=settings, callers=callers)
    app.add_middleware(Origins, allowed=settings.allowed_origins, root_path=settings.root_path)
    app.add_middleware(Hosts, settings=settings)
    app.add_middleware(Forwarded, trusted=settings.trusted_proxies)
    if settings.root_path:
        app.add_middleware(Prefix, root_path=settings.root_path)


def _limit(path: str, settings: Settings) -> int:
    adds = path.rstrip("/").endswith("/api/documents")
    return settings.max_upload + UPLOAD_SPARE if adds else MAX_JSON
