import numpy as np
import pytest
import torch

from corpus.folding import fold
from index.encoder import Encoder
from index.lower import LowerStates

TEXT = "瑞芯微RK3588，营收２.51亿元。"


@pytest.fixture(scope="module")
def lower(encoder: Encoder) -> LowerStates:
    return LowerStates(encoder, 6, 64)


def test_states_are_the_model_s_own(lower: LowerStates, encoder: Encoder) -> None:
    made = lower.of_passages([TEXT])[0]
    with encoder.network() as (tokenizer, bert), torch.inference_mode():
        inputs = tokenizer(["passage: " + TEXT], return_tensors="pt")
        expected = bert(**inputs, output_hidden_states=True).hidden_states[6][0]
    np.testing.assert_allclose(made.states.float().numpy(), expected.numpy(), atol=0.02)


def test_a_text_has_the_same_states_beside_longer_ones(lower: LowerStates) -> None:
    alone = lower.of_question("营收多少").states.float().numpy()
    beside = lower._made(["营收多少", TEXT * 2], "query: ", 64)[0].states.float().numpy()
    np.testing.assert_allclose(alone, beside, atol=0.02)


def test_tokens_know_their_place(lower: LowerStates) -> None:
    made = lower.of_passages([TEXT])[0]
    covered = "".join(TEXT[a:b] for a, b in zip(made.starts, made.ends, strict=True))
    assert covered == TEXT
    words = {TEXT[a:b]: w for a, b, w in zip(made.starts, made.ends, made.words, strict=True)}
    assert all(word in ("", fold(written)) for written, word in words.items())
    assert words["。"] == ""
    assert any(made.found_in(fold("瑞芯微的客户")))
    assert not any(made.found_in("xyz"))


def test_long_passages_are_cut(lower: LowerStates) -> None:
    assert len(lower.of_passages([TEXT * 20])[0].states) == 64


def test_passages_are_kept_and_the_oldest_forgotten(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.lower.KEPT", 2)
    lower = LowerStates(encoder, 6, 64)
    first = lower.of_passages(["一", "二"])[0]
    assert lower.of_passages(["一"])[0] is first
    lower.of_passages(["三"])
    assert set(lower._kept) == {"一", "三"}
