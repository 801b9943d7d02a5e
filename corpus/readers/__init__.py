"""Readers: one module a format, each turning a file's bytes into an `Extract`.

They run in a process of their own (`corpus.extraction`): what they parse was made by strangers.
"""

import warnings
from dataclasses import replace
from importlib import import_module

from corpus.errors import Damaged, TooCostly, WenjuError
from corpus.extract import Extract
from corpus.plain import with_numbered_headings

READERS = {
    "html": "corpus.readers.html",
    "docx": "corpus.readers.docx",
    "pdf": "corpus.readers.pdf",
    "csv": "corpus.readers.table",
    "xlsx": "corpus.readers.workbook",
    "epub": "corpus.readers.epub",
}
"""Each format's module; only the one needed is imported. It has `read(content, name)`."""


def read(content: bytes, name: str, form: str) -> Extract:
    """Read a file of a format in `READERS`.

    Raises:
        WenjuError: it cannot be read; the message says why and what to do.

    """
    reader = import_module(READERS[form])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            extract: Extract = reader.read(content, name)
    except WenjuError:
        raise
    except MemoryError as error:
        raise TooCostly(
            f"{name} takes too much memory to read; split it into several files."
        ) from error
    except Exception as error:
        # The libraries raise whatever a broken file makes them stumble over.
        raise Damaged(
            f"{name} is damaged or incomplete ({type(error).__name__}); "
            "save it anew in its program and add that."
        ) from error
    return replace(extract, blocks=with_numbered_headings(extract.text, extract.blocks))
