"""Lines, as CommonMark counts them."""

import re
from itertools import pairwise

import pytest
from hypothesis import given

from corpus.blocks import line_starts
from tests.corpus.texts import PROPERTY, TEXTS


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("", [0]),
        ("甲", [0, 1]),
        ("甲\n", [0, 2]),
        ("甲\n乙", [0, 2, 3]),
        ("甲\r\n乙\r丙\n\n", [0, 3, 5, 7, 8]),
        ("甲\u2028乙\x0b丙", [0, 5]),
    ],
)
def test_examples(text: str, starts: list[int]) -> None:
    assert line_starts(text) == starts


@given(TEXTS)
@PROPERTY
def test_lines_are_those_of_a_split(text: str) -> None:
    starts = line_starts(text)
    lines = [text[left:right] for left, right in pairwise(starts)]
    assert "".join(lines) == text
    assert [line.rstrip("\r\n") for line in lines] == [
        line for line in re.split("\r\n|\r|\n", text)[: len(lines)]
    ]
