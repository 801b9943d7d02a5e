"""Fit the weights of `qa/weights.toml`: how sentences are ranked, and when a question is refused.

    python -m training.fit --cache DIR QUESTIONS=DOCUMENT… [--write]

Each QUESTIONS is a question file over DOCUMENT that the reader was not trained on. Ranking: maximum
likelihood of a sentence that holds some of the answer, among the candidates, with a Gaussian prior
around the weights in use, so that what the questions say little about stays as it is. Topic and
refusal: logistic regressions on standardised signals with a Gaussian prior around zero; the one
tells answerable questions from those about anything else, the other those that are left from those
that the document leaves open. All but the topic is fitted twice, with the reader and without.

Prints how well unseen questions are told apart: the questions, by type, are split in five, and each
fifth is judged by weights and threshold fitted on the others.
"""

import argparse
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.stats import rankdata

from corpus.document import Document
from corpus.loading import load_file, load_text
from corpus.segmentation import Segmenter
from index.encoder import Encoder
from index.library import Library
from index.model import DEFAULT_MODEL
from index.view import View
from qa import topic
from qa.candidate import Candidate
from qa.evaluation.items import Item, read_questions, squeeze
from qa.evidence import candidates
from qa.followup import complete
from qa.lexicon import lexicon_of
from qa.question import clean, is_strange, understand
from qa.reader import Reader
from qa.refusal import signals
from qa.weights import Mode, mode_of, topic_weights, write

Array = npt.NDArray[np.float64]

OFF_TOPIC = Path(__file__).with_name("calibration") / "off_topic.txt"
NOTES = Path(__file__).with_name("calibration") / "notes.jsonl"
"""Documents of a few sentences or rows, asked plainly: what longer ones show may be missing."""
STRANGERS = 8
"""Questions about anything else that are asked of each document too."""
FOLDS = 5
WRONGLY_OFF_TOPIC = 0.01
WRONGLY_REFUSED = 0.05
"""Thresholds are where these parts of the answerable questions are refused, the first as being
about something else, the second for either reason."""
STRANGER = "off_topic"
"""The type of the questions about anything else."""
PRIOR = 0.002
"""How much the square of a weight's distance from its prior counts, a question."""
SIGNS = {
    **dict.fromkeys(
        (
            "dense",
            "passage",
            "own_needs",
            "context_needs",
            "kind",
            "rarest_need",
            "defines",
            "in_range",
            "own",
            "context",
            "cosine",
            "known",
            "read",
            "answers",
        ),
        (0, None),
    ),
    **dict.fromkeys(
        (
            "other_topic",
            "part_missing",
            "name_missing",
            "rival",
            "other_year",
            "year_elsewhere",
            "asks",
            "short",
            "unknown",
            "misplaced",
            "strict_missing",
            "strict_own",
            "strict_unknown",
            "nothing_known",
            "strange",
            "kind_missing",
        ),
        (None, 0),
    ),
}
"""Which way a signal may speak: few questions show some of them, and chance must not turn them."""


_AMONG = re.compile(r"^(?:most|mean)_")


@dataclass(frozen=True, slots=True)
class Sample:
    """A question as the fit sees it.

    Attributes:
        type: its type in the question file.
        answerable: whether the document answers it.
        features: of its candidates, shape (candidates, features).
        holding: which of them hold some of the answer.
        topic: what its topic is judged by.
        signals: what refusal is judged by, given the best candidate as they are ranked now.
        ranked: gives the signals when they are ranked by other weights.

    """

    type: str
    answerable: bool
    features: Array
    holding: npt.NDArray[np.bool_]
    topic: Array
    signals: Array
    ranked: Callable[[Array], Array]

    def under(self, weights: Array) -> "Sample":
        """Return the sample with the signals that ranking weights lead to."""
        return replace(self, signals=self.ranked(weights))


def strangers(place: int) -> list[Item]:
    """Return some questions that no document of ours answers; others for each place."""
    lines = OFF_TOPIC.read_text("utf-8").splitlines()
    chosen = [lines[(place * STRANGERS + n) % len(lines)] for n in range(STRANGERS)]
    return [
        Item(f"off-{n}", "", STRANGER, (), line, False, (), ()) for n, line in enumerate(chosen)
    ]


def gather(
    questions: Sequence[Item],
    document: Document,
    encoder: Encoder,
    segmenter: Segmenter,
    reader: Reader | None,
) -> list[Sample]:
    """Return questions' samples over a document."""
    with tempfile.TemporaryDirectory() as directory:
        library = Library(Path(directory), encoder, segmenter)
        entry, _ = library.add(document)
        with library.view() as view:
            text = view.document(entry.id).text
            return [_sample(item, view, text, reader) for item in questions]


