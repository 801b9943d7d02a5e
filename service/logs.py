"""What is logged of requests: an id, who, what and how long; questions only if asked for."""

import contextvars
import json
import logging
import re
import time
import uuid
from datetime import UTC, datetime

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.callers import caller_of

_log = logging.getLogger(__name__)

_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_HEADER = "X-Request-ID"
_request: contextvars.ContextVar[str] = contextvars.ContextVar("request", default="")
_FIELDS = ("method", "path", "status", "ms", "caller", "question", "outcome")


class JsonLines(logging.Formatter):
    """Writes each record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request := _request.get():
            line["request"] = request
        line |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_as_json() -> None:
    """Make every handler of the root logger write JSON."""
    for handler in logging.getLogger().handlers:
        handler.setFormatter(JsonLines())


def log_question(question: str, outcome: str) -> None:
    """Log what was asked and what came of it; for those who set `log_questions`."""
    facts = {"question": question, "outcome": outcome}
    _log.info("question %(question)r: %(outcome)s", facts, extra=facts)


class Logged:
    """Middleware that gives every request an id, and logs a line about it.

    Neither the query nor a body is logged: both can hold a question.

    Args:
        app: the application.
        level: at which to log.

    """

    def __init__(self, app: ASGIApp, level: int) -> None:
        self._app = app
        self._level = level

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(_HEADER, "")
        request = given if _ID.fullmatch(given) else uuid.uuid4().hex
        token = _request.set(request)
        began = time.perf_counter()
        status = 500

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[_HEADER] = request
            await send(message)

        try:
            await self._app(scope, receive, marked)
        finally:
            self._line(scope, status, time.perf_counter() - began)
            _request.reset(token)

    def _line(self, scope: Scope, status: int, seconds: float) -> None:
        facts = {
            "method": scope["method"],
            "path": scope["path"],
            "status": status,
            "ms": round(seconds * 1000, 1),
            "caller": caller_of(scope).name,
        }
        text = "%(method)s %(path)r %(status)s %(ms)s ms %(caller)s"
        _log.log(self._level, text, facts, extra=facts)
