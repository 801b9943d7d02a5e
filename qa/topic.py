"""Whether a question is about what the documents are about, whatever they say of it.

A question about something else is refused by itself: the signs of it (a low cosine, words that no
document has) are not those of a question about the right thing that the documents leave open.
"""

import re
from collections.abc import Sequence

from qa.candidate import Candidate
from qa.question import Question, share

_CENTRE, _SPREAD = 0.86, 0.03
"""About where the encoder's cosines of a question and its nearest sentence lie."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_TASK = re.compile(
    r"^(?:请|帮我|给我|替我|麻烦你?|你?能不能|你?可以|[,，]|\s)*(?:用[^,，。]{1,12})?"
    r"(?:(?:写|编|画|作|创作|生成)一?[个段首篇封幅副]|翻译)|"
    r"^(?:please |can you |could you )*(?:write|translate|compose|draw|generate)\b"
)
_TOLD_SHORTER = re.compile(r"总结|概括|概述|介绍|简介|摘要|归纳|要点|summar|overview")


def is_task(folded: str) -> bool:
    """Tell whether a folded text asks to make something, which no quote can: a poem, a program.

    What documents say may well be told shorter.
    """
    return bool(_TASK.search(folded)) and not _TOLD_SHORTER.search(folded)


def signals(question: Question, found: Sequence[Candidate]) -> dict[str, float]:
    """Return what is judged by, whatever order the candidates are in.

    A question in another language than the documents has lower cosines and fewer known words.
    """
    here = any(_HAN.search(candidate.folded) for candidate in found)
    known = [need for need in question.needs if need.known]
    return {
        "bias": 1.0,
        "cosine": nearness(question, found),
        "foreign": float(here and not _HAN.search(question.folded)),
        "known": share(question.needs, known),
        "nothing_known": float(bool(question.needs) and not known),
    }


def nearness(question: Question, found: Sequence[Candidate]) -> float:
    """Return the highest cosine of question and candidate, in spreads from the middle."""
    cosine = max((float(c.sentence.vector @ question.plain) for c in found), default=0.0)
    return (cosine - _CENTRE) / _SPREAD