def gather_notes(encoder: Encoder, segmenter: Segmenter, reader: Reader | None) -> list[Sample]:
    """Return the samples of the shortest documents."""
    found = []
    for line in NOTES.read_text("utf-8").splitlines():
        note = json.loads(line)
        document = load_text(note["text"], "note.md", "markdown")
        items = [_noted(asked) for asked in note["asked"]]
        found += gather(items, document, encoder, segmenter, reader)
    return found


def _noted(asked: dict[str, Any]) -> Item:
    said = [asked["answer"]] if asked["answer"] else []
    answer = tuple((each,) for each in said)
    return Item("note", "", "note", (), asked["question"], bool(said), answer, tuple(said))


def _sample(item: Item, view: View, text: str, reader: Reader | None) -> Sample:
    lexicon = lexicon_of(view)
    asked = clean(item.question)
    used = complete(asked, item.history, lexicon, lambda text: is_strange(text, view, lexicon))
    question = understand(used, view, lexicon)
    found = candidates(question, view, lexicon, (), reader)
    evidence = [
        (at.start(), at.end()) for e in item.evidence for at in re.finditer(re.escape(e), text)
    ]
    features = np.array([list(c.features.values()) for c in found])

    def ranked(weights: Array) -> Array:
        order = np.argsort(-(features @ weights), kind="stable")
        return np.array(list(signals(question, [found[n] for n in order]).values()))

    return Sample(
        item.type,
        item.answerable,
        features,
        np.array([_holds(c, item, evidence) for c in found]),
        np.array(list(topic.signals(question, found).values())),
        np.array(list(signals(question, found).values())),
        ranked,
    )


def _holds(candidate: Candidate, item: Item, evidence: Sequence[tuple[int, int]]) -> bool:
    said = squeeze(candidate.sentence.text)
    sentence = candidate.sentence
    return any(a < sentence.end and sentence.start < b for a, b in evidence) and any(
        squeeze(each) in said for group in item.answer for each in group
    )


def fit_ranking(samples: Sequence[Sample], mode: Mode) -> Array:
    """Return feature weights, in the mode's order, that put sentences with the answer first."""
    begin = mode.features()
    usable = [s for s in samples if s.answerable and s.holding.any()]
    rows = np.concatenate([s.features for s in usable])
    holding = np.concatenate([s.holding for s in usable])
    starts = np.r_[0, np.cumsum([len(s.features) for s in usable])[:-1]]
    owner = np.repeat(np.arange(len(usable)), [len(s.features) for s in usable])

    def loss(weights: Array) -> tuple[float, Array]:
        scores = rows @ weights
        scores = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        total = np.add.reduceat(scores, starts)
        right = np.add.reduceat(scores * holding, starts)
        away = weights - begin
        value = -np.log(right / total).mean() + PRIOR * (away**2).sum()
        slope = scores / total[owner] - scores * holding / right[owner]
        return value, (rows * slope[:, None]).sum(axis=0) / len(usable) + 2 * PRIOR * away

    return _minimum(loss, begin, mode.ranking)


@dataclass(frozen=True, slots=True)
class Decision:
    """Weights of both decisions; from a score of 0 on, a question is answered."""

    topic: Array
    refusal: Array

    def scores(self, samples: Sequence[Sample]) -> Array:
        """Return the lower of both scores of each question."""
        topic = np.stack([s.topic for s in samples]) @ self.topic
        stated = np.stack([s.signals for s in samples]) @ self.refusal
        return np.minimum(topic, stated)


def fit_decision(samples: Sequence[Sample], mode: Mode) -> Decision:
    """Return both decisions' weights, thresholds in their first signal, the constant one."""
    answerable = np.array([s.answerable for s in samples])
    aside = [s for s in samples if s.type == STRANGER or s.answerable]
    topic = fit_logistic(
        np.stack([s.topic for s in aside]),
        np.array([s.answerable for s in aside]),
        topic_weights().weights,
    )
    scores = np.stack([s.topic for s in samples]) @ topic
    topic[0] -= (cut := threshold(scores[answerable], WRONGLY_OFF_TOPIC))
    about = scores >= cut
    # Questions about something else that are not recognised as such are the other's to refuse.
    left = [s for s, each in zip(samples, about, strict=True) if each or s.type != STRANGER]
    refusal = fit_logistic(
        np.stack([s.signals for s in left]), np.array([s.answerable for s in left]), mode.refusal
    )
    passed = np.mean(about[answerable])
    scores = np.stack([s.signals for s in samples]) @ refusal
    part = (WRONGLY_REFUSED - (1 - passed)) / passed
    refusal[0] -= threshold(scores[answerable & about], part)
    return Decision(topic, refusal)


