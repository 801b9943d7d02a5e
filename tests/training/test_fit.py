from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from qa.network import ReaderNetwork, joined
from qa.reader import load
from qa.weights import mode_of, topic_weights
from training.export import packed
from training.fit import (
    SIGNS,
    WRONGLY_REFUSED,
    cross_validated,
    fit_decision,
    fit_quadratic,
    fit_ranking,
    folds,
)
from training.samples import STRANGER, Sample
from training.score import auroc

SIGNALS = 8


def samples(count: int = 100) -> list[Sample]:
    """Questions whose first feature tells the sentence.

    Their second signal tells the answerable ones, and their second sign of the topic strangers.
    """
    chance = np.random.default_rng(0)
    mode = mode_of(reading=False)
    made = []
    for n in range(count):
        answerable = n % 4 != 0
        strange = n % 8 == 0
        features = chance.normal(size=(6, len(mode.ranking)))
        holding = np.zeros(6, dtype=bool)
        holding[int(features[:, 0].argmax())] = answerable
        signals = chance.normal(size=SIGNALS)
        signals[1] = (1.0 if answerable else -1.0) + 0.3 * signals[1]
        topic = chance.normal(size=len(topic_weights().weights))
        topic[:2] = 1.0, (-1.0 if strange else 1.0) + 0.3 * topic[1]
        kind = STRANGER if strange else "ab"[n % 2]
        made.append(
            Sample(
                kind,
                answerable,
                features,
                holding,
                topic,
                signals,
                lambda _, s=signals: s,
                tuple(f"signal {n}" for n in range(SIGNALS)),
            )
        )
    return made


def test_ranking_learns_which_feature_tells() -> None:
    mode = mode_of(reading=False)
    begin = replace(mode, ranking=dict.fromkeys(mode.ranking, 0.0))
    weights = fit_ranking(samples(), begin)
    assert weights[0] > 1.0
    assert abs(weights[1:]).max() < weights[0] / 2


def test_no_feature_speaks_against_its_meaning() -> None:
    mode = mode_of(reading=False)
    names = list(mode.ranking)
    assert SIGNS["dense"] == (0, None)
    assert SIGNS["other_topic"] == (None, 0)
    place = names.index("other_topic")
    turned = [
        replace(s, features=np.roll(s.features, place - names.index("dense"), axis=1))
        for s in samples()
    ]
    # What tells the sentence is now where another topic is told, and may not speak for it.
    assert fit_ranking(turned, replace(mode, ranking=dict.fromkeys(names, 0.0)))[place] == 0


def test_products_of_signals_are_learnt() -> None:
    chance = np.random.default_rng(2)
    found = []
    for sample in samples(400):
        signals = chance.normal(size=SIGNALS)
        same = signals[0] * signals[1] > 0
        found.append(replace(sample, signals=signals, answerable=bool(same)))
    form = fit_quadratic(found)
    labels = np.array([s.answerable for s in found])
    assert auroc(form.scores(np.stack([s.signals for s in found])), labels) > 0.9
    assert np.unravel_index(form.square.argmax(), form.square.shape) == (0, 1)
    assert form.score(dict(zip(form.names, found[0].signals, strict=True))) == pytest.approx(
        float(form.scores(found[0].signals[None])[0])
    )


def test_both_decisions_learn_which_signal_tells() -> None:
    found = samples(400)
    labels = np.array([s.answerable for s in found])
    strange = np.array([s.type == STRANGER for s in found])
    decision = fit_decision(found)
    scores = decision.scores(found)
    assert auroc(scores, labels) > 0.95
    # Its threshold is where unseen questions say; those it was fitted to score higher.
    assert np.mean(scores[labels] < 0) < WRONGLY_REFUSED + 0.01
    topics = np.stack([s.topic for s in found]) @ decision.topic
    assert np.mean(topics[strange] < 0) > 0.9
    assert np.mean(topics[labels] < 0) == pytest.approx(0.01, abs=0.005)


def test_every_type_is_dealt_out_over_all_folds() -> None:
    found = samples(120)
    fold = folds(found)
    for kind, each in (("a", 9), ("b", 12), (STRANGER, 3)):
        counts = np.bincount([f for s, f in zip(found, fold, strict=True) if s.type == kind])
        assert counts.tolist() == [each] * 5


def test_cross_validation_tells_fitted_and_unseen() -> None:
    line = cross_validated(samples(), mode_of(reading=False))
    assert "fitted: sentence hit@1" in line
    assert "unseen: sentence hit@1" in line


def test_a_packed_network_reads_alike(tmp_path_factory: pytest.TempPathFactory) -> None:
    torch.manual_seed(0)
    network = ReaderNetwork(64, 2, 128, 2).eval()
    path = tmp_path_factory.mktemp("weights") / "reader.safetensors"
    shape = {"width": "64", "heads": "2", "inner": "128", "layers": "2"}
    save_file(packed(network.state_dict()), path, shape)
    sides = torch.tensor([joined([5] * 9, [7] * 20, ([True] * 9, [False] * 20)).sides])
    inputs = (torch.randn(1, 29, 64), torch.ones(1, 29, dtype=torch.bool), sides)
    with torch.inference_mode():
        expected, told = network(*inputs)
        found, told_again = load(path)(*inputs)
    assert torch.allclose(expected, found, atol=0.1)
    assert torch.allclose(told, told_again, atol=0.1)
    assert path.stat().st_size < 4 * sum(p.numel() for p in network.parameters()) / 3
