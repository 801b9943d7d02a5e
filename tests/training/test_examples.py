import json
import random
from pathlib import Path

import pytest

from training.examples import (
    OWN,
    UNSEEN,
    Paragraph,
    cut,
    examples,
    folds,
    own_documents,
    own_examples,
    read,
    spoil,
)

CONTEXT = "北厂在1983年建成。厂长是王刚。" + "南湖公园每天早上六点开放，游客可以坐船。" * 20
DOCUMENTS = sorted(path for path in OWN.iterdir() if path.suffix in (".md", ".txt"))


def paragraph(file: str, article: int, *identities: str) -> Paragraph:
    start = CONTEXT.index("王刚")
    span = (start, start + 2)
    questions = tuple((identity, "北厂的厂长是谁？", (span,)) for identity in identities)
    return Paragraph(file, article, "北厂", CONTEXT, questions)


def test_files_are_read_simplified_with_their_answers_in_place(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    question = {
        "id": "1",
        "question": "廠長是誰呢？",
        "answers": [{"text": "王剛", "answer_start": 4}],
    }
    context = {"context": "廠長是　王剛。", "qas": [question]}
    path.write_text(json.dumps({"data": [{"title": "北廠", "paragraphs": [context]}]}), "utf-8")
    (found,) = read(path)
    assert (found.title, found.context) == ("北厂", "厂长是　王刚。")
    (_, asked, ((start, end),)) = found.questions[0]
    assert asked == "厂长是谁呢？"
    assert found.context[start:end] == "王刚"


def test_articles_that_share_a_question_are_in_one_fold() -> None:
    told = [
        *(paragraph("one", n, f"a{n}") for n in range(30)),
        paragraph("two", 0, "a7", "b"),
        paragraph("two", 1, "a9"),
    ]
    fold = folds(told)
    assert fold["two", 0] == fold["one", 7]
    assert fold["two", 1] == fold["one", 9]
    assert len(set(fold.values())) == 5


def test_an_answer_is_where_the_example_says() -> None:
    chance = random.Random(1)
    made = list(examples([paragraph("one", 0, "1")] * 40, {"1": "Who heads it?"}, chance))
    answered = [e for e in made if e.span]
    assert {e.passage[slice(*e.span)] for e in answered if e.span} == {"王刚"}
    assert {e.question for e in answered} == {"北厂的厂长是谁？", "Who heads it?"}
    assert any(e.span is None and "王刚" not in e.passage for e in made)


def test_passages_are_cut_as_the_product_cuts_them() -> None:
    ranges = cut(paragraph("one", 0, "1"))
    assert len(ranges) > 1
    assert all(CONTEXT[end - 1] == "。" for _, end in ranges)


@pytest.mark.parametrize("seed", range(5))
def test_a_spoilt_question_asks_for_what_the_passage_does_not_say(seed: int) -> None:
    names = {"place": ("上海", "北京", "广州")}
    spoilt = spoil("1983年在上海建成了什么？", "1983年，上海建成一厂。", names, random.Random(seed))
    assert spoilt is not None
    assert ("1983" in spoilt) != ("上海" in spoilt)
    assert spoil("谁建的？", "1983年，上海建成一厂。", names, random.Random(seed)) is None


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_the_project_s_own_questions_have_their_spans(document: Path) -> None:
    made = list(own_examples(document, random.Random(1)))
    lines = document.with_suffix(".jsonl").read_text("utf-8").splitlines()
    spans = {span for line in lines for span in json.loads(line).get("span", ())}
    answered = [e.passage[slice(*e.span)] for e in made if e.span]
    assert len(answered) > 50
    assert sum(said in spans for said in answered) > 0.95 * len(answered)
    assert sum(e.span is None for e in made) > len(answered)
    headed = [e for e in made if e.head]
    assert headed
    assert all(e.passage[e.head - 1] == "\n" for e in headed)


def test_what_tempts_is_shown_as_no_answer(tmp_path: Path) -> None:
    document = tmp_path / "plant.md"
    document.write_text("# 北厂\n\n厂长是王刚。去年生产电池三百万只。\n", "utf-8")
    record = {"history": [], "question": "南厂的厂长是谁", "answerable": False}
    lines = json.dumps({**record, "trap": ["厂长是王刚。"]}, ensure_ascii=False)
    document.with_suffix(".jsonl").write_text(lines, "utf-8")
    (made,) = own_examples(document, random.Random(1))
    assert made.span is None
    assert made.tempting is not None
    assert made.passage[slice(*made.tempting)] == "厂长是王刚。"
    assert made.passage[: made.head] == "北厂\n"


def test_documents_kept_unseen_are_not_among_those_to_train_on() -> None:
    stems = {path.stem for path in own_documents()}
    assert len(stems) > 40
    assert not stems & set(UNSEEN)
    assert all((OWN / f"{name}.jsonl").exists() for name in UNSEEN)
