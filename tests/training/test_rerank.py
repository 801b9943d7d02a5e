import json
from pathlib import Path

import numpy as np
import pytest

from corpus.loading import load_text
from corpus.segmentation import Segmenter
from index.encoder import Encoder
from index.library import Library
from qa.evaluation.squad import Problem
from qa.reader import Reader
from training.rerank import chosen, hits, nearest

FOUND = [
    ([0.9, 0.8], [-1.0, 1.0], [False, True]),
    ([0.9, 0.8], [2.0, 1.0], [True, False]),
    ([0.9, 0.1], [0.0, 1.0], [True, False]),
]


@pytest.mark.parametrize(
    ("weight", "right"), [(0.0, [0, 1, 1]), (0.1, [1, 1, 1]), (2.0, [1, 1, 0])]
)
def test_the_weight_says_how_much_the_reader_counts(weight: float, right: list[int]) -> None:
    assert hits(FOUND, weight).tolist() == right


def test_only_what_can_be_answered_is_asked(tmp_path: Path) -> None:
    for name in ("cmrc2018_trial", "drcd_test_part"):
        asked = [
            {"id": "1", "question": "厂在哪里？", "answers": [{"text": "北京", "answer_start": 2}]},
            {"id": "2", "question": "厂长是誰？", "answers": [], "is_impossible": True},
        ]
        data = [{"paragraphs": [{"context": "厂在北京。", "qas": asked}]}]
        (tmp_path / f"{name}.json").write_text(json.dumps({"data": data}), "utf-8")
    for name in ("cmrc2018_dev_part", "drcd_dev", "squad2_zh", "xquad_zh"):
        (tmp_path / f"{name}.json").write_text(json.dumps({"data": []}), "utf-8")
    contexts, problems = chosen(tmp_path, "drcd_test_part", "drcd_test_part", 10)
    assert contexts == ["厂在北京。"]
    assert [problem.question for problem in problems] == ["厂在哪里？"]


def test_the_nearest_contexts_are_read(
    tmp_path: Path, encoder: Encoder, segmenter: Segmenter
) -> None:
    texts = ["食堂在一楼，中午十一点半开门。", "车库在地下二层。", "会议室在三楼。"]
    library = Library(tmp_path, encoder, segmenter)
    documents = [load_text(text, f"{n}", "text") for n, text in enumerate(texts)]
    library.add_all(documents)
    with library.view() as view:
        ids = [document.id for document in documents]
        problem = Problem("食堂几点开门？", 0, ((8, 12),), True)
        scores, answers, right = nearest(view, ids, problem, Reader(encoder))
    assert len(scores) == len(answers) == len(texts)
    assert scores == sorted(scores, reverse=True)
    assert right[0]
    assert int(np.argmax(answers)) == right.index(True)
