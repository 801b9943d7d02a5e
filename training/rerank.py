"""Score the reader as a reranker: is the right context first among the eight nearest?

    python -m training.rerank DATA --cache FOLDER [--most 150]

Held-out questions (see `training/score.py`) over all contexts of their file, and XQuAD's English
ones over its Chinese contexts. The eight nearest contexts are put in order by their score plus the
reader's word on whether they answer, times a weight that is chosen on one half of the questions
and judged on the other. Intervals are 95 % bootstrap intervals.
"""

import argparse
import os
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus.folding import simplify
from corpus.loading import load_text
from corpus.segmentation import Segmenter
from index.encoder import Encoder
from index.entry import Page
from index.library import Library
from index.model import DEFAULT_MODEL
from index.view import View
from qa.evaluation.intervals import interval
from qa.evaluation.squad import Problem, read_squad
from qa.lexicon import lexicon_of
from qa.question import clean, understand
from qa.reader import Reader
from training.score import held_out

Array = npt.NDArray[np.float64]

NEAREST = 8
DEEP = 40
"""Passages looked at for the nearest contexts."""
WEIGHTS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0)
FILES = (
    ("cmrc2018_trial", "cmrc2018_trial"),
    ("cmrc2018_dev_part", "cmrc2018_dev_part"),
    ("drcd_test_part", "drcd_test_part"),
    ("xquad_zh", "xquad_zh"),
    ("xquad_en", "xquad_zh"),
)
"""Questions, and the contexts that they are asked of."""


def chosen(data: Path, asked: str, over: str, most: int) -> tuple[list[str], list[Problem]]:
    """Return all contexts of a file and some questions on those that were not trained on."""
    contexts, problems = read_squad(
        data / f"{asked}.json", data / f"{over}.json" if asked != over else None
    )
    # Paragraphs are simplified, and known by their questions.
    apart = next(paragraphs for name, paragraphs in held_out(data) if name == over)
    ours = {question for paragraph in apart for _, question, _ in paragraph.questions}
    _, own = read_squad(data / f"{over}.json")
    places = {problem.context for problem in own if simplify(problem.question) in ours}
    left = [p for p in problems if p.context in places and p.answerable]
    random.Random(7).shuffle(left)
    return contexts, left[:most]


def nearest(
    view: View, ids: Sequence[str], problem: Problem, reader: Reader
) -> tuple[list[float], list[float], list[bool]]:
    """Return the nearest contexts' scores, what the reader says of each, and which is right."""
    question = understand(clean(problem.question), view, lexicon_of(view))
    best: dict[str, tuple[float, Page]] = {}
    for hit in view.hits(view.rank(question.vector, question.terms, DEEP)):
        best.setdefault(hit.document, (hit.score, Page(hit.text, hit.start, 0)))
    first = list(best.items())[:NEAREST]
    readings = reader.read(problem.question, [page for _, (_, page) in first])
    scores = [score for _, (score, _) in first]
    right = [document == ids[problem.context] for document, _ in first]
    return scores, [reading.answers for reading in readings], right


def hits(found: Sequence[tuple[list[float], list[float], list[bool]]], weight: float) -> Array:
    """Return whether each question's right context comes first under a weight."""
    return np.array(
        [
            right[int(np.argmax(np.array(scores) + weight * np.array(answers)))]
            for scores, answers, right in found
        ],
        dtype=float,
    )


def line(values: Array) -> str:
    """Return a share and its interval."""
    low, high = interval(list(values))
    return f"{values.mean():.3f} ({low:.2f}–{high:.2f})"


def main() -> None:
    """Read the arguments and score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--most", type=int, default=150)
    arguments = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    encoder, segmenter = Encoder(DEFAULT_MODEL, arguments.cache), Segmenter()
    reader = Reader(encoder)
    for asked, over in FILES:
        contexts, problems = chosen(arguments.data, asked, over, arguments.most)
        with tempfile.TemporaryDirectory() as folder:
            library = Library(Path(folder), encoder, segmenter)
            documents = [load_text(text, f"{n}", "text") for n, text in enumerate(contexts)]
            library.add_all(documents)
            with library.view() as view:
                ids = [document.id for document in documents]
                found = [nearest(view, ids, problem, reader) for problem in problems]
        halves = found[::2], found[1::2]
        judged = [
            hits(judge, max(WEIGHTS, key=lambda w: hits(choose, w).mean()))
            for judge, choose in (halves, halves[::-1])
        ]
        print(
            f"{asked} over {over}: {len(found)} questions, {len(contexts)} contexts; "
            f"R@1 {line(hits(found, 0.0))}, reranked {line(np.concatenate(judged))}, "
            f"by the reader alone {line(hits(found, 1e6))}, "
            f"among the eight {np.mean([any(right) for *_, right in found]):.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
