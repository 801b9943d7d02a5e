"""Reading the store: what its tables hold, as the values that leave this room.

Every function takes a connection inside a read transaction, so that all of a query's readings are
of one state.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from corpus.document import Document, Section
from index.encoder import Vectors
from index.entry import Entry, Page, StoredSentence
from index.extracted import with_blocks
from index.origins import absent
from index.prepared import in_context

_BATCH = 500
"""Passages asked for at a time."""
ROW_BEGINNING = 24
"""Characters of a table row that tell what it is about."""

_ENTRY = """
    SELECT id, title, source, format, added_at, length(text) AS characters,
        (SELECT count(*) FROM passages WHERE document = documents.id) AS passages
    FROM documents
"""


def read_entries(connection: sqlite3.Connection) -> list[Entry]:
    """Return all documents, oldest first."""
    return [Entry(**row) for row in connection.execute(f"{_ENTRY} ORDER BY added_at, rowid")]


def read_entry(connection: sqlite3.Connection, document: str) -> Entry | None:
    """Return one document's entry, or None."""
    row = connection.execute(f"{_ENTRY} WHERE id = ?", (document,)).fetchone()
    return Entry(**row) if row else None


def read_document(connection: sqlite3.Connection, document: str) -> Document:
    """Return a document with its text.

    Raises:
        DocumentNotFound: there is none with this id; it may have been replaced.

    """
    row = connection.execute(
        "SELECT id, title, source, format, text FROM documents WHERE id = ?", (document,)
    ).fetchone()
    if row is None:
        raise absent(connection, document)
    return with_blocks(connection, Document(**row))


def read_sections(connection: sqlite3.Connection, document: str) -> list[Section]:
    """Return a document's sections in order."""
    rows = connection.execute(
        "SELECT * FROM sections WHERE document = ? ORDER BY ordinal", (document,)
    )
    return [
        Section(
            tuple(json.loads(row["path"])),
            _range(row["heading_start"], row["heading_end"]),
            row["level"],
            row["start"],
            row["end"],
        )
        for row in rows
    ]


def read_headings(connection: sqlite3.Connection) -> set[tuple[str, ...]]:
    """Return all headings of all documents, each as the path of headings down to it."""
    rows = connection.execute("SELECT DISTINCT path FROM sections")
    return {tuple(json.loads(row["path"])) for row in rows} - {()}


def read_texts(connection: sqlite3.Connection) -> list[str]:
    """Return all passages' words."""
    return [row["text"] for row in connection.execute("SELECT text FROM passages ORDER BY id")]


def read_row_beginnings(connection: sqlite3.Connection) -> list[str]:
    """Return the first characters of all table rows that stand under column names."""
    rows = connection.execute(
        "SELECT substr(p.text, s.start - p.start + 1, ?) AS beginning FROM sentences s "
        "JOIN passages p ON p.id = s.passage WHERE s.kind = 'row' AND s.header != '' "
        "ORDER BY s.passage, s.ordinal",
        (ROW_BEGINNING,),
    )
    return [row["beginning"] for row in rows]


def read_vectors(connection: sqlite3.Connection, dimension: int) -> tuple[list[int], Vectors]:
    """Return all passages' ids and vectors, shape (passages, dimension)."""
    rows = connection.execute("SELECT id, vector FROM passages ORDER BY id").fetchall()
    joined = b"".join(row["vector"] for row in rows)
    vectors = np.frombuffer(joined, dtype=np.float32).reshape(len(rows), dimension)
    return [row["id"] for row in rows], vectors


def read_known(connection: sqlite3.Connection, document: str) -> dict[str, bytes]:
    """Return a document's texts as they were embedded, and their vectors' bytes."""
    rows = connection.execute("SELECT id, vector FROM passages WHERE document = ?", (document,))
    vectors = {row["id"]: row["vector"] for row in rows}
    known = {}
    for some in batched(vectors):
        for passage, page in read_pages(connection, some).items():
            known[page.context] = vectors[passage]
        for sentence in read_sentences(connection, some):
            words = in_context((), sentence.header, sentence.text)
            known[words] = sentence.vector.tobytes()
    return known


