"""Cells of table rows."""

import pytest

from corpus.blocks import cell_breaks, cells


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("型号 | 价格 |  ", ["型号", "价格", ""]),
        ("型号\t价格", ["型号", "价格"]),
        ("甲\u3000乙  丙", ["甲", "乙", "丙"]),
        ("甲  乙 | 丙\u3000丁", ["甲  乙", "丙\u3000丁"]),
        ("一 \\| 二 | 三", ["一 \\| 二", "三"]),
        ("只有一格", ["只有一格"]),
    ],
)
def test_cells(row: str, expected: list[str]) -> None:
    assert cells(row) == expected
    assert "".join(row[a:b] for a, b in cell_breaks(row)).strip("| \t\u3000") == ""
