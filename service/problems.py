"""What each error means outside: an HTTP problem (RFC 9457) and an exit code, from one table."""

import http
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from corpus import errors
from service.assembly import NotReadyError

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an error class means at the door.

    Attributes:
        error: the class.
        status: HTTP status.
        exit_code: of the command line: 2 when the caller can mend it, 3 when not.

    """

    error: type[Exception]
    status: int
    exit_code: int


TABLE = (
    Meaning(errors.TooLarge, 413, 2),
    Meaning(errors.UnsupportedFormat, 415, 2),
    Meaning(errors.InvalidInput, 422, 2),
    Meaning(errors.DocumentReplaced, 410, 2),
    Meaning(errors.DocumentNotFound, 404, 2),
    Meaning(errors.SettingsError, 500, 2),
    Meaning(NotReadyError, 503, 3),
    Meaning(errors.ModelError, 503, 3),
    Meaning(errors.StoreError, 503, 3),
    Meaning(errors.WenjuError, 500, 3),
)
"""Most specific first: the first class that fits counts."""


def meaning_of(error: Exception) -> Meaning:
    """Return what `error` means; anything that is not ours is a failure of ours."""
    found = (meaning for meaning in TABLE if isinstance(error, meaning.error))
    return next(found, Meaning(Exception, 500, 3))


def exit_code(error: Exception) -> int:
    """Return the command line's exit code for `error`."""
    return meaning_of(error).exit_code


def problem(
    status: int, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any
) -> JSONResponse:
    """Make a problem response; `members` extend the standard ones."""
    body = {
        "type": "about:blank",
        "title": http.HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **members,
    }
    return JSONResponse(body, status, dict(headers or {}), MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem."""
    app.add_exception_handler(errors.WenjuError, _wenju_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)


def _wenju_error(request: Request, error: Exception) -> JSONResponse:
    status = meaning_of(error).status
    if isinstance(error, errors.InvalidInput) and error.field:
        faults = [{"field": error.field, "detail": str(error)}]
        return problem(status, str(error), field=error.field, errors=faults)
    if isinstance(error, errors.DocumentReplaced):
        return problem(status, str(error), replaced_by=error.replaced_by)
    headers = {"Retry-After": str(RETRY_SECONDS)} if isinstance(error, NotReadyError) else {}
    if status >= 500 and not headers:
        _log.error("%s %s: %s", request.method, request.url.path, error)
    return problem(status, str(error), headers=headers)


def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    if any(fault["type"] == "json_invalid" for fault in error.errors()):
        return problem(400, "The body is not valid JSON.")
    if any(fault["loc"] == ("body",) for fault in error.errors()) and not _is_json(request):
        return problem(415, "Send the body as application/json.")
    faults = [
        {"field": _field(fault["loc"]), "detail": _sentence(fault)} for fault in error.errors()
    ]
    first = faults[0]
    detail = f"{first['field']}: {first['detail']}"
    return problem(422, detail, field=first["field"], errors=faults)


def _is_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    return kind == "application/json"


def _field(place: tuple[int | str, ...]) -> str:
    kind, *parts = place
    inside = parts if kind in ("body", "query", "path") else place
    return ".".join(str(part) for part in inside) or "body"


def _sentence(fault: Mapping[str, Any]) -> str:
    message = str(fault["msg"]).removeprefix("Value error, ")
    return message if message.endswith((".", "。")) else message + "."


def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    details = {
        404: f"There is nothing at {request.url.path}.",
        405: f"{request.method} is not possible at {request.url.path}.",
    }
    detail = details.get(error.status_code, str(error.detail))
    return problem(error.status_code, detail, headers=error.headers)


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    # The server logs the trace and closes the connection; the caller learns only that it happened.
    headers = {"Connection": "close"}
    return problem(500, "Internal error; the server's log has the details.", headers=headers)
