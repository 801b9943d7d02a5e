"""Folders: which of the files in one are documents."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from corpus.loading import format_of


def files_under(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield each path that is a file, and the documents in each folder, hidden ones left out."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for found in sorted(path.rglob("*")):
            inner = found.relative_to(path).parts
            hidden = any(part.startswith(".") for part in inner)
            if not hidden and found.is_file() and format_of(found.name):
                yield found
