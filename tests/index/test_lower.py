import numpy as np
import pytest
import torch

from corpus.folding import fold
from index.encoder import Encoder
from index.lower import LONGEST_QUESTION, LowerLayers

TEXT = "瑞芯微RK3588，营收２.51亿元。"


@pytest.fixture(scope="module")
def lower(encoder: Encoder) -> LowerLayers:
    return LowerLayers(encoder, 4, 64)


def test_states_are_the_model_s_own(lower: LowerLayers, encoder: Encoder) -> None:
    tokens = lower.of_passages([TEXT])[0]
    ids = torch.from_numpy(tokens.ids)[None]
    made = lower.run(ids, torch.ones_like(ids, dtype=torch.bool))[0]
    with encoder.network() as (tokenizer, bert), torch.inference_mode():
        inputs = tokenizer(["passage: " + TEXT], return_tensors="pt")
        expected = bert(**inputs, output_hidden_states=True).hidden_states[4][0]
    np.testing.assert_allclose(made.numpy(), expected.numpy(), atol=1e-4)


def test_padding_changes_nothing(lower: LowerLayers) -> None:
    ids = torch.from_numpy(lower.of_question("营收多少").ids)[None]
    alone = lower.run(ids, torch.ones_like(ids, dtype=torch.bool))
    longer = torch.cat([ids, torch.full((1, 5), 7)], dim=1)
    beside = lower.run(longer, torch.arange(longer.shape[1])[None] < ids.shape[1])
    np.testing.assert_allclose(alone[0], beside[0, : ids.shape[1]], atol=1e-4)


def test_tokens_know_their_place(lower: LowerLayers) -> None:
    made = lower.of_passages([TEXT])[0]
    covered = "".join(TEXT[a:b] for a, b in zip(made.starts, made.ends, strict=True))
    assert covered == TEXT
    words = {TEXT[a:b]: w for a, b, w in zip(made.starts, made.ends, made.words, strict=True)}
    assert all(word in ("", fold(written)) for written, word in words.items())
    assert words["。"] == ""
    assert any(made.found_in(fold("瑞芯微的客户")))
    assert not any(made.found_in("xyz"))


def test_long_texts_are_cut(lower: LowerLayers) -> None:
    assert len(lower.of_passages([TEXT * 20])[0].ids) == 64
    assert len(lower.of_question(TEXT * 20).ids) == LONGEST_QUESTION


def test_passages_are_kept_and_the_oldest_forgotten(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.lower.KEPT", 2)
    lower = LowerLayers(encoder, 4, 64)
    first = lower.of_passages(["一", "二"])[0]
    assert lower.of_passages(["一"])[0] is first
    lower.of_passages(["三"])
    assert set(lower._kept) == {"一", "三"}
