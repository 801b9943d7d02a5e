"""What the world sees of Gradio: the chat page and what it needs, and nothing else.

Gradio's application has many more routes (files, proxies, its own API), and its page names other
origins. Neither belongs on a server that promises to stay by itself.
"""

import re
from collections.abc import Sequence

from starlette.requests import Request
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.pages import language_of
from service.problems import problem

PAGES = ("", "/", "/config", "/theme.css", "/favicon.ico", "/manifest.json", "/robots.txt")
FOLDERS = (
    "/assets/",
    "/gradio_api/queue/",
    "/gradio_api/heartbeat/",
    "/gradio_api/startup-events",
    "/gradio_api/info",
    "/gradio_api/cancel",
    "/gradio_api/reset",
)
_METHODS = ("GET", "HEAD", "POST")
_POLICY = (
    b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    b"style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    b"worker-src 'self' blob:; base-uri 'self'; object-src 'none'; frame-ancestors 'self'"
)
_FOREIGN = re.compile(rb"\s*<meta\s[^>]*(?:og:|twitter:)[^>]*?/>")
_RESIZER = re.compile(
    rb"<script>\s*\(\(\) => \{(?:(?!</script>).)*iframeResizer.*?</script>", re.DOTALL
)
_MANIFEST = re.compile(rb'<link rel="manifest"[^>]*>')


class Front:
    """ASGI application that lets only the chat page's requests through to Gradio's.

    Args:
        app: Gradio's application.
        routes: our own routes; a request that one of them refused for its method ends up here.

    """

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        ours = path in PAGES or path.startswith(FOLDERS)
        allowed = set(_METHODS) if ours else self._methods(scope)
        if not allowed:
            await problem(404, f"There is nothing at {path}.")(scope, receive, send)
        elif scope["method"] not in allowed:
            detail = f"{scope['method']} is not possible at {path}."
            allow = {"Allow": ", ".join(sorted(allowed))}
            await problem(405, detail, headers=allow)(scope, receive, send)
        elif path in ("", "/"):
            mender = _Mender(send, language_of(request), scope.get("root_path", ""))
            await self._app(scope, receive, mender.send)
        else:
            await self._app(scope, receive, send)

    def _methods(self, scope: Scope) -> set[str]:
        """Return the methods that our own routes know for this path."""
        found: set[str] = set()
        for route in self._routes:
            if isinstance(route, Route) and route.matches(scope)[0] is Match.PARTIAL:
                found |= route.methods or set()
        return found


class _Mender:
    """Rewrites the chat page on its way out."""

    def __init__(self, send: Send, language: str, root_path: str) -> None:
        self._send = send
        self._language = language
        self._root_path = root_path
        self._start: Message = {}
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        body = mend(self._body, self._language, self._root_path) if self._body else b""
        dropped = (b"content-length", b"content-security-policy")
        headers = [pair for pair in self._start["headers"] if pair[0].lower() not in dropped]
        headers.append((b"content-security-policy", _POLICY))
        if body:
            headers.append((b"content-length", str(len(body)).encode()))
        await self._send({**self._start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def mend(html: bytes, language: str, root_path: str = "") -> bytes:
    """Take out of Gradio's page what names other origins, and say its language and icon.

    Gradio adds an icon only when its script runs; until then a browser would ask for one at the
    root of the site, which under a path is somebody else's.
    """
    for pattern in (_FOREIGN, _RESIZER, _MANIFEST):
        html = pattern.sub(b"", html)
    icon = b'<link rel="icon" href="' + root_path.encode() + b'/ui/icon.svg">'
    html = html.replace(b"</head>", icon + b"</head>", 1)
    tag = b"zh-CN" if language == "zh" else b"en"
    return html.replace(b'lang="en"', b'lang="' + tag + b'"', 1)
