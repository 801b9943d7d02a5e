"""What is measured: a question that names a unit is answered by a number of that kind.

「几纳米」 asks for nanometres; a sentence with years and yuan in it is no answer, however near.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_NUMBER = r"(?:\d|[零一二两三四五六七八九十百千万半]|[几数]十?)\s*个?"


@dataclass(frozen=True, slots=True)
class Measure:
    """A kind of measure.

    Attributes:
        asked: how questions ask for it.
        units: its units.
        otherwise: what answers without a unit behind a number.

    """

    asked: re.Pattern[str]
    units: re.Pattern[str]
    otherwise: re.Pattern[str] | None = None

    def is_told(self, folded: str, header: str = "") -> bool:
        """Tell whether a folded text, under column names, has a number of this kind."""
        if re.search(_NUMBER + f"(?:{self.units.pattern})", folded):
            return True
        # A table may name the unit in brackets, beside the number or above it.
        beside = f"{header}\n{folded}"
        bracketed = re.search(rf"[(（][^)）]*(?:{self.units.pattern})[^)）]*[)）]", beside)
        if bracketed and any(char.isdigit() for char in folded):
            return True
        return bool(self.otherwise and self.otherwise.search(folded))


MEASURES = tuple(
    Measure(re.compile(asked), re.compile(units), re.compile(otherwise) if otherwise else None)
    for asked, units, otherwise in (
        (
            r"(?:(?<!哪)几|多少)(?:个|名|位)?(?:人(?!民|次|[合共]用)|员工|职工|工程师|研发|技术员|司机|"
            r"老师|学生|护士|医生)|几口|"
            r"\bhow many (?:people|employees|staff|engineers|workers|persons)\b",
            r"余?(?:人|名|位|户|席|座)|people|employees|staff",
            r"\d%|\d[万亿](?![元吨台平])|\|\s*\d+\s*\|",
        ),
        (
            r"(?:几|多少)(?:纳米|nm(?![a-z]))|制程.{0,4}(?:多少|几)|nanomet(?:er|re)",
            r"纳米|nm(?![a-z])|nano",
            "",
        ),
        (
            r"多[远宽厚](?!的?[薪价])|[楼塔身架柜]有?多高|"
            r"(?:几|多少)(?:公里|千米|厘米|毫米|英寸|寸|米(?!克))|"
            r"\bhow (?:far(?! ahead| in advance)|tall|wide|thick)\b",
            r"公里|千米|厘米|毫米|英?寸|米|k?m(?![a-z])|[cm]m(?![a-z])|met(?:er|re)|inch|分钟",
            "",
        ),
        (
            r"多重(?!要)|(?:几|多少)(?:公斤|千克|斤|克|吨)|\bhow heavy\b|\bweighs?\b",
            r"公斤|千克|毫克|斤|克|吨|k?g(?![a-z])|t(?![a-z])|kilo|gram",
            "",
        ),
        (
            r"(?:内存|闪存|硬盘|运存|显存).{0,4}(?:多[大少]|几)|多大的?(?:内存|闪存|硬盘|运存|显存)|"
            r"(?:几|多少)(?:[gmt]b?(?![a-z])|兆)|\bhow much (?:memory|ram|storage)\b",
            r"[kmgt]i?b?(?![a-z])|兆",
            "",
        ),
        (
            r"几点(?!建议|原因|要求|意见)|\bwhat time\b",
            r"点|时(?!间)|[:：]\d{2}|[ap]\.?m(?![a-z])",
            r"零点|午夜",
        ),
        (r"[几哪]一?[楼层](?!次|级)|\b(?:which|what) floor\b", r"[楼层f]|floor", r"\b[bf]\d"),
        (r"几度|多少(?:摄氏)?度|多少℃", r"摄氏|℃|°|度|%", ""),
        (
            r"几岁|多大(?:年纪|岁数|年龄)|年龄.{0,4}(?:多少|多大|几)|\bhow old\b",
            r"周?岁|年|years",
            "",
        ),
        (
            r"(?:电话|分机|热线|内线)号?码?.{0,3}(?:是|为)?(?:多少|几)|拨(?:哪个|什么|几)|"
            r"\b(?:phone|extension) number\b|\bwhat extension\b",
            r"\d{2,}",
            "",
        ),
        (r"面积.{0,4}(?:多少|多大)|(?:几|多少)(?:平|亩)", r"平|㎡|亩|公顷", ""),
        (r"(?:几|多少)(?:千|兆)?瓦|(?:几|多少)[kmg]?w(?![a-z])", r"(?:千|兆)?瓦|[kmg]?w", ""),
        (
            r"(?:多少|(?<![哪这那前后好])几)个?(?:工作日|天)|\bhow many (?:working )?days\b",
            r"(?:工作|自然)?日|天|周|星期|小时|个?月|days?|weeks?|hours?",
            r"当[天日]|次日|隔天",
        ),
        (
            r"(?:多少|(?<![哪这那前后好])几)个?(?:小时|钟头)(?!工)|\bhow many hours\b",
            r"小时|钟头|学时|课时|分钟|天|h(?![a-z])|hours?",
            r"全天|24/7",
        ),
        (r"(?:多少|几)分钟|\bhow many minutes\b", r"分钟?|秒|小时|min", ""),
    )
)
"""How questions name what is measured, and the units of answers."""


@lru_cache(maxsize=64)
def measures_of(question: str) -> tuple[Measure, ...]:
    """Return the measures that a folded question asks for by name."""
    return tuple(measure for measure in MEASURES if measure.asked.search(question))


def tells_measure(question: str, folded: str, header: str = "") -> bool:
    """Tell whether a folded text has a number of one of the kinds that a question names.

    True where the question names none.
    """
    asked = measures_of(question)
    return not asked or any(measure.is_told(folded, header) for measure in asked)
