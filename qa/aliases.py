"""What the documents themselves say is another name: ISP(图像信号处理器), 以下简称“霁禾”."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from corpus.segmentation import Segmenter, read_words

_LATIN = r"[A-Z][A-Za-z&\-]{1,15}(?: [A-Z][A-Za-z]+)*"
_LEADS = ("以下", "下文", "文中", "内部")
_LEAD = "|".join(_LEADS)
_SAYS = r"(?:简称|下称|又称|俗称|也称|也叫|又叫|别称|缩写|代号)"
_LATIN_FIRST = re.compile(
    rf"(?<![A-Za-z0-9\-])({_LATIN})\s?[（(](?:即|全称)?[：:]?([\u3400-\u9fff]{{2,15}})[)）]"
)
_HAN_FIRST = re.compile(
    rf"([\u3400-\u9fff]{{2,20}})\s?[（(](?:英文|即|简称|缩写)?[：:]?\s?({_LATIN})[)）]"
)
_SHORT_FOR = re.compile(
    rf"([\u3400-\u9fffA-Za-z0-9\-]{{2,30}})[（(,，]?\s?(?:{_LEAD})?(?:统一|常)?{_SAYS}"
    r"(?:为|作|是|：|:)?\s?[“\"「『《]?([\u3400-\u9fffA-Za-z0-9]{2,12})[”\"」』》]?(?=[)）,，。；;、\s]|$)"
)
_BEGINS = re.compile(
    "的|了|在|是|为|和|与|及|或|由|以|将|把|被|对|从|向|用|有|该|其|这|那|并|也|都|个|款|种|家|项|一|叫|"
    "集成|推出|采用|包括|包含|使用|搭载|基于|通过|称为|提供|支持|属于|负责|实行|设有|设立|按照|根据|公司|"
    "需要|成为|作为|通常|所谓|指的|中的|以及|进行|完成|启动|填写|提交|经过|还有|具备|内置|配备|实现|发布|"
    "国产|核心|主要"
)
"""Words that stand before a name rather than in it."""
_MOST_WORDS = 5
_BUSINESS = "|".join(
    sorted(read_words(Path(__file__).with_name("business.txt")), key=len, reverse=True)
)
_COMPANY = re.compile(
    rf"([\u3400-\u9fff]{{2,4}}?)(?:{_BUSINESS})(股份|科技|集团)?"
    r"((?:股份|控股|集团|科技)?(?:有限)?(?:责任)?公司)?"
)
_OFTEN = 3
"""Times that texts must say a word of the dictionary alone for it to be a company's short name."""


def aliases(
    texts: Iterable[str], words: Callable[[str], Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Yield pairs of names that texts say are the same.

    Args:
        texts: passages of the documents.
        words: cuts text into words, for where a name begins that no punctuation sets off.

    """
    for text in texts:
        for match in _LATIN_FIRST.finditer(text):
            yield match.group(1), match.group(2)
        for match in _HAN_FIRST.finditer(text):
            if name := _last_name(match.group(1), words):
                yield name, match.group(2)
        for match in _SHORT_FOR.finditer(text):
            long, short = match.groups()
            if long.endswith(_LEADS):
                continue
            if name := _spelt_out(long, short) or _last_name(long, words):
                yield name, short


def short_names(
    names: Iterable[str], segmenter: Segmenter, texts: str
) -> Iterator[tuple[str, str]]:
    """Yield names of companies with what people call them: 衡川储能股份, 衡川储能 and 衡川.

    What is left without the line of business must be no other name's beginning, and no word of the
    dictionary; if a rare one (云雀), one that the texts say again and again.
    """
    every = list(names)
    for name in every:
        if not (match := _COMPANY.fullmatch(name)):
            continue
        short = match.group(1)
        alone = texts.count(short) - texts.count(name)
        called = not segmenter.is_word(short) or (
            alone >= _OFTEN and not segmenter.is_common(short)
        )
        if called and sum(other.startswith(short) for other in every) == 1:
            yield name, short
            ends = [match.start(group) for group in (2, 3) if match.group(group)]
            yield from ((name, name[:end]) for end in ends)


def is_company(name: str) -> bool:
    """Tell whether a name ends like a company's, with its line of business."""
    return _COMPANY.fullmatch(name) is not None


def _spelt_out(long: str, short: str) -> str | None:
    """Return the end of `long` that a short name abbreviates: 霁禾咖啡设备有限公司 for 霁禾.

    It begins with the short name's first character and has the others in order.
    """
    start = len(long)
    while (start := long.rfind(short[0], 0, start)) >= 0:
        at = start
        for char in short:
            at = long.find(char, at) + 1
            if not at:
                break
        else:
            return long[start:] if len(long) - start > len(short) else None
    return None


def _last_name(run: str, words: Callable[[str], Sequence[str]]) -> str | None:
    """Return the words at a run's end that make a name."""
    kept: list[str] = []
    for word in reversed(words(run)):
        if _BEGINS.fullmatch(word) or len(kept) == _MOST_WORDS:
            break
        kept.insert(0, word)
    name = "".join(kept)
    return name if 2 <= len(name) <= 12 else None
