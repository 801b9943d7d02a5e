"""What all our own pages share: templates, the reader's language, security headers."""

from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from service.assets import asset
from service.callers import caller_of
from service.scopes import MODES, SEARCH, WRITE
from service.words import COOKIE, WORDS, preferred

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)
_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
_YEAR = 365 * 24 * 3600


def exact(text: str) -> Markup:
    """Escape `text` so that a browser keeps every character of it.

    An HTML parser turns a carriage return into a line feed unless it is written as a reference.
    """
    return Markup(str(escape(text)).replace("\r", "&#13;"))


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["exact"] = exact


def language_of(request: Request) -> str:
    """Return the language to speak to whoever sent `request`."""
    chosen = request.query_params.get("lang") or request.cookies.get(COOKIE)
    return preferred(request.headers.get("accept-language"), chosen)


def page(
    request: Request, template: str, *, status: int = 200, ancestors: str = "'self'", **values: Any
) -> HTMLResponse:
    """Render a page.

    Args:
        request: what asked for it.
        template: the template's file name.
        status: HTTP status.
        ancestors: who may put the page into a frame.
        values: what the template shows.

    """
    language = language_of(request)
    root = request.scope.get("root_path", "")
    settings = request.app.state.engine.settings
    granted = min(caller_of(request.scope).scope, MODES[settings.mode])
    html = _TEMPLATES.get_template(template).render(
        language=language,
        other="en" if language == "zh" else "zh",
        words=WORDS[language],
        root=root,
        asset=lambda name: asset(name, root),
        request=request,
        may_list=granted >= SEARCH,
        may_write=granted >= WRITE,
        **values,
    )
    policy = _POLICY.format(ancestors=ancestors)
    response = HTMLResponse(html, status, {**_HEADERS, "Content-Security-Policy": policy})
    if request.query_params.get("lang") == language:
        response.set_cookie(COOKIE, language, max_age=_YEAR, samesite="lax")
    return response
