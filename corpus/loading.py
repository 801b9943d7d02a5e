"""Bytes to text: which format a document has, which encoding, and what its title is."""

import hashlib
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from charset_normalizer import from_bytes

from corpus.document import Document
from corpus.errors import InvalidInput, TooLarge, UnsupportedFormat
from corpus.markdown import markdown_blocks

MAX_BYTES = 64 * 1024 * 1024
"""Largest document accepted."""

FORMATS = {
    ".txt": "text",
    ".text": "text",
    ".log": "text",
    ".md": "markdown",
    ".markdown": "markdown",
}
"""File-name extensions and the format each stands for."""

_BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_LEGACY = ["gb18030", "big5hkscs", "utf_16_le", "utf_16_be"]
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
        InvalidInput, UnsupportedFormat, TooLarge: see `load_file`; the file as a whole.

    """
    return (load_file(path),), ()


def load_file(path: Path) -> Document:
    """Read the file at `path`.

    Raises:
        InvalidInput: the file does not exist or cannot be read.
        UnsupportedFormat: its extension is unknown or its bytes are no text.
        TooLarge: it has more than `MAX_BYTES` bytes.

    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise TooLarge(_too_large(path.name, size))
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"Cannot read {path}: {error.strerror}.") from error
    return load_bytes(content, path.name, source=str(path))


def load_bytes(content: bytes, name: str, *, source: str | None = None) -> Document:
    """Make a document of a file's bytes.

    Args:
        content: the bytes.
        name: the file's name, for its format and title; it is never used as a path.
        source: where it came from, for people to read; `name` if not given.

    Raises:
        UnsupportedFormat, TooLarge, InvalidInput: see `load_file`; an empty file is invalid.

    """
    if len(content) > MAX_BYTES:
        raise TooLarge(_too_large(name, len(content)))
    text = decode(content, name)
    form = format_of(name)
    if form is None:
        known = " ".join(FORMATS)
        raise UnsupportedFormat(f"{name}: unknown file type. Known ones: {known}.")
    title = _title(text, form) or base_name(name).rsplit(".", 1)[0]
    return _document(content, title, name if source is None else source, form, text)


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
    form = form or format_of(title) or "text"
    if form not in FORMATS.values():
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


def format_of(name: str) -> str | None:
    """Return the format that a file name's extension stands for, or None."""
    return FORMATS.get(PurePosixPath(base_name(name)).suffix.lower())


def base_name(name: str) -> str:
    """Return the last part of a path written for any system."""
    return PureWindowsPath(name).name or name


def clean_title(title: str) -> str:
    """Return `title` on one line, without control characters, at most 200 characters long."""
    printable = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in title)
    return " ".join(printable.split())[:_LONGEST_TITLE] or "无题"


def decode(content: bytes, name: str) -> str:
    """Decode text in UTF-8, UTF-16 or a Chinese encoding (GB18030, Big5), with or without a mark.

    Raises:
        UnsupportedFormat: the bytes are no text.
        InvalidInput: there is nothing in them.

    """
    text = _decode(content, name)
    if not text.strip():
        raise InvalidInput(f"{name} is empty.")
    return text


def _decode(content: bytes, name: str) -> str:
    for mark, encoding in _BOMS.items():
        if content.startswith(mark):
            return _checked(_strict(content[len(mark) :], encoding, name), name)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _guess(content, name)
    return _checked(text, name)


def _checked(text: str, name: str) -> str:
    if _looks_binary(text):
        raise UnsupportedFormat(_no_text(name))
    return text


def _guess(content: bytes, name: str) -> str:
    """Decode with charset-normalizer's best guess among the encodings Chinese text comes in."""
    # The sample may end inside a character, so up to three bytes of it are left out.
    for left_out in range(4 if len(content) > _SAMPLE else 1):
        best = from_bytes(content[: _SAMPLE - left_out], cp_isolation=_LEGACY).best()
        if best:
            break
    return _checked(_strict(content, best.encoding if best else "gb18030", name), name)


def _strict(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnsupportedFormat(_no_text(name)) from error


def _looks_binary(text: str) -> bool:
    """Tell bytes that merely happen to decode: control and private characters in numbers."""
    sample = text[:_SAMPLE]
    odd = sum(
        unicodedata.category(char) in ("Cc", "Co", "Cn") and char not in "\t\n\r\f\x0b\x1b"
        for char in sample
    )
    return "\0" in text or odd > len(sample) / 100 + 1


def _no_text(name: str) -> str:
    return (
        f"{name} is not text in UTF-8, UTF-16, GB18030 or Big5 "
        "(a binary file under a text file's name?)."
    )


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
    # A file name that is no Unicode comes with lone surrogates, which no database takes.
    source = source.encode("utf-8", "replace").decode("utf-8")
    return Document(digest[:16], clean_title(title), source, form, text)
