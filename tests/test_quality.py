"""What the project's own question sets got when they were last recorded is held."""

import json
from pathlib import Path

import pytest

from corpus.loading import load_file
from corpus.segmentation import Segmenter
from index.encoder import Encoder
from index.library import Library
from qa.evaluation.outcomes import Outcome
from qa.evaluation.report import evaluate_questions
from qa.reader import Reader
from tests.serving import ARTICLE

SETS = Path(__file__).resolve().parents[1] / "benchmarks" / "questions"
RECORDED = json.loads((SETS / "recorded.json").read_text("utf-8"))
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
SLACK = 2
"""Questions: another processor rounds otherwise, and a few stand at the threshold."""

OWN = {
    "edge_ai": ARTICLE,
    "handbook": SETS / "handbook.md",
    "industry": SETS / "industry.txt",
    "manual": SETS / "manual.md",
    "optics": SETS / "optics.txt",
    "institute": SETS / "institute.md",
    "eda": SETS / "eda.txt",
    "water": SETS / "water.md",
}
DOCUMENTS = {**OWN, "article": SHARED / "article.txt"}
QUESTIONS = {
    **{name: SETS / f"{name}.jsonl" for name in OWN},
    "article": SHARED / "article_questions.jsonl",
}


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_no_worse_than_recorded(
    tmp_path: Path, encoder: Encoder, segmenter: Segmenter, name: str
) -> None:
    if not QUESTIONS[name].is_file():
        pytest.skip("the measuring data is not beside the repository")
    library = Library(tmp_path, encoder, segmenter)
    library.add(load_file(DOCUMENTS[name]))
    outcomes = evaluate_questions(library, QUESTIONS[name], Reader(encoder)).outcomes
    found, recorded = counts(outcomes), RECORDED[name]
    assert found["answered right"] >= recorded["answered right"] - SLACK
    assert found["refused"] >= recorded["refused"] - SLACK
    assert found["wrongly refused"] <= recorded["wrongly refused"] + SLACK
    assert all(outcome.exact for outcome in outcomes)


def counts(outcomes: tuple[Outcome, ...]) -> dict[str, int]:
    asked = [o for o in outcomes if o.item.answerable]
    return {
        "answered right": sum(o.right for o in asked),
        "refused": sum(not o.answer.answerable for o in outcomes if not o.item.answerable),
        "wrongly refused": sum(not o.answer.answerable for o in asked),
    }


@pytest.mark.parametrize("name", OWN)
def test_the_sets_are_sound(name: str) -> None:
    """Ids are unique, evidence is the document's to the letter, about a quarter is unanswerable."""
    text = load_file(DOCUMENTS[name]).text
    lines = QUESTIONS[name].read_text("utf-8").splitlines()
    items = [json.loads(line) for line in lines]
    assert len({item["id"] for item in items}) == len(items) >= 80
    assert all(evidence in text for item in items for evidence in item["evidence"])
    assert all(bool(item["answer"]) == item["answerable"] for item in items)
    assert sum(not item["answerable"] for item in items) >= len(items) / 4 - 1
