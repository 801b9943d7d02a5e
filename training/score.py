"""Score a reader on held-out articles.

    python -m training.score DATA [--weights FILE] [--most N]

Span exact match and F1 (characters, as CMRC2018's own script counts them: punctuation dropped,
longest common substring), sentence hit@1 in the right context, and AUROC of "answers at all" where
a file has questions without an answer; beside them what the nearest sentence's cosine alone gives.
Nothing scored here was trained on.
"""

import argparse
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from corpus.loading import load_text
from corpus.passages import structure
from index.encoder import Encoder
from index.entry import Page
from index.model import DEFAULT_MODEL
from qa.evaluation.intervals import RESAMPLES, interval
from qa.reader import WEIGHTS, Reader
from training.examples import HELD_OUT_FILES, SPLIT_FILES, Paragraph, folds, read

Range = tuple[int, int]

_DROPPED = frozenset(
    "-:_*^/\\~`+=，。：？！“”；’《》……·、「」（）－～『』.,!?\"'()[]{}<>;@#$%&| \t\n"
)


def auroc(scores: npt.NDArray[np.float64], labels: npt.NDArray[np.bool_]) -> float:
    """Return the chance that a labelled one scores above another; ties count half."""
    ranks: npt.NDArray[np.float64] = rankdata(scores)
    yes, no = int(labels.sum()), int((~labels).sum())
    return float((ranks[labels].sum() - yes * (yes + 1) / 2) / (yes * no)) if yes and no else 0.0


def kept(text: str) -> str:
    """Return a text as it is compared."""
    return "".join(char for char in text.lower() if char not in _DROPPED)


def f1(said: str, expected: str) -> float:
    """Return the F1 of characters in the longest common substring."""
    one, other = kept(said), kept(expected)
    if not one or not other:
        return float(one == other)
    size = SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size
    return 2 * size / (len(one) + len(other))


def held_out(data: Path) -> Iterator[tuple[str, list[Paragraph]]]:
    """Yield each file's paragraphs that were not trained on."""
    split = [p for name in SPLIT_FILES for p in read(data / f"{name}.json")]
    fold = folds(split)
    for name in HELD_OUT_FILES:
        yield name, read(data / f"{name}.json")
    for name in SPLIT_FILES:
        yield name, [p for p in split if p.file == name and fold.get((name, p.article), 1) == 0]


def pages_of(context: str) -> tuple[list[Page], list[tuple[int, int]]]:
    """Return a context's passages, and its sentences' ranges."""
    document = load_text(context, "context", "text")
    parts = structure(document)
    pages = [Page(document.text[p.start : p.end], p.start, 0) for p in parts.passages]
    return pages, [(s.start, s.end) for p in parts.passages for s in p.sentences]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a question over its right context.

    Attributes:
        answerable: whether the context answers.
        exact, f1: of the span, by the official rules; 0 where there is nothing to find.
        hit: whether the span stands in the sentence that holds the answer.
        nearest_hit: the same of the sentence nearest to the question.
        layers_hit: the same where the question is embedded by layers of its own.
        span, passage: how sure the reader is, by the best span and by the passage.
        nearness: the highest cosine of question and sentence.

    """

    answerable: bool
    exact: float
    f1: float
    hit: float
    nearest_hit: float
    layers_hit: float
    span: float
    passage: float
    nearness: float


def ask(
    reader: Reader, encoder: Encoder, paragraph: Paragraph, question: str, spans: Sequence[Range]
) -> Outcome | None:
    """Return what becomes of a question; None where the context has no token."""
    pages, sentences = pages_of(paragraph.context)
    readings = reader.read(question, pages)
    found = [
        span
        for reading, page in zip(readings, pages, strict=True)
        if (span := reading.best(page.start, page.start + len(page.context)))
    ]
    if not found:
        return None
    best = max(found, key=lambda span: span.score)
    texts = [paragraph.context[start:end] for start, end in sentences]
    plain, near = encoder.encode_questions([question])
    vectors = encoder.encode_passages(texts)
    cosines = vectors @ plain[0]
    said = paragraph.context[best.start : best.end]
    expected = [paragraph.context[start:end] for start, end in spans]
    top = next(((a, b) for a, b in sentences if a <= best.start < b), (0, 0))
    return Outcome(
        answerable=bool(spans),
        exact=max((float(kept(said) == kept(each)) for each in expected), default=0.0),
        f1=max((f1(said, each) for each in expected), default=0.0),
        hit=holds(top, spans),
        nearest_hit=holds(sentences[int(cosines.argmax())], spans),
        layers_hit=holds(sentences[int((vectors @ near[0]).argmax())], spans),
        span=best.score,
        passage=max(reading.answers for reading in readings),
        nearness=float(cosines.max()),
    )


def holds(sentence: Range, spans: Sequence[Range]) -> float:
    """Return 1 if one of the spans lies in a sentence."""
    return float(any(sentence[0] <= start and end <= sentence[1] for start, end in spans))


def score(reader: Reader, encoder: Encoder, paragraphs: Sequence[Paragraph], most: int) -> str:
    """Return a line of figures for some paragraphs, 95 % bootstrap intervals in brackets."""
    asked = [(p, q) for p in paragraphs for q in p.questions]
    random.Random(7).shuffle(asked)
    outcomes = [
        outcome
        for paragraph, (_, question, spans) in asked[:most]
        if (outcome := ask(reader, encoder, paragraph, question, spans))
    ]
    there = [outcome for outcome in outcomes if outcome.answerable]
    figures = [
        f"EM {share([o.exact for o in there])}",
        f"F1 {share([o.f1 for o in there])}",
        f"sentence hit@1 {share([o.hit for o in there])}",
        f"of the nearest sentence {share([o.nearest_hit for o in there])}",
        f"with questions' own layers {share([o.layers_hit for o in there])}",
    ]
    if len(there) < len(outcomes):
        labels = [o.answerable for o in outcomes]
        figures += [
            f"AUROC span {told_apart([o.span for o in outcomes], labels)}",
            f"passage {told_apart([o.passage for o in outcomes], labels)}",
            f"nearness {told_apart([o.nearness for o in outcomes], labels)}",
        ]
    return f"{len(outcomes)} questions: {', '.join(figures)}"


def share(values: Sequence[float]) -> str:
    """Return a mean and its interval."""
    low, high = interval(values)
    return f"{np.mean(values):.3f} ({low:.2f}–{high:.2f})"


def told_apart(scores: Sequence[float], labels: Sequence[bool]) -> str:
    """Return the AUROC of some scores and its interval, over resampled questions."""
    chance = np.random.default_rng(0)
    draws = chance.integers(len(scores), size=(RESAMPLES, len(scores)))
    values, chosen = np.array(scores), np.array(labels)
    low, high = np.percentile([auroc(values[d], chosen[d]) for d in draws], (2.5, 97.5))
    return f"{auroc(values, chosen):.3f} ({low:.2f}–{high:.2f})"


def main() -> None:
    """Read the arguments and score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--most", type=int, default=100_000)
    arguments = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    encoder = Encoder(DEFAULT_MODEL, arguments.cache)
    reader = Reader(encoder, arguments.weights)
    for name, paragraphs in held_out(arguments.data):
        print(f"{name:18s} {score(reader, encoder, paragraphs, arguments.most)}", flush=True)


if __name__ == "__main__":
    main()
