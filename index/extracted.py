"""Blocks and pages of a document whose format told them, from what the store keeps of its parts."""

import sqlite3
from itertools import groupby
from typing import Any

from corpus.blocks import Block, BlockKind
from corpus.document import Document
from corpus.passages import BLOCK_READERS


def with_blocks(connection: sqlite3.Connection, document: Document) -> Document:
    """Return `document` so that it is cut up into what it was; as it is where its text tells that.

    A block's range reaches from its first sentence to its last.
    """
    if document.format in BLOCK_READERS:
        return document
    blocks = [*_headings(connection, document.id), *_bodies(connection, document.id)]
    blocks.sort(key=lambda block: block.start)
    return Document(
        document.id,
        document.title,
        document.source,
        document.format,
        document.text,
        tuple(blocks),
        _pages(connection, document.id),
    )


def _headings(connection: sqlite3.Connection, document: str) -> list[Block]:
    rows = connection.execute(
        "SELECT heading_start, heading_end, level FROM sections"
        " WHERE document = ? AND heading_start IS NOT NULL",
        (document,),
    )
    return [Block(BlockKind.HEADING, *row) for row in rows]


def _bodies(connection: sqlite3.Connection, document: str) -> list[Block]:
    rows = connection.execute(
        "SELECT sentences.start, sentences.end, sentences.block, sentences.kind, sentences.header"
        " FROM sentences JOIN passages ON passages.id = sentences.passage"
        " WHERE passages.document = ? ORDER BY sentences.start",
        (document,),
    )
    blocks: list[Block] = []
    names: tuple[int, int] | None = None
    for _, group in groupby(rows, lambda row: row["block"]):
        sentences: list[Any] = list(group)
        start, end, kind = sentences[0]["start"], sentences[-1]["end"], sentences[0]["kind"]
        header = names if sentences[0]["header"] else None
        if kind == BlockKind.ROW.value and not header:
            names = start, end
        blocks.append(Block(BlockKind(kind), start, end, header=header))
    return blocks


def _pages(connection: sqlite3.Connection, document: str) -> tuple[int, ...]:
    rows = connection.execute(
        "SELECT page, min(start) FROM passages WHERE document = ? AND page IS NOT NULL"
        " GROUP BY page ORDER BY page",
        (document,),
    )
    pages: list[int] = []
    for page, start in rows:
        # A page without words begins where the next one does.
        pages.extend([start] * (page - len(pages)))
    return tuple(pages)
