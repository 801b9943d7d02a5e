import json
from pathlib import Path

import pytest

from corpus.errors import InvalidInput
from corpus.loading import load_file
from corpus.segmentation import Segmenter
from index.encoder import Encoder
from index.library import Library
from qa.evaluation.items import read_questions, squeeze
from qa.evaluation.report import evaluate_questions
from qa.evaluation.squad import evaluate_retrieval, read_squad

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the measuring data is not beside the repository"
)

QUESTIONS = [
    {
        "id": "a", "lang": "zh", "type": "numeric", "history": [], "answerable": True,
        "question": "瑞芯微2025年预计营收多少?", "answer": ["43.87 亿元", ["没有", "44.27亿元"]],
        "evidence": ["瑞芯微预计2025年营业收入"],
    },
    {
        "id": "b", "lang": "zh", "type": "numeric", "history": [], "answerable": True,
        "question": "瑞芯微2025年预计营收多少?", "answer": ["99亿元"], "evidence": [],
    },
    {
        "id": "c", "lang": "zh", "type": "unanswerable", "history": [], "answerable": False,
        "question": "明天会下雨吗", "answer": [], "evidence": [],
    },
]  # fmt: skip


def test_scores_a_question_file(tmp_path: Path, library: Library) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text("\n".join(json.dumps(q, ensure_ascii=False) for q in QUESTIONS), "utf-8")
    report = evaluate_questions(library, path)
    rows = {row.name: row for row in report.rows()}
    assert rows["numeric"].accuracy == 0.5
    assert rows["numeric"].overlap == 1.0
    assert rows["numeric"].exact == 1.0
    assert rows["unanswerable"].refusal_recall == 1.0
    assert rows["all"].false_refusals == 0.0
    assert "numeric" in report.table()
    assert [q["right"] for q in report.as_json()["questions"]] == [True, False, True]


def test_says_which_line_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"question": "好", "answerable": true}\n{"question": 3', "utf-8")
    with pytest.raises(InvalidInput, match="line 2"):
        read_questions(path)


def test_answers_are_compared_without_width_case_and_space() -> None:
    assert squeeze("ＡＲ１ Gen 1\n") == "ar1gen1"


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
    report = evaluate_retrieval(encoder, segmenter, path)
    assert (report.contexts, report.questions) == (2, 2)
    assert report.recall_1 == report.mrr_10 == 1.0
    assert report.sentence_1 == 1.0
    assert "recall@1" in report.table()


def test_not_squad(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_text('{"data": 3}', "utf-8")
    with pytest.raises(InvalidInput, match="SQuAD"):
        read_squad(path)


@needs_shared
@pytest.mark.parametrize("own", [False, True], ids=["article", "bundled"])
def test_no_worse_than_recorded(
    tmp_path: Path, encoder: Encoder, segmenter: Segmenter, library: Library, own: bool
) -> None:
    """Recorded: right .89, refused .82 and .79, wrongly refused .04 and .03."""
    if not own:
        library = Library(tmp_path, encoder, segmenter)
        library.add(load_file(SHARED / "article.txt"))
    total = evaluate_questions(library, SHARED / "article_questions.jsonl").rows()[-1]
    assert total.exact == 1.0
    assert (total.accuracy or 0) >= 0.87
    assert (total.refusal_recall or 0) >= 0.75
    assert (total.false_refusals or 1) <= 0.06
