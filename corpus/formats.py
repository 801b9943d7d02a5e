"""Which format a file has: what its name says, and what its bytes say."""

import io
import zipfile
from pathlib import PurePosixPath, PureWindowsPath

from corpus.errors import Encrypted, Mislabelled, UnsupportedFormat

FORMATS = {
    ".txt": "text",
    ".text": "text",
    ".log": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".docx": "docx",
    ".pdf": "pdf",
    ".csv": "csv",
    ".tsv": "csv",
    ".xlsx": "xlsx",
    ".epub": "epub",
    ".zip": "zip",
}
"""File-name extensions and the format each stands for."""

LEGACY = {
    ".doc": ".docx",
    ".wps": ".docx",
    ".rtf": ".docx",
    ".odt": ".docx",
    ".xls": ".xlsx",
    ".et": ".xlsx",
    ".ods": ".xlsx",
    ".ppt": ".pdf",
    ".pptx": ".pdf",
    ".mobi": ".epub",
    ".azw3": ".epub",
    ".rar": ".zip",
    ".7z": ".zip",
}
"""Extensions of documents that cannot be read, and what to save each as."""

_KINDS = {
    "pdf": "a PDF",
    "docx": "a Word document (.docx)",
    "xlsx": "an Excel workbook (.xlsx)",
    "pptx": "a presentation (.pptx)",
    "epub": "an EPUB book",
    "zip": "a ZIP archive",
    "ole": "an old Office file (.doc, .xls)",
    "text": "plain text",
    "binary": "something else",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_TOLD_BY_BYTES = {"docx", "pdf", "xlsx", "epub", "zip"}
_ZIPPED = {"docx", "xlsx", "epub", "zip"}
_INSIDE = {
    "word/document.xml": "docx",
    "xl/workbook.xml": "xlsx",
    "ppt/presentation.xml": "pptx",
    "META-INF/container.xml": "epub",
}
_PDF_WITHIN = 1024
"""Bytes in which a PDF's mark must stand, by its specification's note on readers."""


def format_of(name: str) -> str | None:
    """Return the format that a file name's extension stands for, or None."""
    return FORMATS.get(suffix(name))


def suffix(name: str) -> str:
    """Return a file name's extension with its dot, in lower case."""
    return PurePosixPath(base_name(name)).suffix.lower()


def base_name(name: str) -> str:
    """Return the last part of a path written for any system."""
    return PureWindowsPath(name).name or name


def known_format(content: bytes, name: str) -> str:
    """Return the format of a file whose name and bytes agree on it.

    Raises:
        UnsupportedFormat: the extension is unknown, or of a format that is not read.
        Mislabelled: the bytes are of another format.
        Encrypted: an Office file with a password.

    """
    if (better := LEGACY.get(suffix(name))) is not None:
        raise UnsupportedFormat(
            f"{name}: {suffix(name)} files cannot be read. Save it as {better} and add that."
        )
    form = format_of(name)
    if form is None:
        known = " ".join(FORMATS)
        raise UnsupportedFormat(f"{name}: unknown file type. Known ones: {known}.")
    kind = _kind(content, form)
    if kind == "ole" and form in ("docx", "xlsx"):
        raise _old_office(content, name, form)
    told = form if form in _TOLD_BY_BYTES else "text"
    fits = told == "text" and kind == "binary"
    if kind != told and not fits:
        raise Mislabelled(
            f"{name} is named {suffix(name)}, but holds {_KINDS[kind]}. "
            "Give it the right extension, or save it anew in its program."
        )
    return form


def _old_office(content: bytes, name: str, form: str) -> UnsupportedFormat:
    # A password turns an Office file into an OLE container of one encrypted stream.
    if _ENCRYPTED_PACKAGE in content:
        return Encrypted(f"{name} is protected by a password. Save it without one and add that.")
    return Mislabelled(
        f"{name} is named .{form}, but holds {_KINDS['ole']}. Save it as .{form} and add that."
    )


def _kind(content: bytes, form: str) -> str:
    """Return what the bytes are: a key of `_KINDS`; `form` where they tell no more than that."""
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(content, form)
    if content.startswith(_OLE):
        return "ole"
    head = content[:_PDF_WITHIN]
    if head.startswith(b"%PDF-") or (form == "pdf" and b"%PDF-" in head):
        return "pdf"
    return "binary" if b"\0" in content[:_PDF_WITHIN] else "text"


def _kind_of_zip(content: bytes, form: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except Exception:
        # Broken beyond listing, in whichever of zipfile's many ways: its reader will say so.
        return form if form in _ZIPPED else "zip"
    return next((kind for part, kind in _INSIDE.items() if part in names), "zip")
