import json
from pathlib import Path

import pytest

from corpus.errors import InvalidInput
from corpus.segmentation import Segmenter
from index.encoder import Encoder
from qa.evaluation.squad import auroc, evaluate_retrieval, read_squad
from qa.reader import Reader

SQUAD = {
    "data": [
        {"paragraphs": [
            {"context": "北厂在一九八三年建成。厂长是王刚。",
             "qas": [{"question": "北厂的厂长是谁？", "id": "1",
                      "answers": [{"text": "王刚", "answer_start": 14}]},
                     {"question": "？", "id": "2",
                      "answers": [{"text": "王刚", "answer_start": 14}]}]},
            {"context": "南湖公园每天早上六点开放。",
             "qas": [{"question": "南湖公园几点开放？", "id": "3",
                      "answers": [{"text": "六点", "answer_start": 8}]},
                     {"question": "门票多少钱？", "id": "4", "answers": [],
                      "is_impossible": True}]},
        ]}
    ]
}  # fmt: skip


def test_scores_retrieval(tmp_path: Path, encoder: Encoder, segmenter: Segmenter) -> None:
    path = tmp_path / "s.json"
    path.write_text(json.dumps(SQUAD, ensure_ascii=False), "utf-8")
    report = evaluate_retrieval(encoder, segmenter, path, None, Reader(encoder))
    assert (report.contexts, report.questions) == (2, 2)
    assert report.recall_1 == report.mrr_10 == 1.0
    assert report.sentence_1 == 1.0
    assert "recall@1" in report.table()
    # One question has no answer in its context; the confidence in it is compared with the others'.
    assert report.auroc == 1.0


def test_not_squad(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_text('{"data": 3}', "utf-8")
    with pytest.raises(InvalidInput, match="SQuAD"):
        read_squad(path)


def test_auroc() -> None:
    assert auroc([0.9, 0.8], [0.1, 0.2]) == 1.0
    assert auroc([0.1], [0.9]) == 0.0
    assert auroc([0.5, 0.5], [0.5]) == 0.5
