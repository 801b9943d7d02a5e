"""A document made ready for the store: cut up, segmented and embedded, outside any transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from corpus.document import Document, Passage, Structure
from corpus.passages import structure
from corpus.segmentation import Segmenter
from index.encoder import BATCH, Encoder, Vectors

Known = Mapping[str, bytes]
"""Texts as they are embedded, and the bytes of their vectors."""

Progress = Callable[[int, int], None]
"""Called with how many texts are embedded, and of how many."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that the store keeps of a document.

    Attributes:
        document: the document.
        structure: its sections and passages.
        passage_terms, passage_vectors: one entry a passage, its headings included.
        sentence_terms, sentence_vectors: one entry a sentence, in order over all passages.
        first_sentence: for each passage the place of its first sentence.

    """

    document: Document
    structure: Structure
    passage_terms: tuple[tuple[str, ...], ...]
    passage_vectors: Vectors
    sentence_terms: tuple[tuple[str, ...], ...]
    sentence_vectors: Vectors
    first_sentence: tuple[int, ...]


def prepare(
    documents: Sequence[Document],
    segmenter: Segmenter,
    encoder: Encoder,
    progress: Progress | None = None,
    known: Known | None = None,
) -> list[Prepared]:
    """Cut up, segment and embed some documents, all their texts in common batches.

    Texts that are `known` are not embedded again.
    """
    parts = [structure(document) for document in documents]
    passages = [_passage_texts(d, p) for d, p in zip(documents, parts, strict=True)]
    sentences = [_sentence_texts(d, p) for d, p in zip(documents, parts, strict=True)]
    texts = [text for group in (*passages, *sentences) for text in group]
    vectors = _vectors(encoder, texts, progress, known or {})
    ends = list(accumulate(len(group) for group in (*passages, *sentences)))
    split = np.split(vectors, ends[:-1]) if ends else []
    count = len(documents)
    return [
        _assemble(
            document, cut, (passages[n], split[n]), (sentences[n], split[count + n]), segmenter
        )
        for n, (document, cut) in enumerate(zip(documents, parts, strict=True))
    ]


def _assemble(
    document: Document,
    parts: Structure,
    passages: tuple[list[str], Vectors],
    sentences: tuple[list[str], Vectors],
    segmenter: Segmenter,
) -> Prepared:
    counts = [len(passage.sentences) for passage in parts.passages]
    return Prepared(
        document,
        parts,
        tuple(tuple(segmenter.terms(words)) for words in passages[0]),
        passages[1],
        tuple(tuple(segmenter.terms(words)) for words in sentences[0]),
        sentences[1],
        tuple(accumulate(counts, initial=0))[:-1],
    )


def _passage_texts(document: Document, parts: Structure) -> list[str]:
    return [passage_context(document, parts, passage) for passage in parts.passages]


def _sentence_texts(document: Document, parts: Structure) -> list[str]:
    return [
        _sentence_context(document.text, sentence.start, sentence.end, sentence.header)
        for passage in parts.passages
        for sentence in passage.sentences
    ]


def passage_context(document: Document, parts: Structure, passage: Passage) -> str:
    """Return a passage's text under its headings, as it is embedded and segmented.

    A heading tells what "该公司" is; it is part of a passage's meaning though not of its range.
    """
    header = passage.sentences[0].header
    return in_context(
        parts.sections[passage.section].path,
        document.text[slice(*header)] if header else "",
        document.text[passage.start : passage.end],
    )


def in_context(path: Sequence[str], header: str, words: str) -> str:
    """Return words under their headings and, in a table, their column names."""
    return "\n".join([*path, *([header] if header else []), words])


def embedded_texts(prepared: Prepared) -> list[str]:
    """Return all texts that a document's vectors stand for: its passages', its sentences'."""
    document, parts = prepared.document, prepared.structure
    return _passage_texts(document, parts) + _sentence_texts(document, parts)


def _sentence_context(text: str, start: int, end: int, header: tuple[int, int] | None) -> str:
    return in_context((), text[slice(*header)] if header else "", text[start:end])


def _vectors(
    encoder: Encoder, texts: list[str], progress: Progress | None, known: Known
) -> Vectors:
    new = [place for place, text in enumerate(texts) if text not in known]
    fresh = _embed(encoder, [texts[place] for place in new], progress)
    vectors = np.empty((len(texts), fresh.shape[1]), dtype=np.float32)
    vectors[new] = fresh
    for place, text in enumerate(texts):
        if text in known:
            vectors[place] = np.frombuffer(known[text], dtype=np.float32)
    return vectors


def _embed(encoder: Encoder, texts: list[str], progress: Progress | None) -> Vectors:
    # Longest first, so that a batch holds texts of one length and little padding.
    order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
    rows: list[Vectors] = []
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        rows.append(encoder.encode_passages([texts[place] for place in batch]))
        if progress:
            progress(min(start + BATCH, len(order)), len(order))
    if not rows:
        return np.zeros((0, encoder.dimension()), dtype=np.float32)
    joined = np.concatenate(rows)
    vectors = np.empty_like(joined)
    vectors[order] = joined
    return vectors