def fit_logistic(rows: Array, labels: npt.NDArray[np.bool_], names: Iterable[str]) -> Array:
    """Return the weights of named signals, (questions, signals), in a logistic regression.

    Both sides count the same. The first signal is the constant one.
    """
    centre, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-3
    centre[0], spread[0] = 0.0, 1.0
    rows = (rows - centre) / spread
    share = np.where(labels, 0.5 / labels.sum(), 0.5 / (~labels).sum())

    def loss(weights: Array) -> tuple[float, Array]:
        scores = rows @ weights
        pulled = np.r_[0.0, weights[1:]]
        value = (share * np.logaddexp(0, np.where(labels, -scores, scores))).sum()
        slope = rows.T @ (share * (1 / (1 + np.exp(-scores)) - labels))
        return value + PRIOR * (pulled**2).sum(), slope + 2 * PRIOR * pulled

    weights: Array = _minimum(loss, np.zeros(rows.shape[1]), names) / spread
    weights[0] -= (weights * centre)[1:].sum()
    return weights


def _minimum(
    loss: Callable[[Array], tuple[float, Array]], begin: Array, names: Iterable[str]
) -> Array:
    bounds = [SIGNS.get(_AMONG.sub("", name), (None, None)) for name in names]
    found: Array = minimize(loss, begin, jac=True, method="L-BFGS-B", bounds=bounds).x
    return found


def threshold(scores: Array, part: float) -> float:
    """Return the score below which `part` of the answerable questions' scores lie."""
    return float(np.quantile(scores, max(part, 0.0)))


def auroc(scores: Array, labels: npt.NDArray[np.bool_]) -> float:
    """Return the chance that an answerable question scores above another one."""
    ranks = rankdata(scores)
    yes, no = int(labels.sum()), int((~labels).sum())
    return float((ranks[labels].sum() - yes * (yes + 1) / 2) / (yes * no))


def folds(samples: Sequence[Sample]) -> npt.NDArray[np.int64]:
    """Return each question's fold: every type is dealt out over all."""
    seen: dict[str, int] = {}
    dealt = []
    for sample in samples:
        seen[sample.type] = seen.get(sample.type, -1) + 1
        dealt.append(seen[sample.type] % FOLDS)
    return np.array(dealt)


def cross_validated(samples: Sequence[Sample], mode: Mode) -> str:
    """Return a line: unseen fifths beside the same judged by weights fitted on them too."""
    labels = np.array([s.answerable for s in samples])
    strange = np.array([s.type == STRANGER for s in samples])
    fold = folds(samples)
    lines = []
    for unseen in (False, True):
        scores = np.zeros(len(samples))
        hits: list[bool] = []
        for k in range(FOLDS):
            others = [s for s, f in zip(samples, fold, strict=True) if f != k or not unseen]
            chosen = [s for s, f in zip(samples, fold, strict=True) if f == k]
            ranking = fit_ranking(others, mode)
            others = [s.under(ranking) for s in others]
            chosen = [s.under(ranking) for s in chosen]
            scores[fold == k] = fit_decision(others, mode).scores(chosen)
            hits += [
                bool(s.holding[int((s.features @ ranking).argmax())])
                for s in chosen
                if s.answerable
            ]
        refused = scores < 0
        lines.append(
            f"{'unseen' if unseen else 'fitted'}: sentence hit@1 {np.mean(hits):.3f}, "
            f"AUROC {auroc(scores, labels):.3f}, "
            f"refused {np.mean(refused[~labels & ~strange]):.3f} and "
            f"{np.mean(refused[strange]):.3f} of those about something else "
            f"at {np.mean(refused[labels]):.3f} wrongly"
        )
    return "; ".join(lines)


def main() -> None:
    """Read the arguments, fit, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", metavar="QUESTIONS=DOCUMENT")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    encoder, segmenter = Encoder(DEFAULT_MODEL, arguments.cache), Segmenter()
    pairs = [tuple(map(Path, each.split("=", 1))) for each in arguments.sets]
    for reader in (Reader(encoder), None):
        mode = mode_of(reader is not None)
        samples = [
            sample
            for place, (questions, document) in enumerate(pairs)
            for sample in gather(
                [*read_questions(questions), *strangers(place)],
                load_file(document),
                encoder,
                segmenter,
                reader,
            )
        ]
        measured = cross_validated(samples, mode)
        print(f"{mode.name}, {len(samples)} questions. {measured}", flush=True)
        if arguments.write:
            samples += gather_notes(encoder, segmenter, reader)
            ranking = fit_ranking(samples, mode)
            samples = [sample.under(ranking) for sample in samples]
            decision = fit_decision(samples, mode)
            write(mode.name, measured, ranking=ranking, refusal=decision.refusal)
            write("topic", measured, weights=decision.topic)


if __name__ == "__main__":
    main()
