"""The HTTP interface: questions, searches and documents as JSON."""

import json
import logging
import time
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from corpus.document import Document
from corpus.errors import DocumentNotFound, InvalidInput, TooLarge, UnsupportedFormat
from corpus.formats import format_of
from corpus.loading import Failure, load_each, load_text
from qa.ask import ask
from qa.search import search
from service import wire
from service.assembly import Engine
from service.feedback import keep
from service.problems import MEDIA_TYPE, problem

_log = logging.getLogger(__name__)
_TOKEN = 8
"""Characters sent at a time by the streaming route."""


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemJson"}}}
    words = {
        400: "Malformed body",
        401: "No token, or one that is not known",
        403: "A token, page or mode that this is not for",
        404: "No such document",
        410: "The document was replaced; `replaced_by` names the new one",
        413: "Too large",
        415: "Unsupported type",
        422: "A field cannot be used; it is named",
        429: "Too many requests; Retry-After says when to come back",
        503: "Not ready, or too many are asking",
    }
    return {
        status: {"description": words[status], "content": content, "model": wire.ProblemJson}
        for status in statuses
    }


def _engine(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


def _ready_engine(request: Request) -> Engine:
    engine = _engine(request)
    engine.require_ready()
    return engine


Running = Annotated[Engine, Depends(_engine)]
Ready = Annotated[Engine, Depends(_ready_engine)]

# Any route may be refused by the guards.
router = APIRouter(responses=_problems(401, 403, 429))


@router.get("/healthz", tags=["state"], summary="Whether the process is up")
def healthz() -> wire.StateJson:
    """Answer as long as the process is up."""
    return wire.StateJson(status="ok")


@router.get(
    "/readyz",
    tags=["state"],
    summary="Whether model and index are usable",
    responses=_problems(503),
)
def readyz(engine: Ready) -> wire.StateJson:
    """Answer 200 once questions can be answered."""
    with engine.library.view() as view:
        len(view)
    return wire.StateJson(status="ready")


@router.post(
    "/api/ask",
    tags=["questions"],
    summary="Answer a question from the documents, or refuse",
    responses=_problems(400, 413, 422, 503),
)
def ask_route(body: wire.AskBody, engine: Ready) -> wire.AnswerJson:
    """Answer with quotes, each an exact range of a document; or say what is missing."""
    return answer(engine, body)


@router.post(
    "/api/ask/stream",
    tags=["questions"],
    summary="The same as server-sent events",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": 'Events `citations` (a list), `token` (`{"text"}`)…, `done` '
            "(the object that /api/ask answers).",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **_problems(400, 413, 422, 503),
    },
)
def stream_route(body: wire.AskBody, engine: Ready) -> StreamingResponse:
    """Answer as `citations`, then `token` after `token`, then `done`."""
    events = _events(answer(engine, body))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


@router.post(
    "/api/search",
    tags=["questions"],
    summary="Find passages, best first",
    responses=_problems(400, 413, 422, 503),
)
def search_route(body: wire.SearchBody, engine: Ready) -> wire.HitsJson:
    """Find the passages nearest to a query."""
    began = time.perf_counter()
    with engine.library.view() as view:
        hits = search(view, body.query, body.limit, body.documents)
    return wire.hits_json(hits, _since(began), engine.settings.root_path)


@router.post(
    "/api/feedback",
    tags=["questions"],
    summary="Say whether an answer was good",
    status_code=204,
    responses=_problems(400, 422, 503),
)
def feedback_route(body: wire.VerdictBody, engine: Running) -> Response:
    """Keep a verdict in the data directory; `wenju feedback` shows them."""
    keep(engine.settings.data, body.verdict, body.question, body.answer, body.comment)
    return Response(status_code=204)


@router.get("/api/documents", tags=["documents"], summary="All documents, oldest first")
def list_route(engine: Running) -> list[wire.EntryJson]:
    """List the documents without their texts."""
    with engine.library.view() as view:
        return [wire.entry_json(entry) for entry in view.entries()]


@router.get(
    "/api/documents/{document}",
    tags=["documents"],
    summary="One document with its text",
    responses=_problems(404, 410, 422),
)
def get_route(document: str, engine: Running) -> wire.DocumentJson:
    """Return a document with its text."""
    with engine.library.view() as view:
        found = view.document(document)
        entry = next((entry for entry in view.entries() if entry.id == document), None)
    if entry is None:
        raise DocumentNotFound(f"There is no document {document}.")
    return wire.document_json(entry, found)


@router.delete(
    "/api/documents/{document}",
    tags=["documents"],
    summary="Remove a document",
    status_code=204,
    responses=_problems(404, 410, 422, 503),
)
def delete_route(document: str, engine: Running) -> Response:
    """Remove a document and everything made from it."""
    engine.library.remove(document)
    return Response(status_code=204)


@router.patch(
    "/api/documents/{document}",
    tags=["documents"],
    summary="Rename a document",
    responses=_problems(400, 404, 410, 422, 503),
)
def rename_route(document: str, body: wire.RenameBody, engine: Running) -> wire.EntryJson:
    """Give a document another title; links to it and its citations stay."""
    return wire.entry_json(engine.library.rename(document, body.title))


