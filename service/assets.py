"""Style sheets and scripts under addresses that change with their content, kept for a year."""

import hashlib
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).with_name("static")
"""What is served under /ui."""

_KEPT = "public, max-age=31536000, immutable"
_ASKED_AGAIN = "no-cache"


def asset(name: str, root_path: str = "") -> str:
    """Return the address of the file `name` in `STATIC`, with a hash of its content."""
    return f"{root_path}/ui/{name}?v={_hash(name)}"


@cache
def _hash(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


class Assets(StaticFiles):
    """Serves `STATIC`: for good under an address with the content's hash, else asked for anew."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer a request for a file."""
        response = await super().get_response(path, scope)
        named = scope["query_string"].decode("latin-1")
        known = response.status_code in (200, 304) and named == f"v={_hash(path)}"
        response.headers["Cache-Control"] = _KEPT if known else _ASKED_AGAIN
        return response
