"""Where documents come from, and what becomes of those whose file changed or vanished.

Every function takes a connection; those that change something, one inside a write transaction.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from corpus.errors import DocumentNotFound, DocumentReplaced

UPLOADED = ""
"""The origin of documents that did not come from a file of this machine."""


def held_at(connection: sqlite3.Connection, path: str) -> list[str]:
    """Return the ids of the documents that were read from `path`."""
    rows = connection.execute("SELECT document FROM origins WHERE path = ?", (path,))
    return [row[0] for row in rows]


def paths_under(connection: sqlite3.Connection, folder: Path) -> dict[str, list[str]]:
    """Return the known files in `folder` and below it, each with the ids of its documents."""
    found: dict[str, list[str]] = {}
    for path, document in connection.execute("SELECT path, document FROM origins ORDER BY path"):
        if path and folder in Path(path).parents:
            found.setdefault(path, []).append(document)
    return found


def hold(connection: sqlite3.Connection, path: str, document: str) -> None:
    """Remember that `path` has this document."""
    connection.execute("INSERT OR IGNORE INTO origins VALUES (?, ?)", (path, document))


def release(
    connection: sqlite3.Connection, path: str, documents: Iterable[str], by: str | None = None
) -> list[str]:
    """Forget that `path` has these documents, and delete those that nothing holds any more.

    Args:
        connection: inside a write transaction.
        path: the file.
        documents: their ids.
        by: the document that takes their place, if one does.

    Returns:
        The ids of those deleted.

    """
    gone = []
    for document in documents:
        connection.execute("DELETE FROM origins WHERE path = ? AND document = ?", (path, document))
        if connection.execute("SELECT 1 FROM origins WHERE document = ?", (document,)).fetchone():
            continue
        supersede(connection, document, by)
        gone.append(document)
    return gone


def inherit(connection: sqlite3.Connection, old: str, new: str) -> None:
    """Let `new` be held by all that holds `old`."""
    connection.execute(
        "INSERT OR IGNORE INTO origins SELECT path, ? FROM origins WHERE document = ?", (new, old)
    )


def supersede(connection: sqlite3.Connection, old: str, new: str | None) -> None:
    """Delete `old`; whoever asks for it, or for what it once replaced, is pointed to `new`."""
    if new is not None:
        connection.execute(
            "UPDATE replacements SET replaced_by = ? WHERE replaced_by = ?", (new, old)
        )
        connection.execute("INSERT OR REPLACE INTO replacements VALUES (?, ?)", (old, new))
    connection.execute("DELETE FROM documents WHERE id = ?", (old,))


def reappear(connection: sqlite3.Connection, document: str) -> None:
    """Forget that `document` was ever replaced: it is here again."""
    connection.execute("DELETE FROM replacements WHERE document = ?", (document,))


def absent(connection: sqlite3.Connection, document: str) -> DocumentNotFound:
    """Return the error that says why there is no such document."""
    row = connection.execute(
        "SELECT replaced_by FROM replacements WHERE document = ?", (document,)
    ).fetchone()
    if row:
        return DocumentReplaced(document, row[0])
    return DocumentNotFound(f"There is no document {document}.")
