import json
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.errors import InvalidInput
from index.library import Library
from qa.evaluation.changes import changes, since_last
from qa.evaluation.intervals import interval
from qa.evaluation.items import read_questions, squeeze
from qa.evaluation.report import QuestionReport, evaluate_questions, risks

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


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, library: Library) -> QuestionReport:
    path = tmp_path_factory.mktemp("eval") / "q.jsonl"
    path.write_text("\n".join(json.dumps(q, ensure_ascii=False) for q in QUESTIONS), "utf-8")
    return evaluate_questions(library, path)


def test_scores_a_question_file(report: QuestionReport) -> None:
    rows = {row.name: row for row in report.rows()}
    assert rows["numeric"].accuracy == 0.5
    assert rows["numeric"].overlap == 1.0
    assert rows["numeric"].exact == 1.0
    assert rows["unanswerable"].refusal_recall == 1.0
    assert rows["all"].refusal_precision == 1.0
    assert rows["all"].false_refusals == 0.0
    assert (rows["zh"].answerable, rows["zh"].unanswerable) == (2, 1)
    assert "numeric" in report.table()
    assert [q["right"] for q in report.as_json()["questions"]] == [True, False, True]


def test_risk_falls_where_the_surest_are_right(report: QuestionReport) -> None:
    right, wrong, refused = report.outcomes
    graded = [
        replace(right, answer=replace(right.answer, confidence=0.9)),
        replace(wrong, answer=replace(wrong.answer, confidence=0.6)),
        replace(refused, answer=replace(refused.answer, confidence=0.1)),
    ]
    curve = dict(risks(graded))
    assert curve[0.2] == curve[0.4] == 0.0
    assert curve[0.6] == 0.5
    # An unanswerable question is wrong when it is answered.
    assert curve[1.0] == pytest.approx(2 / 3)
    assert risks([]) == []


def test_changes_since_the_last_run(tmp_path: Path, report: QuestionReport) -> None:
    kept = tmp_path / "evaluations" / "q.json"
    now = report.as_json()
    assert since_last(kept, now) is None
    same = since_last(kept, now)
    assert same is not None
    assert (same.won, same.lost, same.reworded, same.fresh) == ((), (), 0, 0)
    worse = json.loads(json.dumps(now))
    worse["questions"][0]["right"] = False
    worse["questions"].append({**worse["questions"][0], "id": "d"})
    found = since_last(kept, worse)
    assert found is not None
    assert found.lost == ("a 瑞芯微2025年预计营收多少?",)
    assert found.fresh == 1
    assert "- a 瑞芯微" in found.table()
    assert changes(worse, now).won == found.lost


def test_a_kept_run_that_cannot_be_read_is_replaced(tmp_path: Path, report: QuestionReport) -> None:
    kept = tmp_path / "q.json"
    kept.write_text('{"questions": [3]}', "utf-8")
    assert since_last(kept, report.as_json()) is None
    assert json.loads(kept.read_text("utf-8"))["file"] == "q.jsonl"


def test_says_which_line_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"question": "好", "answerable": true}\n{"question": 3', "utf-8")
    with pytest.raises(InvalidInput, match="line 2"):
        read_questions(path)


def test_answers_are_compared_without_width_case_and_space() -> None:
    assert squeeze("ＡＲ１ Gen 1\n") == "ar1gen1"


def test_intervals_hold_the_mean_and_narrow_with_more() -> None:
    few, many = interval([True, False] * 10), interval([True, False] * 1000)
    assert few[0] < 0.5 < few[1]
    assert many[1] - many[0] < few[1] - few[0]
    assert interval([True] * 5) == (1.0, 1.0)
    with pytest.raises(ValueError, match="nothing"):
        interval([])
