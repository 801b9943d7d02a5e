"""Serving under a path: a reverse proxy may pass that path on, or cut it off."""

from starlette.types import ASGIApp, Receive, Scope, Send


class Prefix:
    """Middleware that names the published path, and puts it back where a proxy has cut it off.

    ASGI wants `path` to begin with `root_path`, and mounted applications rely on it.
    """

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self._app = app
        self._root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its whole path."""
        scope = {**scope, "root_path": self._root_path}
        if "path" in scope and not f"{scope['path']}/".startswith(self._root_path + "/"):
            raw = scope.get("raw_path") or scope["path"].encode()
            scope = {
                **scope,
                "path": self._root_path + scope["path"],
                "raw_path": self._root_path.encode() + raw,
            }
        await self._app(scope, receive, send)
