"""Answers that stand in tables: all rows that fit, and the column names that explain them."""

import re
from collections.abc import Sequence

from corpus.blocks import cells
from corpus.folding import fold
from index.entry import StoredSentence
from qa.candidate import Candidate
from qa.comparison import operands
from qa.enumeration import MOST_MEMBERS
from qa.features import is_column_names, speaks_of
from qa.kinds import Kind
from qa.question import Need, Question
from qa.ranges import Range, amounts, bounds, falls

_SEVERAL = re.compile(
    r"哪些|哪几|哪[两三四五六七八九十]|所有|全部|列出|列举|都有|都是|一共有|清单|名单|\ball\b|\blist\b"
)
_OF_EACH = re.compile(r"各[^自位是有为]|每[个家款种位]|所有|全部|\beach\b|\bevery\b|\ball\b")
_PLURAL = frozenset({Kind.LIST, Kind.WHICH, Kind.MODEL, Kind.NAME, Kind.PERSON})
_CHOSEN = frozenset({Kind.LIST, Kind.WHICH, Kind.MODEL})
_WHOLE = frozenset({Kind.WHICH, Kind.SUMMARY, Kind.REASON, Kind.MANNER})
_NUMERALS = "零一二三四五六"
_COUNTED = re.compile(r"(?<!第)([二三四五六])(?:个|种|类|款|档|级)")
_LOOKED_AT = 8
"""How many of the best candidates may show which table is meant."""
FAR = 4.0
"""How much further behind in score than the best candidate a table is that is not meant."""
_SAME_VALUES = 3
"""How many of them may be the row whose values the question gives."""
COMMON = 0.2
"""Weight up to which a word is so common that it tells no row from another."""
MOST_OF_EACH = 2
"""Rows that may be about one of the things a question joins."""
_SHORT_TABLE = 6
_HAN = re.compile(r"[\u3400-\u9fff]+")
_WORD = 3
"""Characters of a word that tells rows apart, wherever segmentation cuts it."""
_CELL_END = "|"


