"""Questions in one language find words of documents in the other."""

from collections.abc import Callable

import pytest

from corpus.segmentation import read_vocabulary
from index.library import Library
from qa.english import GLOSSARY, by_stem, english_phrases, in_chinese, in_english
from qa.lexicon import lexicon_of
from qa.question import understand

CHINESE = """# 手册

女员工产假为158天。员工辞职须提前30天书面提出。公司的供应链设在沙溪。
"""
ENGLISH = """# Handbook

Employees who resign must say so thirty days before. Maternity leave lasts 158 days.
Revenues grew by a third, and the supply chain was moved to Shaxi.
"""


def test_each_line_has_english_and_chinese_words() -> None:
    entries = read_vocabulary(GLOSSARY)
    assert all(len(entry) == 2 for entry in entries)
    assert all(english.isascii() and not chinese.isascii() for english, chinese in entries)
    assert len({english for english, _ in entries}) == len(entries)


def test_a_word_is_found_in_all_its_forms() -> None:
    assert in_chinese("employees") == in_chinese("employee")
    assert "员工" in in_chinese("employee's")
    assert in_chinese("xyzzy") == ()


def test_the_longest_phrase_counts() -> None:
    found = list(english_phrases("where is the company's supply chain based?"))
    assert ("supply chain", 23) in found
    assert not any(phrase in ("supply", "chain") for phrase, _ in found)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("营收", {"revenue", "revenues"}), ("产假", {"maternity leave"}), ("猫", set())],
)
def test_chinese_words_in_the_forms_that_documents_have(word: str, expected: set[str]) -> None:
    forms = by_stem(["revenue", "revenues", "maternity", "leave", "hm-x3", "2025"])
    assert set(in_english(word, forms)) == expected


@pytest.mark.parametrize(
    ("text", "question", "terms", "left_out"),
    [
        (CHINESE, "How long is maternity leave?", {"产假"}, {"long", "maternity", "leave"}),
        (CHINESE, "How far ahead must employees resign?", {"员工", "辞职"}, {"employees"}),
        (ENGLISH, "产假有几天？", {"maternity", "leave"}, {"产假"}),
        (ENGLISH, "供应链搬到了哪里？", {"supply", "chain"}, {"供应链"}),
        (ENGLISH, "营收增长了多少？", {"revenues", "grew"}, {"营收", "增长"}),
        # Nothing tells what it means: it is looked for as it is, and counts as unknown.
        (CHINESE, "How long is the leave at Kerbecs?", {"kerbecs"}, {"long"}),
    ],
)
def test_a_question_is_looked_up_in_the_documents_language(
    library_of: Callable[[str], Library],
    text: str,
    question: str,
    terms: set[str],
    left_out: set[str],
) -> None:
    with library_of(text).view() as view:
        understood = understand(question, view, lexicon_of(view))
    assert terms <= set(understood.terms)
    assert left_out.isdisjoint(understood.terms)


def test_what_a_chinese_document_has_no_word_for_is_unknown(
    library_of: Callable[[str], Library],
) -> None:
    with library_of(CHINESE).view() as view:
        needs = understand("Who is the chairman?", view, lexicon_of(view)).needs
    assert any(need.word == "chairman" and not need.known for need in needs)


def test_a_chinese_question_over_chinese_text_stays_as_it_is(
    library_of: Callable[[str], Library],
) -> None:
    with library_of(CHINESE).view() as view:
        understood = understand("产假有几天？", view, lexicon_of(view))
    assert not any(term.isascii() for term in understood.terms)
