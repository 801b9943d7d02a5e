"""Digests of what the store holds of a document: a bit that flips on the disk is noticed.

SQLite's own checks see a damaged tree, not a changed letter; a citation must show neither.
"""

import hashlib
import sqlite3

_OWN = "SELECT id, title, source, format, text, added_at FROM documents WHERE id = ?"
_PARTS = (
    "SELECT * FROM sections WHERE document = ? ORDER BY ordinal",
    "SELECT * FROM passages WHERE document = ? ORDER BY id",
    """
    SELECT sentences.* FROM passages JOIN sentences ON sentences.passage = passages.id
    WHERE passages.document = ? ORDER BY sentences.passage, sentences.ordinal
    """,
)


def seal(connection: sqlite3.Connection, document: str) -> None:
    """Write down the digests of a document as it is now."""
    connection.execute(
        "INSERT OR REPLACE INTO seals VALUES (?, ?, ?)",
        (document, _digest(connection, document, _OWN), _digest(connection, document, *_PARTS)),
    )


def broken(connection: sqlite3.Connection) -> dict[str, bool]:
    """Return the documents that are not as they were written, and whether their own text still is.

    One whose text is sound can be cut up and embedded again.
    """
    found = {}
    for document, own, parts in connection.execute("SELECT * FROM seals").fetchall():
        sound = _digest(connection, document, _OWN) == own
        if not sound or _digest(connection, document, *_PARTS) != parts:
            found[document] = sound
    return found


def unsealed(connection: sqlite3.Connection) -> list[str]:
    """Return the documents without digests: those written before there were any."""
    rows = connection.execute(
        "SELECT id FROM documents WHERE id NOT IN (SELECT document FROM seals)"
    )
    return [row[0] for row in rows]


def _digest(connection: sqlite3.Connection, document: str, *queries: str) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for query in queries:
        for row in connection.execute(query, (document,)):
            for value in row:
                content = value if isinstance(value, bytes) else repr(value).encode()
                digest.update(len(content).to_bytes(8))
                digest.update(content)
    return digest.hexdigest()
