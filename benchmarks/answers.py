"""Answers against a plain baseline, over the same library in the same run.

    python benchmarks/answers.py [QUESTIONS.jsonl [DOCUMENT]]

Baseline "plain": of the top passages' sentences the one that dense and BM25 scores, fused as for
passages, put first; it never refuses. Prints machine, commit, answers right and refused, and the
time of a question against the encoder's own.
"""

import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus.loading import load_file
from corpus.segmentation import Segmenter
from index.encoder import Encoder
from index.fusion import fuse
from index.lexical import LexicalIndex
from index.library import Library
from index.view import View
from qa.evaluation.items import Item, holds, read_questions
from qa.evaluation.outcomes import run
from qa.evaluation.report import row
from qa.search import query_terms
from service.assembly import ARTICLES, stay_local
from service.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
DEPTH = 10


def main(arguments: Sequence[str]) -> int:
    """Run the benchmark; return an exit code."""
    questions = Path(arguments[0]) if arguments else SHARED / "article_questions.jsonl"
    document = Path(arguments[1]) if len(arguments) > 1 else ARTICLES / "edge_ai.md"
    if not questions.is_file():
        print(f"There is no question file {questions.name}; give one as the first argument.")
        return 2
    settings = Settings()
    stay_local(settings.model)
    encoder = Encoder(settings.model, settings.cache)
    encoder.load()
    print_machine()
    with tempfile.TemporaryDirectory() as directory:
        library = Library(Path(directory), encoder, Segmenter())
        library.add(load_file(document))
        compare(library, read_questions(questions), encoder)
    return 0


def print_machine() -> None:
    """Print what the figures were measured on."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True
    )
    print(f"commit {described.stdout.strip()}  {platform.machine()}  {platform.platform()}")


def compare(library: Library, items: Sequence[Item], encoder: Encoder) -> None:
    """Print the answers' figures beside the baseline's."""
    outcomes = run(library, items)
    total = row("all", outcomes)
    asked = [item for item in items if item.answerable]
    with library.view() as view:
        plain = statistics.fmean(holds(item, plain_sentence(view, item.question)) for item in asked)
    encoding = median_ms([item.question for item in items], encoder)
    asking = statistics.median(outcome.seconds for outcome in outcomes) * 1000
    right = total.accuracy or 0.0
    print(f"answered right      {right:.3f}   plain {plain:.3f}   ratio {right / plain:.2f}")
    print(f"refused             {total.refusal_recall:.3f}   plain 0.000")
    print(f"wrongly refused     {total.false_refusals:.3f}   plain 0.000")
    print(f"citations exact     {total.exact:.3f}")
    print(f"mean answer length  {total.length:.1f} characters")
    print(
        f"ask p50             {asking:.1f} ms   encoder alone {encoding:.1f} ms   "
        f"ratio {asking / encoding:.2f}"
    )


def plain_sentence(view: View, question: str) -> str:
    """Return the baseline's sentence for a question."""
    terms = query_terms(view, question)
    vector = view.encoder.encode_queries([question])[0]
    ranked = view.rank(vector, terms, DEPTH)
    sentences = view.sentences([found.passage for found in ranked])
    lexical = LexicalIndex([sentence.terms for sentence in sentences])
    dense = np.stack([sentence.vector for sentence in sentences]) @ vector
    fused = fuse(dense, lexical.scores(terms), lexical.coverage(terms))
    return sentences[int(fused.argmax())].text


def median_ms(texts: Sequence[str], encoder: Encoder) -> float:
    """Return the median milliseconds of encoding one question."""
    times = []
    for text in texts:
        began = time.perf_counter()
        encoder.encode_queries([text])
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
