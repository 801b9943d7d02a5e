"""What goes over the wire: the JSON of requests and answers, and how our values become it."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from corpus.document import Document
from corpus.errors import InvalidInput
from corpus.loading import Failure
from index.entry import Entry, Hit
from qa.answer import Answer, Citation, Turn
from qa.ask import MAX_QUESTION
from service.links import range_link
from service.questions import MAX_DOCUMENTS, MAX_TURN, MAX_TURNS, clean, clean_question

MAX_HITS = 100
"""Most hits that one search may ask for."""


def _fit(name: str) -> AfterValidator:
    def check(text: str) -> str:
        try:
            return clean_question(text, name)
        except InvalidInput as error:
            raise ValueError(str(error)) from error

    return AfterValidator(check)


Documents = Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=MAX_DOCUMENTS)]


class TurnBody(BaseModel):
    """One message of the conversation so far."""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=MAX_TURN)


class AskBody(BaseModel):
    """A question."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "question": "那全志呢？",
                    "history": [
                        {"role": "user", "content": "瑞芯微2025年归母净利润预告是多少?"},
                        {"role": "assistant", "content": "10.23亿元至11.03亿元 [1]"},
                    ],
                }
            ]
        }
    )

    question: Annotated[str, _fit("question")]
    history: list[TurnBody] = Field(default=[], max_length=MAX_TURNS)
    documents: Documents = []
    generate: bool = Field(
        default=False, description="Let a configured language model write; ignored without one."
    )

    def turns(self) -> list[Turn]:
        """Return the conversation so far."""
        return [Turn(turn.role, clean(turn.content)) for turn in self.history]


class SearchBody(BaseModel):
    """A search."""

    query: Annotated[str, _fit("query")]
    limit: int = Field(default=10, ge=1, le=MAX_HITS)
    documents: Documents = []


class PasteBody(BaseModel):
    """A pasted document."""

    title: str = Field(max_length=1000)
    text: str
    format: Literal["text", "markdown"] | None = Field(
        default=None, description="Taken from the title's extension when absent."
    )


class VerdictBody(BaseModel):
    """What a reader thinks of an answer."""

    verdict: Literal["up", "down"]
    question: str = Field(max_length=MAX_QUESTION)
    answer: str = Field(default="", max_length=4000)
    comment: str = Field(default="", max_length=2000)


class RenameBody(BaseModel):
    """Another title for a document."""

    title: str = Field(max_length=1000)


class CitationJson(BaseModel):
    """A quote, to the letter: `quote == text[start:end]` in code points."""

    marker: int
    document: str
    title: str
    section: list[str]
    page: int | None
    start: int
    end: int
    quote: str
    score: float
    url: str


class HitJson(BaseModel):
    """A passage that a search found; `highlights` are ranges in the document's text."""

    document: str
    title: str
    section: list[str]
    page: int | None
    start: int
    end: int
    text: str
    score: float
    highlights: list[tuple[int, int]]
    url: str


class AnswerJson(BaseModel):
    """An answer with its citations, or a refusal with its reason."""

    answerable: bool
    answer: str
    citations: list[CitationJson]
    question_used: str
    reason: Literal["empty", "off_topic", "not_stated"] | None
    confidence: float
    related: list[HitJson] = Field(description="Nearest passages with a refusal; never an answer.")
    elapsed_ms: float


class HitsJson(BaseModel):
    """What a search found, best first."""

    hits: list[HitJson]
    elapsed_ms: float


class EntryJson(BaseModel):
    """A stored document, without its text."""

    id: str
    title: str
    source: str
    format: str
    characters: int
    passages: int
    added_at: str


class DocumentJson(EntryJson):
    """A stored document with its text."""

    text: str


class FailureJson(BaseModel):
    """A file of an archive that could not be read."""

    source: str
    detail: str


class ArchiveJson(BaseModel):
    """What came of a ZIP archive's documents."""

    documents: list[EntryJson]
    failures: list[FailureJson]


class StateJson(BaseModel):
    """How the server is."""

    status: str


class FaultJson(BaseModel):
    """One field that cannot be used."""

    field: str
    detail: str


class ProblemJson(BaseModel):
    """A problem (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    field: str | None = None
    errors: list[FaultJson] | None = None
    replaced_by: str | None = None


def citation_json(citation: Citation, root_path: str = "") -> CitationJson:
    """Shape a citation."""
    return CitationJson(
        marker=citation.marker,
        document=citation.document,
        title=citation.title,
        section=list(citation.section),
        page=citation.page,
        start=citation.start,
        end=citation.end,
        quote=citation.quote,
        score=citation.score,
        url=range_link(citation.document, citation.start, citation.end, root_path),
    )


def hit_json(hit: Hit, root_path: str = "") -> HitJson:
    """Shape a hit."""
    return HitJson(
        document=hit.document,
        title=hit.title,
        section=list(hit.section),
        page=hit.page,
        start=hit.start,
        end=hit.end,
        text=hit.text,
        score=hit.score,
        highlights=list(hit.highlights),
        url=range_link(hit.document, hit.start, hit.end, root_path),
    )


def answer_json(answer: Answer, elapsed_ms: float, root_path: str = "") -> AnswerJson:
    """Shape an answer."""
    return AnswerJson(
        answerable=answer.answerable,
        answer=answer.text,
        citations=[citation_json(citation, root_path) for citation in answer.citations],
        question_used=answer.question_used,
        reason=answer.reason.value if answer.reason else None,
        confidence=round(answer.confidence, 4),
        related=[hit_json(hit, root_path) for hit in answer.related],
        elapsed_ms=elapsed_ms,
    )


def hits_json(hits: list[Hit], elapsed_ms: float, root_path: str = "") -> HitsJson:
    """Shape a search's hits."""
    return HitsJson(hits=[hit_json(hit, root_path) for hit in hits], elapsed_ms=elapsed_ms)


def entry_json(entry: Entry) -> EntryJson:
    """Shape a document's entry."""
    return EntryJson(
        id=entry.id,
        title=entry.title,
        source=entry.source,
        format=entry.format,
        characters=entry.characters,
        passages=entry.passages,
        added_at=entry.added_at,
    )


def archive_json(entries: Sequence[Entry], failures: Sequence[Failure]) -> ArchiveJson:
    """Shape what came of an archive."""
    return ArchiveJson(
        documents=[entry_json(entry) for entry in entries],
        failures=[FailureJson(source=one.source, detail=one.reason) for one in failures],
    )


def document_json(entry: Entry, document: Document) -> DocumentJson:
    """Shape a document with its text."""
    return DocumentJson(**entry_json(entry).model_dump(), text=document.text)
