from collections.abc import Callable

import numpy as np
import pytest

from index.library import Library
from qa.everyday import everyday_words, unsaid, written
from qa.lexicon import lexicon_of
from qa.question import understand

WORDS = {"走人": ("离职", "解除劳动合同"), "老婆生": ("陪产假",), "当爸": ("陪产假",)}

TEXT = """# 手册

员工离职须提前30天提出。陪产假为15天。周末不办公，休息日加班优先安排调休。
"""


@pytest.mark.parametrize(
    ("question", "known", "expected"),
    [
        ("走人要提前几天", {"离职"}, "离职要提前几天"),
        ("走人要提前几天", {"解除劳动合同"}, "解除劳动合同要提前几天"),
        ("走人要提前几天", set(), "走人要提前几天"),
        ("老婆生娃,当爸的歇几天", {"陪产假"}, "陪产假娃,的歇几天"),
        ("年假几天", {"离职"}, "年假几天"),
    ],
)
def test_the_first_known_word_is_written_once(
    question: str, known: set[str], expected: str
) -> None:
    assert written(question, WORDS, known.__contains__) == expected


def test_words_that_documents_have_are_meant() -> None:
    assert "走人" in everyday_words()
    assert "走人" not in unsaid({"走人"}.__contains__)


def test_words_are_long_enough_to_be_told_apart() -> None:
    words = everyday_words()
    assert all(len(word) > 1 and not word.isascii() for word in words)
    assert not any(word in written for word, written in words.items())


@pytest.mark.parametrize(
    ("question", "word"), [("走人要提前多久说", "离职"), ("当爸的能歇几天", "陪产假")]
)
def test_a_question_is_looked_up_with_the_written_word(
    library_of: Callable[[str], Library], question: str, word: str
) -> None:
    with library_of(TEXT).view() as view:
        understood = understand(question, view, lexicon_of(view))
        assert any(word in need.alternatives and need.known for need in understood.needs)
        assert set(view.segmenter.terms(word)) <= set(understood.terms)
        plain, formal = view.encoder.encode_questions([question, word])[1]
        assert float(understood.vector @ formal) > float(plain @ formal)
        assert float(np.linalg.norm(understood.vector)) == pytest.approx(1.0, abs=1e-5)


def test_a_word_of_the_documents_stays_what_it_is(library_of: Callable[[str], Library]) -> None:
    with library_of(TEXT).view() as view:
        lexicon = lexicon_of(view)
        assert lexicon.alternatives("周末") == {"周末"}
        assert "休息日" in lexicon.alternatives("礼拜六")
