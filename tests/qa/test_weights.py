from pathlib import Path

import numpy as np
import pytest

from index.encoder import Encoder
from index.library import Library
from qa import topic, weights
from qa.evidence import candidates, read
from qa.lexicon import lexicon_of
from qa.question import understand
from qa.reader import Reader
from qa.refusal import signals
from qa.weights import Quadratic, mode_of, topic_weights, write, write_refusal


@pytest.mark.parametrize("reading", [True, False])
def test_both_modes_have_weights_and_say_how_they_were_measured(reading: bool) -> None:
    mode = mode_of(reading)
    assert mode.name == ("on" if reading else "off")
    assert len(mode.features()) == len(mode.ranking) > 10
    assert mode.ranking["other_topic"] < 0
    assert ("read" in mode.ranking) == ("read" in mode.refusal.names) == reading
    assert "AUROC" in mode.measured


@pytest.mark.parametrize("reading", [True, False])
def test_every_weight_has_its_signal_in_the_same_order(
    library: Library, encoder: Encoder, reading: bool
) -> None:
    mode = mode_of(reading)
    with library.view() as view:
        lexicon = lexicon_of(view)
        question = understand("瑞芯微的营收是多少", view, lexicon)
        found = candidates(question, view, lexicon)
        found = read(question, found, view, Reader(encoder)) if reading else found
    assert list(found[0].features) == list(mode.ranking)
    assert tuple(signals(question, found)) == mode.refusal.names
    assert list(topic.signals(question, found)) == list(topic_weights().weights)


def test_written_weights_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "weights.toml"
    copy.write_text(weights.PATH.read_text("utf-8"), "utf-8")
    monkeypatch.setattr(weights, "PATH", copy)
    before = mode_of(reading=False)
    try:
        write("off", "AUROC 1.0", ranking=before.features() + 1)
        after = mode_of(reading=False)
        assert after.features() == pytest.approx(before.features() + 1, abs=1e-3)
        assert after.measured == "AUROC 1.0"
        assert mode_of(reading=True).ranking.keys() > after.ranking.keys()
        write("topic", "AUROC 0.9", weights=[1.0] * len(topic_weights().weights))
        assert set(topic_weights().weights.values()) == {1.0}
    finally:
        mode_of.cache_clear()
        topic_weights.cache_clear()


def test_a_written_form_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "REFUSAL", tmp_path / "refusal.safetensors")
    form = Quadratic(
        ("one", "other"),
        np.array([1.0, 2.0]),
        np.array([0.5, 4.0]),
        np.array([1.0, -1.0]),
        np.array([[0.0, 2.0], [0.0, 0.25]]),
        0.5,
    )
    try:
        write_refusal({"on": form, "off": form})
        found = mode_of(reading=True).refusal
        assert found.names == form.names
        # (2, 1) is 2 and -0.25 spreads from the middle.
        assert found.score({"one": 2.0, "other": 1.0}) == pytest.approx(
            0.5 + 2.0 + 0.25 - 2 * 2.0 * 0.25 + 0.25 * 0.0625
        )
        far = found.score({"one": 1e6, "other": 2.0})
        assert far == found.score({"one": 2.5, "other": 2.0}) == pytest.approx(3.5)
    finally:
        mode_of.cache_clear()
