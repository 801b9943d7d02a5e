"""Markdown source to blocks, with markdown-it-py doing the parsing."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.blocks import Block, BlockKind, line_starts
from corpus.sentences import trim

_PARSER = MarkdownIt("commonmark", {"maxNesting": 40}).enable("table")
_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\r?\n(?=\S[^\r\n]*:).*?\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL
)
_MARKS = re.compile(
    r"(?:[ \t]|>)*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?:\[[ xX]\][ \t]+)?(?:\#{1,6}(?:[ \t]+|$))?"
)
_TRAILING_MARKS = re.compile(r"(?:[ \t]+#+)?[ \t]*$")


def markdown_blocks(text: str) -> list[Block]:
    """Return the blocks of Markdown source. Marks at a block's ends are outside its range.

    YAML front matter belongs to no block. Mark-up inside a block stays: ranges point into the
    source as it is.
    """
    # A lone surrogate cannot be parsed; one replacement character keeps every offset.
    source = _FRONT_MATTER.sub(_blank, text.replace("\0", "\ufffd"))
    starts = line_starts(text)
    return [
        block for block in _blocks(_PARSER.parse(source), starts, text) if block.start < block.end
    ]


def _blocks(tokens: Sequence[Token], starts: Sequence[int], text: str) -> Iterator[Block]:
    header: tuple[int, int] | None = None
    in_items = 0
    for token, after in pairwise([*tokens, Token("end", "", 0)]):
        if token.type == "list_item_open":
            in_items += 1
        elif token.type == "list_item_close":
            in_items -= 1
        elif token.type == "table_close":
            header = None
        elif token.type == "heading_open" and after.map:
            start, end = _inner(text, starts, after.map)
            trailing = _TRAILING_MARKS.search(text, start, end)
            end = trailing.start() if trailing else end
            yield Block(BlockKind.HEADING, *trim(text, start, end), int(token.tag[1]))
        elif token.type == "paragraph_open" and token.map:
            kind = BlockKind.ITEM if in_items else BlockKind.PARAGRAPH
            yield Block(kind, *_inner(text, starts, token.map))
        elif token.type == "tr_open" and token.map:
            row = _row(text, starts, token.map)
            yield Block(BlockKind.ROW, *row, header=header)
            header = header or row
        elif token.type in ("fence", "code_block", "html_block") and token.map:
            yield Block(BlockKind.CODE, *trim(text, *_lines(starts, token.map)))


def _lines(starts: Sequence[int], lines: Sequence[int]) -> tuple[int, int]:
    last = len(starts) - 1
    return starts[min(lines[0], last)], starts[min(lines[1], last)]


def _inner(text: str, starts: Sequence[int], lines: Sequence[int]) -> tuple[int, int]:
    """Return the range of some lines without the list, quote or heading marks around them."""
    start, end = trim(text, *_lines(starts, lines))
    marks = _MARKS.match(text, start, end)
    return trim(text, marks.end() if marks else start, end)


def _row(text: str, starts: Sequence[int], lines: Sequence[int]) -> tuple[int, int]:
    start, end = trim(text, *_lines(starts, lines))
    if start < end and text[start] == "|":
        start += 1
    if start < end and text[end - 1] == "|":
        end -= 1
    return trim(text, start, end)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\r\n]", " ", match.group())
