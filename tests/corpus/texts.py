"""Texts for property tests: anything Unicode allows, and Chinese with the marks that matter."""

from hypothesis import settings
from hypothesis import strategies as st

PROPERTY = settings(max_examples=150, deadline=None)
"""Enough to find what is wrong, few enough to run at every change."""

ANYTHING = st.text(st.characters(), max_size=200)
"""Any code points at all, lone surrogates among them."""

FRAGMENTS = [
    "瑞芯微预计净利润",
    "2.51亿元",
    "71.97%-85.42%",
    "RK3588.",
    "1.2.3",
    "见https://a.cn/b?c=d!e。",
    "（成立于2001年。总部在上海。）",
    "他说：“好！”",
    "「他來了。」",
    "e.g. Mr. Wang",
    "。",
    "！",
    "？",
    "；",
    "…",
    ". ",
    "; ",
    "?",
    "，",
    "(",
    "）",
    '"',
    " ",
    "\u3000",
    "\t",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "# ",
    "## ",
    "标题\n===\n",
    "---\n",
    "- ",
    "1. ",
    "第一章 总则\n",
    "一、目的\n",
    "（一）",
    "① ",
    "| 甲 | 乙 |\n",
    "|---|---|\n",
    "```\n",
    "> ",
    "    ",
    "<div>",
    "\0",
    "\ud800",
    "e\u0301",
    "ﬃ",
    "㍿",
    "𠮷",
    "👩\u200d🔬",
    "字" * 60,
]
CHINESE = st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join)
"""Pieces of Chinese documents in any order, up to some thousand characters."""

TEXTS = ANYTHING | CHINESE
