"""Signing in on the page with a token, and out."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile

from service.pages import page
from service.sessions import COOKIE, LIFETIME, Sessions
from service.tokens import TokenFile, find_token

router = APIRouter(include_in_schema=False)

_NO_STORE = {"Cache-Control": "no-store"}
_LONGEST = 2000
"""Characters of an address to go on to."""


@router.get("/sign-in", response_class=HTMLResponse)
def sign_in_page(request: Request, next: str = "") -> Response:
    """Ask for a token, or say who is signed in."""
    cookie = request.cookies.get(COOKIE, "")
    found = _sessions(request).read(cookie, _tokens(request).tokens()) if cookie else None
    return _page(request, name=found.name if found else "", next=_local(request, next))


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Take a token, and give a session for it."""
    async with request.form(max_files=0, max_fields=4) as form:
        secret, goal = _text(form.get("token")), _local(request, _text(form.get("next")))
    found = find_token(_tokens(request).tokens(), secret.strip())
    if found is None:
        refusal: Response | None = request.scope["wenju.wrong"]()
        return refusal or _page(request, status=401, wrong=True, next=goal)
    response = RedirectResponse(goal, 303, _NO_STORE)
    response.set_cookie(
        COOKIE,
        _sessions(request).make(found),
        max_age=LIFETIME,
        path=_root(request) or "/",
        secure=_over_tls(request),
        httponly=True,
        samesite="lax",
    )
    return response


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """End the session."""
    response = RedirectResponse(f"{_root(request)}/sign-in", 303, _NO_STORE)
    response.delete_cookie(COOKIE, path=_root(request) or "/", httponly=True, samesite="lax")
    return response


def _page(request: Request, *, status: int = 200, **values: Any) -> HTMLResponse:
    shown = {"here": "sign-in", **values}
    response = page(request, "sign_in.html", status=status, ancestors="'none'", **shown)
    response.headers.update(_NO_STORE)
    return response


def _local(request: Request, goal: str) -> str:
    """Return where to go on to: an address of ours, or the first page."""
    ours = goal.startswith("/") and not goal.startswith(("//", "/\\")) and len(goal) < _LONGEST
    return goal if ours and goal.isprintable() else f"{_root(request)}/"


def _over_tls(request: Request) -> bool:
    """Tell whether the browser speaks TLS, to us or to a proxy; the form's Origin says so too."""
    return request.url.scheme == "https" or request.headers.get("origin", "").startswith("https:")


def _text(value: UploadFile | str | None) -> str:
    return value if isinstance(value, str) else ""


def _root(request: Request) -> str:
    return str(request.app.state.engine.settings.root_path)


def _tokens(request: Request) -> TokenFile:
    tokens: TokenFile = request.app.state.tokens
    return tokens


def _sessions(request: Request) -> Sessions:
    sessions: Sessions = request.app.state.sessions
    return sessions