def fitting_rows(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return all rows of a table that say what the best row says of the question.

    Empty where the best candidate is no row, or the question asks for one thing. Where it sets a
    bound (「不足二十人」), the rows within it.
    """
    several = bool(_SEVERAL.search(question.folded))
    if (several or question.kind in _CHOSEN) and (within := _within_bounds(question, found)):
        return within[:MOST_MEMBERS]
    if every := _every_row(question, found):
        return every
    if several and (alike := _with_a_word(question, found)):
        return alike
    if question.kind not in _PLURAL:
        return []
    first = found[0]
    if not several or not first.sentence.header:
        return []
    rows = _rows(first, found)
    said = [need for need in question.needs if speaks_of(first.folded, need)]
    telling = _telling(said, rows)
    fitting = [c for c in rows if all(speaks_of(c.folded, need) for need in telling)]
    return fitting[:MOST_MEMBERS] if telling and len(fitting) > 1 else []


def same_valued_rows(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return a table's rows, more than one, that have the values a question gives: 「2–8℃」."""
    several = bool(_SEVERAL.search(question.folded))
    if question.kind not in _PLURAL:
        return []
    for row in found[: _SAME_VALUES if several else 1]:
        same = _with_same_values(question, row, _rows(row, found)) if row.sentence.header else []
        if len(same) > 1:
            return same[:MOST_MEMBERS]
    return []


def _every_row(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return all rows of a short table of which a question asks one column: 「各网点的负责人」."""
    if not _OF_EACH.search(question.folded):
        return []
    for row in found[:_SAME_VALUES]:
        if row.sentence.kind != "row" or row.features["part_missing"]:
            continue
        rows = _rows(row, found)
        names = _cells(_names(row.sentence))
        asked = [n for n in question.needs if any(speaks_of(name, n) for name in names[1:])]
        telling = [need for need in question.needs if need.weight > COMMON]
        of_some = any(speaks_of(c.folded, n) for c in rows for n in telling)
        if asked and 1 < len(rows) <= MOST_MEMBERS and not of_some:
            return rows
    return []


def _within_bounds(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return a table's rows with a value within a bound that the question sets.

    Or, of a value that it gives (「周六也开门」), with a range that holds it.
    """
    asked = bounds(question.folded)
    for row in found[:_LOOKED_AT]:
        if not row.sentence.header:
            continue
        rows = _rows(row, found)
        within = [c for c in rows if any(_has_value_in(question, c, b) for b in asked)]
        holding = [c for c in rows if not asked and falls(question.quantities, c.folded) > 0]
        if within or holding:
            return within or holding
    return []


def _with_same_values(
    question: Question, first: Candidate, rows: Sequence[Candidate]
) -> list[Candidate]:
    """Return the rows that have all values of the first that the question gives: 「2–8℃」."""
    values = {
        place: cell
        for place, cell in enumerate(_cells(first.sentence.text))
        if place and len(cell) > 1 and cell in question.folded
    }
    if not values:
        return []
    split = [(row, dict(enumerate(_cells(row.sentence.text)))) for row in rows]
    return [row for row, cells in split if values.items() <= cells.items()]


def _with_a_word(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the rows beside the best one that have a word of the question others lack.

    A word that segmentation may have taken apart: 「哪些型号属于全自动机」, 「双豆仓全自动」.
    """
    if not found[0].sentence.header:
        return []
    rows = _rows(found[0], found)
    texts = [_CELL_END.join(_cells(row.sentence.text)[1:]) for row in rows]
    words = (
        match.group()[start:end]
        for match in _HAN.finditer(question.folded)
        for start in range(len(match.group()))
        for end in range(start + _WORD, len(match.group()) + 1)
    )
    telling = [w for w in words if 0 < sum(w in text for text in texts) < len(texts)]
    if not telling:
        return []
    word = max(telling, key=len)
    return [row for row, text in zip(rows, texts, strict=True) if word in text][:MOST_MEMBERS]


def compared_rows(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the rows that tell several things named in the question side by side.

    The things are columns of one table (「安心方案和优享方案门诊各报几成」: the rows about what
    else is asked, or all of a short table), or the keys of its rows (「TR-200和TR-310的误差」).
    """
    if question.kind in _WHOLE or bounds(question.folded):
        return []
    joined, _ = operands(question)
    for row in found[:_LOOKED_AT]:
        if not row.sentence.header or found[0].score - row.score > FAR:
            continue
        rows = _rows(row, found)
        names = _cells(row.sentence.header)[1:]
        columns = _named(question, names)
        if len(columns) > 1 or (row is found[0] and _means_all(question, names)):
            return _about(question, [n for n in question.needs if n not in columns], rows)
        keys = _named(question, [_cells(c.sentence.text)[0] for c in rows])
        keyed = [c for c in rows if any(speaks_of(_cells(c.sentence.text)[0], n) for n in keys)]
        if len(keys) > 1:
            return keyed[:MOST_MEMBERS]
        if told := _of_joined(joined, rows):
            return told
    return []


def _of_joined(joined: Sequence[Sequence[Need]], rows: Sequence[Candidate]) -> list[Candidate]:
    """Return the rows about things that a question joins (「领班跟服务员」), one or two of each."""
    each = [
        [c for c in rows if any(speaks_of(c.folded, need) for need in phrase)] for phrase in joined
    ]
    if len(each) < 2 or not all(0 < len(about) <= MOST_OF_EACH for about in each):
        return []
    told = [c for c in rows if any(c is one for about in each for one in about)]
    return told if len(told) > 1 else []


def _means_all(question: Question, names: Sequence[str]) -> bool:
    """Tell whether a comparison is of as many things as a table has columns: 「两种类型」."""
    several = _COUNTED.search(question.folded.replace("两", "二"))
    if not several or question.kind is not Kind.COMPARISON:
        return False
    return len(names) == _NUMERALS.index(several.group(1))


def _about(question: Question, rest: Sequence[Need], rows: Sequence[Candidate]) -> list[Candidate]:
    """Return the rows about what else is asked; all of a short table, if that is not plain.

    「座位安排」 is in no row's words, but may well be meant by 「工位」.
    """
    rest = _telling(rest, rows)
    about = [c for c in rows if any(speaks_of(c.folded, need) for need in rest)]
    around = rows[0].context if rows else ""
    unsaid = any(
        not speaks_of(around, need) and not any(speaks_of(c.folded, need) for c in rows)
        for need in rest
    )
    plain = about and not (unsaid and question.kind is Kind.COMPARISON)
    return (about if plain else list(rows))[:_SHORT_TABLE]


def _telling(needs: Sequence[Need], rows: Sequence[Candidate]) -> list[Need]:
    """Return the needs that some of the rows do not speak of."""
    return [need for need in needs if not all(speaks_of(c.folded, need) for c in rows)]


def _named(question: Question, cells: Sequence[str]) -> list[Need]:
    """Return the needs that tell some of a table's names from the others, each another one."""
    found: dict[int, Need] = {}
    for need in question.needs:
        spoken = [n for n, cell in enumerate(cells) if speaks_of(cell, need)]
        if len(spoken) == 1:
            found.setdefault(spoken[0], need)
    return list(found.values())


def _rows(first: Candidate, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that are rows of one table with `first`, in the document's order."""
    rows = (c for c in found if _in_one_table(first, c) and not is_column_names(c.sentence))
    return sorted(rows, key=lambda c: c.sentence.start)


def column_names(
    question: Question, chosen: Sequence[Candidate], found: Sequence[Candidate]
) -> Candidate | None:
    """Return the header row of a table whose rows are chosen, where the question needs it.

    「优享方案」 may be a column's name: where several columns hold values of a kind, the row alone
    does not say which is meant.
    """
    for row in chosen:
        names = _cells(row.sentence.header)
        asked = [
            name
            for name in names[1:]
            if any(speaks_of(name, n) and not speaks_of(row.folded, n) for n in question.needs)
        ]
        if question.kind is Kind.COMPARISON and len(chosen) > 1:
            # Of whom each value is, is what a comparison is about.
            asked = names[1:]
        if asked and _alike(asked, names[1:], _cells(row.sentence.text)[1:]):
            headers = (c for c in found if is_column_names(c.sentence) and _in_one_table(row, c))
            return next(headers, None)
    return None


def _alike(asked: Sequence[str], names: Sequence[str], cells: Sequence[str]) -> bool:
    """Tell whether a column could be taken for another: by its name's end, or by its values."""
    ends = [name[-2:] for name in names]
    numbers = sum(any(char.isdigit() for char in cell) for cell in cells)
    return numbers > 1 or any(ends.count(name[-2:]) > 1 for name in asked)


def _cells(row: str | None) -> list[str]:
    """Return a row's cells, folded."""
    return [fold(cell) for cell in cells(row or "")]


def _in_one_table(one: Candidate, other: Candidate) -> bool:
    """Tell whether two rows have the same column names under the same headings."""
    first, second = one.sentence, other.sentence
    return (first.document, first.section, _names(first)) == (
        second.document,
        second.section,
        _names(second),
    )


def _names(sentence: StoredSentence) -> str:
    """Return the header row of the table that a row is in, which may be itself."""
    return sentence.header or sentence.text if sentence.kind == "row" else ""


def _has_value_in(question: Question, row: Candidate, bound: Range) -> bool:
    """Tell whether a row has a value within a bound; the unit may be in the column's name.

    Of the columns with such values in the one that says most of the question (「旺季超过1000元」).
    """
    names = _cells(row.sentence.header)
    told = [
        (sum(n.weight for n in question.needs if speaks_of(name, n)), amount)
        for name, cell in zip(names, _cells(row.sentence.text), strict=False)
        for amount in amounts(cell, name, bound.unit)
    ]
    most = max((asked for asked, _ in told), default=0.0)
    return any(bound.holds(amount) for asked, amount in told if asked == most)
