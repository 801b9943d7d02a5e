"""Fit the weights of `qa/weights.py`: how sentences are ranked, and when a question is refused.

    python -m training.fit --cache DIR QUESTIONS=DOCUMENT… [--write]

Each QUESTIONS is a question file over DOCUMENT that the reader was not trained on. Ranking: maximum
likelihood of a sentence that holds some of the answer, among the candidates, with a Gaussian prior
around the weights in use, so that what the questions say little about stays as it is. Topic and
refusal: logistic regressions on standardised signals with a Gaussian prior around zero, the second
on their products, too; the one tells answerable questions from those about anything else, the other
those that are left from those that the document leaves open. Its threshold is where unseen fifths
say, for it knows the questions it was fitted to. All but the topic is fitted twice, with the reader
and without.

Prints how well unseen questions are told apart: the questions, by type, are split in five, and each
fifth is judged by weights and threshold fitted on the others.
"""

import argparse
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from corpus.loading import load_file
from corpus.segmentation import Segmenter
from index.encoder import Encoder
from index.model import DEFAULT_MODEL
from qa.evaluation.items import read_questions
from qa.reader import Reader
from qa.weights import OUTLYING, Mode, Quadratic, mode_of, topic_weights, write, write_refusal
from training.samples import STRANGER, Array, Sample, gather, gather_notes, strangers
from training.score import auroc

FOLDS = 5
WRONGLY_OFF_TOPIC = 0.01
WRONGLY_REFUSED = 0.06
"""Thresholds are where these parts of the answerable questions are refused, the first as being
about something else, the second for either reason."""
PRIOR = 0.002
"""How much the square of a weight's distance from its prior counts, a question."""
PRIOR_OF_PRODUCTS = 0.023
PRODUCTS = 0.3
"""The same where signals' products have weights, too, and how much smaller these are expected."""
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
            "cosine",
            "known",
            "read",
            "answers",
            "soft_own",
            "soft_all",
            "soft_least",
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
            "opposite",
            "year_elsewhere",
            "asks",
            "short",
            "strict_missing",
            "nothing_known",
        ),
        (None, 0),
    ),
}
"""Which way a feature may speak: few questions show some of them, and chance must not turn them."""


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
    refusal: Quadratic

    def scores(self, samples: Sequence[Sample]) -> Array:
        """Return the lower of both scores of each question."""
        topic = np.stack([s.topic for s in samples]) @ self.topic
        return np.minimum(topic, self.refusal.scores(np.stack([s.signals for s in samples])))


def fit_decision(samples: Sequence[Sample]) -> Decision:
    """Return both decisions' weights, thresholds in their constant terms."""
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
    passed = [s for s, each in zip(samples, about, strict=True) if each and s.answerable]
    unseen = dict(zip(map(id, left), unseen_scores(left), strict=True))
    part = (WRONGLY_REFUSED - (1 - np.mean(about[answerable]))) / np.mean(about[answerable])
    cut = threshold(np.array([unseen[id(s)] for s in passed]), float(part))
    refusal = fit_quadratic(left)
    return Decision(topic, replace(refusal, bias=refusal.bias - cut))


def unseen_scores(samples: Sequence[Sample]) -> Array:
    """Return the score that each question gets from a form fitted on the other fifths."""
    fold = folds(samples)
    scores = np.zeros(len(samples))
    for k in range(FOLDS):
        form = fit_quadratic([s for s, f in zip(samples, fold, strict=True) if f != k])
        rows = np.stack([s.signals for s in samples])[fold == k]
        scores[fold == k] = form.scores(rows)
    return scores


def fit_quadratic(samples: Sequence[Sample]) -> Quadratic:
    """Return a logistic regression on the questions' signals and their products."""
    rows, labels = np.stack([s.signals for s in samples]), np.array([s.answerable for s in samples])
    count = rows.shape[1]
    centre, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-3
    standard = np.clip((rows - centre) / spread, -OUTLYING, OUTLYING)
    one, other = np.triu_indices(count)
    terms = np.c_[np.ones(len(rows)), standard, PRODUCTS * standard[:, one] * standard[:, other]]
    weights = regression(terms, labels, PRIOR_OF_PRODUCTS)
    square = np.zeros((count, count))
    square[one, other] = PRODUCTS * weights[count + 1 :]
    return Quadratic(
        samples[0].names, centre, spread, weights[1 : count + 1], square, float(weights[0])
    )


def fit_logistic(rows: Array, labels: npt.NDArray[np.bool_], names: Iterable[str]) -> Array:
    """Return the weights of named signals, (questions, signals), in a logistic regression.

    Both sides count the same. The first signal is the constant one.
    """
    centre, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-3
    centre[0], spread[0] = 0.0, 1.0
    rows = (rows - centre) / spread
    weights: Array = regression(rows, labels, PRIOR, names) / spread
    weights[0] -= (weights * centre)[1:].sum()
    return weights


def regression(
    rows: Array, labels: npt.NDArray[np.bool_], prior: float, names: Iterable[str] = ()
) -> Array:
    """Return the weights of a logistic regression whose first column is the constant one.

    Both sides count the same. `prior` says how much the square of a weight counts.
    """
    share = np.where(labels, 0.5 / labels.sum(), 0.5 / (~labels).sum())

    def loss(weights: Array) -> tuple[float, Array]:
        scores = rows @ weights
        pulled = np.r_[0.0, weights[1:]]
        value = (share * np.logaddexp(0, np.where(labels, -scores, scores))).sum()
        slope = rows.T @ (share * (expit(scores) - labels))
        return value + prior * (pulled**2).sum(), slope + 2 * prior * pulled

    return _minimum(loss, np.zeros(rows.shape[1]), names)


def _minimum(
    loss: Callable[[Array], tuple[float, Array]], begin: Array, names: Iterable[str]
) -> Array:
    bounds = [SIGNS.get(name, (None, None)) for name in names] or None
    found: Array = minimize(loss, begin, jac=True, method="L-BFGS-B", bounds=bounds).x
    return found


def threshold(scores: Array, part: float) -> float:
    """Return the score below which `part` of the answerable questions' scores lie."""
    return float(np.quantile(scores, max(part, 0.0)))


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
            scores[fold == k] = fit_decision(others).scores(chosen)
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
    reader = Reader(encoder)
    pairs = [tuple(map(Path, each.split("=", 1))) for each in arguments.sets]
    gathered = [
        both
        for place, (questions, document) in enumerate(pairs)
        for both in gather(
            [*read_questions(questions), *strangers(place)],
            load_file(document),
            encoder,
            segmenter,
            reader,
        )
    ]
    notes = gather_notes(encoder, segmenter, reader)
    forms = {}
    for place, reading in enumerate((True, False)):
        mode = mode_of(reading)
        samples = [both[place] for both in gathered]
        measured = cross_validated(samples, mode)
        print(f"{mode.name}, {len(samples)} questions. {measured}", flush=True)
        samples += [both[place] for both in notes]
        ranking = fit_ranking(samples, mode)
        decision = fit_decision([sample.under(ranking) for sample in samples])
        forms[mode.name] = decision.refusal
        if arguments.write:
            write(mode.name, measured, ranking=ranking)
            write("topic", measured, weights=decision.topic)
    if arguments.write:
        write_refusal(forms)


if __name__ == "__main__":
    main()
