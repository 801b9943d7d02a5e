"""The library: documents in, searchable views out."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from corpus.document import Document
from corpus.errors import DocumentNotFound, InvalidInput, ModelMismatch, StoreError
from corpus.loading import clean_title
from corpus.segmentation import Segmenter
from index import origins, reading, store
from index.dense import DenseIndex
from index.encoder import Encoder
from index.entry import Entry, Kept
from index.lexical import LexicalIndex
from index.prepared import Prepared, Progress, embedded_texts, prepare
from index.seals import broken
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
            uploaded = set(origins.held_at(connection, origins.UPLOADED))
        entries = {entry.id: entry for entry in found.values() if entry}
        new = {d.id: d for d in documents if d.id not in entries}
        written, created = self._write(
            prepare(list(new.values()), self._segmenter, self._encoder, progress)
        )
        if held := [d.id for d in documents if d.id not in new and d.id not in uploaded]:
            with self._store.writing() as connection:
                for each in held:
                    if reading.read_entry(connection, each):
                        origins.hold(connection, origins.UPLOADED, each)
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
        now = _now()
        with self._store.writing() as connection:
            # Another process may have begun with another model since this one opened.
            self._check_model(connection)
            for each in prepared:
                # Another writer may have been quicker while this one was embedding.
                if not reading.read_entry(connection, each.document.id):
                    _insert(connection, each, now)
                    created.add(each.document.id)
                origins.hold(connection, origins.UPLOADED, each.document.id)
                # Read here: once this is committed, another may remove it again.
                if entry := reading.read_entry(connection, each.document.id):
                    entries[entry.id] = entry
            if created:
                self._set_model(connection, prepared[0])
        return entries, created

    def _set_model(self, connection: sqlite3.Connection, prepared: Prepared) -> None:
        store.set_meta(connection, "model", self._encoder.name)
        store.set_meta(connection, "dimension", str(prepared.passage_vectors.shape[1]))

    def put(self, document: Document, path: str, progress: Progress | None = None) -> Kept:
        """Keep the document that the file at `path` holds, in place of those it held before.

        All of it is one transaction. A document that another file or an upload holds too stays.

        Args:
            document: the document.
            path: the file's absolute path, or one that stands for a part of it.
            progress: told how far the embedding is.

        Raises:
            StoreError: it could not be written; everything is as it was.

        """

        def swap(connection: sqlite3.Connection, old: list[str]) -> list[str]:
            origins.hold(connection, path, document.id)
            return origins.release(connection, path, old, document.id)

        return self._keep(document, lambda known: origins.held_at(known, path), swap, progress)

    def replace(self, old: str, document: Document, progress: Progress | None = None) -> Kept:
        """Put a document in another's place, whatever holds that one.

        Raises:
            DocumentNotFound: there is none with the id `old`; it may have been replaced.
            StoreError: it could not be written; everything is as it was.

        """

        def find(connection: sqlite3.Connection) -> list[str]:
            if not reading.read_entry(connection, old):
                raise origins.absent(connection, old)
            return [old]

        def swap(connection: sqlite3.Connection, found: list[str]) -> list[str]:
            for each in found:
                origins.inherit(connection, each, document.id)
                origins.supersede(connection, each, document.id)
            return found

        return self._keep(document, find, swap, progress)

    def _keep(
        self,
        document: Document,
        find: Callable[[sqlite3.Connection], list[str]],
        swap: Callable[[sqlite3.Connection, list[str]], list[str]],
        progress: Progress | None,
    ) -> Kept:
        """Write a document if it is new, and let `swap` put it in the place of what `find` finds.

        Embedding takes long, so it is done before the transaction; what it rested on is looked up
        again inside.
        """
        prepared: Prepared | None = None
        known: dict[str, bytes] = {}
        while True:
            with self._store.reading() as connection:
                old = find(connection)
                entry = reading.read_entry(connection, document.id)
                if entry and old == [document.id]:
                    return Kept(entry, "already there")
                for each in old if not entry and not prepared else ():
                    known |= reading.read_known(connection, each)
            if not entry and not prepared:
                (prepared,) = prepare([document], self._segmenter, self._encoder, progress, known)
            kept = self._swap(document, prepared, find, swap)
            if kept:
                break
        texts = embedded_texts(prepared) if prepared and kept.status != "already there" else []
        reused = sum(text in known for text in texts)
        return replace(kept, reused=reused, embedded=len(texts) - reused)

    def _swap(
        self,
        document: Document,
        prepared: Prepared | None,
        find: Callable[[sqlite3.Connection], list[str]],
        swap: Callable[[sqlite3.Connection, list[str]], list[str]],
    ) -> Kept | None:
        with self._store.writing() as connection:
            self._check_model(connection)
            there = reading.read_entry(connection, document.id)
            if not there and not prepared:
                return None  # Removed since it was found there.
            if not there and prepared:
                _insert(connection, prepared, _now())
                self._set_model(connection, prepared)
            old = [each for each in find(connection) if each != document.id]
            gone = swap(connection, old)
            entry = reading.read_entry(connection, document.id)
        if entry is None:
            raise origins.absent(connection, document.id)
        status = "replaced" if gone else "already there" if there else "added"
        return Kept(entry, status, tuple(gone))

    def paths_under(self, folder: Path) -> dict[str, list[str]]:
        """Return the known files below an absolute folder, each with the ids of its documents."""
        with self._store.reading() as connection:
            return origins.paths_under(connection, folder)

    def entry(self, document: str) -> Entry | None:
        """Return a document's entry, or None."""
        with self._store.reading() as connection:
            return reading.read_entry(connection, document)

    def held_at(self, path: str) -> list[str]:
        """Return the ids of the documents that were read from an absolute path."""
        with self._store.reading() as connection:
            return origins.held_at(connection, path)

    def forget(self, path: str) -> list[str]:
        """Let go of what the file at `path` held; return the ids of the documents removed."""
        with self._store.writing() as connection:
            return origins.release(connection, path, origins.held_at(connection, path))

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

    def mend(self, document: str, progress: Progress | None = None) -> None:
        """Make all that is derived from a document's text anew; its text and id stay.

        Raises:
            DocumentNotFound: there is none with this id.

        """
        with self._store.reading() as connection:
            text = reading.read_document(connection, document)
        (prepared,) = prepare([text], self._segmenter, self._encoder, progress)
        with self._store.writing() as connection:
            if reading.read_document(connection, document) == text:
                store.remake(connection, prepared)

    @contextmanager
    def view(self) -> Iterator[View]:
        """Give a view of the library that stays the same until the block ends.

        Raises:
            StoreError: the store cannot be read, or at the first view is not as it was written.

        """
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
            # A slow reader of an older state must not put it back over a newer one, nor on disk.
            newest = self._snapshot is None or self._snapshot.generation < generation
            fresh = self._build(connection, generation, save=newest)
            if newest:
                self._snapshot = fresh
            return fresh

    def _build(self, connection: sqlite3.Connection, generation: int, save: bool) -> Snapshot:
        path = self.directory / INDEX_FILE
        if self._snapshot is None:
            self._require_sound(connection)
        ids, owners, terms = reading.read_terms(connection)
        stamp = store.stamp(connection)
        dense = DenseIndex.load(path, stamp)
        if dense is None or dense.ids.tolist() != ids:
            dense = self._dense(connection)
            if save:
                _save(dense, path, stamp)
        return Snapshot(generation, dense, LexicalIndex(terms), tuple(owners))

    def _dense(self, connection: sqlite3.Connection) -> DenseIndex:
        try:
            dimension = store.dimension(connection) or 1
            return DenseIndex(*reading.read_vectors(connection, dimension))
        except ValueError as error:
            raise StoreError(
                f"{self.directory} is damaged: its vectors are not as long as it says. "
                "Restore it from a backup."
            ) from error

    def _require_sound(self, connection: sqlite3.Connection) -> None:
        """Refuse to serve what is not as it was written; SQLite does not see a changed letter."""
        if spoilt := broken(connection):
            raise StoreError(
                f"{self.directory} is damaged (documents {', '.join(sorted(spoilt))}). "
                "Run wenju doctor --repair; remove what it cannot mend, or restore a backup."
            )


def _insert(connection: sqlite3.Connection, prepared: Prepared, now: str) -> None:
    store.insert(connection, prepared, now)
    origins.reappear(connection, prepared.document.id)


def _save(dense: DenseIndex, path: Path, stamp: int) -> None:
    try:
        dense.save(path, stamp)
    except OSError as error:
        _log.warning("%s cannot be saved (%s); it is built again at each start.", path, error)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
