import random
import time
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from index.encoder import Encoder
from qa.network import ReaderNetwork
from training import train
from training.examples import Example
from training.train import Pair, Plan, Texts, batches, loss_of, pair_of, row_of, shown

HEAD = "北厂概况\n"
WORDS = (
    "北厂在1983年建成。厂长是王刚。去年生产电池三百万只。今年扩建二期，占地十二亩，明年五月投产。"
    "食堂在二号楼一层，早上六点半开门，晚上八点关门。车队有客车十二辆、货车三十五辆，司机四十一人。"
)
ANSWER = (len(HEAD) + WORDS.index("王刚"), len(HEAD) + WORDS.index("王刚") + 2)
WIDTH = 32


@pytest.fixture(scope="module")
def texts(encoder: Encoder) -> Texts:
    with encoder.network() as (tokenizer, _):
        return Texts(tokenizer)


def pair(texts: Texts, **changes: Any) -> Pair:
    values = {"question": "厂长是谁？", "passage": HEAD + WORDS, "span": ANSWER, "head": len(HEAD)}
    made = pair_of(Example(**{**values, **changes}), texts)
    assert made is not None
    return made


def words_of(texts: Texts, of: Pair, kept: list[int]) -> str:
    tokens = texts.tokens[of.passage]
    return "".join((HEAD + WORDS)[tokens.starts[n] : tokens.ends[n]] for n in kept)


def test_an_answer_beyond_the_last_token_is_no_example(texts: Texts) -> None:
    far = "远" * 400 + "王刚"
    assert pair_of(Example("厂长是谁？", far, (400, 402)), texts) is None


@pytest.mark.parametrize("tempting", [False, True])
def test_headings_and_what_matters_are_always_shown(texts: Texts, tempting: bool) -> None:
    changes = {"span": None, "tempting": ANSWER} if tempting else {}
    asked = pair(texts, **changes)
    told = {words_of(texts, asked, shown(asked, texts, random.Random(n))) for n in range(60)}
    assert HEAD + WORDS in told
    assert HEAD + "厂长是王刚。" in told
    assert all(each.startswith(HEAD) and "厂长是王刚。" in each for each in told)
    assert len(told) > 3


def test_a_row_points_at_the_answer(texts: Texts) -> None:
    asked = pair(texts)
    for seed in range(20):
        row = row_of(asked, texts, random.Random(seed))
        said = texts.tokenizer.decode(row.tokens.ids[row.first : row.last + 1])
        assert said.replace(" ", "") in ("王刚", "是王刚")
    none = row_of(pair(texts, span=None, tempting=ANSWER), texts, random.Random(1))
    assert (none.first, none.last) == (0, 0)


def test_all_pairs_are_shown_in_an_epoch(texts: Texts) -> None:
    pairs = [pair(texts, question=f"厂长{n}是谁？") for n in range(40)]
    rows = [row for batch in batches(pairs, texts, 3) for row in batch]
    assert len({tuple(row.tokens.ids[:9]) for row in rows}) == 40


def embedded(ids: Tensor, mask: Tensor) -> Tensor:
    chance = torch.Generator().manual_seed(5)
    table = torch.randn((300_000, WIDTH), generator=chance)
    return table[ids] * mask[..., None]


def test_a_network_learns_what_answers(texts: Texts) -> None:
    torch.manual_seed(2)
    rows = [
        row_of(each, texts, random.Random(n))
        for n in range(8)
        for each in (pair(texts), pair(texts, question="食堂几点开门？", span=None))
    ]
    network = ReaderNetwork(WIDTH, 2, 64, 2).train()
    optimizer = torch.optim.Adam(network.parameters(), 3e-3)
    losses = []
    for _ in range(60):
        loss = loss_of(network, embedded, rows)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(loss.item())
    assert np.mean(losses[-5:]) < 0.3 * losses[0]


def test_a_stopped_run_goes_on(
    texts: Texts, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = count()
    monkeypatch.setattr(train, "EVERY", 1)
    monkeypatch.setattr(time, "time", lambda: next(clock) / 10)
    pairs = [pair(texts), pair(texts, span=None, tempting=ANSWER)]
    steps = []
    for minutes in (0.02, 0.05):
        with encoder.network() as (_, bert):
            train.train(pairs, texts, bert, tmp_path, None, Plan(minutes))
        saved = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
        steps.append((saved["step"], saved["spent"]))
    assert 0 < steps[0][0] < steps[1][0]
    assert steps[0][1] < steps[1][1]
