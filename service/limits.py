"""How large a request may be, decided before it is read."""

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import problem

MAX_JSON = 2**20
"""Bytes of an ordinary request body."""
UPLOAD_SPARE = 2**20
"""Bytes that an upload's wrapping may take beside the document."""
_DRAIN = 16 * 2**20
"""Bytes of a refused body that are read and dropped, so that the client sees the answer."""


def is_upload(method: str, path: str, root_path: str = "") -> bool:
    """Tell whether a request brings a document: POST to all of them, PUT in the place of one."""
    place = f"{root_path}/api/documents"
    return (method == "POST" and path == place) or (
        method == "PUT" and path.startswith(f"{place}/")
    )


class BodyLimit:
    """Middleware that answers 413 to bodies that are too large.

    Args:
        app: the application.
        limit_for: gives the limit in bytes for a method and a path.

    """

    def __init__(self, app: ASGIApp, limit_for: Callable[[str, str], int]) -> None:
        self._app = app
        self._limit_for = limit_for

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit_for(scope["method"], scope["path"])
        announced = _announced(scope)
        if announced is not None and announced > limit:
            if announced <= _DRAIN:
                await _drain(receive)
            await _refuse(limit)(scope, receive, send)
            return
        counter = _Counter(receive, limit)
        try:
            await self._app(scope, counter.receive, send)
        except _TooMuch:
            await _refuse(limit)(scope, receive, send)


class _TooMuch(BaseException):
    """More arrived than was allowed; no `Exception`, so that nobody on the way up handles it."""


class _Counter:
    """Counts a body of unknown length while it is read."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise _TooMuch
        return message


def _announced(scope: Scope) -> int | None:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return None


async def _drain(receive: Receive) -> None:
    while (message := await receive())["type"] == "http.request" and message.get("more_body"):
        pass


def _refuse(limit: int) -> ASGIApp:
    detail = f"The body is larger than the limit of {limit} bytes."
    return problem(413, detail, headers={"Connection": "close"})
