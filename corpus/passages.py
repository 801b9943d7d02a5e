"""Cutting a document into sections and passages that respect its structure."""

from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from math import ceil

from corpus.blocks import Block, BlockKind
from corpus.document import Document, Passage, Section, Sentence, Structure
from corpus.markdown import markdown_blocks
from corpus.plain import plain_blocks
from corpus.sentences import split_sentences

TARGET_PASSAGE = 220
"""Characters a passage is filled up to: some five sentences, one thought."""
MAX_PASSAGE = 400
"""Characters a passage never exceeds, so that with its headings it stays below 512 tokens."""

BLOCK_READERS: dict[str, Callable[[str], list[Block]]] = {
    "text": plain_blocks,
    "markdown": markdown_blocks,
}
"""How the blocks are read from a text, for each format whose blocks stand in the text itself."""


def blocks_of(document: Document) -> Sequence[Block]:
    """Return a document's blocks: those its format told, else those read from its text."""
    if document.blocks is not None:
        return document.blocks
    return BLOCK_READERS.get(document.format, plain_blocks)(document.text)


def structure(document: Document) -> Structure:
    """Cut `document` into sections and passages.

    A passage never crosses a heading, ends where a sentence ends, and is at most `MAX_PASSAGE`
    characters long. All its sentences begin on one page. Headings belong to no passage.
    """
    blocks = blocks_of(document)
    sections: list[Section] = []
    passages: list[Passage] = []
    for section, members in _sections(document.text, blocks):
        if section.heading is None and not members:
            continue
        sections.append(section)
        for group in _pack(document, members):
            start, end = group[0].start, group[-1].end
            page = page_of(document, start)
            passages.append(Passage(start, end, len(sections) - 1, page, tuple(group)))
    return Structure(tuple(sections), tuple(passages))


def page_of(document: Document, offset: int) -> int | None:
    """Return the number of the page that the character at `offset` stands on, from 1."""
    return bisect(document.pages, offset) or 1 if document.pages else None


def _sections(
    text: str, blocks: Sequence[Block]
) -> Iterator[tuple[Section, list[tuple[int, Block]]]]:
    """Yield each section with its blocks, every block with its ordinal in the document."""
    trail: list[tuple[int, str]] = []
    heading: Block | None = None
    start = 0
    members: list[tuple[int, Block]] = []

    def finished(end: int) -> tuple[Section, list[tuple[int, Block]]]:
        path = tuple(title for _, title in trail)
        words = (heading.start, heading.end) if heading else None
        return Section(path, words, len(trail), start, end), members

    for ordinal, block in enumerate(blocks):
        if block.kind is not BlockKind.HEADING:
            members.append((ordinal, block))
            continue
        yield finished(block.start)
        trail = [(level, title) for level, title in trail if level < block.level]
        trail.append((block.level, text[block.start : block.end]))
        heading, start, members = block, block.start, []
    yield finished(len(text))


def _pack(document: Document, members: Iterable[tuple[int, Block]]) -> Iterator[list[Sentence]]:
    """Group a section's sentences into passages, breaking between blocks where possible."""
    text = document.text
    current: list[Sentence] = []
    for sentences in _sentences(document, members):
        if current and (_turned(document, current, sentences) or _too_long(current, sentences)):
            yield current
            current = []
        for piece in _even_pieces(sentences):
            if current and _span(current + piece) > MAX_PASSAGE:
                yield current
                current = []
            current = current + piece
        # A line that ends in a colon introduces what follows it.
        if current and _span(current) >= TARGET_PASSAGE and text[current[-1].end - 1] not in ":：":
            yield current
            current = []
    if current:
        yield current


def _too_long(current: Sequence[Sentence], more: Sequence[Sentence]) -> bool:
    return more[-1].end - current[0].start > MAX_PASSAGE


def _turned(document: Document, current: Sequence[Sentence], more: Sequence[Sentence]) -> bool:
    return page_of(document, current[0].start) != page_of(document, more[0].start)


def _sentences(
    document: Document, members: Iterable[tuple[int, Block]]
) -> Iterator[list[Sentence]]:
    """Yield each block's sentences; apart where they begin on different pages."""
    for ordinal, block in members:
        found = (
            Sentence(part.start, part.end, ordinal, block.kind.value, block.header)
            for part in split_sentences(document.text, block.start, block.end)
        )
        for _, sentences in groupby(found, lambda one: page_of(document, one.start)):
            yield list(sentences)


def _even_pieces(sentences: list[Sentence]) -> list[list[Sentence]]:
    """Cut a block too long for one passage into pieces of about equal length."""
    if not sentences or _span(sentences) <= MAX_PASSAGE:
        return [sentences] if sentences else []
    goal = _span(sentences) / ceil(_span(sentences) / TARGET_PASSAGE)
    pieces: list[list[Sentence]] = [[]]
    for sentence in sentences:
        last = pieces[-1]
        grown = sentence.end - last[0].start if last else 0
        if last and (grown > MAX_PASSAGE or _span(last) >= goal or grown > goal * 1.25):
            pieces.append([])
        pieces[-1].append(sentence)
    return pieces


def _span(sentences: Sequence[Sentence]) -> int:
    return sentences[-1].end - sentences[0].start
