"""A company that a question describes instead of naming it: 「做无人车的那家怎么赔了钱」.

What describes it is looked up as if it were a question. Where what is found is about one of several
things of a class clearly more than about the others, its name is put in the description's place.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from corpus.folding import fold, simplify, to_mainland
from index.view import View
from qa.candidate import describe
from qa.evidence import PASSAGES, judge
from qa.lexicon import Lexicon, Name
from qa.question import understand

CLEARLY = 2.0
"""By how much the best sentence about one must be better than the best about another."""
UNSAID = 3.5
"""The same where no word of the description is in the sentence."""
FEW = 2
"""Characters before the last word before 「那家」 that still belong to it: 「造机器狗那家」."""

_FIRM = "(?:公司|企业|厂商|厂子|厂家|品牌|机构)"
_THAT = r"(?:[那这](?:家|间)|[那这]个(?=厂|公司|企业))"
_CLAUSE = r"[^，,。；;：:？?！!\s]"
_BEFORE = re.compile(
    rf"(?P<before>{_CLAUSE}{{2,24}}?){_THAT}"
    # 「那家新厂」 is a company's plant; 「那家电池厂」 is a company.
    rf"(?:(?P<after>{_CLAUSE}{{0,12}}?){_FIRM}|(?P<plant>{_CLAUSE}{{2,4}}?)厂)?"
)
_AFTER = re.compile(rf"{_THAT}(?P<after>{_CLAUSE}{{2,24}}?的?){_FIRM}")
_ENGLISH = re.compile(
    r"\bthe (?P<before>[\w\- ]{2,40}?) "
    r"(?:maker|company|vendor|firm|supplier|manufacturer|producer|brand|startup)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Description:
    """Words that describe, and the range of the question that they and 「那家」 take up."""

    words: str
    start: int
    end: int


def with_name(text: str, view: View, lexicon: Lexicon, documents: Collection[str] = ()) -> str:
    """Return a cleaned question with the name in the place of what describes it, if it is plain."""
    description = _description(text, view)
    if not description:
        return text
    asked = lexicon.find(fold(to_mainland(text)))
    name = _described(description.words, asked, view, lexicon, documents)
    if not name:
        return text
    return f"{text[: description.start]}{name.shown}{text[description.end :]}"


def _description(text: str, view: View) -> _Description | None:
    # One character for another: places stay as they are.
    plain = simplify(text)
    if match := _BEFORE.search(plain):
        before, after = match["before"], match["after"] or match["plant"] or ""
        if not before.endswith("的"):
            last = _last_word(before, view)
            before = before if len(before) - len(last) <= FEW else last
        return _Description(f"{before}{after}", match.end("before") - len(before), match.end())
    if match := _AFTER.search(plain):
        return _Description(match["after"], match.start(), match.end())
    if match := _ENGLISH.search(plain):
        return _Description(match["before"], match.start(), match.end())
    return None


def _last_word(text: str, view: View) -> str:
    """Return a text's last word, with the single characters beside it: a surname, 「做」."""
    last = ""
    for word in reversed(view.segmenter.words(text)):
        if len(last) > 1 and len(word) > 1:
            break
        last = f"{word}{last}"
    return last


def _described(
    words: str, asked: Collection[Name], view: View, lexicon: Lexicon, documents: Collection[str]
) -> Name | None:
    """Return the thing that sentences which say the words are about; None if that is not plain."""
    question = understand(words, view, lexicon)
    ranked = view.rank(question.vector, question.terms, PASSAGES, documents)
    best: dict[Name, tuple[float, bool]] = {}
    found = judge(question, describe(ranked, view, lexicon))
    named = {name for candidate in found for name in candidate.named}
    for candidate in found:
        # A sentence about several tells nothing of one.
        if len(candidate.topics) == 1 and candidate.topics[0] not in asked:
            said = candidate.features["own_needs"] > 0
            best.setdefault(candidate.topics[0], (candidate.score, said))
    if len(best) < 2:
        return None
    (first, (score, said)), (_, (next_score, _)) = list(best.items())[:2]
    clear = score - next_score >= (CLEARLY if said else UNSAID)
    # A heading that no sentence has the words of (「两家亏损」) names no company.
    sound = first in named and any(first.is_like(name) for name in best if name is not first)
    return first if clear and sound else None
