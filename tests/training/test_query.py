"""Training questions' layers: what it is done on, and that questions come nearer their answers."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from index.layers import Layer
from index.query_layers import pooled
from training import query
from training.examples import OWN, UNSEEN
from training.query import Asked, Examples, Texts, asked_of, train

WIDTH = 32


def test_questions_are_placed_at_what_answers_them(tmp_path: Path) -> None:
    context = "溪口厂始建于2009年。现有员工412人。厂长是柏青。"
    paragraphs = [
        {
            "context": f"第{n}号：{context}",
            "qas": [
                {
                    "id": f"q{n}",
                    "question": "有多少名员工？",
                    "answers": [{"text": "412人", "answer_start": len(f"第{n}号：") + 15}],
                }
            ],
        }
        for n in range(8)
    ]
    content = json.dumps({"data": [{"paragraphs": [each]} for each in paragraphs]})
    for name in query.FILES:
        (tmp_path / f"{name}.json").write_text(content, "utf-8")
    texts = Texts()
    asked = list(asked_of(tmp_path, texts))
    other = [each for each in asked if not each.own]
    assert other
    for each in other:
        assert [texts.sentences[n] for n in each.sentences] == ["现有员工412人。"]
        assert all("412人" in texts.passages[n] for n in each.passages)
        assert {texts.of_sentence[n] for n in each.sentences} == {each.document}
    assert len([each for each in asked if each.own]) > 500


def test_documents_kept_for_fitting_are_not_trained_on(tmp_path: Path) -> None:
    for name in query.FILES:
        (tmp_path / f"{name}.json").write_text('{"data": []}', "utf-8")
    texts = Texts()
    asked = {each.text for each in asked_of(tmp_path, texts)}
    kept = [
        json.loads(line)["question"]
        for name in UNSEEN
        for line in (OWN / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    assert len(kept) > 500
    assert len(asked & set(kept)) < 5


def test_questions_come_nearer_their_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "BATCH", 6)
    monkeypatch.setattr(query, "RATE", 1e-2)
    monkeypatch.setattr(query, "DROPOUT", 0.0)
    torch.manual_seed(1)
    chance = np.random.default_rng(1)
    vectors = chance.normal(size=(12, WIDTH)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = Texts(of_sentence=[n // 4 for n in range(12)], of_passage=[n // 4 for n in range(12)])
    asked = [Asked("", n % 2 == 0, n // 4, (n,), (n,)) for n in range(12)]
    states = [torch.randn(3 + n % 4, WIDTH) for n in range(12)]
    examples = Examples(asked, states, texts, (vectors, vectors))
    layers = nn.ModuleList([Layer(WIDTH, 1, 2 * WIDTH)])

    def right() -> int:
        with torch.no_grad():
            found = pooled(layers, *examples.batch(range(12))) @ torch.from_numpy(vectors).T
        return int((found.argmax(dim=1) == torch.arange(12)).sum())

    before = right()
    train(layers, examples, 60)
    assert right() >= before + 6


def test_padding_changes_nothing() -> None:
    torch.manual_seed(1)
    states = [torch.randn(length, WIDTH) for length in (3, 7)]
    asked = [Asked("", True, 0, (0,), (0,))] * 2
    empty = np.zeros((1, WIDTH), dtype=np.float32)
    examples = Examples(asked, states, Texts(of_sentence=[0], of_passage=[0]), (empty, empty))
    layers = nn.ModuleList([Layer(WIDTH, 1, 2 * WIDTH)]).eval()
    together, alone = pooled(layers, *examples.batch([0, 1])), pooled(layers, *examples.batch([0]))
    torch.testing.assert_close(together[:1], alone)
