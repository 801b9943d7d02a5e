"""Ranges that a text gives, and the quantities of a question that fall into them.

Rules are told by ranges (「满3年不满6年」, 「1万元以上至10万元」, 「P4至P6」, 「周一至周六」) and
asked about by a value (「干了四年」, 「8万元的支出」, 「P5去成都」). The row whose range holds it
answers; the rows beside it do not.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8}
_DIGITS |= {"九": 9}
_TENS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {"千": 1e3, "万": 1e4, "亿": 1e8}

_UNITS = {
    **dict.fromkeys(("年", "周年"), "year"),
    **dict.fromkeys(("个月", "月"), "month"),
    **dict.fromkeys(("天", "个工作日", "工作日"), "day"),
    **dict.fromkeys(("小时", "个小时"), "hour"),
    **dict.fromkeys(("分钟",), "minute"),
    **dict.fromkeys(("元", "块钱", "块", "人民币"), "money"),
    **dict.fromkeys(("岁", "周岁"), "age"),
    **dict.fromkeys(("公里", "千米", "km"), "kilometre"),
    **dict.fromkeys(("公斤", "千克", "kg"), "kilogram"),
    **dict.fromkeys(("人", "个人", "名", "位"), "person"),
    **dict.fromkeys(("家", "户"), "house"),
    **dict.fromkeys(("%", "成"), "%"),
    **dict.fromkeys(("件", "台", "个", "只", "次", "分", "米", "吨", "级"), None),
}
"""Units by what they count; those that count only themselves have None."""

_WEEKDAYS = "一二三四五六日"
_WEEKDAY = rf"(?:周|星期|礼拜)(?P<weekday{{0}}>[{_WEEKDAYS}天])(?![次天个]|小时)"
_LETTERED = r"(?<![a-z])(?P<letter{0}>[a-z])(?P<level{0}>[0-9]{{1,2}})(?![0-9.])"
# Not \d: that is any script's digits, and 「२०२५年」 is no number here.
_NUMBER = r"(?<![第0-9.])[0-9][0-9,]*(?:\.[0-9]+)?|[零一二两三四五六七八九十百]+"
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_VALUE = (
    rf"(?:(?P<number{{0}}>{_NUMBER})(?P<scale{{0}}>[千万亿]?)\s?(?P<unit{{0}}>{_UNIT})?(?!/(?:小时|h))|{_LETTERED}|"
    rf"{_WEEKDAY})"
)
_AMONG = r"[(（]?(?:含|不含)?[)）]?"
_BELOW = (
    r"不满|不足|不到|少于|低于|未满|小于|不超过|至多|最多|"
    r"(?:under|below|less than|fewer than|at most|no more than|up to) "
)
_ABOVE = (
    r"超过|高于|多于|大于|满|不少于|不低于|至少|(?:over|above|more than|at least|no less than) "
)
_UNDER = r"及?以下|以内|之内"
_OVER = r"(?:\(含\))?及?(?:以上|之上)|起"

_RANGE = re.compile(
    "|".join(
        (
            rf"{_VALUE.format(1)}(?:及?以上)?(?:,|，)?(?:至|到|~|-|–|—)+{_VALUE.format(2)}",
            rf"满{_VALUE.format(3)}[,，]?(?:{_BELOW}){_VALUE.format(4)}",
            rf"(?P<below>{_BELOW}){_VALUE.format(5)}",
            rf"{_VALUE.format(6)}(?P<under>{_UNDER})",
            rf"{_VALUE.format(7)}(?P<over>{_OVER})",
            rf"(?P<above>{_ABOVE}){_VALUE.format(8)}",
        )
    )
)
_SINGLE = re.compile(_VALUE.format(0))
_BARE = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?")
_CALENDAR = re.compile(
    r"(?P<before>\b(?:before|prior to) )?(?P<after>\bafter )?"
    r"(?<!\d)(?P<year>(?:19|20)\d{2})(?!\d)年?"
    r"(?P<earlier>及?(?:以前|之前))?(?P<later>及?(?:以后|之后))?"
)
_YEAR = "calendar"
_OPEN_BELOW = frozenset(
    [
        "不满",
        "不足",
        "不到",
        "少于",
        "低于",
        "未满",
        "小于",
        "under ",
        "below ",
        "less than ",
        "fewer than ",
    ]
)
_OPEN_ABOVE = frozenset(["超过", "高于", "多于", "大于", "over ", "above ", "more than "])
_TENTHS = "成"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of something: `unit` is what, alike for its spellings."""

    unit: str
    value: float


