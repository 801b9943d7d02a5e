"""A full examination of a data directory, and the mending of what is derived."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index import store
from index.dense import DenseIndex
from index.reading import read_vectors
from index.seals import broken, unsealed

INDEX_FILE = "passages.faiss"
_UNIT = 1e-3
"""How far a vector's length may be from 1."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it should be.

    Attributes:
        kind: which check found it.
        detail: what it is.
        document: the document it concerns, or "".
        mendable: whether everything can be made anew from the document's text.

    """

    kind: str
    detail: str
    document: str = ""
    mendable: bool = False


def examine(directory: Path) -> list[Fault]:
    """Return all that is wrong with a data directory; change nothing."""
    file = directory / store.FILE_NAME
    if not file.exists():
        return [Fault("store", f"There is no store in {directory}.")]
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN")
            faults: list[Fault] = []
            for check in _CHECKS:
                faults += check(connection)
            return _judged(connection, faults) or list(_index(connection, directory))
    except (sqlite3.Error, ValueError) as error:
        return [Fault("store", f"{file} cannot be read ({error}); restore it from a backup.")]


def drop_index(directory: Path) -> None:
    """Delete the FAISS file; it is made anew from the store at the next question."""
    (directory / INDEX_FILE).unlink(missing_ok=True)


def _judged(connection: sqlite3.Connection, faults: list[Fault]) -> list[Fault]:
    """Take back the hope of documents whose structure stands in the store alone.

    That of text and Markdown follows from the text.
    """
    rows = connection.execute("SELECT id FROM documents WHERE format IN ('text', 'markdown')")
    plain = {row[0] for row in rows}
    return [replace(f, mendable=f.mendable and f.document in plain) for f in faults]


def _tree(connection: sqlite3.Connection) -> Iterator[Fault]:
    for (line,) in connection.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield Fault("integrity", str(line))


def _orphans(connection: sqlite3.Connection) -> Iterator[Fault]:
    for row in connection.execute("PRAGMA foreign_key_check"):
        yield Fault("orphan", f"A row of {row[0]} belongs to nothing in {row[2]}.")


def _seals(connection: sqlite3.Connection) -> Iterator[Fault]:
    for document, sound in broken(connection).items():
        what = "what was made from it changed" if sound else "its own text or title changed"
        yield Fault("changed", f"{document}: {what} on the disk.", document, mendable=sound)
    for document in unsealed(connection):
        yield Fault("unsealed", f"{document}: written before digests were kept.", document, True)


def _ranges(connection: sqlite3.Connection) -> Iterator[Fault]:
    for document, text in connection.execute("SELECT id, text FROM documents"):
        for row in connection.execute(
            "SELECT id, start, end, text FROM passages WHERE document = ?", (document,)
        ):
            if text[row["start"] : row["end"]] != row["text"]:
                detail = f"{document}: passage {row['id']} is not the text at its range."
                yield Fault("range", detail, document, mendable=True)
    outside = """
        SELECT DISTINCT passages.document FROM sentences
        JOIN passages ON passages.id = sentences.passage
        WHERE sentences.start < passages.start OR sentences.end > passages.end
            OR sentences.start >= sentences.end
    """
    for (document,) in connection.execute(outside):
        yield Fault("range", f"{document}: a sentence is outside its passage.", document, True)


def _vectors(connection: sqlite3.Connection) -> Iterator[Fault]:
    length = 4 * int(store.get_meta(connection, "dimension") or 0)
    bad = set()
    rows = """
        SELECT document, vector FROM passages UNION ALL
        SELECT passages.document, sentences.vector FROM sentences
        JOIN passages ON passages.id = sentences.passage
    """
    for document, content in connection.execute(rows):
        if len(content) != length or not _is_unit(content):
            bad.add(document)
    for document in sorted(bad):
        yield Fault("vector", f"{document}: a vector is no unit vector.", document, True)


def _is_unit(content: bytes) -> bool:
    norm = float(np.linalg.norm(np.frombuffer(content, dtype=np.float32)))
    return bool(np.isfinite(norm)) and abs(norm - 1) < _UNIT


def _index(connection: sqlite3.Connection, directory: Path) -> Iterator[Fault]:
    """Compare the FAISS file with the store, if it claims to be of its state."""
    path = directory / INDEX_FILE
    if not path.exists():
        return  # It is made at the next question.
    dense = DenseIndex.load(path, store.stamp(connection))
    if dense is None:
        # An older state's is made anew at the next question, a damaged one as well.
        return
    ids, vectors = read_vectors(connection, int(store.get_meta(connection, "dimension") or 1))
    if dense.ids.tolist() != ids or not np.array_equal(dense.vectors(), vectors):
        yield Fault("index", f"{path} differs from the store.")


_CHECKS: tuple[Callable[[sqlite3.Connection], Iterator[Fault]], ...] = (
    _tree,
    _orphans,
    _seals,
    _ranges,
    _vectors,
)
