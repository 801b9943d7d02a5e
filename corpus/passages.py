"""Cutting a document into sections and passages that respect its structure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
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
"""How each format's text is read into blocks."""


def structure(document: Document) -> Structure:
    """Cut `document` into sections and passages.

    A passage never crosses a heading, ends where a sentence ends, and is at most `MAX_PASSAGE`
    characters long. Headings belong to no passage.
    """
    blocks = BLOCK_READERS[document.format](document.text)
    sections: list[Section] = []
    passages: list[Passage] = []
    for section, members in _sections(document.text, blocks):
        if section.heading is None and not members:
            continue
        sections.append(section)
        for group in _pack(document.text, members):
            start, end = group[0].start, group[-1].end
            passages.append(Passage(start, end, len(sections) - 1, None, tuple(group)))
    return Structure(tuple(sections), tuple(passages))


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


def _pack(text: str, members: Iterable[tuple[int, Block]]) -> Iterator[list[Sentence]]:
    """Group a section's sentences into passages, breaking between blocks where possible."""
    current: list[Sentence] = []
    for ordinal, block in members:
        sentences = _sentences(text, ordinal, block)
        if current and sentences and _too_long(current, sentences):
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


def _sentences(text: str, ordinal: int, block: Block) -> list[Sentence]:
    return [
        Sentence(part.start, part.end, ordinal, block.kind.value, block.header)
        for part in split_sentences(text, block.start, block.end)
    ]


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
