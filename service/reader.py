"""The pages around documents: reading one, searching all, managing them, and the bare chat."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from corpus.document import Document, Section
from corpus.errors import DocumentNotFound, DocumentReplaced, InvalidInput
from corpus.formats import FORMATS
from corpus.passages import page_of
from index.entry import Hit
from index.view import View
from qa.search import search
from service.arrangement import Group, arrange, with_pages
from service.assembly import Engine, NotReadyError
from service.assets import STATIC
from service.layout import Piece, Run, lay_out
from service.links import quote_link
from service.pages import language_of, page
from service.questions import clean_question
from service.words import WORDS

router = APIRouter(include_in_schema=False)

_RANGE = re.compile(r"(\d{1,12})-(\d{1,12})", re.ASCII)
_HITS = 20
_HITS_BEFORE_FILTER = 200
_CHAPTER_LEVELS = 3
_MOST = 50
"""Ranges that one address may name."""
_BEFORE = 6
_AFTER = 6
"""Groups, white space counted, shown around a citation."""
_LINES = 8
"""Lines of a long table or list shown on each side of it."""


@router.get("/read/{document}", response_class=HTMLResponse)
def read(
    request: Request, document: str, c: str = "", also: str = "", around: str = ""
) -> Response:
    """Show a document; `c=start-end` highlights a range without any script.

    Args:
        request: what asked for it.
        document: its id.
        c: the range to highlight.
        also: further ranges that the same answer cites, joined by dots, to go on to.
        around: "1" for nothing but the range and its surroundings.

    """
    try:
        with _engine(request).library.view() as view:
            found = view.document(document)
    except DocumentReplaced as gone:
        return page(request, "replaced.html", status=410, document=gone.replaced_by)
    except DocumentNotFound:
        return page(request, "missing.html", status=404)
    cited = _range(c, found)
    groups = arrange(lay_out(found, cited), markdown=found.format == "markdown")
    body = list(with_pages(groups, found))
    if around and cited:
        return page(request, "around.html", around=_around(body, cited))
    outline = [group.piece for group in body if group.piece and group.piece.level]
    root = request.scope.get("root_path", "")
    others = [other for part in also.split(".")[:_MOST] if (other := _range(part, found))]
    return page(
        request,
        "read.html",
        here="documents",
        document=found,
        body=body,
        outline=outline,
        page_number=page_of(found, cited[0]) if cited else None,
        citation=Steps.make(document, cited, others, root) if cited else None,
        section=_asking(outline, cited, root, WORDS[language_of(request)]) if cited else None,
    )


@dataclass(frozen=True, slots=True)
class Steps:
    """Where a highlighted range stands among those that one answer cites.

    Attributes:
        place, count: its number from 1, and how many there are.
        before, after: addresses of its neighbours; "" where there is none.

    """

    place: int
    count: int
    before: str
    after: str

    @classmethod
    def make(
        cls, document: str, cited: tuple[int, int], others: Sequence[tuple[int, int]], root: str
    ) -> "Steps":
        """Put the ranges in the document's order."""
        ranges = sorted({cited, *others})
        place = ranges.index(cited)

        def link(at: int) -> str:
            if not 0 <= at < len(ranges):
                return ""
            rest = [each for each in ranges if each != ranges[at]]
            return quote_link(document, *ranges[at], root, also=rest)

        return cls(place + 1, len(ranges), link(place - 1), link(place + 1))


def _around(body: Sequence[Group], cited: tuple[int, int]) -> list[Group]:
    """Return the groups that hold the range, and a few neighbours, from a heading on."""
    places = [at for at, group in enumerate(body) if group.start < cited[1]]
    last = places[-1] if places else 0
    first = max((at for at in places if body[at].start <= cited[0]), default=0)
    begin = first
    while begin > 0 and first - begin < _BEFORE and not _level(body[begin]):
        begin -= 1
    end = last + 1
    while end < len(body) and end - last <= _AFTER and not _level(body[end]):
        end += 1
    return [_near(group, cited) for group in body[begin:end]]


def _near(group: Group, cited: tuple[int, int]) -> Group:
    """Leave out lines of a long table or list that are far from the range; the first one stays."""
    if len(group.lines) <= 2 * _LINES:
        return group
    starts = [line.cells[0][0].start for line in group.lines]
    at = max((place for place, start in enumerate(starts) if start <= cited[0]), default=0)
    kept = range(max(1, at - _LINES), at + _LINES)
    near = (line for place, line in enumerate(group.lines) if place == 0 or place in kept)
    return replace(group, lines=tuple(near))


def _level(group: Group) -> int:
    return group.piece.level if group.piece else 0


def _asking(
    outline: Sequence[Piece], cited: tuple[int, int], root: str, words: Mapping[str, str]
) -> dict[str, str] | None:
    """Return the section of a range and an address that asks about it, or None outside any."""
    above = [piece for piece in outline if piece.start <= cited[0]]
    if not above:
        return None
    name = above[-1].words.strip()
    question = words["about_section"].format(section=name)
    return {"name": name, "url": f"{root}/?{urlencode({'about': question})}"}


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
