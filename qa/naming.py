"""Names that documents give to things of their own: a plant, a product (溪口厂, “雪夜世涛”).

No dictionary has them, so segmentation takes them apart; what keeps together wherever it occurs is
one word (after Sproat and Shih, "A Statistical Method for Finding Word Boundaries in Chinese Text",
1990, who ask how much oftener characters stand together than apart).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from corpus.blocks import cells
from corpus.folding import fold, fold_with_offsets

_HAN = re.compile(r"[\u3400-\u9fff]+")
_QUOTED = re.compile(r"[“「『《\"]([^“”「」『』《》\",，。；;、:：!?！？\n]{2,12})[”」』》\"]")
_ROUTE = r"(?:方案|路线|路径|做法|办法|模式|方法|技术|类型)"
NUMBER = (
    rf"(?:第[一二三四五六七八九十][种类条款派套]|{_ROUTE}[一二三四五六七八九十甲乙丙丁A-Da-d1-9])"
)
"""What numbers the members of an enumeration: 第二种, 方案三."""
_INTRODUCED = re.compile(
    rf"{NUMBER}{_ROUTE}?(?:则?[是为]|叫|[,:])"
    r"\s*[“「『《\"]?([^,。;:、!?()“”「」『』《》\"\n|]{2,14}?)"
    rf"{_ROUTE}?(?=[”」』》\"]|[,。;:(]|$)",
    re.MULTILINE,
)
"""What numbers a member and names it: 「第二种是组串式,…」."""
_KEY = re.compile(r"(?=.*[a-z\u3400-\u9fff])[^,，。;；:：%]{2,12}")
_OFTEN = 3
"""Times that a coined word must occur."""
_TOGETHER = 0.5
"""Part of its rarest piece's occurrences that must be inside it."""
_LONGEST = 6
_PIECES = 4
_WITHIN = 0.7
"""A name that occurs this often inside a longer one is but a part of it."""


def coined(
    texts: Sequence[str],
    words: Callable[[str], Sequence[str]],
    is_word: Callable[[str], bool],
    never: frozenset[str],
) -> Iterator[str]:
    """Yield the words that texts use again and again and no dictionary has.

    Args:
        texts: folded texts.
        words: cuts a text into words.
        is_word: tells what the dictionary has.
        never: words that are part of no name.

    """
    cut = [words(text) for text in texts]
    single = Counter(word for each in cut for word in each)
    times = Counter(each[a:b] for each in cut for a, b in _runs(each, single, never))
    often = {
        run
        for run, count in times.items()
        if count >= _OFTEN and count >= _TOGETHER * min(single[word] for word in run)
    }
    free = _free(cut, often, single, never)
    kept = {name: times[run] for run in free if not is_word(name := "".join(run))}
    inside: Counter[str] = Counter()
    for name, count in kept.items():
        for part in {name[a:b] for a in range(len(name)) for b in range(a + 2, len(name) + 1)}:
            if part != name:
                inside[part] = max(inside[part], count)
    yield from (name for name, count in kept.items() if inside[name] < _WITHIN * count)


def _runs(
    cut: Sequence[str], single: Counter[str], never: frozenset[str]
) -> Iterator[tuple[int, int]]:
    """Yield the places of neighbouring words that may be a name, some of them of one character."""
    may = [_is_piece(word, single, never) for word in cut]
    for first, word in enumerate(cut):
        length, alone = len(word), len(word) == 1
        for last in range(first + 1, min(len(cut), first + _PIECES)):
            length += len(cut[last])
            if not (may[first] and may[last]) or length > _LONGEST:
                break
            alone = alone or len(cut[last]) == 1
            if alone:
                yield first, last + 1


def _is_piece(word: str, single: Counter[str], never: frozenset[str]) -> bool:
    return single[word] >= _OFTEN and word not in never and _HAN.fullmatch(word) is not None


def _free(
    cut: Sequence[Sequence[str]],
    often: set[Sequence[str]],
    single: Counter[str],
    never: frozenset[str],
) -> Iterator[Sequence[str]]:
    """Yield the runs beside which, on either side, different words or punctuation stand."""
    before: defaultdict[Sequence[str], set[str]] = defaultdict(set)
    after: defaultdict[Sequence[str], set[str]] = defaultdict(set)
    for each in cut:
        for a, b in _runs(each, single, never):
            if (run := each[a:b]) in often:
                before[run].add(_beside(each, a - 1))
                after[run].add(_beside(each, b))
    for run in before:
        if all("" in sides or len(sides) > 1 for sides in (before[run], after[run])):
            yield run


def _beside(cut: Sequence[str], place: int) -> str:
    """Return the word at a place; "" for punctuation and beyond the text.

    All numbers are one word: what always follows a number is a unit.
    """
    word = cut[place] if 0 <= place < len(cut) else ""
    if word[:1].isdigit():
        return "0"
    return word if word[:1].isalnum() else ""


def quoted(texts: Iterable[str]) -> Iterator[str]:
    """Yield what folded texts put in quotation marks, where it is as short as a name."""
    for text in texts:
        yield from _QUOTED.findall(text)


def introduced(text: str) -> dict[str, str]:
    """Return what a text introduces with a number, folded, as it is written there.

    组串式 of 「第二种是组串式，…」.
    """
    folded = fold_with_offsets(text)
    ranges = (folded.original_range(*match.span(1)) for match in _INTRODUCED.finditer(folded.text))
    return {fold(text[start:end]): text[start:end] for start, end in ranges}


def row_keys(rows: Iterable[str]) -> Iterator[str]:
    """Yield the first cells of table rows, folded, where they are words."""
    for row in rows:
        key, *rest = cells(row)
        if rest and _KEY.fullmatch(folded := fold(key)):
            yield folded
