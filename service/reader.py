"""The pages around documents: reading one, searching all, managing them, and the bare chat."""

import re
from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from corpus.document import Document, Section
from corpus.errors import DocumentNotFound, InvalidInput
from corpus.formats import FORMATS
from index.entry import Hit
from index.view import View
from qa.search import search
from service.assembly import Engine, NotReadyError
from service.layout import Run, lay_out
from service.links import quote_link
from service.pages import STATIC, page
from service.questions import clean_question

router = APIRouter(include_in_schema=False)

_RANGE = re.compile(r"(\d{1,12})-(\d{1,12})", re.ASCII)
_HITS = 20
_HITS_BEFORE_FILTER = 200
_CHAPTER_LEVELS = 3


@router.get("/read/{document}", response_class=HTMLResponse)
def read(request: Request, document: str, c: str = "") -> Response:
    """Show a document; `c=start-end` highlights a range without any script."""
    try:
        with _engine(request).library.view() as view:
            found = view.document(document)
    except DocumentNotFound:
        return page(request, "missing.html", status=404)
    pieces = lay_out(found, _range(c, found))
    return page(
        request,
        "read.html",
        here="documents",
        document=found,
        pieces=pieces,
        outline=[piece for piece in pieces if piece.level],
    )


@router.get("/search", response_class=HTMLResponse)
def search_page(request: Request, q: str = "", document: str = "", section: str = "") -> Response:
    """Show a search form, and what `q` finds, in one document or section where they are named."""
    engine = _engine(request)
    hits: list[Hit] = []
    trouble = ""
    with engine.library.view() as view:
        entries = view.entries()
        known = any(entry.id == document for entry in entries)
        sections = _chapters(view.sections(document)) if known else []
        if q.strip():
            try:
                engine.require_ready()
                hits = _found(view, q, document if known else "", section)
            except InvalidInput as error:
                trouble = str(error)
            except NotReadyError:
                trouble = "not_ready"
    root = engine.settings.root_path
    found = [
        {"hit": hit, "url": quote_link(hit.document, hit.start, hit.end, root), "runs": _runs(hit)}
        for hit in hits
    ]
    return page(
        request,
        "search.html",
        here="search",
        query=q,
        found=found,
        trouble=trouble,
        entries=entries,
        sections=sections,
        document=document,
        section=section,
    )


def _found(view: View, query: str, document: str, section: str) -> list[Hit]:
    limit = _HITS_BEFORE_FILTER if section else _HITS
    hits = search(view, clean_question(query, "query"), limit, [document] if document else [])
    return [hit for hit in hits if not section or section in hit.section][:_HITS]


def _chapters(sections: Sequence[Section]) -> list[str]:
    """Return the headings to choose from: those of the two outermost levels below the title."""
    names = (name for section in sections for name in section.path[:_CHAPTER_LEVELS])
    return list(dict.fromkeys(names))


@router.get("/documents", response_class=HTMLResponse)
def documents_page(request: Request) -> Response:
    """Show all documents, with a form to add one."""
    engine = _engine(request)
    with engine.library.view() as view:
        entries = view.entries()
    return page(
        request,
        "documents.html",
        here="documents",
        entries=entries,
        accept=",".join(FORMATS),
        size=max(1, engine.settings.max_upload // 2**20),
    )


@router.get("/embed", response_class=HTMLResponse)
def embed_page(request: Request) -> Response:
    """Show the bare chat; the allowed origins may put it into a frame."""
    documents = request.query_params.get("documents", "")
    ancestors = " ".join(("'self'", *_engine(request).settings.allowed_origins))
    return page(request, "embed.html", ancestors=ancestors, documents=documents)


@router.get("/widget.js")
def widget() -> FileResponse:
    """Serve the file that defines `<wenju-ask>`."""
    return FileResponse(
        STATIC / "widget.js",
        media_type="text/javascript",
        headers={"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"},
    )


def _engine(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


def _range(words: str, document: Document) -> tuple[int, int] | None:
    match = _RANGE.fullmatch(words)
    if not match:
        return None
    start, end = int(match[1]), min(int(match[2]), len(document.text))
    return (start, end) if start < end else None


def _runs(hit: Hit) -> list[Run]:
    """Cut a hit's text at its highlights."""
    runs, at = [], hit.start
    for start, end in hit.highlights:
        runs.append(Run(at, hit.text[at - hit.start : start - hit.start]))
        runs.append(Run(start, hit.text[start - hit.start : end - hit.start], quoted=True))
        at = end
    runs.append(Run(at, hit.text[at - hit.start :]))
    return [run for run in runs if run.text]