@dataclass(frozen=True, slots=True)
class Range:
    """Values of a unit from `low` to `high`; an end that is open does not belong to it."""

    unit: str
    low: float
    high: float
    open_low: bool = False
    open_high: bool = False

    def holds(self, quantity: Quantity) -> bool:
        """Tell whether a quantity of the same unit is in the range."""
        value = quantity.value
        above = value > self.low if self.open_low else value >= self.low
        below = value < self.high if self.open_high else value <= self.high
        return above and below


def quantities(folded: str) -> list[Quantity]:
    """Return the quantities that a folded question gives.

    A year of the calendar is none, nor is 「一」: 「一年几天」 asks for a rate.
    """
    return [
        found
        for match in _SINGLE.finditer(folded)
        if match["number0"] != "一" and (found := _quantity(match, "0"))
    ]


def ranges(folded: str) -> list[Range]:
    """Return the ranges that a folded text gives."""
    return list(_ranges(folded))


def bounds(folded: str) -> list[Range]:
    """Return the ranges that a folded text gives, of the calendar's years too (「2016年之后」)."""
    return [*calendar(folded), *_ranges(folded)]


def calendar(folded: str) -> list[Range]:
    """Return the ranges of the calendar's years before or after one that a folded text gives."""
    found = []
    for match in _CALENDAR.finditer(folded):
        year = float(match["year"])
        if match["before"] or match["earlier"]:
            found.append(Range(_YEAR, -math.inf, year, open_high=True))
        elif match["after"] or match["later"]:
            found.append(Range(_YEAR, year, math.inf, open_low=True))
    return found


def amounts(cell: str, column: str, unit: str) -> list[Quantity]:
    """Return a table cell's quantities of a unit; a bare number has its column's (「人数」)."""
    if unit == _YEAR:
        return [Quantity(unit, float(match["year"])) for match in _CALENDAR.finditer(cell)]
    found = [each for each in quantities(cell) if each.unit == unit]
    bare = _BARE.fullmatch(cell.strip())
    if bare and any(name in column for name, own in _UNITS.items() if (own or name) == unit):
        found.append(Quantity(unit, float(cell.replace(",", ""))))
    return found


def falls(asked: Sequence[Quantity], folded: str) -> float:
    """Return 1 if a range of a folded text holds a quantity asked about, -1 if only others do.

    0 where the text has no range of such a unit.
    """
    given = ranges(folded) if asked else []
    pairs = [(r, q) for r in given for q in asked if r.unit == q.unit]
    if not pairs:
        return 0.0
    return 1.0 if any(r.holds(q) for r, q in pairs) else -1.0


def _ranges(folded: str) -> Iterator[Range]:
    for match in _RANGE.finditer(folded):
        ends = [found for n in "12345678" if (found := _quantity(match, n, _unit_after(match, n)))]
        if len(ends) == 2 and ends[0].unit == ends[1].unit and ends[0].value < ends[1].value:
            yield Range(
                ends[0].unit, ends[0].value, ends[1].value, open_high=bool(match["number3"])
            )
        elif len(ends) == 1 and (word := match["below"] or match["under"]):
            yield Range(ends[0].unit, -math.inf, ends[0].value, open_high=word in _OPEN_BELOW)
        elif len(ends) == 1 and (word := match["above"] or match["over"]):
            yield Range(ends[0].unit, ends[0].value, math.inf, open_low=word in _OPEN_ABOVE)


def _unit_after(match: re.Match[str], place: str) -> str | None:
    """Return the unit that the lower end of a range shares with its upper one: 「4至6年」."""
    return match["unit2"] if place == "1" else None


def _quantity(match: re.Match[str], place: str, unit: str | None = None) -> Quantity | None:
    if match[f"letter{place}"]:
        return Quantity(match[f"letter{place}"], float(match[f"level{place}"]))
    if day := match[f"weekday{place}"]:
        return Quantity("weekday", _WEEKDAYS.index("日" if day == "天" else day) + 1.0)
    number, own = match[f"number{place}"], match[f"unit{place}"] or unit
    if not number or not own:
        return None
    value = numeral_value(number) * _SCALES.get(match[f"scale{place}"], 1.0)
    if value is math.nan or (own == "年" and value >= 1000):
        return None
    return Quantity(_UNITS[own] or own, 10 * value if own == _TENTHS else value)


def numeral_value(number: str) -> float:
    """Return what a number says, in digits or in Chinese numerals up to 999."""
    if number[0].isascii():
        return float(number.replace(",", ""))
    total, digit = 0, None
    for char in number:
        if char in _TENS:
            total += (1 if digit is None else digit) * _TENS[char]
            digit = None
        else:
            digit = _DIGITS[char]
    return float(total + (digit or 0))
