"""The store: one SQLite file that holds everything, and is the only truth.

Writing is one transaction each; readers see one state from start to end (WAL).
"""

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from corpus.errors import StoreError
from index.origins import absent
from index.prepared import Prepared
from index.schema import MIGRATIONS, migrate
from index.seals import seal
from index.writer import alone

FILE_NAME = "wenju.sqlite"
_BUSY_SECONDS = 60.0
_DAMAGE = ("malformed", "not a database", "in database main", "decode to UTF-8")


class Store:
    """A data directory's SQLite file. Connections are one a thread.

    Args:
        directory: the data directory; created when missing.

    Raises:
        StoreError: the directory cannot be used, or its file is damaged or of a newer version.

    """

    def __init__(self, directory: Path) -> None:
        self.path = directory / FILE_NAME
        self._local = threading.local()
        self.writable = True
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._open()
        except (OSError, sqlite3.Error) as error:
            raise StoreError(_explain(self.path, error)) from error

    def _open(self) -> None:
        connection = self._connection()
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version < 0:
            raise sqlite3.DatabaseError("malformed header")
        if version > len(MIGRATIONS):
            raise StoreError(f"{self.path} was made by a newer version of wenju; upgrade wenju.")
        check = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if check != "ok":
            raise sqlite3.DatabaseError(check)
        if version < len(MIGRATIONS):
            _use_wal(connection)
            migrate(connection)

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connect()
            self._local.connection = connection
        return connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def close(self) -> None:
        """Close this thread's connection."""
        if connection := getattr(self._local, "connection", None):
            connection.close()
            self._local.connection = None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees one state of the store until the block ends."""
        connection = self._connection()
        if connection.in_transaction:
            yield connection
            return
        try:
            connection.execute("BEGIN")
            yield connection
        except sqlite3.DatabaseError as error:
            raise StoreError(_explain(self.path, error)) from error
        finally:
            if connection.in_transaction:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection for one write transaction: all of the block happens, or nothing.

        A write raises the generation by one.
        """
        with self._alone():
            connection = self._connection()
            try:
                connection.execute("BEGIN IMMEDIATE")
                before = connection.total_changes
                yield connection
                if connection.total_changes != before:
                    set_meta(connection, "generation", str(generation(connection) + 1))
                    set_meta(connection, "stamp", str(new_stamp()))
                connection.execute("COMMIT")
            except sqlite3.DatabaseError as error:
                raise StoreError(_explain(self.path, error)) from error
            finally:
                if connection.in_transaction:
                    with suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with ExitStack() as stack:
            try:
                stack.enter_context(alone(self.path.parent, _BUSY_SECONDS))
            except OSError as error:
                raise StoreError(_explain(self.path, error)) from error
            yield


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging; SQLite does not wait by itself while another process does."""
    until = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def get_meta(connection: sqlite3.Connection, key: str) -> str | None:
    """Return what is remembered under `key`, or None."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else None


def set_meta(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Remember `value` under `key`."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def generation(connection: sqlite3.Connection) -> int:
    """Return how many writes the store has seen."""
    return _number(connection, "generation")


def stamp(connection: sqlite3.Connection) -> int:
    """Return a number that no other state has, of this store or of one restored in its place."""
    return _number(connection, "stamp")


def dimension(connection: sqlite3.Connection) -> int:
    """Return how many numbers a vector has; 0 when none was ever written."""
    return _number(connection, "dimension")


def _number(connection: sqlite3.Connection, key: str) -> int:
    found = get_meta(connection, key) or "0"
    if not (found.isascii() and found.isdigit() and int(found) < 1 << 63):
        raise sqlite3.DatabaseError(f"malformed {key}")
    return int(found)


def new_stamp() -> int:
    """Return a stamp for a new state."""
    return secrets.randbits(63)


def insert(connection: sqlite3.Connection, prepared: Prepared, added_at: str) -> None:
    """Write a prepared document with all its parts."""
    document = prepared.document
    connection.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)",
        (document.id, document.title, document.source, document.format, document.text, added_at),
    )
    _insert_parts(connection, prepared)


def remake(connection: sqlite3.Connection, prepared: Prepared) -> None:
    """Write a stored document's parts anew."""
    document = prepared.document.id
    connection.execute("DELETE FROM passages WHERE document = ?", (document,))
    connection.execute("DELETE FROM sections WHERE document = ?", (document,))
    _insert_parts(connection, prepared)


def _insert_parts(connection: sqlite3.Connection, prepared: Prepared) -> None:
    document = prepared.document
    connection.executemany(
        "INSERT INTO sections VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                document.id,
                ordinal,
                json.dumps(section.path, ensure_ascii=False),
                *(section.heading or (None, None)),
                section.level,
                section.start,
                section.end,
            )
            for ordinal, section in enumerate(prepared.structure.sections)
        ],
    )
    for place in range(len(prepared.structure.passages)):
        _insert_passage(connection, prepared, place)
    seal(connection, document.id)


def _insert_passage(connection: sqlite3.Connection, prepared: Prepared, place: int) -> None:
    passage = prepared.structure.passages[place]
    text = prepared.document.text
    cursor = connection.execute(
        "INSERT INTO passages (document, section, start, end, page, text, terms, vector)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            prepared.document.id,
            passage.section,
            passage.start,
            passage.end,
            passage.page,
            text[passage.start : passage.end],
            "\n".join(prepared.passage_terms[place]),
            prepared.passage_vectors[place].tobytes(),
        ),
    )
    first = prepared.first_sentence[place]
    connection.executemany(
        "INSERT INTO sentences VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                cursor.lastrowid,
                ordinal,
                sentence.start,
                sentence.end,
                sentence.block,
                sentence.kind,
                text[slice(*sentence.header)] if sentence.header else "",
                "\n".join(prepared.sentence_terms[first + ordinal]),
                prepared.sentence_vectors[first + ordinal].tobytes(),
            )
            for ordinal, sentence in enumerate(passage.sentences)
        ],
    )


def delete(connection: sqlite3.Connection, document: str) -> None:
    """Delete a document with all its parts.

    Raises:
        DocumentNotFound: there is none with this id; it may have been replaced.

    """
    if not connection.execute("DELETE FROM documents WHERE id = ?", (document,)).rowcount:
        raise absent(connection, document)


def rename(connection: sqlite3.Connection, document: str, title: str) -> None:
    """Give a document another title.

    Raises:
        DocumentNotFound: there is none with this id; it may have been replaced.

    """
    found = connection.execute("UPDATE documents SET title = ? WHERE id = ?", (title, document))
    if not found.rowcount:
        raise absent(connection, document)
    seal(connection, document)


def _explain(path: Path, error: Exception) -> str:
    text = str(error)
    if (
        "readonly" in text
        or "Read-only" in text
        or isinstance(error, PermissionError)
        or "unable to open" in text
    ):
        return f"{path.parent} cannot be written. Give the user write permission or another --data."
    if "full" in text or "No space" in text:
        return f"The disk that holds {path.parent} is full. Nothing of this change was kept."
    if any(sign in text for sign in _DAMAGE):
        return f"{path} is damaged ({text}). Restore it from a backup; it was left as it is."
    return f"{path}: {text}."
