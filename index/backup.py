"""Copies of a data directory's store: made while it is used, and put back as a whole."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from corpus.errors import InvalidInput, StoreError
from index import store
from index.dense import sync_folder
from index.schema import MIGRATIONS, migrate, version
from index.seals import broken
from index.store import FILE_NAME
from index.writer import alone

_BUSY_SECONDS = 60.0


def back_up(directory: Path, file: Path) -> int:
    """Write a copy of the store as it is now to `file`; readers and writers go on meanwhile.

    Returns:
        How many documents the copy holds.

    Raises:
        InvalidInput: there is no store, or `file` exists or cannot be written.
        StoreError: the store, and so its copy, is damaged; no file is left.

    """
    source = directory / FILE_NAME
    if not source.exists():
        raise InvalidInput(f"There is no store in {directory}.")
    if file.exists():
        raise InvalidInput(f"{file} exists; choose another name.")
    with _beside(file) as copy:
        _copy(source, copy)
        documents = check(copy)
        _put(copy, file)
    return documents


def restore(directory: Path, file: Path, *, force: bool = False) -> int:
    """Put a copy in the store's place, in one transaction: running servers go on with it.

    Returns:
        How many documents there are now.

    Raises:
        InvalidInput: `file` is no sound copy, or there are documents and `force` is not given.
        StoreError: the present store is damaged; move it away first. Nothing was changed.

    """
    directory.mkdir(parents=True, exist_ok=True)
    target = directory / FILE_NAME
    if not file.is_file():
        raise InvalidInput(f"There is no {file}.")
    with _beside(target) as copy, alone(directory, _BUSY_SECONDS):
        try:
            _copy(file, copy)
            documents = check(copy)
        except StoreError as error:
            raise InvalidInput(f"{file} is no sound backup: {error}") from error
        generation = _present(target, force=force)
        _renew(copy, generation)
        if target.exists():
            # Not by renaming: a process that has the old file open would go on with it, and on
            # closing it would delete the new one's log.
            _copy(copy, target)
        else:
            _put(copy, target)
    return documents


def check(file: Path) -> int:
    """Return how many documents a store's file holds.

    Raises:
        StoreError: it is damaged, or no store.

    """
    try:
        with closing(_open(file)) as connection:
            if not 0 < version(connection) <= len(MIGRATIONS):
                raise StoreError(f"{file} is no store of this version of wenju.")
            migrate(connection)
            faults = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
            if faults != ["ok"] or connection.execute("PRAGMA foreign_key_check").fetchall():
                raise StoreError(f"{file} is damaged ({faults[0]}).")
            if spoilt := broken(connection):
                raise StoreError(f"{file} is damaged: document {next(iter(spoilt))}.")
            return int(connection.execute("SELECT count(*) FROM documents").fetchone()[0])
    except sqlite3.Error as error:
        raise StoreError(f"{file} is damaged ({error}).") from error


def _present(target: Path, *, force: bool) -> int:
    """Return the present store's generation, 0 if there is none."""
    if not target.exists():
        return 0
    try:
        with closing(_open(target)) as connection:
            if connection.execute("SELECT 1 FROM documents LIMIT 1").fetchone() and not force:
                raise InvalidInput(f"{target.parent} holds documents; --force replaces them.")
            return store.generation(connection)
    except sqlite3.Error as error:
        raise StoreError(
            f"{target} is damaged ({error}). Stop the server, move that file and those whose "
            "names begin with its name away, and restore again."
        ) from error


def _renew(copy: Path, generation: int) -> None:
    """Give a copy a state of its own, newer than `generation`, so that every reader notices."""
    with closing(_open(copy)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        newest = max(generation, store.generation(connection)) + 1
        store.set_meta(connection, "generation", str(newest))
        store.set_meta(connection, "stamp", str(store.new_stamp()))
        connection.execute("COMMIT")


def _copy(source: Path, target: Path) -> None:
    try:
        with closing(_open(source)) as old, closing(_open(target)) as new:
            old.backup(new)
    except sqlite3.Error as error:
        raise StoreError(f"{source} cannot be copied to {target.parent} ({error}).") from error


def _open(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None)


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """Give an empty temporary file in `file`'s folder, and delete what is left of it."""
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.name, suffix=".tmp")
    except OSError as error:
        raise InvalidInput(f"{file.parent} cannot be written ({error.strerror}).") from error
    os.close(handle)
    try:
        yield Path(name)
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                os.unlink(name + suffix)


def _put(copy: Path, file: Path) -> None:
    """Move a copy, a single file by then, to its place."""
    with closing(_open(copy)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    with copy.open("rb+") as stream:
        os.fsync(stream.fileno())
    os.replace(copy, file)
    sync_folder(file.parent)
