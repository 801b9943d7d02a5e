"""Scoring retrieval on reading-comprehension files (SQuAD's format)."""

import json
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import InvalidInput
from corpus.loading import load_text
from corpus.segmentation import Segmenter
from index.encoder import Encoder
from index.entry import StoredSentence
from index.library import Library
from index.prepared import Progress
from index.view import View
from qa.evidence import candidates
from qa.lexicon import lexicon_of
from qa.question import clean, understand
from qa.reader import Reader
from qa.refusal import confidence

DEPTH = 10


@dataclass(frozen=True, slots=True)
class Problem:
    """A question whose answer stands in one of the contexts.

    Attributes:
        question: the question.
        context: place of the right context.
        spans: ranges of the right answers in that context; empty over another language's contexts.
        answerable: whether that context answers it at all.

    """

    question: str
    context: int
    spans: tuple[tuple[int, int], ...]
    answerable: bool


@dataclass(frozen=True, slots=True)
class RetrievalReport:
    """Recall over contexts, and whether the top sentence of the right context holds the answer.

    Attributes:
        file: the file, or two: questions over the other's contexts.
        contexts, questions: how many there are.
        recall_1, recall_5, recall_10: part of the questions whose context is among the first.
        mrr_10: mean reciprocal rank, 0 beyond the tenth.
        sentence_1: part of the questions where the best sentence, looked for in the right
            context, holds the answer; None where the answers are in another language.
        auroc: chance that the confidence in an answerable question, its context given, is higher
            than in an unanswerable one; None where all are answerable.
        p50_ms: median time of a search, encoding included.

    """

    file: str
    contexts: int
    questions: int
    recall_1: float
    recall_5: float
    recall_10: float
    mrr_10: float
    sentence_1: float | None
    auroc: float | None
    p50_ms: float

    def table(self) -> str:
        """Return the report as a table for a terminal."""
        sentence = "-" if self.sentence_1 is None else f"{self.sentence_1:.3f}"
        told_apart = "" if self.auroc is None else f"answerable AUROC {self.auroc:.3f}  "
        return (
            f"{self.file}: {self.questions} questions over {self.contexts} contexts\n"
            f"  recall@1 {self.recall_1:.3f}  recall@5 {self.recall_5:.3f}  "
            f"recall@10 {self.recall_10:.3f}  MRR@10 {self.mrr_10:.3f}  "
            f"sentence hit@1 {sentence}  {told_apart}median {self.p50_ms:.0f} ms"
        )

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON-ready values."""
        return asdict(self)


def is_squad(path: Path) -> bool:
    """Tell whether a file is in SQuAD's format (.json) rather than a question file (.jsonl)."""
    return path.suffix.lower() == ".json"


def read_squad(path: Path, contexts_from: Path | None = None) -> tuple[list[str], list[Problem]]:
    """Read contexts and the questions that they answer.

    Args:
        path: where the questions are from.
        contexts_from: where the contexts are from, if not from the same file: one aligned with it,
            paragraph by paragraph (the same text in another language).

    Raises:
        InvalidInput: a file is not in SQuAD's format, or the two are not aligned.

    """
    asked = _paragraphs(path)
    answered = _paragraphs(contexts_from) if contexts_from else asked
    if len(asked) != len(answered):
        raise InvalidInput(f"{path.name} and {contexts_from} have different numbers of paragraphs.")
    places: dict[str, int] = {}
    problems = []
    for (_, questions), (context, _) in zip(asked, answered, strict=True):
        place = places.setdefault(context, len(places))
        for record in questions:
            if not any(char.isalnum() for char in record["question"]):
                continue
            answerable = bool(record.get("answers")) and not record.get("is_impossible")
            given = record["answers"] if answerable and not contexts_from else ()
            spans = tuple(_span(answer) for answer in given)
            problems.append(Problem(record["question"], place, spans, answerable))
    return list(places), problems


def _paragraphs(path: Path) -> list[tuple[str, list[dict[str, Any]]]]:
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))["data"]
        return [(p["context"], p["qas"]) for article in data for p in article["paragraphs"]]
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput(f"{path} is not in SQuAD's format ({error!r}).") from error


def _span(answer: dict[str, Any]) -> tuple[int, int]:
    start = int(answer["answer_start"])
    return start, start + len(answer["text"])


def evaluate_retrieval(
    encoder: Encoder,
    segmenter: Segmenter,
    path: Path,
    contexts_from: Path | None = None,
    reader: Reader | None = None,
    progress: Progress | None = None,
) -> RetrievalReport:
    """Score retrieval in a library of its own that holds the contexts, one document each."""
    contexts, problems = read_squad(path, contexts_from)
    name = path.name if contexts_from is None else f"{path.name} over {contexts_from.name}"
    with tempfile.TemporaryDirectory(prefix="wenju-eval-") as directory:
        library = Library(Path(directory), encoder, segmenter)
        documents = [
            load_text(context, f"{number}", "text") for number, context in enumerate(contexts)
        ]
        library.add_all(documents, progress)
        with library.view() as view:
            return _score(view, [document.id for document in documents], problems, name, reader)


def _score(
    view: View,
    ids: Sequence[str],
    problems: Sequence[Problem],
    name: str,
    reader: Reader | None,
) -> RetrievalReport:
    lexicon = lexicon_of(view)
    ranks, held, times = [], [], []
    confidences: dict[bool, list[float]] = {True: [], False: []}
    mixed = not all(problem.answerable for problem in problems)
    for problem in problems:
        right = ids[problem.context]
        began = time.perf_counter()
        question = understand(clean(problem.question), view, lexicon)
        ranked = view.hits(view.rank(question.vector, question.terms, 4 * DEPTH))
        times.append(time.perf_counter() - began)
        if problem.answerable:
            order = list(dict.fromkeys(hit.document for hit in ranked))[:DEPTH]
            ranks.append(order.index(right) + 1 if right in order else 0)
        if problem.spans or mixed:
            found = candidates(question, view, lexicon, [right], reader)
            confidences[problem.answerable].append(confidence(question, found))
            if problem.spans:
                held.append(_holds(found[0].sentence, problem.spans))
    return RetrievalReport(
        file=name,
        contexts=len(ids),
        questions=len(ranks),
        recall_1=_part(0 < rank <= 1 for rank in ranks),
        recall_5=_part(0 < rank <= 5 for rank in ranks),
        recall_10=_part(0 < rank <= 10 for rank in ranks),
        mrr_10=statistics.fmean(1 / rank if rank else 0.0 for rank in ranks),
        sentence_1=_part(held) if held else None,
        auroc=auroc(confidences[True], confidences[False]) if mixed else None,
        p50_ms=round(statistics.median(times) * 1000, 1),
    )


def _holds(sentence: StoredSentence, spans: Sequence[tuple[int, int]]) -> bool:
    return any(sentence.start <= start and end <= sentence.end for start, end in spans)


def auroc(higher: Sequence[float], lower: Sequence[float]) -> float:
    """Return the chance that one of `higher` is above one of `lower`; a tie counts half."""
    above = np.subtract.outer(np.array(higher), np.array(lower))
    return float(((above > 0) + 0.5 * (above == 0)).mean())


def _part(values: Iterable[bool]) -> float:
    return statistics.fmean(map(float, values))