def batched(passages: Iterable[int]) -> Iterator[list[int]]:
    """Yield the ids in lists as long as SQLite takes them."""
    left = iter(passages)
    while some := list(islice(left, _BATCH)):
        yield some


def read_terms(
    connection: sqlite3.Connection,
) -> tuple[list[int], list[str], list[list[str]]]:
    """Return all passages' ids, documents and terms, by id."""
    rows = connection.execute("SELECT id, document, terms FROM passages ORDER BY id").fetchall()
    terms = [row["terms"].split("\n") if row["terms"] else [] for row in rows]
    return [row["id"] for row in rows], [row["document"] for row in rows], terms


def read_passages(
    connection: sqlite3.Connection, passages: Sequence[int]
) -> dict[int, dict[str, Any]]:
    """Return some passages by id, each as the fields of a `Hit` that the store knows."""
    rows = connection.execute(
        f"""
        SELECT passages.id AS passage, passages.document, documents.title, sections.path AS section,
            passages.page, passages.start, passages.end, passages.text
        FROM passages
        JOIN documents ON documents.id = passages.document
        JOIN sections ON sections.document = passages.document
            AND sections.ordinal = passages.section
        WHERE passages.id IN ({",".join("?" * len(passages))})
        """,
        list(passages),
    )
    return {row["passage"]: {**row, "section": tuple(json.loads(row["section"]))} for row in rows}


def read_pages(connection: sqlite3.Connection, passages: Sequence[int]) -> dict[int, Page]:
    """Return some passages as they are embedded, in the order given."""
    rows = connection.execute(
        f"""
        SELECT passages.id, passages.start, passages.text, sections.path, sentences.header
        FROM passages
        JOIN sections ON sections.document = passages.document
            AND sections.ordinal = passages.section
        JOIN sentences ON sentences.passage = passages.id AND sentences.ordinal = 0
        WHERE passages.id IN ({",".join("?" * len(passages))})
        """,
        list(passages),
    )
    found = {}
    for row in rows:
        context = in_context(json.loads(row["path"]), row["header"], row["text"])
        found[row["id"]] = Page(context, row["start"], len(context) - len(row["text"]))
    return {passage: found[passage] for passage in passages}


def read_sentences(connection: sqlite3.Connection, passages: Sequence[int]) -> list[StoredSentence]:
    """Return the sentences of some passages, passage by passage in the order given."""
    found: dict[int, list[StoredSentence]] = {passage: [] for passage in passages}
    rows = connection.execute(
        f"""
        SELECT sentences.*, passages.document, documents.title, passages.page, sections.path,
            sections.heading_start, sections.heading_end,
            substr(passages.text, sentences.start - passages.start + 1,
                sentences.end - sentences.start) AS text
        FROM sentences
        JOIN passages ON passages.id = sentences.passage
        JOIN documents ON documents.id = passages.document
        JOIN sections ON sections.document = passages.document
            AND sections.ordinal = passages.section
        WHERE sentences.passage IN ({",".join("?" * len(passages))})
        ORDER BY sentences.passage, sentences.ordinal
        """,
        list(passages),
    )
    for row in rows:
        found[row["passage"]].append(
            StoredSentence(
                passage=row["passage"],
                document=row["document"],
                title=row["title"],
                section=tuple(json.loads(row["path"])),
                heading=_range(row["heading_start"], row["heading_end"]),
                page=row["page"],
                start=row["start"],
                end=row["end"],
                text=row["text"],
                block=row["block"],
                kind=row["kind"],
                header=row["header"],
                terms=tuple(row["terms"].split("\n")) if row["terms"] else (),
                vector=np.frombuffer(row["vector"], dtype=np.float32),
            )
        )
    return [sentence for passage in passages for sentence in found[passage]]


def _range(start: int | None, end: int | None) -> tuple[int, int] | None:
    return None if start is None or end is None else (start, end)
