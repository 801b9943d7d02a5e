"""Sentences: where they end, where they never end, and that nothing is lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.sentences import MAX_SENTENCE, split_sentences, trim
from tests.corpus.texts import PROPERTY, TEXTS

NUMBERS = ["2.51亿元", "71.97%", "0.6", "1.2.3", "3,000.5"]
AROUND = ["字" * 97, "增长", "-", "，", "。", "（", "）", " ", "；", "”", "至", "\n", "RK3588."]


def cut(text: str) -> list[str]:
    return [text[part.start : part.end] for part in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("增长。下降！为何？其一；其二", ["增长。", "下降！", "为何？", "其一；", "其二"]),
        ("沉默……然后。", ["沉默……", "然后。"]),
        ("真的吗？！是的。", ["真的吗？！", "是的。"]),
        ("甲;乙", ["甲;", "乙"]),
        ("It grew. It fell! Why? No", ["It grew.", "It fell!", "Why?", "No"]),
        ("他说：“好。”她走了。", ["他说：“好。”", "她走了。"]),
        ("他说“走吧！”，她没走。", ["他说“走吧！”", "，她没走。"]),
        ("「他來了。」她說『好』。", ["「他來了。」", "她說『好』。"]),
        ("（全文完。）", ["（全文完。）"]),
        ("半角｡下一句", ["半角｡", "下一句"]),
        ("一句话分成\n两行。另一句。", ["一句话分成\n两行。", "另一句。"]),
        ("  前后空白。\u3000 ", ["前后空白。"]),
        ("。", ["。"]),
        ("", []),
        (" \n\u3000", []),
    ],
)
def test_a_sentence_ends_with_its_stop_and_closing_marks(text: str, sentences: list[str]) -> None:
    assert cut(text) == sentences


@pytest.mark.parametrize(
    "sentence",
    [
        "产值为3.14亿元至9.26亿元，比上年多5.35%至8.97%。",
        "版本1.2.3比1.2好。",
        "型号有RK3588.RK3576两种。",
        "公司（成立于2001年。总部在上海！）很大。",
        "他们（见「附录。」一节）同意。",
        "地址是https://a.cn/b?c=d!e;f.g。",
        "见 www.example.com/a.b?q=1 一页。",
        "a;b 是一条命令。",
        "Mr. Wang met Dr. Li in St. Petersburg.",
        "See e.g. No. 5 vs. Fig. 3.",
        "The U.S. market grew.",
        "J. Smith wrote it.",
        "1. 第一步是打开电源。",
        "什么.txt是文件名。",
    ],
)
def test_never_cut(sentence: str) -> None:
    assert cut(f"{sentence}\n下一句。") == [sentence, "下一句。"]


def test_a_part_number_may_end_a_sentence() -> None:
    assert cut("We use the RK3588. It is fast.") == ["We use the RK3588.", "It is fast."]


def test_a_straight_quote_that_opens_goes_with_what_it_opens() -> None:
    assert cut('他说完了。"你好。"她说。') == ["他说完了。", '"你好。"', "她说。"]


def test_a_parenthesis_that_never_closes_hides_no_stop() -> None:
    assert cut("甲（乙。丙。") == ["甲（乙。", "丙。"]


def test_a_long_parenthesis_is_cut() -> None:
    assert len(cut("（" + "一句话在这里。" * 40 + "）")) > 1


def test_only_the_range_asked_for() -> None:
    text = "甲。乙（丙。丁）。戊。"
    found = split_sentences(text, 2, 7)
    assert [(part.start, part.end) for part in found] == [(2, 6), (6, 7)]


class TestLongSentences:
    def test_cut_at_a_comma(self) -> None:
        first = "字" * 300 + "，"
        assert cut(first + "字" * 300 + "。") == [first, "字" * 300 + "。"]

    def test_cut_anywhere_when_there_is_no_comma(self) -> None:
        assert [len(part) for part in cut("字" * 1000)] == [MAX_SENTENCE, MAX_SENTENCE, 200]

    def test_the_longest_sentence_stays_whole(self) -> None:
        sentence = "字，" * (MAX_SENTENCE // 2 - 1) + "完。"
        assert cut(sentence) == [sentence]

    @pytest.mark.parametrize("before", range(MAX_SENTENCE - 6, MAX_SENTENCE + 1))
    def test_a_decimal_at_the_limit_stays_whole(self, before: int) -> None:
        pieces = cut("字" * before + "12.51亿元")
        assert sum("12.51" in piece for piece in pieces) == 1

    @pytest.mark.parametrize("before", range(MAX_SENTENCE - 6, MAX_SENTENCE + 1))
    def test_a_part_number_at_the_limit_stays_whole(self, before: int) -> None:
        pieces = cut("字" * before + "RK3588芯片")
        assert sum("RK3588" in piece for piece in pieces) == 1


@given(TEXTS)
@PROPERTY
def test_sentences_partition_the_text(text: str) -> None:
    last = 0
    for part in split_sentences(text):
        assert last <= part.start < part.end <= len(text)
        assert part.end - part.start <= MAX_SENTENCE
        assert not text[last : part.start].strip()
        assert text[part.start : part.end] == text[part.start : part.end].strip()
        last = part.end
    assert not text[last:].strip()


@given(st.lists(st.sampled_from(NUMBERS + AROUND), max_size=40).map("".join))
@PROPERTY
def test_decimals_are_never_split(text: str) -> None:
    ends = {part.end for part in split_sentences(text)}
    for number in re.finditer(r"\d+(?:[.,]\d+)+", text):
        assert not ends & set(range(number.start() + 1, number.end()))


@given(TEXTS)
@PROPERTY
def test_trim_takes_white_space_and_nothing_else(text: str) -> None:
    start, end = trim(text, 0, len(text))
    assert text[start:end] == text.strip()
