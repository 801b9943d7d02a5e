"""Quotes that answer a question, without the answer around them."""

from collections.abc import Sequence

from index.library import Library
from qa.evidence import candidates
from qa.lexicon import lexicon_of
from qa.question import understand
from qa.quote import Quote
from qa.selection import select


def quotes_of(library: Library, text: str) -> Sequence[Quote]:
    """Return what is quoted from a library to answer a question."""
    with library.view() as view:
        lexicon = lexicon_of(view)
        question = understand(text, view, lexicon)
        return select(question, candidates(question, view, lexicon))
