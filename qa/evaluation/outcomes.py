"""Asking every question of a file, and judging what comes back."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

from index.library import Library
from index.prepared import Progress
from qa.answer import Answer
from qa.ask import ask
from qa.evaluation.items import Item, holds
from qa.reader import Reader


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question.

    Attributes:
        right: answered as expected, or refused as expected.
        exact: whether every citation's quote is its range, to the letter.
        overlap: whether some citation overlaps some of the evidence; None where nothing was cited
            or no document has the evidence (the same told in other words).
        would_be_right: whether what is said, or would be if nothing were refused, is right.
        seconds: time it took.

    """

    item: Item
    answer: Answer
    right: bool
    exact: bool
    overlap: bool | None
    would_be_right: bool
    seconds: float


def run(
    library: Library,
    items: Sequence[Item],
    reader: Reader | None = None,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Ask every question and judge what comes back."""
    outcomes = []
    with library.view() as view:
        texts = {entry.id: view.document(entry.id).text for entry in view.entries()}
        for number, item in enumerate(items, 1):
            began = time.perf_counter()
            answer = ask(view, item.question, item.history, reader=reader)
            seconds = time.perf_counter() - began
            bold = answer
            if item.answerable and not answer.answerable:
                bold = ask(view, item.question, item.history, reader=reader, threshold=0.0)
            outcomes.append(_judge(item, answer, bold, texts, seconds))
            if progress:
                progress(number, len(items))
    return outcomes


def _judge(
    item: Item, answer: Answer, bold: Answer, texts: dict[str, str], seconds: float
) -> Outcome:
    said = item.answerable and holds(item, bold.text)
    right = said and answer.answerable if item.answerable else not answer.answerable
    exact = all(texts[c.document][c.start : c.end] == c.quote for c in answer.citations)
    return Outcome(item, answer, right, exact, _overlap(item, answer, texts), said, seconds)


def _overlap(item: Item, answer: Answer, texts: dict[str, str]) -> bool | None:
    """Tell whether a citation overlaps the evidence; None where there is nothing to overlap."""
    given = any(evidence in text for text in texts.values() for evidence in item.evidence)
    if not given or not answer.citations:
        return None
    return any(
        at.start() < citation.end and citation.start < at.end()
        for citation in answer.citations
        for evidence in item.evidence
        for at in re.finditer(re.escape(evidence), texts[citation.document])
    )
