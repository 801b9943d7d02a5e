"""Score a reader on held-out articles.

    python -m training.score DATA [--weights FILE] [--most N]

Span exact match and F1 (characters, as CMRC2018's own script counts them: punctuation dropped,
longest common substring), sentence hit@1 in the right context, and AUROC of "answers at all" where
a file has questions without an answer. Nothing scored here was trained on.
"""

import argparse
import os
import random
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus.loading import load_text
from corpus.passages import structure
from index.encoder import Encoder
from index.entry import Page
from index.model import DEFAULT_MODEL
from qa.reader import WEIGHTS, Reader
from training.examples import HELD_OUT_FILES, SPLIT_FILES, Paragraph, folds, read

_DROPPED = frozenset(
    "-:_*^/\\~`+=，。：？！“”；’《》……·、「」（）－～『』.,!?\"'()[]{}<>;@#$%&| \t\n"
)


def auroc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Return the chance that a labelled one scores above another; ties count half."""
    from scipy.stats import rankdata

    ranks: npt.NDArray[np.float64] = rankdata(scores)
    chosen = np.array(labels, dtype=bool)
    yes, no = int(chosen.sum()), int((~chosen).sum())
    return float((ranks[chosen].sum() - yes * (yes + 1) / 2) / (yes * no)) if yes and no else 0.0


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


def score(reader: Reader, paragraphs: Sequence[Paragraph], most: int) -> str:
    """Return a line of figures for some paragraphs."""
    asked = [(p, q) for p in paragraphs for q in p.questions]
    random.Random(7).shuffle(asked)
    exact, f1s, hits, sure, answers, labels = [], [], [], [], [], []
    for paragraph, (_, question, spans) in asked[:most]:
        pages, sentences = pages_of(paragraph.context)
        readings = reader.read(question, pages)
        found = [
            span
            for reading, page in zip(readings, pages, strict=True)
            if (span := reading.best(page.start, page.start + len(page.context)))
        ]
        if not found:
            continue
        best = max(found, key=lambda span: span.score)
        labels.append(bool(spans))
        sure.append(best.score)
        answers.append(max(reading.answers for reading in readings))
        if spans:
            said = paragraph.context[best.start : best.end]
            expected = [paragraph.context[a:b] for a, b in spans]
            exact.append(max(kept(said) == kept(each) for each in expected))
            f1s.append(max(f1(said, each) for each in expected))
            top = next(((a, b) for a, b in sentences if a <= best.start < b), (0, 0))
            hits.append(any(top[0] <= a and b <= top[1] for a, b in spans))
    line = f"{len(labels)} questions: EM {np.mean(exact):.3f} F1 {np.mean(f1s):.3f} "
    line += f"sentence hit@1 {np.mean(hits):.3f}"
    if not all(labels):
        line += f" AUROC span {auroc(sure, labels):.3f} whole {auroc(answers, labels):.3f}"
    return line


def main() -> None:
    """Read the arguments and score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--most", type=int, default=100_000)
    arguments = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    reader = Reader(Encoder(DEFAULT_MODEL, arguments.cache), arguments.weights)
    for name, paragraphs in held_out(arguments.data):
        print(f"{name:18s} {score(reader, paragraphs, arguments.most)}", flush=True)


if __name__ == "__main__":
    main()
