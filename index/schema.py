"""The tables, as numbered migrations. The number of the last one run is SQLite's `user_version`."""

import sqlite3

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE meta (
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE documents (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        source TEXT NOT NULL,
        format TEXT NOT NULL,
        text TEXT NOT NULL,
        added_at TEXT NOT NULL
    );

    CREATE TABLE sections (
        document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        path TEXT NOT NULL,
        heading_start INTEGER,
        heading_end INTEGER,
        level INTEGER NOT NULL,
        start INTEGER NOT NULL,
        end INTEGER NOT NULL,
        PRIMARY KEY (document, ordinal)
    ) WITHOUT ROWID;

    -- AUTOINCREMENT: an id is never used again; a stale index can miss a passage, not mistake it.
    -- The text stands here again because cutting it from a long document takes a walk through it.
    CREATE TABLE passages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        section INTEGER NOT NULL,
        start INTEGER NOT NULL,
        end INTEGER NOT NULL,
        page INTEGER,
        text TEXT NOT NULL,
        terms TEXT NOT NULL,
        vector BLOB NOT NULL,
        FOREIGN KEY (document, section) REFERENCES sections (document, ordinal)
    );
    CREATE INDEX passages_by_document ON passages (document);

    CREATE TABLE sentences (
        passage INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        start INTEGER NOT NULL,
        end INTEGER NOT NULL,
        block INTEGER NOT NULL,
        kind TEXT NOT NULL,
        header TEXT NOT NULL,
        terms TEXT NOT NULL,
        vector BLOB NOT NULL,
        PRIMARY KEY (passage, ordinal)
    ) WITHOUT ROWID;
    """,
    """
    -- Which files a document was read from, as absolute paths; '' stands for whoever uploaded it.
    -- A document lasts as long as one of them holds it. Relative sources written before this table
    -- cannot be resolved any more; they count as uploaded.
    CREATE TABLE origins (
        path TEXT NOT NULL,
        document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        PRIMARY KEY (path, document)
    ) WITHOUT ROWID;
    CREATE INDEX origins_by_document ON origins (document);
    INSERT INTO origins
        SELECT CASE WHEN source LIKE '/%' THEN source ELSE '' END, id FROM documents;

    CREATE TABLE replacements (
        document TEXT PRIMARY KEY,
        replaced_by TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE
    ) WITHOUT ROWID;
    CREATE INDEX replacements_by_new ON replacements (replaced_by);

    -- Digests of a document's row and of all rows made from it: SQLite does not notice a bit that
    -- flips inside a value.
    CREATE TABLE seals (
        document TEXT PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
        own TEXT NOT NULL,
        parts TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database to the newest schema, each step in a transaction of its own."""
    while (done := version(connection)) < len(MIGRATIONS):
        step = f"{MIGRATIONS[done]};PRAGMA user_version = {done + 1};"
        try:
            connection.executescript(f"BEGIN IMMEDIATE;{step}COMMIT;")
        except sqlite3.OperationalError:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            # Unless another process was quicker with this step.
            if version(connection) == done:
                raise


def version(connection: sqlite3.Connection) -> int:
    """Return the number of the last migration run."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
