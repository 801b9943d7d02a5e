"""The values that leave this room: what is stored, and what a search found."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored document, without its text.

    Attributes:
        id, title, source, format: as in `corpus.document.Document`.
        characters: length of its text in code points.
        passages: how many passages it was cut into.
        added_at: when it was added, ISO 8601 in UTC.

    """

    id: str
    title: str
    source: str
    format: str
    characters: int
    passages: int
    added_at: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of keeping a document.

    Attributes:
        entry: the document's entry.
        status: "added", "replaced" or "already there".
        replaced: ids of the documents that gave way to it.
        embedded: texts (passages and sentences) whose vectors were computed.
        reused: texts whose vectors were taken from the documents it replaced.

    """

    entry: Entry
    status: str
    replaced: tuple[str, ...] = ()
    embedded: int = 0
    reused: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found.

    Attributes:
        passage: its id in the store, never used twice.
        document, title: the document it is from.
        section: headings above it, outermost first.
        page: page in the source, or None.
        start, end: its range in the document's text.
        text: that range's characters.
        score: 0 to 1; how well it matches, by vectors and words together. An order, no probability.
        dense: cosine of question and passage.
        lexical: BM25 score divided by the highest one this question could reach, 0 to 1.
        highlights: ranges in the document's text where the query's words occur.

    """

    passage: int
    document: str
    title: str
    section: tuple[str, ...]
    page: int | None
    start: int
    end: int
    text: str
    score: float
    dense: float
    lexical: float
    highlights: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class StoredSentence:
    """A sentence with all that judging it takes.

    Attributes:
        passage: id of its passage.
        document, title: its document.
        section: headings above it, outermost first.
        heading: range of the innermost heading, or None.
        page: page in the source, or None.
        start, end: its range in the document's text.
        text: that range's characters.
        block, kind: see `corpus.document.Sentence`.
        header: words of the header row for a table row, else "".
        terms: its search terms.
        vector: its unit vector, shape (dimension,).

    """

    passage: int
    document: str
    title: str
    section: tuple[str, ...]
    heading: tuple[int, int] | None
    page: int | None
    start: int
    end: int
    text: str
    block: int
    kind: str
    header: str
    terms: tuple[str, ...]
    vector: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Page:
    """A passage as a model reads it.

    Attributes:
        context: its words under its headings, see `index.prepared.in_context`.
        start: its range's start in the document.
        shift: characters of `context` before the passage's own words.

    """

    context: str
    start: int
    shift: int
