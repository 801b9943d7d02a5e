from collections.abc import Callable

import pytest

from index.encoder import Encoder
from index.library import Library
from qa.evidence import OF_READER, candidates, read
from qa.interaction import NAMES, softness
from qa.lexicon import lexicon_of
from qa.question import understand
from qa.reader import Reader

TEXT = """# 手册

## 考勤

上班迟到超过十分钟的扣二十元。食堂中午开饭。车库夜里不开门。
"""


@pytest.mark.parametrize("question", ["晚到岗位要扣多少钱", "What is deducted for being late?"])
def test_what_is_said_in_other_words_comes_nearer(
    library_of: Callable[[str], Library], encoder: Encoder, question: str
) -> None:
    with library_of(TEXT).view() as view:
        understood = understand(question, view, lexicon_of(view))
        found = candidates(understood, view, lexicon_of(view))
        found = read(understood, found, view, Reader(encoder))
    told = {c.sentence.text: c.features for c in found}
    late = next(features for text, features in told.items() if "迟到" in text)
    lunch = next(features for text, features in told.items() if "食堂" in text)
    assert set(NAMES) < set(OF_READER) <= set(late)
    assert late["soft_own"] > lunch["soft_own"]
    assert late["soft_all"] > lunch["soft_all"]
    assert all(features["soft_least"] <= features["soft_own"] for features in told.values())


def test_a_question_that_only_asks_comes_near_nothing(
    library_of: Callable[[str], Library], encoder: Encoder
) -> None:
    with library_of(TEXT).view() as view:
        asked = understand("是什么", view, lexicon_of(view))
        found = candidates(asked, view, lexicon_of(view))
        sentence = found[0].sentence
        page = view.pages([sentence.passage])[sentence.passage]
        reading = Reader(encoder).read(asked.text, [page])[0]
    assert softness(asked, reading, sentence.start, sentence.end) == dict.fromkeys(NAMES, 0.0)
