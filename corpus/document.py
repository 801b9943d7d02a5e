"""The values that leave this room: documents, and their parts with exact offsets.

Every `start` and `end` counts Unicode code points in `Document.text`, end exclusive.
"""

from dataclasses import dataclass

from corpus.blocks import Block


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence's range. Never empty, never with white space at its ends.

    Attributes:
        start, end: its range.
        block: ordinal of the block (paragraph, item, row) it stands in, counted over the document;
            sentences of one block are one train of thought.
        kind: "paragraph", "item", "row" or "code".
        header: for a table row, the range of the header row that names its columns; else None.

    """

    start: int
    end: int
    block: int = 0
    kind: str = "paragraph"
    header: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text under it, up to the next heading of any level.

    Attributes:
        path: headings from the outermost to this one, in the document's words; empty before the
            first heading.
        heading: range of this heading's words, or None before the first heading.
        level: 1 for the outermost headings; 0 before the first heading.
        start, end: range from the heading (or the document's beginning) to the next heading.

    """

    path: tuple[str, ...]
    heading: tuple[int, int] | None
    level: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """What is embedded and retrieved: neighbouring sentences of one section.

    Attributes:
        start, end: where its first sentence begins and its last one ends.
        section: ordinal of its section in `Structure.sections`.
        page: page number in the source, counted from 1; None where the format has no pages.
        sentences: its sentences in order, at least one.

    """

    start: int
    end: int
    section: int
    page: int | None
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Structure:
    """A document cut up: its sections in order, and its passages in order."""

    sections: tuple[Section, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A decoded document, before it has been cut up.

    Attributes:
        id: first 16 hexadecimal digits of the SHA-256 of its bytes.
        title: shown to readers.
        source: file name or address it came from; "" for pasted text.
        format: "text", "markdown", or what the text was extracted from: "html", "docx", "pdf",
            "csv", "xlsx", "epub".
        text: the decoded or extracted text, never rewritten.
        blocks: its blocks where the format told them; None where they are read from the text.
        pages: offset at which each page's words begin; empty where the format has no pages.

    """

    id: str
    title: str
    source: str
    format: str
    text: str
    blocks: tuple[Block, ...] | None = None
    pages: tuple[int, ...] = ()
