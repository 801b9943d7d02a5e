"""Bytes to text: which format a document has, which encoding, and what its title is."""

import hashlib
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.archive import members
from corpus.decoding import decode
from corpus.document import Document
from corpus.errors import InvalidInput, TooLarge, UnsupportedFormat, WenjuError
from corpus.extraction import extract
from corpus.formats import base_name, format_of, known_format
from corpus.markdown import markdown_blocks

MAX_BYTES = 64 * 1024 * 1024
"""Largest document accepted."""

_TEXTS = ("text", "markdown")
"""Formats whose bytes are the text."""
_SAMPLE = 64 * 1024
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or a part of one, that could not be read; the rest of its batch was.

    Attributes:
        source: which, for people to read.
        reason: why, in a sentence.

    """

    source: str
    reason: str


def load_all(path: Path) -> tuple[tuple[Document, ...], tuple[Failure, ...]]:
    """Read the documents in the file at `path`, and say which of its parts could not be read.

    Raises:
        WenjuError: see `load_file`; the file as a whole.

    """
    return load_each(_read(path), path.name, source=str(path))


def load_each(
    content: bytes, name: str, *, source: str | None = None
) -> tuple[tuple[Document, ...], tuple[Failure, ...]]:
    """Make documents of a file's bytes: one of most files, one a member of a ZIP archive.

    Returns:
        The documents, and what could not be read. A member's source is the archive's with the
        member's name after it.

    Raises:
        WenjuError: see `load_bytes`; the file as a whole, or an archive without any document.

    """
    source = name if source is None else source
    if format_of(name) != "zip":
        return (load_bytes(content, name, source=source),), ()
    _check_size(content, name)
    known_format(content, name)
    documents: list[Document] = []
    failures: list[Failure] = []
    for member in members(content, name):
        inner = f"{source}/{member.name}"
        try:
            documents.append(load_bytes(member.read(), member.name, source=inner))
        except WenjuError as error:
            failures.append(Failure(_encodable(inner), str(error)))
    if not documents and not failures:
        raise InvalidInput(f"{name} holds no documents: none of its files has a known extension.")
    return tuple(documents), tuple(failures)


def load_file(path: Path) -> Document:
    """Read the file at `path`.

    Raises:
        InvalidInput: the file does not exist, cannot be read, is empty or damaged.
        UnsupportedFormat: its format is unknown or not what its name says, its bytes are no text,
            or it needs a password.
        TooLarge: it has more than `MAX_BYTES` bytes, or its text is too long, or takes too long.

    """
    return load_bytes(_read(path), path.name, source=str(path))


def _read(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise TooLarge(_too_large(path.name, size))
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"Cannot read {path}: {error.strerror}.") from error


def load_bytes(content: bytes, name: str, *, source: str | None = None) -> Document:
    """Make a document of a file's bytes.

    Args:
        content: the bytes.
        name: the file's name, for its format and title; it is never used as a path.
        source: where it came from, for people to read; `name` if not given.

    Raises:
        UnsupportedFormat, TooLarge, InvalidInput: see `load_file`; an empty file is invalid.

    """
    _check_size(content, name)
    form = known_format(content, name)
    stem = base_name(name).rsplit(".", 1)[0]
    source = name if source is None else source
    if form in _TEXTS:
        text = decode(content, name)
        return _document(content, _title(text, form) or stem, source, form, text)
    if form == "zip":
        raise UnsupportedFormat(f"{name} is an archive of its own: unpack it and add its files.")
    found = extract(content, name, form)
    made = _document(content, found.title or stem, source, form, found.text)
    return replace(made, blocks=found.blocks, pages=found.pages)


def load_text(text: str, title: str, form: str | None = None, *, source: str = "") -> Document:
    """Make a document of pasted text.

    Args:
        text: the text.
        title: its title; its extension decides the format when `form` is None.
        form: "text" or "markdown".
        source: where it came from, for people to read.

    Raises:
        InvalidInput: text or title is empty, or the format is unknown.
        TooLarge: the text is longer than `MAX_BYTES` in UTF-8.

    """
    if form is None:
        form = "markdown" if format_of(title) == "markdown" else "text"
    if form not in _TEXTS:
        raise InvalidInput(f'Unknown format "{form}": use "text" or "markdown".', "format")
    if not title.strip():
        raise InvalidInput("The title is empty.", "title")
    if not text.strip():
        raise InvalidInput("The text is empty.", "text")
    if "\0" in text:
        raise InvalidInput("The text has a NUL character: it is no text.", "text")
    # A lone surrogate is no character: it could be neither stored nor sent.
    text = text.encode("utf-8", "replace").decode("utf-8")
    content = text.encode("utf-8")
    if len(content) > MAX_BYTES:
        raise TooLarge(_too_large(title, len(content)))
    return _document(content, clean_title(title), source, form, text)


def clean_title(title: str) -> str:
    """Return `title` on one line, without control characters, at most 200 characters long."""
    printable = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in title)
    return " ".join(printable.split())[:_LONGEST_TITLE] or "无题"


def _check_size(content: bytes, name: str) -> None:
    if len(content) > MAX_BYTES:
        raise TooLarge(_too_large(name, len(content)))


def _too_large(name: str, size: int) -> str:
    return f"{name} has {size / 2**20:.1f} MiB; the limit is {MAX_BYTES // 2**20} MiB."


def _title(text: str, form: str) -> str | None:
    if form != "markdown":
        return None
    blocks = markdown_blocks(text[:_SAMPLE])
    first = next((block for block in blocks if block.level == 1), None)
    return clean_title(text[first.start : first.end]) if first else None


def _document(content: bytes, title: str, source: str, form: str, text: str) -> Document:
    digest = hashlib.sha256(content).hexdigest()
    return Document(digest[:16], clean_title(title), _encodable(source), form, text)


def _encodable(source: str) -> str:
    """Return a file name without lone surrogates, which no database takes."""
    return source.encode("utf-8", "replace").decode("utf-8")
