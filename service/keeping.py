"""Keeping the library like the files: what to add, to replace and to remove, and doing so."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import WenjuError
from corpus.folder import files_under
from service.terminal import bar

if TYPE_CHECKING:
    from corpus.document import Document
    from index.library import Library


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file, or of a part of one.

    Attributes:
        path: which.
        status: "added", "replaced", "already there", "removed" or "error".
        id, title: its document's; those removed have no title.
        replaced: documents that gave way to it.
        embedded, reused: texts whose vectors were computed, and taken over.
        detail: what is wrong.

    """

    path: str
    status: str
    id: str = ""
    title: str = ""
    replaced: tuple[str, ...] = ()
    embedded: int = 0
    reused: int = 0
    detail: str = ""


@dataclass(slots=True)
class _File:
    """A file as it was last read: when, which parts it had, and which of them failed."""

    state: tuple[int, int]
    parts: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)


class Keeper:
    """Brings files' contents into a library; reads a file again only when it has changed.

    Args:
        library: where to.
        dry_run: whether only to tell what would happen.

    """

    def __init__(self, library: "Library", *, dry_run: bool = False) -> None:
        self._library = library
        self._dry_run = dry_run
        self._files: dict[Path, _File] = {}

    def add(self, paths: list[Path]) -> Iterator[Outcome]:
        """Add what is new in files and folders, replace what has changed; remove nothing."""
        for path in files_under(paths):
            yield from self._file(path)

    def sync(self, folder: Path) -> Iterator[Outcome]:
        """Make the library's share of `folder` what the folder holds.

        A file that cannot be read keeps the document it had.
        """
        root = folder.resolve()
        files = []
        for path in files_under([folder]):
            files.append(path.resolve())
            yield from self._file(path)
        read = [self._files[path] for path in files if path in self._files]
        present = {name for each in read for name in each.parts}
        failed = tuple(name for each in read for name in each.failed)
        for part, documents in self._library.paths_under(root).items():
            if part in present or part.startswith(failed):
                continue
            gone = documents if self._dry_run else self._library.forget(part)
            yield from (Outcome(part, "removed", document) for document in gone)

    def _file(self, path: Path) -> Iterator[Outcome]:
        from corpus.loading import load_all

        resolved = path.resolve()
        try:
            status = path.stat()
            state = (status.st_mtime_ns, status.st_size)
        except OSError:
            state = (0, 0)  # Reading it will say what is wrong.
        if (known := self._files.get(resolved)) and known.state == state:
            return
        file = self._files[resolved] = _File(state)
        try:
            documents, failures = load_all(path)
        except WenjuError as error:
            file.failed.add(str(resolved))
            yield Outcome(str(path), "error", detail=str(error))
            return
        for failure in failures:
            file.failed.add(_part(resolved, path, failure.source))
            yield Outcome(failure.source, "error", detail=failure.reason)
        for document in documents:
            yield self._document(document, _part(resolved, path, document.source), file)

    def _document(self, document: "Document", part: str, file: _File) -> Outcome:
        try:
            found = self._planned(document, part) if self._dry_run else self._kept(document, part)
        except WenjuError as error:
            file.failed.add(part)
            return Outcome(document.source, "error", detail=str(error))
        file.parts.add(part)
        return found

    def _kept(self, document: "Document", part: str) -> Outcome:
        with bar(document.title) as progress:
            kept = self._library.put(document, part, progress)
        return Outcome(
            document.source,
            kept.status,
            kept.entry.id,
            kept.entry.title,
            kept.replaced,
            kept.embedded,
            kept.reused,
        )

    def _planned(self, document: "Document", part: str) -> Outcome:
        old = tuple(each for each in self._library.held_at(part) if each != document.id)
        there = self._library.entry(document.id) is not None
        status = "replaced" if old else "already there" if there else "added"
        return Outcome(document.source, status, document.id, document.title, old)


def _part(resolved: Path, path: Path, source: str) -> str:
    """Return the absolute path of a file, or of a document in it."""
    return str(resolved) + source.removeprefix(str(path))