_ADD_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
            "application/json": {"schema": wire.PasteBody.model_json_schema()},
        },
    }
}


@router.post(
    "/api/documents",
    tags=["documents"],
    summary="Add a document",
    status_code=201,
    response_model=wire.EntryJson | wire.ArchiveJson,
    responses={
        200: {
            "model": wire.EntryJson | wire.ArchiveJson,
            "description": "The same content was there already",
        },
        **_problems(400, 413, 415, 422, 503),
    },
    openapi_extra=_ADD_BODY,
)
async def add_route(request: Request, engine: Ready) -> JSONResponse:
    """Add an uploaded file, or pasted text; of a ZIP archive, the documents in it."""
    documents, failures, several = await _received(request, engine.settings.max_upload)
    if several:
        return await run_in_threadpool(_add_several, engine, documents, failures)
    entry, created = await run_in_threadpool(engine.library.add, documents[0])
    headers = {"Location": f"{engine.settings.root_path}/api/documents/{entry.id}"}
    body = wire.entry_json(entry).model_dump()
    return JSONResponse(body, 201 if created else 200, headers if created else None)


def _add_several(
    engine: Engine, documents: Sequence[Document], failures: Sequence[Failure]
) -> JSONResponse:
    """Add an archive's documents, and say which could not be read."""
    if not documents:
        faults = [{"field": "file", "detail": failure.reason} for failure in failures]
        return problem(422, faults[0]["detail"], field="file", errors=faults)
    added = [engine.library.add(document) for document in documents]
    body = wire.archive_json([entry for entry, _ in added], failures)
    return JSONResponse(body.model_dump(), 201 if any(fresh for _, fresh in added) else 200)


@router.put(
    "/api/documents/{document}",
    tags=["documents"],
    summary="Replace a document",
    status_code=201,
    response_model=wire.EntryJson,
    responses={
        200: {"model": wire.EntryJson, "description": "It has this content already"},
        **_problems(400, 404, 410, 413, 415, 422, 503),
    },
    openapi_extra=_ADD_BODY,
)
async def replace_route(document: str, request: Request, engine: Ready) -> JSONResponse:
    """Put an uploaded file, or pasted text, in a document's place; links to the old one say so."""
    documents, _, several = await _received(request, engine.settings.max_upload)
    if several:
        raise InvalidInput("An archive cannot take a document's place.", "file")
    kept = await run_in_threadpool(engine.library.replace, document, documents[0])
    headers = {"Location": f"{engine.settings.root_path}/api/documents/{kept.entry.id}"}
    body = wire.entry_json(kept.entry).model_dump()
    replaced = kept.status == "replaced"
    return JSONResponse(body, 201 if replaced else 200, headers if replaced else None)


def answer(engine: Engine, body: wire.AskBody) -> wire.AnswerJson:
    """Answer a request's question, and measure how long that took."""
    began = time.perf_counter()
    with engine.library.view() as view:
        found = ask(view, body.question, body.turns(), body.documents, reader=engine.reader)
    engine.answered(body.question, found)
    return wire.answer_json(found, _since(began), engine.settings.root_path)


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)


def _events(found: wire.AnswerJson) -> Iterator[str]:
    yield _event("citations", [citation.model_dump() for citation in found.citations])
    for start in range(0, len(found.answer), _TOKEN):
        yield _event("token", {"text": found.answer[start : start + _TOKEN]})
    yield _event("done", found.model_dump())


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


_Received = tuple[Sequence[Document], Sequence[Failure], bool]
"""Documents, what could not be read, and whether they came in an archive."""


async def _received(request: Request, limit: int) -> _Received:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _uploaded(request, limit)
    if kind == "application/json":
        return (await run_in_threadpool(_pasted, await request.body(), limit),), (), False
    raise UnsupportedFormat(
        "Send a file as multipart/form-data, or a title and a text as application/json."
    )


async def _uploaded(request: Request, limit: int) -> _Received:
    async with request.form(max_files=1, max_fields=10) as form:
        files = [value for value in form.values() if isinstance(value, UploadFile)]
        if not files or not files[0].filename:
            raise InvalidInput("The form has no file.", "file")
        name = files[0].filename
        if (size := files[0].size or 0) > limit:
            raise _too_large(name, size, limit)
        content = await files[0].read()
        try:
            documents, failures = await run_in_threadpool(load_each, content, name)
        except InvalidInput as error:
            raise type(error)(str(error), error.field or "file") from error
        return documents, failures, format_of(name) == "zip"


def _pasted(content: bytes, limit: int) -> Document:
    try:
        body = wire.PasteBody.model_validate_json(content)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
    if (size := len(body.text.encode("utf-8", "replace"))) > limit:
        raise _too_large("The text", size, limit)
    return load_text(body.text, body.title, body.format)


def _too_large(name: str, size: int, limit: int) -> TooLarge:
    return TooLarge(f"{name} has {size} bytes; the limit is {limit}.")
