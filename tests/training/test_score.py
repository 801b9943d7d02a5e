import numpy as np
import pytest

from index.encoder import Encoder
from qa.reader import Reader
from training.examples import Paragraph
from training.score import ask, auroc, f1, holds, kept, score, told_apart

CONTEXT = "食堂在一楼，中午十一点半开门。车库在地下二层，夜里不开。"


def test_letters_and_digits_are_compared() -> None:
    assert kept("《A-1》，甲 乙。") == "a1甲乙"


@pytest.mark.parametrize(
    ("said", "expected", "value"),
    [("十一点半", "十一点半", 1.0), ("中午十一点半", "十一点半", 0.8), ("一楼", "夜里", 0.0)],
)
def test_f1_counts_the_longest_common_run(said: str, expected: str, value: float) -> None:
    assert f1(said, expected) == pytest.approx(value)


def test_a_sentence_holds_a_span_that_lies_in_it() -> None:
    assert holds((0, 15), [(9, 13)]) == 1.0
    assert holds((0, 15), [(12, 17)]) == 0.0


def test_an_interval_holds_the_auroc() -> None:
    chance = np.random.default_rng(1)
    labels = [n % 2 == 0 for n in range(100)]
    scores = [float(label) + float(chance.normal()) for label in labels]
    value, rest = told_apart(scores, labels).split(" ")
    low, high = map(float, rest.strip("()").split("–"))
    assert low < auroc(np.array(scores), np.array(labels)) < high
    assert float(value) == pytest.approx(auroc(np.array(scores), np.array(labels)), abs=1e-3)


def test_a_question_is_read_and_compared(encoder: Encoder) -> None:
    start = CONTEXT.index("十一点半")
    spans = ((start, start + 4),)
    paragraph = Paragraph("trial", 1, "", CONTEXT, (("1", "食堂几点开门？", spans),))
    found = ask(Reader(encoder), encoder, paragraph, "食堂几点开门？", spans)
    assert found is not None
    assert found.answerable
    assert found.hit == found.nearest_hit == 1.0
    assert 0.5 < found.nearness < 1.0
    nothing = ask(Reader(encoder), encoder, paragraph, "谁发明了电话？", ())
    assert nothing is not None
    assert not nothing.answerable
    assert nothing.f1 == 0.0
    assert nothing.nearness < found.nearness
    line = score(Reader(encoder), encoder, [paragraph], 10)
    assert line.startswith("1 questions: EM ")
    assert "AUROC" not in line
