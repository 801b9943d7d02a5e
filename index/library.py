"""The library: documents in, searchable views out."""

import logging
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from corpus.document import Document
from corpus.errors import DocumentNotFound, InvalidInput, ModelMismatch
from corpus.loading import clean_title
from corpus.segmentation import Segmenter
from index import reading, store
from index.dense import DenseIndex
from index.encoder import Encoder
from index.entry import Entry
from index.lexical import LexicalIndex
from index.prepared import Prepared, Progress, prepare
from index.view import Snapshot, View

_log = logging.getLogger(__name__)
INDEX_FILE = "passages.faiss"


class Library:
    """A data directory: a store, and the search index derived from it.

    Safe to use from several threads, and beside other processes on the same directory.

    Args:
        directory: the data directory, made when missing.
        encoder: its vectors' model; the directory remembers it and refuses another.
        segmenter: cuts text into terms.

    Raises:
        StoreError: the directory cannot be used.
        ModelMismatch: its vectors are another model's.

    """

    def __init__(self, directory: Path, encoder: Encoder, segmenter: Segmenter) -> None:
        self.directory = directory
        self._encoder = encoder
        self._segmenter = segmenter
        self._store = store.Store(directory)
        self._snapshot: Snapshot | None = None
        self._refreshing = threading.Lock()
        with self._store.reading() as connection:
            self._check_model(connection)

    def _check_model(self, connection: sqlite3.Connection) -> None:
        known = store.get_meta(connection, "model")
        if known and known != self._encoder.name:
            raise ModelMismatch(
                f"{self.directory} holds vectors of the model {known}, not {self._encoder.name}. "
                f'Set model = "{known}", or add the documents anew into another --data directory.'
            )

    @property
    def fresh(self) -> bool:
        """Whether nothing was ever written here."""
        with self._store.reading() as connection:
            return store.generation(connection) == 0

    def add(self, document: Document, progress: Progress | None = None) -> tuple[Entry, bool]:
        """Add a document, all of it in one transaction.

        Returns:
            Its entry, and whether it is new; the same bytes twice change nothing.

        Raises:
            StoreError: it could not be written; nothing of it was kept.

        """
        return self.add_all([document], progress)[0]

    def add_all(
        self, documents: Sequence[Document], progress: Progress | None = None
    ) -> list[tuple[Entry, bool]]:
        """Add some documents, all in one transaction; see `add`. Quicker than one by one."""
        with self._store.reading() as connection:
            found = {d.id: reading.read_entry(connection, d.id) for d in documents}
        entries = {entry.id: entry for entry in found.values() if entry}
        new = {d.id: d for d in documents if d.id not in entries}
        written, created = self._write(
            prepare(list(new.values()), self._segmenter, self._encoder, progress)
        )
        entries |= written
        result = []
        for document in documents:
            result.append((entries[document.id], document.id in created))
            created.discard(document.id)
        return result

    def _write(self, prepared: Sequence[Prepared]) -> tuple[dict[str, Entry], set[str]]:
        """Write what is not there yet; return all entries, and the ids of what was written."""
        entries: dict[str, Entry] = {}
        created: set[str] = set()
        if not prepared:
            return entries, created
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._store.writing() as connection:
            # Another process may have begun with another model since this one opened.
            self._check_model(connection)
            for each in prepared:
                # Another writer may have been quicker while this one was embedding.
                if not reading.read_entry(connection, each.document.id):
                    store.insert(connection, each, now)
                    created.add(each.document.id)
                # Read here: once this is committed, another may remove it again.
                if entry := reading.read_entry(connection, each.document.id):
                    entries[entry.id] = entry
            if created:
                dimension = prepared[0].passage_vectors.shape[1]
                store.set_meta(connection, "model", self._encoder.name)
                store.set_meta(connection, "dimension", str(dimension))
        return entries, created

    def remove(self, document: str) -> None:
        """Remove a document and everything made from it.

        Raises:
            DocumentNotFound: there is none with this id.

        """
        with self._store.writing() as connection:
            store.delete(connection, document)

    def rename(self, document: str, title: str) -> Entry:
        """Give a document another title; its text and the places in it stay.

        Raises:
            DocumentNotFound: there is none with this id.
            InvalidInput: the title is empty.

        """
        if not title.strip():
            raise InvalidInput("The title is empty.", "title")
        clean = clean_title(title)
        with self._store.writing() as connection:
            store.rename(connection, document, clean)
            entry = reading.read_entry(connection, document)
        if entry is None:
            raise DocumentNotFound(f"There is no document {document}.")
        return entry

    @contextmanager
    def view(self) -> Iterator[View]:
        """Give a view of the library that stays the same until the block ends."""
        with self._store.reading() as connection:
            snapshot = self._current(connection)
            yield View(snapshot, connection, self._encoder, self._segmenter)

    def _current(self, connection: sqlite3.Connection) -> Snapshot:
        generation = store.generation(connection)
        snapshot = self._snapshot
        if snapshot and snapshot.generation == generation:
            return snapshot
        with self._refreshing:
            if self._snapshot and self._snapshot.generation == generation:
                return self._snapshot
            fresh = self._build(connection, generation)
            # A slow reader of an older state must not put it back over a newer one.
            if self._snapshot is None or self._snapshot.generation < generation:
                self._snapshot = fresh
            return fresh

    def _build(self, connection: sqlite3.Connection, generation: int) -> Snapshot:
        path = self.directory / INDEX_FILE
        ids, owners, terms = reading.read_terms(connection)
        stamp = store.stamp(connection)
        dense = DenseIndex.load(path, stamp)
        if dense is None or dense.ids.tolist() != ids:
            dimension = int(store.get_meta(connection, "dimension") or 1)
            dense = DenseIndex(*reading.read_vectors(connection, dimension))
            try:
                dense.save(path, stamp)
            except OSError as error:
                _log.warning(
                    "%s cannot be saved (%s); it is built again at each start.", path, error
                )
        return Snapshot(generation, dense, LexicalIndex(terms), tuple(owners))
